import Foundation
@testable import Ledger
import GRDB
import Testing
import Timekeeping

@Suite struct FullDiskTests {
    @Test func `a commit without room changes nothing, and the next works when there is room`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        let pages = try ledger.pool.write { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        func allow(_ pages: Int) throws {
            try ledger.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
        }
        try allow(pages + 3)
        let good = try fillUp(ledger)
        #expect(good.error.kind == .full)
        try expectOnly(good.applied, in: ledger)
        try allow(1_000_000)
        try commitLarge(good.applied + 1, to: ledger)
        try expectOnly(good.applied + 1, in: ledger)
        #expect(try ledger.quickCheck() == nil)
    }

    @Test func `a real disk that is full: the commit changes nothing, and the next works when there is room`() throws {
        guard let disk = try SmallDisk() else { return }
        let opened = try disk.open()
        let ledger = opened.ledger
        try commitLarge(1, to: ledger)
        try disk.fill()
        let good = try fillUp(ledger)
        #expect(good.error.kind == .full)
        try expectOnly(good.applied, in: ledger)
        let again = #expect(throws: LedgerError.self) { try commitLarge(good.applied + 1, to: ledger) }
        #expect(again?.kind == .full)
        try disk.makeRoom()
        try commitLarge(good.applied + 1, to: ledger)
        try expectOnly(good.applied + 1, in: ledger)
        #expect(try ledger.quickCheck() == nil)
        try ledger.close()
        #expect(try disk.open().outcome == .asItWas)
    }

    @Test func `a full disk at opening is an error that changes nothing, also beside a damaged ledger`() throws {
        guard let disk = try SmallDisk() else { return }
        let ledger = try disk.open().ledger
        try commitLarge(1, to: ledger)
        try ledger.backup(into: disk.path + "/backups", stamp: noon)
        try disk.close(ledger)
        try disk.fill()
        let full = #expect(throws: LedgerError.self) { try disk.open() }
        #expect(full?.kind == .full)
        try Damage.garbageHeader.befall(disk.ledgerPath)
        let damaged = #expect(throws: LedgerError.self) { try disk.open() }
        #expect(damaged?.kind == .full)
        #expect(try disk.names().contains { $0.contains("damaged") } == false)
        try disk.makeRoom()
        #expect(try disk.open().outcome == .restoredFromBackup(name: "ledger-000001-20231114.sqlite", applied: 1))
    }

    @Test func `a backup that would take the last room is refused and leaves nothing`() throws {
        guard let disk = try SmallDisk() else { return }
        let ledger = try disk.open().ledger
        for record in Int64(1)...30 { try commitLarge(record, to: ledger) }
        try disk.fill(leaving: 300_000)
        let error = #expect(throws: LedgerError.self) {
            try ledger.backup(into: disk.path + "/backups", stamp: noon)
        }
        #expect(error?.kind == .full)
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path + "/backups").isEmpty)
        try commitLarge(31, to: ledger)
    }

    @Test func `a read-only file system is told as such, and a damaged ledger on it stays where it is`() throws {
        guard let disk = try SmallDisk() else { return }
        let ledger = try disk.open().ledger
        try commitLarge(1, to: ledger)
        try disk.close(ledger)
        try disk.remount("ro")
        let good = #expect(throws: LedgerError.self) { try disk.open() }
        #expect(good?.kind == .readOnly)
        try disk.remount("rw")
        try Damage.garbageHeader.befall(disk.ledgerPath)
        try disk.remount("ro")
        let damaged = #expect(throws: LedgerError.self) { try disk.open() }
        #expect(damaged?.kind == .readOnly)
        #expect(try disk.names().contains { $0.contains("damaged") } == false)
    }

    /// Commits until there is no room: what went in, and why the next did not.
    private func fillUp(_ ledger: Ledger) throws -> (applied: Int64, error: LedgerError) {
        var record = try ledger.applied()
        while true {
            do {
                try commitLarge(record + 1, to: ledger)
                record += 1
            } catch let error as LedgerError {
                return (record, error)
            }
        }
    }

    private func commitLarge(_ record: Int64, to ledger: Ledger) throws {
        let body = String(repeating: "x", count: 6000)
        try ledger.commit(
            changes: [change(record, alert: "a\(record)", json: body)],
            notifications: [entry(record, alert: "a\(record)")], applied: record)
    }

    private func expectOnly(_ applied: Int64, in ledger: Ledger) throws {
        #expect(try ledger.applied() == applied)
        #expect(try ledger.openAlerts().count == Int(applied))
        #expect(try ledger.events(alert: "a\(applied + 1)").isEmpty)
        #expect(try ledger.deliveries().map(\.entry.record).max() == (applied > 0 ? applied : nil))
    }
}

/// A file system of 4 MB of its own, on a loop device. Its blocks are of 4 KB as on any larger one: on smaller blocks a
/// full disk ends any program that maps a file with holes, and SQLite's -shm is one (SIGBUS).
final class SmallDisk: Sendable {
    private let folder: TemporaryFolder
    let path: String
    var ledgerPath: String { path + "/shouwang.sqlite" }
    private var filler: String { path + "/filler" }

    /// Nil, with the reason printed, where nobody lets us mount.
    init?() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/disk"
        let image = folder.path + "/image"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(count: 4 << 20).write(to: URL(fileURLWithPath: image))
        let steps = [["mkfs.ext4", "-q", "-F", "-b", "4096", "-m", "0", image], ["mount", "-o", "loop", image, path]]
        for step in steps where !SmallDisk.run(step) {
            print("skipped: '\(step[0])' is not permitted or not there, so no file system of 4 MB can be had")
            return nil
        }
    }

    deinit { _ = SmallDisk.run(["umount", "-l", path]) }

    func open() throws -> Ledger.Opened {
        try Ledger.open(path: ledgerPath, backups: path + "/backups", stamp: noon)
    }

    func close(_ ledger: Ledger) throws {
        try ledger.close()
        for name in try names() where name.hasSuffix("-wal") || name.hasSuffix("-shm") {
            try FileManager.default.removeItem(atPath: path + "/" + name)
        }
    }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path) }

    /// Takes all the room but for some bytes.
    func fill(leaving bytes: Int = 0) throws {
        let free = try FileManager.default.attributesOfFileSystem(forPath: path)[.systemFreeSize] as? Int ?? 0
        try Data(count: max(free - bytes - 65536, 0)).write(to: URL(fileURLWithPath: filler))
        guard bytes == 0, let handle = FileHandle(forWritingAtPath: filler) else { return }
        _ = try handle.seekToEnd()
        var piece = 65536
        while piece > 0 {
            do { try handle.write(contentsOf: Data(count: piece)) } catch { piece /= 2 }
        }
        try handle.close()
    }

    func makeRoom() throws { try FileManager.default.removeItem(atPath: filler) }

    func remount(_ mode: String) throws {
        try #require(SmallDisk.run(["mount", "-o", "remount," + mode, path]))
    }

    private static func run(_ command: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
