import Alerts
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

/// A snapshot under a registry and rules that are not those it was made under.
@Suite struct RestoreTests {
    private static let minute = Scene.minute
    private static let e2 = "e2,3栋/2单元/501,王秀英,独居,,,,,\n"
    private static let e4 = "e4,,赵六,病后,c4,,,,\n"

    private static func rule(_ name: String = "short", after: String, _ more: String = "") -> String {
        "\(name): {kind: no_movement, after: \(after), severity: low, evidence: {count: 1}\(more)}"
    }

    private static func scene(_ rules: [String], _ residents: String = Scene.luo + e2) -> Scene {
        Scene(rules: rules, residents: residents)
    }

    private func motion(_ at: Int64, _ device: String) -> Line { .native(at, "elder/" + device, "motion") }

    // MARK: Another registry

    static let allRules = [
        "quiet: {kind: no_movement}", rule(after: "90m"), ThrownObjectTests.rule, EbikeTests.rule(),
    ]
    private static let before = scene(allRules, Scene.luo + e2 + "e3,5栋/1单元/101,李四海,独居,c3,,,,\n" + e4)

    /// Rows in another order, a home gone, a home new, and a device that goes by another id.
    private static var after: Scene {
        let rows = Scene.devices.split(separator: "\n").map(String.init)
        let devices =
            [rows[0] + ",identity"]
            + rows.dropFirst().reversed().map {
                $0.hasPrefix("lift5,") ? "lift9,b5,lift,,,lift5" : $0 + ","
            } + ["p7,3栋/1单元/201,pir,,,"]
        return Scene(
            rules: allRules, residents: e4 + "e7,3栋/1单元/201,新来,独居,,,,,\n" + e2 + Scene.luo,
            devices: devices.joined(separator: "\n") + "\n")
    }

    /// What the change of registry does not touch.
    private func kept(_ changes: [AlertChange], _ scene: Scene) -> [String] {
        let keys: Set = ["3栋/2单元/502", "3栋/2单元/501", "e4", "b3", "odd", "lift3"]
        let result = Scene.Result(changes: changes.filter { keys.contains($0.key) })
        // Of timers that are due in the same moment the number decides which comes first.
        return scene.json(result).sorted()
    }

    @Test func `a registry in another order, with more and with less, changes nothing for who stays`() throws {
        var random = SeededRandom(for: "RestoreTests registry")
        let (before, after) = (RestoreTests.before, RestoreTests.after)
        for _ in 0..<10 {
            let lines = LawTests.log(&random, count: 600)
            let cut = random.int(50...550)
            let whole = before.run(lines)
            let first = before.run(Array(lines[..<cut])) { _ in }
            let (pipeline, report) = try after.restored(first.pipeline.encoded())
            #expect(report == RestoreReport(droppedHouseholds: 1, droppedDevices: 1, newHouseholds: 1))
            let second = after.run(Array(lines[cut...]), on: pipeline) { _ in }
            let told = kept(first.result.changes + second.result.changes, before)
            #expect(told == kept(whole.changes, before), "cut at \(cut), seed \(random.seed)")
            #expect(second.result.changes.allSatisfy { $0.key != "5栋/1单元/101" })
            // The new home is counted from the snapshot's clock.
            let new = second.result.changes.filter { $0.key == "3栋/1单元/201" && $0.change == .raised }
            #expect(new.allSatisfy { $0.started == first.pipeline.clock }, "seed \(random.seed)")
        }
    }

    @Test func `an alert names a device that the registry has no more`() throws {
        let before = RestoreTests.scene([EbikeTests.rule()])
        let devices = Scene.devices.split(separator: "\n").filter { !$0.hasPrefix("lift3,") }.joined(separator: "\n")
        let after = Scene(rules: [EbikeTests.rule()], devices: devices + "\n")
        func bike(_ at: Int64) -> Line {
            .native(at, "camera/lift3", "ebike", ",\"confidence\":0.9,\"zone\":\"lift\"")
        }
        let first = before.run([bike(0), bike(1000)]) { _ in }
        #expect(first.result.does == ["2 lift/lift3/hold hold"])
        let pipeline = try after.restored(first.pipeline.encoded()).pipeline
        let second = after.run([.quiet(Scene.hour)], on: pipeline) { _ in }
        #expect(second.result.does == ["3 lift/lift3/hold release"])
    }

    @Test func `what an unknown device said is remembered when somebody enters it`() throws {
        let before = RestoreTests.scene(RestoreTests.allRules)
        let after = Scene(rules: RestoreTests.allRules, devices: Scene.devices + "ghost,gates,pir,,,\n")
        func told(_ at: Int64) -> Line { .native(at, "elder/ghost", "motion", ",\"id\":\"7\"") }
        let pipeline = try after.restored(before.pipeline(after: [told(0)]).encoded()).pipeline
        #expect(after.run([told(1000)], on: pipeline) { _ in }.result.counters.redelivered == 1)
    }

    // MARK: Other rules

    /// 502 has been silent since 0; 501 moved at minute 100.
    private static let lines: [Line] = [
        .quiet(0), .native(100 * minute, "elder/p2", "motion"), .quiet(130 * minute),
    ]

    @Test func `a changed rule carries on what is open, and raises once what then holds`() throws {
        let old = RestoreTests.scene([RestoreTests.rule(after: "90m")])
        let new = RestoreTests.scene([RestoreTests.rule(after: "20m")])
        let first = old.run(RestoreTests.lines) { _ in }
        let minute = RestoreTests.minute
        #expect(
            first.result.brief == [
                "raised 3栋/2单元/502 low 0 \(90 * minute)", "raised 3栋/2单元/501 low 0 \(90 * minute)",
                "resolved 3栋/2单元/501 low 0 \(90 * minute)",
            ])
        let bytes = first.pipeline.encoded()
        let plan = try Pipeline.plan(for: bytes, settings: new.settings, registry: new.registry)
        #expect(plan.needsWarming && plan.changedRules == ["short"] && plan.newHouseholds == 0)
        let (pipeline, report) = try new.restored(bytes, over: new.pipeline(after: RestoreTests.lines))
        #expect(report == RestoreReport(warmedRules: ["short"]))
        let lines = [.quiet(131 * minute), .quiet(140 * minute), motion(141 * minute, "p1")]
        let (result, _) = new.run(lines, on: pipeline) { _ in }
        #expect(
            result.brief == [
                "raised 3栋/2单元/501 low \(100 * minute) \(120 * minute)", "resolved 3栋/2单元/502 low 0 \(90 * minute)",
            ])
        // Overdue when it was armed: as of then.
        #expect(result.times == [130 * minute, 141 * minute])
        let raised = first.result.changes.first { $0.key == "3栋/2单元/502" }
        #expect(result.changes.last?.id == raised?.id)
    }

    @Test func `without the journal a changed rule goes on from the evidence that is known`() throws {
        let old = RestoreTests.scene([RestoreTests.rule(after: "90m")])
        let new = RestoreTests.scene([RestoreTests.rule(after: "40m")])
        let minute = RestoreTests.minute
        let (pipeline, report) = try new.restored(old.pipeline(after: RestoreTests.lines).encoded())
        #expect(report == RestoreReport(coldRules: ["short"]))
        let (result, _) = new.run([.quiet(150 * minute)], on: pipeline) { _ in }
        #expect(result.brief == ["raised 3栋/2单元/501 low \(100 * minute) \(140 * minute)"])
    }

    @Test func `a renamed rule keeps its state, and an open alert its name and id`() throws {
        let old = RestoreTests.scene([RestoreTests.rule(after: "90m")])
        let new = RestoreTests.scene([RestoreTests.rule("brief", after: "90m", ", was: short")])
        let minute = RestoreTests.minute
        let first = old.run(RestoreTests.lines) { _ in }
        let bytes = first.pipeline.encoded()
        #expect(try !Pipeline.plan(for: bytes, settings: new.settings, registry: new.registry).needsWarming)
        var (pipeline, report) = try new.restored(bytes)
        #expect(report == RestoreReport())
        // It keeps it over another snapshot as well.
        pipeline = try new.restored(pipeline.encoded()).pipeline
        let (result, _) = new.run([motion(140 * minute, "p1"), .quiet(300 * minute)], on: pipeline) { _ in }
        let raised = first.result.changes.first { $0.key == "3栋/2单元/502" }
        #expect(result.changes.map(\.rule) == ["short", "brief", "brief"])
        #expect(result.changes.first?.id == raised?.id)
    }

    @Test func `a new rule starts warm and a home that is new under an old one as well`() throws {
        let old = RestoreTests.scene([RestoreTests.rule(after: "90m")], Scene.luo)
        let new = RestoreTests.scene(
            [RestoreTests.rule("first", after: "25m"), RestoreTests.rule(after: "90m")])
        let minute = RestoreTests.minute
        let bytes = old.pipeline(after: RestoreTests.lines).encoded()
        let plan = try Pipeline.plan(for: bytes, settings: new.settings, registry: new.registry)
        #expect(plan.needsWarming && plan.changedRules == ["first"] && plan.newHouseholds == 1)
        let (pipeline, report) = try new.restored(bytes, over: new.pipeline(after: RestoreTests.lines))
        #expect(report == RestoreReport(warmedRules: ["first"], newHouseholds: 1))
        let (result, _) = new.run([.quiet(200 * minute)], on: pipeline) { _ in }
        #expect(
            result.brief == [
                "raised 3栋/2单元/502 low 0 \(25 * minute)",
                "raised 3栋/2单元/501 low \(100 * minute) \(125 * minute)",
                "raised 3栋/2单元/501 low \(100 * minute) \(190 * minute)",
            ])
        #expect(result.changes.map(\.rule) == ["first", "first", "short"])
    }

    @Test func `a changed rule over events raises nothing that is past, and releases what it holds`() throws {
        let second = Scene.second
        func bike(_ at: Int64) -> Line { .native(at, "camera/lift3", "ebike", ",\"confidence\":0.95") }
        let old = RestoreTests.scene([EbikeTests.rule()])
        let new = RestoreTests.scene([EbikeTests.rule().replacing("confidence: 0.6", with: "confidence: 0.9")])
        let lines = [bike(0), bike(second)]
        let first = old.run(lines) { _ in }
        #expect(first.result.brief == ["raised lift3 high 0 \(second)"])
        let (pipeline, _) = try new.restored(first.pipeline.encoded(), over: new.pipeline(after: lines))
        // The session goes on, so nothing is raised; the hold ends at its latest.
        let more = [bike(30 * second), bike(31 * second), .quiet(62 * second)]
        let (result, _) = new.run(more, on: pipeline) { _ in }
        #expect(result.changes.isEmpty && result.does == ["5 lift/lift3/hold release"])
    }
}
