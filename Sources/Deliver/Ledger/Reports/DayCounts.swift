/// What a stretch of time had of alerts; drills are apart.
package struct DayCounts: Equatable, Sendable {
    /// Alerts that were told first in it.
    package var raised = 0
    /// Alerts that people closed in it, and that are closed still.
    package var closed = 0
    /// Alerts that ended by themselves in it.
    package var resolved = 0
    /// Alerts that were told before its end and are not over yet.
    package var open = 0
    /// Drills that were raised in it.
    package var drills = 0

    package init() {}
}
