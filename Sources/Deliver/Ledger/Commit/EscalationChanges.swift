package import Timekeeping

/// What a commit keeps and drops of the dispatch of open alerts.
package struct EscalationChanges: Equatable, Sendable {
    package struct Row: Equatable, Sendable {
        package var alert: String
        /// When something is next to be done; nil: nothing is.
        package var next: Instant?
        package var tier: Int
        package var state: [UInt8]

        package init(alert: String, next: Instant?, tier: Int, state: [UInt8]) {
            self.alert = alert
            self.next = next
            self.tier = tier
            self.state = state
        }
    }

    package var saved: [Row]
    /// Alerts that are over.
    package var removed: [String]

    package init(saved: [Row] = [], removed: [String] = []) {
        self.saved = saved
        self.removed = removed
    }
}
