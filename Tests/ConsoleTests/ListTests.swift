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

/// Lists: what is in them, and that a page neither leaves out nor repeats.
@Suite struct ListTests {
    /// A change as a commit has it, with the least that the API needs.
    private static func change(
        _ record: Int64, _ id: String, state: String = "open", grid: String = "g3", at: Instant,
        change: String = "raised", detail: String = ""
    ) -> LedgerChange {
        let json =
            "{\"schema\":\"shouwang.alert/1\",\"change\":\"\(change)\",\"at\":\"2026-03-05T00:00:00.000+08:00\","
            + "\"id\":\"\(id)\",\"rule\":\"sos\",\"kind\":\"sos\",\"severity\":\"high\",\"site\":\"hgs\","
            + "\"place\":\"b3\",\"grid\":\"\(grid)\",\"key\":\"p1\",\"started\":\"2026-03-05T00:00:00.000+08:00\","
            + "\"detected\":\"2026-03-05T00:00:00.000+08:00\",\"state\":\"\(state)\"\(detail),\"detail\":{},"
            + "\"evidence\":[],\"message\":{\"zh-Hans\":\"求助\",\"en\":\"Help\"}}"
        var made = LedgerChange(
            record: record, ordinal: 0, alert: id, change: change, rule: "sos", kind: "sos", severity: .high,
            state: state, key: "p1", at: at, started: at, json: Array(json.utf8))
        (made.grid, made.place) = (grid, "b3")
        made.assignee = detail.firstMatch(of: /"assignee":"([^"]*)"/).map { String($0.output.1) }
        made.found = detail.firstMatch(of: /"found":"([^"]*)"/).map { String($0.output.1) }
        made.alertRight = detail.firstMatch(of: /"alert_right":(true|false)/).map { $0.output.1 == "true" }
        return made
    }

    private static func id(_ number: Int) -> String {
        let hex = String(number, radix: 16)
        return String(repeating: "0", count: 16 - hex.count) + hex
    }

    private static func pages(
        _ server: TestServer, _ query: String, as person: String, between: (Int) throws -> Void = { _ in }
    ) async throws -> [[String]] {
        var pages: [[String]] = []
        var cursor = ""
        repeat {
            let answer = try await server.ask(
                .GET, "/api/v1/alerts?\(query)" + (cursor.isEmpty ? "" : "&cursor=\(cursor)"), as: person)
            #expect(answer.status == 200)
            pages.append(answer.list("alerts").compactMap { $0["id"]?.text })
            cursor = answer.json["next"]?.text ?? ""
            try between(pages.count)
        } while !cursor.isEmpty && pages.count < 200
        return pages
    }

    @Test func `pages neither repeat nor leave out what was there, while alerts come and change`() async throws {
        try await TestServer.run { server in
            let start = server.clock.now
            // Several are opened in one moment.
            try server.ledger.commit(
                changes: (0..<300).map {
                    ListTests.change(Int64($0 + 1), ListTests.id($0), at: start + .seconds(Int64($0 / 7)))
                },
                notifications: [], applied: 300)
            var record: Int64 = 1000
            let pages = try await ListTests.pages(server, "limit=7", as: "viewer") { page in
                // New ones, and old ones that change and so would come to the front of a list by change.
                record += 2
                let new = ListTests.change(record, ListTests.id(10_000 + page), at: start + .hours(1))
                let old = ListTests.change(
                    record + 1, ListTests.id(page * 5), state: "acknowledged", at: start + .hours(2),
                    change: "acknowledged")
                try server.ledger.commit(changes: [new, old], notifications: [], applied: record + 1)
            }
            let told = pages.flatMap(\.self)
            #expect(told.count == Set(told).count)
            #expect(Set(told) == Set((0..<300).map(ListTests.id)))
            #expect(pages.dropLast().allSatisfy { $0.count == 7 })
        }
    }

    @Test func `every open alert is in the list whatever its age, and filters say which`() async throws {
        try await TestServer.run { server in
            let now = server.clock.now
            let rows = [
                ListTests.change(1, ListTests.id(1), at: now - .days(40)),
                ListTests.change(2, ListTests.id(2), state: "closed", grid: "g5", at: now - .days(40)),
                ListTests.change(3, ListTests.id(3), grid: "g5", at: now),
                ListTests.change(
                    4, ListTests.id(4), state: "handled", at: now, change: "handled",
                    detail: ",\"actor\":\"w1\",\"found\":\"well\",\"act\":{\"verb\":\"handle\",\"alert_right\":true}"),
                ListTests.change(
                    5, ListTests.id(5), state: "handled", at: now, change: "handled",
                    detail:
                        ",\"assignee\":\"w3\",\"found\":\"real\",\"act\":{\"verb\":\"handle\",\"alert_right\":false}"),
            ]
            try server.ledger.commit(changes: rows, notifications: [], applied: 5)
            let wanted: [(String, String, Set<Int>)] = [
                ("", "viewer", [1, 2, 3, 4, 5]), ("open=1", "viewer", [1, 3, 4, 5]), ("open=1", "w5", [3]),
                ("", "w1", [1, 4, 5]), ("state=closed", "viewer", [2]), ("state=open,closed", "manager", [1, 2, 3]),
                ("grid=g5", "viewer", [2, 3]), ("grid=g5", "w1", []), ("kind=fall", "viewer", []),
                ("from=2026-03-05", "viewer", [3, 4, 5]), ("to=2026-03-05", "viewer", [1, 2]),
                ("from=2026-03-05T09:00:00%2B08:00&state=open", "viewer", [3]), ("worker=w1", "viewer", [4]),
                ("worker=w3", "viewer", [5]), ("found=well,real", "viewer", [4, 5]), ("right=yes", "viewer", [4]),
                ("right=no", "viewer", [5]), ("place=hgs", "viewer", [1, 2, 3, 4, 5]), ("place=b5", "viewer", []),
                ("severity=low", "viewer", []), ("rule=sos", "viewer", [1, 2, 3, 4, 5]), ("rule=none", "viewer", []),
                ("q=HELP", "viewer", [1, 2, 3, 4, 5]), ("q=%E6%B1%82%E5%8A%A9&open=1", "viewer", [1, 3, 4, 5]),
                ("q=00000003", "viewer", [3]), ("q=%25", "viewer", []),
            ]
            for (query, person, ids) in wanted {
                let told = try await ListTests.pages(server, query.isEmpty ? "limit=2" : query, as: person).flatMap(
                    \.self)
                #expect(Set(told) == Set(ids.map(ListTests.id)), "\(query) as \(person)")
            }
        }
    }

    @Test func `an id may be cut where it is clear, and what is foreign disturbs nobody`() async throws {
        try await TestServer.run { server in
            let now = server.clock.now
            try server.ledger.commit(
                changes: [
                    ListTests.change(1, "aaaaaa0000000001", grid: "g3", at: now),
                    ListTests.change(2, "aaaaaa0000000002", grid: "g5", at: now),
                ], notifications: [], applied: 2)
            #expect(try await server.ask(.GET, "/api/v1/alerts/aaaaaa", as: "w1").status == 200)
            let two = try await server.ask(.GET, "/api/v1/alerts/AAAAAA", as: "viewer")
            #expect(two.status == 400 && two.json["field"]?.text == "id")
            #expect(try await server.ask(.GET, "/api/v1/alerts/aaaaaa0000000002", as: "w1").status == 404)
            #expect(try await server.ask(.GET, "/api/v1/alerts/aaaaa", as: "viewer").status == 400)
            #expect(try await server.ask(.GET, "/api/v1/alerts/bbbbbb", as: "viewer").status == 404)
            #expect(try await server.ask(.GET, "/api/v1/alerts/aaaaaa0000000001", as: "auditor").status == 403)
        }
    }

    @Test func `names and numbers are for managers, and each look at a resident is in the audit`() async throws {
        try await TestServer.run { server in
            for person in ["viewer", "w1"] {
                for path in ["residents", "residents/e1", "workers", "deliveries", "devices", "places", "rules"] {
                    if person == "w1", path == "deliveries" { continue }
                    let answer = try await server.ask(.GET, "/api/v1/\(path)", as: person)
                    #expect(answer.status == 200, "\(path)")
                    for secret in ["罗桂华", "13800001111", "罗小梅", "13900002222", "13700003333", "周敏", "13600001111"] {
                        #expect(!answer.text.contains(secret), "\(path) \(secret)")
                    }
                }
            }
            let masked = try await server.ask(.GET, "/api/v1/residents/e1", as: "viewer")
            #expect(masked.json["name"]?.text == "罗*华")
            #expect(try await server.ask(.GET, "/api/v1/residents/e5", as: "w1").status == 404)
            let own = try await server.ask(.GET, "/api/v1/residents", as: "w1")
            #expect(own.list("residents").map { $0["id"]?.text } == ["e1"])
            let whole = try await server.ask(.GET, "/api/v1/residents/e1", as: "manager")
            #expect(whole.json["phone"]?.text == "13800001111" && whole.json["name"]?.text == "罗桂华")
            let audit = try await server.ask(.GET, "/api/v1/audit", as: "auditor")
            let looks = audit.list("rows").filter { $0["action"]?.text == "resident.read" }
            #expect(looks.compactMap { $0["person"]?.text } == ["manager", "viewer", "w1", "viewer"])
            #expect(!audit.text.contains("罗桂华"))
            let status = try await server.ask(.GET, "/api/v1/status", as: "auditor")
            #expect(status.json["audit_intact"]?.truth == true && status.json["audit_rows"]?.integer == 4)
            #expect(try await server.ask(.GET, "/api/v1/residents", as: "auditor").status == 403)
        }
    }

    @Test func `residents are paged, said to be away, and noted about`() async throws {
        try await TestServer.run { server in
            let first = try await server.ask(.GET, "/api/v1/residents?limit=1&watched=1", as: "manager")
            #expect(first.json["next"]?.text == "e1")
            let second = try await server.ask(.GET, "/api/v1/residents?limit=1&cursor=e1", as: "manager")
            #expect(second.list("residents").map { $0["id"]?.text } == ["e5"] && second.json["next"] == .null)
            #expect(try await server.ask(.GET, "/api/v1/residents?cursor=e9", as: "manager").status == 400)
            let away = try await server.ask(
                .POST, "/api/v1/residents/e1/away", as: "manager", json: #"{"key":"k","until":"2026-03-08"}"#)
            #expect(away.status == 200 && away.json["record"]?.integer == 1)
            let again = try await server.ask(
                .POST, "/api/v1/residents/e1/away", as: "manager", json: #"{"key":"k","until":"2026-03-08"}"#)
            #expect(again.bytes == away.bytes)
            let other = try await server.ask(
                .POST, "/api/v1/residents/e1/away", as: "manager", json: #"{"key":"k","until":"2026-03-09"}"#)
            #expect(other.status == 409 && other.code == "key_reused")
            let note = try await server.ask(
                .POST, "/api/v1/residents/e1/note", as: "manager", json: #"{"key":"n","text":"周三"}"#)
            #expect(note.status == 200)
            #expect(
                try await server.ask(
                    .POST, "/api/v1/residents/e9/note", as: "manager", json: #"{"key":"n","text":"x"}"#
                ).status == 404)
        }
    }

    @Test func `who is on shift, until when, and when the others come`() async throws {
        try await TestServer.run { server in
            // Thursday 10:00.
            let workers = try await server.ask(.GET, "/api/v1/workers", as: "manager").list("workers")
            #expect(workers.first?["on_shift"]?.truth == true)
            #expect(workers.first?["until"]?.text == "2026-03-05T18:00:00.000+08:00")
            #expect(workers.last?["on_shift"]?.truth == true && workers.last?["until"] == nil)
            server.clock.move(.hours(34))
            let evening = try await server.ask(.GET, "/api/v1/workers", as: "viewer").list("workers")
            #expect(evening.first?["on_shift"]?.truth == false)
            #expect(evening.first?["next"]?.text == "2026-03-09T08:00:00.000+08:00")
        }
    }

    @Test func `what was given up is listed and sent again, and a channel is tried`() async throws {
        try await TestServer.run { server in
            _ = try server.raise()
            let now = server.clock.now
            let taken = try server.ledger.lease(channel: "board", now: now, lasting: .minutes(1), limit: 5)
            try server.ledger.settle(taken.map { Settlement($0, .dead(answer: "no such group")) }, now: now)
            let dead = try await server.ask(.GET, "/api/v1/deliveries?state=dead", as: "manager")
            #expect(dead.list("deliveries").first?["recipient"]?.text == "13600001111")
            let id = try #require(dead.list("deliveries").first?["id"]?.integer)
            #expect(try await server.ask(.POST, "/api/v1/deliveries/\(id)/resend", as: "viewer").status == 403)
            let sent = try await server.ask(.POST, "/api/v1/deliveries/\(id)/resend", as: "manager")
            #expect(sent.status == 200 && sent.json["state"]?.text == "retry")
            let again = try await server.ask(.POST, "/api/v1/deliveries/\(id)/resend", as: "manager")
            #expect(again.status == 409 && again.code == "not_dead")
            #expect(try await server.ask(.POST, "/api/v1/deliveries/99/resend", as: "manager").status == 404)
            #expect(
                try await server.ask(.POST, "/api/v1/channels/board/test", as: "manager").json["sent"]?.truth == true)
            #expect(try await server.ask(.POST, "/api/v1/channels/none/test", as: "manager").status == 404)
            let rejects = try await server.ask(.GET, "/api/v1/rejects", as: "viewer")
            #expect(rejects.json["total"]?.integer == 3)
        }
    }

    @Test func `a case is made by hand, once a key`() async throws {
        try await TestServer.run { server in
            let body = #"{"key":"k","type":"resident_report","text":"水管漏水","place":"b3","category":"报修"}"#
            let made = try await server.ask(.POST, "/api/v1/cases", as: "manager", json: body)
            #expect(made.status == 200 && made.list("alerts").count == 1)
            let again = try await server.ask(.POST, "/api/v1/cases", as: "manager", json: body)
            #expect(again.bytes == made.bytes)
            let other = body.replacing("漏水", with: "停水")
            #expect(try await server.ask(.POST, "/api/v1/cases", as: "manager", json: other).status == 409)
            let nowhere = body.replacing("\"b3\"", with: "\"b9\"").replacing("\"k\"", with: "\"l\"")
            #expect(try await server.ask(.POST, "/api/v1/cases", as: "manager", json: nowhere).status == 400)
            #expect(try await server.ask(.POST, "/api/v1/cases", as: "w1", json: body).status == 403)
        }
    }
}
