/// The tables of migration 6.
///
/// `links`: a row for each link to a worker's page. The link's own text is not in here, and cannot be made from what
/// is: it needs the site's key (``LinkToken``). `hash` is the SHA-256 of the token's id, `salt` what the id is made
/// from. `recipient` is a worker's id, or a channel's name where a group reads it (`is_group`). `ended` is when it was
/// withdrawn or had run out; `used` when an act last came over it. Some 250 bytes each.
///
/// `reports`: a row a day whose daily message was made, with its figures; without figures for a day that owes none.
extension LedgerSchema {
    static let links = """
        CREATE TABLE links (
            hash TEXT PRIMARY KEY,
            salt BLOB NOT NULL,
            alert TEXT NOT NULL,
            recipient TEXT NOT NULL,
            is_group INTEGER NOT NULL,
            role TEXT NOT NULL,
            made INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            ended INTEGER,
            used INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX links_alert ON links (alert, recipient);
        CREATE INDEX links_open ON links (expires) WHERE ended IS NULL;
        CREATE INDEX links_ended ON links (ended) WHERE ended IS NOT NULL;
        CREATE TABLE reports (
            day TEXT PRIMARY KEY,
            made INTEGER NOT NULL,
            json BLOB
        ) STRICT, WITHOUT ROWID;
        """
}
