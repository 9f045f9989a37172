/// A calendar date in the Gregorian calendar, without a zone.
package struct Day: Hashable, Comparable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int

    /// A date as ISO 8601 writes it, `2026-03-08`; what follows a date (a time of day) is not looked at. Nil for
    /// anything else.
    package init?(iso8601 text: String) {
        let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count >= 10, parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// - Returns: nil where there is no such date.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Day.length(ofMonth: month, year: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// `2026-03-01`.
    package var iso8601: String {
        let digits = String(year)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "-" + ISO8601.two(month) + "-"
            + ISO8601.two(day)
    }

    /// Days since 1970-01-01. The formula is Howard Hinnant's `days_from_civil` (public domain): eras of 400 years,
    /// years that begin in March, so that the leap day is the last of its year.
    package var sinceEpoch: Int64 { Day.sinceEpoch(year: Int64(year), month: Int64(month), day: Int64(day)) }

    package static func sinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse of ``sinceEpoch``.
    package init(sinceEpoch days: Int64) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shifted + 2) / 5 + 1)
        month = Int(shifted < 10 ? shifted + 3 : shifted - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    }

    /// 1 Monday … 7 Sunday (ISO 8601).
    package var weekday: Int { Int(((sinceEpoch + 3) % 7 + 7) % 7) + 1 }

    package static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    package static func < (a: Day, b: Day) -> Bool { a.sinceEpoch < b.sinceEpoch }
}
