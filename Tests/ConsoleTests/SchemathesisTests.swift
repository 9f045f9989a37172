import Cases
import Diagnostics
import Feeds
import Foundation
import JSONWriting
import Ledger
import NIOHTTP1
import Synchronization
import Testing
import Timekeeping
import Vocabulary

@testable import Console

/// `make api-test`: schemathesis asks a server everything that the OpenAPI file says (tools/api-test).
@Suite struct SchemathesisTests {
    /// Where schemathesis is installed; without it there is nothing to run.
    private static let python = ProcessInfo.processInfo.environment["SHOUWANG_API_TEST"]

    /// How many things of each kind there are: what an act has used up is not used again.
    private static let many = 12

    @Test(.enabled(if: python != nil)) func `schemathesis finds nothing, and reaches all`() async throws {
        let python = try #require(SchemathesisTests.python)
        // Each look at the clock is a minute later: of the thousands of wrong tokens none has to wait.
        let hurry: @Sendable (inout ConsoleParts) -> Void = { parts in
            let (clock, passed) = (parts.now, Passed())
            parts.now = { clock() + .seconds(61 * passed.next()) }
            // Whoever may revoke tokens revokes what the list shows: not those with which it asks.
            do { parts.fixedTokens = try parts.ledger.tokens() } catch { preconditionFailure("\(error)") }
        }
        try await TestServer.run(settle: hurry) { server in
            let file = server.folder + "/site.json"
            let schema = server.folder + "/openapi.json"
            try Data(OpenAPIFile.text.utf8).write(to: URL(fileURLWithPath: schema))
            let photo = server.folder + "/door.jpg"
            try Data(PhotoTests.jpeg).write(to: URL(fileURLWithPath: photo))
            var parameters: [(role: Role, names: [String: [(String, [String])]])] = []
            for role in Role.allCases { parameters.append((role, try await SchemathesisTests.parameters(server))) }
            let site = JSONWriter.object { object in
                object.text("url", server.url)
                object.text("schema", schema)
                object.text("photo", photo)
                object.object("tokens") { tokens in
                    for role in Role.allCases {
                        let person = TestServer.people.first { $0.role == role }?.name ?? ""
                        tokens.text(role.rawValue, server.tokens[person] ?? "")
                    }
                }
                object.object("parameters") { object in
                    for (role, names) in parameters { SchemathesisTests.write(names, of: role, to: &object) }
                }
            }
            try Data(site).write(to: URL(fileURLWithPath: file))
            let run = Process()
            run.executableURL = URL(fileURLWithPath: python)
            run.arguments = [FileManager.default.currentDirectoryPath + "/tools/api-test", file]
            let code: Int32 = try await withCheckedThrowingContinuation { waiting in
                run.terminationHandler = { waiting.resume(returning: $0.terminationStatus) }
                do { try run.run() } catch { waiting.resume(throwing: error) }
            }
            #expect(code == 0)
            let check = try server.ledger.checkAudit()
            #expect(check.firstBroken == nil)
        }
    }

    private static func write(_ names: [String: [(String, [String])]], of role: Role, to object: inout JSONWriter) {
        object.object(role.rawValue) { object in
            for (id, values) in names.sorted(by: { $0.key < $1.key }) {
                object.object(id) { object in
                    for (name, values) in values { object.texts(name, values) }
                }
            }
        }
    }

    /// Counts how often it was asked.
    private final class Passed: Sendable {
        private let state = Mutex(0 as Int64)

        func next() -> Int64 {
            state.withLock { state in
                state += 1
                return state
            }
        }
    }

    /// Things that there are, for each operation whose path names one.
    private static func parameters(_ server: TestServer) async throws -> [String: [(String, [String])]] {
        var all: [String: [(String, [String])]] = [:]
        for verb in Verb.allCases {
            var ids: [String] = []
            for _ in 0..<many {
                let id = try #require(server.desk.report(at: "b3"))
                for before in ExampleTests.before(verb.rawValue) {
                    await ExampleTests.act(before, id, by: "w3", server.desk)
                }
                ids.append(id)
            }
            all["\(verb.rawValue)Alert"] = [("path.id", ids)] + words(of: verb, server)
        }
        all["makeCase"] = [("body.place", ["b3", "b5"])]
        all["addToken"] = [("body.worker", ["w1", "w5"])]
        let alerts = (0..<many).compactMap { _ in server.desk.report(at: "b3") }
        all["showAlert"] = [("path.id", alerts)]
        all["addPhoto"] = [("path.id", alerts)]
        let added = try await server.ask(
            .POST, "/api/v1/alerts/\(alerts[0])/photos", as: "admin", bytes: PhotoTests.jpeg)
        all["showPhoto"] = [("path.hash", [added.json["hash"]?.text ?? ""])]
        for id in ["showResident", "awayResident", "noteResident"] { all[id] = [("path.id", ["e1"])] }
        all["testChannel"] = [("path.name", ["board"])]
        let now = server.clock.now
        let taken = try server.ledger.lease(channel: "board", now: now, lasting: .minutes(1), limit: 1000)
        try server.ledger.settle(taken.map { Settlement($0, .dead(answer: "x")) }, now: now)
        all["resendDelivery"] = [("path.id", taken.prefix(200).map { "\($0.id)" })]
        let spare = TokenRow(name: "spare", role: "viewer", hash: AccessToken.hash("spare"), created: now)
        _ = try server.ledger.addToken(spare)
        all["revokeToken"] = [("path.id", [spare.id])]
        return all
    }

    /// What a verb's fields may say here.
    private static func words(of verb: Verb, _ server: TestServer) -> [(String, [String])] {
        switch verb {
        case .dispatch, .escalate: [("body.to", ["community", "worker:w1"])]
        case .merge: [("body.into", (0..<3).compactMap { _ in server.desk.report(at: "b3") })]
        case .suspend, .handle, .close: [("body.until", ["3d"])]
        case .extend: [("body.for", ["2h"])]
        default: []
        }
    }
}
