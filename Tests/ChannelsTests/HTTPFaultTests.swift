import Diagnostics
import Foundation
import Glibc
import Ledger
import Testing
import TestSupport
import Timekeeping

@testable import Channels
@testable import Delivery

/// What stands in ledger and log where a delivery fails: a sentence of cause and remedy, and no name of a type.
@Suite struct HTTPFaultTests {
    let post: Post

    init() throws { post = try Post() }

    /// The reason of the first failed attempt.
    private func reason(_ setting: ReadyChannel, total: Duration = .seconds(5)) async throws -> String {
        try post.put([entry(1)])
        let sender = post.sender([setting], total: total, jitter: 1)
        try await running(sender) {
            try await eventually("an answer") { try post.ledger.deliveries().first?.answer != nil }
        }
        let reason = try post.ledger.deliveries().first?.answer ?? ""
        for raw in ["NIO", "SSLError", "HTTPClient", "Remote connection", "(Success)", "Error("] {
            #expect(!reason.contains(raw), "\(reason)")
        }
        return reason
    }

    private func https(_ port: Int, host: String = "127.0.0.1", ca: String? = nil) throws -> ReadyChannel {
        var setting = try webhook("https://\(host):\(port)", path: "/hooks/not-a-real-token")
        if let ca { setting.http.authority = try ChannelAuthority(path: ca) }
        return setting
    }

    @Test func `nobody listens, and the name is not known`() async throws {
        let port = try BoundPort()
        defer { port.release() }
        let refused = try await reason(try webhook("http://127.0.0.1:\(port.number)"))
        #expect(refused.contains("connection refused; nothing listens there: see that the receiver runs"))
        #expect(refused.contains("127.0.0.1:\(port.number)"))
    }

    @Test func `a name that nobody knows is told as one`() async throws {
        let reason = try await reason(try webhook("http://no-such-host.invalid"))
        #expect(
            reason.contains("no-such-host.invalid is not found; check the channel's address and this machine's DNS"))
    }

    @Test func `closed, reset and silent receivers are told apart`() async throws {
        let closing = PlatformStub { _, _ in .hangUp }
        #expect(
            try await reason(try webhook(try await closing.start())).contains(
                "closed the connection before it answered"))
        await closing.stop()
    }

    @Test func `a receiver that resets the connection is told`() async throws {
        let stub = PlatformStub { _, _ in .reset }
        let reason = try await reason(try webhook(try await stub.start()))
        #expect(reason.contains("the connection before it answered; see its log"))
        await stub.stop()
    }

    @Test func `a receiver that is silent is told with the time, the channel's own`() async throws {
        let stub = PlatformStub { _, _ in .silence }
        var setting = try webhook(try await stub.start())
        setting.http.total = .seconds(1)
        let reason = try await reason(setting, total: .seconds(30))
        #expect(reason.contains("gave no answer within 1 s; see why it is slow, or raise the channel's timeout"))
        await stub.stop()
    }

    @Test func `what is no HTTP server is told`() async throws {
        let reason = try await reason(try webhook("http://127.0.0.1:\(try GarbageListener.start())"))
        #expect(reason.contains("does not answer as HTTP asks for"))
    }

    @Test func `a plain port, asked by https, is told`() async throws {
        let stub = PlatformStub { _, _ in .status(200) }
        let port = Int(try await stub.start().split(separator: ":").last ?? "") ?? 0
        let reason = try await reason(try https(port))
        #expect(reason.contains("the other side does not answer in TLS; check the port"))
        await stub.stop()
    }

    @Test func `an unknown CA is told, and the channel's own CA mends it`() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try authority.sign("server")
        let stub = try await authority.stub("server")
        let unknown = try await reason(try https(stub.port))
        #expect(unknown.contains("is not signed by an authority that this system knows; set the channel's ca"))
        #expect(!unknown.contains("not-a-real-token"))
        try post.put([entry(2, alert: "b")])
        let sender = post.sender([try https(stub.port, ca: authority.file("ca.crt"))])
        try await running(sender) { try await eventually("sent") { try post.states().contains(.sent) } }
        await stub.stop()
    }

    @Test func `another CA than the channel's is told by its file`() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try authority.sign("server")
        try authority.make("foreign")
        let stub = try await authority.stub("server")
        let reason = try await reason(try https(stub.port, ca: authority.file("foreign.crt")))
        #expect(reason.contains("is not signed by \(authority.file("foreign.crt"))"))
        await stub.stop()
    }

    @Test func `an expired certificate is told as one`() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try authority.sign("old", days: -1)
        let stub = try await authority.stub("old")
        let reason = try await reason(try https(stub.port, ca: authority.file("ca.crt")))
        #expect(reason.contains("has expired; have it renewed (and check this machine's clock)"))
        await stub.stop()
    }

    @Test func `a certificate for another name is told with the name`() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try authority.sign("server", for: "DNS:alarm.test")
        let stub = try await authority.stub("server")
        let reason = try await reason(try https(stub.port, host: "localhost", ca: authority.file("ca.crt")))
        #expect(reason.contains("its certificate is not for localhost; write the name that is in it"))
        await stub.stop()
    }

    @Test(
        arguments: [
            (
                302, ["Location": "http://login.portal.test/a?secret=1"],
                "sends on to login.portal.test, and redirects are not"
            ),
            (301, ["Location": "/elsewhere/not-a-real-token"], "sends on to another path of its own"),
            (307, [:], "sends on to nowhere"), (401, [:], "wants a login; check the channel's secret"),
            (403, [:], "forbids it; check the key"), (404, [:], "nothing at this address"),
            (413, [:], "too long for the receiver"), (429, [:], "too many messages"), (500, [:], "a fault of its own"),
            (502, [:], "a gateway does not reach the receiver"), (503, [:], "not available just now"),
            (418, [:], "does not take it"),
        ] as [(Int, [String: String], String)])
    func `a status is told in words`(status: Int, headers: [String: String], words: String) async throws {
        let stub = PlatformStub { _, _ in .status(status, headers) }
        let reason = try await reason(try webhook(try await stub.start()))
        #expect(reason.contains("HTTP \(status): ") && reason.contains(words), "\(reason)")
        #expect(!reason.contains("secret=1") && !reason.contains("not-a-real-token"))
        await stub.stop()
    }

    @Test func `a page of HTML is told as a portal's, with its title`() async throws {
        let page = "\n<!DOCTYPE html><html><head><title>Wi-Fi\n login</title></head></html>"
        let stub = PlatformStub { _, _ in .status(403, [:], page) }
        let reason = try await reason(try webhook(try await stub.start()))
        #expect(reason.contains("the answer is a web page (Wi-Fi login): a captive portal's or a gateway's"))
        #expect(!reason.contains("<"))
        await stub.stop()
    }

    @Test func `a CA file that is missing, empty of certificates or damaged is told with the remedy`() throws {
        let authority = try Authority()
        defer { authority.remove() }
        func fault(_ path: String) -> UnplacedDiagnostic? {
            do {
                _ = try ChannelAuthority(path: path)
                return nil
            } catch {
                return error
            }
        }
        #expect(fault(authority.file("ca.crt")) == nil)
        #expect(fault(authority.file("none.crt"))?.what.en == "there is no CA file \(authority.file("none.crt"))")
        #expect(fault(authority.file("ca.key"))?.what.en.contains("no PEM certificate in") == true)
        #expect(fault(authority.file("ca.key"))?.remedy.en.contains("openssl x509 -inform der") == true)
        let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        try Data(damaged.utf8).write(to: URL(fileURLWithPath: authority.file("damaged.crt")))
        #expect(fault(authority.file("damaged.crt"))?.what.en.contains("is damaged") == true)
    }
}

/// A listener that answers no HTTP.
private enum GarbageListener {
    static func start() throws -> UInt16 {
        let port = try BoundPort()
        let descriptor = port.descriptor
        #expect(listen(descriptor, 8) == 0)
        let thread = Thread {
            for _ in 0..<8 {
                let peer = accept(descriptor, nil, nil)
                guard peer >= 0 else { return }
                var buffer = [UInt8](repeating: 0, count: 4096)
                _ = unsafe read(peer, &buffer, buffer.count)
                let text = Array("220 mail.test ESMTP\r\n".utf8)
                _ = unsafe write(peer, text, text.count)
                close(peer)
            }
            close(descriptor)
        }
        thread.start()
        return UInt16(port.number)
    }
}
