extension LedgerSchema {
    /// What the pages and the API ask of an alert, taken out of its changes; and the acts by their keys.
    ///
    /// `alerts.state` is `dispatched` where delivery has sent somebody and no record has changed it since. `assignee`:
    /// who has it in hand. `handler`: who handled it last. `found` and `alert_right`: what they said, 0 or 1.
    /// `limits`: the time limits as they were when it was raised, JSON.
    /// `acts`: a row for each act with a key, by who put it in. `hash`: of what the act says. `ordinal`: of the last
    /// change that it made in `record`; null where it was refused, with `refusal` and the state in which it met the
    /// alert. About 200 bytes a row, kept for 8 days.
    static let third = """
        ALTER TABLE alerts ADD COLUMN grid TEXT;
        ALTER TABLE alerts ADD COLUMN place TEXT;
        ALTER TABLE alerts ADD COLUMN assignee TEXT;
        ALTER TABLE alerts ADD COLUMN handler TEXT;
        ALTER TABLE alerts ADD COLUMN found TEXT;
        ALTER TABLE alerts ADD COLUMN alert_right INTEGER;
        ALTER TABLE alerts ADD COLUMN limits TEXT;
        UPDATE alerts SET grid = json_extract(CAST(json AS TEXT), '$.grid'),
            place = json_extract(CAST(json AS TEXT), '$.place'),
            found = json_extract(CAST(json AS TEXT), '$.found')
            WHERE json_valid(CAST(json AS TEXT));
        CREATE INDEX alerts_open ON alerts (changed, id) WHERE state NOT IN ('closed', 'resolved');
        CREATE TABLE acts (
            person TEXT NOT NULL,
            key TEXT NOT NULL,
            hash BLOB NOT NULL,
            record INTEGER NOT NULL,
            ordinal INTEGER,
            refusal TEXT,
            state TEXT,
            at INTEGER NOT NULL,
            PRIMARY KEY (person, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX acts_at ON acts (at);
        """
}
