import GRDB

/// Forgetting somebody: what cases say of them is taken out, that there were cases stays.
///
/// Of each case that was theirs and is over, the last change, every event and every notification lose person, place,
/// device, evidence, words and text; rule, grid, states, times and workers stay, so figures of the past do not change.
/// Everywhere else their names and numbers become `***`. The audit is not touched: it has ids alone, and its rows are
/// chained. What is waiting to be sent is not touched either.
extension Ledger {
    /// What stands in place of a key and of a person's word.
    static let forgotten = "forgotten"

    /// Tables that are not searched for words: bookkeeping, and what may not change.
    private static let leftOut: Set<String> = ["audit", "audit_cut", "grdb_migrations", "tokens", "progress", "ends"]

    /// What there is of somebody. O(all rows).
    package func mentions(of who: ForgetWords) throws(LedgerError) -> ForgottenCount {
        try read { db in try Ledger.count(who, db) }
    }

    /// Takes it out, in one transaction; nothing where a case of theirs is open.
    /// - Returns: what there was.
    package func forget(_ who: ForgetWords) throws(LedgerError) -> ForgottenCount {
        try write { db in
            let found = try Ledger.count(who, db)
            guard found.open.isEmpty else { return found }
            // What is overwritten leaves nothing in its page.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            for id in found.alerts { try Ledger.scrub(id, db) }
            try Ledger.removePhotos(of: found.alerts, db)
            for column in try Ledger.columns(db) { try Ledger.replace(who.words, in: column, db) }
            return found
        }
    }

    /// Writes the whole file again, so that no page has what was taken out before, and empties the `-wal`. Commits wait
    /// meanwhile: a second or two for 100 MB.
    /// - Returns: false where a reader kept the `-wal` from being emptied; then once more, later.
    package func compact() throws(LedgerError) -> Bool {
        do {
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM")
                try db.checkpoint(.truncate)
            }
            return true
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return false
        } catch {
            throw LedgerError(error, path: path)
        }
    }

    // MARK: Counting

    private static func count(_ who: ForgetWords, _ db: Database) throws -> ForgottenCount {
        var count = ForgottenCount()
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT id, state FROM alerts WHERE id IN (SELECT alert FROM events WHERE \(isAbout))
                OR \(isAbout) ORDER BY id
                """, arguments: [who.resident, who.resident])
        for row in rows {
            let id: String = try row.value("id")
            let state: String = try row.value("state")
            if state == "closed" || state == "resolved" { count.alerts.append(id) } else { count.open.append(id) }
        }
        for id in count.alerts {
            count.events +=
                try Int.fetchOne(db, sql: "SELECT count(*) FROM events WHERE alert = ?", arguments: [id]) ?? 0
            count.deliveries += try Int.fetchOne(db, sql: "SELECT count(*) \(deliveries)", arguments: [id]) ?? 0
        }
        count.photos = try photos(of: count.alerts, db)
        for column in try columns(db) {
            let rows =
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM \(column.table) WHERE \(column.has(who.words))",
                    arguments: StatementArguments(who.words)) ?? 0
            if rows > 0, !who.words.isEmpty { count.mentions[column.table + "." + column.name] = rows }
        }
        return count
    }

    /// Whether a row's JSON names the person; several stand with bars between them. What is no JSON names nobody.
    private static let isAbout = """
        (CASE WHEN json_valid(CAST(json AS TEXT)) THEN
        instr('|' || ifnull(json_extract(CAST(json AS TEXT), '$.person'), '') || '|', '|' || ? || '|') > 0 END)
        """

    /// Settled notifications of a case: its own, and digests, which name it by its number.
    private static let deliveries = """
        FROM outbox WHERE settled IS NOT NULL AND (alert = ?1 OR instr(body, upper(substr(?1, 1, 6))) > 0)
        """

    // MARK: Taking out

    private static func scrub(_ id: String, _ db: Database) throws {
        let text = "CAST(json AS TEXT)"
        // Words of the person who acted stay where they are one word, as no_access; sentences go.
        let reason = "ifnull(json_extract(\(text), '$.act.reason'), '')"
        let left = """
            json_remove(\(text), '$.person', '$.place', '$.device', '$.note', '$.act.note', '$.act.photos',
            '$.act.seen', iif(\(reason) GLOB '*[^a-z_]*', '$.act.reason', '$.nothing'))
            """
        let isDrill = "ifnull(json_extract(\(text), '$.detail.drill'), 0)"
        let json = """
            json_set(\(left), '$.key', iif(\(isDrill), 'drill:', '') || '\(forgotten)', '$.detail',
            json(iif(\(isDrill), '{"drill":true,"forgotten":true}', '{"forgotten":true}')), '$.evidence', json('[]'),
            '$.message', json('{"zh-Hans":"（应居民要求已删除）","en":"(removed at the resident’s request)"}'))
            """
        for (table, column) in [("alerts", "id"), ("events", "alert")] {
            try db.execute(
                sql: """
                    UPDATE \(table) SET json = CAST(\(json) AS BLOB),
                    key = iif(substr(key, 1, 6) = 'drill:', 'drill:', '') || '\(forgotten)'
                    WHERE \(column) = ? AND json_valid(\(text))
                    """, arguments: [id])
        }
        try db.execute(
            sql: "UPDATE attempts SET answer = NULL WHERE delivery IN (SELECT id \(deliveries))", arguments: [id])
        try db.execute(
            sql: "UPDATE outbox SET body = '\(forgotten)', answer = NULL WHERE id IN (SELECT id \(deliveries))",
            arguments: [id])
    }

    // MARK: Photographs

    /// The table is of a later migration.
    private static func hasPhotos(_ db: Database) throws -> Bool { try db.tableExists("photos") }

    private static func photos(of alerts: [String], _ db: Database) throws -> [String] {
        guard try hasPhotos(db), !alerts.isEmpty else { return [] }
        let marks = Array(repeating: "?", count: alerts.count).joined(separator: ", ")
        return try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT hash FROM photos WHERE alert IN (\(marks))
                AND hash NOT IN (SELECT hash FROM photos WHERE alert NOT IN (\(marks))) ORDER BY hash
                """, arguments: StatementArguments(alerts + alerts))
    }

    private static func removePhotos(of alerts: [String], _ db: Database) throws {
        guard try hasPhotos(db) else { return }
        for id in alerts { try db.execute(sql: "DELETE FROM photos WHERE alert = ?", arguments: [id]) }
    }

    // MARK: Words anywhere

    /// A column that may have words of people.
    private struct Column {
        var table: String
        var name: String
        var isBlob: Bool

        private var text: String { isBlob ? "CAST(\(name) AS TEXT)" : name }
        /// What waits to be sent is left alone.
        private var isSettled: String { table == "outbox" ? " AND settled IS NOT NULL" : "" }

        func has(_ words: [String]) -> String {
            let each = words.map { _ in "instr(\(text), ?) > 0" }
            return "(" + (each.isEmpty ? ["0"] : each).joined(separator: " OR ") + ")" + isSettled
        }

        func replaced(_ words: [String]) -> String {
            let text = words.reduce(text) { inner, _ in "replace(\(inner), ?, '***')" }
            return isBlob ? "CAST(\(text) AS BLOB)" : text
        }
    }

    /// Of all tables, also of those that later migrations made; no keys.
    private static func columns(_ db: Database) throws -> [Column] {
        let tables = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                ORDER BY name
                """)
        var columns: [Column] = []
        for table in tables where !leftOut.contains(table) {
            for row in try Row.fetchAll(
                db, sql: "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", arguments: [table])
            {
                let type: String = try row.value("type")
                let key: Int = try row.value("pk")
                guard key == 0, type == "TEXT" || type == "BLOB" else { continue }
                columns.append(Column(table: table, name: try row.value("name"), isBlob: type == "BLOB"))
            }
        }
        return columns
    }

    private static func replace(_ words: [String], in column: Column, _ db: Database) throws {
        guard !words.isEmpty else { return }
        try db.execute(
            sql: """
                UPDATE \(column.table) SET \(column.name) = \(column.replaced(words)) WHERE \(column.has(words))
                """, arguments: StatementArguments(words + words))
    }
}
