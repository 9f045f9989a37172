import Alerts
import Community
import Feeds
package import Rules
import SiteConfiguration
import Timekeeping
import Vocabulary

// What people did: records under `$shouwang/act`, which the daemon writes for them. The log alone therefore tells why
// an alert ended, and a replay of it repeats what they did.

extension Pipeline {
    /// What a person's verb makes of an alert; nil for a word that is none.
    private static func effect(of verb: String) -> (change: ChangeKind, state: AlertState?)? {
        switch verb {
        case "dispatch": (.dispatched, .dispatched)
        case "ack": (.acknowledged, .acknowledged)
        case "arrive": (.arrived, .onSite)
        case "handle": (.handled, .handled)
        case "check": (.checked, .handled)
        case "close": (.closed, .closed)
        case "return": (.returned, .open)
        case "suspend": (.suspended, .suspended)
        case "resume": (.resumed, .acknowledged)
        case "extend": (.extended, nil)
        case "merge": (.merged, .closed)
        case "escalate": (.escalated, nil)
        case "note": (.noted, nil)
        default: nil
        }
    }

    mutating func take(_ act: Act, _ effects: inout Effects) {
        if let name = act.resident {
            guard let resident = context.registry.resident(name) else {
                counters.unknownOwn += 1
                return
            }
            let home = context.registry.household(of: resident)
            for rule in rules.indices { visited(rule, Int(home), of: resident, act) }
        }
        guard let id = act.alert else { return }
        guard let effect = Pipeline.effect(of: act.verb), let entry = book[id] else {
            counters.unknownOwn += 1
            return
        }
        var change = entry.change
        change.record = record
        change.ordinal = ordinal
        ordinal += 1
        change.change = effect.change
        change.state = effect.state ?? change.state
        change.at = clock
        change.stamp = clock
        change.actor = act.actor
        change.found = act.found ?? change.found
        change.note = act.note
        change.isTold = effect.change == .closed
        if change.state == .closed {
            addLastCount(to: &change, rule: entry.rule)
            change.message = reporter.closing(change, registry: context.registry)
        }
        remember(change, rule: entry.rule)
        effects.changes.append(change)
        guard entry.rule >= 0 else { return }
        if change.kind == .noMovement, act.found != nil, act.verb == "handle" || act.verb == "close" {
            let home = engines.home(rule: entry.rule, ofKey: change.key)
            if let home { visited(entry.rule, home, of: nil, act) }
        } else if change.state == .closed {
            engines.close(
                rule: entry.rule, key: change.key, started: change.started, at: clock, timers: &timers)
        } else if book.isTaken(id) {
            // Nothing merges into what somebody has taken in hand, where life is in danger.
            engines.take(rule: entry.rule, key: change.key, started: change.started, at: clock)
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
        // Somebody who was not met is missed on: only a closing starts the clock anew.
        if visit.found == .other, act.verb != "close" { return }
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
