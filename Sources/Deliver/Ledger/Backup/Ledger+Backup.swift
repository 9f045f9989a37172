import Foundation
import GRDB
package import Timekeeping

/// The nightly backup.
extension Ledger {
    /// A backup copies this many pages (1 MB) between two looks at whether it is cancelled.
    private static let pagesPerStep: CInt = 256

    /// Copies the ledger as it is at one moment into a file of its own, checks the copy, and removes the backups before
    /// the last `keep`. Commits go on meanwhile and are not in it. Either the whole backup is there afterwards, on the
    /// disk and checked, or nothing is left of it. Blocks the caller's thread: some seconds for 100 MB.
    ///
    /// Refuses with `full` where less than twice the ledger's size is free: a backup must not take the last room from
    /// what it backs up. An error of kind `damaged` means that the ledger itself is.
    ///
    /// - Parameters:
    ///   - folder: made where it is missing. One ledger's backups a folder.
    ///   - stamp: wall time, for the name.
    /// - Returns: the backup's path.
    @discardableResult
    package func backup(
        into folder: String, keep: Int = 7, stamp: Instant, isCancelled: @escaping () -> Bool = { false }
    ) throws(LedgerError) -> String {
        let making = folder + "/ledger.making"
        func clear() throws(LedgerError) {
            for suffix in ["", "-journal"] { try LedgerFiles.remove(making + suffix) }
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try clear()
            try LedgerFiles.makePrivate(making)
            try copy(to: making, isCancelled: isCancelled)
            try LedgerFiles.sync(making)
            let old = LedgerFiles.backups(in: folder)
            let number = (old.last?.number ?? 0) + 1
            let path = folder + "/ledger-" + LedgerFiles.label(number, stamp) + ".sqlite"
            try LedgerFiles.rename(making, to: path)
            try LedgerFiles.sync(folder)
            for (_, name) in old.dropLast(max(keep, 1) - 1) { try LedgerFiles.remove(folder + "/" + name) }
            return path
        } catch {
            let first = LedgerError(error, path: making)
            try clear()
            throw first
        }
    }

    private func copy(to making: String, isCancelled: @escaping () -> Bool) throws {
        var configuration = Configuration()
        // Synced once, at the end; until then nobody looks at it.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        let copy = try DatabaseQueue(path: making, configuration: configuration)
        try copy.inDatabase { copied in
            try pool.read { db in
                // The first look begins the transaction that all steps read in: a commit meanwhile would make the copy
                // begin again.
                let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
                let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
                try needRoom(2 * pages * pageSize, in: LedgerFiles.folder(of: making))
                try db.backup(to: copied, pagesPerStep: Ledger.pagesPerStep) { _ in
                    if isCancelled() { throw CancellationError() }
                }
            }
            // One file without a -wal, which can be copied as it is.
            try copied.execute(sql: "PRAGMA journal_mode = DELETE")
            if let problem = try Ledger.firstProblem(in: copied) {
                throw LedgerError(.damaged, path: path, detail: problem)
            }
        }
        try copy.close()
    }

    private func needRoom(_ bytes: Int, in folder: String) throws {
        let free = try FileManager.default.attributesOfFileSystem(forPath: folder)[.systemFreeSize] as? Int
        guard let free, free < bytes else { return }
        throw LedgerError(.full, path: folder, detail: "a backup needs \(bytes) bytes, \(free) are free")
    }

    /// The first of what SQLite's check finds in a whole file; nil where all is well.
    static func firstProblem(in db: Database) throws -> String? {
        let said = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
        return said == "ok" ? nil : said ?? "no answer"
    }
}
