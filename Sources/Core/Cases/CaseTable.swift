package import Vocabulary

/// The states of a case and every way between them, as one table.
///
/// | verb | from | to | makes |
/// |---|---|---|---|
/// | dispatch | open, dispatched, acknowledged | dispatched | dispatched |
/// | ack | open, dispatched | acknowledged | acknowledged |
/// | arrive | open, dispatched, acknowledged | on_site | arrived |
/// | handle | acknowledged, on_site | handled | handled |
/// | check | handled | closed, or acknowledged | checked and closed, or reopened |
/// | close | open, dispatched, acknowledged, suspended | closed | closed |
/// | reopen | closed, up to 30 days | open | reopened |
/// | return | open, dispatched, acknowledged, on_site | open | returned |
/// | suspend | acknowledged, on_site; not of life safety | suspended | suspended |
/// | resume | suspended | the state before | resumed |
/// | extend | all but closed and resolved | the same | extended |
/// | merge | all but closed and resolved | closed | merged |
/// | escalate | all but closed and resolved | the same | escalated |
/// | note | all | the same | noted |
///
/// Beyond it: whoever handled may `handle` again within ten minutes (reopened and handled); one who was called by an
/// `escalate` may `ack` what another has in hand, which stays in its state; a `handle` that met nobody (the device's
/// fault alone, of a person) is an escalation.
///
/// Law: each pair of state and event has one answer; nothing leads out of `resolved`; whatever is legal in `open` is
/// legal in `dispatched` and the other way round, since delivery dispatches without a record. Nil stands for an alert
/// that nobody knows. Cost: O(1).
package enum CaseTable {
    /// Where a verb leads.
    package enum Target: Equatable, Sendable {
        case state(AlertState)
        case same
        /// The state in which the case was put off.
        case before
    }

    /// One row.
    package struct Way: Equatable, Sendable {
        package var verb: Verb
        package var from: [AlertState]
        package var to: Target
        package var change: ChangeKind
    }

    enum Row: Equatable {
        case to(AlertState, ChangeKind)
        case refused(CaseAnswer.Refusal)
    }

    private static let going: [AlertState] = [.open, .dispatched, .acknowledged, .onSite, .handled, .suspended]

    /// The row of a verb.
    package static func way(of verb: Verb) -> Way {
        func way(_ from: [AlertState], _ to: Target, _ change: ChangeKind) -> Way {
            Way(verb: verb, from: from, to: to, change: change)
        }
        return switch verb {
        case .dispatch: way([.open, .dispatched, .acknowledged], .state(.dispatched), .dispatched)
        case .ack: way([.open, .dispatched], .state(.acknowledged), .acknowledged)
        case .arrive: way([.open, .dispatched, .acknowledged], .state(.onSite), .arrived)
        case .handle: way([.acknowledged, .onSite], .state(.handled), .handled)
        case .check: way([.handled], .state(.closed), .checked)
        case .close: way([.open, .dispatched, .acknowledged, .suspended], .state(.closed), .closed)
        case .reopen: way([.closed], .state(.open), .reopened)
        case .return: way([.open, .dispatched, .acknowledged, .onSite], .state(.open), .returned)
        case .suspend: way([.acknowledged, .onSite], .state(.suspended), .suspended)
        case .resume: way([.suspended], .before, .resumed)
        case .extend: way(going, .same, .extended)
        case .merge: way(going, .state(.closed), .merged)
        case .escalate: way(going, .same, .escalated)
        case .note: way(AlertState.allCases, .same, .noted)
        }
    }

    /// Whether a row leads out of the state, whatever else the act needs.
    package static func isLegal(_ verb: Verb, in state: AlertState) -> Bool { way(of: verb).from.contains(state) }

    /// What the rule says; acts are another matter.
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
        case (_?, .act): .refused(.isIllegal)
        }
    }
}
