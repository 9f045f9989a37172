import Alerts
import Community
import SiteConfiguration
import Timekeeping
import Vocabulary

// What is done when the record clock has reached an instant.

extension DispatchBook {
    /// Does all that was due of a case at an instant, and moves its timers on. The clock may be far behind it: what
    /// repeats is told once.
    mutating func fire(_ item: inout CaseDispatch, at: Instant, _ decision: inout DispatchDecision) {
        if item.state == .suspended {
            item.isResumeAsked = true
            return
        }
        if isDue(item.timers.arrive, at) { arrivalIsRed(&item, at, &decision) }
        if isDue(item.timers.step, at) { escalate(&item, &decision) }
        if isDue(item.timers.repeat, at) { repeatTelling(&item, at, &decision) }
        if isDue(item.timers.still, at) { stoodStill(&item, at, &decision) }
        if isDue(item.timers.checkTelling, at) { askForCheck(&item, telling: nil, at: at, &decision) }
        if isDue(item.timers.check, at) { checkIsOverdue(&item, at, &decision) }
        if isDue(item.timers.dutyEnd, at) { dutyEnds(&item, at, &decision) }
    }

    private func isDue(_ timer: Instant?, _ at: Instant) -> Bool { timer.map { $0 <= at } ?? false }

    /// The first instant behind the clock, in steps from one that has passed.
    private func next(behind at: Instant, every length: Milliseconds) -> Instant {
        let passed = (state.clock - at).count / max(1, length.count)
        return at + Milliseconds((passed + 1) * length.count)
    }

    /// Of the tiers that are due by now the latest; with none left, where somebody is asked for, everybody.
    private mutating func escalate(_ item: inout CaseDispatch, _ decision: inout DispatchDecision) {
        guard var at = item.timers.step else { return }
        item.timers.step = nil
        var tier = item.tier + 1
        while let gap = item.plan.gap(behind: tier), tier < item.plan.tiers.count, at + gap <= state.clock {
            at = at + gap
            tier += 1
        }
        guard tier < item.plan.tiers.count || item.pressedSince != nil, !item.isExhausted else { return }
        let isFirst = item.plan.deskTier == tier && item.isWaiting
        let purpose: Purpose = isFirst ? .alert : item.isLate ? .late : .escalated
        let kind: ChangeKind = isFirst ? .dispatched : .escalated
        reach(tier, of: &item, at: at, for: purpose, telling: nil, making: kind, &decision)
    }

    /// Acknowledged, and nobody there: the next tier now, those behind it keep their distances.
    private mutating func arrivalIsRed(
        _ item: inout CaseDispatch, _ at: Instant, _ decision: inout DispatchDecision
    ) {
        item.timers.arrive = nil
        item.isLate = true
        if item.tier + 1 < item.plan.tiers.count {
            item.timers.step = item.timers.step.map { min($0, at) } ?? at
        } else if let page = page(of: item) {
            renotify(&item, reached(item, page) + ways(toAssigneeOf: item), for: .late, at, &decision)
        }
    }

    private mutating func repeatTelling(
        _ item: inout CaseDispatch, _ at: Instant, _ decision: inout DispatchDecision
    ) {
        item.timers.repeat = item.isWaiting ? item.plan.repeat.map { next(behind: at, every: $0) } : nil
        guard item.isWaiting, let page = page(of: item) else { return }
        renotify(&item, reached(item, page), for: .repeated, at, &decision)
    }

    private mutating func stoodStill(_ item: inout CaseDispatch, _ at: Instant, _ decision: inout DispatchDecision) {
        item.timers.still = item.isInHand ? next(behind: at, every: DispatchPlan.stillAfter) : nil
        guard item.isInHand, let page = page(of: item) else { return }
        renotify(&item, ways(toAssigneeOf: item) + reached(item, page), for: .stoodStill, at, &decision)
    }

    /// Once again those who check, then the next tiers, one a time limit.
    private mutating func checkIsOverdue(
        _ item: inout CaseDispatch, _ at: Instant, _ decision: inout DispatchDecision
    ) {
        item.timers.check = nil
        if item.checkTellings < 2 {
            item.checkTellings = 1
            item.timers.check = next(behind: at, every: item.plan.check.within)
            return askForCheck(&item, telling: nil, at: at, &decision)
        }
        guard !item.isExhausted else { return }
        reach(item.tier + 1, of: &item, at: at, for: .checkAgain, telling: nil, &decision)
        item.timers.step = nil
        if !item.isExhausted { item.timers.check = next(behind: at, every: item.plan.check.within) }
    }

    /// Those who come on duty hear what those who go have not finished.
    private mutating func dutyEnds(_ item: inout CaseDispatch, _ at: Instant, _ decision: inout DispatchDecision) {
        item.timers.dutyEnd = nil
        guard let assignee = item.assignee, let page = page(of: item) else { return }
        let registry = dispatcher.routing.registry
        guard let worker = registry.worker(assignee) else { return }
        let role = registry.workers[Int(worker.index)].role
        let coming = dispatcher.routing.destinations(of: [.role(role)], route: nil, of: page, without: [assignee])
        guard !people(coming).isEmpty else { return }
        renotify(&item, coming, for: .shiftChange, at, &decision)
    }

    private mutating func renotify(
        _ item: inout CaseDispatch, _ destinations: [Routing.Destination], for purpose: Purpose, _ at: Instant,
        _ decision: inout DispatchDecision
    ) {
        guard let made = make(.renotified, of: item, at: at, due: item.next, to: nil, &decision) else { return }
        broadcast(made, item, &decision)
        tell(made, destinations, for: purpose, &item, &decision)
    }
}
