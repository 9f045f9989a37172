import Ledger
import Testing
import Timekeeping
import Vocabulary

@Suite struct BoundTests {
    @Test(arguments: [(2, 0), (3, 0), (4, 1), (6, 3)])
    func `an outbox of three gives up the least severe and oldest above three`(put: Int, lost: Int) throws {
        let ledger = try TemporaryFolder().open(outboxMax: 3)
        for record in 1...put {
            try ledger.put(entry(Int64(record), alert: "a\(record)", severity: record == 1 ? .critical : .low))
        }
        var filter = DeliveryFilter()
        filter.state = .dead
        let dead = try ledger.deliveries(filter)
        #expect(dead.map(\.entry.record).reversed() == (0..<lost).map { Int64($0 + 2) })
        #expect(dead.allSatisfy { $0.answer == "outbox full" })
        #expect(try ledger.counts().dropped["outbox_full"] ?? 0 == lost)
    }

    @Test func `what is given up at the bound unblocks its alert, and what a sender holds stays`() throws {
        let ledger = try TemporaryFolder().open(outboxMax: 2)
        try ledger.put(entry(1, alert: "aa"))
        let held = try ledger.take()
        try ledger.put(entry(2, alert: "bb", severity: .low), entry(3, alert: "bb", severity: .low))
        #expect(held.count == 1)
        #expect(try ledger.take().map(\.entry.record) == [3])
        #expect(try ledger.counts().deliveries["hook"] == [.leased: 2, .dead: 1])
    }

    @Test func `old settled deliveries go, dead ones later, waiting ones never`() throws {
        let ledger = try TemporaryFolder().open()
        try ledger.put(entry(1, alert: "a"), entry(2, alert: "b"), entry(3, alert: "c"))
        let leased = try ledger.take()
        try ledger.settle(
            [Settlement(leased[0], .sent(answer: "")), Settlement(leased[1], .dead(answer: ""))], now: noon)
        func prune(_ days: Int64) throws -> Int { try ledger.prune(now: noon + .days(days)).deliveries }
        #expect(try prune(30) == 0)
        #expect(try prune(31) == 1)
        #expect(try prune(90) == 0)
        #expect(try prune(91) == 1)
        #expect(try prune(9000) == 0)
        #expect(try ledger.deliveries().map(\.entry.record) == [3])
        #expect(try ledger.attempts(delivery: leased[0].id).isEmpty)
        #expect(try ledger.counts().dropped["pruned_deliveries"] == 2)
    }

    @Test func `more settled deliveries than the bound go whatever their age, in batches`() throws {
        let ledger = try TemporaryFolder().open()
        for record in Int64(1)...10 {
            try ledger.put(entry(record, alert: "a\(record)"))
            let leased = try ledger.take()
            let now = noon + .seconds(record)
            try ledger.settle(leased.map { Settlement($0, .sent(answer: "")) }, now: now)
        }
        var retention = Ledger.Retention()
        retention.settledMax = 4
        let now = noon + minute
        #expect(try ledger.prune(now: now, keeping: retention, batch: 5).deliveries == 5)
        #expect(try ledger.prune(now: now, keeping: retention, batch: 5).deliveries == 1)
        #expect(try ledger.deliveries().map(\.entry.record) == [10, 9, 8, 7])
    }

    @Test func `closed alerts go after two years, open ones never`() throws {
        let ledger = try TemporaryFolder().open()
        let changes = [change(1, alert: "aa", state: "closed"), change(2, alert: "bb", state: "open")]
        try ledger.commit(changes: changes, notifications: [], applied: 2)
        #expect(try ledger.prune(now: noon + .days(730)).alerts == 0)
        #expect(try ledger.prune(now: noon + .days(731)).alerts == 1)
        #expect(try ledger.alerts().map(\.id) == ["bb"])
        #expect(try ledger.events(alert: "aa").isEmpty)
    }

    @Test func `a dead delivery can be sent again, in its order, with the same key and a new deadline`() throws {
        let ledger = try TemporaryFolder().open()
        try ledger.put(entry(1), entry(2))
        let first = try #require(try ledger.take().first)
        try ledger.settle([Settlement(first, .dead(answer: ""))], now: noon)
        let second = try #require(try ledger.take().first)
        #expect(try ledger.redrive(first.id, now: noon + minute))
        #expect(try ledger.take(at: noon + .seconds(1)).isEmpty)
        try ledger.settle([Settlement(second, .sent(answer: ""))], now: noon + .seconds(2))
        let again = try #require(try ledger.take(at: noon + minute).first)
        #expect(again.key == first.key)
        #expect(again.firstTried == noon + minute)
        #expect(try ledger.redrive(second.id, now: noon) == false)
    }

    @Test func `counts tell alerts by state, deliveries by channel and state, and the last success`() throws {
        let ledger = try TemporaryFolder().open()
        try ledger.commit(
            changes: [change(1, alert: "aa"), change(2, alert: "bb", state: "closed")],
            notifications: [entry(1, alert: "aa"), entry(2, alert: "bb")], applied: 2)
        let leased = try ledger.take(1)
        try ledger.settle(leased.map { Settlement($0, .sent(answer: "")) }, now: noon + minute)
        let counts = try ledger.counts()
        #expect(counts.alerts == ["open": 1, "closed": 1])
        #expect(counts.deliveries == ["hook": [.sent: 1, .pending: 1]])
        #expect(counts.lastSent == ["hook": noon + minute])
    }
}
