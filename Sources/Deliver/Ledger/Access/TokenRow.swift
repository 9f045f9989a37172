import GRDB
package import Timekeeping

/// A bearer token as the ledger keeps it.
package struct TokenRow: Equatable, Sendable {
    /// The first 12 digits of its hash: what people name it by.
    package var id: String
    /// Who has it.
    package var name: String
    /// A word of `Role`.
    package var role: String
    /// The worker's id, where it is a worker's.
    package var worker: String?
    package var hash: String
    package var created: Instant
    package var expires: Instant?
    package var revoked: Instant?
    package var used: Instant?

    package init(
        name: String, role: String, worker: String? = nil, hash: String, created: Instant, expires: Instant? = nil
    ) {
        id = String(hash.prefix(12))
        self.name = name
        self.role = role
        self.worker = worker
        self.hash = hash
        self.created = created
        self.expires = expires
    }

    /// Whether it lets anybody in at an instant.
    package func isLive(at now: Instant) -> Bool { revoked == nil && (expires.map { now < $0 } ?? true) }
}

extension TokenRow {
    init(_ row: Row) throws {
        self.init(
            name: try row.value("name"), role: try row.value("role"), worker: try row.value("worker"),
            hash: try row.value("hash"), created: try row.instant("created"),
            expires: try row.instantIfAny("expires"))
        id = try row.value("id")
        revoked = try row.instantIfAny("revoked")
        used = try row.instantIfAny("used")
    }
}
