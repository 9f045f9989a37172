import Alerts
import Feeds
import Ledger
import Timekeeping
import Vocabulary

extension LedgerChange {
    /// An alert change as the ledger keeps it.
    init(_ change: AlertChange, zone: Zone) {
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
    }
}
