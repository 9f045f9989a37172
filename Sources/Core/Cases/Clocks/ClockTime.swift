/// What a time limit is counted in: the four kinds of time of city management (docs/cases-clocks.md, "Kinds of time").
/// A test pins the spelling.
package enum ClockTime: String, Sendable, CaseIterable {
    /// Around the clock: an hour is an hour.
    case urgent
    /// The site's hours of work alone.
    case workHour = "work_hour"
    /// Days of work, each spread evenly over its hours of work, whatever their number.
    case workDay = "work_day"
    /// Days of the calendar, by the clock on the wall: the same time of day some days later.
    case naturalDay = "natural_day"
}
