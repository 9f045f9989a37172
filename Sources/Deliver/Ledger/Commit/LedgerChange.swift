package import Timekeeping
package import Vocabulary

/// One alert change as the ledger keeps it: its number, the columns that are asked for, and the contract's JSON object,
/// verbatim.
///
/// The number is (record, ordinal): the record that made the change, and its place among that record's changes. It is
/// never reused, so a change that is derived again is known by it.
package struct LedgerChange: Equatable, Sendable {
    package var record: Int64
    package var ordinal: Int32
    /// 16 hex digits.
    package var alert: String
    /// `raised`, `updated`, … as in the contract.
    package var change: String
    package var rule: String
    package var kind: String
    package var severity: Severity
    package var state: String
    package var key: String
    /// Engine time of this change.
    package var at: Instant
    /// When the condition began.
    package var started: Instant
    package var json: [UInt8]
    /// What the alert's row has beside the change: where it is, …
    package var grid: String?
    package var place: String?
    /// … and what a person's record said.
    package var actor: String?
    package var assignee: String?
    package var found: String?
    package var alertRight: Bool?
    /// The time limits, as JSON: those of the alert's first change are frozen.
    package var limits: String?

    package init(
        record: Int64, ordinal: Int32, alert: String, change: String, rule: String, kind: String, severity: Severity,
        state: String, key: String, at: Instant, started: Instant, json: [UInt8]
    ) {
        self.record = record
        self.ordinal = ordinal
        self.alert = alert
        self.change = change
        self.rule = rule
        self.kind = kind
        self.severity = severity
        self.state = state
        self.key = key
        self.at = at
        self.started = started
        self.json = json
    }
}
