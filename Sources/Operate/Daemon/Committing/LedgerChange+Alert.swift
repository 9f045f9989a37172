import Alerts
import Cases
import Feeds
import Ledger
import Timekeeping
import Vocabulary

extension LedgerChange {
    /// An alert change as the ledger keeps it.
    /// - Parameter limits: of today's configuration; an alert keeps those of its first change.
    init(_ change: AlertChange, zone: Zone, limits: CaseLimits) {
        self.init(
            record: change.record, ordinal: change.ordinal, alert: change.id, change: change.change.rawValue,
            rule: change.rule, kind: change.kind.rawValue, severity: change.severity,
            state: change.state.rawValue, key: change.key, at: change.at, started: change.started,
            json: change.json(zone: zone))
        grid = change.grid
        place = change.place
        actor = change.actor
        assignee = change.assignee
        found = change.found
        alertRight = change.act?.alertRight
        let category = change.kind == .report ? CaseStepReader(zone: zone).step(json)?.category : nil
        self.limits = limits.frozen(severity: change.severity, kind: change.kind, category: category).json
    }
}
