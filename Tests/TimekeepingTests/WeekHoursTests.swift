import Testing
import Timekeeping

@Suite struct WeekHoursTests {
    /// 2024-05-06 is a Monday.
    static func time(_ weekday: Int, _ hour: Int, _ minute: Int) throws -> CivilTime {
        let day = try #require(Day(year: 2024, month: 5, day: 5 + weekday))
        #expect(day.weekday == weekday)
        return CivilTime(date: day, hour: hour, minute: minute, second: 59, millisecond: 999)
    }

    @Test func `a shift begins with its first minute and ends before its last`() throws {
        let shift = try #require(WeekHours(text: "Mon-Fri 08:00-18:00"))
        #expect(!shift.covers(try WeekHoursTests.time(1, 7, 59)))
        #expect(shift.covers(try WeekHoursTests.time(1, 8, 0)))
        #expect(shift.covers(try WeekHoursTests.time(5, 17, 59)))
        #expect(!shift.covers(try WeekHoursTests.time(5, 18, 0)))
        #expect(!shift.covers(try WeekHoursTests.time(6, 12, 0)))
    }

    @Test func `a shift over midnight belongs to the day on which it begins`() throws {
        let shift = try #require(WeekHours(text: "Sun 20:00-08:00"))
        #expect(!shift.covers(try WeekHoursTests.time(7, 19, 59)))
        #expect(shift.covers(try WeekHoursTests.time(7, 20, 0)))
        #expect(shift.covers(try WeekHoursTests.time(1, 0, 0)))
        #expect(shift.covers(try WeekHoursTests.time(1, 7, 59)))
        #expect(!shift.covers(try WeekHoursTests.time(1, 8, 0)))
        #expect(!shift.covers(try WeekHoursTests.time(7, 7, 0)))
        #expect(!shift.covers(try WeekHoursTests.time(2, 7, 0)))
    }

    @Test(arguments: [
        ("08:00-18:00", 0x7F, 480, 1080), ("每天 8:00-24:00", 0x7F, 480, 1440), ("周一至周五 08:00-18:00", 0x1F, 480, 1080),
        ("周六,周日 20:00-08:00", 0x60, 1200, 480), ("Fri-Mon 00:00-00:00", 0x71, 0, 0), ("工作日 全天", 0x80, 0, 1440),
        ("星期一\u{FF0C}星期三 09\u{FF1A}30-10\u{FF1A}00", 0x05, 570, 600),
    ])
    func `shifts are read as people write them`(text: String, days: Int, start: Int, end: Int) {
        #expect(WeekHours(text: text)?.spans == [WeekHours.Span(days: UInt16(days), start: start, end: end)])
    }

    @Test(arguments: [
        "", ";", "早班", "Mon", "Mon 8-18", "Mon 08:00-25:00", "Mon 08:60-18:00", "Mnd 08:00-18:00", "24:00-08:00",
    ])
    func `what is no shift is refused`(text: String) {
        #expect(WeekHours(text: text) == nil)
    }

    /// 2024-05-01 to 05-05 are holidays; Sunday 04-28 and Saturday 05-11 make up for them.
    static let may = SiteDays(
        Dictionary(
            uniqueKeysWithValues: (1...5).map { (Day(sinceEpoch: 19_843 + $0), SiteDays.Kind.holiday) }
                + [(Day(sinceEpoch: 19_841), .workday), (Day(sinceEpoch: 19_854), .workday)]))

    static func noon(_ month: Int, _ day: Int, hour: Int = 12) throws -> CivilTime {
        CivilTime(
            date: try #require(Day(year: 2024, month: month, day: day)), hour: hour, minute: 0, second: 0,
            millisecond: 0)
    }

    @Test(arguments: [
        ("workdays", 4, 28, true), ("workdays", 4, 30, true), ("workdays", 5, 1, false), ("workdays", 5, 4, false),
        ("workdays", 5, 6, true), ("workdays", 5, 11, true), ("workdays", 5, 12, false), ("holidays", 5, 1, true),
        ("holidays", 5, 5, true), ("holidays", 5, 6, false), ("weekends", 4, 28, false), ("weekends", 5, 4, true),
        ("weekends", 5, 12, true), ("weekdays", 5, 1, true), ("weekdays", 4, 28, false), ("节假日", 5, 2, true),
        ("工作日、节假日", 5, 5, true), ("Sun", 4, 28, true),
    ])
    func `days are known by the site's calendar`(text: String, month: Int, day: Int, isIn: Bool) throws {
        let hours = try #require(WeekHours(text: text, wholeDays: true))
        #expect(hours.covers(try WeekHoursTests.noon(month, day), WeekHoursTests.may) == isIn)
    }

    @Test func `a night before a holiday is the holiday's no more than the day's on which it begins`() throws {
        let nights = try #require(WeekHours(text: "workdays 22:00-05:00"))
        let days = WeekHoursTests.may
        #expect(nights.covers(try WeekHoursTests.noon(4, 30, hour: 23), days))
        #expect(nights.covers(try WeekHoursTests.noon(5, 1, hour: 4), days))
        #expect(!nights.covers(try WeekHoursTests.noon(5, 1, hour: 23), days))
        #expect(!nights.covers(try WeekHoursTests.noon(5, 6, hour: 4), days))
    }

    @Test func `without a site's days workdays are Monday to Friday and no day is a holiday`() throws {
        let work = try #require(WeekHours(text: "workdays 08:00-18:00"))
        let free = try #require(WeekHours(text: "holidays", wholeDays: true))
        for day in 6...12 {
            #expect(work.covers(try WeekHoursTests.noon(5, day)) == (day <= 10))
            #expect(!free.covers(try WeekHoursTests.noon(5, day)))
        }
    }

    @Test(arguments: [
        ("周一至周五 08:00-18:00; Sat 20:00-08:00", "Mon-Fri 08:00-18:00; Sat 20:00-08:00"), ("22:00-5:00", "22:00-05:00"),
        ("每天", "00:00-24:00"), ("Mon,Tue,周日", "Mon,Tue,Sun 00:00-24:00"), ("工作日", "workdays 00:00-24:00"),
        ("Fri-Mon 全天", "Mon,Fri-Sun 00:00-24:00"),
    ])
    func `one spelling stands for the same hours, and reads as them`(text: String, spelling: String) throws {
        let hours = try #require(WeekHours(text: text, wholeDays: true))
        #expect(hours.description == spelling)
        #expect(WeekHours(text: spelling) == hours)
        #expect(WeekHours(text: hours.text(isChinese: true), wholeDays: true) == hours)
    }
}
