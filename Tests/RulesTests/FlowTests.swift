import Community
import Feeds
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Rules

@Suite struct FlowTests {
    static func rule(passes: Int? = nil, inside: Int? = nil, places: [String] = []) -> RuleSettings {
        CountingSite.rule(
            .gateFlow, [.pass, .visitorPass], keys: [.place],
            .flow(passes: passes, within: .minutes(10), inside: inside)
        ) { $0.match.places = places }
    }

    private func pass(
        _ bench: inout EngineBench<Flow>, at: Int64, _ gate: String = "ge", _ way: Observation.Marks = .inward,
        history: Int64? = nil
    ) {
        bench.send(.pass, gate, at: at, time: history) {
            $0.observation.marks = way
            $0.isHistory = history != nil
        }
    }

    @Test(arguments: [(9, 0), (10, 0), (11, 1)] as [(Int64, Int)])
    func `more passes than the limit are told`(_ count: Int64, _ alerts: Int) {
        var bench = EngineBench<Flow>(FlowTests.rule(passes: 10))
        for n in 0..<count { pass(&bench, at: n * 1000) }
        #expect(bench.told.count == alerts)
    }

    @Test(arguments: [(599_999, 1), (600_000, 0), (600_001, 0)] as [(Int64, Int)])
    func `a pass counts for the rule's time`(_ last: Int64, _ alerts: Int) {
        var bench = EngineBench<Flow>(FlowTests.rule(passes: 10))
        for n in 0..<10 as Range<Int64> { pass(&bench, at: n / 9) }
        pass(&bench, at: last)
        #expect(bench.told.count == alerts)
    }

    @Test func `a flow resolves by itself when it is below nine tenths`() {
        var bench = EngineBench<Flow>(FlowTests.rule(passes: 10))
        for n in 0..<12 as Range<Int64> { pass(&bench, at: n * 1000, "ge", n % 3 == 0 ? .outward : .inward) }
        // Of 12, 9 are still nine tenths: the fourth leaves at 603 s.
        bench.advance(to: 602_999)
        #expect(bench.brief == ["raised east 10000 10000"])
        bench.advance(to: 603_000)
        #expect(bench.brief == ["raised east 10000 10000", "resolved east 10000 603000"])
        #expect(bench.told.first?.detail == .flow(passesIn: 7, passesOut: 4, inside: 4, within: .minutes(10)))
    }

    @Test func `who is inside an area is counted over all its gates, and never less than nobody`() {
        var bench = EngineBench<Flow>(FlowTests.rule(inside: 10, places: ["yard"]))
        for n in 0..<3 as Range<Int64> { pass(&bench, at: n, "gw", .outward) }
        for n in 10..<20 as Range<Int64> { pass(&bench, at: n, n % 2 == 0 ? "ge" : "gw") }
        #expect(bench.told.isEmpty)
        pass(&bench, at: 30)
        bench.restart()
        pass(&bench, at: 40, "gw", .outward)
        pass(&bench, at: 50, "gw", .outward)
        // Neither in nor out, and a door that is not of the area.
        pass(&bench, at: 51, "ge", [])
        pass(&bench, at: 52, "door", .outward)
        #expect(bench.brief == ["raised yard 30 30"])
        pass(&bench, at: 60, "ge", .outward)
        #expect(bench.brief == ["raised yard 30 30", "resolved yard 30 60"])
        #expect(bench.told.last?.detail == .flow(passesIn: 11, passesOut: 6, inside: 8, within: .minutes(10)))
    }

    @Test func `gates are counted each apart where no area is named`() {
        var bench = EngineBench<Flow>(FlowTests.rule(passes: 2))
        for n in 0..<2 as Range<Int64> {
            pass(&bench, at: n, "ge")
            pass(&bench, at: n, "gw")
        }
        #expect(bench.told.isEmpty)
        pass(&bench, at: 5, "gw")
        #expect(bench.brief == ["raised west 5 5"])
    }

    @Test func `a backlog begins nothing, though it moves who is inside; the retained is no event`() {
        var bench = EngineBench<Flow>(FlowTests.rule(passes: 10, inside: 100))
        for n in 0..<90 as Range<Int64> { pass(&bench, at: 90_000_000 + n, history: n * 1000) }
        for n in 0..<90 as Range<Int64> { pass(&bench, at: 90_000_100 + n, "ge", [.inward, .retained]) }
        #expect(bench.told.isEmpty)
        for n in 0..<11 as Range<Int64> { pass(&bench, at: 90_001_000 + n) }
        #expect(bench.brief.count == 1)
        #expect(bench.told.first?.detail == .flow(passesIn: 11, passesOut: 0, inside: 101, within: .minutes(10)))
    }

    @Test func `in whatever order passes arrive, the same number is told`() {
        var random = SeededRandom(for: "FlowTests order")
        for _ in 0..<100 {
            var bench = EngineBench<Flow>(FlowTests.rule(passes: 10))
            let times = (0..<11).map { Int64($0) * 10_000 }.shuffled(using: &random)
            for (index, time) in times.enumerated() {
                bench.send(.pass, "ge", at: 200_000 + Int64(index), time: time) { $0.observation.marks = .inward }
            }
            #expect(bench.told.map(\.at) == [CountingSite.origin + .init(200_010)], "seed \(random.seed)")
        }
    }

    @Test func `what somebody closed is told again after it was below, or after the cooldown`() {
        var bench = EngineBench<Flow>(FlowTests.rule(inside: 10))
        for n in 0..<11 as Range<Int64> { pass(&bench, at: n) }
        bench.close(at: 20)
        pass(&bench, at: 21)
        #expect(bench.brief == ["raised east 10 10"])
        for n in 30..<34 as Range<Int64> { pass(&bench, at: n, "ge", .outward) }
        for n in 40..<43 as Range<Int64> { pass(&bench, at: n) }
        #expect(bench.brief == ["raised east 10 10", "raised east 42 42"])
        var rule = FlowTests.rule(inside: 10)
        rule.cooldown = .minutes(1)
        bench = EngineBench<Flow>(rule)
        for n in 0..<11 as Range<Int64> { pass(&bench, at: n) }
        bench.close(at: 20)
        pass(&bench, at: 60_019)
        #expect(bench.brief == ["raised east 10 10"])
        pass(&bench, at: 60_020)
        #expect(bench.brief == ["raised east 10 10", "raised east 60020 60020"])
    }

    @Test func `a restart after every record, or a step of the clock, changes nothing`() {
        var random = SeededRandom(for: "FlowTests restart")
        var alerts = 0
        for round in 0..<12 {
            var rule = FlowTests.rule(passes: 6, inside: round % 2 == 0 ? 9 : nil)
            if round % 4 < 2 { rule.match.places = ["yard"] }
            if round % 3 == 1 { rule.cooldown = .minutes(20) }
            var straight = EngineBench<Flow>(rule)
            var restarted = EngineBench<Flow>(rule, restarts: true)
            var shifted = EngineBench<Flow>(rule)
            (straight.ticks, restarted.ticks, shifted.ticks) = (false, false, false)
            var at: Int64 = 0
            for _ in 0..<300 {
                at += Int64(random.pick([1000, 20_000, 400_000]))
                let gate = random.pick(["ge", "gw", "nowhere"])
                let way = random.pick([Observation.Marks.inward, .outward, []])
                let late = random.chance(20) ? Int64(random.int(0...900_000)) : 0
                let isHistory = random.chance(10)
                func send(_ bench: inout EngineBench<Flow>) {
                    bench.send(.pass, gate, at: at, time: at - late) {
                        $0.observation.marks = way
                        $0.isHistory = isHistory
                    }
                }
                send(&straight)
                send(&restarted)
                send(&shifted)
                if random.chance(10) { shifted.moveClock(by: .seconds(Int64(random.int(-90_000...90_000)))) }
            }
            #expect(restarted.brief == straight.brief, "seed \(random.seed)")
            #expect(restarted.told.map(\.detail) == straight.told.map(\.detail), "seed \(random.seed)")
            #expect(shifted.told.map(\.change) == straight.told.map(\.change), "seed \(random.seed)")
            alerts += straight.loud.count
        }
        #expect(alerts > 50, "the test must meet what it tests: \(alerts)")
    }

    @Test func `a damaged state is refused or taken up, and nothing more`() {
        var bench = EngineBench<Flow>(FlowTests.rule(passes: 3, inside: 3))
        for n in 0..<40 as Range<Int64> {
            bench.send(bench.plan.settings.match.kinds[0], "ge", at: n * 20_000, person: "k\(n % 3)") {
                $0.observation.number = 150
                $0.observation.count = 3
                $0.observation.marks = n % 4 == 0 ? .outward : .inward
            }
        }
        let refused = bench.readDamaged(300, SeededRandom(for: "Flow damaged"))
        #expect((1..<300).contains(refused))
    }
}
