import Alerts
import Community
import Foundation
import RecordLog
import SiteConfiguration
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

/// Nine months of a real home, where the data is there: it is no part of the project.
@Suite struct HomeTests {
    /// From the silences of the data itself, worked out apart from this code: the start of each alert and its end.
    static let alerts: [(started: String, resolved: String)] = [
        ("2023-04-28T20:34:34.512Z", "2023-05-01T15:15:20.164Z"),
        ("2023-06-14T00:02:24.880Z", "2023-06-15T15:14:12.087Z"),
        ("2023-07-13T20:53:43.530Z", "2023-09-06T18:27:29.000Z"),
        ("2023-09-06T18:30:18.858Z", "2023-09-26T19:11:27.000Z"),
    ]

    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let log = root.appendingPathComponent("../shared/data/home-0104/home-0104.jsonl.gz").standardizedFileURL.path
    static var isThere: Bool { FileManager.default.fileExists(atPath: log) }

    private static func replay(_ paths: [String], threads: Int) throws -> (
        changes: [AlertChange], summary: Replay.Summary
    ) {
        let (settings, _) = Settings.load(
            file: root.appendingPathComponent("config/examples/home-0104/shouwang.yaml").path)
        let site = try #require(settings)
        let (registry, _) = Registry.load(try RegistryFiles.read(directory: site.registry))
        var options = Replay.Options()
        options.threads = threads
        var replay = Replay(settings: site, registry: registry, options: options)
        var changes: [AlertChange] = []
        let logs = try paths.map { path throws(LogError) in try LogArgument(path: path) }
        let summary = replay.run(logs: logs, give: { changes.append($0) }, progress: { _, _ in })
        return (changes, summary)
    }

    private static func json(_ changes: [AlertChange]) throws -> [String] {
        let zone = try #require(Zone(identifier: "America/Toronto"))
        return changes.map { String(decoding: $0.json(zone: zone), as: UTF8.self) }
    }

    private static func instant(_ text: String) throws -> Instant {
        guard case .instant(let micros)? = ISO8601.read(text) else { throw NoTime(text: text) }
        return Instant(milliseconds: micros / 1000)
    }

    private struct NoTime: Error { var text: String }

    @Test(.enabled(if: isThere, "the data of home 0104 is not beside the repository"))
    func `a real home gives its four alerts, whatever the threads and however the log is cut`() throws {
        let (changes, summary) = try HomeTests.replay([HomeTests.log], threads: 2)
        #expect(summary.counters.records == 461_980)
        #expect(summary.refusedCount == 0)
        #expect(changes.map(\.change.rawValue) == HomeTests.alerts.flatMap { _ in ["raised", "resolved"] })
        for (index, alert) in HomeTests.alerts.enumerated() where 2 * index + 1 < changes.count {
            let (raised, resolved) = (changes[2 * index], changes[2 * index + 1])
            let started = try HomeTests.instant(alert.started)
            #expect(raised.started == started && resolved.started == started)
            #expect(raised.detected == started + .hours(24))
            #expect(resolved.at == (try HomeTests.instant(alert.resolved)))
            #expect(raised.id == resolved.id)
        }
        let expected = try HomeTests.json(changes)
        #expect(try HomeTests.json(HomeTests.replay([HomeTests.log], threads: 4).changes) == expected)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("shouwang-home-" + UUID().uuidString)
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(atPath: folder) } catch {
                print("left behind: \(folder): \(error)")
            }
        }
        let parts = try HomeTests.cut(into: 200, folder: folder)
        #expect(parts.count == 200)
        #expect(try HomeTests.json(HomeTests.replay(parts, threads: 1).changes) == expected)
    }

    /// Writes the log as plain files of whole lines, about equally long.
    private static func cut(into count: Int, folder: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "zcat \"$0\" | split -l 2310 -a 3 - \"$1/part-\"", log, folder]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { folder + "/" + $0 }
    }
}
