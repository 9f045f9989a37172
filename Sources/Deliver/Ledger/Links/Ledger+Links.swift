import Foundation
import GRDB
package import Timekeeping

/// Links to workers' pages.
extension Ledger {
    /// So many changes of an alert a page tells at most.
    package static let linkedEventsMax = 100
    /// An ended link is forgotten after so long; until then its page says that it has ended.
    package static let linksKept = Milliseconds.days(30)

    /// An alert's links that are not noted as ended, the oldest first.
    package func openLinks(alert: String) throws(LedgerError) -> [Link] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM links WHERE alert = ? AND ended IS NULL ORDER BY made, hash", arguments: [alert]
            ).map(Link.init)
        }
    }

    /// A link by its hash, with its alert and the last of its changes. Changes nothing.
    package func linked(hash: String) throws(LedgerError) -> LinkedAlert? {
        try read { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT * FROM links WHERE hash = ?", arguments: [hash]) else {
                return nil
            }
            let link = try Link(row)
            let alert = try Row.fetchOne(db, sql: "SELECT * FROM alerts WHERE id = ?", arguments: [link.alert])
            let events = try Row.fetchAll(
                db, sql: "SELECT * FROM events WHERE alert = ? ORDER BY record DESC, ordinal DESC LIMIT ?",
                arguments: [link.alert, Ledger.linkedEventsMax])
            return LinkedAlert(
                link: link, alert: try alert.map(AlertRow.init), events: try events.reversed().map(LedgerChange.init))
        }
    }

    /// Notes that an act came over a link.
    package func useLink(hash: String, at now: Instant) throws(LedgerError) {
        try write { db in
            try db.execute(
                sql: "UPDATE links SET used = ?2 WHERE hash = ?1 AND ifnull(used, 0) < ?2",
                arguments: [hash, now.milliseconds])
        }
    }

    /// Notes which links have run out, so that no step of the clock opens them again, and forgets what ended long ago.
    /// O(open links + those forgotten).
    /// - Returns: how many ended.
    @discardableResult
    package func endLinks(at now: Instant) throws(LedgerError) -> Int {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE links SET ended = :now WHERE ended IS NULL AND (expires <= :now OR EXISTS (
                        SELECT 1 FROM alerts WHERE alerts.id = links.alert AND alerts.state IN ('closed', 'resolved')
                        AND alerts.changed <= :over))
                    """,
                arguments: ["now": now.milliseconds, "over": (now - Link.afterEnd).milliseconds])
            let ended = db.changesCount
            try db.execute(
                sql: "DELETE FROM links WHERE ended < ?", arguments: [(now - Ledger.linksKept).milliseconds])
            return ended
        }
    }

    static func change(_ links: LinkChanges, _ db: Database) throws {
        for link in links.made {
            try db.cachedStatement(
                sql: """
                    INSERT INTO links (hash, salt, alert, recipient, is_group, role, made, expires)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING
                    """
            ).execute(arguments: [
                link.hash, Data(link.salt), link.alert, link.recipient.name, link.recipient.isGroup,
                link.recipient.role, link.made.milliseconds, link.expires.milliseconds,
            ])
        }
        for hash in links.withdrawn {
            // Its own time, since a commit has no clock: what counts is that there is one.
            try db.cachedStatement(sql: "UPDATE links SET ended = ifnull(used, made) WHERE hash = ? AND ended IS NULL")
                .execute(arguments: [hash])
        }
    }
}

extension Link {
    init(_ row: Row) throws {
        let salt: Data = try row.value("salt")
        self.init(
            hash: try row.value("hash"), salt: Array(salt), alert: try row.value("alert"),
            recipient: Recipient(
                name: try row.value("recipient"), isGroup: try row.value("is_group"), role: try row.value("role")),
            made: try row.instant("made"), expires: try row.instant("expires"), ended: try row.instantIfAny("ended"),
            used: try row.instantIfAny("used"))
    }
}
