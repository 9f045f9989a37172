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

/// The law of states and calendars, against a model that reads it: what began within goes on counting beyond; what
/// began outside and still holds when the calendar next begins, begins then.
@Suite struct CalendarLawTests {
    private static let day: Int64 = 86_400_000

    /// When a state that lasts from `open` to `close` begins and is told; nil where it is not.
    private static func expected(
        _ open: Int64, _ close: Int64, after: Int64, _ settings: RuleSettings
    ) -> (started: Int64, detected: Int64)? {
        // Minute for minute, as nobody would program it.
        let zone = Zone(identifier: "Asia/Shanghai")!
        var began: Int64?
        var at = open
        while began == nil, at < open + 8 * day {
            let instant = BenchSite.start + Milliseconds(at)
            if settings.calendar!.covers(instant, zone: zone, days: .none) { began = at }
            at =
                at == open ? (open + BenchSite.start.milliseconds) / 60_000 * 60_000 - BenchSite.start.milliseconds : at
            at += 60_000
        }
        guard let began, close >= began + after else { return nil }
        return (began, began + after)
    }

    private static func calendar(_ random: inout SeededRandom) -> RuleCalendar {
        let span = WeekHours(
            span: .init(
                days: UInt16(random.int(1...127)), start: random.int(0...1439), end: random.int(0...1440)))
        return random.chance(50) ? RuleCalendar(hours: [span]) : RuleCalendar(hours: [], except: [span])
    }

    @Test func `a door that stands open begins when the calendar lets it`() throws {
        var random = SeededRandom(for: "CalendarLawTests.door")
        var counts = (told: 0, later: 0, none: 0)
        for _ in 0..<150 {
            let calendar = CalendarLawTests.calendar(&random)
            let after = random.pick([60_000, 180_000, 7_200_000]) as Int64
            var bench = DurationRuleTests.door {
                $0.calendar = calendar
                $0.stages = [StageSettings(after: Milliseconds(after), severity: .medium)]
            }
            var open: Int64 = 0
            var wanted: [String] = []
            for _ in 0..<12 {
                open +=
                    Int64(random.pick([61_000, 3_600_000, 30_000_000, 200_000_000])) + Int64(random.int(0...60_000))
                let close = open + Int64(random.pick([30_000, 200_000, 9_000_000, 90_000_000, 300_000_000]))
                bench.take(bench.event(.doorOpen, "door-1", open))
                if random.chance(30) { try bench.restart() }
                bench.take(bench.event(.doorClose, "door-1", close))
                if let told = CalendarLawTests.expected(open, close, after: after, bench.plan.settings) {
                    wanted.append("\(told.started) \(told.detected) \(told.started == open ? "-" : "\(open)")")
                    counts.told += 1
                    counts.later += told.started == open ? 0 : 1
                } else {
                    counts.none += 1
                }
                open = close
            }
            let told = bench.findings.filter { $0.change == .raised }.map { found in
                func offset(_ instant: Instant) -> Int64 { (instant - BenchSite.start).count }
                return
                    "\(offset(found.started)) \(offset(found.detected)) \(found.since.map { "\(offset($0))" } ?? "-")"
            }
            #expect(told == wanted, "seed \(random.seed) \(calendar.hours) except \(calendar.except)")
            #expect(bench.findings.count == 2 * told.count)
        }
        #expect(counts.told > 300 && counts.later > 100 && counts.none > 100, "\(counts)")
    }

    @Test func `a number beyond a limit begins when the calendar lets it`() {
        var random = SeededRandom(for: "CalendarLawTests.level")
        var later = 0
        for round in 0..<60 {
            let from = random.int(0...23)
            var rule = CountingSite.rule(
                .expression, [.power], keys: [.device],
                .threshold(of: .value, isAbove: true, limit: 100, back: 80, lasting: .minutes(10)))
            let span = WeekHours.Span(days: WeekHours.Days.all, start: from * 60, end: (from * 60 + 300) % 1440)
            rule.calendar = RuleCalendar(hours: [WeekHours(span: span)])
            var bench = EngineBench<LevelRule>(rule, restarts: round % 2 == 0)
            func power(_ at: Int64, _ watts: Double) {
                bench.send(.power, "ge", at: at) { $0.observation.number = watts }
            }
            let open = Int64(random.int(0...80_000_000))
            let close = open + Int64(random.pick([300_000, 900_000, 40_000_000, 100_000_000]))
            power(open, 150)
            power(open + 1000, 120)
            power(close, 20)
            let zone = Zone.utc
            var began = CountingSite.origin + Milliseconds(open)
            if !rule.calendar!.covers(began, zone: zone, days: .none) {
                began = Instant(milliseconds: began.milliseconds / 60_000 * 60_000)
                repeat { began = began + .minutes(1) } while !rule.calendar!.covers(began, zone: zone, days: .none)
                later += 1
            }
            let isTold = CountingSite.origin + Milliseconds(close) >= began + .minutes(10)
            #expect(bench.told.map(\.started) == (isTold ? [began, began] : []), "seed \(random.seed)")
            let since =
                began == CountingSite.origin + Milliseconds(open) ? nil : CountingSite.origin + Milliseconds(open)
            #expect(bench.told.allSatisfy { $0.since == since && $0.detected == began + .minutes(10) })
        }
        #expect(later > 20, "\(later)")
    }

    @Test func `another sheet of holidays is looked at after a restart`() throws {
        // Open on a Tuesday that is a holiday, when the sheet still called the Wednesday one, too.
        var bench = DurationRuleTests.door {
            $0.calendar = RuleCalendar(hours: [WeekHours(text: "workdays 08:00-18:00")!])
        }
        let today = bench.plan.zone.civil(BenchSite.start).date.sinceEpoch
        let first = SiteDays([Day(sinceEpoch: today): .holiday, Day(sinceEpoch: today + 1): .holiday])
        bench.context = bench.with(first)
        bench.take(bench.event(.doorOpen, "door-1", 0))
        try bench.restart(under: SiteDays([Day(sinceEpoch: today): .holiday]))
        bench.advance(to: BenchSite.start + .days(3))
        let opening = bench.plan.zone.start(of: Day(sinceEpoch: today + 1)) + .hours(8)
        #expect(bench.findings.map(\.started) == [opening])
        #expect(bench.findings.map(\.detected) == [opening + .minutes(3)])
    }

    // MARK: States of before

    /// A section as it was a version ago: without so many bytes at its end.
    private static func older(_ bytes: [UInt8], version: UInt8, without last: Int) -> [UInt8] {
        var cut = Array(bytes.dropLast(last))
        cut[4] = version
        var rest = UInt64(cut.count - 13)
        for index in 5..<13 {
            cut[index] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
        return cut
    }

    @Test func `states of the version before are read: nothing waited for a calendar then`() throws {
        var door = DurationRuleTests.door { $0.calendar = BenchSite.hours(9, 18) }
        door.take(door.event(.doorOpen, "door-1", 0))
        try door.restart { CalendarLawTests.older($0, version: 1, without: 9) }
        door.advance(to: BenchSite.start + .hours(1))
        #expect(door.told == ["raised medium 0+180000"])

        var level = EngineBench<LevelRule>(LevelRuleTests.warm)
        level.send(.power, "ge", at: 0) { $0.observation.number = 150 }
        level.send(.power, "ge", at: 700_000) { $0.observation.number = 150 }
        level.restart { CalendarLawTests.older($0, version: 1, without: 9) }
        level.send(.power, "ge", at: 900_000) { $0.observation.number = 20 }
        #expect(level.brief == ["raised ge 0 600000", "resolved ge 0 900000"])

        var stuck = EngineBench<DeviceHealth>(
            CountingSite.rule(.deviceFlooding, [.pass], keys: [.device], .device(DeviceSettings())))
        stuck.send(.pass, "ge", at: 0)
        stuck.restart { CalendarLawTests.older($0, version: 3, without: 10) }
        #expect(stuck.engine.minutes[Int(stuck.plan.registry.device("ge")!.index)].count == 1)
    }
}

extension RuleBench {
    func with(_ days: SiteDays) -> RuleContext {
        RuleContext(
            registry: plan.registry, zone: plan.zone, days: days, zones: plan.zones, words: plan.words)
    }

    /// A restart under another sheet of holidays, or of what an older version wrote.
    mutating func restart(
        under days: SiteDays = .none, _ change: ([UInt8]) -> [UInt8] = { $0 }
    ) throws {
        var names = StateWriter()
        Renumbering.write(context, to: &names)
        var writer = StateWriter()
        engine.write(context, timers: timers, to: &writer)
        var namesReader = StateReader(names.bytes)
        var numbers = try Renumbering(from: &namesReader, into: with(days))
        var reader = StateReader(change(writer.bytes))
        timers = .init()
        engine = Engine(plan, timers: &timers)
        try engine.read(from: &reader, &numbers)
        context = numbers.context
        engine.rearm(&timers)
    }
}

extension EngineBench {
    /// Goes on with what an older version wrote.
    mutating func restart(_ change: ([UInt8]) -> [UInt8]) {
        var names = StateWriter()
        Renumbering.write(context, to: &names)
        var writer = StateWriter()
        engine.write(context, timers: timers, to: &writer)
        timers = Timers()
        engine = Engine(plan, timers: &timers)
        do {
            var namesReader = StateReader(names.bytes)
            var numbers = try Renumbering(from: &namesReader, into: context)
            var reader = StateReader(change(writer.bytes))
            try engine.read(from: &reader, &numbers)
            context = numbers.context
            #expect(reader.remaining == 0)
        } catch {
            Issue.record("what was written cannot be read: \(error)")
        }
        engine.rearm(&timers)
    }
}
