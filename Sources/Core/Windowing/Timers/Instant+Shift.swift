import StateCoding
package import Timekeeping

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
