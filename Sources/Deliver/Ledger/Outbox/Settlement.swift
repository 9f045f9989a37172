package import Timekeeping

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
