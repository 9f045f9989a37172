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
// is found, and what comes of it is told to the rule, the book and the driver. An act that is refused changes nothing.

extension Pipeline {
    mutating func apply(_ told: Act, _ effects: inout Effects) {
        var act = told
        act.page = nil
        let result = act.alert == nil ? takeIn(act) : step(act, page: told.page, &effects)
        effects.acts.append(ActOutcome(record: record, at: clock, act: act, result: result))
    }

    /// What somebody did about a resident, and no alert.
    private mutating func takeIn(_ act: Act) -> ActOutcome.Result {
        guard let resident = act.resident.flatMap({ context.registry.resident($0) }) else {
            counters.unknownOwn += 1
            return .refused(.unknown, nil)
        }
        visited(resident, act)
        return .takenIn
    }

    private mutating func visited(_ resident: ResidentID, _ act: Act) {
        let home = context.registry.household(of: resident)
        for rule in rules.indices { visited(rule, Int(home), of: resident, act) }
    }

    private mutating func step(_ act: Act, page: String?, _ effects: inout Effects) -> ActOutcome.Result {
        let target = target(of: act, page)
        guard let verb = Verb(rawValue: act.verb) else {
            counters.unknownOwn += 1
            return .refused(.isNoVerb, target.work.state)
        }
        var work = target.work
        let steps: [CaseChange]
        switch work.step(.act(event(act, verb, target.change)), at: clock) {
        case .refused(let why): return refused(why, target)
        // Nobody put in what is over: all that is known of it is that it is.
        case .changed(let changes):
            guard target.change != nil else { return refused(.isOver, target) }
            steps = changes
        }
        guard var change = target.change else { return refused(.unknown, target) }
        hasActs = true
        // What is found in a drill is no visit: nobody's silence begins again.
        if !change.isDrill, let resident = act.resident.flatMap({ context.registry.resident($0) }) {
            visited(resident, act)
        }
        let before = target.work.memory
        change.actor = act.actor
        // Of what is over, and of what was taken before it was kept who did, the change that was told last has it.
        let found = target.isOver || before.isEmpty ? change.found : before.found
        change.found = verb == .reopen ? nil : act.found ?? found
        change.note = act.note
        let endsIt = steps.last?.state.isOver ?? false
        for step in steps {
            change.act = Pipeline.told(act, step)
            if !target.isOver || !step.state.isOver {
                change.assignee = endsIt ? before.assignee : work.memory.assignee
            }
            emit(step, of: &change, target, work, act, &effects)
        }
        return .done(ordinal: ordinal - 1)
    }

    private mutating func refused(_ why: CaseAnswer.Refusal, _ target: Target) -> ActOutcome.Result {
        if why == .isRepeated {
            counters.redelivered += 1
        } else if why.isOfState {
            counters.lostActs += 1
        } else {
            counters.unknownOwn += 1
        }
        return .refused(why, target.work.state)
    }

    /// An act as the change tells it that it made.
    private static func told(_ act: Act, _ step: CaseChange) -> Act {
        var told = act
        told.arrivalUnreported = step.isArrivalUnreported
        told.unchecked = step.isUnchecked
        // Where nobody was met, delivery does as where nobody opens.
        if step.change == .escalated, act.verb == Verb.handle.rawValue { told.reason = NoAccess.reason }
        return told
    }

    private func event(_ act: Act, _ verb: Verb, _ alert: AlertChange?) -> CaseEvent.Act {
        let kind = alert?.kind
        let isFault = act.found == FoundWord.deviceFault.rawValue
        let metNobody = isFault && verb == .handle && kind.map { FoundWord.deviceFault.fits($0) } ?? false
        var event = CaseEvent.Act(
            verb, isVisit: alert?.isDrill == false && kind == .noMovement && act.found != nil && !metNobody,
            key: act.identity, actor: act.actor)
        event.to = act.to.map { $0.hasPrefix("worker:") ? String($0.dropFirst(7)) : $0 }
        event.found = act.found
        event.metNobody = metNobody
        event.wentThere = act.by == HandledBy.visit.rawValue
        event.isRight = act.ok ?? true
        event.mayCheckOwn = act.mayCheckOwn
        event.isNoAccess = act.reason == NoAccess.reason
        event.isIntoOpen = act.into != nil && act.into != act.alert && act.into.flatMap(book.state(of:)) != nil
        if verb == .suspend || verb == .resume {
            event.restsUntil = act.until.flatMap { ActTime.end(of: $0, at: clock, in: zone) }
        }
        return event
    }

    // MARK: What comes of it

    private mutating func emit(
        _ step: CaseChange, of change: inout AlertChange, _ target: Target, _ work: Case, _ act: Act,
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
        if target.isOver, step.state.isOver {
            // It has ended before, and is told of once more.
            if let number = UInt64(change.id, radix: 16) { over.set(work.keys, of: number) }
            effects.changes.append(change)
            return
        }
        if step.state.isOver {
            addLastCount(to: &change, rule: target.rule)
            change.message = reporter.closing(change, registry: context.registry)
        }
        remember(change, rule: target.rule, work: work)
        effects.changes.append(change)
        tellRule(step, change, rule: target.rule, act)
    }

    private mutating func tellRule(_ step: CaseChange, _ change: AlertChange, rule: Int, _ act: Act) {
        if step.episode == .isVisited { return visitedHome(ofKey: change.key, rule: rule, act) }
        guard rule >= 0 else { return }
        switch step.episode {
        case .goesOn, .isVisited: break
        case .isTaken: engines.take(rule: rule, key: change.key, started: change.started, at: clock)
        case .isClosed: engines.close(rule: rule, key: change.key, started: change.started, at: clock, timers: &timers)
        case .isSettled:
            engines.settle(rule: rule, key: change.key, started: change.started, at: clock, timers: &timers)
        }
    }

    /// What was found in a home is so for each rule that counts its silence, whatever became of the one that raised
    /// the alert.
    private mutating func visitedHome(ofKey key: String, rule own: Int, _ act: Act) {
        for rule in rules.indices {
            guard let home = engines.home(rule: rule, ofKey: key) else { continue }
            visited(rule, home, of: nil, act, isOfOther: rule != own)
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

    /// - Parameter isOfOther: the alert is of another rule.
    private mutating func visited(
        _ rule: Int, _ home: Int, of resident: ResidentID?, _ act: Act, isOfOther: Bool = false
    ) {
        let until = act.until.flatMap(Day.init(iso8601:))
        let visit = Visit(found: act.found, until: until, at: clock)
        // Somebody who was not met is missed on: only a closing starts the clock of its own rule again.
        if visit.found == .other, isOfOther || Verb(rawValue: act.verb) != .close { return }
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
