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

    @Test func `the configuration makes a channel with its secret, on another host where it says so`() throws {
        let read = try ready(WebhookSettings.example)
        #expect(
            read.channel as? WebhookChannel
                == WebhookChannel(
                    WebhookChannel.Options(
                        url: try ChannelURL("http://[::1]", option: "url"),
                        secret: Secret("secret of file /etc/shouwang/k"))))
        #expect(try configured(WebhookSettings.example).takesChanges)
        #expect(read.http.total == .seconds(3))
        let path = "https://example.org/hooks/a?b=c"
        let moved = try ready("{kind: webhook, url: \"\(path)\", base_url: \"http://127.0.0.1:9/\"}")
        let url = try ChannelURL("http://127.0.0.1:9/hooks/a?b=c", option: "url")
        #expect(moved.channel as? WebhookChannel == WebhookChannel(WebhookChannel.Options(url: url)))
        #expect(moved.pace == .free && moved.http.total == .seconds(10))
    }

    @Test func `the request is the JSON as it is, with type and key`() {
        let request = plain.request(for: message(entry(1)))
        #expect(body(of: request) == json)
        #expect(headers(request)["Content-Type"] == "application/json")
        #expect(headers(request)["Idempotency-Key"] == entry(1).key)
        #expect(headers(request)["X-Shouwang-Signature"] == nil)
    }

    @Test func `the signature is what openssl computes`() {
        // printf %s "$json" | openssl dgst -sha256 -hmac not-a-real-secret
        let golden = "6f6b5c8bff83f2e217a30563fe673479e5473fefd54724c1da44d903bbf4a721"
        #expect(headers(signed.request(for: message(entry(1))))["X-Shouwang-Signature"] == "sha256=" + golden)
    }

    @Test func `attempts and repeats do not change the request`() {
        let first = signed.request(for: message(entry(1)))
        #expect(signed.request(for: message(entry(1), isRepeat: true)) == first)
    }

    @Test(arguments: [200, 201, 204, 299]) func `any 2xx is success, whatever the body`(status: Int) {
        #expect(plain.outcome(of: http(status, [], "<html>"), at: noon) == .sent(answer: "HTTP \(status)"))
    }

    @Test(arguments: [408, 425, 429, 500, 502, 599]) func `408, 425, 429 and 5xx may pass`(status: Int) {
        guard case .transient(let failure) = plain.outcome(of: http(status), at: noon) else {
            Issue.record("\(status) is not transient")
            return
        }
        #expect(failure.attemptsMax == nil)
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
        guard case .transient(let failure) = outcome else {
            Issue.record("not transient")
            return
        }
        #expect(failure.retryAfter == pause.map { Milliseconds($0) })
    }

    @Test func `no connection is no repeat, no answer may be one`() {
        #expect(plain.outcome(of: .unreachable(reason: "x"), at: noon) == .transient(TransientFailure("x")))
        #expect(
            plain.outcome(of: .unanswered(reason: "x"), at: noon)
                == .transient(TransientFailure("x", mayHaveArrived: true)))
    }
}
