import Alerts
import TestSupport
import Testing
import Rules
import Timekeeping

@testable import Pipeline

/// The clock that is set while the box runs, and the times in which it could hear of nothing.
@Suite struct ClockTests {
    private static let hour = Scene.hour

    /// The same records as a box would have seen them whose clock was set before record `index`.
    private static func moved(_ lines: [Line], at index: Int, by length: Int64) -> [Line] {
        let latest = lines[..<index].map(\.at).max() ?? 0
        var moved = Array(lines[..<index])
        moved.append(.clock(length < 0 ? latest : latest + length, from: latest, to: latest + length, "step"))
        for line in lines[index...] {
            var copy = line
            copy.at += length
            copy.payload = line.payload.replacing(#/"ts":(\d+)/#) { "\"ts\":\((Int64($0.output.1) ?? 0) + length)" }
            moved.append(copy)
        }
        return moved
    }

    @Test(arguments: [-14 * Scene.day, Scene.hour, 2001, -2001] as [Int64])
    func `a clock that is set fires nothing, delays nothing, and leaves what was told`(_ length: Int64) {
        var random = SeededRandom(for: "ClockTests \(length)")
        // Nobody is away and nobody enrolled: those times are of the calendar.
        let scene = Scene(rules: RestoreTests.allRules, residents: Scene.luo + "e2,3栋/2单元/501,王秀英,高龄,c2,,,,\n")
        var seen: Set<String> = []
        for _ in 0..<5 {
            // A copy with its own time would be another message after the clock was set.
            let lines = LawTests.log(&random, count: 500).filter {
                !$0.payload.contains("\"ts\"") || seen.insert($0.payload).inserted
            }
            let cut = random.int(100...400)
            let expected = scene.run(lines).changes
            let told = scene.run(ClockTests.moved(lines, at: cut, by: length)).changes
            let old = Set(expected.filter { $0.record <= cut }.map(\.id))
            func essence(_ change: AlertChange, by length: Int64, _ isOld: Bool) -> String {
                let frozen = isOld ? 0 : length
                return "\(change.change) \(change.rule) \(change.key) \(change.severity) \(change.isTold) "
                    + "\(change.started.milliseconds + frozen) \(change.detected.milliseconds + frozen) "
                    + "\(change.at.milliseconds + (change.record > cut ? length : 0))"
            }
            let wanted = expected.map { essence($0, by: length, old.contains($0.id)) }
            let found = told.map { essence($0, by: 0, true) }
            let differs = zip(found, wanted).first { $0 != $1 }
            #expect(differs?.0 == differs?.1, "cut at \(cut), seed \(random.seed)")
            #expect(found.count == wanted.count, "cut at \(cut), seed \(random.seed)")
            // What was open keeps its id.
            #expect(told.filter { old.contains($0.id) }.count == expected.filter { old.contains($0.id) }.count)
        }
    }

    @Test(arguments: [-14 * Scene.day, Scene.hour]) func `settling lasts as long when the clock is set in it`(
        _ length: Int64
    ) {
        let scene = Scene(rules: [NoMovementTests.single])
        let day = Scene.day
        let lines: [Line] = [
            .quiet(0), .own(day - 5000, "session", SettlingTests.connected), .quiet(day + 54_999), .quiet(day + 55_000),
        ]
        #expect(scene.run(lines).times == [day + 55_000])
        #expect(scene.run(ClockTests.moved(lines, at: 2, by: length)).times == [day + 55_000 + length])
    }

    @Test func `the first trusted time counts as time down: what is overdue waits for settling, then fires`() {
        let scene = Scene(rules: [NoMovementTests.single])
        let hour = ClockTests.hour
        let lines: [Line] = [
            .quiet(0), .own(hour, "start"), .clock(hour + 5000, from: hour + 5000, to: 30 * hour, "boot"),
            .quiet(30 * hour + 1000), .own(30 * hour + 2000, "session", SettlingTests.connected),
            .own(30 * hour + 9000, "session", SettlingTests.settled),
        ]
        let result = scene.run(lines)
        #expect(result.brief == ["raised 3栋/2单元/502 high 0 \(24 * hour)"])
        #expect(result.times == [30 * hour + 9000])
    }

    @Test func `a clock's record that cannot be read is counted`() {
        let scene = Scene(rules: [NoMovementTests.single])
        let result = scene.run([
            .quiet(0), .own(1, "clock"), .own(2, "clock", "{\"from\":1,\"to\":\"never\",\"why\":\"step\"}"),
            .clock(3, from: 3, to: 4, "whim"), .own(4, "lost", "{\"from\":1.5}"),
        ])
        #expect(result.counters.unknownOwn == 4)
    }

    // MARK: Blind intervals

    private func intervals(_ lines: [Line]) -> [String] {
        let blind = Scene(rules: [NoMovementTests.single]).pipeline(after: lines).blind
        return blind.intervals.map {
            "\($0.cause) \($0.from.milliseconds - Scene.origin) \($0.to.milliseconds - Scene.origin)"
        }
    }

    @Test func `a start, a session and lost records tell when the box was blind`() {
        let since = "{\"down_since\":\(Scene.origin + 2000)}"
        let absent = "{\"state\":\"connected\",\"present\":false}"
        #expect(intervals([.quiet(0), .own(9000, "start", since)]) == ["down 2000 9000"])
        #expect(intervals([.quiet(1000), .own(9000, "start")]) == ["down 1000 9000"])
        // A daemon that is started again and again was down once.
        #expect(
            intervals([.quiet(0), .own(9000, "start", since), .own(9000, "start", since), .own(9500, "start", since)])
                == ["down 2000 9500"])
        #expect(
            intervals([
                .quiet(0), .own(9000, "start"), .own(9500, "session", SettlingTests.connected),
                .own(10_000, "session", SettlingTests.lost), .own(12_000, "session", SettlingTests.lost),
                .own(14_000, "session", absent),
            ]) == ["down 0 9000", "session 9000 9500", "lost 10000 14000"])
        #expect(intervals([.quiet(0), .own(7000, "lost", "{\"from\":2,\"to\":5}")]) == ["lost 0 7000"])
        #expect(
            intervals([.quiet(0), .own(9000, "start"), .clock(9500, from: 9500, to: 9500 + Scene.hour, "step")])
                == ["down \(Scene.hour) \(9000 + Scene.hour)"])
    }

    @Test func `blind time is the length of the union, and what is kept never tells of less`() {
        var random = SeededRandom(for: "ClockTests blind")
        func at(_ second: Int) -> Instant { Instant(seconds: Int64(second)) }
        var blind = BlindIntervals()
        var dark = [Bool](repeating: false, count: 2000)
        for round in 0..<400 {
            let from = random.int(0...1990)
            let to = from + random.int(0...3)
            blind.add(from: at(from), to: at(to), random.pick([.down, .session, .lost, .boot]))
            for second in from..<to { dark[second] = true }
            let length = Int64(dark.count { $0 })
            let told = blind.blindTime(from: at(0), to: at(2000))
            #expect(told >= .seconds(length) && blind.intervals.count <= BlindIntervals.most, "seed \(random.seed)")
            if round < 50 {
                let (a, b) = (random.int(0...999), random.int(1000...2000))
                let part = Int64(dark[a..<b].count { $0 })
                #expect(blind.blindTime(from: at(a), to: at(b)) == .seconds(part), "seed \(random.seed)")
            }
        }
        blind.sessionIsAway(since: at(3000))
        #expect(blind.blindTime(from: at(2500), to: at(3100)) == .seconds(100))
    }
}
