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

/// Each curl line of docs/api.md, run by a shell against a real server.
@Suite struct ExampleTests {
    private static func run(_ line: String, in folder: String, url: String, token: String) async throws -> (
        Int32, String
    ) {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", line.replacing("curl -sS", with: "curl -sS -w '\\n%{http_code}'")]
        shell.environment = ["URL": url, "TOKEN": token, "PATH": "/usr/bin:/bin"]
        shell.currentDirectoryURL = URL(fileURLWithPath: folder)
        let output = folder + "/output"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        shell.standardOutput = handle
        shell.standardError = FileHandle.nullDevice
        let code: Int32 = try await withCheckedThrowingContinuation { waiting in
            shell.terminationHandler = { waiting.resume(returning: $0.terminationStatus) }
            do { try shell.run() } catch { waiting.resume(throwing: error) }
        }
        try handle.close()
        return (code, String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self))
    }

    /// What has to have happened before a verb is legal.
    static func before(_ verb: String) -> [String] {
        switch verb {
        case "handle", "return", "suspend": ["ack"]
        case "check": ["ack", "handle"]
        case "reopen": ["close"]
        case "resume": ["ack", "suspend"]
        default: []
        }
    }

    static func act(_ verb: String, _ id: String, by person: String, _ desk: SerialDesk) async {
        var act = Act(alert: id, verb: verb, actor: person, key: "\(id) \(verb)")
        act.found = verb == "handle" ? "real" : nil
        act.reason = "r"
        act.until = verb == "suspend" ? "3d" : nil
        _ = await desk.act(act)
    }

    /// The examples' names as the server has them.
    private static func filled(_ id: String, _ line: String, _ server: TestServer) async throws -> String {
        let alert = try #require(server.desk.report(at: "b3"))
        let other = try #require(server.desk.report(at: "b3"))
        if id.hasSuffix("Alert") {
            for verb in before(String(id.dropLast(5))) { await act(verb, alert, by: "w1", server.desk) }
        }
        var photo = ""
        if id == "showPhoto" {
            let added = try await server.ask(
                .POST, "/api/v1/alerts/\(alert)/photos", as: "admin", bytes: PhotoTests.jpeg)
            photo = added.json["hash"]?.text ?? ""
        }
        if id == "resendDelivery" {
            let now = server.clock.now
            let taken = try server.ledger.lease(channel: "board", now: now, lasting: .minutes(1), limit: 1)
            try server.ledger.settle(taken.map { Settlement($0, .dead(answer: "x")) }, now: now)
        }
        let token = try server.ledger.tokens().first { $0.name == "viewer" }?.id ?? ""
        return line.replacing(ExampleSite.alert, with: String(alert.prefix(12)))
            .replacing(ExampleSite.other, with: String(other.prefix(12)))
            .replacing("/photos/" + ExampleSite.photo, with: "/photos/" + photo)
            .replacing(ExampleSite.token, with: token)
    }

    @Test func `each line of docs/api.md does what stands above it`() async throws {
        for (id, line) in APIReference.curls {
            try await TestServer.run { server in
                try Data(PhotoTests.jpeg).write(to: URL(fileURLWithPath: server.folder + "/door.jpg"))
                let filled = try await ExampleTests.filled(id, line, server)
                let (code, output) = try await ExampleTests.run(
                    filled, in: server.folder, url: server.url, token: server.tokens["admin"] ?? "")
                // A stream goes on until curl has had enough of it.
                #expect(code == (id == "stream" ? 28 : 0), "\(id): \(output)")
                #expect(output.hasSuffix("\n200"), "\(id): \(output.suffix(600))")
                let body = output.split(separator: "\n").dropLast().joined(separator: "\n")
                if id == "stream" {
                    #expect(body.hasPrefix("retry: 3000"))
                } else if id == "downloadEvaluation" {
                    #expect(body.hasPrefix("\u{FEFF}"), "a sheet that spreadsheet programs read as it is")
                } else if id != "showPhoto" {
                    #expect(try JSONValue(Array(body.utf8)) != .null)
                }
            }
        }
    }
}
