import Feeds
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Rules
import Vocabulary

@Suite struct LevelRuleTests {
    static let fever = CountingSite.rule(
        .fever, [.pass], keys: [.person],
        .threshold(of: .temperature, isAbove: true, limit: 37.3, back: 37.2, lasting: .zero))
    static let battery = CountingSite.rule(
        .lowBattery, [.heartbeat, .motion, .pass], keys: [.device],
        .threshold(of: .battery, isAbove: false, limit: 15, back: 20, lasting: .zero))
    static let warm = CountingSite.rule(
        .expression, [.power], keys: [.device],
        .threshold(of: .value, isAbove: true, limit: 100, back: 80, lasting: .minutes(10)))

    private func measure(
        _ bench: inout EngineBench<LevelRule>, at: Int64, time: Int64? = nil, _ person: String?, _ degrees: Float,
        isHistory: Bool = false
    ) {
        bench.send(.pass, "ge", at: at, time: time, person: person) {
            $0.observation.temperature = degrees
            $0.isHistory = isHistory
        }
    }

    private func power(_ bench: inout EngineBench<LevelRule>, at: Int64, _ watts: Double, history: Int64? = nil) {
        bench.send(.power, "ge", at: at, time: history) {
            $0.observation.number = watts
            $0.isHistory = history != nil
        }
    }

    @Test(arguments: [(37.2, 0), (37.29, 0), (37.3, 1), (37.4, 1)] as [(Float, Int)])
    func `a fever begins at 37,3 as it was told`(_ degrees: Float, _ alerts: Int) {
        var bench = EngineBench<LevelRule>(LevelRuleTests.fever)
        measure(&bench, at: 0, "r1", degrees)
        #expect(bench.told.count == alerts)
    }

    @Test func `a fever is told once for a person, and resolves with the first reading that is back`() {
        var bench = EngineBench<LevelRule>(LevelRuleTests.fever)
        for (at, degrees) in [(0, 37.5), (1, 37.3), (2, 38.1), (3, 37.25), (4, 37.2), (5, 37.2)] {
            measure(&bench, at: Int64(at), "r1", Float(degrees))
        }
        #expect(bench.brief == ["raised r1 0 0", "updated r1 0 2", "resolved r1 0 4"])
        #expect(bench.told.first?.detail == .level(value: 37.5, limit: 37.3, worst: 37.5, field: .temperature))
        #expect(bench.told.last?.detail == .level(value: 37.2, limit: 37.3, worst: 38.1, field: .temperature))
        #expect(bench.told.first?.residents.count == 1)
    }

    @Test func `strangers are known by their name, or by the device that measured them`() {
        var bench = EngineBench<LevelRule>(LevelRuleTests.fever)
        measure(&bench, at: 0, "visitor", 38)
        measure(&bench, at: 1, nil, 38)
        measure(&bench, at: 2, nil, 36.5)
        #expect(bench.brief == ["raised visitor 0 0", "raised ge 1 1", "resolved ge 1 2"])
    }

    @Test func `what is unknown, retained or older than what is known changes nothing`() {
        var bench = EngineBench<LevelRule>(LevelRuleTests.fever)
        measure(&bench, at: 0, "r1", .nan)
        bench.send(.pass, "ge", at: 1, person: "r1") {
            $0.observation.temperature = 39
            $0.observation.marks = .retained
        }
        #expect(bench.told.isEmpty)
        measure(&bench, at: 10, "r1", 38)
        measure(&bench, at: 11, time: 5, "r1", 36)
        measure(&bench, at: 12, time: -99, "r1", 36, isHistory: true)
        measure(&bench, at: 13, "r1", .nan)
        #expect(bench.brief == ["raised r1 10 10"])
    }

    @Test(arguments: [(16, 0), (15, 1), (14, 1), (-1, 0)] as [(Int8, Int)])
    func `a battery is low at 15 percent`(_ percent: Int8, _ alerts: Int) {
        var bench = EngineBench<LevelRule>(LevelRuleTests.battery)
        bench.send(.heartbeat, "flat", at: 0) { $0.observation.battery = percent }
        #expect(bench.told.count == alerts)
    }

    @Test func `a battery that wavers is one alert, until it is charged`() {
        var bench = EngineBench<LevelRule>(LevelRuleTests.battery)
        for (at, percent) in [15, 16, 15, 19, 15, 20, 15].enumerated() {
            bench.send(.motion, "flat", at: Int64(at)) { $0.observation.battery = Int8(percent) }
        }
        #expect(bench.brief == ["raised flat 0 0", "resolved flat 0 5", "raised flat 6 6"])
    }

    @Test(arguments: [(599_999, 0), (600_000, 1), (600_001, 1)] as [(Int64, Int)])
    func `what must last is told when it has`(_ later: Int64, _ alerts: Int) {
        var bench = EngineBench<LevelRule>(LevelRuleTests.warm)
        power(&bench, at: 0, 100)
        bench.advance(to: later)
        #expect(bench.told.count == alerts)
        #expect(alerts == 0 || bench.told.first?.detected == CountingSite.origin + .minutes(10))
    }

    @Test func `what is back before it has lasted is not told`() {
        var bench = EngineBench<LevelRule>(LevelRuleTests.warm)
        power(&bench, at: 0, 100)
        power(&bench, at: 300_000, 80)
        power(&bench, at: 400_000, 100)
        bench.advance(to: 900_000)
        #expect(bench.told.isEmpty)
        bench.advance(to: 1_000_000)
        #expect(bench.brief == ["raised ge 400000 1000000"])
    }

    @Test func `history is believed when what came after it is known`() {
        var bench = EngineBench<LevelRule>(LevelRuleTests.warm)
        let now: Int64 = 90_000_000
        // It was beyond for five minutes only, which the next record tells.
        power(&bench, at: now, 120, history: 0)
        power(&bench, at: now + 1, 50, history: 300_000)
        bench.advance(to: now + 3_600_000)
        #expect(bench.told.isEmpty)
        // It was beyond for longer, and ended.
        power(&bench, at: now + 3_600_001, 120, history: 3_000_000)
        power(&bench, at: now + 3_600_002, 130, history: 3_600_000)
        power(&bench, at: now + 3_600_003, 50, history: 3_700_000)
        #expect(bench.brief == ["raised ge 3000000 93600002", "resolved ge 3000000 93600003"])
        #expect(bench.told.map(\.age) == [.late, .late])
    }

    @Test func `in the cooldown nothing is raised, and what is still beyond is told after it`() {
        var rule = LevelRuleTests.battery
        rule.cooldown = .minutes(10)
        var bench = EngineBench<LevelRule>(rule)
        for (at, percent) in [(0, 10), (1, 50), (2, 10), (600_000, 10), (600_001, 9)] {
            bench.send(.motion, "flat", at: Int64(at)) { $0.observation.battery = Int8(percent) }
        }
        #expect(bench.brief == ["raised flat 0 0", "resolved flat 0 1", "raised flat 600001 600001"])
    }

    @Test func `an alert that somebody closed is not told again before it was back`() {
        var bench = EngineBench<LevelRule>(LevelRuleTests.battery)
        func charge(_ at: Int64, _ percent: Int8) {
            bench.send(.motion, "flat", at: at) { $0.observation.battery = percent }
        }
        charge(0, 10)
        bench.close(at: 1)
        bench.restart()
        charge(2, 9)
        charge(3, 80)
        #expect(bench.brief == ["raised flat 0 0"])
        charge(4, 12)
        #expect(bench.brief == ["raised flat 0 0", "raised flat 4 4"])
    }

    @Test func `what was told under other settings goes on, and what was not told is told`() {
        var bench = EngineBench<LevelRule>(LevelRuleTests.fever)
        measure(&bench, at: 0, "r1", 38)
        measure(&bench, at: 1, "r2", 38)
        var rule = LevelRuleTests.fever
        rule.name = "new"
        // As after a warm-up under the new settings: r2 is well by now, and x1 was never told of.
        var other = EngineBench<LevelRule>(rule)
        measure(&other, at: 0, "r1", 38)
        measure(&other, at: 1, "r2", 38)
        measure(&other, at: 2, "r2", 36)
        measure(&other, at: 3, "x1", 39)
        other.told = []
        other.engine.adopt(toldBy: bench.engine)
        other.engine.rearm(&other.timers)
        other.advance(to: 5)
        #expect(Set(other.brief) == ["resolved r2 1 1", "raised x1 3 3"])
        measure(&other, at: 6, "r1", 36)
        #expect(other.brief.last == "resolved r1 0 6")
        #expect(other.told.last?.raisedBy == "r")
    }
}
