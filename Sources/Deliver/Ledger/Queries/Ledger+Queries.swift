import Foundation
import GRDB
package import Timekeeping
import Vocabulary

/// Reading, for the console, the commands and the metrics. Readers do not wait for writers.
extension Ledger {
    private static let pageMax = 1000

    /// Alerts, the last changed first.
    package func alerts(_ filter: AlertFilter = AlertFilter()) throws(LedgerError) -> [AlertRow] {
        try read { db in
            var terms = ["TRUE"]
            var arguments = StatementArguments()
            let lists = [
                ("state", filter.states), ("severity", filter.severities.map(\.rawValue)), ("kind", filter.kinds),
                ("rule", filter.rules),
            ]
            for (column, values) in lists where !values.isEmpty {
                let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
                terms.append("\(column) IN (\(marks))")
                arguments += StatementArguments(values)
            }
            if !filter.prefix.isEmpty {
                terms.append("substr(id, 1, ?) = ?")
                arguments += [filter.prefix.unicodeScalars.count, filter.prefix]
            }
            if let after = filter.after {
                terms.append("(changed, id) < (?, ?)")
                arguments += [after.changed.milliseconds, after.id]
            }
            arguments += [min(max(filter.limit, 1), Ledger.pageMax)]
            // Only column names and marks of this file are put together; every value is an argument.
            let condition = terms.joined(separator: " AND ")
            let sql = "SELECT * FROM alerts WHERE \(condition) ORDER BY changed DESC, id DESC LIMIT ?"
            return try Row.fetchAll(db, sql: sql, arguments: arguments).map(AlertRow.init)
        }
    }

    /// Every alert that is neither closed nor resolved, the most severe first, then the oldest: what a rebuilt or
    /// restored ledger tells once, as one digest. O(alerts).
    package func openAlerts() throws(LedgerError) -> [AlertRow] {
        let alerts = try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM alerts WHERE state NOT IN ('closed', 'resolved') ORDER BY opened, id"
            ).map(AlertRow.init)
        }
        return Severity.allCases.sorted(by: >).flatMap { severity in alerts.filter { $0.severity == severity } }
    }

    /// Which of these alerts it does not have. O(ids), in one read.
    package func unknown(of ids: [String]) throws(LedgerError) -> Set<String> {
        try read { db in
            let known = try db.cachedStatement(sql: "SELECT 1 FROM alerts WHERE id = ?")
            return Set(try ids.filter { id in try Int.fetchOne(known, arguments: [id]) == nil })
        }
    }

    package func alert(id: String) throws(LedgerError) -> AlertRow? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM alerts WHERE id = ?", arguments: [id]).map(AlertRow.init)
        }
    }

    /// An alert's changes in their order, the first `limit` of them.
    package func events(alert: String, limit: Int = 1000) throws(LedgerError) -> [LedgerChange] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM events WHERE alert = ? ORDER BY record, ordinal LIMIT ?",
                arguments: [alert, min(max(limit, 1), Ledger.pageMax)]
            ).map(LedgerChange.init)
        }
    }

    /// Deliveries, the newest first.
    package func deliveries(_ filter: DeliveryFilter = DeliveryFilter()) throws(LedgerError) -> [DeliveryRow] {
        try read { db in
            var terms = ["TRUE"]
            var arguments = StatementArguments()
            let equal = [("alert", filter.alert), ("channel", filter.channel), ("state", filter.state?.rawValue)]
            for case (let column, let value?) in equal {
                terms.append("\(column) = ?")
                arguments += [value]
            }
            if let before = filter.before {
                terms.append("id < ?")
                arguments += [before]
            }
            arguments += [min(max(filter.limit, 1), Ledger.pageMax)]
            let sql = "SELECT * FROM outbox WHERE \(terms.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?"
            return try Row.fetchAll(db, sql: sql, arguments: arguments).map(DeliveryRow.init)
        }
    }

    /// A delivery's attempts, the first one first.
    package func attempts(delivery id: Int64) throws(LedgerError) -> [AttemptRow] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM attempts WHERE delivery = ? ORDER BY number", arguments: [id])
                .map(AttemptRow.init)
        }
    }

    /// Figures for the metrics. O(alerts and deliveries), over indexes alone.
    package struct Counts: Equatable, Sendable {
        /// Alerts by state.
        package var alerts: [String: Int] = [:]
        /// Deliveries by channel and state.
        package var deliveries: [String: [DeliveryState: Int]] = [:]
        /// When a channel last took something.
        package var lastSent: [String: Instant] = [:]
        /// What bounds dropped since the file was made: `outbox_full`, `pruned_deliveries`, `pruned_alerts`.
        package var dropped: [String: Int] = [:]
    }

    package func counts() throws(LedgerError) -> Counts {
        try read { db in
            var counts = Counts()
            for row in try Row.fetchAll(db, sql: "SELECT state, count(*) AS n FROM alerts GROUP BY state") {
                counts.alerts[try row.value("state")] = try row.value("n")
            }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT channel, state, count(*) AS n, max(settled) AS last FROM outbox GROUP BY channel, state
                    """)
            for row in rows {
                let (channel, name): (String, String) = (try row.value("channel"), try row.value("state"))
                guard let state = DeliveryState(rawValue: name) else { continue }
                counts.deliveries[channel, default: [:]][state] = try row.value("n") as Int
                if state == .sent, let last = try row.instantIfAny("last") { counts.lastSent[channel] = last }
            }
            for row in try Row.fetchAll(db, sql: "SELECT name, value FROM counters") {
                counts.dropped[try row.value("name")] = try row.value("value")
            }
            return counts
        }
    }
}

extension LedgerChange {
    init(_ row: Row) throws {
        let json: Data = try row.value("json")
        self.init(
            record: try row.value("record"), ordinal: try row.value("ordinal"), alert: try row.value("alert"),
            change: try row.value("change"), rule: try row.value("rule"), kind: try row.value("kind"),
            severity: try row.severity(), state: try row.value("state"), key: try row.value("key"),
            at: try row.instant("at"), started: try row.instant("started"), json: Array(json))
    }
}
