/// Hours of the week: `Mon-Fri 08:00-18:00; Sat 20:00-08:00`, as a worker's shift and a rule's calendar are written.
///
/// Times are the site's wall clock; an end is not included; an end at or before its start is on the next day, and the
/// span belongs to the day on which it begins. `workdays` (or 工作日), `holidays` (节假日) and `weekends` (周末) know the
/// site's holidays and make-up days; `weekdays` and named days do not.
package struct WeekHours: Equatable, Sendable {
    package struct Span: Hashable, Sendable {
        /// Bits 0…6, Monday first, and those of ``Days``: the days on which the span begins.
        package var days: UInt16
        /// Minutes since midnight, 0 ..< 1440.
        package var start: Int
        /// Minutes since midnight, 0 ... 1440.
        package var end: Int

        package init(days: UInt16, start: Int, end: Int) {
            self.days = days
            self.start = start
            self.end = end
        }
    }

    /// Days that are known by the site's calendar.
    package enum Days {
        /// Monday to Friday without holidays, and make-up days.
        package static let work: UInt16 = 1 << 7
        package static let holiday: UInt16 = 1 << 8
        /// Saturday and Sunday without make-up days.
        package static let weekend: UInt16 = 1 << 9
        package static let all: UInt16 = 0x7F
    }

    /// Not empty.
    package var spans: [Span]

    package init(span: Span) { spans = [span] }

    /// O(number of spans), no allocation.
    package func covers(_ civil: CivilTime, _ days: SiteDays = .none) -> Bool {
        let minute = civil.hour * 60 + civil.minute
        let day = civil.date.sinceEpoch
        let today = WeekHours.bits(weekday: civil.date.weekday, days.kind(ofDaySinceEpoch: day))
        let before = civil.date.weekday == 1 ? 7 : civil.date.weekday - 1
        let yesterday = WeekHours.bits(weekday: before, days.kind(ofDaySinceEpoch: day - 1))
        return covers(minute: minute, today: today, yesterday: yesterday)
    }

    /// As above, from what the days are.
    package func covers(minute: Int, today: UInt16, yesterday: UInt16) -> Bool {
        for span in spans {
            if span.days & today != 0, minute >= span.start, minute < span.end || span.end <= span.start { return true }
            if span.end <= span.start, span.days & yesterday != 0, minute < span.end { return true }
        }
        return false
    }

    /// What a day is, as the bits of ``Span/days``.
    /// - Parameter weekday: 1 is Monday.
    package static func bits(weekday: Int, _ kind: SiteDays.Kind?) -> UInt16 {
        let own = UInt16(1) << UInt16(weekday - 1)
        return switch kind {
        case .holiday?: own | Days.holiday | (weekday > 5 ? Days.weekend : 0)
        case .workday?: own | Days.work
        case nil: own | (weekday > 5 ? Days.weekend : Days.work)
        }
    }
}

extension WeekHours {
    /// Reads English and Chinese days, lists and ranges of them; without days, every day. nil for anything else.
    /// - Parameter wholeDays: days without hours are whole days (`weekends`); otherwise hours are needed.
    package init?(text: String, wholeDays: Bool = false) {
        let folded = String(String.UnicodeScalarView(text.unicodeScalars.map(WeekHours.halfWidth)))
        spans = []
        for part in folded.split(separator: ";") {
            let words = part.split(whereSeparator: \.isWhitespace)
            guard let last = words.last else { continue }
            let hours = WeekHours.hours(last)
            guard hours != nil || wholeDays else { return nil }
            let named = hours == nil ? words[...] : words.dropLast()
            guard let days = WeekHours.days(named.joined(separator: ",")) else { return nil }
            spans.append(Span(days: days, start: hours?.start ?? 0, end: hours?.end ?? 1440))
        }
        if spans.isEmpty { return nil }
    }

    /// Full-width semicolon, colon, comma, dash and tilde, as Chinese typing gives them.
    private static func halfWidth(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "\u{FF1B}": ";"
        case "\u{FF1A}": ":"
        case "\u{FF0C}", "\u{3001}": ","
        case "\u{FF0D}", "\u{2013}", "\u{2014}", "\u{FF5E}", "~", "\u{81F3}", "\u{5230}": "-"
        default: scalar
        }
    }

    private static func hours(_ text: Substring) -> (start: Int, end: Int)? {
        if text == "全天" { return (0, 1440) }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let start = minute(ends[0]), let end = minute(ends[1]), start < 1440 else { return nil }
        return (start, end)
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1440
        else { return nil }
        return hour * 60 + minute
    }

    private static func days(_ text: String) -> UInt16? {
        if ["", "daily", "每天", "每日"].contains(text.lowercased()) { return Days.all }
        var days: UInt16 = 0
        for item in text.split(separator: ",") {
            switch item.lowercased() {
            case "weekdays": days |= 0x1F
            case "workdays", "workday", "工作日": days |= Days.work
            case "holidays", "holiday", "节假日", "假日": days |= Days.holiday
            case "weekends", "weekend", "周末": days |= Days.weekend
            default:
                let ends = item.split(separator: "-", omittingEmptySubsequences: false)
                guard ends.count <= 2, let first = day(ends[0]), let last = day(ends[ends.count - 1]) else {
                    return nil
                }
                var at = first
                days |= 1 << UInt16(at)
                while at != last {
                    at = (at + 1) % 7
                    days |= 1 << UInt16(at)
                }
            }
        }
        return days == 0 ? nil : days
    }

    /// 0 is Monday.
    private static func day(_ text: Substring) -> Int? {
        let english = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        let long = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        let folded = text.lowercased()
        if let day = english.firstIndex(of: folded) ?? long.firstIndex(of: folded) { return day }
        // 周一至五 has its prefix once, so the bare numeral is read as well.
        let prefix = ["周", "星期", "礼拜"].first(where: text.hasPrefix) ?? ""
        let rest = text.dropFirst(prefix.count)
        return rest == "天" ? 6 : ["一", "二", "三", "四", "五", "六", "日"].firstIndex(of: rest)
    }
}

/// One spelling of the same hours, as they are read: `Mon-Fri 08:00-18:00; holidays 00:00-24:00`.
extension WeekHours: CustomStringConvertible {
    package var description: String {
        spans.map { WeekHours.text(of: $0, days: WeekHours.text(days: $0.days, false)) }.joined(separator: "; ")
    }

    /// For people: in their language, and whole days without hours.
    package func text(isChinese: Bool) -> String {
        spans.map { span in
            let days = WeekHours.text(days: span.days, isChinese)
            let isWhole = span.start == 0 && span.end == 1440
            return isWhole && !days.isEmpty ? days : WeekHours.text(of: span, days: days)
        }.joined(separator: "; ")
    }

    private static func text(of span: Span, days: String) -> String {
        (days.isEmpty ? "" : days + " ") + "\(clock(span.start))-\(clock(span.end))"
    }

    private static func clock(_ minute: Int) -> String {
        let hour = String(minute / 60)
        let rest = String(minute % 60)
        return (hour.utf8.count < 2 ? "0" : "") + hour + ":" + (rest.utf8.count < 2 ? "0" : "") + rest
    }

    /// Runs of three days and more as a range; empty for every day.
    private static func text(days: UInt16, _ isChinese: Bool) -> String {
        if days & Days.all == Days.all { return "" }
        let english = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let names = isChinese ? ["周一", "周二", "周三", "周四", "周五", "周六", "周日"] : english
        var parts: [String] = []
        var first = 0
        while first < 7 {
            guard days & 1 << UInt16(first) != 0 else {
                first += 1
                continue
            }
            var last = first
            while last < 6, days & 1 << UInt16(last + 1) != 0 { last += 1 }
            if last - first >= 2 {
                parts.append(names[first] + (isChinese ? "至" : "-") + names[last])
            } else {
                parts += names[first...last]
            }
            first = last + 1
        }
        if days & Days.work != 0 { parts.append(isChinese ? "工作日" : "workdays") }
        if days & Days.holiday != 0 { parts.append(isChinese ? "节假日" : "holidays") }
        if days & Days.weekend != 0 { parts.append(isChinese ? "周末" : "weekends") }
        return parts.joined(separator: isChinese ? "、" : ",")
    }
}
