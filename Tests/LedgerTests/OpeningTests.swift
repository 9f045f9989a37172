import Diagnostics
import Foundation
import GRDB
@testable import Ledger
import Testing
import Timekeeping
import Vocabulary

/// Opening as the owner: whatever stands at the ledger's place, the watch goes on.
@Suite struct OpeningTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `the first start makes an empty ledger, and has nothing to move`() throws {
        let opened = try folder.openAsOwner()
        #expect(opened.outcome == .rebuilt)
        #expect(opened.problem == nil && opened.movedAside.isEmpty)
        #expect(try opened.ledger.applied() == 0)
    }

    @Test func `a closed ledger ended cleanly, one that was not closed did not`() throws {
        let first = try folder.openAsOwner()
        try first.ledger.close()
        let second = try folder.openAsOwner()
        #expect(second.outcome == .asItWas && second.endedCleanly)
        // Not closed: as after a crash.
        #expect(try folder.openAsOwner().endedCleanly == false)
        withExtendedLifetime(second) {}
    }

    @Test func `a reader that opens and closes in between does not make it clean`() throws {
        let daemon = try folder.openAsOwner()
        try folder.open().close()
        #expect(try folder.openAsOwner().endedCleanly == false)
        withExtendedLifetime(daemon) {}
    }

    @Test(arguments: ["1 alerts, events, outbox, attempts", "2 ends, evidence"])
    func `a former version's file gets the new tables, keeps what it has, and is backed up before`(
        _ version: String
    ) throws {
        let json = #"{"grid":"g3","place":"3栋/2单元/502","found":"well","note":"“3 楼”"}"#
        let old = try DatabaseQueue(path: folder.ledgerPath)
        try LedgerSchema.migrator.migrate(old, upTo: version)
        try old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO alerts VALUES
                        ('00112233445566aa', 'r', 'sos', 'high', 'open', 'k', 1, 2, 3, 4, 0, CAST(?1 AS BLOB)),
                        ('00112233445566ab', 'r', 'sos', 'high', 'open', 'k', 1, 2, 3, 4, 1, CAST('{' AS BLOB));
                    """, arguments: [json])
            try db.execute(sql: "UPDATE progress SET applied = 5")
        }
        try old.close()
        let opened = try folder.openAsOwner()
        #expect(opened.outcome == .asItWas && opened.problem == nil && opened.backupProblem == nil)
        #expect(try opened.ledger.applied() == 5)
        let row = try #require(try opened.ledger.alert(id: "00112233445566aa"))
        #expect(row.grid == "g3" && row.place == "3栋/2单元/502" && row.found == "well" && row.assignee == nil)
        #expect(try opened.ledger.alert(id: "00112233445566ab")?.grid == nil, "what cannot be read costs itself")
        try opened.ledger.noteEvidence([Ledger.Evidence(rule: "r", key: "k", at: noon)])
        let backup = try #require(opened.backupOfFormer)
        try opened.ledger.close()
        let kept = try DatabaseQueue(path: backup)
        #expect(try kept.read { try LedgerSchema.migrator.appliedIdentifiers($0).max() } == version)
        #expect(try kept.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM alerts") } == 2)
        let again = try folder.openAsOwner()
        #expect(again.backupOfFormer == nil && again.endedCleanly)
    }

    @Test func `a former version's file that cannot be backed up is brought up all the same, and says why`() throws {
        let old = try DatabaseQueue(path: folder.ledgerPath)
        try LedgerSchema.migrator.migrate(old, upTo: "2 ends, evidence")
        try old.close()
        // A file stands where the folder of backups would.
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder.path + "/backups"))
        let opened = try folder.openAsOwner()
        #expect(opened.backupOfFormer == nil && opened.backupProblem != nil)
        #expect(try opened.ledger.act(person: "w1", key: "k") == nil)
    }

    @Test(arguments: Damage.allCases)
    func `a damaged ledger is moved aside, and the newest good backup takes its place`(damage: Damage) throws {
        try folder.fillAndBackUp(applied: 40)
        try damage.befall(folder.ledgerPath)
        let opened = try folder.openAsOwner()
        #expect(opened.outcome == .restoredFromBackup(name: "ledger-000001-20231114.sqlite", applied: 40))
        #expect(opened.problem?.kind == .damaged)
        #expect(opened.movedAside.first == folder.ledgerPath + ".damaged-000001-20231114")
        #expect(opened.movedAside.allSatisfy { FileManager.default.fileExists(atPath: $0) })
        #expect(try opened.ledger.quickCheck() == nil)
        try opened.ledger.put(entry(41))
        try opened.ledger.close()
        #expect(try folder.openAsOwner().outcome == .asItWas)
        #expect(try folder.backups() == ["ledger-000001-20231114.sqlite"])
    }

    @Test(arguments: Damage.allCases)
    func `a damaged ledger without a backup is made anew`(damage: Damage) throws {
        try folder.fillAndBackUp(applied: 40)
        try FileManager.default.removeItem(atPath: folder.backupPath)
        try damage.befall(folder.ledgerPath)
        let opened = try folder.openAsOwner()
        #expect(opened.outcome == .rebuilt)
        #expect(opened.movedAside.isEmpty == false)
        #expect(try opened.ledger.applied() == 0)
        try opened.ledger.put(entry(1))
    }

    @Test func `a ledger that is gone is taken from the backup`() throws {
        try folder.fillAndBackUp(applied: 40)
        try FileManager.default.removeItem(atPath: folder.ledgerPath)
        let opened = try folder.openAsOwner()
        #expect(opened.outcome == .restoredFromBackup(name: "ledger-000001-20231114.sqlite", applied: 40))
        #expect(opened.problem == nil && opened.movedAside.isEmpty)
    }

    @Test func `a ledger whose -wal was deleted opens with what its file holds`() throws {
        let image = try folder.crashImage(applied: 7)
        try FileManager.default.removeItem(atPath: image.ledgerPath + "-wal")
        let opened = try image.openAsOwner()
        #expect(opened.outcome == .asItWas || opened.outcome == .rebuilt)
        #expect(try opened.ledger.applied() <= 7)
        try opened.ledger.put(entry(8))
    }

    @Test func `a crash image opens as it was, with garbage in its -shm`() throws {
        let image = try folder.crashImage(applied: 7)
        try Data(repeating: 0xA5, count: 32768).write(to: URL(fileURLWithPath: image.ledgerPath + "-shm"))
        let opened = try image.openAsOwner()
        #expect(opened.outcome == .asItWas && !opened.endedCleanly)
        #expect(try opened.ledger.applied() == 7)
    }

    @Test func `before a file takes the ledger's place its last record is told, and only then`() throws {
        var told: [Int64] = []
        func open() throws -> Ledger.Opened {
            try Ledger.open(
                path: folder.ledgerPath, backups: folder.backupPath, stamp: noon, beforeReplacing: { told.append($0) })
        }
        let first = try Ledger.open(
            path: folder.ledgerPath, backups: folder.backupPath, stamp: noon,
            beforeReplacing: { applied in
                #expect(!FileManager.default.fileExists(atPath: folder.ledgerPath))
                told.append(applied)
            })
        #expect(told == [0])
        try first.ledger.close()
        try open().ledger.close()
        #expect(told == [0], "the file was as it was")
        try folder.fillAndBackUp(applied: 40)
        try Damage.garbageHeader.befall(folder.ledgerPath)
        #expect(try open().outcome == .restoredFromBackup(name: "ledger-000001-20231114.sqlite", applied: 40))
        #expect(told == [0, 40])
    }

    @Test func `where that cannot be noted nothing is changed`() throws {
        try folder.fillAndBackUp(applied: 40)
        try Damage.garbageHeader.befall(folder.ledgerPath)
        let damaged = FileManager.default.contents(atPath: folder.ledgerPath)
        #expect(throws: LedgerError.self) {
            _ = try Ledger.open(
                path: folder.ledgerPath, backups: folder.backupPath, stamp: noon,
                beforeReplacing: { (_: Int64) throws(LedgerError) in
                    throw LedgerError(.disk, path: folder.path, detail: "no mark")
                })
        }
        #expect(FileManager.default.contents(atPath: folder.ledgerPath) == damaged)
        let opened = try folder.openAsOwner()
        #expect(opened.outcome == .restoredFromBackup(name: "ledger-000001-20231114.sqlite", applied: 40))
    }

    @Test func `damaged backups are passed over and stay`() throws {
        try folder.fillAndBackUp(applied: 40)
        let ledger = try folder.openAsOwner().ledger
        try ledger.put(entry(50))
        try ledger.backup(into: folder.backupPath, stamp: noon + .days(1))
        try folder.close(ledger)
        let newest = try #require(try folder.backups().last)
        try Damage.garbageHeader.befall(folder.backupPath + "/" + newest)
        try Damage.garbageHeader.befall(folder.ledgerPath)
        let opened = try folder.openAsOwner()
        #expect(opened.outcome == .restoredFromBackup(name: "ledger-000001-20231114.sqlite", applied: 40))
        #expect(opened.passedOver == [newest])
        #expect(try folder.backups().contains(newest))
    }

    @Test func `at most three damaged ledgers are kept, the last ones`() throws {
        for _ in 0..<5 {
            try Damage.garbageHeader.befall(folder.ledgerPath)
            try folder.close(folder.openAsOwner().ledger)
        }
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("damaged") }
        #expect(
            Set(kept.map { $0.dropFirst("shouwang.sqlite.damaged-".count).prefix(6) }) == [
                "000003", "000004", "000005",
            ])
    }

    @Test func `a ledger marked as damaged is moved aside at the next opening, with the reason`() throws {
        try folder.fillAndBackUp(applied: 40)
        let first = try folder.openAsOwner()
        try first.ledger.markDamaged("row 3 missing from index")
        try first.ledger.close()
        let second = try folder.openAsOwner()
        #expect(second.outcome == .restoredFromBackup(name: "ledger-000001-20231114.sqlite", applied: 40))
        #expect(second.problem?.what.en.contains("row 3 missing from index") == true)
        try second.ledger.close()
        #expect(try folder.openAsOwner().outcome == .asItWas)
    }

    @Test func `what was unsettled in a backup comes back as a repeat, and old words do not come back`() throws {
        let ledger = try folder.openAsOwner().ledger
        var old = entry(1, alert: "aa", channel: "wecom", at: noon - .hours(1) - .seconds(1))
        old.kind = .text
        var fresh = entry(2, alert: "aa", channel: "wecom", at: noon - .hours(1))
        fresh.kind = .text
        let change = entry(3, alert: "bb", at: noon - .days(1))
        try ledger.put(old, fresh, change)
        #expect(try ledger.take().map(\.entry.record) == [3])
        try ledger.backup(into: folder.backupPath, stamp: noon)
        try folder.close(ledger)
        try Damage.garbageHeader.befall(folder.ledgerPath)
        let restored = try folder.openAsOwner().ledger
        #expect(try restored.deliveries().map(\.state) == [.retry, .pending, .superseded])
        let words = try #require(try restored.take(channel: "wecom").first)
        #expect(words.entry == fresh && words.isRepeat && words.key == fresh.key)
        let again = try #require(try restored.take().first)
        #expect(again.entry == change && again.isRepeat && again.key == change.key)
    }

    @Test func `open alerts come with the most severe first, then the oldest; closed ones do not`() throws {
        let ledger = try folder.open()
        try ledger.commit(
            changes: [
                change(1, alert: "a", severity: .low), change(2, alert: "b", at: noon + minute),
                change(3, alert: "c"), change(4, alert: "d", state: "closed"), change(5, alert: "e", state: "resolved"),
                change(6, alert: "f", severity: .critical, state: "suspended"),
            ], notifications: [], applied: 6)
        #expect(try ledger.openAlerts().map(\.id) == ["f", "c", "b", "a"])
    }

    @Test func `the last evidence of a key is kept, also an earlier one, and old keys are pruned`() throws {
        let ledger = try folder.open()
        func seen(_ key: String, _ at: Instant, rule: String = "r") -> Ledger.Evidence {
            Ledger.Evidence(rule: rule, key: key, at: at)
        }
        try ledger.noteEvidence([seen("a", noon), seen("b", noon), seen("a", noon, rule: "s")])
        try ledger.noteEvidence([seen("a", noon - minute), seen("b", noon + .days(10))])
        #expect(try ledger.evidence(rule: "r") == ["a": noon - minute, "b": noon + .days(10)])
        #expect(try ledger.evidence(rule: "s") == ["a": noon])
        _ = try ledger.prune(now: noon + .days(735))
        #expect(try ledger.evidence(rule: "r") == ["b": noon + .days(10)])
        try ledger.noteEvidence([seen("c", noon)], replacesAll: true)
        #expect(try ledger.evidence(rule: "r") == ["c": noon])
        try ledger.noteEvidence([], replacesAll: true)
        #expect(try ledger.evidence(rule: "r").isEmpty)
    }
}

/// What can happen to a ledger's file, so that opening it finds out.
enum Damage: CaseIterable {
    case truncated, cutShort, garbageHeader, text, emptyWithWAL, folder, foreign, noProgress, changedIndex, oddMigration

    func befall(_ path: String) throws {
        let files = FileManager.default
        let url = URL(fileURLWithPath: path)
        switch self {
        case .truncated: try (files.contents(atPath: path) ?? Data()).prefix(9000).write(to: url)
        case .cutShort: try (files.contents(atPath: path) ?? Data()).prefix(60).write(to: url)
        case .garbageHeader:
            // In place: a file written again asks for blocks, and a full disk has none until it frees the old ones.
            if !files.fileExists(atPath: path) { try Data(count: 4096).write(to: url) }
            let file = try FileHandle(forUpdating: url)
            try file.write(contentsOf: Data(repeating: 0x5A, count: 16))
            try file.close()
        case .text: try Data("hello\n".utf8).write(to: url)
        case .emptyWithWAL:
            try Data().write(to: url)
            try Data(repeating: 1, count: 8192).write(to: URL(fileURLWithPath: path + "-wal"))
        case .folder:
            try files.removeItem(atPath: path)
            try files.createDirectory(atPath: path + "/inside", withIntermediateDirectories: true)
        case .foreign:
            try files.removeItem(atPath: path)
            try Damage.execute("CREATE TABLE photos (id INTEGER)", path)
        case .noProgress: try Damage.execute("DELETE FROM progress", path)
        case .changedIndex: try Damage.execute("DROP INDEX outbox_heads", path)
        case .oddMigration:
            try Damage.execute("UPDATE grdb_migrations SET identifier = '1 alertz' WHERE identifier LIKE '1%'", path)
        }
    }

    static func execute(_ sql: String, _ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}

extension TemporaryFolder {
    var backupPath: String { path + "/backups" }

    func openAsOwner() throws -> Ledger.Opened {
        try Ledger.open(path: ledgerPath, backups: backupPath, stamp: noon)
    }

    func backups() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: backupPath).sorted() }

    /// A closed ledger with changes and deliveries in each state, and one backup of it.
    func fillAndBackUp(applied: Int64) throws {
        let ledger = try openAsOwner().ledger
        let json = String(repeating: "x", count: 300)
        let changes = (1...applied).map { change($0, alert: String($0 % 10), json: json) }
        let entries = changes.map { entry($0.record, alert: $0.alert) }
        try ledger.commit(changes: changes, notifications: entries, applied: applied)
        let leased = try ledger.take(8)
        try ledger.settle(leased.prefix(4).map { Settlement($0, .sent(answer: "HTTP 200")) }, now: noon)
        try ledger.noteEvidence((0..<50).map { Ledger.Evidence(rule: "r", key: "k\($0)", at: noon) })
        try ledger.backup(into: backupPath, stamp: noon)
        try close(ledger)
    }

    /// Closes a ledger of ours and removes what SQLite left beside it, so that damage to the file is all there is.
    func close(_ ledger: Ledger) throws {
        try ledger.close()
        for suffix in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: ledgerPath + suffix) {
            try FileManager.default.removeItem(atPath: ledgerPath + suffix)
        }
    }

    /// What a crash leaves: a copy of the files of a ledger that is open.
    func crashImage(applied: Int64) throws -> TemporaryFolder {
        let ledger = try openAsOwner().ledger
        try ledger.put(entry(applied))
        let image = try TemporaryFolder()
        for suffix in ["", "-wal", "-shm"] {
            try FileManager.default.copyItem(atPath: ledgerPath + suffix, toPath: image.ledgerPath + suffix)
        }
        try ledger.close()
        return image
    }
}
