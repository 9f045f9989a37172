import GRDB

/// The ledger's tables. Migrations go forward only; one that was released is never edited, the next is added.
///
/// `progress`: one row, the last record whose changes are all in here. `events`: every change by its number. `alerts`:
/// the fold of an alert's events: columns and JSON of the change with the highest number. `outbox`: a row a
/// notification. `attempts`: a row for each time that a delivery was handed to a sender; the limits per minute are
/// counted from it, so they survive a restart. `counters`: what bounds have dropped since the file was made. `ends`:
/// one row, whether the owner closed the file. `evidence`: when a rule last saw a key. `acts`: what people's acts came
/// to, by their keys. `links`, `reports`: told at `links`.
/// Instants are milliseconds since 1970. About 1.2 kB a webhook delivery with its attempt and a JSON of 600 bytes.
///
/// `outbox.head` is 1 for a delivery before which no other unsettled one of its channel and recipient tells any of its
/// alerts, and 0 else: only heads are
/// leased, which keeps the order, and the partial indexes make leasing independent of how many wait behind.
/// `outbox.due` is the earliest time of the next attempt, or while leased the lease's end.
enum LedgerSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 alerts, events, outbox, attempts") { db in
            try db.execute(sql: first)
        }
        migrator.registerMigration("2 ends, evidence") { db in
            try db.execute(sql: second)
        }
        migrator.registerMigration("3 cases, acts") { db in
            try db.execute(sql: third)
        }
        migrator.registerMigration("4 access") { db in
            try db.execute(sql: access)
        }
        migrator.registerMigration("5 escalation") { db in
            try db.execute(sql: escalation)
        }
        migrator.registerMigration("6 links") { db in
            try db.execute(sql: links)
        }
        return migrator
    }

    /// Brings a file's tables up to date, and looks whether they are what they should be.
    ///
    /// Throws `newer` for what a later program wrote, and `damaged` for another program's database, for a list of
    /// migrations that no program of ours leaves, and for tables or indexes that are missing or changed.
    static func bringUp(_ database: some DatabaseWriter, path: String) throws {
        let migrator = migrator
        let known = Set(migrator.migrations)
        let (done, tables) = try database.read { db in
            (try migrator.appliedIdentifiers(db), try Int.fetchOne(db, sql: countTables) ?? 0)
        }
        if !done.isSubset(of: known) {
            // Migrations run in order, so a later program has run all of ours as well.
            let kind = done.isSuperset(of: known) ? LedgerError.Kind.newer : .damaged
            throw LedgerError(kind, path: path, detail: "unknown migrations")
        }
        guard !done.isEmpty || tables == 0 else {
            throw LedgerError(.damaged, path: path, detail: "another program's database")
        }
        try migrator.migrate(database)
        let model = try DatabaseQueue()
        try migrator.migrate(model)
        guard try database.read(schema).isSuperset(of: model.read(schema)) else {
            throw LedgerError(.damaged, path: path, detail: "the tables are not as they should be")
        }
    }

    /// Whether ``bringUp(_:path:)`` would change a file that a former program made.
    static func isFormer(_ database: some DatabaseReader) throws -> Bool {
        let done = try database.read { db in try migrator.appliedIdentifiers(db) }
        return !done.isEmpty && done.isStrictSubset(of: Set(migrator.migrations))
    }

    private static let countTables = """
        SELECT count(*) FROM sqlite_schema WHERE name <> 'grdb_migrations' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        """

    private static func schema(_ db: Database) throws -> Set<String> {
        try String.fetchSet(
            db, sql: "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || ifnull(sql, '') FROM sqlite_schema")
    }

    private static let first = """
        CREATE TABLE progress (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            applied INTEGER NOT NULL
        ) STRICT;
        INSERT INTO progress (id, applied) VALUES (1, 0);
        CREATE TABLE counters (
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE alerts (
            id TEXT PRIMARY KEY,
            rule TEXT NOT NULL,
            kind TEXT NOT NULL,
            severity TEXT NOT NULL,
            state TEXT NOT NULL,
            key TEXT NOT NULL,
            started INTEGER NOT NULL,
            opened INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            record INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            json BLOB NOT NULL
        ) STRICT;
        CREATE INDEX alerts_changed ON alerts (changed, id);
        CREATE INDEX alerts_state ON alerts (state);
        CREATE TABLE events (
            record INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            alert TEXT NOT NULL,
            change TEXT NOT NULL,
            rule TEXT NOT NULL,
            kind TEXT NOT NULL,
            severity TEXT NOT NULL,
            state TEXT NOT NULL,
            key TEXT NOT NULL,
            at INTEGER NOT NULL,
            started INTEGER NOT NULL,
            json BLOB NOT NULL,
            PRIMARY KEY (record, ordinal)
        ) STRICT;
        CREATE INDEX events_alert ON events (alert, record, ordinal);
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            idempotency TEXT NOT NULL UNIQUE,
            record INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            alert TEXT NOT NULL,
            channel TEXT NOT NULL,
            recipient TEXT NOT NULL,
            severity TEXT NOT NULL,
            rank INTEGER NOT NULL,
            change TEXT NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            at INTEGER NOT NULL,
            state TEXT NOT NULL,
            head INTEGER NOT NULL,
            attempt INTEGER NOT NULL DEFAULT 0,
            due INTEGER NOT NULL DEFAULT 0,
            repeated INTEGER NOT NULL DEFAULT 0,
            tried INTEGER,
            settled INTEGER,
            answer TEXT
        ) STRICT;
        CREATE INDEX outbox_heads ON outbox (channel, rank, id, due, state) WHERE head = 1;
        CREATE INDEX outbox_due ON outbox (channel, due) WHERE head = 1;
        CREATE INDEX outbox_leased ON outbox (channel, due) WHERE state = 'leased';
        CREATE INDEX outbox_order ON outbox (channel, recipient, alert, id) WHERE settled IS NULL;
        CREATE INDEX outbox_open ON outbox (rank DESC, id) WHERE settled IS NULL;
        CREATE INDEX outbox_settled ON outbox (settled) WHERE settled IS NOT NULL;
        CREATE INDEX outbox_alert ON outbox (alert, id);
        CREATE INDEX outbox_counts ON outbox (channel, state, settled);
        CREATE TABLE attempts (
            delivery INTEGER NOT NULL,
            number INTEGER NOT NULL,
            channel TEXT NOT NULL,
            at INTEGER NOT NULL,
            ended INTEGER,
            outcome TEXT,
            answer TEXT,
            PRIMARY KEY (delivery, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX attempts_rate ON attempts (channel, at);
        """

    private static let second = """
        CREATE TABLE ends (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            clean INTEGER NOT NULL
        ) STRICT;
        INSERT INTO ends (id, clean) VALUES (1, 1);
        CREATE TABLE evidence (
            rule TEXT NOT NULL,
            key TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (rule, key)
        ) STRICT, WITHOUT ROWID;
        """
}
