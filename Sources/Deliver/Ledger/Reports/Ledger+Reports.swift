import Foundation
import GRDB
package import Timekeeping

/// The daily message: figures, what was made of them, and that it is made once a day.
extension Ledger {
    /// Counts of the time from one instant up to another. O(alerts) for what is open, else O(alerts changed since).
    package func dayCounts(from: Instant, to: Instant) throws(LedgerError) -> DayCounts {
        try read { db in
            func count(_ condition: String) throws -> Int {
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM alerts WHERE \(condition)",
                    arguments: ["from": from.milliseconds, "to": to.milliseconds]) ?? 0
            }
            // Whatever was opened or ended behind an instant was changed behind it. No term has a value in its text.
            let within = "changed >= :from AND opened >= :from AND opened < :to"
            let ended = "changed >= :from AND changed < :to"
            let isDrill = "substr(key, 1, 6) = 'drill:'"
            var counts = DayCounts()
            counts.raised = try count("\(within) AND NOT \(isDrill)")
            counts.drills = try count("\(within) AND \(isDrill)")
            counts.closed = try count("\(ended) AND state = 'closed' AND NOT \(isDrill)")
            counts.resolved = try count("\(ended) AND state = 'resolved' AND NOT \(isDrill)")
            counts.open = try count(
                """
                state IN ('open', 'dispatched', 'acknowledged', 'on_site', 'handled', 'suspended')
                AND opened < :to AND :from < :to AND NOT \(isDrill)
                """)
            return counts
        }
    }

    /// Keeps the report of a day and what is told of it, in one transaction.
    /// - Parameters:
    ///   - day: `2026-03-01`.
    ///   - json: the report; nil for a day that owes none.
    /// - Returns: false where the day has its row already: then nothing is kept and nothing is told.
    package func keepReport(
        day: String, made: Instant, json: [UInt8]?, notifications: [OutboxEntry]
    ) throws(LedgerError) -> Bool {
        let outboxMax = outboxMax
        return try write { db in
            try db.execute(
                sql: "INSERT INTO reports (day, made, json) VALUES (?, ?, ?) ON CONFLICT (day) DO NOTHING",
                arguments: [day, made.milliseconds, json.map { Data($0) }])
            guard db.changesCount > 0 else { return false }
            for entry in notifications { _ = try Ledger.enqueue(entry, db) }
            if !notifications.isEmpty { _ = try Ledger.giveUpOverflow(outboxMax, db) }
            return true
        }
    }

    /// Whether a day has its row; of no day: whether any has.
    package func hasReport(day: String? = nil) throws(LedgerError) -> Bool {
        try read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM reports WHERE ?1 IS NULL OR day = ?1)", arguments: [day])
                ?? false
        }
    }

    /// The report of a day (`2026-03-01`) as JSON; nil where none was made.
    package func report(day: String) throws(LedgerError) -> [UInt8]? {
        try read { db in
            try Data.fetchOne(db, sql: "SELECT json FROM reports WHERE day = ? AND json IS NOT NULL", arguments: [day])
                .map { Array($0) }
        }
    }
}
