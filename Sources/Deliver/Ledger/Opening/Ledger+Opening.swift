// The phrase of an error.
import Diagnostics
import Foundation
import GRDB
package import Timekeeping

/// Opening for the daemon: a damaged ledger must not stop the watch.
extension Ledger {
    /// What came of ``open(path:backups:stamp:outboxMax:busySeconds:beforeReplacing:)``.
    package struct Opened: Sendable {
        package enum Outcome: Equatable, Sendable {
            case asItWas
            /// The newest good backup is in its place. Records after `applied` are to be stepped again.
            case restoredFromBackup(name: String, applied: Int64)
            /// An empty one was made: at the first start, or where nothing was left to restore.
            case rebuilt
        }

        package var ledger: Ledger
        package var outcome: Outcome
        /// The last owner closed it. Else ``Ledger/quickCheck(isCancelled:)`` is worth its time.
        package var endedCleanly: Bool
        /// Why the file that stood there was not taken; nil where none stood there or it was.
        package var problem: LedgerError?
        /// Where the damaged files are now.
        package var movedAside: [String] = []
        /// Backups that are damaged too; they stay where they are.
        package var passedOver: [String] = []
        /// The backup that was made before the tables of a former version were brought up to date.
        package var backupOfFormer: String?
        /// Why there is none, although they were.
        package var backupProblem: LedgerError?
    }

    /// Opens the ledger as its owner. One that is damaged is moved aside, and the newest good backup, else an empty one
    /// takes its place. A missing permission, a disk that is full, read-only or failing, a lock that another process
    /// holds and a newer version's file stay errors: nothing has been changed then.
    ///
    /// Tables of a former version are brought up to date, forward only, in one transaction; before that the file is
    /// copied into `backups`. Where that fails, as for want of room, the tables are brought up all the same: the watch
    /// must go on.
    ///
    /// In a restored ledger, words that are older than an hour and were not sent when the backup was made are
    /// superseded, since they were most likely sent after it; what is younger, and every change, is sent again as
    /// possible repeats, with the same keys.
    ///
    /// - Parameters:
    ///   - backups: the folder that ``backup(into:keep:stamp:isCancelled:)`` fills.
    ///   - stamp: wall time, for the name of what is moved aside.
    ///   - beforeReplacing: called before another file takes the ledger's place, with the last record whose changes
    ///     that file has; 0 where it will be an empty one. Where it throws, nothing has been changed.
    package static func open(
        path: String, backups: String, stamp: Instant, outboxMax: Int = 100_000, busySeconds: Double = 5,
        beforeReplacing: (_ applied: Int64) throws(LedgerError) -> Void = { _ in }
    ) throws(LedgerError) -> Opened {
        let files = LedgerFiles(path: path, backups: backups)
        func ledger() throws(LedgerError) -> Ledger {
            try Ledger(path: path, outboxMax: outboxMax, busySeconds: busySeconds, isOwner: true)
        }
        func opened(_ ledger: Ledger, _ outcome: Opened.Outcome) throws(LedgerError) -> Opened {
            let wasClean = try ledger.takeEndMark()
            return Opened(ledger: ledger, outcome: outcome, endedCleanly: wasClean)
        }
        var problem: LedgerError?
        switch files.standing() {
        case .present:
            do throws(LedgerError) {
                let (former, trouble) = try files.keepFormer(stamp: stamp)
                var result = try opened(ledger(), .asItWas)
                (result.backupOfFormer, result.backupProblem) = (former, trouble)
                return result
            } catch {
                guard error.kind == .damaged else { throw error }
                problem = error
            }
        case .unusable(let why): problem = why
        case .absent: break
        }
        let (backup, passedOver) = try files.prepareRestoring(now: stamp)
        if case .restoredFromBackup(_, let applied)? = backup {
            try beforeReplacing(applied)
        } else {
            try beforeReplacing(0)
        }
        let moved = problem == nil ? [] : try files.setAside(stamp: stamp)
        if backup != nil { try files.putInPlace() }
        var result = try opened(ledger(), backup ?? .rebuilt)
        result.problem = problem
        result.movedAside = moved
        result.passedOver = passedOver
        return result
    }

    /// Says that the file is damaged although it opens: for what ``quickCheck(isCancelled:)`` found, and for an error
    /// of kind `damaged` later than at the start. The next opening by
    /// ``open(path:backups:stamp:outboxMax:busySeconds:beforeReplacing:)`` moves it aside; until then it may still be
    /// used.
    package func markDamaged(_ why: String) throws(LedgerError) {
        let mark = path + ".condemned"
        do { try Data(why.utf8.prefix(500)).write(to: URL(fileURLWithPath: mark)) } catch {
            throw LedgerError(error, path: mark)
        }
        try LedgerFiles.sync(mark)
        try LedgerFiles.sync(LedgerFiles.folder(of: mark))
    }

    /// Looks for damage in every page: seconds for 100 MB. Commits go on meanwhile; a table at a time, so that
    /// checkpoints do too. Blocks the caller's thread.
    ///
    /// - Returns: the first problem; nil where there is none, or where it was cancelled, which is asked between tables.
    package func quickCheck(isCancelled: () -> Bool = { false }) throws(LedgerError) -> String? {
        do throws(LedgerError) {
            let tables = try read { db in
                try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            }
            for table in ["sqlite_schema"] + tables where !isCancelled() {
                let said = try read { db in
                    try String.fetchOne(
                        db, sql: "SELECT quick_check FROM pragma_quick_check(?)", arguments: [table])
                }
                if said != "ok" { return "\(table): \(said ?? "no answer")" }
            }
            return nil
        } catch {
            guard error.kind == .damaged else { throw error }
            return error.what.en
        }
    }

    /// Whether the last owner closed it, and from now on it counts as not closed; ends the last owner's leases.
    private func takeEndMark() throws(LedgerError) -> Bool {
        try write { db in
            let wasClean = try Bool.fetchOne(db, sql: "SELECT clean FROM ends WHERE id = 1") ?? false
            try db.execute(sql: "UPDATE ends SET clean = 0 WHERE clean <> 0")
            // Whoever held these is gone, since the owner is us: an SOS must not wait for a dead sender's lease to end.
            try db.execute(
                sql: """
                    UPDATE outbox SET state = 'retry', due = 0, repeated = 1
                    WHERE state = 'leased' AND settled IS NULL
                    """)
            return wasClean
        }
    }

    /// Words older than this are not told again after a backup was restored.
    package static let staleAfter = Milliseconds.hours(1)

    /// What was unsettled when a backup was made may have been sent since.
    static func settleStale(_ db: Database, now: Instant) throws {
        try db.execute(
            sql: """
                UPDATE outbox SET state = iif(state = 'leased', 'retry', state), due = 0, repeated = 1
                WHERE settled IS NULL
                """)
        let stale = try Int64.fetchAll(
            db, sql: "SELECT id FROM outbox WHERE settled IS NULL AND kind = 'text' AND at < ? ORDER BY id",
            arguments: [(now - staleAfter).milliseconds])
        for id in stale {
            try db.execute(
                sql: """
                    UPDATE outbox SET state = 'superseded', head = 0, settled = ?2, answer = 'restored from a backup'
                    WHERE id = ?1
                    """, arguments: [id, now.milliseconds])
            try promote(after: id, db)
        }
    }
}

extension LedgerFiles {
    /// Makes a backup of a file whose tables are a former version's.
    /// - Returns: its path, or why there is none; neither of them for a file that is up to date.
    func keepFormer(stamp: Instant) throws(LedgerError) -> (path: String?, trouble: LedgerError?) {
        let ledger = try Ledger(path: path, outboxMax: .max, busySeconds: 5, isOwner: false, bringsUp: false)
        let kept = Result { () throws(LedgerError) -> String? in
            let isFormer: Bool
            do { isFormer = try LedgerSchema.isFormer(ledger.pool) } catch { throw LedgerError(error, path: path) }
            return isFormer ? try ledger.backup(into: backups, stamp: stamp) : nil
        }
        try ledger.close()
        switch kept {
        case .success(let path): return (path, nil)
        case .failure(let error) where error.kind == .damaged: throw error
        case .failure(let error): return (nil, error)
        }
    }

    /// Copies the newest good backup beside the ledger's place, up to date and ready to be put there.
    /// - Returns: the outcome that it will be, nil where there is no good one; and the names of the damaged ones.
    func prepareRestoring(now: Instant) throws(LedgerError) -> (Ledger.Opened.Outcome?, passedOver: [String]) {
        var passedOver: [String] = []
        for (_, name) in LedgerFiles.backups(in: backups).reversed() {
            do throws(LedgerError) {
                try removeRestoring()
                do { try FileManager.default.copyItem(atPath: backups + "/" + name, toPath: restoring) } catch {
                    throw LedgerError(error, path: backups + "/" + name)
                }
                let applied = try makeReady(now: now)
                return (.restoredFromBackup(name: name, applied: applied), passedOver)
            } catch {
                try removeRestoring()
                guard error.kind == .damaged || error.kind == .disk else { throw error }
                passedOver.append(name)
            }
        }
        return (nil, passedOver)
    }

    private func removeRestoring() throws(LedgerError) {
        for suffix in ["", "-journal"] { try LedgerFiles.remove(restoring + suffix) }
    }

    private func makeReady(now: Instant) throws(LedgerError) -> Int64 {
        do {
            try LedgerFiles.makePrivate(restoring)
            let queue = try DatabaseQueue(path: restoring)
            if let problem = try queue.inDatabase({ try Ledger.firstProblem(in: $0) }) {
                throw LedgerError(.damaged, path: restoring, detail: problem)
            }
            try LedgerSchema.bringUp(queue, path: restoring)
            let applied = try queue.write { db in
                try Ledger.settleStale(db, now: now)
                return try Ledger.applied(db, path: restoring)
            }
            try queue.close()
            return applied
        } catch {
            throw LedgerError(opening: error, path: restoring)
        }
    }
}
