package import Timekeeping

/// The header `Retry-After` (RFC 9110 §10.2.3): seconds, or a date in the form `Wed, 21 Oct 2015 07:28:00 GMT`.
package enum RetryAfter {
    /// - Returns: at least zero, at most a day; nil where it is neither form.
    package static func read(_ text: String, now: Instant) -> Milliseconds? {
        let trimmed = text.drop { $0 == " " }
        let day = Milliseconds.days(1)
        if !trimmed.isEmpty, trimmed.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
            guard let seconds = Int64(trimmed), seconds < 86_400 else { return day }
            return .seconds(seconds)
        }
        guard let at = date(trimmed) else { return nil }
        return min(max(at - now, .zero), day)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func date(_ text: Substring) -> Instant? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
            let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]),
            let date = Day(year: year, month: month + 1, day: day)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        return Instant(seconds: date.sinceEpoch * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }
}
