import Ledger
import SiteConfiguration
import Timekeeping
import Vocabulary

/// A token that a command makes for itself, for one call: whoever may write the store could read and change everything
/// in it anyway, so that is the right that is asked for, and no secret lies in a file for it. It is an admin's, lasts
/// two minutes, and is revoked when the command ends; the audit has who made it.
struct LocalToken {
    static let length = Milliseconds.minutes(2)

    /// - Throws: the way to end, after saying what is wrong.
    static func access(_ settings: Settings) throws -> ConsoleAccess {
        let store = StoreLedger(settings: settings)
        let ledger = try store.open()
        let secret = AccessToken.make()
        let now = WallClock.now
        let row = TokenRow(
            name: StoreLedger.person, role: "admin", hash: AccessToken.hash(secret.reveal()), created: now,
            expires: now + length)
        _ = try store.use { () throws(LedgerError) in
            try ledger.audit(
                [AuditEntry(person: row.name, role: row.role, action: "token.local", object: row.id)], at: now)
            return try ledger.addToken(row)
        }
        return ConsoleAccess(token: secret, isFresh: true) {
            // It ends by itself all the same.
            do throws(LedgerError) {
                _ = try ledger.revokeToken(id: row.id, now: WallClock.now)
                try ledger.close()
            } catch { return }
        }
    }
}
