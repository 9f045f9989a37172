import Alerts
import Diagnostics
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Pipeline
@testable import Rules
import Vocabulary

/// A device that is stuck in alarm is told once, and hides nobody (docs/rules.md, "Life safety").
@Suite struct StuckAlarmTests {
    private static let scene = Scene(rules: ["sos: {kind: sos}"])
    private static let minute = Scene.minute

    private func presses(every gap: Int64, count: Int, from: Int64 = 0, device: String = "d1") -> [Line] {
        (0..<Int64(count)).map { .native(from + $0 * gap, "elder/" + device, "sos") }
    }

    /// Changes by name; the same with a restart after each record.
    private func run(_ lines: [Line]) throws -> Scene.Result {
        let scene = StuckAlarmTests.scene
        let whole = scene.run(lines)
        let (split, _) = try scene.run(lines) { pipeline in
            pipeline = try scene.restored(pipeline.encoded()).pipeline
        }
        #expect(scene.json(whole) == scene.json(split))
        return whole
    }

    private func raised(_ result: Scene.Result) -> [Int64] {
        result.changes.filter { $0.change == .raised }.map { $0.at.milliseconds - Scene.origin }
    }

    @Test func `the tenth call at even gaps joins, and so does all that follows, told once an hour with the count`()
        throws
    {
        let told = try run(presses(every: 90_000, count: 200) + [.quiet(200 * 90_000 + StuckAlarmTests.minute)])
        #expect(raised(told).count == 9)
        let updates = told.changes.filter { $0.change == .updated }
        #expect(Set(updates.map(\.id)).count == 1 && updates.first?.id == told.changes[8].id)
        // 191 calls, 90 s apart: each is written, since a minute lies between them; told are 4 in five hours.
        #expect(updates.count == 191 && updates.count { $0.isTold } == 4)
        #expect(
            updates.last?.detail.contains("\"count\":192,\"stuck\":\"90s\"") == true, "\(updates.last?.detail ?? "")")
        #expect(updates.last?.message.zh.contains("可能卡住") == true)
    }

    @Test func `what calls each ten seconds is stuck after ten minutes, and is written once a minute`() throws {
        let told = try run(presses(every: 10_000, count: 1000) + [.quiet(1000 * 10_000 + 2 * StuckAlarmTests.minute)])
        #expect(raised(told) == [0])
        let updates = told.changes.filter { $0.change == .updated }
        #expect(updates.count <= 1000 / 6 + 3)
        #expect(updates.last?.detail.contains("\"count\":1000") == true)
    }

    @Test func `a call out of step is raised as ever, though its device was stuck`() throws {
        let even = presses(every: 120_000, count: 20)
        let odd: Int64 = 20 * 120_000 + 45_000
        let told = try run(even + [.native(odd, "elder/d1", "sos")])
        #expect(raised(told).last == odd)
        // Another device of the home is not stuck.
        let late: Int64 = 19 * 120_000 + 70_000
        let other = try run(even + presses(every: 1, count: 1, from: late, device: "p1"))
        #expect(raised(other).last == late)
    }

    @Test func `after its alert is closed the next raises anew, once an hour at most; a taken one is joined`() throws {
        let gap: Int64 = 120_000
        let even = presses(every: gap, count: 150)
        let first = StuckAlarmTests.scene.run(Array(even.prefix(20)))
        let id = try #require(first.changes.last { $0.change == .raised }?.id)
        func act(_ verb: String, _ at: Int64) -> Line {
            .own(at, "act", "{\"verb\":\"\(verb)\",\"alert\":\"\(id)\",\"actor\":\"w1\"}")
        }
        let taken = try run(even.prefix(20) + [act("ack", 19 * gap + 1)] + even.dropFirst(20))
        #expect(raised(taken).count == raised(first).count)
        let others = first.changes.filter { $0.change == .raised }.map(\.id).filter { $0 != id }
        let acts =
            [act("close", 19 * gap + 1)]
            + others.map { other in
                Line.own(19 * gap + 2, "act", "{\"verb\":\"close\",\"alert\":\"\(other)\",\"actor\":\"w1\"}")
            }
        let closed = try run(even.prefix(20) + acts + even.dropFirst(20))
        // Raised last with the ninth call at 16 min: the next not before 76 min, and not again while nobody closes it.
        #expect(raised(closed).dropFirst(raised(first).count) == [76 * StuckAlarmTests.minute])
    }

    @Test func `uneven calls are each raised, whatever their number`() throws {
        var random = SeededRandom(for: "uneven calls are each raised, whatever their number")
        var at: Int64 = 0
        var lines: [Line] = []
        for index in 0..<60 {
            lines.append(.native(at, "elder/d1", "sos"))
            at += index % 2 == 0 ? Int64(random.int(70_000...80_000)) : Int64(random.int(200_000...300_000))
        }
        #expect(raised(try run(lines)).count == 60, "seed \(random.seed)")
    }

    @Test func `a stuck device does not let time grow with its calls`() {
        // Work is counted, not timed: the book holds what is open, and a call looks at none of it.
        let scene = StuckAlarmTests.scene
        let pipeline = scene.pipeline(after: presses(every: 90_000, count: 3000))
        #expect(pipeline.context.emergencies.count == 1)
        #expect(pipeline.engines.incidents[0].episodes.count <= 130)
        #expect(pipeline.engines.incidents[0].paces.count == 1)
    }

    @Test func `a hub that calls for another on the same beat is heard`() {
        let scene = Scene(rules: [])
        let lines = (0..<20).map {
            Line.native($0 * 60_000, "report/desk", "lift_trapped", ",\"place\":\"\($0 == 15 ? "b5" : "b3")\"")
        }
        let places = Scene(rules: ["here: {kind: lift_trapped, key: place}"])
        #expect(places.run(lines).changes.filter { $0.change == .raised }.map(\.key).contains("b5"))
        #expect(scene.run(lines).changes.contains { $0.change == .raised })
    }

    @Test func `a stuck smoke detector that smells gas says so at once, and what it says warns whoever goes in`() throws
    {
        let scene = Scene(rules: [])
        let smoke = (0..<20).map { Line.native($0 * 60_000, "elder/d1", $0 == 15 ? "gas" : "smoke") }
        let told = scene.run(smoke)
        let gas = try #require(told.changes.first { $0.detail.contains("smoke|gas") })
        #expect(gas.at.milliseconds - Scene.origin == 15 * 60_000 && gas.isTold)
        #expect(gas.message.zh.contains("勿开关电器") && gas.message.zh.contains("可能卡住"))
        let (split, _) = try scene.run(smoke) { pipeline in
            pipeline = try scene.restored(pipeline.encoded()).pipeline
        }
        #expect(scene.json(told) == scene.json(split))
    }

    @Test func `an alert that nobody takes stays critical, however long its device is stuck`() {
        let day = StuckAlarmTests.scene.run(
            (0..<1600).map { index in
                let at = Int64(index) * 60_000
                return .native(at, "elder/d1", "sos", ",\"ts\":\(Scene.origin + at)")
            })
        #expect(day.changes.allSatisfy { $0.severity == .critical })
    }

    @Test func `when the newest is closed its calls join the one before`() throws {
        let even = presses(every: 90_000, count: 40)
        let first = StuckAlarmTests.scene.run(Array(even.prefix(20)))
        let ids = first.changes.filter { $0.change == .raised }.map(\.id)
        let close = Line.own(
            19 * 90_000 + 1, "act", "{\"verb\":\"close\",\"alert\":\"\(try #require(ids.last))\",\"actor\":\"w1\"}")
        let told = try run(even.prefix(20) + [close] + even.dropFirst(20))
        #expect(told.changes.last?.change == .updated && told.changes.last?.id == ids.dropLast().last)
        #expect(raised(told).count == ids.count)
    }

    @Test func `a second press of a button whose clock stands still is raised as ever`() {
        let told = StuckAlarmTests.scene.run(
            [0, 900_000, 1_900_000].map { at in
                .native(at, "elder/d1", "sos", ",\"ts\":\(Scene.origin - 86_400_000)")
            })
        #expect(told.changes.count { $0.change == .raised } == 3, "\(told.brief)")
    }

    @Test func `a call that names nobody is raised by a rule that counts for persons`() {
        let told = Scene(rules: ["sos: {kind: sos, key: person}"]).run([.native(0, "elder/d1", "sos")])
        #expect(told.brief == ["raised d1 critical 0 0"])
    }
}
