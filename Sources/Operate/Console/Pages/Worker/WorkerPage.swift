import Cases
import Community
import Diagnostics
import SiteConfiguration
import Timekeeping
import Vocabulary

/// One case as one worker sees it: what, where, since when, how sure, why; whom to call; the step that is next as the
/// one main button, and what else may be done. Without JavaScript, readable at 360 px.
///
/// A pure function of what is known and the moment; only the keys of its forms are random, and given. What has a button
/// is what ``Rights`` allows; the page leaves out of that what is no help at the step (law: it never adds).
struct WorkerPage {
    let story: CaseStory
    let worker: Worker
    let contacts: CaseContacts
    let registry: Registry
    let site: SiteSettings
    let language: Language
    let allowed: Set<Verb>
    let now: Instant
    /// A fresh key for a form.
    let key: () -> String
    /// What is to be said before all else: why an act did not go through.
    var notice: LocalizedText?

    /// It is theirs.
    var isMine: Bool { story.holder == worker.id }
    /// Somebody else has it in hand.
    var isOthers: Bool { story.holder != nil && !isMine && story.takenAt != nil }
    var isAboutPeople: Bool { story.isAboutPeople }

    /// Whoever may have to go there; the panel of one where nobody opens has the numbers already.
    private var mayCall: Bool {
        !isOthers && !story.isOver && story.state != .handled && story.noAccessAt == nil
    }

    /// A correction of what they reported themselves.
    var mayCorrect: Bool {
        guard story.state == .handled, story.handler == worker.id, let at = story.handledAt else { return false }
        return now - at <= .minutes(10) && allowed.contains(.handle)
    }

    func html() -> String {
        let title = "\(story.number) \(say(PageWords.severity(story.severity))) \(place)"
        return HTMLWriter.page(language: language.rawValue, title: title, style: PageStyle.sheet) { writer in
            writer.element("main") { writer in
                if let notice {
                    writer.element("section", ["class": "alarm", "role": "alert"]) { $0.element("p", [:], say(notice)) }
                }
                writer.element("p", ["class": "state " + stateColour, "role": "status"], say(stateWords))
                writer.element("h1", [:], place)
                what(&writer)
                if story.noAccessAt != nil, !story.isOver { noAccessPanel(&writer) }
                // At the door the result is next; on the way there, the phone.
                let isThere = story.state == .onSite
                if mayCall, !isThere { calls(&writer) }
                forms(&writer)
                if mayCall, isThere { calls(&writer) }
                why(&writer)
                steps(&writer)
            }
        }
    }

    func say(_ words: LocalizedText) -> String { words.text(in: language) }
    func say(_ zh: String, _ en: String) -> String { language == .en ? en : zh }

    func time(_ instant: Instant) -> String { say(PageWords.moment(instant, now: now, in: site.zone)) }

    func time(_ written: String) -> String {
        if case .instant(let microseconds)? = ISO8601.read(written) { return time(Instant(microseconds: microseconds)) }
        return PageText.piece(written)
    }

    /// Where, as messages name it.
    var place: String {
        guard let id = story.last.place else { return PageText.piece(story.last.device ?? site.name) }
        guard let place = registry.place(id) else { return PageText.piece(id) }
        return PageText.piece(registry.places[Int(place.index)].displayName)
    }

    /// A worker by the masked name; anybody else as they are called.
    func person(_ name: String) -> String {
        if name == worker.id { return say("你", "you") }
        guard let other = registry.worker(name) else { return PageText.piece(name, most: 40) }
        let masked = Resident.masked(registry.workers[Int(other.index)].name)
        return PageText.piece(masked.isEmpty ? name : masked, most: 40)
    }

    // MARK: The state

    private var stateColour: String {
        if story.isOver { return "grey" }
        if story.noAccessAt != nil { return "red" }
        switch story.state {
        case .handled: return "green"
        case .open, .dispatched: return story.severity >= .high ? "red" : ""
        default: return isOthers ? "grey" : ""
        }
    }

    private var stateWords: LocalizedText {
        let due = story.due.map { time($0) }
        let by = due.map { LocalizedText(zh: "（\($0) 前）", en: " (before \($0))") }
        let at = story.takenAt.map { time($0) } ?? ""
        let who = story.holder.map { person($0) } ?? ""
        switch story.state {
        case .open: return LocalizedText(zh: "待签收\(by?.zh ?? "")", en: "Nobody has it yet\(by?.en ?? "")")
        case .dispatched where isMine:
            return LocalizedText(zh: "已派给你，请签收\(by?.zh ?? "")", en: "It was given to you: please accept\(by?.en ?? "")")
        case .dispatched:
            return LocalizedText(zh: "已派遣，待签收\(by?.zh ?? "")", en: "Given to somebody, not accepted yet\(by?.en ?? "")")
        case .acknowledged where isMine:
            return LocalizedText(
                zh: "你 \(at) 已签收，请到场\(by?.zh ?? "")", en: "You accepted at \(at); please go there\(by?.en ?? "")")
        case .acknowledged: return LocalizedText(zh: "\(who) \(at) 已签收", en: "\(who) accepted at \(at)")
        case .onSite where story.noAccessAt != nil:
            return LocalizedText(zh: "敲门无人应，已上报，请继续想办法", en: "Nobody opened; the next tier was told. Please go on")
        case .onSite where isMine: return LocalizedText(zh: "你已到场，请反馈", en: "You are there; please report")
        case .onSite: return LocalizedText(zh: "\(who) 已到场", en: "\(who) is there")
        case .handled: return handledWords
        case .suspended: return LocalizedText(zh: "已挂账", en: "Put off")
        case .resolved: return LocalizedText(zh: "已自动解除，无需处理", en: "Ended by itself; nothing is to be done")
        case .closed: return LocalizedText(zh: "已结案", en: "Closed")
        }
    }

    private var handledWords: LocalizedText {
        let at = story.handledAt.map { time($0) } ?? ""
        let found = story.found.flatMap { FoundChoice(rawValue: $0)?.title }
        return LocalizedText(
            zh: "\(at) 已反馈\(found.map { "：" + $0.zh } ?? "")，待核查",
            en: "Reported at \(at)\(found.map { ": " + $0.en } ?? ""); to be checked")
    }

    // MARK: What, and why

    private func what(_ writer: inout HTMLWriter) {
        writer.element("section") { writer in
            for line in PageText.lines(story.last.message?[language.rawValue] ?? say(story.kind.title)) {
                writer.element("p", [:], line)
            }
            writer.element("dl") { writer in
                let length = say(PageWords.length(now - story.started))
                row(
                    say("开始", "Since"), say("\(time(story.started))（已\(length)）", "\(time(story.started)) (\(length))"),
                    &writer)
                if !story.isOver, let verdict = story.last.verdict.flatMap(Verdict.init(rawValue:)) {
                    let isUnsupervised = story.last.detail?.unsupervised ?? false
                    row(
                        say("把握", "How sure"), say(PageWords.verdict(verdict, isUnsupervised: isUnsupervised)), &writer)
                }
                if let last = story.last.lastEvidence { row(say("最后迹象", "Last sign"), time(last), &writer) }
                row(say("编号", "Number"), story.number, &writer)
            }
        }
    }

    private func row(_ name: String, _ value: String, _ writer: inout HTMLWriter) {
        writer.element("dt", [:], name)
        writer.element("dd", [:], value)
    }

    private func why(_ writer: inout HTMLWriter) {
        let evidence = (story.last.evidence ?? []).suffix(10)
        guard !evidence.isEmpty else { return }
        writer.element("details") { writer in
            writer.element("summary", [:], say("为什么通知我", "Why I was told"))
            writer.element("ul") { writer in
                for item in evidence {
                    writer.element(
                        "li", [:], "\(time(item.at)) \(PageText.piece(item.device)) \(PageText.piece(item.kind))")
                }
            }
        }
    }

    private func steps(_ writer: inout HTMLWriter) {
        guard let first = story.steps.first else { return }
        writer.element("details") { writer in
            writer.element("summary", [:], say("处理经过", "What has happened"))
            writer.element("ol") { writer in
                for step in story.steps.suffix(30) { writer.element("li", [:], words(of: step, since: first.at)) }
            }
        }
    }

    private func words(of step: CaseStory.Step, since: Instant) -> String {
        let told = step.told
        var words = time(step.at)
        if step.at > since { words += say("（+", " (+") + say(PageWords.length(step.at - since)) + say("）", ")") }
        if let actor = told.actor, step.change.isOfPeople { words += " " + person(actor) }
        words += " " + say(PageWords.change(step.change))
        if step.change == .escalated, told.act?.reason == CaseStory.noAccess {
            words += say("：敲门无人应", ": nobody opened")
        }
        if step.change == .handled, let found = told.found {
            words += say("：", ": ") + (FoundChoice(rawValue: found).map { say($0.title) } ?? PageText.piece(found))
        }
        if step.change.isOfPeople, let note = told.note { words += say("，", ", ") + PageText.piece(note) }
        return words
    }
}

extension ChangeKind {
    /// Somebody did it, whose name and words stand with it.
    fileprivate var isOfPeople: Bool {
        switch self {
        case .raised, .updated, .renotified, .resolved: false
        default: true
        }
    }
}
