import Community
import Feeds
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Rules
import Vocabulary

@Suite struct TailgatingRuleTests {
    static let rule = CountingSite.rule(
        .tailgating, [.person], keys: [.place], .excess(atLeast: 2, within: .seconds(10)))

    private func see(
        _ bench: inout EngineBench<TailgatingRule>, at: Int64, _ camera: String = "cam1", track: UInt32 = 0,
        count: Int32 = -1
    ) {
        bench.send(.person, camera, at: at) {
            $0.observation.track = track
            $0.observation.count = count
        }
    }

    @Test(arguments: [(1, 0), (2, 1), (3, 1)] as [(UInt32, Int)])
    func `two more than passed are told, when the passes have had their time`(_ others: UInt32, _ alerts: Int) {
        var bench = EngineBench<TailgatingRule>(TailgatingRuleTests.rule)
        bench.send(.pass, "door", at: 0, person: "r1")
        for track in 0...others { see(&bench, at: 1000 + Int64(track) * 300, track: 7 + track) }
        let last = 1000 + Int64(others) * 300
        bench.advance(to: last + 9999)
        #expect(bench.told.isEmpty)
        bench.advance(to: last + 10_000)
        #expect(bench.told.count == alerts)
        #expect(alerts == 0 || bench.brief == ["raised lobby 1000 \(last + 10_000)"])
        let camera = bench.context.registry.device("cam1")?.index ?? -1
        let detail = Finding.Detail.count(
            count: Int(others), within: .seconds(10), devices: [camera], people: Int(others) + 1, total: Int(others))
        #expect(alerts == 0 || bench.told.first?.detail == detail)
    }

    @Test(arguments: [(-10_001, 1), (-10_000, 0), (11_000, 0), (11_001, 1)] as [(Int64, Int)])
    func `a pass counts up to the rule's time before and after those who were seen`(_ at: Int64, _ alerts: Int) {
        var bench = EngineBench<TailgatingRule>(TailgatingRuleTests.rule)
        if at < 0 { bench.send(.pass, "door", at: at, person: "r1") }
        see(&bench, at: 0, count: 2)
        see(&bench, at: 1000, count: 1)
        if at > 0, at <= 11_000 {
            // Arrives while the timer is due: it is told before.
            bench.send(.pass, "door", at: 10_999, person: "r1") {
                $0.observation.arrival = CountingSite.origin + Milliseconds(at)
            }
        } else if at > 0 {
            bench.send(.pass, "door", at: at, person: "r1")
        }
        bench.advance(to: 60_000)
        #expect(bench.told.count == alerts)
    }

    @Test func `the frames of one track are one person, two cameras see the same people, and a button is a pass`() {
        var bench = EngineBench<TailgatingRule>(TailgatingRuleTests.rule)
        for n in 0..<40 as Range<Int64> {
            see(&bench, at: n * 200, "cam1", track: 5)
            see(&bench, at: n * 200, "cam2", track: UInt32(5 + n / 20))
        }
        bench.send(.exitButton, "door", at: 9000)
        bench.advance(to: 60_000)
        #expect(bench.told.isEmpty)
        see(&bench, at: 100_000, count: 3)
        bench.send(.visitorPass, "door", at: 100_001)
        bench.advance(to: 200_000)
        #expect(bench.brief == ["raised lobby 100000 110000"])
    }

    @Test func `a pass elsewhere, nobody, the unsure and the retained do not count`() {
        var rule = TailgatingRuleTests.rule
        rule.match.confidence = 0.5
        var bench = EngineBench<TailgatingRule>(rule)
        for (n, confidence) in [Float.nan, 0.4].enumerated() {
            bench.send(.person, "cam1", at: Int64(n)) {
                $0.observation.count = 9
                $0.observation.confidence = confidence
            }
        }
        bench.send(.person, "cam1", at: 3) {
            $0.observation.count = 9
            $0.observation.confidence = 1
            $0.observation.marks = .retained
        }
        bench.send(.person, "cam1", at: 4) {
            $0.observation.count = 0
            $0.observation.confidence = 1
        }
        bench.advance(to: 60_000)
        #expect(bench.told.isEmpty)
        bench.send(.pass, "ge", at: 60_001)
        bench.send(.person, "cam1", at: 60_002) {
            $0.observation.count = 2
            $0.observation.confidence = 0.5
        }
        bench.advance(to: 90_000)
        #expect(bench.brief == ["raised lobby 60002 70002"])
    }

    @Test func `the rush hour is decided minute by minute`() {
        var bench = EngineBench<TailgatingRule>(TailgatingRuleTests.rule)
        for n in 0..<150 as Range<Int64> {
            see(&bench, at: n * 2000, track: UInt32(n + 1))
            // Each third has no pass in the second minute.
            if !(30..<60).contains(n) || n % 3 != 0 { bench.send(.pass, "door", at: n * 2000 + 500, person: "p\(n)") }
        }
        #expect(bench.loud.count == 1)
        #expect(bench.told.first?.started == CountingSite.origin + .seconds(62))
    }

    @Test func `what follows within the merge updates, and in the cooldown nothing is raised`() {
        var rule = TailgatingRuleTests.rule
        rule.merge = .minutes(1)
        rule.cooldown = .minutes(10)
        var bench = EngineBench<TailgatingRule>(rule)
        for at in [0, 50_000, 300_000, 650_000] as [Int64] { see(&bench, at: at, count: 3) }
        bench.advance(to: 3_600_000)
        #expect(bench.brief == ["raised lobby 0 10000", "updated lobby 0 60000", "raised lobby 650000 660000"])
        #expect(bench.told.map(\.isTold) == [true, false, true])
    }

    @Test func `an alert that somebody closed is over`() {
        var rule = TailgatingRuleTests.rule
        rule.merge = .minutes(5)
        var bench = EngineBench<TailgatingRule>(rule)
        see(&bench, at: 0, count: 2)
        bench.close(at: 20_000)
        bench.advance(to: 20_000)
        bench.close(at: 20_000)
        see(&bench, at: 30_000, count: 2)
        bench.advance(to: 90_000)
        #expect(bench.loud == ["raised lobby 0 10000", "raised lobby 30000 40000"])
    }

    @Test func `history has its own time, and waits for its passes`() {
        var bench = EngineBench<TailgatingRule>(TailgatingRuleTests.rule)
        let now: Int64 = 90_000_000
        for n in 0..<2 as Range<Int64> {
            bench.send(.person, "cam1", at: now + n, time: n * 100_000) {
                $0.observation.count = 3
                $0.isHistory = true
            }
        }
        for n in 0..<2 as Range<Int64> {
            bench.send(.pass, "door", at: now + 10 + n, time: 100_000 + n, change: asHistory)
        }
        bench.advance(to: now + 60_000)
        #expect(bench.brief == ["raised lobby 0 90010000"] || bench.brief.count == 1)
        #expect(bench.told.first?.started == CountingSite.origin)
    }
}
