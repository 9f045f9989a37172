import Channels
import Delivery
import Ledger
import Synchronization
import Testing
import Timekeeping
import Vocabulary

/// One answer of somebody in between must not end what a life may hang on.
@Suite struct PermanentAnswerTests {
    let post: Post

    init() throws { post = try Post() }

    @Test(arguments: [301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 407, 410, 413, 415, 422, 451, 600])
    func `a critical message is tried again whatever the answer, with the same key`(status: Int) async throws {
        let stub = PlatformStub { _, number in
            number < 3 ? .status(status, ["Location": "http://portal.test/login"]) : .status(200)
        }
        let sender = post.sender([try webhook(try await stub.start())])
        try post.put([entry(1, severity: .critical)])
        try await running(sender) { try await eventually("sent") { try post.states() == [.sent] } }
        await stub.stop()
        #expect(stub.requests.map { $0.headers["Idempotency-Key"] } == Array(repeating: entry(1).key, count: 4))
        let counters = sender.counters()["hook"]
        #expect((counters?.sent, counters?.failed, counters?.retried, counters?.dead) == (1, 3, 3, 0))
        #expect(counters?.lastFailure == nil && counters?.lastSent == noon)
    }

    @Test func `it is given up at the end of its day and not before`() async throws {
        let stub = PlatformStub { _, _ in .status(404) }
        let sender = post.sender([try webhook(try await stub.start())], jitter: 1)
        try post.put([entry(1, severity: .critical)])
        try await running(sender) {
            try await eventually("retry") { sender.counters()["hook"]?.retried == 1 }
            post.clock.advance(.hours(24) - .seconds(10))
            sender.wake()
            try await eventually("tried on") { sender.counters()["hook"]?.failed == 2 }
            post.clock.advance(.hours(1))
            sender.wake()
            try await eventually("given up") { try post.states() == [.dead] }
        }
        await stub.stop()
        #expect(sender.counters()["hook"]?.dead == 1)
    }

    @Test(arguments: [Severity.high, .medium, .low], [302, 401, 403, 404, 410])
    func `below critical, an answer that a portal gives too is tried eight times`(
        severity: Severity, status: Int
    ) async throws {
        let stub = PlatformStub { _, _ in .status(status) }
        let sender = post.sender([try webhook(try await stub.start())])
        try post.put([entry(1, severity: severity)])
        try await running(sender) { try await eventually("dead") { try post.states() == [.dead] } }
        await stub.stop()
        #expect(stub.requests.count == 8)
    }

    @Test(arguments: [400, 413, 415, 422])
    func `below critical, a refusal of the message itself is final`(status: Int) async throws {
        let stub = PlatformStub { _, _ in .status(status) }
        let sender = post.sender([try webhook(try await stub.start())])
        try post.put([entry(1, severity: .high)])
        try await running(sender) { try await eventually("dead") { try post.states() == [.dead] } }
        await stub.stop()
        #expect(stub.requests.count == 1)
    }

    @Test(arguments: [
        "<html>请登录</html>", "{\"errcode\":93000,\"errmsg\":\"invalid webhook\"}", "{\"errcode\":45002}", "",
        "{\"errcode\":40058}",
    ])
    func `a robot's refusal and a portal's page do not end a critical message either`(body: String) async throws {
        let stub = PlatformStub { _, number in .status(200, [:], number < 12 ? body : "{\"errcode\":0}") }
        var setting = try wecom(try await stub.start())
        setting.pace.limit = nil
        let sender = post.sender([setting])
        try post.put([entry(1, channel: "wecom", severity: .critical, kind: .text, body: "3栋")])
        try await running(sender) { try await eventually("sent") { try post.states() == [.sent] } }
        await stub.stop()
        #expect(stub.requests.count == 13)
    }

    @Test func `a broker's refusal does not end one`() async throws {
        let asked = Atomic(0)
        let options = try MQTTChannel.Options(topicPrefix: "shouwang/hgs/alerts")
        let setting = ReadyChannel(name: "board", channel: MQTTChannel(options))
        let sender = post.sender([setting]) { _, _, _, _ in
            let number = asked.wrappingAdd(1, ordering: .relaxed).oldValue
            return number < 3 ? .refused(reason: "MQTT reason code 135") : .acknowledged
        }
        try post.put([entry(1, channel: "board", severity: .critical)])
        try await running(sender) { try await eventually("sent") { try post.states() == [.sent] } }
        #expect(asked.load(ordering: .relaxed) == 4)
    }

    @Test func `each failed attempt is told before it is settled, and no success is`() async throws {
        let told = Mutex([Int]())
        let stub = PlatformStub { _, number in number < 2 ? .status(404) : .status(200) }
        let (clock, ledger) = (post.clock, post.ledger)
        let sender = OutboxSender(
            ledger: ledger, channels: [try webhook(try await stub.start())], log: post.log, now: { clock.now },
            publish: { _, _, _, _ in .unreachable(reason: "no broker") },
            onFailure: { delivery, next in
                #expect(next == noon)
                told.withLock { $0.append(delivery.attempt) }
            }, jitter: { 0 })
        try post.put([entry(1, severity: .critical)])
        try await running(sender) { try await eventually("sent") { try post.states() == [.sent] } }
        await stub.stop()
        #expect(told.withLock { $0 } == [1, 2])
    }
}
