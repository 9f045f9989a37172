/// Where a delivery stands.
package enum DeliveryState: String, Sendable, CaseIterable {
    /// Committed, never tried. To leased; to dead if the outbox overflows; to superseded.
    case pending
    /// A sender has it until the lease's end. To sent, retry or dead when it is settled; to retry when the lease ends.
    case leased
    /// The channel took it. Final.
    case sent
    /// Tried, or handed to a sender that vanished; waits for its next attempt. To leased, dead or superseded.
    case retry
    /// Given up, kept for a person to see. To retry only by a person (``Ledger/redrive(_:now:)``).
    case dead
    /// A later message told it as well. Final. Never an ``OutboxEntry/Kind/change``.
    case superseded
}
