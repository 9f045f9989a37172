import Alerts
import Community
import Feeds
import SiteConfiguration
import Timekeeping
import Vocabulary

// What people's acts make of who is told next.

extension DispatchBook {
    /// Somebody has it, or is there: nobody else is told, but who was asked for since must say so themselves.
    mutating func take(_ item: inout CaseDispatch, _ change: AlertChange, _ decision: inout DispatchDecision) {
        let registry = dispatcher.routing.registry
        item.timers.repeat = nil
        if item.isStopped(by: change.actor, isWorker: { registry.worker($0) != nil }) { item.stopAsking() }
        item.isLate = false
        item.assignee = change.actor ?? item.assignee
        let isTravelling = change.change == .acknowledged && !change.kind.isOfDevices
        item.timers.arrive = isTravelling ? change.stamp + DispatchPlan.arriveWithin : nil
        item.timers.dutyEnd = dutyEnd(item)
        broadcast(change, item, &decision)
    }

    /// Life safety is checked at once, all else by the hour.
    mutating func handle(_ item: inout CaseDispatch, _ change: AlertChange, _ decision: inout DispatchDecision) {
        item.stopAsking()
        item.timers = CaseDispatch.Timers()
        item.handler = change.actor
        item.checkTellings = 0
        item.timers.check = change.stamp + item.plan.check.within
        broadcast(change, item, &decision)
        guard !item.plan.isSelfChecked else { return }
        if change.kind.isLifeSafety {
            askForCheck(&item, telling: change, at: change.stamp, &decision)
        } else {
            let hour = Milliseconds.hours(1).count
            let behind = (change.stamp.milliseconds % hour + hour) % hour
            item.timers.checkTelling = change.stamp + Milliseconds(hour - behind)
        }
    }

    /// Those who check are told, but not whoever handled it.
    /// - Parameter change: what is told; nil: a change of its own, `renotified`.
    mutating func askForCheck(
        _ item: inout CaseDispatch, telling change: AlertChange?, at: Instant, _ decision: inout DispatchDecision
    ) {
        item.timers.checkTelling = nil
        guard let basis = change ?? page(of: item) else { return }
        let handler = Set([item.handler].compactMap { $0 })
        let found = dispatcher.routing.destinations(of: item.plan.check.by, route: nil, of: basis, without: handler)
        if people(found).isEmpty {
            let names = item.plan.check.by.map { "\($0)" }.joined(separator: ", ")
            decision.faults.append(.nobody(targets: names, grid: basis.grid))
        }
        let purpose: Purpose = item.checkTellings == 0 ? .check : .checkAgain
        item.checkTellings += 1
        if let change {
            tell(change, found, for: purpose, &item, &decision)
        } else if let made = make(.renotified, of: item, at: at, due: item.timers.check, to: nil, &decision) {
            broadcast(made, item, &decision)
            tell(made, found, for: purpose, &item, &decision)
        }
    }

    /// The check did not pass, and whoever handled it goes again; or it was closed, and begins again.
    mutating func reopen(_ item: inout CaseDispatch, _ change: AlertChange, _ decision: inout DispatchDecision) {
        item.timers.check = nil
        item.timers.checkTelling = nil
        broadcast(change, item, &decision)
        guard item.isInHand else { return }
        tell(change, ways(toAssigneeOf: item), for: .rework, &item, &decision)
        item.timers.still = change.stamp + DispatchPlan.stillAfter
        item.timers.dutyEnd = dutyEnd(item)
    }

    /// Somebody else of those who were told; where there is nobody, the next tier at once.
    mutating func giveBack(_ item: inout CaseDispatch, _ change: AlertChange, _ decision: inout DispatchDecision) {
        item.stopAsking()
        item.timers = CaseDispatch.Timers()
        if let actor = change.actor ?? item.assignee {
            if !item.returnedBy.contains(actor) { item.returnedBy.append(actor) }
            for place in item.told.indices where item.told[place].destination.worker == actor {
                item.told[place].isWithdrawn = true
            }
        }
        item.assignee = nil
        item.timers.repeat = item.plan.repeat.map { change.stamp + $0 }
        broadcast(change, item, &decision)
        let others = people(reached(item, change)).filter { $0.worker != nil }
        guard let first = others.first else {
            return reach(item.tier + 1, of: &item, at: change.stamp, for: .returned, telling: nil, &decision)
        }
        item.round += 1
        tell(change, others, for: .returned, &item, &decision)
        item.timers.step = item.plan.gap(behind: item.tier).map { change.stamp + $0 }
        dispatched(&item, to: first, at: change.stamp, &decision)
    }

    /// A person says who goes. Whoever had it before is told that they need not.
    mutating func assign(_ item: inout CaseDispatch, _ change: AlertChange, _ decision: inout DispatchDecision) {
        let former = item.assignee
        item.stopAsking()
        item.timers = CaseDispatch.Timers()
        if let desk = item.plan.deskTier { item.tier = max(item.tier, desk) }
        broadcast(change, item, &decision)
        let target = change.act?.to.flatMap(Target.init(person:))
        let found = people(
            dispatcher.routing.destinations(of: target.map { [$0] } ?? [], route: nil, of: change))
        guard let first = found.first else {
            decision.faults.append(.nobody(targets: change.act?.to ?? "", grid: change.grid))
            return reach(item.tier + 1, of: &item, at: change.stamp, for: .assigned, telling: nil, &decision)
        }
        withdraw(from: former, but: found, &item, change, &decision)
        item.round += 1
        tell(change, found, for: .assigned, &item, &decision)
        item.state = .dispatched
        item.assignee = first.worker ?? first.role
        item.timers.step = item.plan.gap(behind: item.tier).map { change.stamp + $0 }
        item.timers.dutyEnd = dutyEnd(item)
    }

    private func withdraw(
        from former: String?, but found: [Routing.Destination], _ item: inout CaseDispatch, _ change: AlertChange,
        _ decision: inout DispatchDecision
    ) {
        guard let former, !found.contains(where: { $0.worker == former }) else { return }
        let stays = Set(found.map(\.way))
        for place in item.told.indices where item.told[place].destination.worker == former {
            let destination = item.told[place].destination
            item.told[place].isWithdrawn = true
            guard !stays.contains(destination.way), !dispatcher.isProgram(destination) else { continue }
            decision.tellings.append(Telling(change: change, destination: destination, purpose: .withdrawn))
        }
    }

    mutating func suspend(_ item: inout CaseDispatch, _ change: AlertChange, _ decision: inout DispatchDecision) {
        item.suspendedAt = change.stamp
        item.resume = item.until(change, zone: dispatcher.routing.zone)
        item.isResumeAsked = false
        broadcast(change, item, &decision)
    }

    mutating func resume(_ item: inout CaseDispatch, _ change: AlertChange, _ decision: inout DispatchDecision) {
        if let began = item.suspendedAt { item.timers.shift(by: change.stamp - began) }
        item.suspendedAt = nil
        item.resume = nil
        item.isResumeAsked = false
        if item.isInHand { item.timers.still = change.stamp + DispatchPlan.stillAfter }
        broadcast(change, item, &decision)
    }

    /// More time for whoever has it; nobody who was not heard of gets more.
    mutating func extend(_ item: inout CaseDispatch, _ change: AlertChange, _ decision: inout DispatchDecision) {
        if let length = change.act?.length.flatMap(Milliseconds.init(text:)) {
            for path in [\CaseDispatch.Timers.arrive, \.still, \.check] {
                item.timers[keyPath: path] = item.timers[keyPath: path].map { $0 + length }
            }
        }
        broadcast(change, item, &decision)
    }

    /// A person asks for the next tier, or for somebody by role or name, who is to acknowledge within the time of their
    /// tier.
    mutating func press(_ item: inout CaseDispatch, _ change: AlertChange, _ decision: inout DispatchDecision) {
        let isNoAccess = change.act?.reason == "no_access"
        item.pressedSince = item.round + 1
        item.pressedBy = change.actor
        item.timers.arrive = nil
        broadcast(change, item, &decision)
        let purpose: Purpose = isNoAccess ? .noAccess : .calledIn
        let target = change.act?.to.flatMap(Target.init(person:))
        let found = people(dispatcher.routing.destinations(of: target.map { [$0] } ?? [], route: nil, of: change))
        if let target, !found.isEmpty {
            item.round += 1
            tell(change, found, for: purpose, &item, &decision)
            let place = item.plan.tier(of: target) ?? item.tier
            item.tier = max(item.tier, place)
            let limit = item.plan.gap(behind: place) ?? DispatchPlan.acknowledgeWithin
            item.timers.step = change.stamp + limit
        } else {
            if target != nil {
                decision.faults.append(.nobody(targets: change.act?.to ?? "", grid: change.grid))
            }
            reach(item.tier + 1, of: &item, at: change.stamp, for: purpose, telling: nil, &decision)
        }
        guard isNoAccess else { return }
        let near = dispatcher.routing.destinations(
            of: [.role("family"), .role("key-holder")], route: nil, of: change)
        tell(change, near, for: .family, &item, &decision)
    }
}
