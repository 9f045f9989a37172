import Foundation
import GRDB
import Testing
import Timekeeping
import Vocabulary

@testable import Ledger

/// What dispatch keeps is committed with the changes, or not at all.
@Suite struct EscalationStoreTests {
    private func row(_ alert: String, tier: Int = 0, next: Instant? = noon, state: [UInt8] = [1, 2, 3])
        -> EscalationChanges.Row
    {
        EscalationChanges.Row(alert: alert, next: next, tier: tier, state: state)
    }

    @Test func `what is kept is read again, replaced and removed, over a restart`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.commit(
            changes: [change(7)], notifications: [], applied: 7,
            escalations: EscalationChanges(saved: [row("b"), row("a", next: nil)]))
        try ledger.commit(
            changes: [], notifications: [], applied: 8,
            escalations: EscalationChanges(saved: [row("b", tier: 2, state: [])], removed: ["a", "unknown"]))
        try ledger.close()
        let again = try folder.open()
        #expect(try again.escalations() == [row("b", tier: 2, state: [])])
        let last = try again.lastChange()
        #expect(last.record == 7 && last.ordinal == 0)
        #expect(try folder.open().applied() == 8)
    }

    @Test func `a commit that fails keeps neither the change nor the dispatch`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER broken BEFORE INSERT ON escalations WHEN NEW.alert = 'bad'
                    BEGIN SELECT RAISE(ABORT, 'broken'); END
                    """)
        }
        #expect(throws: LedgerError.self) {
            try ledger.commit(
                changes: [change(7)], notifications: [entry(7)], applied: 7,
                escalations: EscalationChanges(saved: [row("good"), row("bad")]))
        }
        #expect(try ledger.escalations().isEmpty && ledger.applied() == 0)
        #expect(try ledger.deliveries().isEmpty && ledger.lastChange().record == 0)
    }

    @Test func `a ledger of before is brought up to date, with what waits in it`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.commit(changes: [change(7)], notifications: [entry(7)], applied: 7)
        // As the version before left it.
        try ledger.write { db in
            for table in ["escalations", "digests"] { try db.execute(sql: "DROP TABLE \(table)") }
            try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = '5 escalation'")
        }
        try ledger.close()
        let again = try folder.open()
        #expect(try again.escalations().isEmpty && again.applied() == 7)
        try again.put(entry(8, change: "resolved"))
        #expect(try again.take().map(\.entry.record) == [7])
    }
}
