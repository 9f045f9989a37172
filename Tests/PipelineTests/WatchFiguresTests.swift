import Community
import Rules
import Testing
import Timekeeping

@testable import Pipeline

/// What the daily message is told of the watch itself.
@Suite struct WatchFiguresTests {
    private static let devices = """
        id,place,kind,name,dir,heartbeat
        p1,3栋/2单元/502,pir,,,1h
        p2,3栋/2单元/501,pir,,,
        p9,gates,pir,,,

        """
    /// Dead sensors in 502, sensors that report nothing of themselves in 501, none at all in 101.
    private static let residents = """
        e1,3栋/2单元/502,罗桂华,独居,,,,,
        e2,3栋/2单元/501,王五,独居,,,,,
        e3,5栋/1单元/101,李四,独居,,,,,

        """

    @Test func `a home without devices and one whose devices are silent cannot be seen; one of unknown devices can`() {
        let scene = Scene(
            rules: ["quiet: {kind: no_movement, after: 100h}"], residents: WatchFiguresTests.residents,
            devices: WatchFiguresTests.devices)
        let lines = [
            Line.native(0, "elder/p1", "heartbeat"), .native(Scene.minute, "elder/p2", "motion"),
            .quiet(2 * Scene.hour), .quiet(3 * Scene.hour),
        ]
        func unseen(_ figures: WatchFigures) -> [String] {
            figures.unseen.map { scene.registry.displayName(ofHousehold: $0.home) + " " + $0.reason.rawValue }
        }
        let before = scene.pipeline(after: Array(lines.prefix(3))).watchFigures
        #expect(unseen(before) == ["5栋1单元101 uncovered"] && before.deadDevices.isEmpty)
        let after = scene.pipeline(after: lines).watchFigures
        #expect(unseen(after) == ["3栋2单元502 sensors_dead", "5栋1单元101 uncovered"])
        #expect(after.deadDevices == ["p1"])
        #expect(after.at.milliseconds == Scene.origin + 3 * Scene.hour)
    }

    @Test func `without a rule of silence nobody is said to be unseen`() {
        let figures = Scene(rules: [], residents: WatchFiguresTests.residents).pipeline(after: [.quiet(0)]).watchFigures
        #expect(figures.unseen.isEmpty)
    }
}
