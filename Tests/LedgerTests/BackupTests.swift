import Foundation
import GRDB
import Ledger
import Testing
import Timekeeping

@Suite struct BackupTests {
    let folder: TemporaryFolder
    let ledger: Ledger

    init() throws {
        folder = try TemporaryFolder()
        ledger = try folder.open()
    }

    @Test func `a backup is one private file that opens with what was committed`() throws {
        try ledger.put(entry(7))
        let path = try ledger.backup(into: folder.backupPath, stamp: noon)
        #expect(path == folder.backupPath + "/ledger-000001-20231114.sqlite")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try folder.backups() == ["ledger-000001-20231114.sqlite"])
        let copy = try Ledger(path: path)
        #expect(try copy.applied() == 7)
        #expect(try copy.only()?.entry == entry(7))
    }

    @Test func `commits go on while it is made, and it is of one moment`() throws {
        // More than one step of 1 MB.
        try commitLarge(1...600)
        var record: Int64 = 600
        let path = try ledger.backup(into: folder.backupPath, stamp: noon) {
            record += 1
            do { try commitLarge(record...record) } catch { Issue.record(error) }
            return false
        }
        #expect(record > 601)
        #expect(try ledger.applied() == record)
        let copy = try Ledger(path: path)
        #expect(try copy.applied() == 600)
        #expect(try copy.quickCheck() == nil)
    }

    @Test func `a writer on another thread is not held up, and the copy is whole`() async throws {
        try commitLarge(1...600)
        let (ledger, backups) = (ledger, folder.backupPath)
        async let path = ledger.offloaded { ledger throws(LedgerError) in try ledger.backup(into: backups, stamp: noon)
        }
        for record in Int64(601)...640 { try commitLarge(record...record) }
        let copy = try Ledger(path: try await path)
        let applied = try copy.applied()
        #expect((600...640).contains(applied))
        #expect(try copy.counts().alerts["open"] == Int(applied))
        #expect(try copy.quickCheck() == nil)
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 3), (4, 3), (6, 3)])
    func `of backups that are to be three the last three are kept`(made: Int, kept: Int) throws {
        for night in 0..<made {
            // The clock was a year ahead during the first ones: the newest is the last made all the same.
            let stamp = noon + .days(Int64(night) + (night < 2 ? 365 : 0))
            try ledger.backup(into: folder.backupPath, keep: 3, stamp: stamp)
        }
        let numbers = try folder.backups().map { $0.dropFirst(7).prefix(6) }
        #expect(numbers == (made - kept + 1...made).map { Substring("00000\($0)") })
    }

    @Test func `a cancelled backup leaves nothing, and the ones before stay`() throws {
        try commitLarge(1...600)
        try ledger.backup(into: folder.backupPath, keep: 1, stamp: noon)
        #expect(throws: LedgerError.self) {
            try ledger.backup(into: folder.backupPath, keep: 1, stamp: noon) { true }
        }
        #expect(try folder.backups() == ["ledger-000001-20231114.sqlite"])
        try ledger.put(entry(601))
    }

    @Test func `a backup that cannot be written is told, and the ledger goes on`() throws {
        try Data().write(to: URL(fileURLWithPath: folder.backupPath))
        #expect(throws: LedgerError.self) { try ledger.backup(into: folder.backupPath, stamp: noon) }
        try ledger.put(entry(1))
    }

    @Test func `what an interrupted backup left is cleared by the next`() throws {
        try FileManager.default.createDirectory(atPath: folder.backupPath, withIntermediateDirectories: true)
        for name in ["ledger.making", "ledger.making-journal"] {
            try Data(repeating: 9, count: 5000).write(to: URL(fileURLWithPath: folder.backupPath + "/" + name))
        }
        try ledger.backup(into: folder.backupPath, stamp: noon)
        #expect(try folder.backups() == ["ledger-000001-20231114.sqlite"])
    }

    @Test func `the check finds a damaged table, and can be cancelled`() throws {
        try commitLarge(1...50)
        #expect(try ledger.quickCheck() == nil)
        try ledger.backup(into: folder.backupPath, stamp: noon)
        // The first byte of an index's page says what it is; opening does not look there.
        let copy = folder.backupPath + "/ledger-000001-20231114.sqlite"
        let queue = try DatabaseQueue(path: copy)
        let page = try queue.read { db in
            try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'alerts_state'")
        }
        try queue.close()
        var bytes = try #require(FileManager.default.contents(atPath: copy))
        bytes[(try #require(page) - 1) * 4096] = 0x77
        try bytes.write(to: URL(fileURLWithPath: copy))
        let damaged = try Ledger(path: copy)
        #expect(try damaged.quickCheck { true } == nil)
        let problem = try #require(try damaged.quickCheck())
        #expect(problem.contains("alerts"))
    }

    private func commitLarge(_ records: ClosedRange<Int64>) throws {
        let json = String(repeating: "x", count: 4000)
        let changes = records.map { change($0, alert: "a\($0)", json: json) }
        try ledger.commit(changes: changes, notifications: [], applied: records.upperBound)
    }
}
