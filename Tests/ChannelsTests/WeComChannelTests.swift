import Channels
import Delivery
import Ledger
import Testing
import Timekeeping
import Vocabulary

@Suite struct WeComChannelTests {
    let channel: WeComChannel

    init() throws {
        let base = try ChannelURL("https://example.test/", option: "base_url")
        let options = WeComChannel.Options(key: Secret("a b&c"), baseURL: base, mentions: ["@all", "li\"si"])
        channel = WeComChannel(options)
    }

    func content(_ text: String, isRepeat: Bool = false) throws -> String {
        let plain = WeComChannel(WeComChannel.Options(key: Secret("k"), baseURL: channel.options.baseURL))
        let sent = body(of: plain.request(for: message(entry(1, kind: .text, body: text), isRepeat: isRepeat)))
        let (head, tail) = ("{\"msgtype\":\"text\",\"text\":{\"content\":\"", "\"}}")
        try #require(sent.hasPrefix(head) && sent.hasSuffix(tail))
        return String(sent.dropFirst(head.count).dropLast(tail.count))
    }

    @Test func `the configuration makes a channel of the platform's own host, at its pace`() throws {
        let read = try ready("{kind: wecom, key: {env: K}, mention: li}")
        let base = try ChannelURL("https://qyapi.weixin.qq.com", option: "base_url")
        let options = WeComChannel.Options(key: Secret("secret of env K"), baseURL: base, mentions: ["li"])
        #expect(read.channel as? WeComChannel == WeComChannel(options))
        #expect(try configured(WeComSettings.example).takesChanges == false)
        #expect(read.pace == SendPace(parallel: 1, batch: 1, limit: SendPace.Limit(count: 18, window: .minutes(1))))
    }

    @Test func `the request has the platform's form, the key escaped`() {
        let request = channel.request(for: message(entry(1, kind: .text, body: "3栋\n\"502\"\u{1}\\")))
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
            guard case .transient(let failure) = channel.outcome(of: http(status, [], ok), at: noon) else {
                Issue.record("\(status)")
                continue
            }
            #expect(failure.attemptsMax == WeComChannel.unknownAttemptsMax)
        }
    }

    @Test(arguments: ["", "<html>Log in</html>", "{}", "[]", "{\"errcode\":\"0\"}", "{\"errcode\":0", "null", "\u{0}"])
    func `a body that is not WeCom's is not success, and is tried a few times`(text: String) {
        guard case .transient(let failure) = channel.outcome(of: http(200, [], text), at: noon) else {
            Issue.record("not transient")
            return
        }
        #expect(failure.attemptsMax == 8)
        #expect(failure.mayHaveArrived)
    }

    @Test(arguments: [(0, 65_000), (1, 64_999), (59_999, 5001)] as [(Int64, Int64)])
    func `too often (45009) waits for the next minute and 5 s`(past: Int64, pause: Int64) {
        let at = Instant(milliseconds: 1_699_999_980_000 + past)
        let answer = http(200, [], #"{"errcode":45009,"errmsg":"api freq out of limit"}"#)
        let failure = TransientFailure("errcode 45009: api freq out of limit", retryAfter: Milliseconds(pause))
        #expect(channel.outcome(of: answer, at: at) == .transient(failure))
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
