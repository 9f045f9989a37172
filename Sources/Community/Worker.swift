package import Timekeeping

/// A channel by which a worker is told, with an address where the channel needs one (`sms:13800001111`).
package struct ChannelAddress: Equatable, Sendable {
    package var channel: String
    package var address: String?

    package init(channel: String, address: String?) {
        self.channel = channel
        self.address = address
    }
}

/// A row of `workers.csv`.
package struct Worker: Sendable {
    package var id: String
    package var name: String
    /// With `-`: `grid-worker`, `guard`, … or `department:NAME`; empty where the sheet says nothing.
    package var role: String
    package var phone: String
    package var grids: [GridID]
    package var channels: [ChannelAddress]
    /// nil: always on duty.
    package var shift: Shift?
    package var line: Int

    static let roles = ["grid-worker", "guard", "property", "community", "street", "family", "volunteers"]

    /// The one spelling of a role: lower case with `-`; what stands behind `department:` is left as it is. Chinese
    /// words for the known roles are read.
    package static func canonicalRole(_ written: String) -> String {
        switch written {
        case "网格员": return "grid-worker"
        case "保安", "安保", "秩序员": return "guard"
        case "物业": return "property"
        case "社区": return "community"
        case "街道": return "street"
        case "家属": return "family"
        case "志愿者": return "volunteers"
        default: break
        }
        let parts = written.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let role = parts[0].lowercased().replacing("_", with: "-").replacing(" ", with: "-")
        return parts.count == 2 ? role + ":" + parts[1] : role
    }
}

/// The hours at which somebody works: `Mon-Fri 08:00-18:00; Sat 20:00-08:00`. Times are the site's wall clock; an end
/// is not included; an end at or before its start is on the next day.
package struct Shift: Equatable, Sendable {
    struct Span: Equatable, Sendable {
        /// Bit 0 is Monday: the days on which the span begins.
        var days: UInt8
        /// Minutes since midnight, 0 ..< 1440.
        var start: Int
        /// Minutes since midnight, 0 ... 1440.
        var end: Int
    }

    var spans: [Span]

    /// O(number of spans).
    package func covers(_ civil: CivilTime) -> Bool {
        let minute = civil.hour * 60 + civil.minute
        let today = UInt8(1) << UInt8(civil.date.weekday - 1)
        let yesterday = UInt8(1) << UInt8((civil.date.weekday + 5) % 7)
        return spans.contains { span in
            if span.start < span.end { return span.days & today != 0 && minute >= span.start && minute < span.end }
            return span.days & today != 0 && minute >= span.start || span.days & yesterday != 0 && minute < span.end
        }
    }
}

extension Shift {
    /// Reads English and Chinese days, lists and ranges of them; without days, every day. nil for anything else.
    package init?(text: String) {
        let folded = String(String.UnicodeScalarView(text.unicodeScalars.map(Shift.halfWidth)))
        spans = []
        for part in folded.split(separator: ";") {
            let words = part.split(whereSeparator: \.isWhitespace)
            guard let hours = words.last else { continue }
            let days = Shift.days(words.dropLast().joined(separator: ","))
            guard let days, let hours = Shift.hours(hours) else { return nil }
            spans.append(Span(days: days, start: hours.start, end: hours.end))
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

    private static func days(_ text: String) -> UInt8? {
        if ["", "daily", "每天", "每日"].contains(text.lowercased()) { return 0x7F }
        var days: UInt8 = 0
        for item in text.split(separator: ",") {
            switch item.lowercased() {
            case "工作日", "weekdays": days |= 0x1F
            case "周末", "weekend": days |= 0x60
            default:
                let ends = item.split(separator: "-", omittingEmptySubsequences: false)
                guard ends.count <= 2, let first = day(ends[0]), let last = day(ends[ends.count - 1]) else {
                    return nil
                }
                var at = first
                days |= 1 << UInt8(at)
                while at != last {
                    at = (at + 1) % 7
                    days |= 1 << UInt8(at)
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
