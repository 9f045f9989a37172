import Alerts
import Rules
import SiteConfiguration
import Testing
import Timekeeping

@testable import Pipeline

@Suite struct ThrownObjectTests {
    static let rule = "throw: {kind: thrown_object, confidence: 0.6, merge: 10s, severity: critical}"
    static let noon: Int64 = 12 * Scene.hour

    private func scene(_ rule: String = ThrownObjectTests.rule) -> Scene { Scene(rules: [rule]) }
    private func thrown(_ at: Int64, _ camera: String = "f3a", _ fields: String = ",\"confidence\":0.9") -> Line {
        .native(at, "camera/" + camera, "thrown_object", fields)
    }

    @Test func `two cameras make one alert, then an update; a third frame of one of them makes none`() {
        let noon = ThrownObjectTests.noon
        let result = scene().run([
            thrown(noon), thrown(noon + 40, "f3a"), thrown(noon + 900, "f3b", ",\"confidence\":0.7,\"floor\":17"),
            thrown(noon + 950, "f3b"),
            thrown(noon + 2000, "f5"),
        ])
        #expect(
            result.brief == [
                "raised b3 critical \(noon) \(noon)", "updated b3 critical \(noon) \(noon)",
                "raised b5 critical \(noon + 2000) \(noon + 2000)",
            ])
        #expect(result.times == [noon, noon + 900, noon + 2000])
        #expect(result.changes[1].detail == #"{"count":3,"confidence":0.90,"floor":17,"devices":["f3a","f3b"]}"#)
        #expect(result.changes[1].evidence.map(\.device) == ["f3a", "f3a", "f3b"])
    }

    @Test(arguments: [(9_999, 1), (10_000, 1), (10_001, 2)] as [(Int64, Int)])
    func `events up to the gap apart are one alert`(_ gap: Int64, _ alerts: Int) {
        let noon = ThrownObjectTests.noon
        let result = scene().run([thrown(noon), thrown(noon + gap)])
        #expect(result.brief.count { $0.hasPrefix("raised") } == alerts)
        #expect(result.changes.count == alerts)
    }

    @Test(arguments: [(0.59, false), (0.6, true), (0.61, true)])
    func `confidence below the rule's is not looked at, and none told is unknown`(_ confidence: Double, _ raises: Bool)
    {
        let result = scene().run([thrown(ThrownObjectTests.noon, "f3a", ",\"confidence\":\(confidence)")])
        #expect(result.changes.isEmpty != raises)
        #expect(scene().run([thrown(ThrownObjectTests.noon, "f3a", "")]).changes.isEmpty)
        let any = scene("throw: {kind: thrown_object, confidence: 0}")
        #expect(any.run([thrown(ThrownObjectTests.noon, "f3a", "")]).changes.count == 1)
    }

    @Test func `an event that comes late joins its session, also a closed one`() {
        let noon = ThrownObjectTests.noon
        let late = ",\"confidence\":0.9,\"ts\":\(Scene.origin + noon - 5000)"
        let result = scene().run([thrown(noon), .quiet(noon + 120_000), thrown(noon + 300_000, "f3b", late)])
        #expect(result.brief == ["raised b3 critical \(noon) \(noon)", "updated b3 critical \(noon) \(noon)"])
        // Beyond the ten minutes for which a closed session is remembered it is one of its own.
        let forgotten = scene().run([thrown(noon), thrown(noon + 700_000, "f3b", late)])
        #expect(forgotten.brief.map { $0.prefix(6) } == ["raised", "raised"])
        #expect(forgotten.changes.last?.started.milliseconds == Scene.origin + noon - 5000)
    }

    @Test func `what is counted under a minute is counted by arrival, so that cameras' clocks do not matter`() {
        let noon = ThrownObjectTests.noon
        let slow = ",\"confidence\":0.9,\"ts\":\(Scene.origin + noon - 45_000)"
        let result = scene().run([thrown(noon), thrown(noon + 500, "f3b", slow)])
        #expect(result.brief.map { $0.prefix(7) } == ["raised ", "updated"])
    }

    @Test func `endless rain tells again after ten minutes`() {
        let noon = ThrownObjectTests.noon
        let result = scene().run((0...2600).map { thrown(noon + Int64($0) * 500) })
        #expect(
            result.brief == [Int64(0), 600_500, 1_201_000].map { "raised b3 critical \(noon + $0) \(noon + $0)" })
    }

    @Test func `a second camera that is asked for must be within the time, whichever came first`() {
        let noon = ThrownObjectTests.noon
        let two =
            "throw: {kind: thrown_object, confidence: 0.6, merge: 10s, confirm: {count: 1, devices: 2, within: 3s}}"
        func raised(_ lines: [Line]) -> Bool { !scene(two).run(lines).changes.isEmpty }
        #expect(!raised([thrown(noon), thrown(noon + 100)]))
        #expect(raised([thrown(noon), thrown(noon + 2999, "f3b")]))
        #expect(!raised([thrown(noon), thrown(noon + 3000, "f3b")]))
        // Handed in late: their own times decide.
        let at = noon + 300_000
        func late(_ n: Int64, _ camera: String, _ ms: Int64) -> Line {
            thrown(at + n, camera, ",\"confidence\":0.9,\"ts\":\(Scene.origin + noon + ms)")
        }
        #expect(raised([late(0, "f3a", 2999), late(1, "f3b", 0)]))
        #expect(!raised([late(0, "f3a", 8000), late(1, "f3b", 0)]))
        #expect(!raised([late(0, "f3a", 0), late(1, "f3b", 8000)]))
    }

    @Test func `the start is the session's first event, frozen at the raise`() {
        let noon = ThrownObjectTests.noon
        let three = "throw: {kind: thrown_object, confidence: 0.6, merge: 10s, confirm: {count: 3, within: 9s}}"
        let at = noon + 300_000
        func late(_ n: Int64, _ camera: String, _ ms: Int64) -> Line {
            thrown(at + n, camera, ",\"confidence\":0.9,\"ts\":\(Scene.origin + noon + ms)")
        }
        // The first event arrives second; an earlier one still after the raise moves nothing.
        let result = scene(three).run([
            late(0, "f3a", 2000), late(1, "f3a", 1000), late(2, "f3a", 3000), late(3, "f3b", 500),
        ])
        #expect(
            result.brief == [
                "raised b3 critical \(noon + 1000) \(at + 2)", "updated b3 critical \(noon + 1000) \(at + 2)",
            ])
    }

    @Test func `a retained message and another place are no throw`() {
        let noon = ThrownObjectTests.noon
        #expect(
            scene().run([.native(noon, "camera/f3a", "thrown_object", ",\"confidence\":0.9", retain: true)]).changes
                .isEmpty)
        let only = scene("throw: {kind: thrown_object, places: [b5]}")
        #expect(only.run([thrown(noon), thrown(noon + 1, "f5")]).changes.map(\.key) == ["b5"])
        // A camera that the registry does not know stands for itself: nothing is lost.
        #expect(scene().run([thrown(noon, "new-cam")]).changes.map(\.key) == ["new-cam"])
    }
}
