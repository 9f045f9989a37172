package import Timekeeping
package import Vocabulary

/// An alert that people work on: what its events so far have made of it.
///
/// A value that knows no pipeline, no ledger and no text: state and event come in, changes or a refusal go out. The
/// ways between the states stand in ``CaseTable``.
///
/// Law: a refused event changes nothing; the same events give the same changes; what is over stays over; the same act
/// told twice, known by its key, is done once. Cost: O(1) an event.
package struct Case: Equatable, Sendable {
    /// Nil: no such alert is known.
    package private(set) var state: AlertState?
    /// Of what people have done.
    package private(set) var keys: ActKeys

    package init(_ state: AlertState? = nil, keys: ActKeys = ActKeys()) {
        self.state = state
        self.keys = keys
    }

    /// What comes of an event that happens at an instant.
    package mutating func step(_ event: CaseEvent, at now: Instant) -> CaseAnswer {
        let key: UInt64? = if case .act(let act) = event { act.key } else { nil }
        switch CaseTable.row(of: event, in: state) {
        case .refused(let why): return .refused(why)
        case .to(let next, let change):
            if let key {
                if keys.contains(key) { return .refused(.isRepeated) }
                keys.insert(key)
            }
            state = next
            return .changed([Case.change(change, next, event, at: now)])
        }
    }

    private static func change(
        _ change: ChangeKind, _ state: AlertState, _ event: CaseEvent, at now: Instant
    ) -> CaseChange {
        // What the rule says, it knows already.
        guard case .act(let act) = event else { return CaseChange(change, state, at: now) }
        return CaseChange(
            change, state, at: now, telling: change == .closed ? .told : .untold, episode: episode(act, state))
    }

    private static func episode(_ act: CaseEvent.Act, _ state: AlertState) -> CaseChange.Episode {
        switch act.verb {
        case .handle where act.isVisit, .close where act.isVisit: .isVisited
        default: state.isOver ? .isClosed : state.isTaken ? .isTaken : .goesOn
        }
    }
}
