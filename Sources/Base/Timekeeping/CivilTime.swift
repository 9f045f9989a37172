/// A date and a time of day as a clock on the wall shows them, without a zone.
package struct CivilTime: Hashable, Sendable {
    package var date: Day
    package var hour: Int
    package var minute: Int
    package var second: Int
    package var millisecond: Int

    package init(date: Day, hour: Int, minute: Int, second: Int, millisecond: Int) {
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
        self.millisecond = millisecond
    }

    /// Milliseconds since 1970-01-01 00:00 of the same wall clock.
    package var wallMilliseconds: Int64 {
        date.sinceEpoch * 86_400_000 + Int64(hour) * 3_600_000 + Int64(minute) * 60_000 + Int64(second) * 1000
            + Int64(millisecond)
    }

    package init(wallMilliseconds ms: Int64) {
        let days = (ms >= 0 ? ms : ms - 86_399_999) / 86_400_000
        var rest = ms - days * 86_400_000
        date = Day(sinceEpoch: days)
        hour = Int(rest / 3_600_000)
        rest %= 3_600_000
        minute = Int(rest / 60_000)
        rest %= 60_000
        second = Int(rest / 1000)
        millisecond = Int(rest % 1000)
    }
}
