import Alerts
import Rules
import SiteConfiguration
import Testing
import Timekeeping

@testable import Pipeline

@Suite struct EbikeTests {
    static let noon: Int64 = 12 * Scene.hour
    static func rule(_ more: String = "", publish: String = ", fresh: 10s, max: 60s") -> String {
        "bike: {kind: ebike_in_building, zone: lift, confidence: 0.6, confirm: {count: 2, within: 5s}, severity: high, "
            + "publish: {topic: \"lift/{device}/hold\", payload: 'hold', release: 'release'\(publish)}\(more)}"
    }

    static let hold = "lift/lift3/hold hold"
    static let release = "lift/lift3/hold release"

    private func scene(_ rule: String = EbikeTests.rule()) -> Scene { Scene(rules: [rule]) }
    private func bike(_ at: Int64, _ fields: String = "", camera: String = "lift3", confidence: String = "0.91") -> Line
    {
        .native(at, "camera/" + camera, "ebike", ",\"confidence\":\(confidence)\(fields)")
    }

    /// What was done, with the time of the record that did it.
    private func done(_ lines: [Line], _ scene: Scene) -> [String] {
        scene.run(lines).actuations.map {
            "\(lines[Int($0.record) - 1].at - EbikeTests.noon) \($0.actuation.topic) \($0.actuation.payload)"
        }
    }

    @Test(arguments: [(4_999, true), (5_000, false), (5_001, false)] as [(Int64, Bool)])
    func `two frames within five seconds confirm it`(_ apart: Int64, _ confirmed: Bool) {
        let noon = EbikeTests.noon
        let result = scene().run([bike(noon), bike(noon + apart)])
        #expect(result.brief == (confirmed ? ["raised lift3 high \(noon) \(noon + apart)"] : []))
    }

    @Test func `one frame, another zone and low confidence are none; a lift's camera needs to tell no zone`() {
        let noon = EbikeTests.noon
        func raised(_ lines: [Line]) -> Bool { !scene().run(lines).changes.isEmpty }
        #expect(!raised([bike(noon)]))
        #expect(!raised([bike(noon, ",\"zone\":\"lobby\""), bike(noon + 1, ",\"zone\":\"lobby\"")]))
        #expect(!raised([bike(noon, camera: "f3a"), bike(noon + 1, camera: "f3a")]))
        #expect(
            raised([
                bike(noon, ",\"zone\":\"lift\"", camera: "f3a"), bike(noon + 1, ",\"zone\":\"lift\"", camera: "f3a"),
            ]))
        #expect(!raised([bike(noon), bike(noon + 1, confidence: "0.5")]))
        #expect(!raised([bike(noon), bike(noon + 1, camera: "lift5")]))
        #expect(raised([bike(noon), bike(noon + 1)]))
    }

    @Test(
        arguments: [(59_999, ["1000 \(hold)"]), (60_000, ["1000 \(hold)", "61000 \(release)"])] as [(Int64, [String])])
    func `the lift is held by the alert and released when the session ends`(_ later: Int64, _ expected: [String]) {
        let noon = EbikeTests.noon
        let lines = [bike(noon), bike(noon + 1000), .quiet(noon + 1000 + later)]
        #expect(done(lines, scene()) == expected)
    }

    @Test func `a bike that stays is held for the longest time and no longer, once`() {
        let noon = EbikeTests.noon
        let lines = (0...200).map { bike(noon + Int64($0) * 1000) }
        #expect(done(lines, scene()) == ["1000 \(EbikeTests.hold)", "61000 \(EbikeTests.release)"])
    }

    @Test func `a short session ends with its gap`() {
        let noon = EbikeTests.noon
        let lines = [bike(noon), bike(noon + 1000), bike(noon + 5000), .quiet(noon + 14_999), .quiet(noon + 15_000)]
        #expect(
            done(lines, scene(EbikeTests.rule(", merge: 10s"))) == [
                "1000 \(EbikeTests.hold)", "15000 \(EbikeTests.release)",
            ])
    }

    @Test func `a hand's freshness is told, and an old observation moves no lift`() {
        let noon = EbikeTests.noon
        let live = scene().run([bike(noon), bike(noon + 1000)])
        #expect(live.actuations.map(\.actuation.freshUntil?.milliseconds) == [Scene.origin + noon + 11_000])
        let at = noon + 300_000
        let old = ",\"ts\":\(Scene.origin + noon)"
        let late = scene().run([bike(at, old), bike(at + 1000, old)])
        #expect(late.changes.count == 1 && late.actuations.isEmpty)
    }

    @Test func `while settling the payload's own time decides`() {
        let noon = EbikeTests.noon
        func settling(_ fields: String) -> Scene.Result {
            scene().run([
                .own(noon - 1000, "session", SettlingTests.connected), bike(noon, fields), bike(noon + 1, fields),
            ])
        }
        #expect(settling(",\"ts\":\(Scene.origin + noon - 9000)").actuations.count == 1)
        #expect(settling(",\"ts\":\(Scene.origin + noon - 11_000)").actuations.isEmpty)
        // Its age is not known.
        #expect(settling("").actuations.isEmpty)
        #expect(settling("").changes.count == 1)
    }

    @Test func `a device is acted on at most six times a minute`() {
        let noon = EbikeTests.noon
        // Sessions of a second each, three seconds apart.
        let rule = EbikeTests.rule(", merge: 1s")
        let lines = (0..<40).flatMap { n in [bike(noon + Int64(n) * 3000), bike(noon + Int64(n) * 3000 + 500)] }
        let result = scene(rule).run(lines)
        let holds = result.actuations.filter { $0.actuation.payload == "hold" }.map {
            lines[Int($0.record) - 1].at - noon
        }
        for (n, time) in holds.enumerated() {
            #expect(holds[...n].count { $0 > time - 60_000 } <= 6, "at \(time)")
        }
        #expect(holds.count == 12)
        #expect(result.changes.count == 40, "every session is told all the same")
        #expect(result.actuations.count { $0.actuation.payload == "release" } >= 11, "each hold is undone")
    }
}
