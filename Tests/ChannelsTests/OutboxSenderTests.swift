import Channels
import Delivery
import GRDB
import Ledger
import Synchronization
import Testing
import Timekeeping
import Vocabulary

/// The sender against a real server on loopback and a real file.
@Suite struct OutboxSenderTests {
    let post: Post

    init() throws { post = try Post() }

    @Test func `a committed change reaches the webhook with its headers, and is settled`() async throws {
        let stub = PlatformStub { _, _ in .status(204) }
        let sender = post.sender([try webhook(try await stub.start(), secret: "not-a-real-secret")])
        try await running(sender) {
            try post.put([entry(1)])
            sender.wake()
            try await eventually("sent") { try post.states() == [.sent] }
        }
        await stub.stop()
        let request = try #require(stub.requests.first)
        #expect(stub.requests.count == 1)
        #expect(request.method == "POST" && request.uri == "/hook" && request.body == json)
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(request.headers["Idempotency-Key"] == entry(1).key)
        let golden = "6f6b5c8bff83f2e217a30563fe673479e5473fefd54724c1da44d903bbf4a721"
        #expect(request.headers["X-Shouwang-Signature"] == "sha256=" + golden)
        #expect(sender.counters()["hook"]?.sent == 1)
    }

    @Test(arguments: Trouble.allCases)
    func `a failure is tried again with the same key, until it is taken`(trouble: Trouble) async throws {
        let stub = PlatformStub { _, number in number < 2 ? trouble.reply : .status(200) }
        let total = Duration.seconds(trouble == .silence ? 1 : 5)
        let sender = post.sender([try webhook(try await stub.start())], total: total)
        try post.put([entry(1)])
        try await running(sender) { try await eventually("sent") { try post.states() == [.sent] } }
        await stub.stop()
        #expect(stub.requests.map { $0.headers["Idempotency-Key"] } == Array(repeating: entry(1).key, count: 3))
        #expect(Set(stub.requests.map(\.body)) == [json])
        let id = try #require(try post.ledger.deliveries().first).id
        #expect(try post.ledger.attempts(delivery: id).map(\.outcome) == ["retry", "retry", "sent"])
    }

    enum Trouble: CaseIterable {
        case error500, tooEarly, reset, hangUp, silence

        var reply: PlatformStub.Reply {
            switch self {
            case .error500: .status(500, [:], "oops")
            case .tooEarly: .status(425)
            case .reset: .reset
            case .hangUp: .hangUp
            case .silence: .silence
            }
        }
    }

    @Test(arguments: [301, 302, 307, 308]) func `a redirect is not followed`(status: Int) async throws {
        let stub = PlatformStub { request, _ in
            request.uri == "/hook" ? .status(status, ["Location": "/elsewhere"]) : .status(200)
        }
        let sender = post.sender([try webhook(try await stub.start())])
        try post.put([entry(1)])
        try await running(sender) { try await eventually("dead") { try post.states() == [.dead] } }
        await stub.stop()
        #expect(Set(stub.requests.map(\.uri)) == ["/hook"])
        #expect(post.lines.all.contains { $0.hasPrefix("error") })
    }

    @Test func `a 2xx head is success though its body never ends, or is too long`() async throws {
        let long = String(repeating: "x", count: 1_000_000)
        let stub = PlatformStub { _, number in number == 0 ? .stall(200, "half") : .status(200, [:], long) }
        let sender = post.sender([try webhook(try await stub.start())], total: .seconds(1))
        try post.put([entry(1), entry(2)])
        try await running(sender) { try await eventually("sent") { try post.states() == [.sent, .sent] } }
        await stub.stop()
        #expect(stub.requests.count == 2)
    }

    @Test func `a server that is not there costs attempts, and is no repeat when it comes`() async throws {
        // Bound and not listened on: nobody answers, and no other test can get the port meanwhile.
        let port = try BoundPort()
        defer { port.release() }
        let address = "http://127.0.0.1:\(port.number)"
        let sender = post.sender([try wecom(address)], jitter: 0.5)
        try post.put([entry(1, channel: "wecom", kind: .text, body: "3栋")])
        try await running(sender) { try await eventually("retry") { try post.states() == [.retry] } }
        let row = try #require(try post.ledger.deliveries().first)
        #expect(row.next == noon + .seconds(1))
        #expect(
            row.answer?.contains("no connection to 127.0.0.1:\(port.number): connection refused; nothing listens")
                == true)
        let next = try post.ledger.lease(channel: "wecom", now: noon + .seconds(1), lasting: .seconds(60), limit: 1)
        #expect(next.first?.isRepeat == false)
        #expect(next.first?.attempt == 2)
    }

    @Test func `Retry-After holds the whole channel until then`() async throws {
        let stub = PlatformStub { _, number in number == 0 ? .status(429, ["Retry-After": "30"]) : .status(200) }
        var setting = try webhook(try await stub.start())
        setting.pace.parallel = 1
        let sender = post.sender([setting])
        try post.put((1...5).map { entry($0, alert: "a\($0)") })
        try await running(sender) {
            try await eventually("held") { sender.counters()["hook"]?.retried == 1 }
            post.clock.advance(.seconds(29))
            sender.wake()
            let given = [DeliveryState.retry] + Array(repeating: .pending, count: 4)
            try await eventually("given back") { try post.states() == given }
            #expect(stub.requests.count == 1)
            post.clock.advance(.seconds(1))
            sender.wake()
            try await eventually("sent") { try post.states() == Array(repeating: .sent, count: 5) }
        }
        await stub.stop()
        #expect(stub.requests.count == 6)
    }

    @Test func `past its deadline a delivery is given up`() async throws {
        let clock = post.clock
        let stub = PlatformStub { _, _ in
            clock.advance(.minutes(50))
            return .status(500)
        }
        let sender = post.sender([try webhook(try await stub.start())])
        try post.put([entry(1, severity: .low)])
        try await running(sender) { try await eventually("dead") { try post.states() == [.dead] } }
        await stub.stop()
        #expect(stub.requests.count == 3)
        #expect(sender.counters()["hook"]?.dead == 1)
    }

    @Test func `MQTT is published by the one who was handed in, and refused for good or for now`() async throws {
        let seen = Mutex([String]())
        let channel = MQTTChannel(try MQTTChannel.Options(topicPrefix: "shouwang/hgs/alerts"))
        let setting = ReadyChannel(name: "broker", channel: channel)
        let sender = post.sender([setting]) { topic, payload, qos, retain in
            let number = seen.withLock { seen in
                seen.append("\(topic) \(String(decoding: payload, as: UTF8.self)) \(qos) \(retain)")
                return seen.count
            }
            return switch number {
            case 1: .unreachable(reason: "no broker")
            case 2: .acknowledged
            default: .refused(reason: "not authorised")
            }
        }
        try post.put([entry(1, channel: "broker", body: "{}"), entry(2, channel: "broker", body: "[]")])
        try await running(sender) { try await eventually("settled") { try post.states() == [.sent, .dead] } }
        let topic = "shouwang/hgs/alerts/00112233445566aa"
        #expect(seen.withLock { $0 } == ["\(topic) {} 1 false", "\(topic) {} 1 false", "\(topic) [] 1 false"])
    }
}

/// The outbox's promises, with the sender cut off at awkward moments.
@Suite struct OutboxSenderLawTests {
    let post: Post

    init() throws { post = try Post() }

    @Test func `cancelled in the middle of a request, leases are given back at once`() async throws {
        let stub = PlatformStub { _, _ in .silence }
        var setting = try webhook(try await stub.start())
        setting.pace.parallel = 1
        let sender = post.sender([setting], total: .seconds(30))
        try post.put([entry(1, alert: "a"), entry(2, alert: "b"), entry(3, alert: "b")])
        try await running(sender) { try await eventually("asked") { stub.requests.count == 1 } }
        await stub.stop()
        #expect(try post.states() == [.retry, .pending, .pending])
        let next = try post.ledger.lease(channel: "hook", now: noon, lasting: .seconds(60), limit: 10)
        #expect(next.map(\.isRepeat) == [true, false])
        #expect(next.map(\.attempt) == [2, 1])
    }

    @Test func `killed after the lease, another process sends it with the same key and says that it may be a repeat`()
        async throws
    {
        try post.put([entry(1, channel: "wecom", kind: .text, body: "3栋")])
        let leased = try post.ledger.lease(channel: "wecom", now: noon, lasting: .seconds(60), limit: 1)
        #expect(leased.map(\.key) == [entry(1, channel: "wecom").key])
        let stub = PlatformStub { _, _ in .status(200, [:], #"{"errcode":0,"errmsg":"ok"}"#) }
        let sender = post.sender([try wecom(try await stub.start())])
        post.clock.advance(.seconds(60))
        try await running(sender) { try await eventually("sent") { try post.states() == [.sent] } }
        await stub.stop()
        #expect(stub.requests.map { $0.body.contains("【可能重复】3栋") } == [true])
    }

    @Test func `a ledger that is busy when the answer comes costs time, and nothing is sent twice`() async throws {
        let stranger = try post.stranger()
        let stub = PlatformStub { _, number in
            if number == 0 { try? stranger.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") } }
            return .status(200)
        }
        let sender = post.sender([try webhook(try await stub.start())])
        try post.put([entry(1), entry(2)])
        try await running(sender) {
            try await eventually("refused") { (sender.counters()["hook"]?.ledgerFaults ?? 0) > 1 }
            #expect(try post.states() == [.leased, .pending])
            try stranger.inDatabase { try $0.execute(sql: "COMMIT") }
            try await eventually("sent") { try post.states() == [.sent, .sent] }
        }
        await stub.stop()
        #expect(stub.requests.count == 2)
        #expect(post.lines.all.count { $0.contains("waits for the ledger") } == 1)
        #expect(sender.counters()["hook"]?.isLedgerFailing == false)
    }

    @Test func `order holds per alert while eight requests run and one in five fails`() async throws {
        let stub = PlatformStub { _, number in number % 5 == 4 ? .status(503) : .status(200) }
        let sender = post.sender([try webhook(try await stub.start())])
        let entries = (1...400).map { entry($0, alert: "a\($0 % 7)", body: "\($0)") }
        try post.put(entries)
        try await running(sender) {
            try await eventually("all sent") { try post.ledger.counts().deliveries["hook"] == [.sent: 400] }
        }
        await stub.stop()
        for lane in 0..<7 {
            // The first time that each body came; the stub refuses some, so bodies come again, but never late.
            let came = stub.requests.compactMap { Int($0.body) }.filter { $0 % 7 == lane }
            #expect(came == came.sorted())
            #expect(Set(came).count == entries.count { $0.alert == "a\(lane)" })
        }
    }

    @Test func `a thousand waiting changes of as many alerts all arrive once`() async throws {
        let stub = PlatformStub { _, _ in .status(200) }
        let sender = post.sender([try webhook(try await stub.start())])
        for chunk in 0..<10 {
            try post.put((1...100).map { entry(Int64(chunk * 100 + $0), alert: "a\(chunk)-\($0)") })
        }
        let start = ContinuousClock.now
        try await running(sender) {
            try await eventually("all sent") { sender.counters()["hook"]?.sent == 1000 }
        }
        let took = ContinuousClock.now - start
        await stub.stop()
        #expect(Set(stub.requests.map { $0.headers["Idempotency-Key"] }).count == 1000)
        #expect(stub.requests.count == 1000)
        #expect(try post.ledger.counts().deliveries["hook"] == [.sent: 1000])
        print("1,000 webhook deliveries in \(took)")
    }

    @Test func `no secret reaches the ledger or the log, though the server echoes it`() async throws {
        let stub = PlatformStub { request, number in
            // The second time the secret stands across the place at which an answer is cut.
            let long = String(repeating: "x", count: 286) + " hidden-secret"
            return .status(404, [:], number == 0 ? "\(request.uri) hidden-secret" : long)
        }
        let base = try await stub.start()
        let robot = PlatformStub { request, _ in .status(200, [:], #"{"errcode":93000,"errmsg":"\#(request.uri)"}"#) }
        let robotBase = try await robot.start()
        let channels = [
            try webhook(base, secret: "hidden-secret", path: "/hidden-path"), try wecom(robotBase, key: "hidden-key"),
        ]
        let sender = post.sender(channels)
        try post.put([entry(1), entry(2), entry(1, channel: "wecom", kind: .text, body: "3栋")])
        try await running(sender) { try await eventually("dead") { try post.states() == [.dead, .dead, .dead] } }
        await stub.stop()
        await robot.stop()
        #expect(robot.requests.first?.uri.contains("hidden-key") == true)
        let kept = try post.ledger.deliveries().map { $0.answer ?? "" } + post.lines.all
        #expect(!kept.isEmpty)
        for text in kept { #expect(!text.contains("hid"), "\(text)") }
    }
}

/// WeCom's robot as it really answers.
@Suite struct WeComDeliveryTests {
    static let ok = #"{"errcode":0,"errmsg":"ok"}"#
    let post: Post

    init() throws { post = try Post() }

    func put(_ count: Int64) throws {
        try post.put((1...count).map { entry($0, alert: "a\($0)", channel: "wecom", kind: .text, body: "3栋 \($0)") })
    }

    @Test(arguments: ["", "<html><body>请登录</body></html>", "{}"])
    func `HTTP 200 with an unknown body is tried eight times, then dead`(body: String) async throws {
        let stub = PlatformStub { _, _ in .status(200, ["Content-Type": "text/html"], body) }
        let sender = post.sender([try wecom(try await stub.start())])
        try put(1)
        try await running(sender) { try await eventually("dead") { try post.states() == [.dead] } }
        await stub.stop()
        #expect(stub.requests.count == 8)
        #expect(try post.ledger.deliveries().first?.answer?.hasPrefix("given up: not an answer of WeCom") == true)
    }

    @Test func `a captive portal that ends in time costs only time`() async throws {
        let stub = PlatformStub { _, number in
            number < 3 ? .status(302, ["Location": "http://192.0.2.1/login"]) : .status(200, [:], Self.ok)
        }
        let sender = post.sender([try wecom(try await stub.start())])
        try put(1)
        try await running(sender) { try await eventually("sent") { try post.states() == [.sent] } }
        await stub.stop()
        #expect(stub.requests.count == 4)
    }

    @Test func `too often (45009) keeps the robot quiet until the next minute and 5 s`() async throws {
        let stub = PlatformStub { _, number in
            .status(200, [:], number == 0 ? #"{"errcode":45009,"errmsg":"api freq out of limit"}"# : Self.ok)
        }
        let sender = post.sender([try wecom(try await stub.start())])
        try put(2)
        // noon is 20 s into its minute.
        try await running(sender) {
            try await eventually("told") { try post.states() == [.retry, .pending] }
            post.clock.advance(.seconds(44))
            sender.wake()
            // The next advance is seen by the same sender; had it sent too early, the stub would have one more.
            #expect(try post.ledger.nextAttempt(channel: "wecom") != nil)
            post.clock.advance(.seconds(1))
            sender.wake()
            try await eventually("sent") { try post.states() == [.sent, .sent] }
        }
        await stub.stop()
        #expect(stub.requests.count == 3)
        #expect(try post.ledger.attempts(delivery: 1).map { $0.at - noon } == [.zero, .seconds(45)])
    }

    @Test func `eighteen go out in a minute, one after the other, and the rest in the next, also after a restart`()
        async throws
    {
        let stub = PlatformStub { _, _ in .status(200, [:], Self.ok) }
        let base = try await stub.start()
        try put(25)
        try await running(post.sender([try wecom(base)])) {
            try await eventually("18 sent") { try post.ledger.counts().deliveries["wecom"]?[.sent] == 18 }
        }
        let second = post.sender([try wecom(base)])
        try await running(second) {
            post.clock.advance(.seconds(59))
            second.wake()
            post.clock.advance(.seconds(1))
            second.wake()
            try await eventually("25 sent") { try post.ledger.counts().deliveries["wecom"] == [.sent: 25] }
        }
        await stub.stop()
        #expect(stub.requests.map(\.body) == (1...25).map { #"{"msgtype":"text","text":{"content":"3栋 \#($0)"}}"# })
        let late = try (19...25).map { try post.ledger.attempts(delivery: $0).map { $0.at - noon } }
        #expect(late == Array(repeating: [.seconds(60)], count: 7))
    }
}
