import Glibc

/// The system's clocks, in milliseconds. Only the edge reads them; the core is told the time.
package enum SystemClock {
    /// CLOCK_BOOTTIME: never steps, and goes on while the box sleeps.
    package static var boot: Int64 { read(CLOCK_BOOTTIME) }

    /// CLOCK_REALTIME: since 1970; people and NTP may step it.
    package static var wall: Int64 { read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // Sound: the call writes one timespec.
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
