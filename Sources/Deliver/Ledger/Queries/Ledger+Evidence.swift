import GRDB
package import Timekeeping

/// When each key of a rule was last seen, so that persons are watched again although journal and snapshots are gone.
extension Ledger {
    package struct Evidence: Equatable, Sendable {
        package var rule: String
        package var key: String
        package var at: Instant

        package init(rule: String, key: String, at: Instant) {
            self.rule = rule
            self.key = key
            self.at = at
        }
    }

    /// Keeps what is handed in, in one transaction; O(what is handed in), so the caller hands in what changed. The last
    /// word counts, also an earlier time: a clock that was ahead and was set right must not make somebody seen in the
    /// future.
    /// - Parameter replacesAll: what is not handed in is forgotten.
    package func noteEvidence(_ evidence: [Evidence], replacesAll: Bool = false) throws(LedgerError) {
        guard !evidence.isEmpty || replacesAll else { return }
        try write { db in
            if replacesAll { try db.execute(sql: "DELETE FROM evidence") }
            let upsert = try db.cachedStatement(
                sql: """
                    INSERT INTO evidence (rule, key, at) VALUES (?1, ?2, ?3)
                    ON CONFLICT (rule, key) DO UPDATE SET at = ?3
                    """)
            for seen in evidence { try upsert.execute(arguments: [seen.rule, seen.key, seen.at.milliseconds]) }
        }
    }

    /// A rule's last evidence by key.
    package func evidence(rule: String) throws(LedgerError) -> [String: Instant] {
        try read { db in
            var evidence: [String: Instant] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT key, at FROM evidence WHERE rule = ?", arguments: [rule]) {
                evidence[try row.value("key")] = try row.instant("at")
            }
            return evidence
        }
    }
}
