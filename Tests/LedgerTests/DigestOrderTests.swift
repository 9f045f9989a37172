import Foundation
import GRDB
import Simulation
import Testing
import Timekeeping
import Vocabulary

@testable import Ledger

/// A digest tells several alerts: what is told of any of them keeps its order with it.
@Suite struct DigestOrderTests {
    private func digest(_ record: Int64, _ alerts: [String], _ severity: Severity = .medium) -> OutboxEntry {
        var digest = entry(record, alert: alerts[0], severity: severity)
        digest.others = Array(alerts.dropFirst())
        return digest
    }

    @Test func `an end does not overtake the digest that tells the beginning`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.put(digest(1, ["a", "b", "c"], .low))
        try ledger.put(entry(2, alert: "b", severity: .critical, change: "resolved"))
        let first = try ledger.take()
        #expect(first.map(\.entry.record) == [1], "and it is lifted to what waits behind it")
        #expect(try ledger.read { try Int.fetchOne($0, sql: "SELECT rank FROM outbox WHERE record = 1") } == 0)
        try ledger.settle([Settlement(first[0], .retry(at: noon, answer: "", mayHaveArrived: false))], now: noon)
        let again = try ledger.take()
        #expect(again.map(\.entry.record) == [1])
        try ledger.settle([Settlement(again[0], .sent(answer: ""))], now: noon)
        #expect(try ledger.take().map(\.entry.record) == [2])
    }

    @Test func `a digest waits for what was told of each of its alerts before`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.put(entry(1, alert: "a"), entry(2, alert: "b"))
        try ledger.put(digest(3, ["c", "a", "b"]))
        let first = try ledger.take()
        #expect(first.map(\.entry.record).sorted() == [1, 2])
        try ledger.settle([Settlement(first[0], .sent(answer: ""))], now: noon)
        #expect(try ledger.take().isEmpty)
        try ledger.settle([Settlement(first[1], .dead(answer: ""))], now: noon)
        #expect(try ledger.take().map(\.entry.record) == [3])
    }

    @Test(arguments: OutboxLawTests.seeds())
    func `whatever is told together, each alert's messages leave in their order, one at a time`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let folder = try TemporaryFolder()
        var ledger = try folder.open()
        var now = noon
        var waiting: [(record: Int64, alerts: Set<String>)] = []
        var held: [Delivery] = []
        for record in 1...250 as ClosedRange<Int64> {
            let alerts = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                "a\(Int.random(in: 0..<6, using: &random))"
            }
            try ledger.put(digest(record, Array(Set(alerts)).sorted(), [.low, .critical][Int(record % 2)]))
            waiting.append((record, Set(alerts)))
            held.removeAll { $0.leaseEnd <= now }
            for delivery in try ledger.take(Int.random(in: 0...3, using: &random), at: now) {
                let own = try #require(waiting.first { $0.record == delivery.entry.record })
                for other in held {
                    let out = waiting.first { $0.record == other.entry.record }?.alerts ?? []
                    #expect(out.isDisjoint(with: own.alerts), "seed \(seed): two out that tell one alert")
                }
                let before = waiting.filter { $0.record < own.record }
                #expect(
                    before.allSatisfy { $0.alerts.isDisjoint(with: own.alerts) },
                    "seed \(seed): \(own.record) overtakes")
                held.append(delivery)
            }
            if let index = held.indices.randomElement(using: &random) {
                let delivery = held.remove(at: index)
                let results: [Settlement.Result] = [
                    .sent(answer: ""), .dead(answer: ""), .released(wasTried: false),
                    .retry(at: now + minute, answer: "", mayHaveArrived: false),
                ]
                let pick = Int.random(in: 0..<4, using: &random)
                try ledger.settle([Settlement(delivery, results[pick])], now: now)
                if pick < 2 { waiting.removeAll { $0.record == delivery.entry.record } }
            }
            if Bool.random(using: &random) { now = now + .seconds(20) }
            if record % 50 == 0 {
                ledger = try folder.open()
            }
        }
        for _ in 0..<2000 where !waiting.isEmpty {
            now = now + minute
            for delivery in try ledger.take(at: now) {
                try ledger.settle([Settlement(delivery, .sent(answer: ""))], now: now)
                waiting.removeAll { $0.record == delivery.entry.record }
            }
        }
        #expect(waiting.isEmpty, "seed \(seed): \(waiting) are never told")
    }

    @Test func `what is pruned leaves nothing of its digest`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.put(digest(1, ["a", "b", "c"]))
        try ledger.settle(try ledger.take().map { Settlement($0, .sent(answer: "")) }, now: noon)
        #expect(try ledger.prune(now: noon + .days(31)).deliveries == 1)
        #expect(try ledger.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM digests") } == 0)
    }
}
