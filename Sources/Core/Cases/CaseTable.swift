import Vocabulary

/// The states of a case and every way between them, as one table.
///
/// Law: each pair of state and event has one answer, and nothing leads out of `resolved` and `closed`. Nil stands for
/// an alert that nobody knows. Cost: O(1).
enum CaseTable {
    enum Row: Equatable {
        case to(AlertState, ChangeKind)
        case refused(CaseAnswer.Refusal)
    }

    static func row(of event: CaseEvent, in state: AlertState?) -> Row {
        switch (state, event) {
        case (.resolved, _), (.closed, _): .refused(.isOver)

        case (nil, .raised): .to(.open, .raised)
        // Its beginning was forgotten: what comes of it is told all the same.
        case (nil, .updated): .to(.open, .updated)
        case (nil, .resolved), (.open, .resolved), (.dispatched, .resolved): .to(.resolved, .resolved)
        case (nil, .act): .refused(.unknown)

        // Made again, as from a retained copy.
        case (_?, .raised): .refused(.isRaised)
        case (let state?, .updated): .to(state, .updated)
        // What somebody has taken stays theirs, with the evidence shown.
        case (let state?, .resolved): .to(state, .updated)
        case (let state?, .act(let act)): row(of: act.verb, in: state)
        }
    }

    /// A verb leads to the same state from each that is not over.
    private static func row(of verb: Verb, in state: AlertState) -> Row {
        switch verb {
        case .dispatch: .to(.dispatched, .dispatched)
        case .ack: .to(.acknowledged, .acknowledged)
        case .arrive: .to(.onSite, .arrived)
        case .handle: .to(.handled, .handled)
        case .check: .to(.handled, .checked)
        case .close: .to(.closed, .closed)
        case .reopen: .to(.open, .reopened)
        case .return: .to(.open, .returned)
        case .suspend: .to(.suspended, .suspended)
        case .resume: .to(.acknowledged, .resumed)
        case .merge: .to(.closed, .merged)
        case .extend: .to(state, .extended)
        case .escalate: .to(state, .escalated)
        case .note: .to(state, .noted)
        }
    }
}
