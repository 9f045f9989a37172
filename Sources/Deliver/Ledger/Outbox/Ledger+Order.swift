import GRDB

// The order in which one recipient gets what is told over one channel: of each alert, as it was committed. A digest
// tells several alerts, so it waits for what was told of any of them before, and what is told of any of them behind
// it waits for the digest.
//
// Law: of the unsettled deliveries to a recipient that tell an alert, the earliest alone may be a head, and it is one
// where it is the earliest of each alert that it tells. Cost: O(alerts of a delivery) look-ups over indexes.

extension Ledger {
    /// Whom a channel reaches.
    struct Lane {
        var channel: String
        var recipient: String

        init(_ entry: OutboxEntry) {
            channel = entry.channel
            recipient = entry.recipient
        }

        /// Nil where there is no such delivery.
        init?(ofDelivery id: Int64, _ db: Database) throws {
            let select = try db.cachedStatement(sql: "SELECT channel, recipient FROM outbox WHERE id = ?")
            guard let row = try Row.fetchOne(select, arguments: [id]) else { return nil }
            channel = try row.value("channel")
            recipient = try row.value("recipient")
        }
    }

    /// Whether nothing unsettled stands in front of a delivery with these alerts, nor is on its way already.
    /// - Parameter id: the delivery's own.
    static func isFree(
        _ lane: Lane, alerts: [String], before id: Int64 = .max, _ db: Database
    ) throws -> Bool {
        let alone = try db.cachedStatement(
            sql: """
                SELECT count(*) FROM outbox INDEXED BY outbox_order WHERE channel = ?1 AND recipient = ?2
                AND alert = ?3 AND settled IS NULL AND id <> ?4 AND (id < ?4 OR head = 1)
                """)
        let within = try db.cachedStatement(
            sql: """
                SELECT count(*) FROM digests d JOIN outbox o ON o.id = d.delivery
                WHERE d.alert = ?3 AND o.channel = ?1 AND o.recipient = ?2 AND o.settled IS NULL AND o.id <> ?4
                AND (o.id < ?4 OR o.head = 1)
                """)
        for alert in alerts {
            for statement in [alone, within] {
                let count = try Int.fetchOne(statement, arguments: [lane.channel, lane.recipient, alert, id]) ?? 0
                if count > 0 { return false }
            }
        }
        return true
    }

    /// The earliest unsettled delivery that tells an alert, alone or in a digest.
    private static func earliest(_ lane: Lane, alert: String, _ db: Database) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT min(id) FROM (
                    SELECT id FROM outbox INDEXED BY outbox_order
                    WHERE channel = ?1 AND recipient = ?2 AND alert = ?3 AND settled IS NULL
                    UNION ALL SELECT o.id FROM digests d JOIN outbox o ON o.id = d.delivery
                    WHERE d.alert = ?3 AND o.channel = ?1 AND o.recipient = ?2 AND o.settled IS NULL)
                """)
        return try Int64?.fetchOne(statement, arguments: [lane.channel, lane.recipient, alert]) ?? nil
    }

    /// All alerts that a delivery tells.
    static func alerts(ofDelivery id: Int64, _ db: Database) throws -> [String] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT alert FROM outbox WHERE id = ?1 UNION SELECT alert FROM digests WHERE delivery = ?1 ORDER BY 1
                """)
        return try String.fetchAll(statement, arguments: [id])
    }

    /// A delivery was settled: what waited for it alone may go.
    static func promote(after id: Int64, _ db: Database) throws {
        guard let lane = try Lane(ofDelivery: id, db) else { return }
        for alert in try alerts(ofDelivery: id, db) {
            guard let next = try earliest(lane, alert: alert, db) else { continue }
            guard try isFree(lane, alerts: alerts(ofDelivery: next, db), before: next, db) else { continue }
            try db.cachedStatement(sql: "UPDATE outbox SET head = 1 WHERE id = ?").execute(arguments: [next])
        }
    }

    /// What waits in front of a severe message holds it up, so it is as urgent as that, and so is what it waits for.
    static func lift(_ lane: Lane, alerts: [String], to rank: Int, _ db: Database) throws {
        var waiting = alerts
        var seen = Set(alerts)
        let select = try db.cachedStatement(
            sql: """
                SELECT id FROM outbox WHERE channel = ?1 AND recipient = ?2 AND alert = ?3 AND settled IS NULL
                AND rank > ?4
                UNION SELECT o.id FROM digests d JOIN outbox o ON o.id = d.delivery WHERE d.alert = ?3
                AND o.channel = ?1 AND o.recipient = ?2 AND o.settled IS NULL AND o.rank > ?4
                """)
        while let alert = waiting.popLast() {
            for id in try Int64.fetchAll(select, arguments: [lane.channel, lane.recipient, alert, rank]) {
                try db.cachedStatement(sql: "UPDATE outbox SET rank = ?2 WHERE id = ?1").execute(arguments: [id, rank])
                for other in try Ledger.alerts(ofDelivery: id, db) where seen.insert(other).inserted {
                    waiting.append(other)
                }
            }
        }
    }
}
