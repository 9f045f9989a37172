import GRDB
package import Timekeeping

/// A photograph of a case.
package struct PhotoRow: Equatable, Sendable {
    package var alert: String
    /// SHA-256 of the file in hex, and the file's name under `photos/`.
    package var hash: String
    /// Its media type.
    package var type: String
    package var size: Int
    package var at: Instant
    package var person: String

    package init(alert: String, hash: String, type: String, size: Int, at: Instant, person: String) {
        self.alert = alert
        self.hash = hash
        self.type = type
        self.size = size
        self.at = at
        self.person = person
    }
}

extension PhotoRow {
    init(_ row: Row) throws {
        self.init(
            alert: try row.value("alert"), hash: try row.value("hash"), type: try row.value("type"),
            size: try row.value("size"), at: try row.instant("at"), person: try row.value("person"))
    }
}
