import Feeds
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Rules
import Vocabulary

@Suite struct DurationRuleTests {
    static func lane(_ change: (inout RuleSettings) -> Void = { _ in }) -> RuleBench<DurationRule> {
        var match = MatchSettings(kinds: [.vehicle, .ebike])
        match.deviceKinds = ["lane"]
        match.confidence = 0.5
        var settings = BenchSite.settings(
            .fireLaneBlocked, match, key: .vehicle, .lasting(ends: nil, gap: .seconds(90)),
            stages: [
                StageSettings(after: .minutes(2), severity: .low),
                StageSettings(after: .minutes(10), severity: .medium),
                StageSettings(after: .minutes(30), severity: .high),
            ])
        change(&settings)
        return RuleBench(settings)
    }

    static func door(_ change: (inout RuleSettings) -> Void = { _ in }) -> RuleBench<DurationRule> {
        var settings = BenchSite.settings(
            .doorHeldOpen, MatchSettings(kinds: [.doorOpen]), key: .device,
            .lasting(ends: MatchSettings(kinds: [.doorClose]), gap: .zero),
            stages: [StageSettings(after: .minutes(3), severity: .medium)])
        change(&settings)
        return RuleBench(settings)
    }

    /// Sightings of one vehicle at these seconds, in this order; each arrives at the latest second so far.
    static func see(_ bench: inout RuleBench<DurationRule>, _ seconds: [Int64], device: String = "cam-lane") {
        var clock = (bench.now - BenchSite.start).count
        for second in seconds {
            clock = max(clock, second * 1000)
            bench.take(
                bench.event(.vehicle, device, second * 1000, late: clock - second * 1000) {
                    $0.observation.confidence = 0.9
                })
        }
    }

    private static func every(_ step: Int64, to last: Int64) -> [Int64] { (0...last / step).map { $0 * step } }

    // MARK: A fire lane

    @Test(arguments: [(119_999, false), (120_000, true), (120_001, true)] as [(Int64, Bool)])
    func `a vehicle that was seen for two minutes blocks the lane`(_ last: Int64, _ blocks: Bool) {
        var bench = DurationRuleTests.lane()
        for at in [0, 60_000, last] {
            bench.take(bench.event(.vehicle, "cam-lane", at) { $0.observation.confidence = 0.9 })
        }
        #expect(bench.told == (blocks ? ["raised low 0+\(last)"] : []))
        bench.advance(to: BenchSite.start + .hours(1))
        #expect(bench.told.count == (blocks ? 2 : 0))
    }

    @Test func `stages are one alert, which ends a gap after the last sighting`() {
        var bench = DurationRuleTests.lane()
        DurationRuleTests.see(&bench, DurationRuleTests.every(60, to: 1860))
        bench.advance(to: BenchSite.start + .seconds(1949))
        #expect(bench.findings.count == 3)
        bench.advance(to: BenchSite.start + .seconds(1950))
        #expect(
            bench.told == [
                "raised low 0+120000", "updated medium 0+120000 at 600000", "updated high 0+120000 at 1800000",
                "resolved high 0+120000 at 1950000",
            ])
        #expect(bench.findings[1].detail == .duration(stage: 2, after: .minutes(10), devices: [0], word: -1))
        #expect(bench.findings.allSatisfy { $0.isTold && $0.key == "cam-lane/vehicle" })
        #expect(bench.findings[3].lastEvidence?.at == BenchSite.start + .seconds(1860))
    }

    @Test(arguments: [(90, true), (91, false)] as [(Int64, Bool)])
    func `a gap of ninety seconds is bridged`(_ gap: Int64, _ isBridged: Bool) {
        var bench = DurationRuleTests.lane()
        DurationRuleTests.see(&bench, [0, 60, 60 + gap])
        #expect(bench.findings.count == (isBridged ? 1 : 0))
    }

    @Test func `sightings out of order make the same episode`() {
        var bench = DurationRuleTests.lane()
        DurationRuleTests.see(&bench, [160, 0, 80])
        #expect(bench.told == ["raised low 0+160000"])
    }

    @Test func `the end of a track ends the episode at once, and what comes then is another`() {
        var bench = DurationRuleTests.lane()
        DurationRuleTests.see(&bench, DurationRuleTests.every(60, to: 180))
        bench.take(
            bench.event(.vehicle, "cam-lane", 200_000) {
                $0.observation.confidence = 0.9
                $0.observation.phase = .end
            })
        DurationRuleTests.see(&bench, [210, 270, 330])
        #expect(
            bench.told == ["raised low 0+120000", "resolved low 0+120000 at 200000", "raised low 210000+120000"])
    }

    @Test func `what a camera does not tell of neither begins nor prolongs it`() {
        var bench = DurationRuleTests.lane()
        for at in DurationRuleTests.every(30, to: 300) { bench.take(bench.event(.vehicle, "cam-lane", at * 1000)) }
        for at in DurationRuleTests.every(30, to: 300) {
            bench.take(bench.event(.vehicle, "cam-lane", at * 1000, .retained) { $0.observation.confidence = 1 })
        }
        DurationRuleTests.see(&bench, DurationRuleTests.every(30, to: 300), device: "cam-gate")
        #expect(bench.findings.isEmpty)
    }

    /// At 690 s the timer comes before the sighting.
    @Test(arguments: [(689, true), (690, false), (691, false)] as [(Int64, Bool)])
    func `a camera that was offline left the lane unknown, not clear`(_ back: Int64, _ goesOn: Bool) {
        var bench = DurationRuleTests.lane()
        DurationRuleTests.see(&bench, DurationRuleTests.every(60, to: 180))
        bench.take(bench.event(.offline, "cam-lane", 200_000))
        bench.take(bench.event(.online, "cam-lane", 620_000))
        // 20 s of the gap were watched before, so 70 s are left.
        DurationRuleTests.see(&bench, [back, back + 30])
        #expect(bench.findings.map(\.change) == (goesOn ? [.raised, .updated] : [.raised, .resolved]))
    }

    @Test func `while the box is blind nothing ends, and it ends by watched time`() {
        var bench = DurationRuleTests.lane()
        DurationRuleTests.see(&bench, DurationRuleTests.every(60, to: 180))
        bench.context.blind.sessionIsAway(since: BenchSite.start + .seconds(190))
        bench.advance(to: BenchSite.start + .minutes(20))
        #expect(bench.findings.count == 1)
        bench.context.blind.sessionIsBack(at: BenchSite.start + .minutes(20), .lost)
        bench.engine.wake(at: BenchSite.start + .minutes(20), timers: &bench.timers)
        bench.advance(to: BenchSite.start + .minutes(20) + Milliseconds(79_999))
        #expect(bench.findings.count == 1)
        bench.advance(to: BenchSite.start + .minutes(23))
        #expect(bench.findings.count == 2)
    }

    @Test func `a backlog of what is long over is not told, and one that reaches to now is`() {
        var bench = DurationRuleTests.lane()
        for at in DurationRuleTests.every(30, to: 600) {
            bench.take(
                bench.event(.vehicle, "cam-lane", at * 1000, late: 3_600_000 - at * 1000) {
                    $0.observation.confidence = 0.9
                    $0.isHistory = true
                })
        }
        #expect(bench.findings.isEmpty)
        for at in DurationRuleTests.every(30, to: 3_600) {
            bench.take(
                bench.event(.vehicle, "cam-lane-2", at * 1000, late: 3_600_000 - at * 1000) {
                    $0.observation.confidence = 0.9
                    $0.isHistory = true
                })
        }
        #expect(bench.told == ["raised high 0+3600000"])
    }

    @Test func `a camera whose clock is slow by minutes is still heard`() {
        var bench = DurationRuleTests.lane()
        for at in DurationRuleTests.every(60, to: 300) {
            bench.take(bench.event(.vehicle, "cam-lane", at * 1000, late: 400_000) { $0.observation.confidence = 0.9 })
        }
        #expect(bench.told == ["raised low 0+520000"])
        bench.advance(to: BenchSite.start + .hours(1))
        #expect(bench.findings.count == 2)
    }

    // MARK: A door

    @Test func `a sensor that says the contrary ends what it said, unless nothing ends it`() {
        for (kind, count) in [(RuleKind.expression, 2), (.liftFault, 1)] {
            var match = MatchSettings(kinds: [.contact])
            match.reading = true
            var bench = RuleBench<DurationRule>(
                BenchSite.settings(
                    kind, match, key: .device, .lasting(ends: nil, gap: .zero),
                    stages: [StageSettings(after: .seconds(30), severity: .high)]))
            // Lengths under a minute are counted in arrival time, and the start is told as the device has it.
            bench.take(bench.event(.contact, "pir-101", 0, late: 600_000) { $0.observation.reading = .on })
            bench.take(bench.event(.contact, "pir-101", 1000, late: 600_000))
            bench.take(bench.event(.contact, "pir-101", 30_000, late: 600_000) { $0.observation.reading = .off })
            bench.advance(to: BenchSite.start + .hours(1))
            #expect(bench.told == Array(["raised high 0+630000", "resolved high 0+630000 at 630000"].prefix(count)))
        }
    }

    @Test(arguments: [(179_999, 0), (180_000, 2), (180_001, 2)] as [(Int64, Int)])
    func `a door that is open for three minutes is held open until it is closed`(_ closed: Int64, _ count: Int) {
        var bench = DurationRuleTests.door()
        bench.take(bench.event(.doorOpen, "door-1", 0))
        bench.take(bench.event(.doorClose, "door-1", closed))
        bench.advance(to: BenchSite.start + .hours(1))
        #expect(bench.told == Array(["raised medium 0+180000", "resolved medium 0+180000 at \(closed)"].prefix(count)))
    }

    @Test func `door events that swap within seconds change nothing`() {
        var bench = DurationRuleTests.door()
        bench.take(bench.event(.doorOpen, "door-1", 0))
        bench.take(bench.event(.doorOpen, "door-1", 60_500))
        bench.take(bench.event(.doorClose, "door-1", 60_000, late: 600))
        bench.take(bench.event(.doorClose, "door-1", 300_500))
        bench.take(bench.event(.doorOpen, "door-1", 300_000, late: 600))
        bench.advance(to: BenchSite.start + .hours(1))
        #expect(bench.told == ["raised medium 60500+180000", "resolved medium 60500+180000 at 300500"])
    }

    @Test func `a backlog with an opening and a closing raises nothing, one that stays open does`() {
        var bench = DurationRuleTests.door()
        let day: Int64 = 86_400_000
        bench.take(bench.event(.doorOpen, "door-1", 0, late: day) { $0.isHistory = true })
        bench.take(bench.event(.doorOpen, "reader-1", 0, late: day) { $0.isHistory = true })
        bench.take(bench.event(.doorClose, "door-1", 600_000, late: day - 599_000) { $0.isHistory = true })
        bench.advance(to: BenchSite.start + .days(2))
        #expect(bench.told == ["raised medium 0+\(day + 180_000)"])
        #expect(bench.findings[0].key == "reader-1")
    }

    @Test func `a cooldown delays a state that lasts, and passes over one that does not`() {
        var bench = DurationRuleTests.door { $0.cooldown = .minutes(10) }
        for (open, close) in [(0, 200), (300, 500), (600, 1500)] as [(Int64, Int64)] {
            bench.take(bench.event(.doorOpen, "door-1", open * 1000))
            bench.take(bench.event(.doorClose, "door-1", close * 1000))
        }
        #expect(
            bench.told == [
                "raised medium 0+180000", "resolved medium 0+180000 at 200000", "raised medium 600000+200000",
                "resolved medium 600000+200000 at 1500000",
            ])
    }

    @Test func `outside of its calendar nothing begins, and what is open goes on, with no further stage`() {
        var bench = DurationRuleTests.lane { $0.calendar = BenchSite.hours(9, 11) }
        DurationRuleTests.see(&bench, DurationRuleTests.every(60, to: 7_200).map { $0 + 3_300 })
        #expect(bench.told == ["raised low 3300000+120000"])
        DurationRuleTests.see(&bench, DurationRuleTests.every(60, to: 600).map { $0 + 20_000 })
        #expect(bench.told.count == 2 && bench.findings[1].change == .resolved)
    }

    @Test func `during other hours another length holds`() {
        var bench = DurationRuleTests.door {
            $0.during = [DuringSettings(calendar: BenchSite.hours(11, 12), after: .minutes(1))]
        }
        bench.take(bench.event(.doorOpen, "door-1", 3_599_999))
        bench.take(bench.event(.doorOpen, "reader-1", 3_600_000))
        bench.advance(to: BenchSite.start + .hours(2))
        #expect(bench.told == ["raised medium 3600000+60000", "raised medium 3599999+180000"])
    }

    @Test func `a closed alert does not come again until the state begins anew`() {
        var bench = DurationRuleTests.door()
        bench.take(bench.event(.doorOpen, "door-1", 0))
        bench.advance(to: BenchSite.start + .minutes(4))
        bench.engine.close(key: "door-1", started: BenchSite.start, at: bench.now, timers: &bench.timers)
        bench.take(bench.event(.doorClose, "door-1", 300_000))
        bench.take(bench.event(.doorOpen, "door-1", 400_000))
        bench.advance(to: BenchSite.start + .hours(1))
        #expect(bench.told == ["raised medium 0+180000", "raised medium 400000+180000"])
    }

    @Test func `a moved clock neither fires nor delays`() {
        var bench = DurationRuleTests.door()
        bench.take(bench.event(.doorOpen, "door-1", 0))
        bench.advance(to: BenchSite.start + .minutes(1))
        bench.shift(by: .hours(5))
        bench.now = bench.now + .hours(5)
        bench.advance(to: BenchSite.start + .hours(5) + Milliseconds(179_999))
        #expect(bench.findings.isEmpty)
        bench.advance(to: BenchSite.start + .hours(5) + .minutes(3))
        #expect(bench.findings.count == 1)
        bench.shift(by: .hours(-5))
        bench.now = bench.now - .hours(5)
        bench.take(bench.event(.doorClose, "door-1", 200_000))
        #expect(bench.findings.count == 2 && bench.findings[1].started == bench.findings[0].started)
    }

    @Test func `settings that change leave what was told, and tell once of what was not`() throws {
        var old = DurationRuleTests.door()
        old.take(old.event(.doorOpen, "door-1", 0))
        old.advance(to: BenchSite.start + .minutes(5))
        old.take(old.event(.doorOpen, "reader-1", 300_000))
        var new = DurationRuleTests.door { $0.stages[0].after = .minutes(1) }
        new.take(new.event(.doorOpen, "door-1", 0))
        new.take(new.event(.doorOpen, "reader-1", 300_000))
        new.advance(to: BenchSite.start + .minutes(7))
        #expect(new.findings.count == 2)
        new.findings = []
        new.engine.adopt(toldBy: old.engine)
        try new.restart()
        new.advance(to: BenchSite.start + .minutes(8))
        #expect(new.findings.map(\.key) == ["reader-1"])
        new.take(new.event(.doorClose, "door-1", 500_000))
        #expect(new.findings.count == 2 && new.findings[1].change == .resolved)
    }
}
