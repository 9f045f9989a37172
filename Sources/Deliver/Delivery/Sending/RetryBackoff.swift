package import Channels
import Ledger
package import Timekeeping
package import Vocabulary

/// When to try again, and when to give up. Pure: the clock and the randomness are arguments.
package enum RetryBackoff {
    package static let base = Milliseconds.seconds(2)
    package static let cap = Milliseconds.minutes(5)

    /// Full jitter: evenly anywhere between nothing and base × 2^(attempt − 1), at most the cap, so that what failed
    /// together does not come back together.
    ///
    /// - Parameters:
    ///   - attempt: the attempts made so far, from 1.
    ///   - jitter: evenly distributed in 0..<1.
    package static func delay(afterAttempt attempt: Int, jitter: Double) -> Milliseconds {
        // 2^8 × 2 s is above the cap, so the shift needs no more.
        let doublings = min(max(attempt, 1) - 1, 8)
        let ceiling = min(base.count << Int64(doublings), cap.count)
        return Milliseconds(Int64(Double(ceiling) * min(max(jitter, 0), 1)))
    }

    /// How long after its first attempt a delivery is worth trying: nobody is helped by yesterday's full bin, and a
    /// cry for help is worth a day.
    package static func deadline(severity: Severity) -> Milliseconds {
        switch severity {
        case .critical: .hours(24)
        case .high: .hours(12)
        case .medium: .hours(6)
        case .low: .hours(2)
        }
    }

    /// The next attempt's time, or nil where the delivery is to be given up: past the deadline or the allowed attempts.
    ///
    /// A platform's `retryAfter` is honoured: never earlier, jitter on top of nothing. What is critical is tried to its
    /// deadline, whatever the answers.
    package static func next(
        after failure: TransientFailure, attempt: Int, severity: Severity, firstTried: Instant, now: Instant,
        jitter: Double
    ) -> Instant? {
        if let most = failure.attemptsMax, attempt >= most, severity != .critical { return nil }
        let pause = max(delay(afterAttempt: attempt, jitter: jitter), failure.retryAfter ?? .zero)
        let at = now + min(pause, Ledger.delayMax)
        return at - firstTried > deadline(severity: severity) ? nil : at
    }
}
