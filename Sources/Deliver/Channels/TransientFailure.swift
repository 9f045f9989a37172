package import Timekeeping

/// A failure that may pass.
package struct TransientFailure: Equatable, Sendable {
    package var reason: String
    /// The platform said how long to leave it alone: holds the whole channel, not this delivery alone.
    package var retryAfter: Milliseconds?
    /// The recipient may have it although nobody said so: the next attempt is marked as a repeat.
    package var mayHaveArrived: Bool
    /// Attempts after which it is given up before its deadline; nil for none. For answers that no retry explains.
    package var attemptsMax: Int?

    package init(
        _ reason: String, retryAfter: Milliseconds? = nil, mayHaveArrived: Bool = false, attemptsMax: Int? = nil
    ) {
        self.reason = reason
        self.retryAfter = retryAfter
        self.mayHaveArrived = mayHaveArrived
        self.attemptsMax = attemptsMax
    }
}
