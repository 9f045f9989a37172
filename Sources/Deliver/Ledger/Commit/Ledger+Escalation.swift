import Foundation
import GRDB
import Timekeeping

/// The dispatch of open alerts, as it was committed with their changes.
extension Ledger {
    /// All of it, by alert. O(open alerts).
    package func escalations() throws(LedgerError) -> [EscalationChanges.Row] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM escalations ORDER BY alert").map { row in
                let state: Data = try row.value("state")
                return EscalationChanges.Row(
                    alert: try row.value("alert"), next: try row.instantIfAny("next"), tier: try row.value("tier"),
                    state: Array(state))
            }
        }
    }

    /// The number of the last change; (0, 0) for none.
    package func lastChange() throws(LedgerError) -> (record: Int64, ordinal: Int32) {
        try read { db in
            let sql = "SELECT record, ordinal FROM events ORDER BY record DESC, ordinal DESC LIMIT 1"
            guard let row = try Row.fetchOne(db, sql: sql) else { return (0, 0) }
            return (try row.value("record"), try row.value("ordinal"))
        }
    }

    static func keep(_ changes: EscalationChanges, _ db: Database) throws {
        for row in changes.saved {
            try db.cachedStatement(
                sql: """
                    INSERT INTO escalations (alert, next, tier, state) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT (alert) DO UPDATE SET next = ?2, tier = ?3, state = ?4
                    """
            ).execute(arguments: [row.alert, row.next?.milliseconds, row.tier, Data(row.state)])
        }
        for alert in changes.removed {
            try db.cachedStatement(sql: "DELETE FROM escalations WHERE alert = ?").execute(arguments: [alert])
        }
    }
}
