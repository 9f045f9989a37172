import Alerts
import Feeds
import SiteConfiguration
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

/// Time costs what happens in it: no rule looks at fixed intervals while nothing can change.
@Suite struct QuietTests {
    private static let devices = """
        id,place,kind,heartbeat,via
        a1,3栋/1单元/101,pir,10m,hub
        a2,3栋/1单元/102,pir,10m,hub
        a3,3栋/1单元/103,pir,10m,hub
        a4,3栋/1单元/104,pir,1h,hub
        z1,5栋/1单元/101,pir,10m,
        l1,b3,lane,,
        p9,gates,pir,,

        """
    private static let residents = "e1,3栋/1单元/101,罗桂华,独居,,,,,\ne2,5栋/9单元/901,王一,独居,,,,,\n"
    private static let rules = [
        "gone: {kind: device_silent}", "hub: {kind: upstream_silent}", "stuck: {kind: device_stuck}",
        "still: {kind: no_movement}", "late: {kind: no_movement, after: 10h, calendar: \"Mon 03:00-03:01\"}",
        "gone-by-day: {kind: device_silent, calendar: \"Sat 08:00-09:00\"}",
        "hub-by-day: {kind: upstream_silent, calendar: \"Sat 08:00-09:00\", cooldown: 30h}",
        "lane: {kind: fire_lane_blocked}",
    ]
    private static let scene = Scene(rules: rules, residents: residents, devices: devices)

    private static let living: [Line] = stride(from: Int64(0), through: 2 * Scene.hour, by: 300_000).flatMap { at in
        var lines: [Line] = []
        for device in ["a1", "a2", "a3", "a4", "z1"] {
            lines.append(.native(at, "elder/" + device, "motion", ",\"value\":1"))
            lines.append(.native(at, "elder/" + device, "heartbeat"))
        }
        lines.append(.native(at + 1, "camera/l1", "vehicle", ",\"zone\":\"lane\""))
        return lines
    }

    /// Ticks at each deadline, as the daemon writes them in quiet, up to an instant.
    /// - Returns: how many deadlines there were.
    private func tick(_ pipeline: inout Pipeline, until end: Instant, _ effects: inout Effects) -> Int {
        var count = 0
        while let due = pipeline.nextDeadline(), due <= end, count < 100_000 {
            count += 1
            let at = max(due, pipeline.clock)
            let batch = QuietTests.scene.decoded([.own(at.milliseconds - Scene.origin, "tick")])
            pipeline.step(batch, 0..<1, firstNumber: pipeline.record + 1, into: &effects)
        }
        return count
    }

    @Test(arguments: [
        [], [Line.own(3 * Scene.hour, "session", "{\"state\":\"lost\"}")],
        [
            Line.native(3 * Scene.hour, "elder/z1", "heartbeat"),
            .own(4 * Scene.hour, "session", "{\"state\":\"lost\"}"),
        ],
        [Line.native(3 * Scene.hour, "camera/l1/status", "offline")],
    ])
    func `eight thousand years of quiet cost some dozen deadlines`(_ ends: [Line]) {
        var pipeline = QuietTests.scene.pipeline(after: QuietTests.living + ends)
        var effects = Effects()
        let end = Instant(milliseconds: 253_370_764_800_000)  // 9999-01-01
        let count = tick(&pipeline, until: end, &effects)
        #expect(count < 150, "\(count) deadlines")
        // And the year after a single record costs no more.
        let again = QuietTests.scene.decoded([.native(20 * 365 * Scene.day, "elder/z1", "heartbeat")])
        var other = QuietTests.scene.pipeline(after: QuietTests.living + ends)
        other.step(again, 0..<1, firstNumber: other.record + 1, into: &effects)
        #expect(tick(&other, until: end, &effects) < 150)
    }

    @Test func `a record wakes what slept, and the silence of its neighbours is told at its time`() {
        // The hub is silent, and then one behind it speaks again: the others' silence is their own.
        let back = stride(from: 10 * Scene.day + 1, through: 11 * Scene.day, by: 600_000).map {
            Line.native($0, "elder/a1", "heartbeat")
        }
        let told = QuietTests.scene.run(QuietTests.living + back + [.quiet(11 * Scene.day + Scene.hour)])
        let raised = told.changes.filter { $0.change == .raised && $0.rule == "gone" }.map(\.key)
        // Two are silent for themselves; with the third it is the hub again, and z1 has none.
        #expect(Set(raised) == ["a2", "a3", "z1"], "\(told.brief)")
        #expect(told.changes.count { $0.change == .raised && $0.rule == "hub" } == 2)
    }

    @Test func `a list that nobody reads ends after a week, and goes on with the next record`() {
        let scene = Scene(rules: ["still: {kind: no_movement}"], residents: QuietTests.residents)
        let ticks = (1..<600).map { Line.own($0 * Scene.day / 10, "tick") }
        let month = scene.run(
            [.quiet(0)] + ticks + [.quiet(60 * Scene.day + 1)]
                + (601...630).map { Line.own($0 * Scene.day / 10, "tick") })
        let lists = month.changes.filter { $0.verdict == .uncovered && $0.key == "still" }
        // Days 0 to 7, and, the record of day 60 behind, 61 to 63.
        #expect(lists.map { ($0.at.milliseconds - Scene.origin) / Scene.day } == [0, 1, 2, 3, 4, 5, 6, 7, 61, 62, 63])
    }

    @Test func `a restart in the quiet changes nothing`() throws {
        let scene = QuietTests.scene
        let lines =
            QuietTests.living
            + [.quiet(Scene.day), .own(2 * Scene.day, "tick"), .native(9 * Scene.day, "elder/a2", "heartbeat")]
            + [.own(9 * Scene.day + Scene.hour, "session", "{\"state\":\"lost\"}")]
            + [.own(12 * Scene.day, "session", "{\"state\":\"connected\",\"present\":true}")]
            + [.own(12 * Scene.day + 1000, "session", "{\"state\":\"settled\"}"), .quiet(20 * Scene.day)]
        let whole = scene.run(lines)
        let (split, _) = try scene.run(lines) { pipeline in
            pipeline = try scene.restored(pipeline.encoded()).pipeline
        }
        #expect(scene.json(whole) == scene.json(split))
    }

    @Test func `a rule that may begin on Mondays at three begins then, to the minute`() {
        let scene = Scene(rules: ["late: {kind: no_movement, after: 10h, calendar: \"Mon 03:00-03:01\"}"])
        let told = scene.run([.native(0, "elder/p1", "motion", ",\"value\":1"), .quiet(30 * Scene.day)])
        // 2026-03-05 is a Thursday.
        #expect(told.brief.first == "raised 3栋/2单元/502 high 0 \(4 * Scene.day + 3 * Scene.hour)", "\(told.brief)")
    }

    @Test func `a calendar opens by the clock, also after the clock was set, and a restart looks anew`() throws {
        let scene = Scene(rules: ["late: {kind: no_movement, after: 10h, calendar: \"Mon-Sun 09:00-18:00\"}"])
        let hour = Scene.hour
        // Due at 20:00; the clock is put eight hours on at 21:00, and it opens at nine all the same.
        let lines =
            [
                .native(10 * hour, "elder/p1", "motion", ",\"value\":1"), .quiet(21 * hour),
                .clock(21 * hour, from: 21 * hour, to: 29 * hour, "step"), .quiet(30 * hour), .quiet(40 * hour),
            ] as [Line]
        let told = scene.run(lines)
        #expect(told.times.first == 40 * hour || told.times.first == 33 * hour, "\(told.times)")
        let (split, _) = try scene.run(lines) { pipeline in
            pipeline = try scene.restored(pipeline.encoded()).pipeline
        }
        #expect(scene.json(told) == scene.json(split))
    }
}
