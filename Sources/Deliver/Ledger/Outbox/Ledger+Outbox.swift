import GRDB
package import Timekeeping

/// Handing deliveries to senders, and taking the results back.
extension Ledger {
    /// What a sender asks for.
    package struct Lease: Equatable, Sendable {
        package var channel: String
        /// How long the sender may keep what it gets; at most ``Ledger/delayMax``.
        package var lasting: Milliseconds
        package var limit: Int

        package init(channel: String, lasting: Milliseconds, limit: Int) {
            self.channel = channel
            self.lasting = lasting
            self.limit = limit
        }
    }

    /// Up to `limit` due deliveries of a channel, the most severe first, then the oldest. Of one (recipient, alert) at
    /// most one is out at a time, and only the earliest unsettled one. O(limit) for what waits in order behind a head.
    package func lease(channel: String, now: Instant, lasting: Milliseconds, limit: Int) throws(LedgerError)
        -> [Delivery]
    {
        try exchange([], for: Lease(channel: channel, lasting: lasting, limit: limit), now: now)
    }

    /// Records how attempts ended, in one transaction. An attempt that was handed out again meanwhile is ignored, so
    /// that settling twice changes nothing.
    package func settle(_ settlements: [Settlement], now: Instant) throws(LedgerError) {
        _ = try exchange(settlements, for: nil, now: now)
    }

    /// Settles, then leases, in one transaction: one write to the disk for both.
    package func exchange(_ settlements: [Settlement], for lease: Lease?, now: Instant) throws(LedgerError)
        -> [Delivery]
    {
        try write { db in
            for settlement in settlements { try Ledger.settle(settlement, now: now, db) }
            guard let lease else { return [] }
            try Ledger.endLeases(of: lease.channel, now: now, db)
            guard lease.limit > 0 else { return [] }
            return try Ledger.hand(lease, now: now, db)
        }
    }

    /// The earliest time at which a lease of the channel could return something: the next attempt of a head, or the end
    /// of a running lease. Before now where something is due; nil where nothing waits.
    package func nextAttempt(channel: String) throws(LedgerError) -> Instant? {
        try read { db in
            try Int64.fetchOne(
                db, sql: "SELECT min(due) FROM outbox INDEXED BY outbox_due WHERE channel = ? AND head = 1",
                arguments: [channel]
            ).map { Instant(stored: $0) }
        }
    }

    /// When a channel that may try `limit` times in `window` may try next: nil for now. Counts attempts, whatever came
    /// of them, so that the limit holds across restarts.
    package func slotFree(channel: String, limit: Int, window: Milliseconds, now: Instant) throws(LedgerError)
        -> Instant?
    {
        guard limit > 0 else { return now + window }
        return try read { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT at FROM attempts WHERE channel = ? AND at > ? AND at <= ? ORDER BY at DESC LIMIT 1 OFFSET ?
                    """,
                arguments: [channel, (now - window).milliseconds, now.milliseconds, limit - 1]
            ).map { Instant(stored: $0) + window }
        }
    }

    /// Sends a dead delivery again: its attempts and deadline count again, behind what waits for the same alert.
    ///
    /// - Returns: false where it is not dead.
    package func redrive(_ id: Int64, now: Instant) throws(LedgerError) -> Bool {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE outbox SET state = 'retry', due = ?2, tried = NULL, settled = NULL
                    WHERE id = ?1 AND state = 'dead'
                    """, arguments: [id, now.milliseconds])
            guard db.changesCount > 0 else { return false }
            let alerts = try Ledger.alerts(ofDelivery: id, db)
            guard let lane = try Lane(ofDelivery: id, db) else { return true }
            if try Ledger.isFree(lane, alerts: alerts, before: id, db) {
                try db.execute(sql: "UPDATE outbox SET head = 1 WHERE id = ?1", arguments: [id])
            }
            return true
        }
    }

    private static func hand(_ lease: Lease, now: Instant, _ db: Database) throws -> [Delivery] {
        let select = try db.cachedStatement(
            sql: """
                SELECT * FROM outbox INDEXED BY outbox_heads
                WHERE channel = ?1 AND head = 1 AND state IN ('pending', 'retry') AND (due <= ?2 OR due > ?3)
                ORDER BY rank, id LIMIT ?4
                """)
        let rows = try Row.fetchAll(
            select,
            arguments: [lease.channel, now.milliseconds, (now + delayMax).milliseconds, lease.limit])
        let end = now + min(max(lease.lasting, Milliseconds(1)), delayMax)
        let take = try db.cachedStatement(
            sql: """
                UPDATE outbox SET state = 'leased', attempt = attempt + 1, due = ?2, tried = ifnull(tried, ?3) WHERE
                id = ?1
                """)
        let note = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO attempts (delivery, number, channel, at) VALUES (?, ?, ?, ?)")
        return try rows.map { row in
            let id: Int64 = try row.value("id")
            let attempt = try row.value("attempt") as Int &+ 1
            try take.execute(arguments: [id, end.milliseconds, now.milliseconds])
            try note.execute(arguments: [id, attempt, lease.channel, now.milliseconds])
            return Delivery(
                id: id, key: try row.value("idempotency"), entry: try OutboxEntry(row), attempt: attempt,
                isRepeat: try row.value("repeated"), firstTried: try row.instantIfAny("tried") ?? now, leaseEnd: end)
        }
    }

    /// A lease that ended without a word means that the sender vanished, perhaps after it had sent: try again, and say
    /// that it may be a repeat.
    private static func endLeases(of channel: String, now: Instant, _ db: Database) throws {
        let select = try db.cachedStatement(
            sql: """
                SELECT id, attempt FROM outbox INDEXED BY outbox_leased
                WHERE channel = ?1 AND (due <= ?2 OR due > ?3) AND state = 'leased'
                """)
        let ended = try Row.fetchAll(
            select, arguments: [channel, now.milliseconds, (now + delayMax).milliseconds])
        for row in ended {
            let id: Int64 = try row.value("id")
            try db.cachedStatement(
                sql: "UPDATE outbox SET state = 'retry', repeated = 1, due = ?2 WHERE id = ?1"
            ).execute(arguments: [id, now.milliseconds])
            try end(id, attempt: try row.value("attempt"), outcome: "lost", answer: nil, now: now, db)
        }
    }

    private static func settle(_ settlement: Settlement, now: Instant, _ db: Database) throws {
        let (id, attempt) = (settlement.id, settlement.attempt)
        switch settlement.result {
        case .sent(let answer):
            try finish(id, attempt: attempt, state: .sent, answer: answer, now: now, db)
        case .dead(let answer):
            try finish(id, attempt: attempt, state: .dead, answer: answer, now: now, db)
        case .retry(let at, let answer, let mayHaveArrived):
            let due = min(max(at, now), now + delayMax)
            let answer = String(answer.prefix(answerMax))
            try db.cachedStatement(
                sql: """
                    UPDATE outbox SET state = 'retry', due = ?3, answer = ?4, repeated = max(repeated, ?5)
                    WHERE id = ?1 AND attempt = ?2 AND settled IS NULL
                    """
            ).execute(arguments: [id, attempt, due.milliseconds, answer, mayHaveArrived ? 1 : 0])
            try end(id, attempt: attempt, outcome: "retry", answer: answer, now: now, db)
        case .released(wasTried: true):
            try db.cachedStatement(
                sql: """
                    UPDATE outbox SET state = 'retry', due = ?3, repeated = 1
                    WHERE id = ?1 AND attempt = ?2 AND state = 'leased'
                    """
            ).execute(arguments: [id, attempt, now.milliseconds])
            try end(id, attempt: attempt, outcome: "released", answer: nil, now: now, db)
        case .released(wasTried: false):
            try db.cachedStatement(
                sql: """
                    UPDATE outbox SET state = iif(attempt > 1, 'retry', 'pending'), attempt = attempt - 1, due = ?3,
                    tried = iif(attempt > 1, tried, NULL) WHERE id = ?1 AND attempt = ?2 AND state = 'leased'
                    """
            ).execute(arguments: [id, attempt, now.milliseconds])
            guard db.changesCount > 0 else { return }
            try db.cachedStatement(sql: "DELETE FROM attempts WHERE delivery = ? AND number = ?")
                .execute(arguments: [id, attempt])
        }
    }

    private static func finish(
        _ id: Int64, attempt: Int, state: DeliveryState, answer: String, now: Instant, _ db: Database
    ) throws {
        let answer = String(answer.prefix(answerMax))
        try db.cachedStatement(
            sql: """
                UPDATE outbox SET state = ?3, head = 0, settled = ?4, answer = ?5
                WHERE id = ?1 AND attempt = ?2 AND settled IS NULL
                """
        ).execute(arguments: [id, attempt, state.rawValue, now.milliseconds, answer])
        guard db.changesCount > 0 else { return }
        try end(id, attempt: attempt, outcome: state.rawValue, answer: answer, now: now, db)
        try promote(after: id, db)
    }

    private static func end(
        _ id: Int64, attempt: Int, outcome: String, answer: String?, now: Instant, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: "UPDATE attempts SET ended = ?3, outcome = ?4, answer = ?5 WHERE delivery = ?1 AND number = ?2"
        ).execute(arguments: [id, attempt, now.milliseconds, outcome, answer])
    }
}

extension OutboxEntry {
    init(_ row: Row) throws {
        self.init(
            record: try row.value("record"), ordinal: try row.value("ordinal"), alert: try row.value("alert"),
            channel: try row.value("channel"), recipient: try row.value("recipient"),
            severity: try row.severity(), change: try row.value("change"),
            kind: Kind(rawValue: try row.value("kind")) ?? .text, body: try row.value("body"), at: try row.instant("at")
        )
    }
}
