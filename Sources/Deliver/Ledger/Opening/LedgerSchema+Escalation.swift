/// What dispatch keeps of each open alert, and what a digest tells beside its first alert.
///
/// `escalations`: a row an alert that is not over: when something is next to be done (for people who look; the program
/// reads it from the state), the tier that was told last, and the state as bytes with a checksum of their form's own.
/// `digests`: of an outbox row that tells several alerts all but the first, so that what is told of any of them later
/// waits behind it. About 1.5 kB an open alert, 60 bytes an alert of a digest.
extension LedgerSchema {
    static let escalation = """
        CREATE TABLE escalations (
            alert TEXT PRIMARY KEY,
            next INTEGER,
            tier INTEGER NOT NULL,
            state BLOB NOT NULL
        ) STRICT;
        CREATE TABLE digests (
            alert TEXT NOT NULL,
            delivery INTEGER NOT NULL,
            PRIMARY KEY (alert, delivery)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX digests_delivery ON digests (delivery);
        """
}
