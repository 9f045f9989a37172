import Alerts
import Channels
import Diagnostics
import MQTTIntake
import SiteConfiguration
import Synchronization
import Timekeeping
import Vocabulary

/// Trouble of the box itself. It is told past journal, rules and ledger, because it may be these that fail: the log,
/// the health page, and an alert of kind `box_fault` straight over the channels.
///
/// States of a trouble: *absent*, *standing* (told when it begins, and again each day), back to absent (its end is told
/// if its beginning was). Not in the ledger, not in the journal: a replay does not repeat it.
final class BoxFaults: Sendable {
    /// What may be in trouble; the name is the alert's key.
    enum Part: String, Sendable, CaseIterable {
        case journal, ledger, config, snapshot, console, disk
        /// A registry that was refused; people who are left out of the one in force.
        case registry, unwatched
        /// Homes of whose sensors nobody could tell that they are dead.
        case unsupervised
        /// A tier of a route that reaches nobody; a duty desk that is not there.
        case duty
        /// The probe does not come back; a feed's filter is refused or silent; another client has our id.
        case probe, feed, session
    }

    /// What is in trouble: a part of the box, and which of several where there are several.
    struct Key: Hashable, Sendable {
        var part: Part
        var name = ""

        var text: String { name.isEmpty ? part.rawValue : part.rawValue + ":" + name }
    }

    struct Trouble: Sendable {
        var part: Part
        /// Which of several of its kind; empty where there is one.
        var name = ""
        var since: Instant
        var severity: Severity
        var what: LocalizedText
        /// How often it was told: what repeats is a message of its own.
        var tellings: Int32 = 0

        /// For pages that ask for no token.
        var withoutNames: String {
            switch part {
            case .registry: "the registry is refused, the last accepted one goes on; the log says why"
            case .unsupervised: "homes whose sensors nobody could tell to be dead; the log names them"
            case .unwatched: "people are left out of the registry; the log names them"
            default: what.en
            }
        }

        var key: Key { Key(part: part, name: name) }
    }

    struct News: Sendable {
        var trouble: Trouble
        var isOver: Bool
        /// How it ended; nil: what stood before is over.
        var ending: LocalizedText?
    }

    private struct State {
        var standing: [Key: Trouble] = [:]
        var toldAt: [Key: Instant] = [:]
        /// Who tells; nobody before the first watch and between two.
        var listener: AsyncStream<News>.Continuation?
        /// What waits for a listener.
        var waiting: [News] = []

        mutating func send(_ news: News) {
            if let listener {
                listener.yield(news)
            } else if waiting.count < BoxFaults.waitingMax {
                waiting.append(news)
            }
        }
    }

    static let waitingMax = 64

    /// A standing trouble is told again so often.
    static let repeatAfter = Milliseconds.hours(24)
    /// One that comes and goes is told at most so often.
    static let quiet = Milliseconds.minutes(10)

    private let state = Mutex(State())
    private let now: @Sendable () -> Instant

    /// - Parameter now: wall time.
    init(now: @escaping @Sendable () -> Instant = { Instant(milliseconds: SystemClock.wall) }) {
        self.now = now
    }

    /// What is to be told from now on, and what waited; for one listener at a time.
    func listen() -> AsyncStream<News> {
        let (stream, feed) = AsyncStream<News>.makeStream(bufferingPolicy: .bufferingNewest(BoxFaults.waitingMax))
        feed.onTermination = { [weak self] _ in self?.state.withLock { $0.listener = nil } }
        state.withLock { state in
            state.listener = feed
            for news in state.waiting { feed.yield(news) }
            state.waiting = []
        }
        return stream
    }

    var standing: [Trouble] {
        let all = state.withLock { Array($0.standing.values) }
        return Part.allCases.flatMap { part in all.filter { $0.part == part }.sorted { $0.name < $1.name } }
    }

    /// Records a trouble; from any thread, without waiting. One that stands already is told again after a day.
    /// - Parameters:
    ///   - name: which of several of its kind.
    ///   - tellsChanges: told at once where it says something else than what stands.
    func raise(
        _ part: Part, name: String = "", _ severity: Severity, _ what: LocalizedText, tellsChanges: Bool = false
    ) {
        let now = now()
        let key = Key(part: part, name: name)
        state.withLock { state in
            let before = state.standing[key]
            var trouble = Trouble(
                part: part, name: name, since: before?.since ?? now, severity: severity, what: what,
                tellings: before?.tellings ?? 0)
            defer { state.standing[key] = trouble }
            // What has become worse is told at once.
            let isWorse = before.map { $0.severity < severity } ?? false
            let isNews = tellsChanges && before?.what != what
            if !isWorse, !isNews, let told = state.toldAt[key] {
                let pause = told >= trouble.since ? BoxFaults.repeatAfter : BoxFaults.quiet
                if now - told < pause, now >= told { return }
            }
            state.toldAt[key] = now
            trouble.tellings += 1
            state.send(News(trouble: trouble, isOver: false))
        }
    }

    /// Reports what has happened and is over: nothing stands behind it.
    func report(_ part: Part, _ severity: Severity, _ what: LocalizedText) {
        let trouble = Trouble(part: part, since: now(), severity: severity, what: what, tellings: 1)
        state.withLock { $0.send(News(trouble: trouble, isOver: false)) }
    }

    /// Tells again of what has stood for a day since it was told.
    func remind() {
        for trouble in standing { raise(trouble.part, name: trouble.name, trouble.severity, trouble.what) }
    }

    /// - Parameter ending: how it ended, where "over" does not say it.
    func clear(_ part: Part, name: String = "", saying ending: LocalizedText? = nil) {
        let key = Key(part: part, name: name)
        state.withLock { state in
            guard let ended = state.standing.removeValue(forKey: key) else { return }
            // An end is told where the beginning was: not of one that came back within minutes.
            if (state.toldAt[key] ?? .distantPast) >= ended.since {
                state.send(News(trouble: ended, isOver: true, ending: ending))
            }
        }
    }

    /// Ends what stands of a part under any other name than these: it is about nothing that there is any more.
    func clear(_ part: Part, allBut names: Set<String>, saying ending: LocalizedText) {
        for trouble in standing where trouble.part == part && !names.contains(trouble.name) {
            clear(part, name: trouble.name, saying: ending)
        }
    }

    func stands(_ part: Part, name: String = "") -> Bool {
        state.withLock { $0.standing[Key(part: part, name: name)] != nil }
    }

    /// The change that people and programs get of a trouble, in the form of every other.
    static func change(of news: News, at now: Instant, settings: Settings) -> AlertChange {
        let trouble = news.trouble
        let id = AlertChange.id(site: settings.site.id, rule: "box", key: trouble.key.text, started: trouble.since)
        let number = id.prefix(6).uppercased()
        let ending = news.ending ?? LocalizedText(zh: trouble.what.zh + " 已恢复。", en: "over: " + trouble.what.en)
        let message =
            news.isOver
            ? LocalizedText(
                zh: "【已解除】\(settings.site.name) 守望主机：\(ending.zh)编号\(number)",
                en: "[Resolved] \(settings.site.name), the box: \(ending.en) No. \(number)")
            : LocalizedText(
                zh: "【预警·设备】\(settings.site.name) 守望主机：\(trouble.what.zh) 编号\(number)",
                en: "[Alert: device] \(settings.site.name), the box: \(trouble.what.en) No. \(number)")
        return AlertChange(
            record: 0, ordinal: 0, change: news.isOver ? .resolved : .raised, at: now, id: id, rule: "box",
            kind: .boxFault, severity: trouble.severity, site: settings.site.id, key: trouble.key.text,
            device: "box", started: trouble.since, detected: trouble.since,
            state: news.isOver ? .resolved : .open, detail: "{}", evidence: [], message: message, isTold: true)
    }
}
