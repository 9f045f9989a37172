import MQTTIntake
import Timekeeping

/// What the daemon stamps records with: wall time at the start plus CLOCK_BOOTTIME since, so that a step of the wall
/// clock does not move it (docs/architecture.md, "Time"). Never behind the last stamp, so that stamps never go back,
/// across restarts too.
struct BoxClock {
    /// The demo lets an hour pass in a second; everywhere else 1.
    private let factor: Int64
    private let wallAtStart: Int64
    private let bootAtStart: Int64
    private var last: Instant

    /// - Parameter last: the stamp of the journal's last record.
    init(last: Instant, demo: DemoClock? = nil) {
        factor = demo?.factor ?? 1
        // A box without a clock of its own may start in 1970: then time goes on from the journal's end, not later.
        wallAtStart = demo?.start.milliseconds ?? max(SystemClock.wall, last.milliseconds)
        bootAtStart = demo?.boot ?? SystemClock.boot
        self.last = last
    }

    /// The stamp for a record that arrives now.
    mutating func stamp() -> Instant {
        last = max(last, now)
        return last
    }

    /// The time, without taking it for a stamp.
    var now: Instant {
        max(last, Instant(milliseconds: wallAtStart + (SystemClock.boot - bootAtStart) * factor))
    }

    /// Real milliseconds until the clock shows an instant; at most an hour.
    func wait(until instant: Instant) -> Int {
        let left = (instant - now).count
        return Int(max(0, min((left + factor - 1) / factor, 3_600_000)))
    }
}

/// The clock that the demo's simulator and daemon share: `start` + factor × the time since `boot` (CLOCK_BOOTTIME, ms).
struct DemoClock: Sendable {
    var start: Instant
    var factor: Int64
    var boot: Int64

    var now: Instant {
        Instant(milliseconds: start.milliseconds + (SystemClock.boot - boot) * factor)
    }

    var text: String { "\(start.milliseconds):\(factor):\(boot)" }

    init(start: Instant, factor: Int64) {
        self.start = start
        self.factor = factor
        boot = SystemClock.boot
    }

    init?(text: String) {
        let parts = text.split(separator: ":").compactMap { Int64($0) }
        guard parts.count == 3, parts[1] > 0 else { return nil }
        start = Instant(milliseconds: parts[0])
        factor = parts[1]
        boot = parts[2]
    }
}
