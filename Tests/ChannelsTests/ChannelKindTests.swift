import Channels
import Delivery
import Ledger
import Testing
import Timekeeping
import Vocabulary

@Suite struct WebhookChannelTests {
    let plain: WebhookChannel
    let signed: WebhookChannel

    init() throws {
        let url = try ChannelURL("https://example.test/hooks/T00/abcdef?k=v", option: "url")
        plain = WebhookChannel(WebhookChannel.Options(url: url))
        signed = WebhookChannel(WebhookChannel.Options(url: url, secret: Secret("not-a-real-secret")))
    }

    func headers(_ request: ChannelRequest) -> [String: String] {
        guard case .http(_, _, let fields, _) = request else { return [:] }
        return Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    @Test func `the request is the JSON as it is, with type and key`() {
        let request = plain.request(for: delivery(entry(1)))
        #expect(body(of: request) == json)
        #expect(headers(request)["Content-Type"] == "application/json")
        #expect(headers(request)["Idempotency-Key"] == entry(1).key)
        #expect(headers(request)["X-Shouwang-Signature"] == nil)
    }

    @Test func `the signature is what openssl computes`() {
        // printf %s "$json" | openssl dgst -sha256 -hmac not-a-real-secret
        let golden = "6f6b5c8bff83f2e217a30563fe673479e5473fefd54724c1da44d903bbf4a721"
        #expect(headers(signed.request(for: delivery(entry(1))))["X-Shouwang-Signature"] == "sha256=" + golden)
    }

    @Test func `attempts and repeats do not change the request`() {
        let first = signed.request(for: delivery(entry(1)))
        #expect(signed.request(for: delivery(entry(1), attempt: 5, isRepeat: true)) == first)
    }

    @Test(arguments: [200, 201, 204, 299]) func `any 2xx is success, whatever the body`(status: Int) {
        #expect(plain.outcome(of: http(status, [], "<html>"), at: noon) == .sent(answer: "HTTP \(status)"))
    }

    @Test(arguments: [408, 425, 429, 500, 502, 599]) func `408, 425, 429 and 5xx may pass`(status: Int) {
        guard case .transient(let setback) = plain.outcome(of: http(status), at: noon) else {
            Issue.record("\(status) is not transient")
            return
        }
        #expect(setback.attemptsMax == nil)
    }

    @Test(arguments: [300, 301, 302, 307, 400, 401, 404, 410, 422, 600, 199])
    func `redirects and other 4xx are final`(status: Int) {
        guard case .permanent = plain.outcome(of: http(status), at: noon) else {
            Issue.record("\(status) is not final")
            return
        }
    }

    @Test(
        arguments: [
            ("7", 7_000), ("0", 0), ("Tue, 14 Nov 2023 22:13:50 GMT", 30_000), ("Tue, 14 Nov 2023 22:13:19 GMT", 0),
            ("99999999999999999999", 86_400_000), ("soon", nil), ("", nil), ("-5", nil),
            ("Tue, 31 Feb 2023 22:13:50 GMT", nil),
        ] as [(String, Int64?)])
    func `Retry-After is read as seconds and as a date`(text: String, pause: Int64?) {
        let outcome = plain.outcome(of: http(429, [HeaderField("retry-after", text)]), at: noon)
        guard case .transient(let setback) = outcome else {
            Issue.record("not transient")
            return
        }
        #expect(setback.retryAfter == pause.map { Milliseconds($0) })
    }

    @Test func `no connection is no repeat, no answer may be one`() {
        #expect(plain.outcome(of: .unreachable(reason: "x"), at: noon) == .transient(TransientFailure("x")))
        #expect(
            plain.outcome(of: .unanswered(reason: "x"), at: noon)
                == .transient(TransientFailure("x", mayHaveArrived: true)))
    }
}

@Suite struct WeComChannelTests {
    let channel: WeComChannel

    init() throws {
        let base = try ChannelURL("https://example.test/", option: "base_url")
        let options = WeComChannel.Options(key: Secret("a b&c"), baseURL: base, mentions: ["@all", "li\"si"])
        channel = WeComChannel(options)
    }

    func content(_ text: String, isRepeat: Bool = false) throws -> String {
        let plain = WeComChannel(WeComChannel.Options(key: Secret("k"), baseURL: channel.options.baseURL))
        let sent = body(of: plain.request(for: delivery(entry(1, kind: .text, body: text), isRepeat: isRepeat)))
        let (head, tail) = ("{\"msgtype\":\"text\",\"text\":{\"content\":\"", "\"}}")
        try #require(sent.hasPrefix(head) && sent.hasSuffix(tail))
        return String(sent.dropFirst(head.count).dropLast(tail.count))
    }

    @Test func `the request has the platform's form, the key escaped`() {
        let request = channel.request(for: delivery(entry(1, kind: .text, body: "3栋\n\"502\"\u{1}\\")))
        guard case .http("POST", let url, _, _) = request else {
            Issue.record("not a POST")
            return
        }
        #expect(url.reveal() == "https://example.test/cgi-bin/webhook/send?key=a%20b%26c")
        let wanted =
            #"{"msgtype":"text","text":{"content":"3栋\n\"502\"\u0001\\","mentioned_list":["@all","li\"si"]}}"#
        #expect(body(of: request) == wanted)
    }

    @Test(arguments: [2047, 2048, 2049, 5000]) func `a text has at most 2,048 bytes`(size: Int) throws {
        let text = String(repeating: "a", count: size)
        let content = try content(text)
        #expect(content.utf8.count == min(size, 2048))
        #expect(content.hasSuffix("…") == (size > 2048))
    }

    @Test func `2,000 Chinese characters are cut between characters`() throws {
        let content = try content(String(repeating: "罗", count: 2000))
        #expect(content == String(repeating: "罗", count: 681) + "…")
        #expect(content.utf8.count == 2046)
    }

    @Test func `a repeat says so, within the same bytes`() throws {
        #expect(try content("3栋", isRepeat: true) == "【可能重复】3栋")
        #expect(try content(String(repeating: "a", count: 2048), isRepeat: true).utf8.count == 2048)
    }

    @Test func `success is HTTP 200 and errcode 0 alone`() {
        let ok = #"{"errcode":0,"errmsg":"ok"}"#
        #expect(channel.outcome(of: http(200, [], ok), at: noon) == .sent(answer: "errcode 0"))
        for status in [201, 204, 302, 404] {
            guard case .transient(let setback) = channel.outcome(of: http(status, [], ok), at: noon) else {
                Issue.record("\(status)")
                continue
            }
            #expect(setback.attemptsMax == WeComChannel.unknownAttemptsMax)
        }
    }

    @Test(arguments: ["", "<html>Log in</html>", "{}", "[]", "{\"errcode\":\"0\"}", "{\"errcode\":0", "null", "\u{0}"])
    func `a body that is not WeCom's is not success, and is tried a few times`(text: String) {
        guard case .transient(let setback) = channel.outcome(of: http(200, [], text), at: noon) else {
            Issue.record("not transient")
            return
        }
        #expect(setback.attemptsMax == 8)
        #expect(setback.mayHaveArrived)
    }

    @Test(arguments: [(0, 65_000), (1, 64_999), (59_999, 5001)] as [(Int64, Int64)])
    func `too often (45009) waits for the next minute and 5 s`(past: Int64, pause: Int64) {
        let at = Instant(milliseconds: 1_699_999_980_000 + past)
        let answer = http(200, [], #"{"errcode":45009,"errmsg":"api freq out of limit"}"#)
        let setback = TransientFailure("errcode 45009: api freq out of limit", retryAfter: Milliseconds(pause))
        #expect(channel.outcome(of: answer, at: at) == .transient(setback))
    }

    @Test(arguments: [93000, 40058, 45002]) func `a bad key and a bad text are final`(code: Int) {
        let answer = http(200, [], "{\"errcode\":\(code),\"errmsg\":\"x\"}")
        #expect(channel.outcome(of: answer, at: noon) == .permanent(reason: "errcode \(code): x"))
    }

    @Test func `a busy platform may pass`() {
        let answer = http(200, [], #"{"errcode":-1,"errmsg":"busy"}"#)
        #expect(channel.outcome(of: answer, at: noon) == .transient(TransientFailure("errcode -1: busy")))
        let words = "HTTP 502: a gateway does not reach the receiver behind it; see that it runs; empty body"
        let failed = Outcome.transient(TransientFailure(words, mayHaveArrived: true))
        #expect(channel.outcome(of: http(502), at: noon) == failed)
    }
}

@Suite struct MQTTChannelTests {
    @Test func `the JSON goes to the alert's own topic`() throws {
        let channel = MQTTChannel(try MQTTChannel.Options(topicPrefix: "shouwang/hgs/alerts"))
        let wanted = ChannelRequest.mqtt(
            topic: "shouwang/hgs/alerts/00112233445566aa", payload: Array(json.utf8), qos: 1, retain: false)
        #expect(channel.request(for: delivery(entry(1))) == wanted)
        #expect(channel.outcome(of: .acknowledged, at: noon) == .sent(answer: "acknowledged"))
        let refused = channel.outcome(of: .refused(reason: "not authorised"), at: noon)
        #expect(refused == .permanent(reason: "not authorised"))
    }

    @Test(arguments: ["", "a/+/b", "#", "a\u{0}"])
    func `a topic that may not be published to is refused`(topic: String) {
        #expect(throws: ChannelFault.self) { try MQTTChannel.Options(topicPrefix: topic) }
    }
}

@Suite struct SecretTests {
    @Test func `a secret and an address with a key are not shown by printing, dumping or mirroring`() throws {
        let channel = try wecom("https://example.test", key: "hidden-key")
        let hook = try webhook("https://example.test", secret: "hidden-secret", path: "/hidden-path?hidden=1")
        for value in [channel.channel, hook.channel] {
            var dumped = "\(value) \(String(reflecting: value)) "
            dump(value, to: &dumped)
            dump(value.request(for: delivery(entry(1, body: "x"))), to: &dumped)
            #expect(!dumped.contains("hidden"))
        }
        #expect("\(try ChannelURL("https://example.test:8443/a?b=c", option: "url"))" == "https://example.test:8443/…")
        #expect("\(try ChannelURL("http://example.test", option: "url"))" == "http://example.test/")
    }

    @Test(
        arguments: [
            "", "example.test/x", "ftp://example.test/", "https://", "https://a b/", "https://u:p@example.test/",
        ])
    func `an address that cannot work is refused without showing it`(text: String) {
        let fault = #expect(throws: ChannelFault.self) { try ChannelURL(text, option: "url") }
        #expect(fault?.option == "url")
        #expect(text.count < 9 || fault.map { "\($0)".contains(text) } == false)
    }
}
