import TestSupport
import Testing

@testable import Timekeeping

@Suite struct CalendarTests {
    private static func isLeap(_ year: Int) -> Bool { year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) }

    @Test func `a day has the number that counting one by one gives it`() {
        // From 1600-01-01, which Python says is day −135140 and a Saturday, to 2400 and beyond.
        var year = 1600
        var month = 1
        var day = 1
        var weekday = 6
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var wrong: [String] = []
        for number in Int64(-135_140)...160_000 {
            let counted = Day(year: year, month: month, day: day)
            if counted?.sinceEpoch != number || Day(sinceEpoch: number) != counted || counted?.weekday != weekday {
                wrong.append("\(year)-\(month)-\(day)")
            }
            weekday = weekday % 7 + 1
            day += 1
            if day > lengths[month - 1] + (month == 2 && CalendarTests.isLeap(year) ? 1 : 0) {
                if Day(year: year, month: month, day: day) != nil { wrong.append("\(year)-\(month)-\(day) is no day") }
                day = 1
                month += 1
            }
            if month == 13 {
                month = 1
                year += 1
            }
        }
        #expect(wrong.prefix(5).isEmpty, "\(wrong.count) wrong: \(wrong.prefix(5))")
        #expect(year == 2408)
    }

    @Test(arguments: [
        (0, 1, 1), (10_000, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, -1), (2026, 4, 31),
        (1900, 2, 29), (2026, Int.max, 1), (Int.min, 1, 1),
    ])
    func `a date that is none is refused`(_ year: Int, _ month: Int, _ day: Int) {
        #expect(Day(year: year, month: month, day: day) == nil)
    }

    @Test func `a wall clock's time goes to milliseconds and back`() {
        var random = SeededRandom(for: "CalendarTests")
        for _ in 0..<5000 {
            let ms = Int64(random.int(-62_000_000_000_000...250_000_000_000_000))
            let civil = CivilTime(wallMilliseconds: ms)
            #expect(civil.wallMilliseconds == ms)
            // An independent way to the time of day: what is left of whole days, counted from a day far before all.
            let ofDay = (ms + 86_400_000 * 1_000_000) % 86_400_000
            let told = ((civil.hour * 60 + civil.minute) * 60 + civil.second) * 1000 + civil.millisecond
            #expect(Int64(told) == ofDay && civil.minute < 60 && civil.second < 60 && civil.millisecond < 1000)
        }
    }

    @Test(arguments: [
        ("72h", Milliseconds.hours(72)), ("5m", .minutes(5)), ("250ms", Milliseconds(250)), ("3d", .days(3)),
        ("10s", .seconds(10)), ("2w", .days(14)), ("0s", .zero), ("007m", .minutes(7)),
    ])
    func `a length is read from a number and a unit`(_ text: String, _ length: Milliseconds) {
        #expect(Milliseconds(text: text) == length)
    }

    @Test(arguments: [
        "", "h", "5", "-5m", "+5m", "5 m", " 5m", "5m ", "5M", "1.5h", "5min", "1h30m", "５m", "99999999999999999999s",
        "9223372036854775807w", "300000000d", "ms", "5mss", "0x5m",
    ])
    func `a text of another form is no length`(_ text: String) {
        #expect(Milliseconds(text: text) == nil)
    }

    @Test func `a length is written as people say it, and reads back`() {
        let table: [(Milliseconds, String)] = [
            (.zero, "0s"), (.hours(24), "24h"), (.hours(72), "72h"), (.hours(96), "4d"), (.days(5), "5d"),
            (.minutes(90), "90m"), (.seconds(61), "61s"), (Milliseconds(1500), "1500ms"), (.hours(100), "100h"),
        ]
        for (length, text) in table { #expect(length.description == text) }
        var random = SeededRandom(for: "CalendarTests lengths")
        for _ in 0..<1000 {
            let length = Milliseconds(
                Int64(random.int(0...1_000_000)) * random.pick([1, 1000, 60_000, 3_600_000, 86_400_000]))
            #expect(Milliseconds(text: length.description) == length, "\(length)")
        }
    }
}
