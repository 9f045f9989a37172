import Foundation
import TestSupport
import Testing
import Timekeeping

@testable import Cases

/// Random clocks against a model that walks from minute to minute and knows no other way.
@Suite struct CaseClockLawTests {
    /// Hours of the week and special days as the model looks at them.
    private struct Site {
        var zone: Zone
        var spans: [WeekHours.Span]
        var kinds: [Day: SiteDays.Kind]
        private var known: [Int64: [WeekHours.Span]] = [:]

        init(zone: Zone, spans: [WeekHours.Span], kinds: [Day: SiteDays.Kind]) {
            (self.zone, self.spans, self.kinds) = (zone, spans, kinds)
        }

        var calendar: WorkCalendar {
            var hours = WeekHours(span: spans[0])
            hours.spans = spans
            return WorkCalendar(hours: [hours], days: SiteDays(kinds), zone: zone)
        }

        private func begins(_ span: WeekHours.Span, weekday: Int) -> Bool {
            span.days & 1 << UInt16(weekday - 1) != 0
                || (weekday < 6 ? span.days & WeekHours.Days.work : span.days & WeekHours.Days.weekend) != 0
        }

        private mutating func spans(of day: Int64) -> [WeekHours.Span] {
            if let found = known[day] { return found }
            let found = begin(on: Day(sinceEpoch: day))
            known[day] = found
            return found
        }

        private func begin(on day: Day) -> [WeekHours.Span] {
            switch kinds[day] {
            case .holiday?: return spans.filter { $0.days & WeekHours.Days.holiday != 0 }
            case nil: return spans.filter { begins($0, weekday: day.weekday) }
            case .workday?:
                for weekday in 1...7 {
                    let found = spans.filter { begins($0, weekday: weekday) }
                    if !found.isEmpty { return found }
                }
                return []
            }
        }

        /// The day of work that a minute belongs to.
        mutating func owner(_ instant: Instant) -> Int64? {
            let civil = zone.civil(instant)
            let minute = civil.hour * 60 + civil.minute
            let today = civil.date.sinceEpoch
            if spans(of: today - 1).contains(where: { $0.end <= $0.start && minute < $0.end }) { return today - 1 }
            let covers = spans(of: today).contains {
                minute >= $0.start && (minute < $0.end || $0.end <= $0.start)
            }
            return covers ? today : nil
        }
    }

    private static let minute: Int64 = 60_000

    /// What each minute from `begin` on counts, in minutes of that kind of time.
    private func counts(_ site: Site, begin: Instant, minutes: Int, _ time: ClockTime) -> [Double] {
        let instants = (0...minutes).map { begin + .minutes(Int64($0)) }
        switch time {
        case .urgent: return Array(repeating: 1, count: minutes)
        case .naturalDay:
            var shown = Int64.min
            // What was shown before, an hour that is repeated at the beginning included.
            for back in 0...1500 { shown = max(shown, wall(begin - .minutes(Int64(back)), site.zone)) }
            return instants.dropFirst().map { instant in
                let before = shown
                shown = max(shown, wall(instant, site.zone))
                return Double((shown - before) / CaseClockLawTests.minute)
            }
        case .workHour, .workDay:
            // Owners of the minutes two days before and behind as well, so that each day is whole.
            let margin = 2 * 1440
            var site = site
            let owners = (-margin..<minutes + margin).map { site.owner(begin + .minutes(Int64($0))) }
            var totals: [Int64: Int] = [:]
            for case let owner? in owners { totals[owner, default: 0] += 1 }
            return owners[margin..<margin + minutes].map { owner in
                guard let owner else { return 0 }
                return time == .workHour ? 1 : 1440 / Double(totals[owner] ?? 1)
            }
        }
    }

    private func wall(_ instant: Instant, _ zone: Zone) -> Int64 {
        instant.milliseconds + Int64(zone.offset(at: instant)) * 1000
    }

    private func site(_ random: inout SeededRandom) throws -> Site {
        let zones = [
            "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC",
            "America/St_Johns",
        ]
        let days: [UInt16] = [
            0x1F, 0x7F, 0x3F, WeekHours.Days.work, WeekHours.Days.work | WeekHours.Days.weekend, 0x15, 1 << 6,
            WeekHours.Days.work | WeekHours.Days.holiday,
        ]
        let spans = (0..<random.int(1...3)).map { _ in
            let start = random.int(0...95) * 15
            let end = random.chance(80) ? min(start + random.int(1...40) * 15, 1440) : random.int(1...96) * 15
            return WeekHours.Span(days: random.pick(days), start: start, end: end)
        }
        var kinds: [Day: SiteDays.Kind] = [:]
        for _ in 0..<random.int(0...12) {
            kinds[Day(sinceEpoch: 20_720 + Int64(random.int(0...200)))] = random.chance(70) ? .holiday : .workday
        }
        return Site(zone: try #require(Zone(identifier: random.pick(zones))), spans: spans, kinds: kinds)
    }

    private func clock(_ start: Instant, _ random: inout SeededRandom) -> CaseClock {
        let time = random.pick(ClockTime.allCases)
        let isDays = time == .workDay || time == .naturalDay
        let length = isDays && random.chance(60) ? 1440 * random.int(1...6) : 5 * random.int(1...400)
        var clock = CaseClock(started: start, limit: ClockLimit(.minutes(Int64(length)), time))
        if random.chance(30) { clock.added = .minutes(Int64(5 * random.int(1...200))) }
        var at = start - .minutes(Int64(random.int(0...600)))
        for _ in 0..<random.pick([0, 0, 1, 2, 3]) {
            let from = at + .minutes(Int64(random.int(1...2000)))
            at = from + .minutes(Int64(random.int(1...3000)))
            clock.stops.append(CaseClock.Stop(from: from, to: at))
        }
        if random.chance(10), let last = clock.stops.indices.last { clock.stops[last].to = nil }
        return clock
    }

    @Test func `clocks are due, yellow and run as a walk over the minutes says`() throws {
        var random = SeededRandom(for: "clocks against minutes")
        let given = ProcessInfo.processInfo.environment["SHOUWANG_CLOCKS"].flatMap(Int.init)
        var isDue = 0
        for number in 0..<(given ?? 200) {
            let site = try site(&random)
            let calendar = site.calendar
            // 2026-09-24 to 2027-04-12: both changes of the clock, the end of the year, the golden week.
            let start = Instant(milliseconds: (29_836_800 + Int64(random.int(0...288_000))) * CaseClockLawTests.minute)
            let clock = clock(start, &random)
            var elapsed: [Double] = []
            // Most are due within a week, and the walk is long.
            for days in [8, 45] where (elapsed.last ?? 0) < Double(clock.whole.count / CaseClockLawTests.minute) {
                elapsed = walk(clock, site, minutes: days * 1440)
            }
            let minutes = elapsed.count - 1
            let what = "clock \(number): \(clock) of \(site.spans) in \(site.zone.identifier)"
            let whole = Double(clock.whole.count / CaseClockLawTests.minute)
            let first = elapsed.firstIndex { $0 + 1e-6 >= whole }
            if first != nil { isDue += 1 }
            agree(clock.due(in: calendar), first, start, minutes, clock.limit.time, "\(what): due")
            let yellow = elapsed.firstIndex { $0 + 1e-6 >= whole * 0.8 }
            agree(clock.yellowBehind(in: calendar), yellow, start, minutes, clock.limit.time, "\(what): yellow")
            let index = random.int(0...minutes)
            let told = clock.ran(until: start + .minutes(Int64(index)), in: calendar)
            let difference = Double(told.count) - elapsed[index] * 60_000
            #expect(abs(difference) < (clock.limit.time == .workDay ? 20 : 0.5), "\(what): ran at \(index)")
        }
        #expect(isDue > (given ?? 200) / 2, "too few of them are due within the walk")
    }

    /// How many minutes of its kind of time the clock has run, from minute to minute.
    private func walk(_ clock: CaseClock, _ site: Site, minutes: Int) -> [Double] {
        var ran = 0.0
        var elapsed: [Double] = [0]
        let counts = counts(site, begin: clock.started, minutes: minutes, clock.limit.time)
        for (index, count) in counts.enumerated() {
            let at = clock.started + .minutes(Int64(index))
            let stands = clock.stops.contains { $0.from <= at && $0.to.map { at < $0 } ?? true }
            if !stands { ran += count }
            elapsed.append(ran)
        }
        return elapsed
    }

    /// To the millisecond; of days of work, whose parts are no whole minutes, within the minute.
    private func agree(
        _ told: Instant?, _ index: Int?, _ start: Instant, _ minutes: Int, _ time: ClockTime, _ what: String
    ) {
        let end = start + .minutes(Int64(minutes))
        guard let index else {
            #expect(told.map { $0 > end - .minutes(1) } ?? true, "\(what)")
            return
        }
        let walked = start + .minutes(Int64(index))
        guard let told else {
            Issue.record("\(what): never, the walk says \(index)")
            return
        }
        if time == .workDay {
            #expect(told > walked - .minutes(1) - Milliseconds(20) && told <= walked + Milliseconds(20), "\(what)")
        } else {
            #expect(told == walked, "\(what)")
        }
    }
}
