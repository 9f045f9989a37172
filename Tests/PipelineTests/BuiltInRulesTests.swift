import Alerts
import Diagnostics
import SiteConfiguration
import Testing

@testable import Pipeline
import Vocabulary

/// Calls for help reach somebody whatever the configuration says (docs/rules.md, "Life safety").
@Suite struct BuiltInRulesTests {
    private static let devices = """
        id,place,family,kind
        b1,3栋/2单元/502,elder,button
        b2,5栋/1单元/101,elder,button
        c1,b3,camera,camera
        l3,b3,report,lift
        p9,gates,elder,pir

        """

    private func scene(_ rules: [String], off: String? = nil) -> Scene {
        Scene(rules: rules, devices: BuiltInRulesTests.devices, top: off.map { ["life_safety: {off: [\($0)]}"] } ?? [])
    }

    private func raised(_ scene: Scene, _ lines: [Line]) -> [String] {
        scene.run(lines).changes.filter { $0.change == .raised }.map { "\($0.rule) \($0.kind.rawValue) \($0.key)" }
    }

    private static let minute = Scene.minute

    @Test(arguments: [
        ("elder/b1", "sos", "sos sos 3栋/2单元/502"), ("elder/b1", "fall", "fall fall 3栋/2单元/502"),
        ("elder/b1", "smoke", "smoke_fire smoke_fire 3栋/2单元/502"),
        ("elder/b1", "gas", "smoke_fire smoke_fire 3栋/2单元/502"),
        ("elder/b1", "co", "smoke_fire smoke_fire 3栋/2单元/502"), ("elder/b1", "leak", "leak leak 3栋/2单元/502"),
        ("camera/c1", "fire", "smoke_fire smoke_fire b3"),
        ("report/l3", "lift_trapped", "lift_trapped lift_trapped l3"),
        ("elder/stranger", "sos", "sos sos stranger"),
    ])
    func `a call is raised though no rule is written for it`(_ path: String, _ type: String, _ wanted: String) {
        #expect(raised(scene(["no-movement: {kind: no_movement}"]), [.native(0, path, type)]) == [wanted])
    }

    @Test func `a written rule has what is in its scope, and the built-in rule all else`() {
        let rules = [
            "own: {kind: sos, places: [b3], severity: high}", "falls: {kind: fall, zone: hall, confidence: 0.9}",
            "smoke: {kind: smoke_fire, kinds: [smoke]}",
        ]
        let lines: [Line] = [
            .native(0, "elder/b1", "sos"), .native(1, "elder/b2", "sos"),
            .native(2, "camera/c1", "fall", ",\"zone\":\"hall\",\"confidence\":0.5"),
            .native(3, "camera/c1", "fall", ",\"zone\":\"yard\",\"confidence\":0.5"),
            .native(4, "elder/b2", "smoke"), .native(5, "elder/b2", "gas"),
        ]
        #expect(
            raised(scene(rules), lines) == [
                "own sos 3栋/2单元/502", "sos sos 5栋/1单元/101", "fall fall c1", "smoke smoke_fire 5栋/1单元/101",
                "smoke_fire smoke_fire 5栋/1单元/101",
            ])
    }

    @Test func `a rule without a scope has all of its kind, and a name that is taken is not taken again`() {
        let one = scene(["sos: {kind: sos}"])
        #expect(one.settings.allRules.map(\.name) == ["sos", "fall", "smoke_fire", "lift_trapped", "leak"])
        let two = scene(["sos: {kind: sos, places: [b3]}"])
        #expect(raised(two, [.native(0, "elder/b2", "sos")]) == ["built-in-sos sos 5栋/1单元/101"])
    }

    @Test func `what is switched off raises nothing, and a fall with any confidence or none meets every threshold`() {
        #expect(raised(scene([], off: "sos, fall"), [.native(0, "elder/b1", "sos")]) == [])
        let strict = scene(["fall: {kind: fall, confidence: 0.7}"])
        for (fields, count) in [("", 1), (",\"confidence\":0.6", 0), (",\"confidence\":0.8", 1)] {
            #expect(raised(strict, [.native(0, "elder/b1", "fall", fields)]).count == count, "\(fields)")
        }
    }

    @Test func `several dangers in one place are one alert that names each`() {
        let told = scene([]).run([
            .native(0, "elder/b1", "gas"), .native(5000, "elder/b1", "co"), .native(6000, "elder/b1", "co"),
        ])
        #expect(told.changes.map(\.change) == [.raised, .updated])
        #expect(told.changes.map(\.detail).map { $0.contains("\"of\":\"gas\"") } == [true, false])
        #expect(told.changes.last?.detail.contains("\"of\":\"gas|co\"") == true)
        #expect(told.changes.last?.message.zh.contains("燃气泄漏、一氧化碳") == true)
    }

    @Test func `the built-in rules are the same with a restart after each record`() throws {
        let scene = scene(["own: {kind: sos, places: [b3]}"])
        let lines: [Line] = (0..<40).map { (index: Int) -> Line in
            let path = index % 3 == 0 ? "elder/b1" : "elder/b2"
            return .native(Int64(index) * 20_000, path, index % 5 == 0 ? "smoke" : "sos")
        }
        let whole = scene.run(lines)
        let (split, _) = try scene.run(lines) { pipeline in
            pipeline = try scene.restored(pipeline.encoded()).pipeline
        }
        #expect(scene.json(whole) == scene.json(split) && whole.changes.count > 4)
    }

    /// An upgrade: the snapshot is of a version without these rules.
    @Test func `after an upgrade the next call is raised, though one of before is seconds old`() throws {
        let old = Scene(
            rules: ["no-movement: {kind: no_movement}"],
            top: ["life_safety: {off: [sos, fall, smoke_fire, lift_trapped, leak]}"])
        let new = Scene(rules: ["no-movement: {kind: no_movement}"])
        let before: [Line] = [.quiet(0), .native(Scene.minute, "elder/d1", "sos")]
        let bytes = old.pipeline(after: before).encoded()
        let plan = try Pipeline.plan(for: bytes, settings: new.settings, registry: new.registry)
        #expect(!plan.needsWarming)
        var pipeline = try new.restored(bytes).pipeline
        #expect(pipeline.holdsBuiltIns)
        // What stands in the journal behind the snapshot was before the upgrade as well.
        let held = new.run([.native(Scene.minute + 5000, "elder/d1", "sos")], on: pipeline) { _ in }
        #expect(held.result.changes.isEmpty)
        pipeline = held.pipeline
        pipeline.releaseBuiltIns()
        let after = new.run([.native(Scene.minute + 20_000, "elder/d1", "sos")], on: pipeline) { _ in }
        #expect(after.result.brief.count == 1)
    }
}
