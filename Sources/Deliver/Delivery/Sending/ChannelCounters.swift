import Ledger
package import Timekeeping

/// What a sender counted since it was made.
package struct ChannelCounters: Equatable, Sendable {
    package var sent = 0
    /// Attempts that were not taken.
    package var failed: Int { retried + dead }
    /// Those of them after which it is tried again.
    package var retried = 0
    /// Deliveries that were given up.
    package var dead = 0
    /// Times that the ledger refused to lease or settle.
    package var ledgerFaults = 0
    /// The ledger refused the last time; told once in the log.
    package var isLedgerFailing = false
    package var lastSent: Instant?
    /// Failures since the last success.
    package var failing = 0
    /// Why the last attempt failed; nil after a success.
    package var lastFailure: String?

    package init() {}
}
