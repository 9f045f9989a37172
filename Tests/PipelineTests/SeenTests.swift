import Alerts
import Rules
import SiteConfiguration
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

/// What the ledger knew of a home before journal and snapshots were lost (`$shouwang/seen`).
@Suite struct SeenTests {
    private static let rules = ["quiet: {kind: no_movement, after: 72h, evidence: {count: 1, within: 15m}}"]
    private static let hour = Scene.hour
    private static let home = "3栋/2单元/502"

    /// Counted since so many hours before the origin.
    private func seen(
        _ at: Int64, _ hours: Int64, rule: String = "quiet", home: String = SeenTests.home
    ) -> Line {
        .own(
            at, "seen",
            "{\"rule\":\"\(rule)\",\"key\":\"\(home)\",\"since\":\(Scene.origin - hours * SeenTests.hour)}")
    }

    private func alerts(_ lines: [Line]) throws -> Scene.Result {
        let scene = Scene(rules: SeenTests.rules)
        let whole = scene.run(lines)
        let (split, _) = try scene.run(lines) { pipeline in
            pipeline = try scene.restored(pipeline.encoded()).pipeline
        }
        #expect(scene.json(whole) == scene.json(split))
        return whole
    }

    @Test func `a home is counted on from what was known of it`() throws {
        let hour = SeenTests.hour
        let told = try alerts([.own(0, "start"), seen(1, 71), .quiet(hour - 1), .quiet(hour), .quiet(2 * hour)])
        #expect(told.brief == ["raised \(SeenTests.home) high \(-71 * hour) \(hour)"])
    }

    @Test func `one that is overdue is told once the broker's backlog is in, and not where that has a movement`() throws
    {
        let hour = SeenTests.hour
        let connected = Line.own(2, "session", "{\"state\":\"connected\",\"present\":true}")
        let settled = Line.own(9, "session", "{\"state\":\"settled\"}")
        let told = try alerts([.own(0, "start"), seen(1, 80), connected, .quiet(5), settled, .quiet(hour)])
        #expect(told.changes.count == 1 && told.changes.first?.started.milliseconds == Scene.origin - 80 * hour)
        #expect(told.times == [9])
        let moved = Line.native(5, "elder/p1", "motion")
        #expect(try alerts([.own(0, "start"), seen(1, 80), connected, moved, settled, .quiet(hour)]).brief == [])
    }

    @Test func `what the journal shows is surer, and nothing makes a home counted from later`() throws {
        let hour = SeenTests.hour
        let moved = Line.native(hour, "elder/p1", "motion")
        let lines = [.own(0, "start"), moved, seen(2 * hour, 100), .quiet(72 * hour), .quiet(74 * hour)]
        #expect(try alerts(lines).brief == ["raised \(SeenTests.home) high \(hour) \(73 * hour)"])
        let later = [.own(0, "start"), seen(3 * hour, -2), .quiet(72 * hour)]
        #expect(try alerts(later).brief == ["raised \(SeenTests.home) high 0 \(72 * hour)"])
    }

    @Test func `a visit since is surer too, and the time before is one that nobody saw`() throws {
        let hour = SeenTests.hour
        let visit = Line.own(
            hour, "act", "{\"verb\":\"handle\",\"resident\":\"e1\",\"actor\":\"w1\",\"found\":\"well\"}")
        let lines = [.own(0, "start"), visit, seen(2 * hour, 100), .quiet(72 * hour), .quiet(74 * hour)]
        #expect(try alerts(lines).brief == ["raised \(SeenTests.home) high \(hour) \(73 * hour)"])
        // Somebody's sensor spoke: the two hours since are no proof of the seventy before.
        let beats = stride(from: 0, to: 2 * hour, by: 10 * Int(Scene.minute)).map { at in
            Line.native(at + 5, "elder/p1", "heartbeat")
        }
        let told = try alerts([.own(0, "start"), seen(1, 70)] + beats + [.quiet(3 * hour)])
        #expect(told.changes.map(\.verdict) == [.boxBlind])
    }

    @Test func `a rule or a home that is gone is counted, and nothing else`() throws {
        let told = try alerts([
            .own(0, "start"), seen(1, 71, rule: "gone"), seen(2, 71, home: "9栋/9单元/999"), .quiet(2 * SeenTests.hour),
        ])
        #expect(told.brief == [] && told.counters.unknownOwn == 2)
    }

    @Test func `what is counted is told of each home that is watched`() {
        let scene = Scene(rules: SeenTests.rules, residents: Scene.luo + "e2,3栋/2单元/501,王五,独居,,,,,\n")
        let fresh = Pipeline(settings: scene.settings, registry: scene.registry)
        #expect(fresh.counted.map(\.home.since) == [.distantFuture, .distantFuture])
        let counted = scene.pipeline(after: [.quiet(0), .native(50, "elder/p1", "motion")]).counted
        #expect(counted.map(\.rule) == ["quiet", "quiet"])
        #expect(counted.map(\.home.home) == [SeenTests.home, "3栋/2单元/501"])
        #expect(counted.map(\.home.isFromBeginning) == [false, true])
        #expect(counted.map { $0.home.since.milliseconds - Scene.origin } == [50, 0])
    }
}
