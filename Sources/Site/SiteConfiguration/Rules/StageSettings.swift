import Diagnostics
package import Timekeeping
package import Vocabulary

/// A silence, or a state, of `after` gives the alert this severity.
package struct StageSettings: Equatable, Sendable {
    package var after: Milliseconds
    package var severity: Severity

    package init(after: Milliseconds, severity: Severity) {
        self.after = after
        self.severity = severity
    }
}
