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

/// The forms of what is asked and answered.
@Suite struct APITests {
    private static let root = FileManager.default.currentDirectoryPath

    @Test func `docs/openapi.json and docs/api.md are made from the table that makes the router`() throws {
        for (name, text) in [("openapi.json", OpenAPIFile.text), ("api.md", APIReference.text)] {
            let path = APITests.root + "/docs/" + name
            let before = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
            if before != text, ProcessInfo.processInfo.environment["UPDATE_PAGES"] != nil {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            }
            #expect(before == text, "docs/\(name): write it with UPDATE_PAGES=1")
        }
    }

    @Test func `the file says what the router answers: each operation is served, and nothing else`() async throws {
        let file = try JSONValue(Array(OpenAPIFile.text.utf8))
        guard case .object(let paths)? = file["paths"] else { throw TestServer.Missing() }
        let methods = ["GET", "POST", "DELETE", "PUT", "PATCH"]
        try await TestServer.run { server in
            for path in paths {
                guard case .object(let operations) = path.value else { throw TestServer.Missing() }
                let has = Set(operations.map { $0.key.uppercased() })
                let url =
                    "/api/v1"
                    + path.key.replacing("{id}", with: "x").replacing("{hash}", with: "x")
                    .replacing("{name}", with: "x")
                for method in methods {
                    server.clock.move(.hours(2))
                    let answer = try await server.ask(.RAW(value: method), url)
                    let isOpen = operations.contains { $0.value["security"]?.list?.isEmpty ?? false }
                    let wanted = !has.contains(method) ? 405 : isOpen ? 200 : 401
                    #expect(answer.status == wanted, "\(method) \(path.key)")
                    if wanted == 405 { #expect(answer.headers.first(name: "allow") != nil) }
                }
            }
            let served = try await server.ask(.GET, "/api/v1/openapi.json")
            #expect(served.text == OpenAPIFile.text)
            #expect(try await server.ask(.GET, "/api/v1/nothing", as: "admin").code == "not_found")
        }
    }

    @Test func `each operation has an example, and each has its section`() {
        for (id, line) in APIReference.curls {
            #expect(line.hasPrefix("curl ") && APIReference.text.contains(line), "\(id)")
        }
        #expect(APIReference.curls.count > 30)
        for verb in Verb.allCases { #expect(APIReference.text.contains("/alerts/{id}/\(verb.rawValue)\n")) }
    }

    @Test func `an act is answered with the alert as it left it, the same again to the byte`() async throws {
        try await TestServer.run { server in
            let id = try server.raise()
            let short = String(id.prefix(6))
            let first = try await server.act("ack", short, as: "w1", key: "k1")
            #expect(first.status == 200 && first.json["state"]?.text == "acknowledged")
            #expect(first.json["short"]?.text == short.uppercased() && first.json["actor"]?.text == "w1")
            #expect(first.json["act"]?["verb"]?.text == "ack" && first.allowed.contains("arrive"))
            let number = server.desk.number
            let events = try server.ledger.events(alert: id).count
            #expect(try await server.act("arrive", id, as: "w1").status == 200)
            let again = try await server.act("ack", id.uppercased(), as: "w1", key: "k1")
            #expect(again.status == 200 && again.bytes == first.bytes)
            #expect(server.desk.number == number + 1)
            #expect(try server.ledger.events(alert: id).count == events + 1)
            let other = try await server.act("note", id, as: "w1", ",\"text\":\"x\"", key: "k1")
            #expect(other.status == 409 && other.code == "key_reused")
            #expect(other.json["state"]?.text == "on_site" && !other.allowed.isEmpty)
            let shown = try await server.ask(.GET, "/api/v1/alerts/\(short)", as: "viewer")
            #expect(shown.list("events").count == 3 && shown.json["state"]?.text == "on_site")
            #expect(shown.list("deliveries").first?["recipient"]?.text == "•••11")
        }
    }

    @Test func `what is wrong with a request is named`() async throws {
        try await TestServer.run { server in
            let id = try server.raise()
            let wrong: [(String, String, String)] = [
                ("ack", "{}", "key"), ("ack", #"{"key":""}"#, "key"), ("ack", #"{"key":7}"#, "key"),
                ("ack", #"{"key":"k","x":1}"#, "x"), ("handle", #"{"key":"k"}"#, "found"),
                ("handle", #"{"key":"k","found":"happy"}"#, "found"), ("check", #"{"key":"k","ok":"yes"}"#, "ok"),
                ("close", #"{"key":"k"}"#, "found"), ("extend", #"{"key":"k","for":"1y","reason":"r"}"#, "for"),
                ("merge", #"{"key":"k","into":"ffffff"}"#, "into"), ("note", #"{"key":"k"}"#, "note"),
                ("dispatch", #"{"key":"k","to":"nobody"}"#, "to"),
                ("dispatch", #"{"key":"k","to":"worker:w9"}"#, "to"),
                ("suspend", #"{"key":"k","reason":"r","until":"soon"}"#, "until"),
                ("ack", #"{"key":"k","actor":"system"}"#, "actor"),
            ]
            for (verb, body, field) in wrong {
                let answer = try await server.ask(.POST, "/api/v1/alerts/\(id)/\(verb)", as: "manager", json: body)
                #expect(answer.status == 400 && answer.json["field"]?.text == field, "\(verb) \(body) \(answer.text)")
                #expect(answer.headers.first(name: "content-type") == "application/problem+json")
            }
            for body in ["", "[]", "{", "{\"key\":\"k\"} x", "\"k\"", "{\"key\":\"k\",\"key\":\"k\"}"] {
                let answer = try await server.ask(.POST, "/api/v1/alerts/\(id)/ack", as: "manager", json: body)
                #expect(answer.status == 400 && answer.code == "bad_body", "\(body)")
            }
            for query in [
                "limit=0", "limit=201", "limit=x", "state=none", "x=1", "open=2", "from=yesterday", "q=",
                "limit=1&limit=1", "cursor=x", "q=%ff",
            ] {
                let answer = try await server.ask(.GET, "/api/v1/alerts?\(query)", as: "viewer")
                #expect(answer.status == 400, "\(query)")
            }
            let plain = try await server.ask(
                .POST, "/api/v1/alerts/\(id)/ack", as: "manager", bytes: Array("key=k".utf8))
            #expect(plain.status == 415)
            let large = "{\"key\":\"k\",\"note\":\"\(String(repeating: "x", count: 17 << 10))\"}"
            #expect(
                try await server.ask(.POST, "/api/v1/alerts/\(id)/ack", as: "manager", json: large).status == 413)
            #expect(try server.ledger.events(alert: id).count == 1)
        }
    }

    @Test func `what the desk cannot do now is said so`() async throws {
        try await TestServer.run { server in
            let id = try server.raise()
            let wanted: [(ActAnswer, Int, String)] = [
                (.busy, 429, "too_many"), (.unavailable, 503, "unavailable"), (.keyReused, 409, "key_reused"),
                (.refused(.isOver, .resolved), 409, "resolved"), (.refused(.isRepeated, .open), 409, "repeated"),
                (.refused(.unknown, nil), 409, "not_legal"),
            ]
            for (answer, status, code) in wanted {
                server.desk.refuseNext(answer)
                let told = try await server.act("ack", id, as: "w1")
                #expect(told.status == status && told.code == code)
                if status != 409 { #expect(told.headers.first(name: "retry-after") != nil) }
                if status == 409 { #expect(told.json["state"]?.text != nil) }
            }
        }
    }

    @Test func `a manager enters what somebody told, a worker only what they did`() async throws {
        try await TestServer.run { server in
            let id = try server.raise()
            let told = try await server.act("ack", id, as: "manager", ",\"actor\":\"w3\"")
            #expect(told.status == 200 && told.json["actor"]?.text == "w3")
            #expect(told.json["act"]?["entered_by"]?.text == "manager")
            let other = try server.raise("p2")
            #expect(try await server.act("ack", other, as: "w1", ",\"actor\":\"w3\"").status == 403)
            #expect(try await server.act("ack", other, as: "w1", ",\"actor\":\"w1\"").status == 200)
        }
    }

    @Test func `every status has every header`() async throws {
        try await TestServer.run { server in
            let id = try server.raise()
            server.desk.refuseNext(.unavailable)
            let answers = [
                try await server.ask(.GET, "/healthz"), try await server.ask(.GET, "/api/v1/alerts", as: "viewer"),
                try await server.act("ack", id, as: "w1"),
                try await server.ask(.GET, "/api/v1/alerts?x=1", as: "viewer"),
                try await server.ask(.GET, "/api/v1/alerts"),
                try await server.ask(.GET, "/api/v1/tokens", as: "viewer"),
                try await server.ask(.GET, "/nothing"), try await server.ask(.PUT, "/api/v1/alerts", as: "viewer"),
                try await server.ask(.HEAD, "/api/v1/alerts", as: "viewer"),
                try await server.ask(
                    .GET, "/healthz", headers: [("x-long", String(repeating: "x", count: 17 << 10))]),
                try await server.ask(.POST, "/api/v1/alerts/\(id)/photos", as: "w1", bytes: [1, 2, 3]),
                try await server.ask(.HEAD, "/api/v1/stream", as: "viewer"),
            ]
            #expect(answers.map(\.status) == [200, 200, 503, 400, 401, 403, 404, 405, 200, 431, 415, 200])
            for answer in answers {
                for name in [
                    "content-security-policy", "x-frame-options", "x-content-type-options", "referrer-policy",
                    "cross-origin-opener-policy", "cross-origin-resource-policy", "permissions-policy",
                    "cache-control",
                ] {
                    #expect(answer.headers.first(name: name) != nil, "\(answer.status) \(name)")
                }
                if answer.status >= 400 {
                    #expect(answer.headers.first(name: "content-type") == "application/problem+json")
                    #expect(answer.code != nil && answer.json["title"]?.text != nil)
                }
            }
        }
    }
}
