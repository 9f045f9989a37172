package import Timekeeping

/// How often wrong tokens may be tried: five a minute from an address and sixty an hour in all; what goes beyond waits,
/// each time twice as long, up to ``delayMax``. It holds up wrong tokens alone: whoever has a right one is let in
/// whatever others tried, from whatever address, so nobody can lock others out.
///
/// A value; the caller owns the clock. Cost: O(1) a failure; at most ``addressesMax`` addresses are remembered, those
/// that failed longest ago are forgotten first.
package struct FailureLimit: Sendable {
    package static let perMinute = 5
    package static let perHour = 60
    package static let delayMax = Milliseconds.minutes(15)
    package static let addressesMax = 1024

    private struct Tries: Sendable {
        var recent: [Instant] = []
        /// Failures beyond the limit, one behind the other.
        var excess = 0
        var last = Instant.distantPast
    }

    private var addresses: [String: Tries] = [:]
    private var all: [Instant] = []
    private var excess = 0

    package init() {}

    /// Notes that an address sent a wrong token.
    /// - Returns: how long it is to wait before it tries again; nil where it may go on.
    package mutating func failed(_ address: String, at now: Instant) -> Milliseconds? {
        var tries = addresses[address] ?? Tries()
        // A clock that was set back makes nobody wait for the time that it lost.
        tries.recent.removeAll { now - $0 >= .minutes(1) || $0 > now }
        all.removeAll { now - $0 >= .hours(1) || $0 > now }
        if now - tries.last >= FailureLimit.delayMax || tries.last > now { tries.excess = 0 }
        tries.last = now
        var wait: Milliseconds?
        if tries.recent.count >= FailureLimit.perMinute {
            tries.excess += 1
            wait = FailureLimit.delay(tries.excess)
        } else {
            tries.recent.append(now)
            if tries.recent.count == 1 { tries.excess = 0 }
        }
        if all.count >= FailureLimit.perHour {
            excess += 1
            wait = max(wait ?? .zero, FailureLimit.delay(excess))
        } else {
            all.append(now)
            excess = 0
        }
        addresses[address] = tries
        if addresses.count > FailureLimit.addressesMax { forgetOldest() }
        return wait
    }

    /// 10, 20, 40 … seconds.
    private static func delay(_ excess: Int) -> Milliseconds {
        min(Milliseconds(Milliseconds.seconds(5).count << Int64(min(excess, 12))), delayMax)
    }

    private mutating func forgetOldest() {
        let oldest = addresses.sorted { $0.value.last < $1.value.last }.prefix(FailureLimit.addressesMax / 8)
        for (address, _) in oldest { addresses[address] = nil }
    }
}
