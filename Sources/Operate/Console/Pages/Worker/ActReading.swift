import Cases
import Community
import Diagnostics
import Feeds
import Timekeeping
import Vocabulary

/// Reads a worker's form as an act: each field has its words, and what has none of them makes no act.
struct ActReading {
    private static let noAnswer = "-"
    /// As people write.
    private static let wordsMax = 500

    private let form: FormBody
    private let story: CaseStory
    private let worker: Worker
    private let now: Instant
    private let zone: Zone

    init(_ form: FormBody, _ story: CaseStory, _ worker: Worker, at now: Instant, _ zone: Zone) {
        self.form = form
        self.story = story
        self.worker = worker
        self.now = now
        self.zone = zone
    }

    func act() throws(FormProblem) -> Act {
        guard let word = form["verb"], let verb = Verb(rawValue: word), let key = form["key"], ActReading.isKey(key)
        else { throw .malformed }
        var act = Act(alert: story.id, verb: verb.rawValue, actor: worker.id, key: key)
        act.seen = form["seen"].flatMap { seen in
            seen.utf8.count <= 40 && seen.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E } ? seen : nil
        }
        act.mayCheckOwn = story.mayCheckOwn
        act.note = form["text"].map { PageText.piece($0, most: ActReading.wordsMax) }
        switch verb {
        case .ack, .arrive: break
        case .handle: try handle(&act)
        case .check:
            guard let ok = form["ok"], ok == "yes" || ok == "no" else { throw .malformed }
            act.ok = ok == "yes"
        case .return:
            guard let reason = form["reason"], PageWords.returnReasons.contains(where: { $0.word == reason }) else {
                throw .malformed
            }
            act.reason = reason
        case .escalate:
            guard form["reason"] == CaseStory.noAccess else { throw .malformed }
            act.reason = CaseStory.noAccess
        case .note:
            guard act.note != nil else {
                throw .wrong(LocalizedText(zh: "备注是空的，请填写后再保存。", en: "The note is empty; please write something."))
            }
        case .dispatch, .close, .reopen, .suspend, .resume, .extend, .merge: throw .malformed
        }
        return act
    }

    private func handle(_ act: inout Act) throws(FormProblem) {
        let choices = story.isAboutPeople ? FoundChoice.ofPeople : FoundChoice.ofThings
        guard let found = form["found"].flatMap(FoundChoice.init(rawValue:)), choices.contains(found),
            let by = form["by"], by == "visit" || by == "phone"
        else { throw .malformed }
        act.found = found.rawValue
        act.by = by
        act.alertRight = try choice("alert_right", ["yes", "no"]).map { $0 == "yes" }
        act.device = try choice("device", ["ok", "faulty", "replaced"])
        if found == .away { act.until = try until() }
        guard found == .deceased, form["sure"] != "yes" else { return }
        let names = ["verb", "key", "seen", "by", "text", "alert_right", "device", "found"]
        throw .wantsConfirmation(names.compactMap { name in form[name].map { (name, $0) } })
    }

    private func choice(_ name: String, _ words: [String]) throws(FormProblem) -> String? {
        guard let value = form[name], value != ActReading.noAnswer else { return nil }
        guard words.contains(value) else { throw .malformed }
        return value
    }

    /// The last day away, today at the earliest.
    private func until() throws(FormProblem) -> String {
        let today = zone.civil(now).date
        guard let text = form["until"], text.utf8.count == 10, let day = Day(iso8601: text), day >= today,
            day.sinceEpoch - today.sinceEpoch <= 366
        else {
            throw .wrong(
                LocalizedText(
                    zh: "选“外出”时，请填写外出到哪一天（今天或以后，一年以内）。",
                    en: "For \"Away\" please say until which day: today or later, within a year."))
        }
        return day.iso8601
    }

    /// 1 to 64 characters, as the API has it.
    private static func isKey(_ key: String) -> Bool {
        (1...64).contains(key.utf8.count)
            && key.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x2D || byte == 0x5F
            }
    }
}
