import Alerts
import Feeds
import SiteConfiguration
import StateCoding
import Timekeeping
import Vocabulary

// What becomes of a case with what rules and people's acts make of the alert.

extension DispatchBook {
    mutating func apply(_ change: AlertChange, _ decision: inout DispatchDecision) {
        guard var item = self[change.id] else {
            if change.state.isEnd { endUnknown(change, &decision) } else { begin(change, &decision) }
            return
        }
        // Made again, as after a crash: known by its number.
        guard (change.record, change.ordinal) > (item.record, item.ordinal) else { return }
        if change.state.isEnd { return end(change, item, &decision) }
        let before = page(of: item)
        item.note(change)
        switch change.change {
        case .updated where change.isTold, .raised where change.isTold: update(&item, change, before, &decision)
        case .dispatched: assign(&item, change, &decision)
        case .acknowledged, .arrived: take(&item, change, &decision)
        case .handled: handle(&item, change, &decision)
        case .reopened: reopen(&item, change, &decision)
        case .returned: giveBack(&item, change, &decision)
        case .suspended: suspend(&item, change, &decision)
        case .resumed: resume(&item, change, &decision)
        case .extended: extend(&item, change, &decision)
        case .escalated: press(&item, change, &decision)
        default: broadcast(change, item, &decision)
        }
        if change.act != nil, item.isInHand { item.timers.still = change.stamp + DispatchPlan.stillAfter }
        store(item, &decision)
    }

    // MARK: Beginning, more of it, end

    private mutating func begin(_ change: AlertChange, _ decision: inout DispatchDecision) {
        var item = CaseDispatch(change.id)
        item.note(change)
        item.plan = plan(change, &decision)
        if item.isWaiting, change.isTold || change.change == .reopened {
            start(&item, change, &decision)
        } else {
            broadcast(change, item, &decision)
            if !item.isWaiting { resumeInHand(&item, change) }
        }
        store(item, &decision)
    }

    private func plan(_ change: AlertChange, _ decision: inout DispatchDecision) -> DispatchPlan {
        let routes = dispatcher.routing.routes
        let taken = dispatcher.routing.matching(change)
        let wantsDesk = !change.kind.isLifeSafety && taken.contains { routes[$0].desk != nil }
        let isSeen = decision.deskSeenAt.map { change.stamp - $0 <= DispatchPlan.deskUnseenAfter } ?? false
        if wantsDesk, !isSeen { decision.faults.append(.noDesk) }
        return DispatchPlan(routes, taken: taken, mayWait: wantsDesk && isSeen) { target in
            guard case .channel(let name) = target else { return false }
            return dispatcher.isProgram(Routing.Destination(way: Routing.Way(channel: name)))
        }
    }

    private mutating func start(_ item: inout CaseDispatch, _ change: AlertChange, _ decision: inout DispatchDecision) {
        item.isExhausted = false
        item.timers.repeat = item.plan.repeat.map { change.stamp + $0 }
        let purpose: Purpose = change.change == .reopened ? .reopened : .alert
        reach(0, of: &item, at: change.stamp, for: purpose, telling: change, &decision)
    }

    /// One that delivery did not know, and that somebody has in hand already.
    private func resumeInHand(_ item: inout CaseDispatch, _ change: AlertChange) {
        item.tier = item.plan.tiers.isEmpty ? -1 : 0
        item.assignee = change.assignee ?? change.actor
        if item.isInHand { item.timers.still = change.stamp + DispatchPlan.stillAfter }
        if item.state == .handled { item.timers.check = change.stamp + item.plan.check.within }
        if item.state == .suspended { item.resume = item.until(change, zone: dispatcher.routing.zone) }
    }

    /// Whoever was told hears of more; what has become worse, and is another route's matter, is planned again.
    private mutating func update(
        _ item: inout CaseDispatch, _ change: AlertChange, _ before: AlertChange?, _ decision: inout DispatchDecision
    ) {
        let isWorse = before.map { change.severity > $0.severity } ?? true
        let known = reached(item, change)
        let isOther = isWorse && dispatcher.routing.matching(change) != item.plan.routes
        if item.isWaiting, item.tier < 0 || isOther || item.plan.tiers.isEmpty {
            item.plan = plan(change, &decision)
            item.tier = -1
            start(&item, change, &decision)
        } else {
            broadcast(change, item, &decision)
            if isOther { tell(change, dispatcher.routing.resolve(change).destinations, for: .alert, &item, &decision) }
        }
        tell(change, known + (item.isInHand ? ways(toAssigneeOf: item) : []), for: .alert, &item, &decision)
    }

    /// To whoever was told of it, whatever the shift is by now.
    private mutating func end(_ change: AlertChange, _ item: CaseDispatch, _ decision: inout DispatchDecision) {
        var item = item
        broadcast(change, item, &decision)
        if change.isTold || change.change == .merged {
            tell(change, item.reached(isProgram: dispatcher.isProgram), for: .alert, &item, &decision)
        }
        remove(change.id, &decision)
    }

    /// Its beginning was told before there was a book.
    private func endUnknown(_ change: AlertChange, _ decision: inout DispatchDecision) {
        let resolution = dispatcher.routing.resolve(change)
        if resolution.isFault { decision.unrouted.append(change) }
        decision.tellings += resolution.destinations.filter { change.isTold || dispatcher.isProgram($0) }
            .map { Telling(change: change, destination: $0) }
    }
}

extension CaseDispatch {
    mutating func note(_ change: AlertChange) {
        (record, ordinal) = (change.record, change.ordinal)
        var writer = StateWriter(reserving: 1024)
        change.write(to: &writer)
        page = writer.bytes
        // The pipeline does not know what delivery has dispatched.
        let isDispatched = state == .dispatched && change.state == .open
        let goesOn = change.change == .updated || change.change == .noted || change.change == .extended
        if !(isDispatched && (goesOn || change.change == .escalated)) { state = change.state }
    }

    /// Until when an act says: an instant, or the beginning of a day.
    func until(_ change: AlertChange, zone: Zone) -> Instant? {
        guard let text = change.act?.until else { return nil }
        switch ISO8601.read(text) {
        case .instant(let microseconds): return Instant(milliseconds: microseconds / 1000)
        case .local(let civil): return zone.instant(civil)
        case nil: return Day(iso8601: text).map(zone.start(of:))
        }
    }
}

extension AlertState {
    var isEnd: Bool { self == .resolved || self == .closed }
}
