import Timekeeping
import Vocabulary

// What an act needs beside a state from which its verb leads, and what it leaves behind.

extension Case {
    /// What comes of an act. Who throws, changes nothing: the caller keeps what it had.
    mutating func take(
        _ act: CaseEvent.Act, in state: AlertState, at now: Instant
    ) throws(CaseAnswer.Refusal) -> [CaseChange] {
        try require(act, in: state, at: now)
        let changes = changes(act, in: state, at: now)
        if let last = changes.last?.state, last.isOver, !state.isOver {
            memory = CaseMemory()
            memory.closedAt = now
        }
        return changes
    }

    private func require(
        _ act: CaseEvent.Act, in state: AlertState, at now: Instant
    ) throws(CaseAnswer.Refusal) {
        guard
            CaseTable.isLegal(act.verb, in: state) || isAnswer(act, in: state) || isCorrection(act, in: state, at: now)
        else { throw state.isOver ? .isOver : .isIllegal }
        switch act.verb {
        case .check where isOwn(act) && !act.mayCheckOwn: throw .isOwnCheck
        case .suspend where isLifeSafety: throw .isLifeSafety
        case .reopen:
            guard let closedAt = memory.closedAt, now - closedAt <= Case.reopenableFor else { throw .isTooOld }
        case .merge where !act.isIntoOpen: throw .isIntoNothing
        case .escalate where act.isNoAccess && state != .acknowledged && state != .onSite: throw .isIllegal
        // It was put off again meanwhile.
        case .resume where act.restsUntil != nil && act.restsUntil != memory.restsUntil: throw .isIllegal
        default: break
        }
    }

    /// One who was called answers, of what another has in hand.
    private func isAnswer(_ act: CaseEvent.Act, in state: AlertState) -> Bool {
        act.verb == .ack && state.isTaken && memory.isCalled && act.actor != memory.assignee
    }

    /// Whoever handled it tells better.
    private func isCorrection(_ act: CaseEvent.Act, in state: AlertState, at now: Instant) -> Bool {
        guard act.verb == .handle, state == .handled, isOwn(act), let handledAt = memory.handledAt else { return false }
        return now - handledAt <= Case.correctableFor
    }

    private func isOwn(_ act: CaseEvent.Act) -> Bool { act.actor != nil && act.actor == memory.handler }

    private mutating func changes(_ act: CaseEvent.Act, in state: AlertState, at now: Instant) -> [CaseChange] {
        let way = CaseTable.way(of: act.verb)
        var next =
            switch way.to {
            case .state(let next): next
            case .same: state
            case .before: memory.restedFrom ?? .acknowledged
            }
        switch act.verb {
        case .handle: return handled(act, in: state, at: now)
        case .check: return checked(act, at: now)
        case .dispatch:
            memory.assignee = act.to
            memory.isCalled = false
        case .ack:
            // Who has it in hand keeps it: that somebody else comes as well is told.
            if state.isTaken { next = state } else { memory.assignee = act.actor }
            memory.isCalled = false
        case .arrive:
            memory.assignee = act.actor ?? memory.assignee
        case .reopen, .return: memory = CaseMemory()
        case .suspend:
            memory.restedFrom = state
            let most = now + Case.suspendedMost
            memory.restsUntil = min(act.restsUntil ?? most, most)
        case .resume:
            memory.restedFrom = nil
            memory.restsUntil = nil
        case .escalate: memory.isCalled = true
        case .close, .merge, .extend, .note: break
        }
        return [change(way.change, next, act, at: now)]
    }

    private mutating func handled(_ act: CaseEvent.Act, in state: AlertState, at now: Instant) -> [CaseChange] {
        var changes: [CaseChange] = []
        if state == .handled { changes.append(reopened(act, at: now)) }
        let before = changes.last?.state ?? state
        if act.metNobody {
            memory.isCalled = true
            return changes + [change(.escalated, before, act, at: now)]
        }
        var handled = change(.handled, .handled, act, at: now)
        handled.isArrivalUnreported = state == .acknowledged && act.wentThere
        memory.handler = act.actor
        memory.handledAt = now
        memory.found = act.found
        memory.isCalled = false
        return changes + [handled]
    }

    private mutating func checked(_ act: CaseEvent.Act, at now: Instant) -> [CaseChange] {
        guard act.isRight else { return [reopened(act, at: now)] }
        var closed = change(.closed, .closed, act, at: now)
        closed.isUnchecked = isOwn(act)
        return [change(.checked, .handled, act, at: now), closed]
    }

    /// What was told of the handling stands no more; whoever had the case has it again.
    private mutating func reopened(_ act: CaseEvent.Act, at now: Instant) -> CaseChange {
        memory.handler = nil
        memory.handledAt = nil
        memory.found = nil
        return change(.reopened, .acknowledged, act, at: now)
    }

    private func change(
        _ kind: ChangeKind, _ state: AlertState, _ act: CaseEvent.Act, at now: Instant
    ) -> CaseChange {
        CaseChange(
            kind, state, at: now, telling: kind == .closed ? .told : .untold, episode: Case.episode(kind, state, act))
    }

    private static func episode(_ kind: ChangeKind, _ state: AlertState, _ act: CaseEvent.Act) -> CaseChange.Episode {
        switch (kind, act.verb) {
        case (.handled, .handle) where act.isVisit, (.closed, .close) where act.isVisit: .isVisited
        case (.closed, .check): .isSettled
        case (.noted, _): .goesOn
        default: state.isOver ? .isClosed : state.isTaken ? .isTaken : .goesOn
        }
    }
}
