import Cases
import Diagnostics
import Feeds
import Foundation
import JSONWriting
import Ledger
import NIOHTTP1
import Testing
import Timekeeping
import Vocabulary

@testable import Console

/// Who is let in, and what those get who are not.
@Suite struct TokenTests {
    private static let paths = ["alerts", "residents", "status", "audit", "tokens", "stream"].map { "/api/v1/\($0)" }

    @Test func `a token lets in, and nothing else does`() async throws {
        try await TestServer.run { server in
            #expect(try await server.ask(.GET, "/api/v1/alerts", as: "viewer").status == 200)
            for path in TokenTests.paths {
                for wrong in [nil, "", "sw_0000", "Bearer", server.tokens["viewer"].map { $0 + "0" }] as [String?] {
                    server.clock.move(.hours(2))
                    let answer = try await server.ask(.GET, path, token: wrong)
                    #expect(answer.status == 401 && answer.code == "unauthorized", "\(path) \(wrong ?? "none")")
                    #expect(answer.headers.first(name: "www-authenticate") == "Bearer realm=\"shouwang\"")
                }
            }
        }
    }

    @Test func `an unknown, an expired and a revoked token get the same answer`() async throws {
        try await TestServer.run { server in
            let made = try await server.ask(
                .POST, "/api/v1/tokens", as: "admin", json: #"{"name":"夜班","role":"viewer","expires":"1h"}"#)
            let text = try #require(made.json["token"]?.text)
            let id = try #require(made.json["id"]?.text)
            #expect(try await server.ask(.GET, "/api/v1/alerts", token: text).status == 200)
            server.clock.move(.hours(1))
            let expired = try await server.ask(.GET, "/api/v1/alerts", token: text)
            let unknown = try await server.ask(.GET, "/api/v1/alerts", token: "sw_none")
            let ended = try await server.ask(.DELETE, "/api/v1/tokens/\(id)", as: "admin")
            #expect(ended.status == 200 && ended.json["revoked"]?.text != nil)
            let revoked = try await server.ask(.GET, "/api/v1/alerts", token: text)
            #expect(expired.status == 401 && expired.bytes == unknown.bytes && expired.bytes == revoked.bytes)
        }
    }

    @Test func `a revoked token is out at once, one revoked by the command within a second`() async throws {
        try await TestServer.run { server in
            let rows = try server.ledger.tokens()
            let viewer = try #require(rows.first { $0.name == "viewer" })
            #expect(try await server.ask(.GET, "/api/v1/alerts", as: "viewer").status == 200)
            #expect(try server.ledger.revokeToken(id: viewer.id, now: server.clock.now))
            server.clock.move(.seconds(1))
            #expect(try await server.ask(.GET, "/api/v1/alerts", as: "viewer").status == 401)
            let w1 = try #require(rows.first { $0.name == "w1" })
            #expect(try await server.ask(.GET, "/api/v1/alerts", as: "w1").status == 200)
            #expect(try await server.ask(.DELETE, "/api/v1/tokens/\(w1.id)", as: "admin").status == 200)
            #expect(try await server.ask(.GET, "/api/v1/alerts", as: "w1").status == 401)
        }
    }

    @Test func `wrong tokens wait longer and longer, and right ones are let in from the same address`() async throws {
        try await TestServer.run { server in
            var statuses: [Int] = []
            var waits: [Int] = []
            for _ in 0..<8 {
                let answer = try await server.ask(.GET, "/api/v1/alerts", token: "sw_wrong")
                statuses.append(answer.status)
                if let wait = answer.headers.first(name: "retry-after") { waits.append(Int(wait) ?? 0) }
            }
            #expect(statuses == [401, 401, 401, 401, 401, 429, 429, 429] && waits == [10, 20, 40])
            #expect(try await server.ask(.GET, "/api/v1/alerts", as: "viewer").status == 200)
            server.clock.move(.minutes(1))
            #expect(try await server.ask(.GET, "/api/v1/alerts", token: "sw_wrong").status == 401)
        }
    }

    @Test func `a thousand tries from everywhere lock nobody out, and are bounded`() {
        var limit = FailureLimit()
        var now = TestSite.origin
        var free = 0
        for number in 0..<1000 {
            if limit.failed("10.0.\(number % 200).1", at: now) == nil { free += 1 }
            now = now + .seconds(1)
        }
        #expect(free == FailureLimit.perHour)
        #expect(limit.failed("10.9.9.9", at: now + .hours(1)) == nil)
        // A clock that is set back makes nobody wait for what it lost.
        #expect(limit.failed("10.0.0.1", at: TestSite.origin - .hours(5)) == nil)
    }

    @Test func `an address behind a proxy is believed from trusted proxies alone`() {
        #expect(ClientAddress.of(peer: "127.0.0.1", forwarded: "1.2.3.4", trusted: []) == "127.0.0.1")
        #expect(ClientAddress.of(peer: "127.0.0.1", forwarded: "9.9.9.9, 1.2.3.4", trusted: ["127.0.0.1"]) == "1.2.3.4")
        #expect(
            ClientAddress.of(peer: "127.0.0.1", forwarded: "1.2.3.4, 10.0.0.1", trusted: ["127.0.0.1", "10.0.0.1"])
                == "1.2.3.4")
        #expect(ClientAddress.of(peer: "127.0.0.1", forwarded: " , ", trusted: ["127.0.0.1"]) == "127.0.0.1")
    }

    @Test func `tokens of the configuration's file let in by their hash`() async throws {
        let hash = AccessToken.hash("given by the integrator")
        let (tokens, problems) = TokenFile.read("# ours\nhub viewer \(hash)\nbad line\nx viewer 12\n")
        #expect(tokens.map(\.name) == ["hub"] && problems.count == 2)
        try await TestServer.run(settle: { $0.fixedTokens = tokens }) { server in
            let read = try await server.ask(.GET, "/api/v1/alerts", token: "given by the integrator")
            let tokens = try await server.ask(.GET, "/api/v1/tokens", token: "given by the integrator")
            #expect(read.status == 200 && tokens.status == 403)
        }
    }

    @Test func `a token is hashed in the ledger, and its text is told once`() async throws {
        try await TestServer.run { server in
            let made = try await server.ask(
                .POST, "/api/v1/tokens", as: "admin", json: #"{"name":"n","role":"worker","worker":"w1"}"#)
            let text = try #require(made.json["token"]?.text)
            #expect(made.status == 200 && text.count == 43)
            let listed = try await server.ask(.GET, "/api/v1/tokens", as: "admin")
            #expect(
                listed.status == 200 && !listed.text.contains(text) && !listed.text.contains(AccessToken.hash(text)))
            #expect(try server.ledger.tokens().contains { $0.hash == AccessToken.hash(text) })
            for body in [
                #"{"name":"n","role":"worker"}"#, #"{"name":"n","role":"worker","worker":"nobody"}"#,
                #"{"name":"w1","role":"manager"}"#, #"{"name":"system","role":"viewer"}"#,
                #"{"name":"n","role":"king"}"#,
            ] {
                let refused = try await server.ask(.POST, "/api/v1/tokens", as: "admin", json: body)
                #expect(refused.status == 400, "\(body)")
            }
            let audit = try await server.ask(.GET, "/api/v1/audit", as: "auditor")
            #expect(audit.list("rows").contains { $0["action"]?.text == "token.add" })
        }
    }
}
