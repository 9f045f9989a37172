import Feeds
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Rules
import Vocabulary

@Suite struct SequenceRuleTests {
    typealias Bench = RuleBench<SequenceRule>

    static func notReturned(_ change: (inout RuleSettings) -> Void = { _ in }) -> Bench {
        var match = MatchSettings(kinds: [.pass])
        match.deviceKinds = ["gate"]
        match.direction = .outward
        match.person = .watched
        var then = MatchSettings(kinds: [.pass, .person, .motion])
        then.direction = .inward
        var settings = BenchSite.settings(
            .notReturned, match, key: .person,
            .sequence(then: then, within: .hours(12), isMissing: true, before: .zero))
        settings.during = [DuringSettings(calendar: BenchSite.hours(22, 5), after: .minutes(30))]
        change(&settings)
        return Bench(settings)
    }

    static func forced(_ change: (inout RuleSettings) -> Void = { _ in }) -> Bench {
        var settings = BenchSite.settings(
            .doorForced, MatchSettings(kinds: [.doorOpen]), key: .place,
            .sequence(
                then: MatchSettings(kinds: [.pass, .exitButton, .visitorPass]), within: .seconds(5), isMissing: true,
                before: .seconds(5)))
        change(&settings)
        return Bench(settings)
    }

    static func ebike() -> Bench {
        var match = MatchSettings(kinds: [.ebike])
        match.deviceKinds = ["lift"]
        var then = match
        then.deviceKinds = ["lobby", "gate"]
        return Bench(
            BenchSite.settings(
                .ebikeStays, match, key: .building,
                .sequence(then: then, within: .minutes(10), isMissing: true, before: .zero)))
    }

    static func overstay() -> Bench {
        var match = MatchSettings(kinds: [.visitorPass])
        match.direction = .inward
        var then = match
        then.direction = .outward
        return Bench(
            BenchSite.settings(
                .visitorOverstay, match, key: .visit,
                .sequence(then: then, within: .hours(2), isMissing: true, before: .zero)))
    }

    static func expression(isMissing: Bool, _ change: (inout RuleSettings) -> Void = { _ in }) -> Bench {
        var then = MatchSettings(kinds: [.contact])
        then.reading = true
        var settings = BenchSite.settings(
            .expression, MatchSettings(kinds: [.motion]), key: .dwelling,
            .sequence(then: then, within: .minutes(5), isMissing: isMissing, before: .zero))
        change(&settings)
        return Bench(settings)
    }

    private static let hour: Int64 = 3_600_000

    // MARK: not_returned

    @Test(arguments: [(-1, false), (0, true), (1, true)] as [(Int64, Bool)])
    func `who is out for twelve hours has not returned`(_ more: Int64, _ isRaised: Bool) {
        var bench = SequenceRuleTests.notReturned()
        bench.take(bench.event(.pass, "gate-reader", 0, person: "r1", .outward))
        bench.advance(to: BenchSite.start + .hours(12) + Milliseconds(more))
        #expect(bench.told == (isRaised ? ["raised medium 0+43200000"] : []))
        #expect(bench.findings.allSatisfy { $0.key == "r1" && $0.person == 0 })
    }

    @Test func `the return resolves it, however late, and the pass of another does not`() {
        var bench = SequenceRuleTests.notReturned()
        bench.take(bench.event(.pass, "gate-reader", 0, person: "r1", .outward))
        bench.take(bench.event(.pass, "gate-reader", 1000, person: "r2", .inward))
        bench.take(bench.event(.pass, "gate-reader", 20 * SequenceRuleTests.hour, person: "r1", .inward))
        #expect(bench.told == ["raised medium 0+43200000", "resolved medium 0+43200000 at 72000000"])
        #expect(bench.findings[1].evidence.map(\.isInward) == [true])
    }

    @Test func `at night half an hour counts from the pass`() {
        var bench = SequenceRuleTests.notReturned()
        bench.take(bench.event(.pass, "gate-reader", 12 * SequenceRuleTests.hour - 1, person: "r1", .outward))
        bench.take(bench.event(.pass, "gate-reader", 12 * SequenceRuleTests.hour, person: "r2", .outward))
        bench.advance(to: BenchSite.start + .hours(13))
        #expect(bench.told == ["raised medium 43200000+1800000"])
        #expect(bench.findings[0].key == "r2")
    }

    @Test func `a sighting shows that somebody is back, and movement where they live alone`() {
        var bench = SequenceRuleTests.notReturned()
        for person in ["r1", "r2"] { bench.take(bench.event(.pass, "gate-reader", 0, person: person, .outward)) }
        bench.take(bench.event(.person, "cam-hall", 1000))
        bench.take(bench.event(.motion, "pir-102", 2000, .detection) { $0.observation.reading = .on })
        bench.take(bench.event(.motion, "pir-101", 3000, .detection) { $0.observation.reading = .off })
        bench.advance(to: BenchSite.start + .hours(12))
        #expect(bench.findings.map(\.key) == ["r1", "r2"])
        bench.take(
            bench.event(.motion, "pir-101", 13 * SequenceRuleTests.hour, .detection) { $0.observation.reading = .on })
        bench.take(bench.event(.person, "cam-hall", 14 * SequenceRuleTests.hour, person: "r2"))
        #expect(bench.findings.dropFirst(2).map { "\($0.change) \($0.key)" } == ["resolved r1", "resolved r2"])
    }

    @Test func `who goes out again had come back`() {
        var bench = SequenceRuleTests.notReturned()
        bench.take(bench.event(.pass, "gate-reader", 0, person: "r1", .outward))
        bench.take(bench.event(.pass, "gate-reader", 6 * SequenceRuleTests.hour, person: "r1", .outward))
        bench.advance(to: BenchSite.start + .hours(30))
        #expect(bench.told == ["raised medium 21600000+43200000"])
    }

    @Test func `a return that comes before the going out in the log counts by its time`() {
        for (back, isRaised) in [(Int64(1000), false), (-1000, true)] {
            var bench = SequenceRuleTests.notReturned()
            bench.take(bench.event(.pass, "gate-reader", back, late: 1000, person: "r1", .inward))
            bench.take(bench.event(.pass, "gate-reader", 0, late: 3000, person: "r1", .outward))
            bench.advance(to: BenchSite.start + .hours(13))
            #expect(bench.findings.isEmpty == !isRaised)
        }
    }

    @Test func `a backlog is judged when it has come, by its own times`() {
        let day = 24 * SequenceRuleTests.hour
        var bench = SequenceRuleTests.notReturned()
        bench.take(bench.event(.pass, "gate-reader", 0, late: day, person: "r1", .outward) { $0.isHistory = true })
        bench.take(bench.event(.pass, "gate-reader", 0, late: day, person: "r2", .outward) { $0.isHistory = true })
        bench.take(
            bench.event(.pass, "gate-reader", SequenceRuleTests.hour, late: day, person: "r1", .inward) {
                $0.isHistory = true
                $0.now = BenchSite.start + Milliseconds(day + 60_000)
            })
        bench.advance(to: BenchSite.start + .hours(26))
        #expect(bench.told == ["raised medium 0+\(day + 1_200_000)"])
        #expect(bench.findings[0].key == "r2" && bench.findings[0].age == .late)
    }

    // MARK: door_forced

    @Test(arguments: [(-5001, true), (-5000, false), (4999, false), (5000, false), (5001, true)] as [(Int64, Bool)])
    func `a door is forced if nobody passed within five seconds`(_ pass: Int64, _ isForced: Bool) {
        var bench = SequenceRuleTests.forced()
        if pass < 0 { bench.take(bench.event(.exitButton, "reader-1", 10_000 + pass)) }
        bench.take(bench.event(.doorOpen, "door-1", 10_000))
        // What comes at the deadline itself comes behind it.
        let late: Int64 = pass == 5000 ? -1 : 0
        if pass >= 0 { bench.take(bench.event(.pass, "reader-1", 10_000 + pass + late)) }
        bench.advance(to: BenchSite.start + .hours(1))
        #expect(bench.told == (isForced ? ["raised medium 10000+5000"] : []))
        #expect(bench.findings.allSatisfy { $0.key == "b1" })
    }

    @Test func `each time that a door is forced is an alert, of which none resolves`() {
        var bench = SequenceRuleTests.forced()
        for at in [0, 3_000, 100_000, 200_000] as [Int64] { bench.take(bench.event(.doorOpen, "door-1", at)) }
        bench.take(bench.event(.pass, "reader-1", 300_000))
        bench.advance(to: BenchSite.start + .hours(1))
        #expect(
            bench.told == ["raised medium 0+5000", "raised medium 100000+5000", "raised medium 200000+5000"])
    }

    @Test func `a merge, a cooldown and the calendar hold back what is one and the same`() {
        func told(_ change: (inout RuleSettings) -> Void) -> [Int64] {
            var bench = SequenceRuleTests.forced(change)
            for at in [0, 50_000, 100_000, 300_000] as [Int64] { bench.take(bench.event(.doorOpen, "door-1", at)) }
            bench.advance(to: BenchSite.start + .hours(1))
            return bench.findings.map { ($0.started - BenchSite.start).count }
        }
        #expect(told { $0.merge = .minutes(1) } == [0, 300_000])
        #expect(told { $0.cooldown = .minutes(1) } == [0, 100_000, 300_000])
        #expect(told { $0.calendar = BenchSite.hours(11, 12) } == [])
    }

    @Test func `retained and unknown records are no events`() {
        var bench = SequenceRuleTests.forced { $0.match.confidence = 0.5 }
        bench.take(bench.event(.doorOpen, "door-1", 0))
        bench.take(bench.event(.doorOpen, "door-1", 0, .retained) { $0.observation.confidence = 1 })
        bench.advance(to: BenchSite.start + .hours(1))
        #expect(bench.findings.isEmpty)
        bench.take(bench.event(.doorOpen, "door-1", 3_700_000) { $0.observation.confidence = 1 })
        bench.take(bench.event(.pass, "reader-1", 3_700_000, .retained))
        bench.advance(to: BenchSite.start + .hours(2))
        #expect(bench.findings.count == 1)
    }

    @Test func `a door that the registry does not know is a key of its own`() {
        var bench = SequenceRuleTests.forced()
        for name in ["x", "y"] {
            let number = bench.context.number(ofUnknownDevice: name)
            bench.take(bench.event(.doorOpen, name, 0) { $0.device = number })
        }
        bench.advance(to: BenchSite.start + .hours(1))
        #expect(bench.findings.map(\.key) == ["x", "y"])
    }

    // MARK: ebike_stays, visitor_overstay

    @Test func `an e-bike that leaves within ten minutes does not stay`() {
        for (left, isRaised) in [(Int64(599_999), false), (600_001, true)] {
            var bench = SequenceRuleTests.ebike()
            for at in Int64(0)...8 {
                bench.take(bench.event(.ebike, "cam-lift", at * 500) { $0.observation.floor = 7 })
            }
            bench.take(bench.event(.ebike, "cam-hall", left))
            bench.advance(to: BenchSite.start + .hours(1))
            #expect(bench.told == (isRaised ? ["raised medium 0+600000"] : []))
            if isRaised {
                #expect(bench.findings[0].detail == .sequence(after: .minutes(10), isMissing: true, floor: 7))
                #expect(bench.findings[0].key == "b1")
            }
        }
    }

    @Test func `a visitor who leaves late resolves the alert of that visit alone`() {
        var bench = SequenceRuleTests.overstay()
        for visit in Int32(0)...1 {
            _ = bench.context.number(ofWord: "v\(visit)")
            bench.take(bench.event(.visitorPass, "gate-reader", 0, .inward) { $0.visit = visit })
        }
        bench.take(bench.event(.visitorPass, "gate-reader", 1000, .inward))
        bench.take(bench.event(.visitorPass, "gate-reader", 7_300_000, .outward) { $0.visit = 1 })
        #expect(bench.findings.map { "\($0.change) \($0.key)" } == ["raised v0", "raised v1", "resolved v1"])
    }

    // MARK: expression

    @Test func `what follows is told when it comes, in whichever order the records do`() {
        for (second, late, count) in [(Int64(300_000), Int64(0), 1), (300_001, 0, 0), (-1, 0, 0), (1000, 0, 1)] {
            for isSwapped in [false, true] {
                var bench = SequenceRuleTests.expression(isMissing: false)
                let first = bench.event(.motion, "pir-101", 0, late: isSwapped ? max(second, 0) + 500 : late)
                let then = bench.event(.contact, "pir-101", second) { $0.observation.reading = .on }
                for event in isSwapped ? [then, first] : [first, then].sorted(by: { $0.now < $1.now }) {
                    bench.take(event)
                }
                bench.advance(to: BenchSite.start + .hours(1))
                #expect(bench.findings.count == count, "\(second) \(isSwapped)")
                let records = isSwapped ? 1 : 2
                #expect(
                    bench.findings.allSatisfy { $0.started == BenchSite.start && $0.evidence.count == records })
            }
        }
    }

    @Test func `what is missing is a condition, which lasts beyond its cooldown and may be closed`() {
        var bench = SequenceRuleTests.expression(isMissing: true) { $0.cooldown = .minutes(10) }
        bench.take(bench.event(.motion, "pir-101", 0))
        bench.take(bench.event(.contact, "pir-101", 400_000) { $0.observation.reading = .on })
        bench.take(bench.event(.motion, "pir-101", 410_000))
        bench.advance(to: BenchSite.start + .hours(1))
        #expect(
            bench.told == [
                "raised medium 0+300000", "resolved medium 0+300000 at 400000", "raised medium 410000+590000",
            ])
        let started = bench.findings[2].started
        bench.engine.close(key: bench.findings[2].key, started: started, at: bench.now, timers: &bench.timers)
        bench.take(bench.event(.contact, "pir-101", 4_000_000) { $0.observation.reading = .on })
        #expect(bench.findings.count == 3)
    }

    @Test func `a moved clock neither fires nor delays`() {
        var bench = SequenceRuleTests.notReturned()
        bench.take(bench.event(.pass, "gate-reader", 0, person: "r1", .outward))
        bench.shift(by: .hours(-100))
        bench.now = bench.now - .hours(100)
        bench.advance(to: BenchSite.start - .hours(88) - Milliseconds(1))
        #expect(bench.findings.isEmpty)
        bench.advance(to: BenchSite.start - .hours(88))
        #expect(bench.findings.count == 1)
    }

    @Test func `settings that change leave what was told, and tell once of what was not`() throws {
        var old = SequenceRuleTests.notReturned()
        old.take(old.event(.pass, "gate-reader", 0, person: "r1", .outward))
        old.advance(to: BenchSite.start + .hours(13))
        old.take(old.event(.pass, "gate-reader", 14 * SequenceRuleTests.hour, person: "r2", .outward))
        var new = SequenceRuleTests.notReturned { $0.match.confidence = 0 }
        for (at, person) in [(Int64(0), "r1"), (10 * SequenceRuleTests.hour, "r2")] {
            new.take(new.event(.pass, "gate-reader", at, person: person, .outward))
        }
        new.advance(to: BenchSite.start + .hours(23))
        #expect(new.findings.count == 2)
        new.findings = []
        new.engine.adopt(toldBy: old.engine)
        try new.restart()
        new.advance(to: BenchSite.start + .hours(24))
        #expect(new.told == ["raised medium 36000000+43200000"])
        new.take(new.event(.pass, "gate-reader", 25 * SequenceRuleTests.hour, person: "r1", .inward))
        #expect(new.findings.last?.change == .resolved)
    }
}
