import CMosquitto
import Glibc

/// The system's clocks, in milliseconds. Only the edge reads them; the core is told the time.
package enum SystemClock {
    /// CLOCK_BOOTTIME: never steps, and goes on while the box sleeps.
    package static var boot: Int64 { read(CLOCK_BOOTTIME) }

    /// CLOCK_REALTIME: since 1970; people and NTP may step it.
    package static var wall: Int64 { read(CLOCK_REALTIME) }

    /// CLOCK_MONOTONIC in microseconds, as systemd wants it.
    package static var monotonicMicroseconds: Int64 {
        var time = timespec()
        // Sound: the call writes one timespec.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// The kernel knows of nothing that sets its clock (adjtimex(2)): NTP has not been heard since the boot. Also where
    /// the service manager does not let us ask.
    package static var isUnsynchronised: Bool { shouwang_clock_is_unsynchronised() != 0 }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // Sound: the call writes one timespec.
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
