/// The figures of one group: what the API and the commands tell of an evaluation.
package struct EvaluationRow: Equatable, Sendable {
    /// Lengths of time, in seconds, rounded down. Median and 90 % are the smallest length that at least half, or nine
    /// tenths, of all do not exceed.
    package struct Times: Equatable, Sendable {
        package var count = 0
        package var median: Int64?
        package var ninety: Int64?
        package var worst: Int64?
    }

    /// How many of those that can be judged.
    package struct Share: Equatable, Sendable {
        package var met = 0
        package var of = 0

        /// Percent, rounded down; nil where there was none.
        package var percent: Int? { of == 0 ? nil : met * 100 / of }
    }

    /// A worker's id, a grid, a department, a rule, a device, a week; of what has none `-`.
    package var group: String
    package var cases = 0
    package var closed = 0
    /// Ended by the sensors' all-clear, which nobody had taken.
    package var resolved = 0
    /// From the raise to the first acknowledgement, to the first arrival, and to the end.
    package var acknowledge = Times()
    package var arrive = Times()
    package var close = Times()
    package var onTime: [ClockStep: Share] = [:]
    /// Where somebody said whether the alert was right, and it was not.
    package var notRight = Share()
    package var handled = 0
    package var rework = 0
    package var returns = 0
    package var escalations = 0
    package var escalationsOnTime = Share()
    /// 未报到场: handled by a visit of which no arrival was told.
    package var unreported = 0
    package var selfChecked = 0

    package init(group: String) { self.group = group }
}
