import Alerts
import Community
import Diagnostics
import Feeds
import Rules
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import Pipeline

/// A drill goes the way of any alert and touches nothing that watches.
@Suite struct DrillTests {
    private static let scene = Scene(rules: [
        "still: {kind: no_movement, stages: [{after: 24h, severity: medium}, {after: 72h, severity: high}]}",
        "sos: {kind: sos}", "smoke: {kind: smoke_fire}",
        "bike: {kind: ebike_in_building, zone: lift, confirm: {count: 1, within: 5s}, "
            + "publish: {topic: \"lift/{device}/hold\", payload: hold, release: go}}",
    ])

    private static func drill(_ at: Int64, _ rule: String, _ where_: String, id: String = "d1") -> Line {
        .own(at, "drill", "{\"rule\":\"\(rule)\",\(where_),\"actor\":\"w1\",\"id\":\"\(id)\"}")
    }

    private static let luo = "\"resident\":\"e1\""

    private static func act(_ at: Int64, _ verb: String, _ alert: String, _ fields: String = "") -> Line {
        .own(at, "act", "{\"verb\":\"\(verb)\",\"alert\":\"\(alert)\",\"actor\":\"w1\"\(fields)}")
    }

    @Test func `it is raised as the rule's alert at its worst, and says before all else what it is`() throws {
        let raised = try #require(
            DrillTests.scene.run([.quiet(0), DrillTests.drill(1000, "still", DrillTests.luo)]).changes.last)
        #expect(raised.change == .raised && raised.state == .open && raised.isTold)
        #expect(raised.key == "drill:d1" && raised.isDrill && raised.detail == #"{"drill":true,"by":"w1"}"#)
        #expect(raised.kind == .noMovement && raised.severity == .high && raised.verdict == .notMoving)
        #expect(raised.place == "3栋/2单元/502" && raised.grid == "g3" && raised.person == "e1")
        #expect(raised.started == raised.detected && raised.started == raised.at && raised.evidence.isEmpty)
        let number = raised.id.prefix(6).uppercased()
        #expect(
            raised.message
                == LocalizedText(
                    zh: "【演练】居家无活动：3栋2单元502 罗*华。这是演练，没有真实警情；请照常签收、到场、反馈。编号\(number)",
                    en: "[Drill] No movement at home: 3栋2单元502 罗*华. This is a drill, nothing has happened; please take "
                        + "it, go and report back as you would. No. \(number)"))
    }

    @Test func `it ends by itself after two hours, whoever has it in hand, to the millisecond`() throws {
        let drill = DrillTests.drill(1000, "sos", "\"place\":\"b3\"")
        let id = try #require(DrillTests.scene.run([.quiet(0), drill]).changes.first?.id)
        let ends = 1000 + 2 * Scene.hour
        func told(_ acts: [Line], through: Int64) -> [String] {
            DrillTests.scene.run([.quiet(0), drill] + acts + [.own(through, "tick")]).changes.dropFirst().map {
                "\($0.change.rawValue) \($0.state.rawValue) \($0.at.milliseconds - Scene.origin - ends)"
            }
        }
        #expect(told([], through: ends - 1) == [])
        #expect(told([], through: ends) == ["resolved resolved 0"])
        // When the tick comes changes no byte.
        #expect(told([], through: ends + 5 * Scene.hour) == ["resolved resolved 0"])
        #expect(
            told([DrillTests.act(2000, "ack", id)], through: ends).suffix(1) == ["resolved resolved 0"])
        // What people closed is over already.
        let closed = told([DrillTests.act(2000, "close", id, ",\"reason\":\"test\"")], through: ends + 1)
        #expect(closed.count == 1 && closed.first?.hasPrefix("closed closed") == true)
    }

    @Test func `each of its texts begins with what it is`() throws {
        let drill = DrillTests.drill(1000, "still", DrillTests.luo)
        let id = try #require(DrillTests.scene.run([.quiet(0), drill]).changes.first?.id)
        let closing = DrillTests.act(2000, "close", id, ",\"found\":\"well\"")
        for lines in [[drill, closing], [drill, .own(3 * Scene.hour, "tick")]] {
            let changes = DrillTests.scene.run([.quiet(0)] + lines).changes
            #expect(changes.count == 2)
            for change in changes {
                #expect(change.message.zh.hasPrefix("【演练】") && change.message.en.hasPrefix("[Drill] "))
            }
        }
    }

    @Test func `a visit in a drill renews no home, and a drill is no sign of life`() throws {
        let drill = DrillTests.drill(20 * Scene.hour, "still", DrillTests.luo)
        let beginning: [Line] = [.native(0, "elder/p1", "motion")]
        let id = try #require(DrillTests.scene.run(beginning + [drill]).changes.last?.id)
        let acts = ["ack", "close"].map {
            DrillTests.act(21 * Scene.hour, $0, id, ",\"resident\":\"e1\",\"found\":\"well\"")
        }
        let end: [Line] = [.own(30 * Scene.hour, "tick")]
        let plain = DrillTests.scene.run(beginning + end)
        let drilled = DrillTests.scene.run(beginning + [drill] + acts + end)
        #expect(plain.brief.count == 1 && plain.changes.first?.kind == .noMovement)
        let others = drilled.changes.filter { !$0.isDrill }
        #expect(DrillTests.bytes(others) == DrillTests.bytes(plain.changes))
        #expect(drilled.changes.count == plain.changes.count + 3)
    }

    @Test func `it moves no machine, releases none, and keeps none from being held`() {
        let bike = Line.native(Scene.minute, "camera/lift3", "ebike", ",\"zone\":\"lift\",\"confidence\":0.9")
        for rule in ["sos", "smoke", "bike"] {
            let held = DrillTests.scene.run([.quiet(0), bike]).does.map { $0.split(separator: " ").dropFirst() }
            let drilled = DrillTests.scene.run([.quiet(0), DrillTests.drill(1000, rule, "\"place\":\"b3\""), bike])
            #expect(!held.isEmpty && drilled.does.map { $0.split(separator: " ").dropFirst() } == held, "\(rule)")
            #expect(DrillTests.scene.run([.quiet(0), DrillTests.drill(1, rule, "\"place\":\"b3\"")]).does.isEmpty)
        }
    }

    @Test func `told twice it is done once, and what cannot be raised is counted`() {
        let once = DrillTests.drill(1000, "sos", "\"place\":\"b3\"")
        let result = DrillTests.scene.run([
            .quiet(0), once, DrillTests.drill(2000, "sos", "\"place\":\"b3\""),
            DrillTests.drill(3000, "sos", "\"place\":\"b3\"", id: "d2"),
            DrillTests.drill(4000, "nothing", "\"place\":\"b3\"", id: "d3"),
            DrillTests.drill(5000, "sos", "\"place\":\"nowhere\"", id: "d4"),
            DrillTests.drill(6000, "sos", "\"resident\":\"nobody\"", id: "d5"),
        ])
        #expect(result.changes.map(\.key) == ["drill:d1", "drill:d2"])
        #expect(result.counters.redelivered == 1 && result.counters.unknownOwn == 3)
    }

    @Test func `so many are open at once, and no more`() {
        let drills = (0...OpenDrills.most).map {
            DrillTests.drill(Int64($0) + 1, "sos", "\"place\":\"b3\"", id: "d\($0)")
        }
        let result = DrillTests.scene.run([.quiet(0)] + drills)
        #expect(result.changes.count == OpenDrills.most && result.counters.unknownOwn == 1)
        // Their ends make room.
        let later = DrillTests.scene.run(
            [.quiet(0)] + drills + [DrillTests.drill(3 * Scene.hour, "sos", "\"place\":\"b3\"", id: "x")])
        #expect(later.changes.last?.change == .raised && later.changes.count == 2 * OpenDrills.most + 1)
    }

    @Test func `a restart anywhere, and a clock that is set, keep its end`() throws {
        let lines = [
            Line.quiet(0), DrillTests.drill(1000, "sos", "\"place\":\"b3\""),
            DrillTests.drill(2000, "still", DrillTests.luo, id: "d2"),
            .clock(Scene.hour, from: Scene.hour, to: 3 * Scene.hour, "step"), .own(4 * Scene.hour + 1500, "tick"),
            .own(9 * Scene.hour, "tick"),
        ]
        let whole = DrillTests.scene.run(lines)
        let (split, _) = try DrillTests.scene.run(lines) { pipeline in
            let bytes = pipeline.encoded()
            pipeline = try DrillTests.scene.restored(bytes).pipeline
            #expect(pipeline.encoded() == bytes)
        }
        #expect(DrillTests.scene.json(whole) == DrillTests.scene.json(split))
        #expect(
            whole.changes.filter { $0.change == .resolved }.map { $0.at.milliseconds - Scene.origin }
                == [4 * Scene.hour + 1000, 4 * Scene.hour + 2000])
    }

    @Test func `a state without a drill has the bytes that it always had`() throws {
        let before: [Line] = [.quiet(0), .native(1000, "elder/p1", "motion")]
        let ended = [DrillTests.drill(2000, "sos", "\"place\":\"b3\""), .own(3 * Scene.hour, "tick")]
        let bytes = DrillTests.scene.pipeline(after: before + ended).encoded()
        let open = DrillTests.scene.pipeline(after: before + ended.dropLast()).encoded()
        #expect(!String(decoding: bytes, as: UTF8.self).contains("DRIL"))
        #expect(String(decoding: open, as: UTF8.self).contains("DRIL"))
    }

    @Test func `drills anywhere in a log change nothing of what else is told`() {
        var random = SeededRandom(for: "DrillTests")
        let town = MadeTown(count: 3000, &random)
        let plain = MadeTown.scene.run(town.lines)
        let rule = MadeTown.scene.settings.rules[0].name
        let place = MadeTown.scene.registry.places[0].id
        var lines: [Line] = []
        for (number, line) in town.lines.enumerated() {
            lines.append(line)
            if Int.random(in: 0..<40, using: &random) == 0 {
                lines.append(DrillTests.drill(line.at, rule, "\"place\":\"\(place)\"", id: "d\(number)"))
            }
        }
        let drilled = MadeTown.scene.run(lines)
        let others = drilled.changes.filter { !$0.isDrill }
        #expect(drilled.changes.count > others.count + 20, "seed \(random.seed)")
        let differs = zip(DrillTests.bytes(plain.changes), DrillTests.bytes(others)).first { $0 != $1 }
        #expect(
            differs == nil && plain.changes.count == others.count, "seed \(random.seed): \(differs.debugDescription)")
        #expect(
            plain.actuations.map { "\($0.actuation.topic) \($0.actuation.payload)" }
                == drilled.actuations.map { "\($0.actuation.topic) \($0.actuation.payload)" }, "seed \(random.seed)")
    }

    private static func bytes(_ changes: [AlertChange]) -> [String] {
        changes.map { String(decoding: $0.json(zone: scene.settings.site.zone), as: UTF8.self) }
    }

    @Test func `a device that is called like a drill calls for help all the same`() throws {
        let call = try #require(DrillTests.scene.run([.native(0, "elder/drill:1", "sos")]).changes.first)
        #expect(call.key == "drill:1" && !call.isDrill && !call.message.zh.hasPrefix("【演练】"))
    }

    @Test func `what is asked for is looked at before it is written`() {
        func refusal(_ rule: String, resident: String? = nil, place: String? = nil) -> DrillRefusal? {
            DrillRefusal.find(
                in: Drill(id: "d", rule: rule, resident: resident, place: place),
                settings: DrillTests.scene.settings, registry: DrillTests.scene.registry)
        }
        #expect(refusal("sos", resident: "e1") == nil && refusal("sos", place: "3栋/2单元/502") == nil)
        #expect(refusal("soss", resident: "e1") == .unknownRule("soss", nearest: "sos"))
        #expect(refusal("sos", resident: "e7") == .unknownResident("e7"))
        #expect(refusal("sos", place: "b9") == .unknownPlace("b9"))
        #expect(refusal("sos") == .noPlace && refusal("sos", resident: "e1", place: "b3") == .noPlace)
        #expect(refusal("soss", place: "b3")?.phrase.en == "there is no rule \"soss\"; did you mean \"sos\"?")
    }
}
