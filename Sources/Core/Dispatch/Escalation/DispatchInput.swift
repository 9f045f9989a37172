package import Alerts
package import Timekeeping

/// What a committed batch tells the book.
package struct DispatchInput: Sendable {
    /// A step of the wall clock, which moves all timers.
    package struct Shift: Equatable, Sendable {
        /// The record that says so: what earlier records made is of before.
        package var record: Int64
        package var length: Milliseconds

        package init(record: Int64, length: Milliseconds) {
            self.record = record
            self.length = length
        }
    }

    package var changes: [AlertChange]
    /// The last record of the batch: what delivery makes is numbered behind it.
    package var applied: Int64
    /// Where the record clock stands behind it.
    package var clock: Instant
    /// In their order.
    package var shifts: [Shift] = []
    /// All of it is told together, whatever records made it.
    package var isOneTelling = false
    /// When a duty desk was seen last; nil: never.
    package var deskSeenAt: Instant?

    package init(changes: [AlertChange], applied: Int64, clock: Instant) {
        self.changes = changes
        self.applied = applied
        self.clock = clock
    }
}
