import Console
import Foundation
import Ledger
import Testing
import Timekeeping
import Vocabulary

/// The commands as people type them: the program in a process of its own, a real console, pipeline and ledger.
@Suite struct CommandTests {
    private struct Outcome: Sendable {
        var code: Int32
        var output: String
        var talk: String
    }

    /// The executable that was built with the tests.
    private static let program: String = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0])
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent("shouwang").path
            var isFolder: ObjCBool = false
            // Sound: the call writes one flag.
            let exists = unsafe FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder)
            if exists, !isFolder.boolValue { return candidate }
            folder.deleteLastPathComponent()
        }
        return "/nonexistent/shouwang"
    }()

    private static func run(_ arguments: [String], token: String = "", language: String = "en_GB.UTF-8") async throws
        -> Outcome
    {
        try await withCheckedThrowingContinuation { waiting in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
            process.environment = ["SHOUWANG_TOKEN": token, "LC_ALL": language, "PATH": "/usr/bin:/bin"]
            let (output, talk) = (Pipe(), Pipe())
            process.standardOutput = output
            process.standardError = talk
            process.terminationHandler = { process in
                waiting.resume(
                    returning: Outcome(
                        code: process.terminationStatus,
                        output: String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self),
                        talk: String(decoding: talk.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)))
            }
            do { try process.run() } catch { waiting.resume(throwing: error) }
        }
    }

    /// Types a line at a console.
    private static func type(
        _ line: String, at server: TestServer, as person: String = "manager", language: String = "en_GB.UTF-8"
    ) async throws -> Outcome {
        let words = line.split(separator: " ").map { String($0).replacing("_", with: " ") }
        return try await run(
            words + ["--url", server.url], token: server.tokens[person] ?? "", language: language)
    }

    @Test func `a case goes from list to close, each verb by its six digits`() async throws {
        try await TestServer.run { server in
            let id = try server.raise()
            let six = id.prefix(6).uppercased()
            var told = try await CommandTests.type("alerts list --open --kind sos,fall --severity critical", at: server)
            #expect(told.code == 0 && told.talk.isEmpty, "\(told)")
            #expect(told.output.split(separator: "\n").count == 2 && told.output.contains(six), "\(told)")
            for (line, person, state) in [
                ("ack \(six)", "w1", "acknowledged"), ("arrive \(six)", "w1", "on site"),
                ("handle \(six) --found well --by visit --alert-right yes --note in", "w1", "handled"),
            ] {
                told = try await CommandTests.type("alerts " + line, at: server, as: person)
                #expect(told.code == 0 && told.output.hasPrefix("\(six) \(state) "), "\(line): \(told)")
            }
            told = try await CommandTests.type("alerts check \(six) --ok", at: server)
            #expect(told.code == 0, "\(told)")
            told = try await CommandTests.type("alerts show \(six)", at: server)
            #expect(
                told.code == 0 && told.output.contains("(\(id))") && told.output.contains("acknowledged"), "\(told)")
            told = try await CommandTests.type("alerts show \(six)", at: server, language: "zh_CN.UTF-8")
            #expect(told.output.contains("签收") && told.output.contains("可做的操作"), "\(told)")
        }
    }

    @Test func `each other verb comes to its change as well`() async throws {
        try await TestServer.run { server in
            let first = try server.raise("p1")
            let second = try server.raise("p3")
            let lines: [(String, String)] = [
                ("dispatch \(first) --to community", "dispatched"), ("ack \(first)", "acknowledged"),
                ("note \(first) knocked_again", "noted"), ("extend \(first) --for 2h --reason waits", "extended"),
                ("escalate \(first) --reason no_access", "escalated"), ("return \(first) --reason other", "returned"),
                ("merge \(first) --into \(second)", "merged"),
                ("close \(second) --reason duplicate", "closed"),
            ]
            for (line, change) in lines {
                let told = try await CommandTests.type("alerts \(line) --json", at: server, as: "admin")
                #expect(told.code == 0, "\(line): \(told)")
                let json = try JSONValue(Array(told.output.utf8))
                #expect(json["change"]?.text == change, "\(line): \(told.output)")
            }
        }
    }

    @Test func `what is refused ends with its code, and says what may be done`() async throws {
        try await TestServer.run { server in
            let id = try server.raise()
            let six = String(id.prefix(6))
            #expect(try await CommandTests.type("alerts close \(six) --reason test", at: server).code == 0)
            var told = try await CommandTests.type("alerts ack \(six)", at: server)
            #expect(told.code == 1 && told.output.isEmpty && told.talk.contains("the alert is closed now"), "\(told)")
            told = try await CommandTests.type("alerts close \(six) --reason test", at: server, as: "viewer")
            #expect(told.code == 1 && told.talk.contains("not allowed"), "\(told)")
            told = try await CommandTests.type("alerts show ffffffffffff", at: server)
            #expect(told.code == 66 && told.talk.contains("alerts list"), "\(told)")
            told = try await CommandTests.type("alerts handle \(six) --found nonsense", at: server)
            #expect(told.code == 64 && told.talk.contains("found"), "\(told)")
            told = try await CommandTests.run(["alerts", "list", "--url", server.url], token: "sw_wrong")
            #expect(told.code == 78 && told.talk.contains("token add") && !told.talk.contains("sw_wrong"), "\(told)")
            told = try await CommandTests.type("alerts ack 12", at: server)
            #expect(told.code == 64 && told.talk.contains("7F3A9C"), "\(told)")
        }
        let told = try await CommandTests.run(["alerts", "list", "--url", "http://127.0.0.1:1"], token: "sw_x")
        #expect(told.code == 69 && told.talk.contains("shouwang run"), "\(told)")
    }

    @Test func `a report that is typed in is a case`() async throws {
        try await TestServer.run { server in
            let told = try await CommandTests.type(
                "alerts new --text 2单元门禁坏了 --category 维修 --place b3 --by luo", at: server)
            #expect(told.code == 0 && told.output.hasPrefix("taken; the alert is "), "\(told)")
            let again = try await CommandTests.type("alerts new --text x --place nowhere", at: server)
            #expect(again.code == 64 && again.talk.contains("place"), "\(again)")
        }
    }

    @Test func `a drill is raised, says so, and is worked on as any alert`() async throws {
        try await TestServer.run { server in
            var told = try await CommandTests.type("drill sos --resident e1 --key k1", at: server)
            #expect(told.code == 0 && told.output.contains("open") && told.output.contains("[Drill]"), "\(told)")
            let six = String(told.output.prefix(6))
            told = try await CommandTests.type("drill sos --resident e1 --key k1", at: server)
            #expect(told.code == 0 && told.output.hasPrefix(six), "\(told)")
            told = try await CommandTests.type("alerts ack \(six)", at: server, as: "w1")
            #expect(told.code == 0 && told.output.contains("acknowledged"), "\(told)")
            told = try await CommandTests.type("drill soss --resident e1", at: server)
            #expect(told.code == 64 && told.talk.contains("sos"), "\(told)")
            told = try await CommandTests.type("drill sos --resident e1", at: server, as: "w1")
            #expect(told.code == 1, "\(told)")
        }
    }

    @Test func `forgetting says place by place what would be, and what stands in the way`() async throws {
        try await TestServer.run { server in
            var told = try await CommandTests.type("forget e1", at: server, as: "admin")
            #expect(
                told.code == 1 && told.output.contains("residents.csv") && told.output.contains("journal"), "\(told)")
            told = try await CommandTests.type("forget nobody", at: server, as: "admin")
            #expect(told.code == 66, "\(told)")
            told = try await CommandTests.type("forget e1", at: server, as: "manager")
            #expect(told.code == 1 && told.talk.contains("not allowed"), "\(told)")
        }
    }

    /// A configuration whose store and console are the server's.
    private static func site(of server: TestServer) throws -> String {
        let folder = server.folder + "/site"
        try FileManager.default.createDirectory(atPath: folder + "/registry", withIntermediateDirectories: true)
        let files = [
            "site.yaml": """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1"}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: "\(server.folder)"}
            rules: {sos: {kind: sos}}
            channels: {board: {kind: mqtt}}
            routes: [{match: {}, to: [board]}]
            console: {listen: "127.0.0.1:\(server.port)"}

            """,
            "registry/places.csv": "id,kind\nb3,building\n",
            "registry/devices.csv": "id,place,family,kind\np1,b3,elder,button\n",
            "registry/residents.csv": "id,dwelling\ne1,b3/1/101\n",
            "registry/workers.csv": "id,name,role\nw1,王,guard\n",
        ]
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }
        return folder + "/site.yaml"
    }

    @Test func `the store's owner needs no token, and leaves none behind`() async throws {
        try await TestServer.run { server in
            let config = try CommandTests.site(of: server)
            let before = try server.ledger.tokens().count
            let told = try await CommandTests.run(["status", "--config", config])
            #expect(told.code == 0 && told.output.contains("open_alerts"), "\(told)")
            let made = try server.ledger.tokens().dropFirst(before)
            #expect(made.count == 1 && made.allSatisfy { $0.revoked != nil && $0.name.hasPrefix("local:") }, "\(made)")
            let audit = try server.ledger.auditRows(limit: 10).map(\.entry.action)
            #expect(audit.contains("token.local"))
        }
    }

    @Test func `a token is made, shown once, used, listed and ended, beside a console that runs`() async throws {
        try await TestServer.run { server in
            let config = try CommandTests.site(of: server)
            var told = try await CommandTests.run(
                ["token", "add", "值班台", "--role", "manager", "--expires", "90d", "--config", config])
            let token = told.output.filter { !$0.isWhitespace }
            #expect(
                told.code == 0 && told.output == token + "\n" && token.hasPrefix("sw_") && told.talk.isEmpty, "\(told)")
            server.clock.move(.seconds(2))
            told = try await CommandTests.run(["alerts", "list", "--url", server.url], token: token)
            #expect(told.code == 0, "\(told)")
            told = try await CommandTests.run(["token", "list", "--config", config])
            #expect(told.code == 0 && told.output.contains("值班台") && !told.output.contains(token), "\(told)")
            told = try await CommandTests.run(["token", "revoke", "值班台", "--config", config])
            #expect(told.code == 0, "\(told)")
            server.clock.move(.seconds(2))
            told = try await CommandTests.run(["alerts", "list", "--url", server.url], token: token)
            #expect(told.code == 78, "\(told)")
            told = try await CommandTests.run(["token", "revoke", "值班台", "--config", config])
            #expect(told.code == 66, "\(told)")
        }
    }

    @Test func `a token that cannot be meant is refused, with what may be written`() async throws {
        try await TestServer.run { server in
            let config = try CommandTests.site(of: server)
            for (arguments, code) in [
                (["x", "--role", "boss"], Int32(64)), (["x", "--role", "worker"], 64),
                (["x", "--role", "viewer", "--worker", "w1"], 64),
                (["x", "--role", "viewer", "--expires", "soon"], 64),
                (["x", "--role", "worker", "--worker", "w9"], 66),
            ] {
                let told = try await CommandTests.run(["token", "add"] + arguments + ["--config", config])
                #expect(told.code == code && told.output.isEmpty && !told.talk.isEmpty, "\(arguments): \(told)")
            }
        }
    }

    @Test func `status is shown by its keys`() async throws {
        try await TestServer.run { server in
            let told = try await CommandTests.type("status", at: server, as: "viewer")
            #expect(
                told.code == 0 && told.output.contains("open_alerts") && told.output.contains("journal: batch"),
                "\(told)")
        }
    }

    @Test func `a list has as many as are asked for`() async throws {
        try await TestServer.run { server in
            for device in ["p1", "p3"] { _ = try server.raise(device) }
            var told = try await CommandTests.type("alerts list --limit 1 --json", at: server)
            #expect(told.code == 0 && told.output.split(separator: "\n").count == 1, "\(told)")
            #expect(try JSONValue(Array(told.output.utf8))["alerts"]?.list?.count == 1)
            told = try await CommandTests.type("alerts list", at: server)
            #expect(told.output.split(separator: "\n").count == 3, "\(told)")
        }
    }
}
