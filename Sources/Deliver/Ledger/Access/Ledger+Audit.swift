import GRDB
package import Timekeeping

/// Who saw, did or changed what: append only, each row chained to the one before it.
extension Ledger {
    /// What retention leaves at least.
    package static let auditKeptMin = Milliseconds.days(180)

    /// Appends to the audit.
    package func audit(_ entries: [AuditEntry], at now: Instant) throws(LedgerError) {
        guard !entries.isEmpty else { return }
        try write { db in
            for entry in entries { try Ledger.append(entry, at: now, db) }
        }
    }

    static func append(_ entry: AuditEntry, at now: Instant, _ db: Database) throws {
        let cut = try cut(db)
        let last = try Row.fetchOne(db, sql: "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")
        let before: String = try last?.value("hash") ?? cut.hash
        let id: Int64 = (try last?.value("id") ?? cut.row) + 1
        try db.cachedStatement(
            sql: """
                INSERT INTO audit (id, at, person, role, action, object, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            id, now.milliseconds, entry.person, entry.role, entry.action, entry.object, entry.detail,
            AuditRow.hash(id: id, at: now, entry, behind: before),
        ])
    }

    /// Rows of the audit, the newest first.
    /// - Parameters:
    ///   - person: nil asks for anybody's.
    ///   - before: the number of the last row of the page before.
    package func auditRows(person: String? = nil, before: Int64? = nil, limit: Int = 100) throws(LedgerError)
        -> [AuditRow]
    {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM audit WHERE id < ?1 AND (?2 IS NULL OR person = ?2) ORDER BY id DESC LIMIT ?3
                    """, arguments: [before ?? Int64.max, person, min(max(limit, 1), 1000)]
            ).map(AuditRow.init)
        }
    }

    /// Looks whether every row follows from the one before it. O(rows), a thousand at a time.
    package func checkAudit() throws(LedgerError) -> AuditCheck {
        try read { db in
            let cut = try Ledger.cut(db)
            var check = AuditCheck(rows: 0, head: cut.hash, firstBroken: nil)
            var last = cut.row
            while true {
                let rows = try Row.fetchAll(
                    db, sql: "SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT 1000", arguments: [last]
                ).map(AuditRow.init)
                for row in rows {
                    let hash = AuditRow.hash(id: row.id, at: row.at, row.entry, behind: check.head)
                    if check.firstBroken == nil, row.id != last + 1 || row.hash != hash { check.firstBroken = row.id }
                    check.rows += 1
                    check.head = row.hash
                    last = row.id
                }
                if rows.count < 1000 { return check }
            }
        }
    }

    /// Takes rows that are older than the retention off the beginning, at most `batch`. Never younger ones than
    /// ``auditKeptMin``, and never one behind a row that stays.
    static func cutAudit(now: Instant, keeping: Milliseconds, batch: Int, _ db: Database) throws -> Int {
        let end = now - max(keeping, auditKeptMin)
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, at, hash FROM audit ORDER BY id LIMIT ?", arguments: [max(batch, 1)])
        var taken = 0
        var last: Row?
        for row in rows {
            guard try row.instant("at") < end else { break }
            taken += 1
            last = row
        }
        guard let last else { return 0 }
        let id: Int64 = try last.value("id")
        let hash: String = try last.value("hash")
        try db.execute(sql: "UPDATE audit_cut SET row = ?, hash = ? WHERE id = 1", arguments: [id, hash])
        try db.execute(sql: "DELETE FROM audit WHERE id <= ?", arguments: [id])
        return taken
    }

    private static func cut(_ db: Database) throws -> (row: Int64, hash: String) {
        guard let row = try Row.fetchOne(db, sql: "SELECT row, hash FROM audit_cut WHERE id = 1") else {
            return (0, "")
        }
        return (try row.value("row"), try row.value("hash"))
    }
}
