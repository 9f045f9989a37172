// The queue on which callers of the async world wait for the disk.
import Dispatch
import Foundation
import GRDB
package import Timekeeping
import Vocabulary

/// The store of alerts and of what has to be told: one SQLite file in WAL mode with `synchronous = FULL`, so that a
/// committed change survives a power cut.
///
/// One commit holds an alert change, its notifications and the number of the last record: either all of it is there or
/// nothing. Calls block on the disk (some milliseconds, much longer on a worn card); async code uses
/// ``offloaded(_:)``. Safe to use from any thread; writers take turns.
package final class Ledger: Sendable {
    /// The longest time between two attempts. A due time that is further ahead than this belongs to a clock that was
    /// set back since, and counts as due.
    package static let delayMax = Milliseconds.hours(1)
    /// An answer is kept up to this many characters.
    package static let answerMax = 500

    package let path: String
    /// Unsettled deliveries above this are given up, the least severe and oldest first.
    package let outboxMax: Int
    let pool: DatabasePool
    /// Whether ``close()`` leaves the mark of a clean end.
    private let isOwner: Bool
    private let queue = DispatchQueue(label: "shouwang.ledger")

    /// Opens or makes the file (mode 0600) and brings its tables up to date. A damaged one is an error of kind
    /// `damaged`; the daemon uses ``open(path:backups:stamp:outboxMax:busySeconds:beforeReplacing:)``.
    ///
    /// - Parameters:
    ///   - outboxMax: the bound on unsettled deliveries, 100,000 by default: some 100 MB on the disk.
    ///   - busySeconds: how long a call waits for another process that writes, before it throws busy.
    package convenience init(path: String, outboxMax: Int = 100_000, busySeconds: Double = 5) throws(LedgerError) {
        try self.init(path: path, outboxMax: outboxMax, busySeconds: busySeconds, isOwner: false)
    }

    /// - Parameter bringsUp: brings the tables up to date; else they are read and copied as they are.
    init(
        path: String, outboxMax: Int, busySeconds: Double, isOwner: Bool, bringsUp: Bool = true
    ) throws(LedgerError) {
        self.path = path
        self.outboxMax = outboxMax
        self.isOwner = isOwner
        do {
            try LedgerFiles.makePrivate(path)
            var configuration = Configuration()
            configuration.label = "ledger"
            configuration.busyMode = .timeout(busySeconds)
            // The console's two readers and its health, a check and a backup at the same time.
            configuration.maximumReaderCount = 5
            pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB turns to NORMAL when it switches to WAL, which a power cut may roll back.
            // (https://www.sqlite.org/pragma.html#pragma_synchronous)
            let level = try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                return try Int.fetchOne(db, sql: "PRAGMA synchronous")
            }
            guard level == 2 else { throw LedgerError(.refused, path: path, detail: "synchronous is not FULL") }
            if bringsUp { try LedgerSchema.bringUp(pool, path: path) }
            _ = try pool.read { db in try Ledger.applied(db, path: path) }
        } catch {
            throw LedgerError(opening: error, path: path)
        }
    }

    /// The last record whose changes are all committed; 0 for none.
    package func applied() throws(LedgerError) -> Int64 {
        try read { db in try Ledger.applied(db, path: path) }
    }

    static func applied(_ db: Database, path: String) throws -> Int64 {
        let applied = try Int64.fetchOne(db, sql: "SELECT applied FROM progress WHERE id = 1")
        guard let applied, applied >= 0 else { throw LedgerError(.damaged, path: path, detail: "no progress") }
        return applied
    }

    /// What a commit added. Numbers below what was handed in mean that the rest was there already.
    package struct Committed: Equatable, Sendable {
        package var changes = 0
        package var notifications = 0
        /// Deliveries given up because the outbox was full.
        package var overflowed = 0
    }

    /// Commits changes, notifications, what acts came to, what dispatch keeps, what
    /// becomes of links, and progress in one transaction.
    ///
    /// A change whose number, or a notification or act whose key, is there already changes nothing. `applied` never
    /// goes back.
    /// Channels see the notifications only after this returned.
    @discardableResult
    package func commit(
        changes: [LedgerChange], notifications: [OutboxEntry], acts: [LedgerAct] = [], applied: Int64,
        escalations: EscalationChanges = EscalationChanges(), links: LinkChanges = LinkChanges()
    ) throws(LedgerError) -> Committed {
        let outboxMax = outboxMax
        return try write { db in
            var committed = Committed()
            for change in changes where try Ledger.keep(change, db) { committed.changes += 1 }
            for act in acts { try Ledger.keep(act, db) }
            for entry in notifications where try Ledger.enqueue(entry, db) { committed.notifications += 1 }
            try Ledger.keep(escalations, db)
            try Ledger.change(links, db)
            if committed.notifications > 0 { committed.overflowed = try Ledger.giveUpOverflow(outboxMax, db) }
            try db.execute(sql: "UPDATE progress SET applied = ?1 WHERE applied < ?1", arguments: [applied])
            return committed
        }
    }

    /// Runs blocking calls on the ledger's own queue, so that no thread of the async world waits for the disk. Not
    /// cancelled by the task's cancellation: what was sent must be settled.
    package func offloaded<T: Sendable>(
        _ body: @escaping @Sendable (Ledger) throws(LedgerError) -> T
    ) async throws(LedgerError) -> T {
        let result = await withCheckedContinuation { (waiting: CheckedContinuation<Result<T, LedgerError>, Never>) in
            queue.async {
                waiting.resume(returning: Result { () throws(LedgerError) -> T in try body(self) })
            }
        }
        return try result.get()
    }

    /// Waits for running calls and closes the file; later calls throw ``LedgerError/Kind/closed``. The owner's last
    /// write is the mark of a clean end, and moves what is in the `-wal` to the main file; where that fails, the file
    /// is closed all the same and counts as not closed.
    package func close() throws(LedgerError) {
        let marked = Result { () throws(LedgerError) in
            guard isOwner else { return }
            try write { db in try db.execute(sql: "UPDATE ends SET clean = 1 WHERE id = 1") }
            do {
                _ = try pool.writeWithoutTransaction { try $0.checkpoint(.passive) }
            } catch {
                throw LedgerError(error, path: path)
            }
        }
        do { try pool.close() } catch { throw LedgerError(error, path: path) }
        try marked.get()
    }

    func read<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
        do { return try pool.read(body) } catch { throw LedgerError(error, path: path) }
    }

    func write<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
        do { return try pool.write(body) } catch { throw LedgerError(error, path: path) }
    }

    private static func keep(_ change: LedgerChange, _ db: Database) throws -> Bool {
        let json = Data(change.json)
        let event = try db.cachedStatement(
            sql: """
                INSERT INTO events (record, ordinal, alert, change, rule, kind, severity, state, key, at, started, json)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (record, ordinal) DO NOTHING
                """)
        try event.execute(arguments: [
            change.record, change.ordinal, change.alert, change.change, change.rule, change.kind,
            change.severity.rawValue,
            change.state, change.key, change.at.milliseconds, change.started.milliseconds, json,
        ])
        guard db.changesCount > 0 else { return false }
        try fold(change, json, db)
        return true
    }

    /// The alert's row is the fold of its changes. What delivery dispatched stays so until a record says otherwise: of
    /// rules and people the pipeline knows, to whom it is still open.
    private static func fold(_ change: LedgerChange, _ json: Data, _ db: Database) throws {
        let isBack = change.state == "open" && ["returned", "reopened", "raised"].contains(change.change)
        let handler = change.change == "handled" ? change.actor : nil
        let upsert = try db.cachedStatement(
            sql: """
                INSERT INTO alerts (id, rule, kind, severity, state, key, started, opened, changed, record, ordinal,
                json, grid, place, assignee, handler, found, alert_right, limits)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?19)
                ON CONFLICT (id) DO UPDATE SET
                rule = ?2, kind = ?3, severity = ?4, key = ?6, started = ?7, changed = ?8, record = ?9,
                ordinal = ?10, json = ?11, grid = ?12, place = ?13,
                state = iif(?5 = 'open' AND state = 'dispatched' AND NOT ?18, 'dispatched', ?5),
                assignee = iif(?18, NULL, ifnull(?14, assignee)), handler = ifnull(?15, handler),
                found = ifnull(?16, found), alert_right = ifnull(?17, alert_right), limits = ifnull(limits, ?19)
                WHERE (?9, ?10) > (record, ordinal)
                """)
        try upsert.execute(arguments: [
            change.alert, change.rule, change.kind,
            change.severity.rawValue, change.state, change.key,
            change.started.milliseconds, change.at.milliseconds, change.record, change.ordinal, json,
            change.grid, change.place, change.assignee, handler, change.found, change.alertRight, isBack,
            change.limits,
        ])
    }

    /// - Returns: whether it was not there.
    static func enqueue(_ entry: OutboxEntry, _ db: Database) throws -> Bool {
        let alerts = [entry.alert] + entry.others
        let isHead = try Ledger.isFree(Lane(entry), alerts: alerts, db)
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO outbox (idempotency, record, ordinal, alert, channel, recipient, severity, rank, change,
                kind, body, at, state, head)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'pending', ?13)
                ON CONFLICT (idempotency) DO NOTHING
                """)
        let rank = entry.severity.outboxRank
        try insert.execute(arguments: [
            entry.key, entry.record, entry.ordinal, entry.alert, entry.channel, entry.recipient,
            entry.severity.rawValue, rank, entry.change, entry.kind.rawValue, entry.body, entry.at.milliseconds, isHead,
        ])
        guard db.changesCount > 0 else { return false }
        let id = db.lastInsertedRowID
        for other in entry.others {
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO digests (alert, delivery) VALUES (?, ?)")
                .execute(arguments: [other, id])
        }
        try Ledger.lift(Lane(entry), alerts: alerts, to: rank, db)
        return true
    }
}
