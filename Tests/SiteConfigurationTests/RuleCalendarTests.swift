import Testing
import Timekeeping

@testable import ConfigReading
@testable import SiteConfiguration

@Suite struct RuleCalendarTests {
    /// 2026-10-01 is a Thursday and a holiday, 10-10 a Saturday that is worked.
    private static let zone = Zone(identifier: "Asia/Shanghai")

    private func covers(_ yaml: String, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0) throws -> Bool {
        let rule = try RuleFixture.rule("{kind: tailgating, \(yaml)}")
        let zone = try #require(RuleCalendarTests.zone)
        let date = try #require(Day(year: 2026, month: month, day: day))
        let holiday = try #require(Day(year: 2026, month: 10, day: 1))
        let worked = try #require(Day(year: 2026, month: 10, day: 10))
        let instant = zone.instant(CivilTime(date: date, hour: hour, minute: minute, second: 0, millisecond: 0))
        let days = SiteDays([holiday: .holiday, worked: .workday])
        return try #require(rule.calendar).covers(instant, zone: zone, days: days)
    }

    @Test func `hours are the site's, their end is not included`() throws {
        #expect(try !covers("calendar: '22:00-05:00'", 10, 12, 21, 59))
        #expect(try covers("calendar: '22:00-05:00'", 10, 12, 22))
        #expect(try covers("calendar: '22:00-05:00'", 10, 13, 4, 59))
        #expect(try !covers("calendar: '22:00-05:00'", 10, 13, 5))
    }

    @Test func `a list holds where one of it does, and nothing holds in its exceptions`() throws {
        let yaml = "calendar: [workdays 08:00-18:00, weekends], except: ['Mon 12:00-13:00', holidays]"
        #expect(try covers(yaml, 10, 12, 11))
        #expect(try !covers(yaml, 10, 12, 12))
        #expect(try !covers(yaml, 10, 1, 11))
        #expect(try covers(yaml, 10, 10, 11))
        #expect(try !covers(yaml, 10, 10, 20))
        #expect(try covers(yaml, 10, 11, 20))
    }

    @Test func `exceptions alone leave the rest`() throws {
        #expect(try covers("except: 'Sun 08:00-12:00'", 10, 11, 7))
        #expect(try !covers("except: 'Sun 08:00-12:00'", 10, 11, 8))
    }

    @Test(arguments: [
        ("calendar: workdays, except: 'Mon-Sun'", true),
        ("calendar: 'Mon 08:00-12:00', except: 'Mon 07:00-12:00'", true),
        ("calendar: 'Mon 08:00-12:00', except: 'Mon 08:00-11:59'", false), ("except: '00:00-00:00'", true),
        ("calendar: workdays, except: weekends", false), ("calendar: holidays, except: workdays", false),
        ("calendar: 'Sun 20:00-08:00', except: ['Sun', 'Mon 00:00-08:00']", true),
        ("calendar: weekdays, except: workdays", false),
    ])
    func `exceptions that leave nothing are told`(yaml: String, isNever: Bool) {
        let (rule, codes) = RuleFixture.read("{kind: tailgating, \(yaml)}")
        #expect(codes == (isNever ? ["rule.never-holds"] : []), "\(yaml)")
        #expect((rule == nil) == isNever)
    }

    /// Against a model that tries each minute, around a night in which the clock is put forward, and one in which it is
    /// put back.
    @Test(arguments: [1_774_500_000_000, 1_792_756_800_000] as [Int64])
    func `when it holds again is the first minute at which it does`(_ begin: Int64) throws {
        let zone = try #require(Zone(identifier: "Europe/Berlin"))
        let texts = [
            "Mon 03:00-03:01", "Mon-Fri 22:00-05:00", "workdays 08:00-18:00", "holidays 09:00-10:00", "Sun 02:00-03:30",
            "weekends 00:00-24:00", "Sat 23:59-00:01", "Sun 02:10-02:20", "Sun 02:50-02:10", "Mon-Sun 02:20-04:00",
        ]
        // With a holiday and a make-up day.
        let start = Instant(milliseconds: begin)
        let today = zone.civil(start).date.sinceEpoch
        let days = SiteDays([Day(sinceEpoch: today + 3): .holiday, Day(sinceEpoch: today + 5): .workday])
        for (index, text) in texts.enumerated() {
            for except in [nil, "Mon-Sun 02:30-03:00"] {
                let hours = try #require(WeekHours(text: text))
                let calendar = RuleCalendar(
                    hours: [hours], except: except.flatMap { WeekHours(text: $0) }.map { [$0] } ?? [])
                for hour in stride(from: 0, to: 24 * 9, by: 5 + index) {
                    let from = start + .hours(Int64(hour)) + .minutes(Int64(index))
                    var model: Instant?
                    var at = Instant(milliseconds: (from.milliseconds / 60_000 + 1) * 60_000)
                    while model == nil, at - from < .days(15) {
                        if calendar.covers(at, zone: zone, days: days) { model = at }
                        at = at + .minutes(1)
                    }
                    // Within hours that go on it is now, to the minute, that it holds.
                    guard !calendar.covers(from, zone: zone, days: days) else { continue }
                    #expect(
                        calendar.next(after: from, zone: zone, days: days) == model,
                        "\(text) \(except ?? "") +\(hour) h")
                }
            }
        }
        let never = RuleCalendar(hours: [try #require(WeekHours(text: "holidays 09:00-10:00"))])
        #expect(never.next(after: start, zone: zone, days: .none) == nil)
    }
}
