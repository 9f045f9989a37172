import Community
import Feeds
import SiteConfiguration
import StateCoding
import TestSupport
import Testing
import Timekeeping
import Vocabulary
import Windowing

@testable import Rules

@Suite struct FlowRuleTests {
    static func rule(
        passes: Int? = nil, inside: Int? = nil, places: [String] = [], back: Double = 0.8
    ) -> RuleSettings {
        CountingSite.rule(
            .gateFlow, [.pass, .visitorPass], keys: [.place],
            .flow(passes: passes, within: .minutes(10), inside: inside, back: back)
        ) { $0.match.places = places }
    }

    private func pass(
        _ bench: inout EngineBench<FlowRule>, at: Int64, _ gate: String = "ge", _ way: Observation.Marks = .inward,
        history: Int64? = nil
    ) {
        bench.send(.pass, gate, at: at, time: history) {
            $0.observation.marks = way
            $0.isHistory = history != nil
        }
    }

    /// What is told of passes and of who is inside, with the limits of the rule.
    private static func facts(
        _ passes: Int, in passesIn: Int, out passesOut: Int, inside: Int?, limits: (passes: Int?, inside: Int?)
    ) -> Finding.Detail {
        var facts = Finding.FlowFacts(passes: passes, within: .minutes(10))
        (facts.passesIn, facts.passesOut, facts.inside) = (passesIn, passesOut, inside)
        (facts.passesMax, facts.insideMax) = limits
        return .flow(facts)
    }

    @Test(arguments: [(9, 0), (10, 1), (11, 1)] as [(Int64, Int)])
    func `as many passes as the limit are told`(_ count: Int64, _ alerts: Int) {
        var bench = EngineBench<FlowRule>(FlowRuleTests.rule(passes: 10))
        for n in 0..<count { pass(&bench, at: n * 1000) }
        #expect(bench.told.count == alerts)
    }

    @Test(arguments: [(599_999, 1), (600_000, 0), (600_001, 0)] as [(Int64, Int)])
    func `a pass counts for the rule's time`(_ last: Int64, _ alerts: Int) {
        var bench = EngineBench<FlowRule>(FlowRuleTests.rule(passes: 10))
        for _ in 0..<9 { pass(&bench, at: 0) }
        pass(&bench, at: last)
        #expect(bench.told.count == alerts)
    }

    @Test func `a flow is over when it has been below four fifths for its whole time`() {
        var bench = EngineBench<FlowRule>(FlowRuleTests.rule(passes: 10))
        for n in 0..<12 as Range<Int64> { pass(&bench, at: n * 1000, "ge", n % 3 == 0 ? .outward : .inward) }
        // Of 12, 8 are still four fifths of 10: the fifth leaves at 604 s, and ten minutes later it is over.
        bench.advance(to: 1_203_999)
        #expect(bench.brief == ["raised east 9000 9000"])
        bench.advance(to: 1_204_000)
        #expect(bench.brief == ["raised east 9000 9000", "resolved east 9000 1204000"])
        #expect(bench.told.first?.detail == FlowRuleTests.facts(10, in: 6, out: 4, inside: 3, limits: (10, nil)))
        #expect(bench.told.last?.detail == FlowRuleTests.facts(0, in: 0, out: 0, inside: 5, limits: (10, nil)))
    }

    @Test(arguments: [
        (0.8, 10, 8), (0.8, 1, 1), (0.8, 2, 2), (0.8, 3, 3), (0.8, 300, 240), (0.07, 100, 7), (0.29, 100, 29),
        (0.01, 10, 1), (1, 10, 10), (0.5, 7, 4), (0.8, 1_000_000, 800_000),
    ])
    func `the share of a limit that a count must be below`(_ back: Double, _ limit: Int, _ least: Int) {
        let bench = EngineBench<FlowRule>(FlowRuleTests.rule(passes: limit, inside: limit, back: back))
        #expect(bench.engine.passesBack == least && bench.engine.insideBack == least)
    }

    @Test func `a pass a minute, which is the limit in ten, is one alert for a day`() {
        for jitter in [0, 1, 7000] as [Int64] {
            var bench = EngineBench<FlowRule>(FlowRuleTests.rule(passes: 10))
            for n in 0..<1440 as Range<Int64> { pass(&bench, at: n * 60_000 + n % 5 * jitter) }
            bench.advance(to: 100_000_000)
            #expect(bench.loud.count == 2, "\(bench.loud)")
        }
    }

    @Test func `who comes and goes around the limit of an area is one alert`() {
        var bench = EngineBench<FlowRule>(FlowRuleTests.rule(inside: 10))
        for n in 0..<10 as Range<Int64> { pass(&bench, at: n) }
        for n in 1..<200 as Range<Int64> { pass(&bench, at: n * 300_000, "ge", n / 3 % 2 == 0 ? .inward : .outward) }
        #expect(bench.loud == ["raised east 9 9"])
    }

    /// At each second all passes are counted, and what is below is remembered: nothing of the engine's shortcuts.
    private static func model(_ passes: [Int64], limit: Int, least: Int, until end: Int64) -> [String] {
        var told: [String] = []
        var began: Int64?
        var below: Int64?
        for second in 0...end {
            let count = passes.count { $0 <= second && $0 > second - 600 }
            let isNew = passes.contains(second)
            // What is due comes before the record of the same instant.
            let before = passes.count { $0 < second && $0 > second - 600 }
            if let start = began {
                if before < least { below = below ?? second } else { below = nil }
                if let since = below, second - since >= 600 {
                    told.append("resolved east \(start * 1000) \(second * 1000)")
                    (began, below) = (nil, nil)
                } else if count >= least {
                    below = nil
                }
            }
            if began == nil, isNew, count >= limit {
                told.append("raised east \(second * 1000) \(second * 1000)")
                began = second
            }
        }
        return told
    }

    @Test func `whatever the course, and however often the clock ticks, it is told as a simple count tells it`() {
        var random = SeededRandom(for: "FlowTests model")
        var alerts = 0
        for _ in 0..<60 {
            let limit = random.int(1...8)
            var bench = EngineBench<FlowRule>(FlowRuleTests.rule(passes: limit))
            var passes: [Int64] = []
            var at: Int64 = 0
            for _ in 0..<60 {
                at += Int64(random.pick([1, 20, 90, 300, 700]))
                passes.append(at)
            }
            for time in passes {
                // Ticks at instants of no matter.
                for _ in 0..<random.int(0...3) { bench.advance(to: time * 1000 - Int64(random.int(1...999))) }
                pass(&bench, at: time * 1000)
            }
            bench.advance(to: (at + 3000) * 1000)
            let least = bench.engine.passesBack
            let expected = FlowRuleTests.model(passes, limit: limit, least: least, until: at + 3000)
            #expect(bench.loud == expected, "limit \(limit), seed \(random.seed)")
            alerts += expected.count
        }
        #expect(alerts > 150, "the test must meet what it tests: \(alerts)")
    }

    @Test func `who is inside an area is counted over all its gates, and never less than nobody`() {
        var bench = EngineBench<FlowRule>(FlowRuleTests.rule(inside: 10, places: ["yard"]))
        for n in 0..<3 as Range<Int64> { pass(&bench, at: n, "gw", .outward) }
        for n in 10..<19 as Range<Int64> { pass(&bench, at: n, n % 2 == 0 ? "ge" : "gw") }
        #expect(bench.told.isEmpty)
        pass(&bench, at: 30)
        bench.restart()
        pass(&bench, at: 40, "gw", .outward)
        pass(&bench, at: 50, "gw", .outward)
        // Neither in nor out, and a door that is not of the area.
        pass(&bench, at: 51, "ge", [])
        pass(&bench, at: 52, "door", .outward)
        bench.advance(to: 900_000)
        #expect(bench.brief == ["raised yard 30 30"])
        pass(&bench, at: 900_060, "ge", .outward)
        bench.restart()
        bench.advance(to: 1_500_059)
        #expect(bench.brief.count == 1)
        bench.advance(to: 1_500_060)
        #expect(bench.brief == ["raised yard 30 30", "resolved yard 30 1500060"])
        #expect(bench.told.first?.detail == FlowRuleTests.facts(13, in: 10, out: 3, inside: 10, limits: (nil, 10)))
        #expect(bench.told.last?.detail == FlowRuleTests.facts(0, in: 0, out: 0, inside: 7, limits: (nil, 10)))
    }

    @Test func `where no gate tells which way, nobody is said to be inside`() {
        var bench = EngineBench<FlowRule>(FlowRuleTests.rule(passes: 10))
        for n in 0..<10 as Range<Int64> { pass(&bench, at: n, "ge", []) }
        #expect(bench.told.map(\.detail) == [FlowRuleTests.facts(10, in: 0, out: 0, inside: nil, limits: (10, nil))])
    }

    @Test func `gates are counted each apart where no area is named`() {
        var bench = EngineBench<FlowRule>(FlowRuleTests.rule(passes: 3))
        for n in 0..<2 as Range<Int64> {
            pass(&bench, at: n, "ge")
            pass(&bench, at: n, "gw")
        }
        #expect(bench.told.isEmpty)
        pass(&bench, at: 5, "gw")
        #expect(bench.brief == ["raised west 5 5"])
    }

    @Test func `a backlog begins nothing, though it moves who is inside; the retained is no event`() {
        var bench = EngineBench<FlowRule>(FlowRuleTests.rule(passes: 10, inside: 100))
        for n in 0..<90 as Range<Int64> { pass(&bench, at: 90_000_000 + n, history: n * 1000) }
        for n in 0..<90 as Range<Int64> { pass(&bench, at: 90_000_100 + n, "ge", [.inward, .retained]) }
        #expect(bench.told.isEmpty)
        for n in 0..<10 as Range<Int64> { pass(&bench, at: 90_001_000 + n) }
        #expect(bench.brief.count == 1)
        #expect(bench.told.first?.detail == FlowRuleTests.facts(10, in: 10, out: 0, inside: 100, limits: (10, 100)))
    }

    @Test func `in whatever order passes arrive, the same number is told`() {
        var random = SeededRandom(for: "FlowTests order")
        for _ in 0..<100 {
            var bench = EngineBench<FlowRule>(FlowRuleTests.rule(passes: 10))
            let times = (0..<10).map { Int64($0) * 10_000 }.shuffled(using: &random)
            for (index, time) in times.enumerated() {
                bench.send(.pass, "ge", at: 200_000 + Int64(index), time: time) { $0.observation.marks = .inward }
            }
            #expect(bench.told.map(\.at) == [CountingSite.origin + .init(200_009)], "seed \(random.seed)")
        }
    }

    @Test func `what somebody closed is told again once it was over, or after the cooldown`() {
        var bench = EngineBench<FlowRule>(FlowRuleTests.rule(inside: 10))
        for n in 0..<10 as Range<Int64> { pass(&bench, at: n) }
        bench.close(at: 20)
        pass(&bench, at: 21)
        #expect(bench.brief == ["raised east 9 9"])
        // Below four fifths, but not for ten minutes.
        for n in 30..<34 as Range<Int64> { pass(&bench, at: n, "ge", .outward) }
        for n in 40..<43 as Range<Int64> { pass(&bench, at: n) }
        #expect(bench.brief == ["raised east 9 9"])
        for n in 50..<53 as Range<Int64> { pass(&bench, at: n, "ge", .outward) }
        bench.restart()
        bench.advance(to: 600_060)
        for n in 600_070..<600_073 as Range<Int64> { pass(&bench, at: n) }
        #expect(bench.brief == ["raised east 9 9", "raised east 600072 600072"])
        var rule = FlowRuleTests.rule(inside: 10)
        rule.cooldown = .minutes(1)
        bench = EngineBench<FlowRule>(rule)
        for n in 0..<10 as Range<Int64> { pass(&bench, at: n) }
        bench.close(at: 20)
        pass(&bench, at: 60_019)
        #expect(bench.brief == ["raised east 9 9"])
        pass(&bench, at: 60_020)
        #expect(bench.brief == ["raised east 9 9", "raised east 60020 60020"])
    }

    @Test func `under a higher limit what was told is over after its time`() {
        var bench = EngineBench<FlowRule>(FlowRuleTests.rule(passes: 10))
        for n in 0..<10 as Range<Int64> { pass(&bench, at: n * 1000) }
        var other = bench.changed(to: FlowRuleTests.rule(passes: 100))
        other.advance(to: 608_999)
        #expect(other.told.isEmpty)
        other.advance(to: 609_000)
        #expect(other.brief == ["resolved east 9000 609000"])
    }

    /// Version 1 as it was written: timers stand where version 2 has since when fewer are inside.
    @Test(arguments: [true, false])
    func `a state of version 1 goes on`(_ isFew: Bool) throws {
        var bench = EngineBench<FlowRule>(FlowRuleTests.rule(inside: 10))
        for n in 0..<10 as Range<Int64> { pass(&bench, at: n) }
        for n in 10..<(isFew ? 14 : 12) as Range<Int64> { pass(&bench, at: n, "ge", .outward) }
        var writer = StateWriter()
        Renumbering.write(bench.context, to: &writer)
        let section = writer.open("FLOW", version: 1)
        let engine = bench.engine
        engine.keyed.write(bench.context, to: &writer)
        for key in 0..<engine.keyed.keyCount {
            engine.window.write(key, to: &writer)
            writer.integer(engine.inside[key])
        }
        writer.integer(engine.serial)
        writer.integer(1)
        writer.integer(0)
        writer.instant(CountingSite.origin + .seconds(60))
        writer.integer(0)
        writer.close(section)
        var reader = StateReader(writer.bytes)
        var numbers = try Renumbering(from: &reader, into: bench.context)
        bench.timers = Timers()
        bench.engine = FlowRule(bench.plan, timers: &bench.timers)
        try bench.engine.read(from: &reader, &numbers)
        #expect(reader.remaining == 0)
        bench.context = numbers.context
        bench.engine.rearm(&bench.timers)
        bench.advance(to: 9_000_000)
        #expect(bench.brief == ["raised east 9 9"] + (isFew ? ["resolved east 9 600013"] : []))
    }

    /// 06:00 to 18:00; the site's clock is UTC.
    static var days: RuleCalendar {
        get throws { RuleCalendar(hours: [try #require(WeekHours(text: "06:00-18:00"))]) }
    }

    @Test func `what waits for the calendar is told when the clock is set into it`() throws {
        var rule = FlowRuleTests.rule(inside: 10)
        rule.calendar = try FlowRuleTests.days
        // At 22:13.
        var bench = EngineBench<FlowRule>(rule)
        bench.ticks = false
        for n in 0..<10 as Range<Int64> { pass(&bench, at: n) }
        bench.restart()
        bench.advance(to: 3_600_000)
        #expect(bench.told.isEmpty)
        bench.moveClock(by: .hours(10))
        bench.engine.lookAtCalendar(timers: &bench.timers)
        bench.advance(to: 3_600_001)
        #expect(bench.brief == ["raised east 3600001 3600001"])
    }
}
