package import Timekeeping

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

/// How an attempt ended, for ``Ledger/settle(_:now:)``. `answer` is kept for people: at most 500 characters, and the
/// caller has taken the secrets out.
package struct Settlement: Equatable, Sendable {
    package enum Result: Equatable, Sendable {
        case sent(answer: String)
        /// Again at that time, at most ``Ledger/delayMax`` ahead. `mayHaveArrived`: nobody knows whether it did.
        case retry(at: Instant, answer: String, mayHaveArrived: Bool)
        case dead(answer: String)
        /// Given back without an answer. Where it was not even tried, the attempt does not count.
        case released(wasTried: Bool)
    }

    package var id: Int64
    package var attempt: Int
    package var result: Result

    package init(_ delivery: Delivery, _ result: Result) {
        id = delivery.id
        attempt = delivery.attempt
        self.result = result
    }
}

/// A delivery as people and the API see it.
package struct DeliveryRow: Equatable, Sendable {
    package var id: Int64
    package var key: String
    package var entry: OutboxEntry
    package var state: DeliveryState
    package var attempts: Int
    /// The next attempt's earliest time, or the lease's end; nil where none is to come.
    package var next: Instant?
    package var settled: Instant?
    /// The last answer, without secrets.
    package var answer: String?
}

/// One attempt of a delivery.
package struct AttemptRow: Equatable, Sendable {
    package var number: Int
    package var at: Instant
    package var ended: Instant?
    /// `sent`, `retry`, `dead`, `released`, `lost` (its lease ended), or nil while it runs.
    package var outcome: String?
    package var answer: String?
}
