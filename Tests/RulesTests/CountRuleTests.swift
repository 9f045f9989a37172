import Community
import Feeds
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Rules
import Vocabulary

@Suite struct CountRuleTests {
    static let minute: Int64 = 60_000
    static let hour = 60 * minute
    static let day = 24 * hour

    static let throwRule = CountingSite.rule(
        .thrownObjectRepeat, [.thrownObject], keys: [.building],
        .count(atLeast: 3, within: .days(7), once: .seconds(10))
    ) {
        $0.match.confidence = 0.6
        $0.match.mustFall = true
    }
    static let deniedRule = CountingSite.rule(
        .accessDeniedBurst, [.denied], keys: [.device, .credential],
        .count(atLeast: 5, within: .minutes(10), once: .zero)
    ) { $0.merge = .minutes(10) }
    static let crowdRule = CountingSite.rule(
        .crowdedDwelling, [.pass], keys: [.dwelling], .distinct(of: .person, atLeast: 3, within: .days(14)))

    // MARK: Throws

    private func thrown(_ bench: inout EngineBench<CountRule>, at: Int64, confidence: Float = 0.9) {
        bench.send(.thrownObject, "side", at: at) { $0.observation.confidence = confidence }
    }

    @Test func `three throws within a week are told once, and the frames of one throw count as one`() {
        var bench = EngineBench<CountRule>(CountRuleTests.throwRule)
        for start in [0, CountRuleTests.day, 2 * CountRuleTests.day] {
            for frame in 0..<20 as Range<Int64> { thrown(&bench, at: start + frame * 400) }
        }
        #expect(bench.brief == ["raised b7 0 172800000"])
        #expect(bench.told.first?.evidence.count == 3)
        let device = bench.context.registry.device("side")?.index ?? -1
        #expect(bench.told.first?.detail == .count(count: 3, within: .days(7), devices: [device], people: 0, total: 3))
    }

    @Test(arguments: [(-1, 1), (0, 0), (1, 0)] as [(Int64, Int)])
    func `the first throw counts until it is a week old`(_ more: Int64, _ alerts: Int) {
        var bench = EngineBench<CountRule>(CountRuleTests.throwRule)
        for at in [0, CountRuleTests.day, 7 * CountRuleTests.day + more] { thrown(&bench, at: at) }
        #expect(bench.told.count == alerts)
    }

    @Test func `after the third each throw updates, and another alert begins when there were fewer between`() {
        var bench = EngineBench<CountRule>(CountRuleTests.throwRule)
        let day = CountRuleTests.day
        for at in [0, 1, 2, 3, 20, 21, 22] as [Int64] { thrown(&bench, at: at * day) }
        #expect(
            bench.brief == [
                "raised b7 0 \(2 * day)", "updated b7 0 \(3 * day)", "raised b7 \(20 * day) \(22 * day)",
            ])
        #expect(bench.told.map(\.isTold) == [true, false, true])
    }

    @Test func `a throw that falls below the count and reaches it again begins anew`() {
        var bench = EngineBench<CountRule>(CountRuleTests.throwRule)
        let day = CountRuleTests.day
        // At day 7.5 the first is gone, so just before there were two.
        for at in [0, 2, 4, 15] as [Int64] { thrown(&bench, at: at * day / 2) }
        #expect(bench.loud == ["raised b7 0 \(2 * day)", "raised b7 \(day) \(15 * day / 2)"])
    }

    @Test func `what is not sure, unknown, or does not fall is not counted`() {
        var bench = EngineBench<CountRule>(CountRuleTests.throwRule)
        let day = CountRuleTests.day
        thrown(&bench, at: 0)
        thrown(&bench, at: day)
        let frames = ContiguousArray((0..<25).map { Double($0) * 40 })
        let hovering = FallFit(milliseconds: frames, heights: ContiguousArray(repeating: 12, count: 25))
        #expect(hovering?.falls == false)
        thrown(&bench, at: day + 3_600_000, confidence: 0.59)
        thrown(&bench, at: day + 7_200_000, confidence: .nan)
        bench.send(.thrownObject, "side", at: 2 * day) {
            $0.observation.confidence = 0.9
            $0.fit = hovering
        }
        bench.send(.thrownObject, "side", at: 2 * day + 60_000) {
            $0.observation.confidence = 0.9
            $0.observation.marks = .retained
        }
        #expect(bench.told.isEmpty)
        thrown(&bench, at: 3 * day, confidence: 0.6)
        #expect(bench.loud == ["raised b7 0 \(3 * day)"])
    }

    // MARK: Denials

    @Test func `a burst is told by its door and by its credential, each apart`() {
        var bench = EngineBench<CountRule>(CountRuleTests.deniedRule)
        for n in 0..<4 as Range<Int64> {
            bench.send(.denied, "ge", at: n * 1000, person: "k9")
            bench.send(.denied, "gw", at: n * 1000 + 500, person: "k9")
        }
        // Eight of the credential, four of each gate.
        #expect(bench.loud == ["raised k9 0 2000"])
        bench.send(.denied, "ge", at: 60_000, person: "k8")
        #expect(bench.loud == ["raised k9 0 2000", "raised ge 0 60000"])
        bench.send(.denied, "gw", at: 61_000)
        #expect(bench.loud.last == "raised gw 500 61000")
    }

    @Test func `in whatever order they arrive, the same events give the same alert`() {
        var random = SeededRandom(for: "CountingTests order")
        for _ in 0..<200 {
            var bench = EngineBench<CountRule>(CountRuleTests.deniedRule)
            let times = (0..<5).map { Int64($0) * 100_000 }.shuffled(using: &random)
            for (index, time) in times.enumerated() {
                bench.send(.denied, "ge", at: 500_000 + Int64(index), time: time)
            }
            #expect(bench.brief == ["raised ge 0 500004"], "seed \(random.seed)")
        }
    }

    @Test func `an alert is raised where any window has enough, as a model that looks at all of them says`() {
        var random = SeededRandom(for: "CountingTests model")
        var alerts = 0
        for _ in 0..<400 {
            var bench = EngineBench<CountRule>(CountRuleTests.deniedRule)
            let times = (0..<random.int(5...9)).map { _ in Int64(random.int(0...1_500_000)) }
            let isEnough = times.contains { end in times.count { $0 > end - 600_000 && $0 <= end } >= 5 }
            for (index, time) in times.enumerated() {
                bench.send(.denied, "ge", at: 1_500_000 + Int64(index), time: time)
            }
            #expect(bench.loud.isEmpty != isEnough, "\(times), seed \(random.seed)")
            alerts += isEnough ? 1 : 0
        }
        #expect((50...350).contains(alerts), "the test must meet what it tests: \(alerts)")
    }

    @Test func `a burst that goes on is one alert, and fills no ledger`() {
        var bench = EngineBench<CountRule>(CountRuleTests.deniedRule)
        for n in 0..<5000 as Range<Int64> { bench.send(.denied, "ge", at: n * 1000) }
        #expect(bench.loud == ["raised ge 0 4000"])
        // What follows says how many there are, and no more: of that the pipeline writes one a minute.
        #expect(bench.told.dropFirst().allSatisfy { $0.countsOnly || $0.change == .raised })
        // Ten minutes without one, and it takes five again.
        for n in 0..<5 as Range<Int64> { bench.send(.denied, "ge", at: 6_000_000 + n) }
        #expect(bench.loud == ["raised ge 0 4000", "raised ge 6000000 6000004"])
    }

    @Test func `in the cooldown nothing is raised, and after it again`() {
        var rule = CountRuleTests.deniedRule
        rule.cooldown = .hours(1)
        rule.merge = .minutes(1)
        var bench = EngineBench<CountRule>(rule)
        for start in [0, 30 * CountRuleTests.minute, 61 * CountRuleTests.minute] {
            for n in 0..<5 as Range<Int64> { bench.send(.denied, "ge", at: start + n) }
        }
        #expect(bench.loud == ["raised ge 0 4", "raised ge 3660000 3660004"])
    }

    @Test func `an alert that somebody closed is over, and it takes as many again`() {
        var bench = EngineBench<CountRule>(CountRuleTests.deniedRule)
        for n in 0..<5 as Range<Int64> { bench.send(.denied, "ge", at: n) }
        bench.close(at: 10)
        for n in 20..<24 as Range<Int64> { bench.send(.denied, "ge", at: n) }
        #expect(bench.loud == ["raised ge 0 4"])
        bench.send(.denied, "ge", at: 24)
        #expect(bench.loud == ["raised ge 0 4", "raised ge 20 24"])
    }

    @Test func `a burst handed over late is told as late with its own times, and stragglers begin no other`() {
        var bench = EngineBench<CountRule>(CountRuleTests.deniedRule)
        let now = 5 * CountRuleTests.day
        for n in 0..<9 as Range<Int64> { bench.send(.denied, "ge", at: now + n, time: n * 1000, change: asHistory) }
        #expect(bench.loud == ["raised ge 0 432000004"])
        #expect(bench.told.first?.age == .late)
        bench.send(.denied, "ge", at: now + CountRuleTests.hour, time: 3500, change: asHistory)
        #expect(bench.loud.count == 1)
    }

    @Test func `another length holds while its calendar does`() {
        var rule = CountRuleTests.deniedRule
        rule.during = [DuringSettings(calendar: RuleCalendar(), after: .minutes(2))]
        var bench = EngineBench<CountRule>(rule)
        for n in 0..<5 as Range<Int64> { bench.send(.denied, "ge", at: n * 40_000) }
        #expect(bench.told.isEmpty)
        for n in 0..<5 as Range<Int64> { bench.send(.denied, "gw", at: 200_000 + n * 20_000) }
        #expect(bench.loud == ["raised gw 200000 280000"])
    }

    @Test func `windows under a minute count by arrival, since devices' clocks differ`() {
        let rule = CountingSite.rule(
            .expression, [.crowd], keys: [.place], .count(atLeast: 3, within: .seconds(5), once: .zero))
        var bench = EngineBench<CountRule>(rule)
        bench.send(.crowd, "cam1", at: -90_000)
        bench.send(.crowd, "cam1", at: 0, time: -30_000)
        bench.send(.crowd, "cam2", at: 1000, time: 20_000)
        bench.send(.crowd, "cam1", at: 2000, time: -28_000)
        #expect(bench.brief == ["raised lobby -30000 2000"])
    }

    // MARK: Different people

    private func pass(_ bench: inout EngineBench<CountRule>, at: Int64, _ person: String) {
        bench.send(.pass, "flat", at: at, person: person)
    }

    @Test func `a dwelling of too many people is told until one of them was not seen for long enough`() {
        var bench = EngineBench<CountRule>(CountRuleTests.crowdRule)
        let day = CountRuleTests.day
        for n in 0..<20 as Range<Int64> { pass(&bench, at: n, "r1") }
        pass(&bench, at: day, "r2")
        #expect(bench.told.isEmpty)
        pass(&bench, at: 2 * day, "x1")
        pass(&bench, at: 3 * day, "x2")
        pass(&bench, at: 4 * day, "x2")
        #expect(bench.brief == ["raised 7栋/1单元/301 19 \(2 * day)", "updated 7栋/1单元/301 19 \(3 * day)"])
        // Of four two leave: the third newest was seen on day 1.
        bench.advance(to: 15 * day - 1)
        #expect(bench.told.count == 2)
        bench.advance(to: 15 * day)
        #expect(bench.brief.last == "resolved 7栋/1单元/301 19 \(15 * day)")
        if case .count(let count, _, _, let people, _)? = bench.told.last?.detail {
            #expect(count == 2 && people == 2)
        } else {
            Issue.record("a count is told")
        }
    }

    @Test func `who is not known is nobody, and history that is over raises nothing`() {
        var bench = EngineBench<CountRule>(CountRuleTests.crowdRule)
        let day = CountRuleTests.day
        for n in 0..<9 as Range<Int64> { bench.send(.pass, "flat", at: n) }
        for n in 0..<9 as Range<Int64> {
            bench.send(.pass, "flat", at: 30 * day + n, time: n * day / 10, person: "x\(n)", change: asHistory)
        }
        #expect(bench.told.isEmpty)
    }

    @Test func `tracks are told apart by camera`() {
        let rule = CountingSite.rule(
            .expression, [.person], keys: [.place], .distinct(of: .track, atLeast: 3, within: .minutes(1)))
        var bench = EngineBench<CountRule>(rule)
        for (at, camera, track) in [(0, "cam1", 5), (1, "cam1", 5), (2, "cam2", 5), (3, "cam2", 0), (4, "cam1", 6)] {
            bench.send(.person, camera, at: Int64(at)) { $0.observation.track = UInt32(track) }
        }
        #expect(bench.brief == ["raised lobby 0 4"] || bench.brief == ["raised lobby 1 4"])
    }

    // MARK: Laws

    @Test func `what was told under other settings goes on, and ends`() {
        var bench = EngineBench<CountRule>(CountRuleTests.crowdRule)
        for (at, person) in [(0, "r1"), (1, "r2"), (2, "x1")] { pass(&bench, at: Int64(at), person) }
        var rule = CountRuleTests.crowdRule
        rule.name = "new"
        var other = bench.changed(to: rule)
        // Nothing of what was counted was handed over.
        other.advance(to: 3)
        #expect(other.brief == ["resolved 7栋/1单元/301 0 2"])
        #expect(other.told.first?.raisedBy == "r")
    }
}
