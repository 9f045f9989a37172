import Alerts
import Rules
import Testing

@testable import Pipeline

/// Where something happened a report tells itself; whoever reports may do so from anywhere.
@Suite struct ReportPlaceTests {
    private static let devices = """
        id,place,kind,name,dir
        desk,gates,desk,,
        desk3,b3,desk,,
        p3,5栋/1单元/101,pir,,
        p9,gates,pir,,

        """

    private func trapped(_ at: Int64, _ place: String, by device: String = "desk") -> Line {
        .native(at, "report/" + device, "lift_trapped", ",\"place\":\"\(place)\"")
    }

    @Test(arguments: ["desk", "desk3", "stranger"])
    func `a rule for a building takes what is reported of it, and nothing else`(_ device: String) {
        let scene = Scene(
            rules: ["here: {kind: lift_trapped, places: [b3], key: place}"], devices: ReportPlaceTests.devices)
        let told = scene.run([
            trapped(0, "b3", by: device), trapped(Scene.second, "b5", by: device), .quiet(Scene.hour),
        ])
        // The other is the built-in rule's.
        #expect(told.changes.filter { $0.rule == "here" }.map(\.key) == ["b3"])
        #expect(told.brief == ["raised b3 critical 0 0", "raised \(device) critical 1000 1000"])
    }

    @Test func `two lifts that one desk reports are two alerts, also with a restart between`() throws {
        let scene = Scene(rules: ["here: {kind: lift_trapped, key: place}"], devices: ReportPlaceTests.devices)
        let lines = [trapped(0, "b3"), trapped(30 * Scene.second, "b5"), .quiet(Scene.hour)]
        let whole = scene.run(lines)
        #expect(whole.brief == ["raised b3 critical 0 0", "raised b5 critical 30000 30000"])
        let (split, _) = try scene.run(lines) { pipeline in
            pipeline = try scene.restored(pipeline.encoded()).pipeline
        }
        #expect(scene.json(whole) == scene.json(split))
    }

    @Test func `an absence is watched in the rule's places alone`() {
        let scene = Scene(
            rules: ["quiet: {kind: no_movement, places: [b3], after: 12h}"],
            residents: Scene.luo + "e3,5栋/1单元/101,王强,独居,,,,,\n")
        let told = scene.run([
            .native(0, "elder/p1", "motion", ",\"value\":1"), .native(0, "elder/p3", "motion", ",\"value\":1"),
            .quiet(13 * Scene.hour),
        ])
        #expect(told.brief == ["raised 3栋/2单元/502 high 0 43200000"])
    }
}
