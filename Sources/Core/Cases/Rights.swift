import Timekeeping
import Vocabulary

/// Who may do what to a case: the one table that API, pages and commands ask.
///
/// | role | may |
/// |---|---|
/// | viewer | read |
/// | worker, of the own grid or by a link to this case | ack, arrive, handle, return, escalate, note |
/// | the same, by a link to property, community, street or a department | check as well |
/// | manager, admin | every verb |
/// | auditor | no case at all |
///
/// Nobody checks what they handled themselves, unless the case's route lets them.
package enum Rights {
    private static let workersVerbs: Set<Verb> = [.ack, .arrive, .handle, .return, .escalate, .note]
    private static let checkingRoles: Set<String> = ["property", "community", "street"]

    /// Whether an asker may see a case at all: a foreign one is as if it were not there.
    package static func sees(_ asker: Asker, _ facts: CaseFacts) -> Bool {
        if asker.role == .auditor { return false }
        if let alert = asker.linkedAlert { return alert == facts.alert }
        guard asker.role == .worker, !asker.grids.isEmpty, let grid = facts.grid else { return true }
        return asker.grids.contains(grid)
    }

    /// The verbs that are legal in this state and allowed to this asker, in the order of ``Verb``.
    package static func allowed(_ asker: Asker, _ facts: CaseFacts) -> [Verb] {
        Verb.allCases.filter { may($0, asker, facts) && isLegal($0, asker, facts) }
    }

    /// Whether the asker may do this, as far as it is legal in the state.
    package static func may(_ verb: Verb, _ asker: Asker, _ facts: CaseFacts) -> Bool {
        guard sees(asker, facts), has(asker, verb) else { return false }
        return verb != .check || facts.mayCheckOwn || asker.person != facts.handler
    }

    /// Whether the role has the verb, of whatever case.
    package static func has(_ asker: Asker, _ verb: Verb) -> Bool {
        switch asker.role {
        case .viewer, .auditor: false
        case .worker: workersVerbs.contains(verb) || verb == .check && checks(asker)
        case .manager, .admin: true
        }
    }

    private static func checks(_ asker: Asker) -> Bool {
        guard asker.linkedAlert != nil, let role = asker.linkedRole else { return false }
        return checkingRoles.contains(role) || role.hasPrefix("department:")
    }

    /// What ``Case`` would say of the verb, with everything that it needs beside the state.
    private static func isLegal(_ verb: Verb, _ asker: Asker, _ facts: CaseFacts) -> Bool {
        switch verb {
        case .ack where facts.state.isTaken: facts.isCalled && asker.person != facts.assignee
        case .handle where facts.state == .handled:
            asker.person == facts.handler && facts.handledFor.map { $0 <= Case.correctableFor } ?? false
        case .reopen where facts.state == .closed: facts.closedFor.map { $0 <= Case.reopenableFor } ?? true
        case .suspend where facts.kind.isLifeSafety: false
        default: CaseTable.isLegal(verb, in: facts.state)
        }
    }
}
