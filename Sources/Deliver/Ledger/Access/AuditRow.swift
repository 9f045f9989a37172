import Crypto
import GRDB
package import Timekeeping
import Vocabulary

/// A row of the audit.
package struct AuditRow: Equatable, Sendable {
    package var id: Int64
    package var at: Instant
    package var entry: AuditEntry
    /// Over this row and the hash of the one before it.
    package var hash: String
}

extension AuditRow {
    init(_ row: Row) throws {
        self.init(
            id: try row.value("id"), at: try row.instant("at"),
            entry: AuditEntry(
                person: try row.value("person"), role: try row.value("role"), action: try row.value("action"),
                object: try row.value("object"), detail: try row.value("detail")),
            hash: try row.value("hash"))
    }

    /// SHA-256 in hex over the fields in their order, each behind its length and a colon, so that no two rows have the
    /// same text.
    static func hash(id: Int64, at: Instant, _ entry: AuditEntry, behind before: String) -> String {
        let fields = [
            before, "\(id)", "\(at.milliseconds)", entry.person, entry.role, entry.action, entry.object, entry.detail,
        ]
        let text = fields.map { "\($0.utf8.count):\($0)" }.joined()
        return Hex.string(SHA256.hash(data: Array(text.utf8)))
    }
}
