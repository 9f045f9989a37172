import Channels
import Diagnostics
import Delivery
import Ledger
import Testing
import Timekeeping
import Vocabulary

@Suite struct ChannelSecretTests {
    @Test func `a secret and an address with a key are not shown by printing, dumping or mirroring`() throws {
        let channel = try wecom("https://example.test", key: "hidden-key")
        let hook = try webhook("https://example.test", secret: "hidden-secret", path: "/hidden-path?hidden=1")
        for value in [channel.channel, hook.channel] {
            var dumped = "\(value) \(String(reflecting: value)) "
            dump(value, to: &dumped)
            dump(value.request(for: message(entry(1, body: "x"))), to: &dumped)
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
        let fault = #expect(throws: UnplacedDiagnostic.self) { try ChannelURL(text, option: "url") }
        #expect(fault?.what.en.hasPrefix("url: ") == true)
        #expect(text.count < 9 || fault.map { "\($0)".contains(text) } == false)
    }
}
