import Alerts
import Cases
import Community
import Feeds
import RecordLog
package import Rules
import SiteConfiguration
import Timekeeping
import Vocabulary

// What people did: records under `$shouwang/act`, which the daemon writes for them. The log alone therefore tells why
// an alert ended, and a replay of it repeats what they did. What an act comes to is decided by `Case`; here the alert
// is found, and what comes of it is told to the rule, the book and the driver.

extension Pipeline {
    /// Whether people's records can refer to an alert; of one that is over, or made room for others, they need a page.
    package func knows(_ alert: String) -> Bool { book.state(of: alert) != nil }

    mutating func apply(_ act: Act, _ effects: inout Effects) {
        let entry = act.alert.flatMap { book[$0] }
        var work = Case(entry?.change.state, keys: entry?.keys ?? ActKeys())
        let answer = Pipeline.event(act, entry?.change.kind).map { work.step(.act($0), at: clock) }
        if answer == .refused(.isRepeated) {
            counters.redelivered += 1
            effects.acts.append(
                ActOutcome(record: record, act: act, result: .refused(.isRepeated, entry?.change.state)))
            return
        }
        if let name = act.resident {
            guard let resident = context.registry.resident(name) else {
                counters.unknownOwn += 1
                return
            }
            let home = context.registry.household(of: resident)
            for rule in rules.indices { visited(rule, Int(home), of: resident, act) }
        }
        guard act.alert != nil else { return }
        guard case .changed(let steps) = answer, let entry else {
            counters.unknownOwn += 1
            guard case .refused(let why) = answer else { return }
            effects.acts.append(ActOutcome(record: record, act: act, result: .refused(why, entry?.change.state)))
            return
        }
        var change = entry.change
        change.actor = act.actor
        change.found = act.found ?? change.found
        change.note = act.note
        change.act = act
        for step in steps { emit(step, of: &change, rule: entry.rule, keys: work.keys, act, &effects) }
        effects.acts.append(ActOutcome(record: record, act: act, result: .done(ordinal: ordinal - 1)))
    }

    /// Nil where its verb is none.
    private static func event(_ act: Act, _ kind: RuleKind?) -> CaseEvent.Act? {
        guard let verb = Verb(rawValue: act.verb) else { return nil }
        return CaseEvent.Act(verb, isVisit: kind == .noMovement && act.found != nil, key: act.identity)
    }

    private mutating func emit(
        _ step: CaseChange, of change: inout AlertChange, rule: Int, keys: ActKeys, _ act: Act,
        _ effects: inout Effects
    ) {
        change.record = record
        change.ordinal = ordinal
        ordinal += 1
        change.change = step.change
        change.state = step.state
        change.at = step.at
        change.stamp = clock
        change.isTold = step.telling == .told
        if step.state.isOver {
            addLastCount(to: &change, rule: rule)
            change.message = reporter.closing(change, registry: context.registry)
        }
        remember(change, rule: rule, keys: keys)
        effects.changes.append(change)
        guard rule >= 0 else { return }
        switch step.episode {
        case .goesOn: break
        case .isTaken: engines.take(rule: rule, key: change.key, started: change.started, at: clock)
        case .isVisited:
            if let home = engines.home(rule: rule, ofKey: change.key) { visited(rule, home, of: nil, act) }
        case .isClosed: engines.close(rule: rule, key: change.key, started: change.started, at: clock, timers: &timers)
        }
    }

    /// What was counted and not told yet is told with the closing.
    private mutating func addLastCount(to change: inout AlertChange, rule: Int) {
        let key = CountUpdates.Key(rule: rule, key: change.key, started: change.started)
        guard let what = countUpdates.takeWaiting(key) else { return }
        let waiting = self.change(of: what, at: clock)
        change.detail = waiting.detail
        change.evidence = waiting.evidence
        change.lastEvidence = waiting.lastEvidence
    }

    private mutating func visited(_ rule: Int, _ home: Int, of resident: ResidentID?, _ act: Act) {
        let until = act.until.flatMap(Day.init(iso8601:))
        let visit = Visit(found: act.found, until: until, at: clock)
        // Somebody who was not met is missed on: only a closing starts the clock again.
        if visit.found == .other, Verb(rawValue: act.verb) != .close { return }
        engines.visited(rule: rule, home: home, resident: resident, visit, timers: &timers)
    }

    // MARK: Beyond the journal

    /// Since when each home is counted by a rule: what must outlive journal and snapshots. O(homes × rules).
    package var counted: [(rule: String, home: NoMovement.Counted)] {
        rules.indices.flatMap { rule in engines.counted(rule: rule, context).map { (rules[rule].name, $0) } }
    }

    /// The names of homes with sensors that nobody could tell to be dead (docs/rules.md). O(homes × devices of each).
    package var unsupervised: [String] {
        let homes = Set(engines.noMovements.flatMap { $0.unsupervised(at: clock, context) })
        return homes.sorted().map(context.registry.displayName(ofHousehold:))
    }

    /// What lies between is lost: nobody can say what the box would have heard.
    mutating func resume(_ rule: String, _ home: String, since: Instant) {
        let index = rules.firstIndex { $0.name == rule } ?? rules.firstIndex { $0.was == rule }
        guard let index,
            let isResumed = engines.resume(rule: index, home, since: since, context, timers: &timers)
        else {
            counters.unknownOwn += 1
            return
        }
        if isResumed { context.blind.add(from: since, to: context.coverage.began, .lost) }
    }
}

extension Act {
    /// Equal for the same act of the same person told twice; nil where it has no key.
    fileprivate var identity: UInt64? {
        guard let key else { return nil }
        var text = "\(actor ?? "")\u{0}\(verb)\u{0}\(key)"
        // The buffer lives as long as the closure, and is read within its own count alone.
        return text.withUTF8 { unsafe ByteHash.hash($0) }
    }
}
