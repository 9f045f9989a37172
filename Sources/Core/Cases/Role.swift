/// What a token, or a link, makes of whoever holds it. A test pins the spelling.
package enum Role: String, Sendable, CaseIterable {
    case viewer, worker, manager, admin, auditor
}
