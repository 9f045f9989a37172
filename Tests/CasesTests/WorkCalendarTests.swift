import Testing
import Timekeeping

@testable import Cases

/// The four kinds of time, at the dates that a person can check with a calendar.
@Suite struct WorkCalendarTests {
    /// 2026: 1–7 October are holidays, Saturday 10 October makes up for one of them.
    private static let october: SiteDays = {
        var days: [Day: SiteDays.Kind] = [:]
        for day in 1...7 { days[Day(sinceEpoch: Day.sinceEpoch(year: 2026, month: 10, day: Int64(day)))] = .holiday }
        days[Day(sinceEpoch: Day.sinceEpoch(year: 2026, month: 10, day: 10))] = .workday
        return SiteDays(days)
    }()

    private func instant(_ text: String, _ zone: Zone) throws -> Instant {
        guard case .local(let civil)? = ISO8601.read(text) else { throw BadTime(text: text) }
        return zone.instant(civil)
    }

    private func due(
        _ start: String, _ length: Milliseconds, _ time: ClockTime, hours: String = "Mon-Fri 09:00-18:00",
        days: SiteDays = october, zone: String = "Asia/Shanghai"
    ) throws -> String {
        let zone = try #require(Zone(identifier: zone))
        let hours = try #require(WeekHours(text: hours, wholeDays: true))
        let calendar = WorkCalendar(hours: [hours], days: days, zone: zone)
        guard let due = calendar.instant(length, behind: try instant(start, zone), in: time) else { return "never" }
        return ISO8601.plain(due, in: zone)
    }

    @Test(arguments: [
        (2, "2026-10-09 17:00:00"), (3, "2026-10-10 17:00:00"), (1, "2026-10-08 17:00:00"), (4, "2026-10-12 17:00:00"),
    ])
    func `work days go around the holidays and take the make-up day`(_ days: Int64, _ end: String) throws {
        #expect(try due("2026-09-30 17:00", .days(days), .workDay) == end)
    }

    @Test(arguments: [(4, "2026-10-08 12:00:00"), (1, "2026-09-30 18:00:00"), (10, "2026-10-08 18:00:00")])
    func `work hours stand still over the holidays`(_ hours: Int64, _ end: String) throws {
        #expect(try due("2026-09-30 17:00", .hours(hours), .workHour) == end)
    }

    @Test func `urgent time and natural days know no holidays`() throws {
        #expect(try due("2026-09-30 17:00", .hours(4), .urgent) == "2026-09-30 21:00:00")
        #expect(try due("2026-09-30 17:00", .days(3), .naturalDay) == "2026-10-03 17:00:00")
    }

    @Test(arguments: [
        ("2026-10-17 11:00", "2026-10-19 18:00:00"), ("2026-10-19 03:00", "2026-10-19 18:00:00"),
        ("2026-10-16 18:00", "2026-10-19 18:00:00"), ("2026-10-16 17:59", "2026-10-19 17:59:00"),
        ("2026-10-19 09:00", "2026-10-19 18:00:00"), ("2026-10-03 12:00", "2026-10-08 18:00:00"),
    ])
    func `what begins outside of the hours begins with the next, and a whole day ends at closing time`(
        _ start: String, _ end: String
    ) throws {
        #expect(try due(start, .days(1), .workDay) == end)
    }

    @Test func `what fills the last minute ends at closing time, and a millisecond more at the next opening`() throws {
        #expect(try due("2026-10-16 09:00", .hours(9), .workHour) == "2026-10-16 18:00:00")
        let zone = try #require(Zone(identifier: "Asia/Shanghai"))
        let calendar = WorkCalendar(days: WorkCalendarTests.october, zone: zone)
        let start = try instant("2026-10-16 09:00", zone)
        let opening = try instant("2026-10-19 09:00", zone)
        let more = calendar.instant(.hours(9) + Milliseconds(1), behind: start, in: .workHour)
        #expect(more == opening + Milliseconds(1))
        #expect(
            calendar.instant(.hours(9) - Milliseconds(1), behind: start, in: .workHour)
                == start + .hours(9) - Milliseconds(1))
        #expect(calendar.length(from: start, to: opening, in: .workHour) == .hours(9))
    }

    @Test func `a day of work counts one, however long it is`() throws {
        let hours = "Mon-Thu 09:00-18:00; Fri 09:00-12:00"
        // Thursday 17:00 leaves a ninth of a day; eight ninths of Friday's three hours are 2:40.
        #expect(try due("2026-10-15 17:00", .days(1), .workDay, hours: hours) == "2026-10-16 11:40:00")
        #expect(try due("2026-10-16 09:00", .hours(12), .workDay, hours: hours) == "2026-10-16 10:30:00")
    }

    @Test func `pauses, night shifts and hours that overlap are counted once`() throws {
        let pause = "Mon-Fri 09:00-12:00; Mon-Fri 13:00-18:00"
        #expect(try due("2026-10-19 11:00", .hours(2), .workHour, hours: pause) == "2026-10-19 14:00:00")
        let night = "daily 20:00-08:00; daily 07:00-10:00"
        #expect(try due("2026-10-19 20:00", .hours(14), .workHour, hours: night) == "2026-10-20 10:00:00")
        // What two days share belongs to the former: the hour from 07:00 is Monday's, so 14 hours begin on each day,
        // two in the morning and twelve in the evening.
        let early = try due("2026-10-20 08:00", .hours(12), .workDay, hours: night, days: .none)
        #expect(early == "2026-10-21 01:00:00")
    }

    @Test func `a year ends as any day`() throws {
        #expect(try due("2026-12-31 17:30", .hours(1), .workHour) == "2027-01-01 09:30:00")
        #expect(try due("2026-12-31 23:59:59.999", Milliseconds(2), .urgent) == "2027-01-01 00:00:00")
        #expect(try due("2024-02-28 12:00", .days(1), .naturalDay) == "2024-02-29 12:00:00")
    }

    @Test func `where the clock is changed, natural days keep the time of day, and urgent time does not`() throws {
        let berlin = "Europe/Berlin"
        // 29 March 2026 has 23 hours, 25 October 2026 has 25.
        #expect(try due("2026-03-28 12:00", .days(1), .naturalDay, zone: berlin) == "2026-03-29 12:00:00")
        #expect(try due("2026-03-28 12:00", .hours(24), .urgent, zone: berlin) == "2026-03-29 13:00:00")
        #expect(try due("2026-03-28 02:30", .days(1), .naturalDay, zone: berlin) == "2026-03-29 03:00:00")
        #expect(try due("2026-10-24 02:30", .days(1), .naturalDay, zone: berlin) == "2026-10-25 02:30:00")
        let night = "daily 00:00-04:00"
        #expect(
            try due("2026-03-29 00:00", .hours(4), .workHour, hours: night, days: .none, zone: berlin)
                == "2026-03-30 01:00:00")
        #expect(
            try due("2026-10-25 00:00", .hours(5), .workHour, hours: night, days: .none, zone: berlin)
                == "2026-10-25 04:00:00")
    }

    @Test func `where nobody works nothing is ever due`() throws {
        #expect(try due("2026-10-19 09:00", .hours(1), .workHour, hours: "holidays 09:00-12:00") == "never")
        #expect(
            try due("2026-09-30 09:00", .hours(4), .workHour, hours: "holidays 09:00-12:00") == "2026-10-02 10:00:00")
        let calendar = WorkCalendar(hours: [try #require(WeekHours(text: "holidays 09:00-12:00"))], zone: .utc)
        #expect(calendar.isNever)
        #expect(!WorkCalendar(zone: .utc).isNever)
    }

    @Test func `a clock from before the box knew the time ends`() throws {
        let calendar = WorkCalendar(zone: .utc)
        #expect(calendar.length(from: Instant(milliseconds: 0), to: .distantFuture, in: .workDay) > .days(20_000))
        #expect(calendar.length(from: .distantFuture, to: Instant(milliseconds: 0), in: .workHour) == .zero)
    }
}

struct BadTime: Error { var text: String }
