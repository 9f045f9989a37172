package import Windowing

/// The timers of all rules. Those of absences are apart, because they wait while the broker hands over its backlog:
/// what is in it may be the movement whose lack they would tell of.
package struct Timers: Sendable {
    package var absences = TimerQueue()
    package var others = TimerQueue()

    package init() {}
}
