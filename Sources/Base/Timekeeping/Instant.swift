/// A point in time, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// The pipeline never asks the system what time it is: instants come from records. An instant and a length of time are
/// different types, so that only what makes sense can be added.
public struct Instant: Hashable, Comparable, Sendable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public init(seconds: Int64) { milliseconds = seconds * 1000 }

    /// Rounded down to the millisecond.
    public init(microseconds: Int64) {
        milliseconds = microseconds >= 0 ? microseconds / 1000 : (microseconds - 999) / 1000
    }

    /// Before everything; used as "never" where a maximum is kept.
    public static var distantPast: Instant { Instant(milliseconds: Int64.min / 4) }
    /// After everything; used as "no deadline".
    public static var distantFuture: Instant { Instant(milliseconds: Int64.max / 4) }

    public static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }
    public static func + (a: Instant, b: Milliseconds) -> Instant {
        Instant(milliseconds: a.milliseconds + b.count)
    }
    public static func - (a: Instant, b: Milliseconds) -> Instant {
        Instant(milliseconds: a.milliseconds - b.count)
    }
    public static func - (a: Instant, b: Instant) -> Milliseconds {
        Milliseconds(a.milliseconds - b.milliseconds)
    }
}

// A step of the wall clock moves all that is counted in it by the same length, so that nothing fires or is delayed by
// it (docs/architecture.md, "Time comes with the records"). Each window has a `shift(by:)` for that.

extension Instant {
    /// The same moment after the clock was moved. "Never" and "no deadline" stay what they are; nothing else becomes
    /// one of them, however often a hostile log moves the clock.
    package func shifted(by length: Milliseconds) -> Instant {
        guard self > .distantPast, self < .distantFuture else { return self }
        let (sum, overflow) = milliseconds.addingReportingOverflow(length.count)
        let moved = overflow ? (length.count > 0 ? Int64.max : Int64.min) : sum
        let bounds = Instant.distantPast.milliseconds + 1...Instant.distantFuture.milliseconds - 1
        return Instant(milliseconds: min(max(moved, bounds.lowerBound), bounds.upperBound))
    }
}
