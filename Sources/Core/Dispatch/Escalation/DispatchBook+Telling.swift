import Alerts
import Community
import SiteConfiguration
import Timekeeping
import Vocabulary

// Whom a tier reaches, and what they are told.

extension DispatchBook {
    private var routing: Routing { dispatcher.routing }

    // MARK: Whom

    private func destinations(
        ofTier tier: Int, _ item: CaseDispatch, _ change: AlertChange
    ) -> [(destination: Routing.Destination, isDesk: Bool)] {
        guard item.plan.tiers.indices.contains(tier) else { return [] }
        return item.plan.tiers[tier].parts.flatMap { part in
            routing.destinations(
                of: part.targets, route: part.route, of: change, without: Set(item.returnedBy)
            ).map { ($0, part.isDesk) }
        }
    }

    /// All tiers that were told, with whoever is on duty at the change's stamp.
    func reached(_ item: CaseDispatch, _ change: AlertChange) -> [Routing.Destination] {
        guard item.tier >= 0 else { return [] }
        let all = (0...item.tier).flatMap { destinations(ofTier: $0, item, change) }
        return Routing.unique(all.map(\.destination))
    }

    func people(_ destinations: [Routing.Destination]) -> [Routing.Destination] {
        destinations.filter { !dispatcher.isProgram($0) }
    }

    /// The ways to whoever has it in hand; none where that is no worker of the sheet.
    func ways(toAssigneeOf item: CaseDispatch) -> [Routing.Destination] {
        guard let name = item.assignee, let worker = routing.registry.worker(name) else { return [] }
        return routing.ways(to: routing.registry.workers[Int(worker.index)], nil, nil)
    }

    /// A tier of programs alone is reached by them; one that names people is by people alone.
    private func isReached(_ destinations: [Routing.Destination], _ tier: DispatchPlan.Tier) -> Bool {
        let namesPeople = tier.parts.contains { part in
            part.targets.contains { target in
                guard case .channel(let name) = target else { return true }
                return !dispatcher.isProgram(Routing.Destination(way: Routing.Way(channel: name)))
            }
        }
        return namesPeople ? !people(destinations).isEmpty : !destinations.isEmpty
    }

    private func lastResort(_ change: AlertChange) -> [Routing.Destination] {
        routing.destinations(of: [.role("property")], route: nil, of: change) + routing.everyChannel
    }

    // MARK: What

    /// Programs that know of the alert get each change of it.
    func broadcast(_ change: AlertChange, _ item: CaseDispatch, _ decision: inout DispatchDecision) {
        let first = destinations(ofTier: 0, item, change).map(\.destination)
        let known =
            item.told.map(\.destination) + first + reached(item, change)
            + (item.plan.tiers.isEmpty ? routing.everyChannel : [])
        for destination in Routing.unique(known.filter(dispatcher.isProgram)) {
            decision.tellings.append(Telling(change: change, destination: destination))
        }
    }

    func tell(
        _ change: AlertChange, _ destinations: [Routing.Destination], for purpose: Purpose, _ item: inout CaseDispatch,
        _ decision: inout DispatchDecision
    ) {
        let people = Routing.unique(people(destinations))
        decision.tellings += people.map { Telling(change: change, destination: $0, purpose: purpose) }
        item.remember(people)
    }

    /// Tells a tier, or the first one behind it that reaches somebody; with none left the property and every channel.
    ///
    /// - Parameters:
    ///   - at: what the tiers behind it are counted from.
    ///   - change: what is told; nil: a change of its own, of the kind.
    mutating func reach(
        _ first: Int, of item: inout CaseDispatch, at: Instant, for purpose: Purpose, telling change: AlertChange?,
        making kind: ChangeKind = .escalated, _ decision: inout DispatchDecision
    ) {
        guard let basis = change ?? page(of: item) else { return }
        item.round += 1
        let found = find(first, &item, basis, isBeginning: change != nil, &decision)
        item.timers.step = item.plan.gap(behind: item.tier).map { at + $0 }
        if item.timers.step == nil, item.pressedSince != nil, !item.isExhausted {
            item.timers.step = at + DispatchPlan.acknowledgeWithin
        }
        let to = found.first { !$0.isDesk && $0.destination.worker != nil && !dispatcher.isProgram($0.destination) }
        if item.isWaiting, let to, item.assignee == nil || kind == .dispatched {
            if kind == .dispatched { item.state = .dispatched }
            item.assignee = to.destination.worker
            item.timers.dutyEnd = dutyEnd(item)
        }
        let told = change ?? make(kind, of: item, at: at, due: item.timers.step, to: to?.destination, &decision)
        guard let told else { return }
        item.remember(found.map(\.destination))
        broadcast(told, item, &decision)
        for isDesk in [true, false] {
            let destinations = found.filter { $0.isDesk == isDesk }.map(\.destination)
            tell(told, destinations, for: isDesk ? .desk : purpose, &item, &decision)
        }
        if change != nil, item.isWaiting, let to { dispatched(&item, to: to.destination, at: at, &decision) }
    }

    /// Whoever the first of the tiers from one on reaches that reaches anybody, and what is left where none does.
    private func find(
        _ first: Int, _ item: inout CaseDispatch, _ change: AlertChange, isBeginning: Bool,
        _ decision: inout DispatchDecision
    ) -> [(destination: Routing.Destination, isDesk: Bool)] {
        var found: [(destination: Routing.Destination, isDesk: Bool)] = []
        var tier = first
        while tier < item.plan.tiers.count {
            let new = destinations(ofTier: tier, item, change)
            found += new
            if isReached(new.map(\.destination), item.plan.tiers[tier]) { break }
            decision.faults.append(.nobody(targets: item.plan.tiers[tier].names, grid: change.grid))
            tier += 1
        }
        if tier >= item.plan.tiers.count {
            if isBeginning { decision.unrouted.append(change) }
            found += (isBeginning ? routing.everyChannel : lastResort(change)).map { ($0, false) }
            item.isExhausted = true
        }
        item.tier = max(item.tier, min(tier, item.plan.tiers.count - 1))
        return found
    }

    /// Says to whom it went, and when the next ones are told.
    mutating func dispatched(
        _ item: inout CaseDispatch, to: Routing.Destination?, at: Instant, _ decision: inout DispatchDecision
    ) {
        item.state = .dispatched
        item.assignee = to?.worker ?? to?.role ?? item.assignee
        item.timers.dutyEnd = dutyEnd(item)
        let due = item.timers.step
        guard let made = make(.dispatched, of: item, at: at, due: due, to: to, &decision) else { return }
        broadcast(made, item, &decision)
    }

    /// When whoever has it goes off duty; nil for nobody of the sheet, or somebody who always is on duty.
    func dutyEnd(_ item: CaseDispatch) -> Instant? {
        guard let worker = item.assignee, let page = page(of: item) else { return nil }
        return routing.dutyEnd(of: worker, grid: page.grid, after: state.clock)
    }
}

extension DispatchPlan.Tier {
    /// For people.
    fileprivate var names: String {
        parts.flatMap(\.targets).map { target in
            switch target {
            case .channel(let name), .role(let name): name
            case .worker(let id): "worker:" + id
            }
        }.joined(separator: ", ")
    }
}
