package import Timekeeping

/// A delivery that a sender holds: to be attempted once and settled before ``leaseEnd``.
package struct Delivery: Equatable, Sendable {
    package var id: Int64
    /// The idempotency key (``OutboxEntry/key``).
    package var key: String
    package var entry: OutboxEntry
    /// 1 for the first attempt. Names the lease: a settlement of an older attempt is ignored.
    package var attempt: Int
    /// An earlier attempt may have reached the recipient, so this one says that it may be a repeat.
    package var isRepeat: Bool
    /// When the first attempt began; deadlines count from here.
    package var firstTried: Instant
    package var leaseEnd: Instant

    package init(
        id: Int64, key: String, entry: OutboxEntry, attempt: Int, isRepeat: Bool, firstTried: Instant,
        leaseEnd: Instant
    ) {
        self.id = id
        self.key = key
        self.entry = entry
        self.attempt = attempt
        self.isRepeat = isRepeat
        self.firstTried = firstTried
        self.leaseEnd = leaseEnd
    }
}
