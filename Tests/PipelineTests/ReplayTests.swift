import Alerts
import Foundation
import RecordLog
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

@Suite struct ReplayTests {
    private func replay(_ logs: [[Line]], _ change: (inout Replay.Options) -> Void = { _ in }) throws -> (
        changes: [AlertChange], summary: Replay.Summary
    ) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("shouwang-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { print("left behind: \(folder): \(error)") }
        }
        var arguments: [LogArgument] = []
        for (number, lines) in logs.enumerated() {
            let file = folder.appendingPathComponent("log\(number).jsonl")
            try Data(lines.map(\.text).joined().utf8).write(to: file)
            arguments.append(try LogArgument(path: file.path))
        }
        let scene = LawTests.scene()
        var options = Replay.Options()
        change(&options)
        var replay = Replay(settings: scene.settings, registry: scene.registry, options: options)
        var changes: [AlertChange] = []
        let summary = replay.run(logs: arguments, give: { changes.append($0) }, progress: { _, _ in })
        return (changes, summary)
    }

    @Test func `files in any number and threads in any number are the one log`() throws {
        var random = SeededRandom(for: "ReplayTests")
        // Times that do not run back, as the running maximum of a merge needs them to keep the order.
        var lines = LawTests.log(&random, count: 2000)
        var latest = Int64.min
        for index in lines.indices {
            latest = max(latest, lines[index].at)
            lines[index].at = latest
        }
        let scene = LawTests.scene()
        let expected = scene.json(scene.run(lines))
        func json(_ changes: [AlertChange]) -> [String] {
            changes.map { String(decoding: $0.json(zone: scene.settings.site.zone), as: UTF8.self) }
        }
        #expect(json(try replay([lines]).changes) == expected, "seed \(random.seed)")
        let parts = stride(from: 0, to: 2000, by: 50).map { Array(lines[$0..<$0 + 50]) }
        for threads in [1, 2, 4] {
            #expect(json(try replay(parts) { $0.threads = threads }.changes) == expected, "seed \(random.seed)")
        }
    }

    @Test func `a replay that goes on in quiet ticks at each deadline`() throws {
        let end = Instant(milliseconds: Scene.origin + 4 * Scene.day)
        let (changes, _) = try replay([[.quiet(0)]]) { $0.through = end }
        #expect(changes.allSatisfy { $0.at == $0.detected || $0.change == .updated })
        #expect(changes.count { $0.rule == "short" && $0.change == .raised } == 4)
        let quiet = changes.filter { $0.rule == "quiet" && $0.key == "3栋/2单元/502" }
        #expect(quiet.map { $0.at.milliseconds - Scene.origin } == [Scene.day, 3 * Scene.day])
        let none = try replay([[.quiet(0)]]) {
            $0.through = Instant(milliseconds: Scene.origin + 90 * Scene.minute - 1)
        }
        #expect(none.changes.isEmpty)
    }

    @Test func `what lies outside of the asked stretch warms the windows and is not given out`() throws {
        let lines = [Line.quiet(0), .quiet(Scene.day), .quiet(3 * Scene.day)]
        let from = Instant(milliseconds: Scene.origin + 2 * Scene.day)
        let later = try replay([lines]) { $0.from = from }
        #expect(later.changes.contains { $0.change == .updated } && later.changes.allSatisfy { $0.at >= from })
        let earlier = try replay([lines]) { $0.to = from }
        #expect(try replay([lines]).changes.count == later.changes.count + earlier.changes.count)
    }

    @Test func `refused lines are counted by reason and told with their place in the file`() throws {
        let lines: [Line] = [.quiet(0), .native(1, "robot/x", "motion"), .quiet(2), .native(3, "elder/p1", "jump")]
        let (_, summary) = try replay([lines])
        #expect(summary.counters.refused == ["unknown-family": 1, "unknown-type": 1])
        #expect(summary.refusals.map(\.refusal.line) == [2, 4])
        #expect(summary.lines == 4 && summary.counters.records == 4)
    }
}
