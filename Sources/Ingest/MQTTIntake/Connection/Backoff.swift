package import Timekeeping

/// Pauses between attempts to connect: full jitter over a range that doubles with each attempt, so that a whole town's
/// gateways do not come back to a broker in one second.
package struct ReconnectBackoff: Sendable {
    /// The shortest pause. Default 0.5 s.
    package let shortest: Milliseconds
    /// The longest pause. Default 30 s.
    package let longest: Milliseconds
    private var attempts = 0

    package init(shortest: Milliseconds = Milliseconds(500), longest: Milliseconds = .seconds(30)) {
        self.shortest = max(shortest, Milliseconds(1))
        self.longest = max(longest, self.shortest)
    }

    /// A pause between ``shortest`` and the least of `shortest · 2ⁿ` and ``longest``, n being the number of calls since
    /// the last ``reset()``, this one included.
    package mutating func next(using random: inout some RandomNumberGenerator) -> Milliseconds {
        // 2^20 times the shortest pause is beyond any longest one that makes sense.
        attempts = min(attempts + 1, 20)
        let (doubled, overflow) = shortest.count.multipliedReportingOverflow(by: 1 << Int64(attempts))
        let ceiling = overflow ? longest.count : min(doubled, longest.count)
        return Milliseconds(Int64.random(in: shortest.count...ceiling, using: &random))
    }

    /// To be called after a connection that held.
    package mutating func reset() { attempts = 0 }
}
