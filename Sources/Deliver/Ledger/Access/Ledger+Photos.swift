import GRDB
import Timekeeping

/// Which photographs belong to which alerts.
extension Ledger {
    /// Of one alert.
    package static let photosMax = 6

    /// Keeps that a photograph belongs to an alert; one that does already is kept once.
    /// - Returns: false where the alert has ``photosMax``.
    package func addPhoto(_ photo: PhotoRow) throws(LedgerError) -> Bool {
        try write { db in
            let others = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM photos WHERE alert = ? AND hash <> ?",
                arguments: [photo.alert, photo.hash])
            guard others ?? 0 < Ledger.photosMax else { return false }
            try db.execute(
                sql: """
                    INSERT INTO photos (alert, hash, type, size, at, person) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [photo.alert, photo.hash, photo.type, photo.size, photo.at.milliseconds, photo.person])
            return true
        }
    }

    /// An alert's photographs, the oldest first.
    package func photos(alert: String) throws(LedgerError) -> [PhotoRow] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM photos WHERE alert = ? ORDER BY at, hash", arguments: [alert])
                .map(PhotoRow.init)
        }
    }

    /// The rows of a photograph, one an alert that it belongs to; the first hundred.
    package func photos(hash: String) throws(LedgerError) -> [PhotoRow] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM photos WHERE hash = ? ORDER BY alert LIMIT 100", arguments: [hash]
            ).map(PhotoRow.init)
        }
    }
}
