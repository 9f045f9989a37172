import Cases
import Diagnostics
import Feeds
import Foundation
import JSONWriting
import Ledger
import NIOHTTP1
import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import Console

/// The console behind a certificate.
@Suite struct TLSTests {
    @Test func `with a certificate it speaks TLS alone, and says so to browsers`() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try authority.sign("server")
        let tls = ConsoleTLS(cert: authority.file("server.crt"), key: authority.file("server.key"))
        try await TestServer.run(tls: tls) { server in
            let answer = try await server.ask(.GET, "/api/v1/alerts", as: "viewer")
            #expect(answer.status == 200 && server.url.hasPrefix("https://"))
            #expect(answer.headers.first(name: "strict-transport-security") != nil)
        }
    }

    @Test func `without a readable certificate it does not listen`() async throws {
        let tls = ConsoleTLS(cert: "/nowhere/c.pem", key: "/nowhere/k.pem")
        await #expect(throws: (any Error).self) {
            try await TestServer.run(tls: tls) { _ in }
        }
    }
}
