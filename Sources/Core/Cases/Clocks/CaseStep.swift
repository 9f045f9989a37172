package import Timekeeping
package import Vocabulary

/// One event of a case, as far as clocks and figures look at it: an alert change of the rule, of a person or of
/// delivery.
///
/// The events of a case are taken in the order of the ledger, by record and ordinal.
package struct CaseStep: Equatable, Sendable {
    package var change: ChangeKind
    package var at: Instant
    package var state: AlertState
    package var rule: String
    package var kind: RuleKind
    package var severity: Severity
    package var grid: String?
    /// The device that the alert is about, or that brought it.
    package var device: String?
    /// Of a report.
    package var category: String?
    /// It belongs to a drill, and so to no figure.
    package var isDrill = false
    package var actor: String?
    package var assignee: String?
    package var found: String?
    /// What a person did; nil: the rule or delivery made the change.
    package var verb: Verb?
    /// Whom it is handed to, or who is told of it: a role, `department:NAME`, `partner:NAME`, `worker:ID`.
    package var to: String?
    /// Of `check`.
    package var ok: Bool?
    /// Of `handle`: `visit` or `phone`.
    package var by: String?
    /// Of `extend`.
    package var length: Milliseconds?
    package var reason: String?
    /// Of `suspend`, as it was written.
    package var until: String?
    package var alertRight: Bool?
    /// When it was pressed, by the phone's own clock.
    package var tapped: Instant?
    /// It closed without another's check.
    package var isUnchecked = false

    package init(
        _ change: ChangeKind, _ state: AlertState, at: Instant, rule: String, kind: RuleKind, severity: Severity
    ) {
        self.change = change
        self.state = state
        self.at = at
        self.rule = rule
        self.kind = kind
        self.severity = severity
    }

    /// Behind which a tap that comes late is not believed.
    package static let tapDelayMax = Milliseconds.hours(12)

    /// When the person did it: what the phone says where that is 0 to 12 hours before it arrived, else its arrival. It
    /// is for figures alone: what stops a clock is ``at``.
    package var done: Instant {
        guard let tapped, tapped <= at, at - tapped <= CaseStep.tapDelayMax else { return at }
        return tapped
    }
}
