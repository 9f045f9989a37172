package import Timekeeping

/// A row of `shifts.csv`: leave, or somebody who stands in, for the shifts that begin on one day.
package struct ShiftChange: Equatable, Sendable {
    package var day: Day
    package var worker: WorkerID
    /// On duty that day; else on leave.
    package var isOn: Bool
    /// Whose hours and grids these are; nil: the worker's own grids, the whole day.
    package var standsFor: WorkerID?
}
