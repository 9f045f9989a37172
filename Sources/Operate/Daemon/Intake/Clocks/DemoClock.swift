import Glibc
import MQTTIntake
package import Timekeeping

/// The clock that the demo's simulator and daemon share: `start` + factor × the time since `boot` (CLOCK_BOOTTIME, ms).
package struct DemoClock: Sendable {
    package var start: Instant
    var factor: Int64
    var boot: Int64

    package var now: Instant {
        Instant(milliseconds: start.milliseconds + (SystemClock.boot - boot) * factor)
    }

    package var text: String { "\(start.milliseconds):\(factor):\(boot)" }

    package init(start: Instant, factor: Int64) {
        self.start = start
        self.factor = factor
        boot = SystemClock.boot
    }

    package init?(text: String) {
        let parts = text.split(separator: ":").compactMap { Int64($0) }
        guard parts.count == 3, parts[1] > 0 else { return nil }
        start = Instant(milliseconds: parts[0])
        factor = parts[1]
        boot = parts[2]
    }
}
