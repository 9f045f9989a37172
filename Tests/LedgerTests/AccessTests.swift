import Foundation
import GRDB
import Ledger
import Simulation
import Testing
import Timekeeping
import Vocabulary

/// Tokens, audit and photographs in the ledger.
@Suite struct AccessTests {
    private static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(person: "w\(number % 3)", role: "worker", action: "resident.read", object: "e\(number)")
    }

    private func alter(_ folder: TemporaryFolder, _ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.ledgerPath)
        try queue.write { db in try db.execute(sql: sql) }
        try queue.close()
    }

    @Test func `the audit's chain is whole, and each way of changing it shows`() throws {
        for (name, sql, broken) in [
            ("nothing", "SELECT 1", nil), ("a row changed", "UPDATE audit SET object = 'e0' WHERE id = 7", 7),
            ("a time changed", "UPDATE audit SET at = at + 1 WHERE id = 3", 3),
            ("a row taken out", "DELETE FROM audit WHERE id = 5", 6),
            (
                "two rows exchanged",
                "UPDATE audit SET id = 99 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = 5; "
                    + "UPDATE audit SET id = 5 WHERE id = 99", 4
            ),
            ("a hash made anew", "UPDATE audit SET hash = 'ab' WHERE id = 9", 9),
            ("the beginning cut", "DELETE FROM audit WHERE id < 3", 3),
        ] as [(String, String, Int64?)] {
            let folder = try TemporaryFolder()
            let ledger = try folder.open()
            for number in 0..<10 { try ledger.audit([AccessTests.entry(number)], at: noon + .seconds(Int64(number))) }
            #expect(try ledger.checkAudit().firstBroken == nil)
            try alter(
                folder, "DROP TRIGGER audit_is_final; DROP TRIGGER audit_is_kept; " + sql)
            #expect(try ledger.checkAudit().firstBroken == broken, "\(name)")
            try ledger.close()
        }
    }

    @Test func `nothing of the audit can be changed or removed by a statement`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.audit([AccessTests.entry(1)], at: noon)
        for sql in ["UPDATE audit SET object = 'x'", "DELETE FROM audit"] {
            #expect(throws: (any Error).self) { try alter(folder, sql) }
        }
        #expect(try ledger.auditRows().count == 1)
        try ledger.close()
    }

    @Test func `retention takes old rows off the beginning, never young ones, and the chain stays whole`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        for day in 0..<400 { try ledger.audit([AccessTests.entry(day)], at: noon + .days(Int64(day))) }
        let head = try ledger.checkAudit().head
        var keeping = Ledger.Retention()
        keeping.audit = .days(10)
        for _ in 0..<5 { _ = try ledger.prune(now: noon + .days(400), keeping: keeping, batch: 100) }
        // No less than 180 days, whatever is asked for.
        #expect(try ledger.checkAudit() == AuditCheckModel.check(rows: 180, head: head))
        #expect(try ledger.auditRows(before: nil, limit: 1000).last?.id == 221)
        // A clock that was far ahead empties it, and the chain goes on from where it was cut.
        for _ in 0..<5 { _ = try ledger.prune(now: noon + .days(4000), keeping: keeping, batch: 100) }
        #expect(try ledger.checkAudit() == AuditCheckModel.check(rows: 0, head: head))
        try ledger.audit([AccessTests.entry(1)], at: noon + .days(401))
        let after = try ledger.checkAudit()
        #expect(after.rows == 1 && after.firstBroken == nil && after.head != head)
        #expect(try ledger.auditRows().first?.id == 401)
        try ledger.close()
    }

    @Test func `tokens are found by nothing but their hash, end, and make room when they have ended`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        let text = AccessToken.make().reveal()
        #expect(text.count == 43 && AccessToken.make().reveal() != text)
        let row = TokenRow(
            name: "desk", role: "manager", hash: AccessToken.hash(text), created: noon, expires: noon + .hours(1))
        #expect(try ledger.addToken(row) && !ledger.addToken(row))
        #expect(try ledger.tokens() == [row])
        #expect(row.isLive(at: noon) && !row.isLive(at: noon + .hours(1)))
        try ledger.noteUse([row.id: noon + .minutes(1)])
        #expect(try ledger.tokens().first?.used == noon + .minutes(1))
        #expect(try ledger.revokeToken(id: row.id, now: noon) && !ledger.revokeToken(id: row.id, now: noon))
        #expect(try ledger.tokens().first?.isLive(at: noon) == false)
        for number in 0..<Ledger.tokensMax {
            #expect(
                try ledger.addToken(
                    TokenRow(name: "n", role: "viewer", hash: AccessToken.hash("\(number)"), created: noon)))
        }
        let last = TokenRow(name: "n", role: "viewer", hash: AccessToken.hash("x"), created: noon)
        #expect(try !ledger.addToken(last))
        try ledger.close()
    }

    @Test func `of an alert six photographs are kept, and gone with it`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.commit(changes: [change(1, state: "closed")], notifications: [], applied: 1)
        for number in 0..<7 {
            let row = PhotoRow(
                alert: "00112233445566aa", hash: AccessToken.hash("\(number)"), type: "image/jpeg", size: 1, at: noon,
                person: "w1")
            #expect(try ledger.addPhoto(row) == (number < 6))
            #expect(try ledger.addPhoto(row) == (number < 6))
        }
        #expect(try ledger.photos(alert: "00112233445566aa").count == 6)
        #expect(try ledger.photos(hash: AccessToken.hash("0")).count == 1)
        _ = try ledger.prune(now: noon + .days(800))
        #expect(try ledger.photos(alert: "00112233445566aa").isEmpty)
        try ledger.close()
    }
}

private enum AuditCheckModel {
    static func check(rows: Int, head: String) -> AuditCheck {
        AuditCheck(rows: rows, head: head, firstBroken: nil)
    }
}
