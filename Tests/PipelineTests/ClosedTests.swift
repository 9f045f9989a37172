import Alerts
import StateCoding
import Testing

@testable import Pipeline
import Vocabulary

/// What somebody has closed is nobody's news any more.
@Suite struct ClosedTests {
    private static let devices = """
        id,place,kind,heartbeat,via
        a1,3栋/1单元/101,pir,10m,hub
        a2,3栋/1单元/102,pir,10m,hub
        a3,3栋/1单元/103,pir,10m,hub
        a4,3栋/1单元/104,pir,1h,hub
        p9,gates,pir,,

        """

    private func beats(_ devices: [String], from: Int64, to: Int64) -> [Line] {
        stride(from: from, through: to, by: Int(10 * Scene.minute)).flatMap { at in
            devices.map { Line.native(at, "elder/" + $0, "heartbeat") }
        }
    }

    /// Runs the lines; after what was told first somebody closes it. The same with a restart after each record.
    private func told(_ rule: String, _ before: [Line], _ after: [Line], closedAt: Int64) throws -> [String] {
        let scene = Scene(rules: [rule], residents: "", devices: ClosedTests.devices)
        let first = scene.run(before)
        let id = try #require(first.changes.first?.id)
        let close = Line.own(closedAt, "act", "{\"verb\":\"close\",\"alert\":\"\(id)\",\"actor\":\"w1\"}")
        let lines = before + [close] + after
        let whole = scene.run(lines)
        let (split, _) = try scene.run(lines) { pipeline in
            pipeline = try scene.restored(pipeline.encoded()).pipeline
        }
        #expect(scene.json(whole) == scene.json(split))
        return whole.changes.map { "\($0.change.rawValue) \($0.key)" }
    }

    @Test func `a device that speaks again after its alert was closed is no news`() throws {
        let minute = Scene.minute
        let changes = try told(
            "gone: {kind: device_silent}",
            beats(["a1", "a2", "a3", "a4"], from: 0, to: 60 * minute)
                + beats(["a2", "a3", "a4"], from: 70 * minute, to: 120 * minute),
            beats(["a1", "a2", "a3", "a4"], from: 140 * minute, to: 200 * minute), closedAt: 130 * minute)
        #expect(changes == ["raised a1", "closed a1"])
    }

    @Test func `more silent devices and the end of a hub's silence that was closed are no news`() throws {
        let minute = Scene.minute
        let changes = try told(
            "hub: {kind: upstream_silent}",
            beats(["a1", "a2", "a3", "a4"], from: 0, to: 60 * minute) + [.quiet(100 * minute)],
            [.quiet(300 * minute)] + beats(["a1", "a2", "a3", "a4"], from: 310 * minute, to: 400 * minute),
            closedAt: 110 * minute)
        #expect(changes == ["raised hub", "closed hub"])
    }

    @Test func `an emergency that nobody closed keeps a lift from being held for a day, restart or not`() throws {
        let scene = Scene(rules: [
            "sos: {kind: sos}",
            "lift: {kind: ebike_in_building, confirm: {count: 1}, publish: {topic: \"lift/{device}\", payload: h, "
                + "release: g}}",
        ])
        func ebike(_ at: Int64) -> Line { .native(at, "camera/lift3", "ebike", ",\"confidence\":0.95") }
        let lines = [
            .native(0, "elder/p1", "sos"), ebike(Scene.minute), ebike(26 * Scene.hour), .quiet(27 * Scene.hour),
        ]
        let whole = scene.run(lines)
        #expect(
            whole.does.map { $0.split(separator: " ").dropFirst().joined(separator: " ") } == [
                "lift/lift3 h", "lift/lift3 g",
            ])
        let (split, _) = try scene.run(lines) { pipeline in
            pipeline = try scene.restored(pipeline.encoded()).pipeline
        }
        #expect(whole.does == split.does && scene.json(whole) == scene.json(split))
    }
}
