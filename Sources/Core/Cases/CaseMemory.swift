package import Timekeeping
package import Vocabulary

/// What of a case's history decides what may come next, beside its state. Empty for an alert that nobody has touched.
package struct CaseMemory: Equatable, Sendable {
    /// Who has it in hand, or is to go: a worker's id, a role, or the name of whoever took it.
    package var assignee: String?
    /// Who handled it last, when, and what they found; nil where it was not, or was found wanting since.
    package var handler: String?
    package var handledAt: Instant?
    package var found: String?
    /// Of a case that rests: the state to which it comes back, and when at the latest.
    package var restedFrom: AlertState?
    package var restsUntil: Instant?
    /// When it was closed.
    package var closedAt: Instant?
    /// Somebody was called to it, and has not answered: they may `ack` what another has in hand.
    package var isCalled = false

    package init() {}

    /// Nothing in it.
    package var isEmpty: Bool { self == CaseMemory() }
}
