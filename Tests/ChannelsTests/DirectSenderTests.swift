import Channels
import Delivery
import GRDB
import Ledger
import Logging
import Synchronization
import Testing
import Timekeeping
import Vocabulary

/// Telling something past the ledger, against a real server on loopback.
@Suite struct DirectSenderTests {
    let lines = LogTape.Lines()

    func sender(
        _ channels: [ReadyChannel],
        publish: @escaping OutboxSender.Publish = { _, _, _, _ in .unreachable(reason: "no broker") }
    ) -> DirectSender {
        var options = DirectSender.Options()
        options.total = .seconds(30)
        let lines = lines
        let log = Logger(label: "test") { _ in LogTape(lines: lines) }
        // The randomness is always zero, so that retries come at once.
        return DirectSender(
            channels: channels, options: options, log: log, now: { noon }, publish: publish, jitter: { 0 })
    }

    @Test func `each channel gets its own form, the webhook with signature and key, and all are told`() async throws {
        let hook = PlatformStub { _, _ in .status(204) }
        let robot = PlatformStub { _, _ in .status(200, [:], "{\"errcode\":0,\"errmsg\":\"ok\"}") }
        let published = Mutex([String]())
        let mqtt = MQTTChannel(try MQTTChannel.Options(topicPrefix: "shouwang/hgs/alerts"))
        let direct = sender(
            [
                try webhook(try await hook.start(), secret: "not-a-real-secret"), try wecom(try await robot.start()),
                ReadyChannel(name: "broker", channel: mqtt),
            ]
        ) { topic, payload, qos, _ in
            published.withLock { $0.append("\(topic) \(String(decoding: payload, as: UTF8.self)) \(qos)") }
            return .acknowledged
        }
        let outcomes = await direct.tell([
            entry(1, channel: "broker"), entry(1), entry(1, channel: "wecom", kind: .text, body: "磁盘已满"),
        ])
        await hook.stop()
        await robot.stop()
        #expect(outcomes == [.sent(answer: "acknowledged"), .sent(answer: "HTTP 204"), .sent(answer: "errcode 0")])
        let request = try #require(hook.requests.first)
        #expect(request.body == json && request.headers["Idempotency-Key"] == entry(1).key)
        let golden = "6f6b5c8bff83f2e217a30563fe673479e5473fefd54724c1da44d903bbf4a721"
        #expect(request.headers["X-Shouwang-Signature"] == "sha256=" + golden)
        #expect(robot.requests.map { $0.body } == ["{\"msgtype\":\"text\",\"text\":{\"content\":\"磁盘已满\"}}"])
        #expect(published.withLock { $0 } == ["shouwang/hgs/alerts/00112233445566aa \(json) 1"])
    }

    @Test(arguments: [(0, 1), (1, 2), (2, 3), (3, 3), (9, 3)])
    func `it is tried three times with the same key`(failures: Int, requests: Int) async throws {
        let stub = PlatformStub { _, number in number < failures ? .status(503) : .status(200) }
        let outcome = await sender([try webhook(try await stub.start())]).tell([entry(1)])
        await stub.stop()
        #expect(stub.requests.map { $0.headers["Idempotency-Key"] } == Array(repeating: entry(1).key, count: requests))
        if failures < 3 {
            #expect(outcome == [.sent(answer: "HTTP 200")])
        } else {
            #expect(
                outcome == [
                    .transient(
                        TransientFailure(
                            "HTTP 503: the receiver is not available just now; see that it runs; empty body",
                            mayHaveArrived: true))
                ])
        }
    }

    @Test func `a text that may have arrived says so the next time`() async throws {
        let stub = PlatformStub { _, number in number == 0 ? .reset : .status(200, [:], "{\"errcode\":0}") }
        let words = entry(1, channel: "wecom", kind: .text, body: "磁盘已满")
        let outcome = await sender([try wecom(try await stub.start())]).tell([words])
        await stub.stop()
        #expect(outcome == [.sent(answer: "errcode 0")])
        #expect(stub.requests.map { $0.body.contains("【可能重复】") } == [false, true])
    }

    @Test func `a refusal is final, and a platform that wants a long pause is left alone`() async throws {
        let gone = PlatformStub { _, _ in .status(422) }
        let slow = PlatformStub { _, _ in .status(429, ["Retry-After": "91"]) }
        var second = try webhook(try await slow.start())
        second.name = "slow"
        let direct = sender([try webhook(try await gone.start()), second])
        let outcomes = await direct.tell([entry(1), entry(1, channel: "slow"), entry(1, channel: "none")])
        await gone.stop()
        await slow.stop()
        let words = "HTTP 422: the receiver refuses the form of the message; see its log; empty body"
        #expect(outcomes.first == .permanent(reason: words))
        #expect(outcomes.last == .permanent(reason: "no such channel"))
        #expect((gone.requests.count, slow.requests.count) == (1, 1))
        #expect(lines.all.count { $0.hasPrefix("error") } == 2)
    }

    @Test(
        arguments: [(302, .low), (403, .high), (404, .medium), (400, .critical), (422, .critical)] as [(Int, Severity)])
    func `one answer of a portal, and any one where it is critical, is not the last word`(
        status: Int, severity: Severity
    ) async throws {
        let stub = PlatformStub { _, number in number == 0 ? .status(status) : .status(200) }
        let outcome = await sender([try webhook(try await stub.start())]).tell([entry(1, severity: severity)])
        await stub.stop()
        #expect(outcome == [.sent(answer: "HTTP 200")])
        #expect(Set(stub.requests.map { $0.headers["Idempotency-Key"] }) == [entry(1).key])
    }

    @Test func `it is told while the ledger is stuck, without waiting for the sender beside it`() async throws {
        let post = try Post()
        let stub = PlatformStub { _, _ in .status(200) }
        let setting = try webhook(try await stub.start())
        let outbox = post.sender([setting])
        try post.put([entry(1)])
        let stranger = try post.stranger()
        try stranger.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        try await running(outbox) {
            try await eventually("stuck") { (outbox.counters()["hook"]?.ledgerFaults ?? 0) > 1 }
            #expect(await sender([setting]).tell([entry(2)]) == [.sent(answer: "HTTP 200")])
            #expect(stub.requests.map { $0.headers["Idempotency-Key"] } == [entry(2).key])
            try stranger.inDatabase { try $0.execute(sql: "COMMIT") }
            try await eventually("sent") { try post.states() == [.sent] }
        }
        await stub.stop()
    }

    @Test func `a cancelled task ends it, and no secret reaches the log`() async throws {
        let stub = PlatformStub { request, _ in .status(500, [:], "echo \(request.uri)") }
        let path = "/services/T0A1B2C3/not-a-real-token"
        let direct = sender([try webhook(try await stub.start(), path: path)])
        let outcome = await direct.tell([entry(1)])
        await stub.stop()
        #expect(lines.all.contains { $0.contains("not-a-real-token") } == false)
        #expect(String(describing: outcome).contains("not-a-real-token") == false)
        let cancelled = await withTaskGroup(of: [Outcome].self) { group in
            group.addTask { await direct.tell([entry(1)]) }
            group.cancelAll()
            return await group.next() ?? []
        }
        #expect(cancelled.count == 1)
    }
}
