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

/// Role × verb × state × grid, over HTTP: what is refused is refused with the right status and is not in `allowed`.
@Suite struct RightsTests {
    /// The tables of the design, written down a second time.
    private enum Model {
        static let workers: Set<String> = ["ack", "arrive", "handle", "return", "escalate", "note"]

        static func isLegal(_ verb: String, in state: String) -> Bool {
            let going = ["open", "dispatched", "acknowledged", "on_site", "handled", "suspended"]
            let from: [String] =
                switch verb {
                case "dispatch", "arrive": ["open", "dispatched", "acknowledged"]
                case "ack": ["open", "dispatched"]
                case "handle": ["acknowledged", "on_site"]
                case "check": ["handled"]
                case "close": ["open", "dispatched", "acknowledged", "suspended"]
                case "reopen": ["closed"]
                case "return": ["open", "dispatched", "acknowledged", "on_site"]
                case "suspend": ["acknowledged", "on_site"]
                case "resume": ["suspended"]
                case "extend", "merge", "escalate": going
                default: going + ["closed", "resolved"]
                }
            return from.contains(state)
        }

        /// - Parameter handler: who handled it.
        static func status(
            _ person: (name: String, role: Role), _ verb: String, in state: String, isForeign: Bool, handler: String
        ) -> Int {
            switch person.role {
            case .viewer, .auditor: return 403
            case .worker:
                if isForeign { return 404 }
                if !workers.contains(verb) { return 403 }
            case .manager, .admin: if verb == "check", state == "handled", person.name == handler { return 403 }
            }
            return isLegal(verb, in: state) ? 200 : 409
        }
    }

    private static let states = [
        "open", "dispatched", "acknowledged", "on_site", "handled", "suspended", "closed", "resolved",
    ]

    private static let fields = [
        "dispatch": ",\"to\":\"community\"", "handle": ",\"found\":\"well\"", "check": ",\"ok\":true",
        "close": ",\"reason\":\"test\"", "reopen": ",\"reason\":\"r\"", "return": ",\"reason\":\"r\"",
        "suspend": ",\"reason\":\"r\",\"until\":\"3d\"", "extend": ",\"for\":\"2h\",\"reason\":\"r\"",
        "escalate": ",\"reason\":\"r\"", "note": ",\"text\":\"t\"",
    ]

    /// Brings a case of a grid into a state.
    private static func make(_ state: String, grid: String, by handler: String, _ server: TestServer) async throws
        -> String
    {
        if state == "resolved" {
            let device = grid == "g3" ? "p1" : "p5"
            // Three, since one alone may be the sun.
            for _ in 0..<3 { server.desk.take("elder/\(device)", "motion", ",\"value\":1") }
            server.desk.tick(hours: 25)
            let raised = try await server.ask(
                .GET, "/api/v1/alerts?kind=no_movement&state=open&grid=\(grid)", as: "admin")
            let id = try #require(raised.list("alerts").first?["id"]?.text)
            for _ in 0..<3 { server.desk.take("elder/\(device)", "motion", ",\"value\":1") }
            #expect(try server.ledger.alert(id: id)?.state == "resolved")
            return id
        }
        guard let id = server.desk.report(at: grid == "g3" ? "b3" : "b5") else { throw TestServer.Missing() }
        func act(_ verb: String, _ change: (inout Act) -> Void = { _ in }) async {
            var act = Act(alert: id, verb: verb, actor: handler)
            act.key = "\(id) \(verb)"
            change(&act)
            _ = await server.desk.act(act)
        }
        switch state {
        case "dispatched": await act("dispatch") { $0.to = "community" }
        case "acknowledged": await act("ack")
        case "on_site": await act("arrive")
        case "handled":
            await act("arrive")
            await act("handle") { $0.found = "real" }
        case "suspended":
            await act("ack")
            await act("suspend") {
                $0.reason = "r"; $0.until = "3d"
            }
        case "closed": await act("close") { $0.reason = "r" }
        default: break
        }
        return id
    }

    @Test func `what the tables do not allow is refused with the right status, and is not in allowed`() async throws {
        var random = SeededRandom(for: "rights matrix")
        try await TestServer.run { server in
            var counts: [Int: Int] = [:]
            for state in RightsTests.states {
                for grid in ["g3", "g5"] {
                    let handler = random.pick(["manager", "second", "c1"])
                    var id = try await RightsTests.make(state, grid: grid, by: handler, server)
                    for person in TestServer.people {
                        // All verbs over all cells are some thousand fresh cases: of each cell a part by chance.
                        for verb in Verb.allCases.map(\.rawValue) where random.chance(60) {
                            let shown = try await server.ask(.GET, "/api/v1/alerts/\(id)", as: person.name)
                            var more = RightsTests.fields[verb] ?? ""
                            if verb == "merge" {
                                let other = try #require(server.desk.report(at: grid == "g3" ? "b3" : "b5"))
                                more = ",\"into\":\"\(other)\""
                            }
                            if verb == "handle" {
                                more = state == "resolved" ? ",\"found\":\"well\"" : ",\"found\":\"real\""
                            }
                            let isForeign = person.role == .worker && (person.worker == "w5") != (grid == "g5")
                            let wanted = Model.status(
                                (person.name, person.role), verb, in: state, isForeign: isForeign, handler: handler)
                            let answer = try await server.act(verb, id, as: person.name, more)
                            // Whoever handled it may tell better; who is called answers: there the desk's word counts.
                            let isSpecial = verb == "handle" && state == "handled" && person.name == handler
                            #expect(
                                answer.status == wanted || isSpecial,
                                "\(person.name) \(verb) \(state) \(grid): \(answer.text.prefix(300))")
                            if shown.status == 200 {
                                #expect(
                                    shown.json["state"]?.text == state
                                        && shown.allowed.contains(verb) == (answer.status == 200),
                                    "\(person.name) \(verb) \(state): \(shown.allowed) and \(answer.status)")
                            } else {
                                #expect(isForeign || person.role == .auditor)
                            }
                            counts[answer.status, default: 0] += 1
                            if answer.status == 200 {
                                id = try await RightsTests.make(state, grid: grid, by: handler, server)
                            } else if answer.status == 409 {
                                #expect(answer.json["state"]?.text == state)
                                #expect(answer.code == (state == "resolved" ? "resolved" : "not_legal"))
                                #expect(!answer.allowed.contains(verb))
                            }
                        }
                    }
                }
            }
            for status in [200, 403, 404, 409] { #expect(counts[status, default: 0] > 30, "\(counts)") }
        }
    }

    @Test func `nobody checks what they handled themselves, unless the route lets them`() async throws {
        try await TestServer.run { server in
            let id = try await RightsTests.make("handled", grid: "g3", by: "manager", server)
            let own = try await server.act("check", id, as: "manager", ",\"ok\":true")
            #expect(own.status == 403)
            let shown = try await server.ask(.GET, "/api/v1/alerts/\(id)", as: "manager")
            #expect(!shown.allowed.contains("check"))
            let other = try await server.act("check", id, as: "second", ",\"ok\":true")
            #expect(other.status == 200 && other.json["state"]?.text == "closed")
        }
        try await TestServer.run(settle: { $0.mayCheckOwn = { _ in true } }) { server in
            let id = try await RightsTests.make("handled", grid: "g3", by: "manager", server)
            let own = try await server.act("check", id, as: "manager", ",\"ok\":true")
            #expect(own.status == 200 && own.json["act"]?["unchecked"]?.truth == true)
        }
    }

    @Test func `who is called to a case may answer, whoever has it`() async throws {
        try await TestServer.run { server in
            let id = try await RightsTests.make("on_site", grid: "g3", by: "w1", server)
            #expect(try await server.act("ack", id, as: "second").status == 409)
            let called = try await server.act("escalate", id, as: "w1", ",\"reason\":\"no_access\"")
            #expect(called.status == 200 && !called.allowed.contains("ack"))
            let shown = try await server.ask(.GET, "/api/v1/alerts/\(id)", as: "second")
            #expect(shown.allowed.contains("ack"))
            let answer = try await server.act("ack", id, as: "second")
            #expect(answer.status == 200 && answer.json["state"]?.text == "on_site" && !answer.allowed.contains("ack"))
        }
    }
}
