import Alerts
import SiteConfiguration
import Testing
import Timekeeping

@testable import Pipeline

/// docs/architecture.md, "What the broker kept comes in first": after a (re)connect the broker hands over its backlog.
@Suite struct SettlingTests {
    static let residents = Scene.luo + "e2,3栋/2单元/501,王秀英,独居,,,,,\n"
    static let day = Scene.day
    static let connected = "{\"state\":\"connected\",\"present\":true}"
    static let settled = "{\"state\":\"settled\"}"
    static let lost = "{\"state\":\"lost\"}"

    private func scene() -> Scene { Scene(rules: [NoMovementTests.single], residents: SettlingTests.residents) }
    private func motion(_ at: Int64, _ device: String, told: Int64? = nil) -> Line {
        .native(at, "elder/" + device, "motion", told.map { ",\"ts\":\(Scene.origin + $0)" } ?? "")
    }

    @Test func `absence timers wait for its end and then fire in order`() {
        let day = SettlingTests.day
        let result = scene().run([
            .quiet(0), motion(2000, "p1"), motion(1000, "p2"), .own(day - 5000, "session", SettlingTests.connected),
            .quiet(day + 3000),
            .own(day + 4000, "session", SettlingTests.settled),
        ])
        #expect(
            result.brief == ["raised 3栋/2单元/501 high 1000 \(day + 1000)", "raised 3栋/2单元/502 high 2000 \(day + 2000)"])
        #expect(result.times == [day + 4000, day + 4000])
    }

    @Test(arguments: [(59_999, false), (60_000, true)] as [(Int64, Bool)])
    func `it lasts sixty seconds at most`(_ length: Int64, _ fires: Bool) {
        let day = SettlingTests.day
        let result = scene().run([
            .quiet(0), .own(day - 5000, "session", SettlingTests.connected), .quiet(day - 5000 + length),
        ])
        #expect(result.times == (fires ? [day - 5000 + length, day - 5000 + length] : []))
        #expect(result.changes.allSatisfy { $0.detected.milliseconds == Scene.origin + day })
    }

    @Test func `a flapping line gets sixty seconds in ten minutes, not more`() {
        let day = SettlingTests.day
        let begin = day - 300_000
        var lines = [Line.quiet(0)]
        // Each minute the line comes and goes, 20 s each: the third connection uses up what is left.
        for n in Int64(0)..<8 {
            lines.append(.own(begin + n * 60_000, "session", SettlingTests.connected))
            lines.append(.own(begin + n * 60_000 + 20_000, "session", SettlingTests.lost))
        }
        let result = scene().run(lines + [.quiet(day + 600_000)])
        // The deadline falls on the sixth connection, when no settling is left.
        #expect(result.times == [day, day])
    }

    @Test func `the backlog counts before the deadline that passed in it`() {
        let day = SettlingTests.day
        let result = scene().run([
            .quiet(0), .own(day - 5000, "session", SettlingTests.connected),
            motion(day + 2000, "p1", told: day - Scene.hour * 3),
            motion(day + 2001, "p2", told: day - Scene.hour * 3), .own(day + 4000, "session", SettlingTests.settled),
            .quiet(day + 9000),
        ])
        #expect(result.changes.isEmpty)
    }

    @Test func `what came due while the box was down waits for the backlog`() {
        let day = SettlingTests.day
        // Down from hour 20 to hour 25; the deadline was at hour 24; the broker has a movement of hour 23.
        let start = day + Scene.hour
        let result = scene().run([
            .quiet(0), .quiet(20 * Scene.hour), .own(start, "start", "{\"version\":\"0\"}"),
            .own(start + 500, "session", SettlingTests.connected), motion(start + 1000, "p1", told: 23 * Scene.hour),
            .own(start + 2000, "session", SettlingTests.settled), .quiet(start + 3000),
        ])
        // Nothing of home 501 is in the backlog: it fires, at the end of settling.
        #expect(result.brief == ["raised 3栋/2单元/501 high 0 \(day)"])
        #expect(result.times == [start + 2000])
    }

    @Test func `a box that went down while settling has what is left of its minute when it is back`() {
        let day = SettlingTests.day
        // Down for five minutes with the deadline in them; of the first minute all may be spent, of the second none
        // yet.
        let back = day + 300_000
        let result = scene().run([
            .quiet(0), .own(day - 5000, "session", SettlingTests.connected),
            .own(day - 3000, "session", SettlingTests.lost), .own(back - 200_000, "start"),
            .quiet(back - 200_000 + 57_999), .quiet(back - 200_000 + 58_000),
        ])
        #expect(result.times == [back - 142_000, back - 142_000])
        let cut = scene().run([
            .quiet(0), .own(day - 5000, "session", SettlingTests.connected), .own(back, "start"), .quiet(back + 1),
        ])
        // The settling that the power cut ended had its whole minute, and of that what waited is dated.
        #expect(cut.times == [day + 55_000, day + 55_000])
    }

    @Test func `a message without an id that the broker hands over again counts once`() {
        func motion(_ at: Int64, mid: Int) -> Line { .native(at, "elder/p1", "motion", qos: 1, mid: mid) }
        let hour = Scene.hour
        let resumed: [Line] = [
            .quiet(0), motion(hour, mid: 7), motion(hour + 1, mid: 8),
            .own(hour + 2, "session", SettlingTests.connected),
            motion(hour + 3, mid: 8), motion(hour + 4, mid: 9), .own(hour + 5, "session", SettlingTests.settled),
        ]
        let scene = scene()
        #expect(scene.run(resumed).counters.redelivered == 1)
        // After settling, the same number is another message: numbers are used again.
        #expect(scene.run(resumed + [motion(hour + 6, mid: 7)]).counters.redelivered == 1)
        // Also where the probe never came back.
        let unsettled = Array(resumed.dropLast()) + [.quiet(3 * hour), motion(3 * hour + 1, mid: 7)]
        #expect(scene.run(unsettled).counters.redelivered == 1)
        // Without a resumed session nothing is handed over again.
        let fresh = resumed.map { line in
            var copy = line
            copy.payload = copy.payload.replacing("true", with: "false")
            return copy
        }
        #expect(scene.run(fresh).counters.redelivered == 0)
    }
}
