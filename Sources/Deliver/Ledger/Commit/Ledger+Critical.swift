import GRDB
package import Timekeeping

/// Critical deliveries that have not arrived: who else is to be told, and whether anybody has been.
extension Ledger {
    /// The ids of all critical deliveries that are not settled, the newest first: a channel that has been down for
    /// long must not hide what waits for another. O(such deliveries), at most ``outboxMax``.
    package func criticalWaiting() throws(LedgerError) -> [Int64] {
        try read { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM outbox INDEXED BY outbox_open
                    WHERE settled IS NULL AND rank = 0 AND severity = 'critical' ORDER BY id DESC
                    """)
        }
    }

    /// The delivery of that id.
    package func delivery(_ id: Int64) throws(LedgerError) -> DeliveryRow? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM outbox WHERE id = ?", arguments: [id]).map(DeliveryRow.init)
        }
    }

    /// The channels over which a change was told or is to be told, whatever came of it.
    package func channels(of entry: OutboxEntry) throws(LedgerError) -> Set<String> {
        try read { db in
            try String.fetchSet(
                db, sql: "SELECT channel FROM outbox WHERE alert = ? AND record = ? AND ordinal = ?",
                arguments: [entry.alert, entry.record, entry.ordinal])
        }
    }

    /// The change of that number.
    package func change(record: Int64, ordinal: Int32) throws(LedgerError) -> LedgerChange? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM events WHERE record = ? AND ordinal = ?", arguments: [record, ordinal]
            ).map(LedgerChange.init)
        }
    }

    /// A critical delivery that failed at least once and is not sent.
    package struct Unsent: Equatable, Sendable {
        package var channel: String
        package var alert: String
        /// A channel took this change, or another of the same alert that people are told of.
        package var isReached: Bool
    }

    /// Critical deliveries that failed: those that are tried on, and those that were given up since an instant.
    ///
    /// O(such deliveries), over indexes.
    package func unsentCritical(channels: [String], givenUpSince since: Instant) throws(LedgerError) -> [Unsent] {
        try read { db in
            // Words are made of what people are told alone; of what goes as JSON, a raise always is.
            let reached = """
                EXISTS (SELECT 1 FROM outbox s INDEXED BY outbox_alert WHERE s.alert = o.alert AND s.state = 'sent'
                AND (s.kind = 'text' OR s.change = 'raised' OR s.record = o.record AND s.ordinal = o.ordinal))
                AS reached
                """
            var rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT channel, alert, \(reached) FROM outbox o INDEXED BY outbox_open
                    WHERE settled IS NULL AND rank = 0 AND severity = 'critical' AND (state = 'retry' OR attempt > 1)
                    ORDER BY id LIMIT 1000
                    """)
            for channel in channels {
                rows += try Row.fetchAll(
                    db,
                    sql: """
                        SELECT channel, alert, \(reached) FROM outbox o
                        WHERE channel = ? AND state = 'dead' AND settled > ? AND severity = 'critical' LIMIT 1000
                        """, arguments: [channel, since.milliseconds])
            }
            return try rows.map { row in
                Unsent(
                    channel: try row.value("channel"), alert: try row.value("alert"),
                    isReached: try row.value("reached"))
            }
        }
    }
}
