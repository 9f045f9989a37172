import Alerts
import Diagnostics
import SiteConfiguration
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

@Suite struct NoMovementTests {
    static let hour = Scene.hour
    static let day = Scene.day
    static let home = "3栋/2单元/502"
    static let single = "quiet: {kind: no_movement, after: 24h, severity: high, evidence: {count: 1}}"
    static let staged = "quiet: {kind: no_movement, severity: high, evidence: {count: 1}}"

    private func motion(_ at: Int64, _ fields: String = "", device: String = "p1", retain: Bool = false) -> Line {
        .native(at, "elder/" + device, "motion", fields, retain: retain)
    }

    private func ts(_ at: Int64) -> String { ",\"ts\":\(Scene.origin + at)" }

    @Test(arguments: [(-1, false), (0, true), (1, true)] as [(Int64, Bool)])
    func `it fires at its deadline, armed from the registry by the first record`(_ offset: Int64, _ fires: Bool) {
        let result = Scene(rules: [NoMovementTests.single]).run([.quiet(0), .quiet(NoMovementTests.day + offset)])
        #expect(result.brief == (fires ? ["raised \(NoMovementTests.home) high 0 \(NoMovementTests.day)"] : []))
        // Whatever record brings it.
        #expect(result.times == (fires ? [NoMovementTests.day] : []))
    }

    @Test func `evidence starts the clock anew, and a tick is enough to fire`() {
        let seen = 8 * NoMovementTests.hour + 720_000
        let result = Scene(rules: [NoMovementTests.single]).run([
            .quiet(0), motion(seen), .own(seen + NoMovementTests.day - 1, "tick"),
            .own(seen + NoMovementTests.day, "tick"),
            .own(seen + NoMovementTests.day + 1, "tick"),
        ])
        #expect(result.brief == ["raised \(NoMovementTests.home) high \(seen) \(seen + NoMovementTests.day)"])
        #expect(result.changes.first?.lastEvidence?.milliseconds == Scene.origin + seen)
        #expect(result.changes.first?.evidence.map(\.topic) == ["community/hgs/elder/p1"])
    }

    @Test func `a person enrolled later is counted from that day on`() {
        let scene = Scene(rules: [NoMovementTests.single], residents: "e1,3栋/2单元/502,罗桂华,独居,,,,,2026-03-06\n")
        let result = scene.run([.quiet(0), .quiet(3 * NoMovementTests.day)])
        #expect(
            result.brief == ["raised \(NoMovementTests.home) high \(NoMovementTests.day) \(2 * NoMovementTests.day)"])
    }

    @Test func `two stages are one alert whose severity rises, and evidence ends it once`() {
        let (day, home) = (NoMovementTests.day, NoMovementTests.home)
        let result = Scene(rules: [NoMovementTests.staged]).run([
            .quiet(0), .quiet(day), .quiet(3 * day - 1), .quiet(3 * day), .quiet(5 * day), motion(5 * day + 7),
            .quiet(6 * day),
        ])
        #expect(
            result.brief == [
                "raised \(home) medium 0 \(day)", "updated \(home) high 0 \(day)", "resolved \(home) high 0 \(day)",
            ])
        #expect(result.times == [day, 3 * day, 5 * day + 7])
        #expect(Set(result.changes.map(\.id)).count == 1)
        #expect(result.changes.map(\.state.rawValue) == ["open", "open", "resolved"])
        let stages = [#"{"stage":1,"after":"24h""#, #"{"stage":2,"after":"72h""#, #"{"stage":2,"after":"72h""#]
        #expect(zip(result.changes, stages).allSatisfy { $0.detail.hasPrefix($1) })
    }

    @Test(arguments: [
        ("12h", ["high 43200000"]), ("30h", ["medium 86400000", "high 108000000"]), ("24h", ["high 86400000"]),
        ("4d", ["medium 86400000", "high 345600000"]), ("", ["medium 86400000", "high 259200000"]),
    ])
    func `a resident's own limit replaces the last stage`(_ limit: String, _ stages: [String]) {
        let scene = Scene(rules: [NoMovementTests.staged], residents: "e1,3栋/2单元/502,罗桂华,独居,,\(limit),,,\n")
        let result = scene.run([.quiet(0)] + (1...240).map { .own(Int64($0) * NoMovementTests.hour, "tick") })
        #expect(zip(result.changes, result.times).map { "\($0.severity.rawValue) \($1)" } == stages)
    }

    @Test func `days away are no silence, their last day included`() {
        let (day, home) = (NoMovementTests.day, NoMovementTests.home)
        let scene = Scene(rules: [NoMovementTests.single], residents: "e1,3栋/2单元/502,罗桂华,独居,,,2026-03-06,2026-03-08,\n")
        // Away from the start of day 1 to the end of day 3; counted from then on.
        let result = scene.run([.quiet(0), .quiet(4 * day), .quiet(5 * day - 1), .quiet(5 * day)])
        #expect(result.brief == ["raised \(home) high \(4 * day) \(5 * day)"])
        #expect(result.times == [5 * day])
        // A silence that was too long before the absence began is told.
        let before = scene.run([motion(-10 * NoMovementTests.hour), .quiet(day)])
        #expect(before.brief == ["raised \(home) high \(-10 * NoMovementTests.hour) \(14 * NoMovementTests.hour)"])
        // Seen again while away: the absence still holds, and the clock runs from what is later.
        let seen = scene.run([.quiet(0), motion(2 * day), .quiet(5 * day - 1), .quiet(5 * day)])
        #expect(seen.brief == ["raised \(home) high \(4 * day) \(5 * day)"])
    }

    @Test(
        arguments: [("2026-03-06,", 15), (",2026-03-08", 4), ("2026-03-06,2026-03-06", 2), (",", 0)]
            as [(String, Int64)])
    func `an absence without an end lasts fourteen days, and one without a beginning holds from before`(
        _ away: String, _ end: Int64
    ) {
        let day = NoMovementTests.day
        let scene = Scene(rules: [NoMovementTests.single], residents: "e1,3栋/2单元/502,罗桂华,独居,,,\(away),\n")
        let result = scene.run([.quiet(0), .quiet(30 * day)])
        #expect(result.brief == ["raised \(NoMovementTests.home) high \(end * day) \((end + 1) * day)"])
    }

    @Test(arguments: [(14, 59_999, true), (15, 0, false), (15, 1, false)] as [(Int64, Int64, Bool)])
    func `three motions within fifteen minutes are somebody`(_ minutes: Int64, _ ms: Int64, _ counts: Bool) {
        let (day, home) = (NoMovementTests.day, NoMovementTests.home)
        let first = 2 * NoMovementTests.hour
        let third = first + minutes * Scene.minute + ms
        let scene = Scene(rules: ["quiet: {kind: no_movement, after: 24h, severity: high}"])
        let result = scene.run([.quiet(0), motion(first), motion(first + 1000), motion(third), .quiet(3 * day)])
        let start = counts ? third : 0
        #expect(result.brief == ["raised \(home) high \(start) \(start + day)"])
    }

    @Test func `two motions are nobody, and a pass alone is somebody`() {
        let (day, hour) = (NoMovementTests.day, NoMovementTests.hour)
        let scene = Scene(rules: ["quiet: {kind: no_movement, after: 24h, severity: high}"])
        func start(_ lines: [Line]) -> Int64? {
            let result = scene.run([.quiet(0)] + lines + [.quiet(3 * day)])
            return result.changes.first.map { $0.started.milliseconds - Scene.origin }
        }
        #expect(start([motion(hour), motion(hour + 1)]) == 0)
        #expect(start([motion(hour), motion(hour + 1), motion(hour + 2, ",\"value\":0")]) == 0)
        #expect(start([motion(hour), motion(hour + 1, device: "p2"), motion(hour + 2, device: "p2")]) == 0)
        #expect(start([.native(hour, "access/north", "pass", ",\"person\":\"c1\"")]) == hour)
        #expect(start([.native(hour, "access/north", "pass", ",\"person\":\"c2\"")]) == 0)
        #expect(start([.native(hour, "camera/f3a", "person", ",\"person\":\"e1\"")]) == hour)
        #expect(start([.native(hour, "camera/f3a", "person")]) == 0)
        #expect(start([.native(hour, "elder/p1", "sos")]) == hour)
        #expect(start([.native(hour, "elder/w1", "water", ",\"value\":0.1")]) == hour)
        #expect(start([.native(hour, "elder/w1", "power", ",\"value\":0")]) == 0)
        #expect(start([.native(hour, "elder/p1", "heartbeat", ",\"battery\":50")]) == 0)
        #expect(start([.native(hour, "access/north", "denied", ",\"person\":\"e1\"")]) == 0)
        #expect(start([Line(at: hour, topic: "community/hgs/elder/p1/status", payload: "online")]) == 0)
    }

    @Test func `a state is evidence when it changes, and never when it is retained`() {
        let (day, hour) = (NoMovementTests.day, NoMovementTests.hour)
        let scene = Scene(rules: [NoMovementTests.single])
        func door(_ at: Int64, _ value: String, retain: Bool = false) -> Line {
            .native(at, "elder/d1", "contact", ",\"value\":\"\(value)\"", retain: retain)
        }
        func start(_ lines: [Line]) -> Int64? {
            let result = scene.run([.quiet(0)] + lines + [.quiet(3 * day)])
            return result.changes.first.map { $0.started.milliseconds - Scene.origin }
        }
        #expect(start([door(hour, "open")]) == 0)
        #expect(start([door(hour, "open"), door(2 * hour, "open")]) == 0)
        #expect(start([door(hour, "open"), door(2 * hour, "closed"), door(3 * hour, "closed")]) == 2 * hour)
        // The broker's memory sets the state; the live change from it is evidence.
        #expect(start([door(hour, "open", retain: true), door(2 * hour, "closed", retain: true)]) == 0)
        #expect(start([door(hour, "open", retain: true), door(2 * hour, "closed")]) == 2 * hour)
        #expect(start([motion(hour, retain: true)]) == 0)
        #expect(start([motion(hour), motion(2 * hour)]) == 2 * hour)
    }

    @Test func `the same message handed over again counts once, and a retained copy never stands for a live one`() {
        let (day, hour) = (NoMovementTests.day, NoMovementTests.hour)
        let scene = Scene(rules: ["quiet: {kind: no_movement, after: 24h, severity: high}"])
        let again = (0..<3).map { motion(hour + Int64($0), ",\"id\":\"m1\"") }
        let different = (0..<3).map { motion(hour + Int64($0), ",\"id\":\"m\($0)\"") }
        #expect(
            scene.run([.quiet(0)] + again + [.quiet(2 * day)]).brief == ["raised \(NoMovementTests.home) high 0 \(day)"]
        )
        #expect(scene.run([.quiet(0)] + again).counters.redelivered == 2)
        #expect(
            scene.run([.quiet(0)] + different + [.quiet(3 * day)]).changes.first?.started.milliseconds == Scene.origin
                + hour + 2)
        let single = Scene(rules: [NoMovementTests.single])
        let copies = [motion(hour, ",\"id\":\"m1\"", retain: true), motion(hour + 1, ",\"id\":\"m1\"")]
        #expect(
            single.run([.quiet(0)] + copies + [.quiet(3 * day)]).changes.first?.started.milliseconds == Scene.origin
                + hour + 1)
    }

    @Test(arguments: [(255, 1), (256, 0)])
    func `a device's last 256 messages are remembered`(_ between: Int, _ redelivered: Int) {
        let scene = Scene(rules: [NoMovementTests.single])
        let lines = (0...between).map { motion(Int64($0), ",\"id\":\"m\($0)\",\"ts\":\(Scene.origin)") }
        let again = motion(Scene.minute, ",\"id\":\"m0\",\"ts\":\(Scene.origin)")
        #expect(scene.run(lines + [again]).counters.redelivered == redelivered)
        // Of another device it is another message, and so is the same number with another body.
        let others = [
            motion(Scene.minute, ",\"id\":\"m0\"", device: "p2"), motion(Scene.minute, ",\"id\":\"m0\",\"n\":1"),
        ]
        #expect(scene.run(lines + others).counters.redelivered == 0)
    }

    @Test func `a person without a dwelling is counted for alone, and a credential means its owner`() {
        let residents = "e4,,赵六,病后,c4,,,,\ne5,,钱七,独居,c5,,,,\n"
        let result = Scene(rules: [NoMovementTests.single], residents: residents).run([
            .quiet(0), .native(Scene.hour, "access/north", "pass", ",\"credential\":\"c5\""),
            .quiet(NoMovementTests.day),
            .quiet(NoMovementTests.day + Scene.hour),
        ])
        let day = NoMovementTests.day
        #expect(result.brief == ["raised e4 high 0 \(day)", "raised e5 high \(Scene.hour) \(day + Scene.hour)"])
        #expect(result.changes.map(\.place) == [nil, nil])
        #expect(result.changes.first?.message.zh.contains("赵*(病后):已1天未在小区公共区域出现") == true)
    }

    @Test func `two people in one home are one alert that either of them ends`() {
        let (day, home) = (NoMovementTests.day, NoMovementTests.home)
        let residents = Scene.luo + "e2,3栋/2单元/502,罗大海,高龄,c2,,,,\ne3,5栋/1单元/101,王秀英,独居,c3,,,,\n"
        let scene = Scene(rules: [NoMovementTests.single], residents: residents)
        let result = scene.run([
            .quiet(0), .quiet(day), .native(day + 5, "access/north", "pass", ",\"person\":\"c2\",\"dir\":\"1\""),
        ])
        #expect(
            result.brief == [
                "raised \(home) high 0 \(day)", "raised 5栋/1单元/101 high 0 \(day)", "resolved \(home) high 0 \(day)",
            ])
        #expect(result.changes.map(\.person) == ["e1|e2", "e3", "e1|e2"])
        #expect(result.changes.map(\.grid) == ["g3", "g5", "g3"])
    }

    /// docs/rules.md, "A sign of life".
    @Test(arguments: [
        (Scene.minute * 59, "resolved"), (Scene.hour - 1, "resolved"), (Scene.hour, "updated"),
        (Scene.hour * 5, "updated"),
    ])
    func `late evidence from before the deadline ends the alert only under an hour old`(_ age: Int64, _ change: String)
    {
        let (day, home) = (NoMovementTests.day, NoMovementTests.home)
        let now = day + 1000
        let result = Scene(rules: [NoMovementTests.single]).run([
            .quiet(0), .quiet(day), motion(now, ts(now - age)), .quiet(now + 1),
        ])
        #expect(result.brief == ["raised \(home) high 0 \(day)", "\(change) \(home) high 0 \(day)"])
        #expect(result.changes.last?.lastEvidence?.milliseconds == Scene.origin + now - age)
    }

    @Test func `a backlog of two weeks neither ends the alert nor raises another`() {
        let day = NoMovementTests.day
        let now = 20 * day
        // Every hour of two weeks, the newest three days old, handed in at once.
        let backlog = (0..<336).map { n in motion(now + Int64(n), ts(3 * day + Int64(n) * NoMovementTests.hour)) }
        for rule in [NoMovementTests.single, NoMovementTests.staged] {
            let stages = rule == NoMovementTests.single ? ["raised"] : ["raised", "updated"]
            let result = Scene(rules: [rule]).run(
                [.quiet(0), .quiet(day), .quiet(now)] + backlog + [.quiet(now + Scene.minute)])
            let changes = result.changes.map(\.change.rawValue)
            // At once, and once a minute from then on: one change a record would be a storm of its own.
            #expect(changes == stages + ["updated", "updated"])
            #expect(result.changes.last?.lastEvidence?.milliseconds == Scene.origin + 3 * day + 335 * Scene.hour)
            #expect(Set(result.changes.map(\.id)).count == 1)
            #expect(Set(result.changes.map(\.started.milliseconds)) == [Scene.origin])
        }
    }
}
