import Alerts
import Rules
import SiteConfiguration
import StateCoding
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

/// What ends a time in which the box could not hear, and what is silent behind it.
@Suite struct BlindStartTests {
    private static let devices = """
        id,place,kind,heartbeat
        p1,3栋/2单元/502,pir,5m
        p2,3栋/2单元/502,pir,
        p9,gates,pir,

        """
    private static let scene = Scene(
        rules: ["gone: {kind: device_silent}", "still: {kind: no_movement, after: 24h, evidence: {count: 1}}"],
        devices: devices)
    private static let hour = Scene.hour
    private static let minute = Scene.minute

    private static let before: [Line] = (0..<12).map { .native($0 * 5 * minute, "elder/p1", "heartbeat") }

    private func start(_ at: Int64, down: Int64) -> Line {
        .own(at, "start", "{\"version\":\"0\",\"config\":\"x\",\"down_since\":\(Scene.origin + down)}")
    }

    @Test(arguments: [
        (Line.native(3 * hour, "elder/p2", "motion"), true),
        (.native(3 * hour, "elder/p2", "motion", retain: true), false),
        // What cannot be read came through a feed all the same.
        (Line(at: 3 * hour, topic: "community/hgs/elder/p2", payload: "nonsense"), true),
        (Line(at: 3 * hour, topic: "elsewhere/x", payload: "{}"), false),
        (.own(3 * hour, "tick"), false),
    ])
    func `after a start the first live record of a feed ends the blindness`(_ line: Line, _ ends: Bool) {
        let lines = BlindStartTests.before + [start(2 * Scene.hour, down: 90 * Scene.minute), line]
        var pipeline = BlindStartTests.scene.pipeline(after: lines)
        let blind = pipeline.blind
        #expect((blind.awaySince == nil) == ends)
        let at = Instant(milliseconds: Scene.origin + 3 * Scene.hour)
        #expect(!ends || blind.blindTime(from: at, to: at + .hours(1)) == .zero)
        // And so after a session that was lost, and of whose return nobody told.
        let lost = BlindStartTests.scene.pipeline(
            after: BlindStartTests.before + [.own(2 * Scene.hour, "session", "{\"state\":\"lost\"}"), line])
        #expect((lost.blind.awaySince == nil) == ends)
        pipeline = lost
    }

    /// However long the box was down, each device has a whole heartbeat from the end of settling on.
    @Test(arguments: [1, 24, 24 * 30, 24 * 400] as [Int64], [0, 1, 4, 6] as [Int64])
    func `nothing is silent inside an outage, nor sooner than a heartbeat behind it`(_ hours: Int64, _ first: Int64) {
        let down = 61 * Scene.minute
        let up = down + hours * Scene.hour
        let settled = up + 40_000
        let lines =
            BlindStartTests.before + [.native(60 * Scene.minute, "elder/p1", "heartbeat")]
            + [
                start(up, down: down),
                .own(up + 1000, "session", "{\"state\":\"connected\",\"present\":true}"),
                .own(settled, "session", "{\"state\":\"settled\"}"),
            ]
            + (0..<6).map { .native(settled + (first + 5 * $0) * Scene.minute, "elder/p1", "heartbeat") }
        let told = BlindStartTests.scene.run(lines)
        let silences = told.changes.filter { $0.rule == "gone" }
        #expect(silences.isEmpty == (first < 12), "\(told.brief)")
        for silence in silences where silence.change == .raised {
            #expect(silence.detected.milliseconds - Scene.origin >= settled + 5 * Scene.minute)
        }
    }

    @Test func `what could not be heard is written and read with its settling`() throws {
        var blind = BlindIntervals()
        blind.add(from: Instant(seconds: 1000), to: Instant(seconds: 2000), .down)
        blind.settle(at: Instant(seconds: 2040))
        blind.sessionIsAway(since: Instant(seconds: 3000))
        var writer = StateWriter()
        blind.write(to: &writer)
        var reader = StateReader(writer.bytes)
        #expect(try BlindIntervals(from: &reader, version: 5) == blind)
        let length = Milliseconds.seconds(1500)
        #expect(blind.listened(length, from: Instant(seconds: 900)) == nil)
        blind.sessionIsBack(at: Instant(seconds: 4000), .session)
        // 100 before, 1,000 between the two, 400 behind the second.
        #expect(blind.listened(length, from: Instant(seconds: 900)) == Instant(seconds: 4400))
        #expect(blind.listened(.seconds(1100), from: Instant(seconds: 900)) == Instant(seconds: 3000))
        // A grace behind each: settling took 40 s.
        #expect(
            blind.listened(.seconds(200), from: Instant(seconds: 900), grace: .seconds(600)) == Instant(seconds: 2640))
    }
}
