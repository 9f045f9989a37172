import Alerts
import Foundation
import RecordLog
import Testing
import Timekeeping

@testable import Pipeline

/// `why` finds the records that an alert rests on.
@Suite struct ExplanationTests {
    @Test func `the records of a camera whose clock is wrong are found, by the time that was believed`() throws {
        let scene = Scene(rules: ["lift: {kind: ebike_in_building, confirm: {count: 1}}"])
        let slow = 3 * Scene.day
        // Every five minutes a heartbeat, then an e-bike: by then the clock is known to be three days slow.
        func told(_ at: Int64, _ type: String, _ fields: String = "") -> Line {
            .native(at, "camera/lift3", type, fields + ",\"ts\":\(Scene.origin + at - slow)")
        }
        let lines =
            (0..<6).map { told($0 * 5 * Scene.minute, "heartbeat") }
            + [told(30 * Scene.minute, "ebike", ",\"confidence\":0.95"), .quiet(Scene.hour)]
        let raised = try #require(scene.run(lines).changes.first)
        #expect(raised.started.milliseconds == Scene.origin + 30 * Scene.minute)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("why-\(UUID().uuidString).jsonl")
        try Data(lines.map(\.text).joined().utf8).write(to: file)
        defer {
            do { try FileManager.default.removeItem(at: file) } catch { print("left behind: \(file): \(error)") }
        }
        let why = try Explanation(
            alert: raised.id, settings: scene.settings, registry: scene.registry, threads: 1,
            logs: { [try LogArgument(path: file.path)] })
        #expect(why.changes.count == 1 && why.records.map(\.number) == [7])
    }
}
