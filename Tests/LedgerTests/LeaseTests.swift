import GRDB
import Ledger
import Testing
import Timekeeping
import Vocabulary

@Suite struct LeaseTests {
    @Test func `a severity that no version wrote counts as the least urgent, and is leased all the same`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.open()
        try ledger.put(entry(1, severity: .high))
        let stranger = try DatabaseQueue(path: folder.ledgerPath)
        try stranger.write { try $0.execute(sql: "UPDATE outbox SET severity = 'hig'") }
        #expect(try ledger.take().map(\.entry.severity) == [.low])
    }

    let folder: TemporaryFolder
    let ledger: Ledger

    init() throws {
        folder = try TemporaryFolder()
        ledger = try folder.open()
    }

    @Test func `of one alert only the earliest unsettled delivery is leased`() throws {
        try ledger.put(entry(1), entry(2, change: "updated"), entry(3, change: "resolved"))
        for record in Int64(1)...3 {
            let leased = try ledger.take()
            #expect(leased.map(\.entry.record) == [record])
            #expect(try ledger.take().isEmpty)
            try ledger.settle(leased.map { Settlement($0, .sent(answer: "")) }, now: noon)
        }
        #expect(try ledger.take().isEmpty)
    }

    @Test func `a retry holds up what comes after it for the same alert and recipient, and nothing else`() throws {
        try ledger.put(entry(1), entry(2), entry(3, alert: "ff"), entry(4, recipient: "b"), entry(5, channel: "other"))
        let first = try #require(try ledger.take(1).first)
        let retry = Settlement.Result.retry(at: noon + minute, answer: "HTTP 500", mayHaveArrived: false)
        try ledger.settle([Settlement(first, retry)], now: noon)
        #expect(try ledger.take().map(\.entry.record) == [3, 4])
        #expect(try ledger.take(channel: "other").map(\.entry.record) == [5])
        #expect(try ledger.take(at: noon + minute).map(\.entry.record).contains(1))
    }

    @Test func `a dead delivery lets the next one pass`() throws {
        try ledger.put(entry(1), entry(2))
        let first = try #require(try ledger.take().first)
        try ledger.settle([Settlement(first, .dead(answer: "HTTP 404"))], now: noon)
        #expect(try ledger.take().map(\.entry.record) == [2])
    }

    @Test func `the most severe alert goes first, and what waits before it in its alert with it`() throws {
        try ledger.put(
            entry(1, alert: "aa", severity: .low), entry(2, alert: "bb", severity: .low),
            entry(3, alert: "cc", severity: .high), entry(4, alert: "bb", severity: .critical))
        #expect(try ledger.take().map(\.entry.record) == [2, 3, 1])
    }

    @Test func `a lease that ended is handed out again with the same key, and says that it may be a repeat`() throws {
        try ledger.put(entry(1))
        let first = try #require(try ledger.take().first)
        #expect(first.attempt == 1)
        #expect(!first.isRepeat)
        #expect(first.leaseEnd == noon + minute)
        #expect(try ledger.take(at: noon + minute - Milliseconds(1)).isEmpty)
        let second = try #require(try ledger.take(at: noon + minute).first)
        #expect(second.key == first.key)
        #expect(second.attempt == 2)
        #expect(second.isRepeat)
        #expect(second.firstTried == noon)
        #expect(try ledger.attempts(delivery: first.id).map(\.outcome) == ["lost", nil])
    }

    @Test func `killed between lease and settle, the delivery comes again after reopening`() throws {
        try ledger.put(entry(1))
        let key = try ledger.take().first?.key
        let reopened = try folder.open()
        #expect(try reopened.take().isEmpty)
        let again = try #require(try reopened.take(at: noon + minute).first)
        #expect(again.key == key)
        #expect(again.isRepeat)
        #expect(again.entry == entry(1))
    }

    @Test func `killed between commit and lease, the delivery is pending after reopening`() throws {
        try ledger.put(entry(1))
        let again = try #require(try folder.open().take().first)
        #expect(!again.isRepeat)
        #expect(again.attempt == 1)
    }

    @Test func `a result that comes after its lease was handed out again is ignored`() throws {
        try ledger.put(entry(1))
        let first = try #require(try ledger.take().first)
        let second = try #require(try ledger.take(at: noon + minute).first)
        try ledger.settle([Settlement(first, .dead(answer: "late"))], now: noon + minute)
        #expect(try ledger.only()?.state == .leased)
        try ledger.settle([Settlement(second, .sent(answer: "HTTP 200"))], now: noon + minute)
        #expect(try ledger.only()?.state == .sent)
    }

    @Test func `settling twice counts once`() throws {
        try ledger.put(entry(1), entry(2))
        let first = try #require(try ledger.take().first)
        try ledger.settle([Settlement(first, .sent(answer: "a"))], now: noon)
        try ledger.settle([Settlement(first, .dead(answer: "b"))], now: noon)
        #expect(try ledger.deliveries().map(\.state) == [.pending, .sent])
        #expect(try ledger.take().map(\.entry.record) == [2])
    }

    @Test func `given back untried it is as if it had never been leased`() throws {
        try ledger.put(entry(1))
        let before = try ledger.deliveries()
        let leased = try #require(try ledger.take().first)
        try ledger.settle([Settlement(leased, .released(wasTried: false))], now: noon)
        #expect(try ledger.deliveries().map(\.state) == before.map(\.state))
        #expect(try ledger.attempts(delivery: leased.id).isEmpty)
        let again = try #require(try ledger.take(at: noon + minute).first)
        #expect(again.attempt == 1)
        #expect(!again.isRepeat)
        #expect(again.firstTried == noon + minute)
    }

    @Test func `given back in the middle of a request it may be a repeat`() throws {
        try ledger.put(entry(1))
        let leased = try #require(try ledger.take().first)
        try ledger.settle([Settlement(leased, .released(wasTried: true))], now: noon)
        let again = try #require(try ledger.take().first)
        #expect(again.isRepeat)
        #expect(again.attempt == 2)
    }

    @Test func `the next attempt is the head's due time or the lease's end, and a blocked delivery has none`() throws {
        #expect(try ledger.nextAttempt(channel: "hook") == nil)
        try ledger.put(entry(1), entry(2))
        let first = try #require(try ledger.take().first)
        #expect(try ledger.nextAttempt(channel: "hook") == noon + minute)
        let at = noon + .seconds(7)
        try ledger.settle([Settlement(first, .retry(at: at, answer: "", mayHaveArrived: false))], now: noon)
        #expect(try ledger.nextAttempt(channel: "hook") == at)
    }

    @Test func `a due time that a clock set back has left in the far future is due`() throws {
        try ledger.put(entry(1))
        let later = noon + .hours(30)
        let first = try #require(try ledger.take(at: later).first)
        let retry = Settlement.Result.retry(at: later + minute, answer: "", mayHaveArrived: false)
        try ledger.settle([Settlement(first, retry)], now: later)
        #expect(try ledger.take(at: later).isEmpty)
        #expect(try ledger.take(at: noon).count == 1)
    }

    @Test func `no retry is put off for longer than an hour`() throws {
        try ledger.put(entry(1))
        let first = try #require(try ledger.take().first)
        let retry = Settlement.Result.retry(at: noon + .days(9), answer: "", mayHaveArrived: false)
        try ledger.settle([Settlement(first, retry)], now: noon)
        #expect(try ledger.nextAttempt(channel: "hook") == noon + Ledger.delayMax)
    }

    @Test func `attempts are counted for the limit across channels, windows and restarts`() throws {
        for record in Int64(1)...4 { try ledger.put(entry(record, alert: "a\(record)")) }
        for second in Int64(0)..<3 { _ = try ledger.take(1, at: noon + .seconds(second)) }
        let reopened = try folder.open()
        func free(_ limit: Int, _ seconds: Int64, _ channel: String = "hook") throws -> Instant? {
            try reopened.slotFree(channel: channel, limit: limit, window: minute, now: noon + .seconds(seconds))
        }
        #expect(try free(4, 2) == nil)
        #expect(try free(3, 2) == noon + .seconds(60))
        #expect(try free(3, 59) == noon + .seconds(60))
        #expect(try free(3, 60) == nil)
        #expect(try free(2, 2) == noon + .seconds(61))
        #expect(try free(3, 2, "other") == nil)
    }

    @Test func `an answer is cut at 500 characters`() throws {
        try ledger.put(entry(1))
        let first = try #require(try ledger.take().first)
        try ledger.settle([Settlement(first, .dead(answer: String(repeating: "错", count: 501)))], now: noon)
        #expect(try ledger.only()?.answer?.count == 500)
    }
}
