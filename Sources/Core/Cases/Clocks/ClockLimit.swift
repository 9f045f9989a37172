package import Timekeeping

/// How long a step may take.
package struct ClockLimit: Equatable, Sendable {
    /// Above zero. Of ``ClockTime/workDay`` and ``ClockTime/naturalDay`` 24 hours are one day.
    package var length: Milliseconds
    package var time: ClockTime

    package init(_ length: Milliseconds, _ time: ClockTime = .urgent) {
        self.length = length
        self.time = time
    }
}
