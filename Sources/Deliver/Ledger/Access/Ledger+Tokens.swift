import GRDB
package import Timekeeping

/// Who may ask the console.
extension Ledger {
    /// More tokens than this are not kept: each request looks among all of them.
    package static let tokensMax = 1000

    /// Every token, the oldest first, with those that are revoked or have expired.
    package func tokens() throws(LedgerError) -> [TokenRow] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM tokens ORDER BY created, id LIMIT ?", arguments: [Ledger.tokensMax]
            ).map(TokenRow.init)
        }
    }

    /// Keeps a token.
    /// - Returns: false where there are ``tokensMax`` that live, or one of this hash.
    package func addToken(_ token: TokenRow) throws(LedgerError) -> Bool {
        try write { db in
            // What lets nobody in makes room: a name in the audit stays.
            try db.execute(
                sql: """
                    DELETE FROM tokens WHERE (SELECT count(*) FROM tokens) >= ?1
                    AND (revoked IS NOT NULL OR ifnull(expires, ?2 + 1) <= ?2)
                    """, arguments: [Ledger.tokensMax, token.created.milliseconds])
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM tokens") ?? 0 < Ledger.tokensMax else {
                return false
            }
            try db.execute(
                sql: """
                    INSERT INTO tokens (id, name, role, worker, hash, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    token.id, token.name, token.role, token.worker, token.hash, token.created.milliseconds,
                    token.expires?.milliseconds,
                ])
            return db.changesCount > 0
        }
    }

    /// Ends a token; the row stays.
    /// - Returns: false where no token of this id lives.
    package func revokeToken(id: String, now: Instant) throws(LedgerError) -> Bool {
        try write { db in
            try db.execute(
                sql: "UPDATE tokens SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL",
                arguments: [id, now.milliseconds])
            return db.changesCount > 0
        }
    }

    /// Notes when tokens were last used.
    package func noteUse(_ used: [String: Instant]) throws(LedgerError) {
        guard !used.isEmpty else { return }
        try write { db in
            let update = try db.cachedStatement(sql: "UPDATE tokens SET used = ?2 WHERE id = ?1")
            for (id, at) in used { try update.execute(arguments: [id, at.milliseconds]) }
        }
    }
}
