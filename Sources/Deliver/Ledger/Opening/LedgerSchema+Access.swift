/// Who may ask, who has looked and done, and the photographs of cases.
///
/// `tokens`: a row a bearer token, known by the SHA-256 of its text alone. `audit`: append only; `hash` is over the
/// row and the `hash` of the row before it, so that a row which is changed, put in or taken out shows (the triggers
/// keep this program from it, the hashes tell of others). Retention takes rows off the beginning alone: `audit_cut`
/// has the number and the hash of the last one taken, where the chain begins since. `photos`: which photograph, by the
/// SHA-256 of its file under `photos/`, belongs to which alert.
///
/// The two indexes of `alerts` are for lists: by when an alert was opened, which never changes, so that a list can be
/// paged while alerts change; and the same of a grid, read out of the last change's JSON.
extension LedgerSchema {
    static let access = """
        CREATE TABLE tokens (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            role TEXT NOT NULL,
            worker TEXT,
            hash TEXT NOT NULL UNIQUE,
            created INTEGER NOT NULL,
            expires INTEGER,
            revoked INTEGER,
            used INTEGER
        ) STRICT;
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            person TEXT NOT NULL,
            role TEXT NOT NULL,
            action TEXT NOT NULL,
            object TEXT NOT NULL,
            detail TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE TABLE audit_cut (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            row INTEGER NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        INSERT INTO audit_cut (id, row, hash) VALUES (1, 0, '');
        CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END;
        CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit WHEN OLD.id > (SELECT row FROM audit_cut WHERE id = 1)
            BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END;
        CREATE TABLE photos (
            alert TEXT NOT NULL,
            hash TEXT NOT NULL,
            type TEXT NOT NULL,
            size INTEGER NOT NULL,
            at INTEGER NOT NULL,
            person TEXT NOT NULL,
            PRIMARY KEY (alert, hash)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX photos_hash ON photos (hash);
        CREATE INDEX alerts_opened ON alerts (opened, id);
        CREATE INDEX alerts_grid ON alerts (grid, opened, id);
        """

    /// What the last change's JSON says under a path; NULL where it does not, or is no JSON. An index is used only
    /// where a query has the same text.
    static func fact(_ path: String) -> String {
        "(CASE WHEN json_valid(CAST(json AS TEXT)) THEN json_extract(CAST(json AS TEXT), '$.\(path)') END)"
    }
}
