import GRDB
package import Timekeeping

/// Keeping the file bounded. What a bound drops is counted in the file itself.
extension Ledger {
    /// How long settled things are kept.
    package struct Retention: Equatable, Sendable {
        package var sent = Milliseconds.days(30)
        package var dead = Milliseconds.days(90)
        /// Settled deliveries above this number go, the oldest first, whatever their age.
        package var settledMax = 200_000
        /// Closed and resolved alerts that did not change for so long go with their events: two years.
        package var alerts = Milliseconds.days(730)
        /// Evidence of what has not been seen for so long goes: nobody waits for that key any more.
        package var evidence = Milliseconds.days(730)
        /// Rows of the audit; never less than ``Ledger/auditKeptMin``.
        package var audit = Milliseconds.days(730)

        /// An act that is told again within seven days gets the first one's answer.
        package var acts = Milliseconds.days(8)

        package init() {}
    }

    /// What a ``prune(now:keeping:batch:)`` removed.
    package struct Pruned: Equatable, Sendable {
        package var deliveries = 0
        package var alerts = 0
    }

    /// Removes what is older than the retention, at most `batch` deliveries and alerts in this call, so that no commit
    /// waits long for it (50 ms measured for the default); call again while it removes something.
    package func prune(now: Instant, keeping: Retention = Retention(), batch: Int = 1000) throws(LedgerError)
        -> Pruned
    {
        try write { db in
            let old = try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM outbox INDEXED BY outbox_settled WHERE settled IS NOT NULL
                    AND (settled < iif(state = 'dead', ?1, ?2)
                        OR settled < ifnull((SELECT settled FROM outbox INDEXED BY outbox_settled
                            WHERE settled IS NOT NULL ORDER BY settled DESC LIMIT 1 OFFSET max(?3, 1) - 1), ?4))
                    ORDER BY settled LIMIT ?5
                    """,
                arguments: [
                    (now - keeping.dead).milliseconds, (now - keeping.sent).milliseconds, keeping.settledMax,
                    Int64.min, batch,
                ])
            for id in old {
                try db.cachedStatement(sql: "DELETE FROM attempts WHERE delivery = ?").execute(arguments: [id])
                try db.cachedStatement(sql: "DELETE FROM digests WHERE delivery = ?").execute(arguments: [id])
                try db.cachedStatement(sql: "DELETE FROM outbox WHERE id = ?").execute(arguments: [id])
            }
            let closed = try String.fetchAll(
                db,
                sql: """
                    SELECT id FROM alerts WHERE changed < ? AND state IN ('closed', 'resolved')
                    AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.alert = alerts.id AND settled IS NULL)
                    ORDER BY changed LIMIT ?
                    """, arguments: [(now - keeping.alerts).milliseconds, batch])
            for id in closed {
                try db.cachedStatement(sql: "DELETE FROM events WHERE alert = ?").execute(arguments: [id])
                try db.cachedStatement(sql: "DELETE FROM alerts WHERE id = ?").execute(arguments: [id])
                try db.cachedStatement(sql: "DELETE FROM photos WHERE alert = ?").execute(arguments: [id])
            }
            try db.execute(
                sql: "DELETE FROM evidence WHERE at < ?", arguments: [(now - keeping.evidence).milliseconds])
            try db.execute(sql: "DELETE FROM acts WHERE at < ?", arguments: [(now - keeping.acts).milliseconds])
            _ = try Ledger.cutAudit(now: now, keeping: keeping.audit, batch: batch, db)
            try Ledger.count("pruned_deliveries", old.count, db)
            try Ledger.count("pruned_alerts", closed.count, db)
            return Pruned(deliveries: old.count, alerts: closed.count)
        }
    }

    /// Gives up the least severe, then the oldest, of what waits above the bound. What a sender holds stays. They are
    /// kept as dead, for a person to see.
    static func giveUpOverflow(_ outboxMax: Int, _ db: Database) throws -> Int {
        let open =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM outbox INDEXED BY outbox_open WHERE settled IS NULL") ?? 0
        guard open > outboxMax else { return 0 }
        let excess = try Row.fetchAll(
            db,
            sql: """
                SELECT id, head FROM outbox INDEXED BY outbox_open WHERE settled IS NULL AND state <> 'leased'
                ORDER BY rank DESC, id LIMIT ?
                """, arguments: [open - outboxMax])
        for row in excess {
            let id: Int64 = try row.value("id")
            // The commit has no clock of its own: the moment is the engine's, of the delivery itself.
            try db.cachedStatement(
                sql: """
                    UPDATE outbox SET state = 'dead', head = 0, settled = max(at, 0), answer = 'outbox full' WHERE id
                    = ?
                    """
            ).execute(arguments: [id])
            if try row.value("head") { try promote(after: id, db) }
        }
        try count("outbox_full", excess.count, db)
        return excess.count
    }

    private static func count(_ name: String, _ n: Int, _ db: Database) throws {
        guard n > 0 else { return }
        try db.cachedStatement(
            sql: """
                INSERT INTO counters (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = value + ?2
                """
        ).execute(arguments: [name, n])
    }
}
