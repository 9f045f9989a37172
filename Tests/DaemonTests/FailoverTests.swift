import Alerts
import Channels
import Console
import Delivery
import Diagnostics
import Foundation
import Ledger
import Logging
import Synchronization
import Testing
import Timekeeping
import Vocabulary

@testable import Daemon

private let noon = Instant(milliseconds: 1_700_000_000_000)
private let json =
    "{\"schema\":\"shouwang.alert/1\",\"change\":\"raised\",\"message\":{\"zh-Hans\":\"3栋 求助\",\"en\":\"b3 SOS\"}}"

/// Whom a critical message reaches that its channel does not take.
@Suite struct FailoverTests {
    private final class Bench: Sendable {
        let folder: String
        let ledger: Ledger
        let failover: Failover
        let woken = Atomic(0)

        init(_ ways: [(String, Bool)] = [("hook", true), ("wecom", false), ("board", true)]) throws {
            folder = NSTemporaryDirectory() + "/failover-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            ledger = try Ledger(path: folder + "/shouwang.sqlite")
            failover = Failover(
                ledger: ledger, ways: ways.map { Failover.Way(name: $0.0, takesChanges: $0.1) }, language: .en,
                log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            failover.connect { [weak self] in _ = self?.woken.add(1, ordering: .relaxed) }
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func put(
            _ record: Int64, _ channels: [String] = ["hook"], severity: Severity = .critical, change: String = "raised"
        ) throws {
            let changed = LedgerChange(
                record: record, ordinal: 0, alert: "00112233445566aa", change: change, rule: "sos", kind: "sos",
                severity: severity, state: "open", key: "k", at: noon, started: noon, json: Array(json.utf8))
            let entries = channels.map { channel in
                OutboxEntry(
                    record: record, ordinal: 0, alert: "00112233445566aa", channel: channel, recipient: "",
                    severity: severity, change: change, kind: .change, body: json, at: noon)
            }
            try ledger.commit(changes: [changed], notifications: entries, applied: record)
        }

        /// The next attempt of a channel's delivery fails.
        func fail(_ channel: String = "hook", at now: Instant = noon, next: Milliseconds? = .seconds(2)) async throws {
            let leased = try ledger.lease(channel: channel, now: now, lasting: .minutes(1), limit: 1)
            let delivery = try #require(leased.first)
            await failover.failed(delivery, next: next.map { now + $0 }, now: now)
            let result: Settlement.Result =
                next == nil ? .dead(answer: "no") : .retry(at: now, answer: "no", mayHaveArrived: false)
            try ledger.settle([Settlement(delivery, result)], now: now)
        }

        func rows() throws -> [String: DeliveryRow] {
            Dictionary(try ledger.deliveries().map { ($0.entry.channel, $0) }, uniquingKeysWith: { first, _ in first })
        }

        func health(_ counters: [String: ChannelCounters] = ["hook": ChannelCounters(), "wecom": ChannelCounters()])
            async -> HealthView
        {
            let reader = LedgerReader(ledger, channels: counters.keys.sorted(), now: { noon })
            var view = DaemonState.View()
            view.isConnected = true
            view.usableChannels = 2
            return Health.view(
                view, faults: BoxFaults(), ledger: await reader.answer(), channels: counters, isOutConnected: true,
                now: noon)
        }
    }

    @Test func `after the second failure every other channel gets it once, in its own form`() async throws {
        let bench = try Bench()
        try bench.put(1)
        try await bench.fail()
        #expect(try bench.rows().keys.sorted() == ["hook"])
        for _ in 0..<5 { try await bench.fail() }
        let rows = try bench.rows()
        #expect(rows.keys.sorted() == ["board", "hook", "wecom"])
        #expect(try bench.ledger.deliveries().count == 3)
        #expect(rows["board"]?.entry.body == json && rows["board"]?.entry.kind == .change)
        let words = "[Failover] the channel hook has not taken this, so it comes here:\nb3 SOS"
        #expect(rows["wecom"]?.entry.body == words && rows["wecom"]?.entry.kind == .text)
        // Keys hang on change and channel alone.
        #expect(Set(rows.values.map(\.key)).count == 3)
        #expect(rows["board"]?.key == rows["board"]?.entry.key)
        #expect(bench.woken.load(ordering: .relaxed) == 1)
    }

    @Test func `what another channel has anyway it does not get again, and its own failure goes nowhere new`()
        async throws
    {
        let bench = try Bench()
        try bench.put(1, ["hook", "wecom"])
        for _ in 0..<2 { try await bench.fail() }
        for _ in 0..<3 { try await bench.fail("board") }
        #expect(try bench.ledger.deliveries().map(\.entry.channel).sorted() == ["board", "hook", "wecom"])
    }

    @Test(arguments: [Severity.high, .medium, .low]) func `below critical nothing goes another way`(severity: Severity)
        async throws
    {
        let bench = try Bench()
        try bench.put(1, severity: severity)
        for _ in 0..<4 { try await bench.fail() }
        #expect(try bench.rows().count == 1)
    }

    @Test(arguments: [nil, Milliseconds.hours(1), .seconds(31)])
    func `where no attempt follows soon, the first failure is enough`(next: Milliseconds?) async throws {
        let bench = try Bench()
        try bench.put(1)
        try await bench.fail(next: next)
        #expect(try bench.rows().count == 3)
    }

    @Test func `what is not even tried for thirty seconds goes another way`() async throws {
        let bench = try Bench()
        try bench.put(1)
        await bench.failover.look(at: 1000)
        await bench.failover.look(at: 30_999)
        #expect(try bench.rows().count == 1)
        await bench.failover.look(at: 31_000)
        await bench.failover.look(at: 36_000)
        #expect(try bench.rows().count == 3)
        #expect(bench.woken.load(ordering: .relaxed) == 1)
    }

    @Test func `an update goes as JSON alone: in words nobody is told of it`() async throws {
        let bench = try Bench()
        try bench.put(1, change: "updated")
        for _ in 0..<2 { try await bench.fail() }
        #expect(try bench.rows().keys.sorted() == ["board", "hook"])
    }

    @Test func `not ready is who has reached nobody, and degraded who has reached somebody else`() async throws {
        let bench = try Bench([("hook", true), ("wecom", false)])
        #expect(await bench.health().problems == [])
        try bench.put(1)
        #expect(await bench.health().problems == [], "not tried yet is no failure")
        try await bench.fail()
        #expect(
            await bench.health().problems.first?.contains("1 critical alert(s) have reached nobody: 001122") == true)
        try await bench.fail()
        let leased = try bench.ledger.lease(channel: "wecom", now: noon, lasting: .minutes(1), limit: 1)
        let other = try #require(leased.first)
        #expect(await bench.health().problems.count == 1)
        try bench.ledger.settle([Settlement(other, .sent(answer: "ok"))], now: noon)
        let health = await bench.health()
        #expect(health.problems == [])
        #expect(health.degraded == ["channel hook: critical messages wait; a channel has taken their alerts"])
    }

    @Test(arguments: ["wecom", "hook"])
    func `whom the raise has reached is reached, whatever becomes of an update that goes as JSON alone`(
        _ taker: String
    ) async throws {
        let bench = try Bench([("hook", true), ("wecom", false)])
        try bench.put(1, [taker])
        let leased = try bench.ledger.lease(channel: taker, now: noon, lasting: .minutes(1), limit: 1)
        let raise = try #require(leased.first)
        try bench.ledger.settle([Settlement(raise, .sent(answer: "ok"))], now: noon)
        try bench.put(2, ["hook"], change: "updated")
        for _ in 0..<2 { try await bench.fail() }
        #expect(try bench.ledger.deliveries().map(\.state) == [.retry, .sent], "no words are made of it")
        #expect(await bench.health().problems == [])
        #expect(
            await bench.health().degraded == ["channel hook: critical messages wait; a channel has taken their alerts"])
        try await bench.fail(next: nil)
        #expect(await bench.health().problems == [], "given up")
    }

    @Test func `an update that a channel took does not stand for the raise that nobody got`() async throws {
        let bench = try Bench([("hook", true)])
        try bench.put(1)
        try await bench.fail(next: nil)
        try bench.put(2, change: "updated")
        let leased = try bench.ledger.lease(channel: "hook", now: noon, lasting: .minutes(1), limit: 1)
        let update = try #require(leased.first)
        try bench.ledger.settle([Settlement(update, .sent(answer: "ok"))], now: noon)
        #expect(await bench.health().problems.count == 1)
    }

    @Test func `what waits for a channel that is down hides nothing that waits for another`() async throws {
        let bench = try Bench()
        let count = Failover.lookMax + 44
        for record in 1...count { try bench.put(Int64(record)) }
        await bench.failover.look(at: 0)
        try bench.put(1000, ["board"])
        await bench.failover.look(at: 1000)
        await bench.failover.look(at: 30_000)
        func redirected() throws -> Int { try bench.ledger.counts().deliveries["wecom"]?[.pending] ?? 0 }
        #expect(try redirected() == Failover.lookMax)
        await bench.failover.look(at: 31_000)
        await bench.failover.look(at: 61_000)
        // Each of them, the oldest of the many and the one of the other channel.
        #expect(try redirected() == count + 1)
    }

    @Test func `one that was given up counts for a day, on a single channel`() async throws {
        let bench = try Bench([("hook", true)])
        try bench.put(1)
        try await bench.fail(next: nil)
        #expect(await bench.health().problems.count == 1)
        #expect(try bench.ledger.unsentCritical(channels: ["hook"], givenUpSince: noon) == [])
    }

    @Test func `a channel's figures are metrics, and one that fails is named`() async throws {
        let bench = try Bench()
        var hook = ChannelCounters()
        (hook.sent, hook.retried, hook.dead, hook.failing, hook.ledgerFaults) = (7, 4, 1, 3, 2)
        hook.lastSent = noon - .seconds(90)
        hook.lastFailure = "HTTP 404"
        let health = await bench.health(["hook": hook])
        #expect(health.problems == [] && health.degraded == ["channel hook: 3 failed in a row, the last: HTTP 404"])
        let lines = Set(health.text.split(separator: "\n").map(String.init))
        let label = "{channel=\"hook\"}"
        for wanted in [
            "shouwang_channel_sent_total\(label) 7.0", "shouwang_channel_failed_total\(label) 5.0",
            "shouwang_channel_retried_total\(label) 4.0", "shouwang_channel_given_up_total\(label) 1.0",
            "shouwang_channel_ledger_errors_total\(label) 2.0", "shouwang_channel_failing\(label) 3.0",
            "shouwang_channel_last_success_age_seconds\(label) 90.0",
        ] { #expect(lines.contains(wanted), "\(wanted)") }
    }
}
