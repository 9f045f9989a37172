import Alerts
package import Cases
import Feeds
import RecordLog
import SiteConfiguration
package import Timekeeping
import Vocabulary

// The alerts as cases: which of them an act is about, and what others ask of them between batches.

extension Pipeline {
    /// What an act is about.
    struct Target {
        /// Its rule's place in the configuration; −1 for one of a rule that is no more.
        var rule = -1
        /// As it was told last; nil where that is not known.
        var change: AlertChange?
        var work = Case()
        /// It was over before.
        var isOver: Bool { work.state?.isOver ?? false }
    }

    /// By the book; else by what is kept of its end, which a page cannot undo; else by the page alone.
    func target(of act: Act, _ page: String?) -> Target {
        guard let id = act.alert else { return Target() }
        if let entry = book[id] { return Target(rule: entry.rule, change: entry.change, work: entry.work) }
        var change = page.flatMap { AlertChange(json: Array($0.utf8), zone: zone) }
        if change?.id != id || change?.site != reporter.siteID { change = nil }
        let rule = change.flatMap { change in
            rules.firstIndex { $0.name == change.rule } ?? rules.firstIndex { $0.was == change.rule }
        }
        guard let end = UInt64(id, radix: 16).flatMap({ over[$0] }) else {
            guard let change else { return Target() }
            return Target(rule: rule ?? -1, change: change, work: work(on: change))
        }
        change?.state = end.state
        var memory = CaseMemory()
        if end.state == .closed { memory.closedAt = end.at }
        let work = Case(
            end.state, keys: end.keys, memory: memory, isLifeSafety: change?.kind.isLifeSafety ?? false)
        return Target(rule: rule ?? -1, change: change, work: work)
    }

    /// As far as the change that was told last tells it.
    private func work(on page: AlertChange) -> Case {
        var memory = CaseMemory()
        memory.assignee = page.assignee
        switch (page.state, page.change) {
        case (.closed, .closed), (.closed, .merged): memory.closedAt = page.at
        case (.handled, .handled):
            memory.handler = page.actor
            memory.handledAt = page.at
            memory.found = page.found
        case (.suspended, .suspended):
            let most = page.at + Case.suspendedMost
            let until = page.act?.until.flatMap { ActTime.end(of: $0, at: page.at, in: zone) }
            memory.restsUntil = min(until ?? most, most)
        case (.suspended, _): memory.restsUntil = clock + Case.suspendedMost
        default: break
        }
        return Case(page.state, memory: memory, isLifeSafety: page.kind.isLifeSafety)
    }

    // MARK: Between batches

    /// Whether an alert's id is in the book: an act about another needs its page, the contract's JSON of its last
    /// change, as the ledger has it. O(1).
    package func knows(_ alert: String) -> Bool { book.state(of: alert) != nil }

    /// What decides who may do what to an alert; nil for one that is not in the book. O(its evidence).
    package func facts(of alert: String) -> CaseFacts? {
        guard let entry = book[alert] else { return nil }
        return facts(of: entry.change, entry.work)
    }

    /// The same of one that is not in the book, by its page; what is kept of its end holds over the page.
    package func facts(ofPage page: String, alert: String) -> CaseFacts? {
        let target = target(of: Act(alert: alert, verb: ""), page)
        return target.change.map { facts(of: $0, target.work) }
    }

    private func facts(of change: AlertChange, _ work: Case) -> CaseFacts {
        var facts = CaseFacts(
            alert: change.id, state: work.state ?? change.state, kind: change.kind, grid: change.grid,
            handler: work.memory.handler)
        facts.assignee = work.memory.assignee
        facts.handledFor = work.memory.handledAt.map { clock - $0 }
        facts.closedFor = work.memory.closedAt.map { clock - $0 }
        facts.isCalled = work.memory.isCalled
        return facts
    }

    /// The alerts whose rest is over at an instant, each with the end that a `resume` of the actor `system` has as
    /// its `until` (in epoch milliseconds): put off again meanwhile, it is not resumed. The first to end first.
    package func rested(at now: Instant) -> [(alert: String, until: Instant)] {
        book.resting.filter { $0.value <= now }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map {
            number, until in
            let digits = String(number, radix: 16)
            return (String(repeating: "0", count: 16 - digits.count) + digits, until)
        }
    }

    /// When the next rest is over; nil where nothing rests. O(what rests).
    package var nextRested: Instant? { book.resting.values.min() }

    /// How many alerts are in the book, the bytes that they take, and how many went because it was full.
    package var openAlerts: (count: Int, bytes: Int, paged: Int) { (book.count, book.bytes, book.paged) }
}
