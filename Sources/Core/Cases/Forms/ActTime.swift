package import Timekeeping

/// A time of a person's act as it was written: a day, a time, a length of time, or epoch milliseconds.
package enum ActTime {
    /// The instant that a text means, for which it is now so late; nil where it means none. A day is meant to its end.
    package static func end(of text: String, at now: Instant, in zone: Zone) -> Instant? {
        if let length = Milliseconds(text: text) { return now + length }
        if text.utf8.count >= 12, text.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int64(text) {
            let instant = Instant(milliseconds: count)
            return instant < .distantFuture ? instant : nil
        }
        if text.utf8.count == 10, let day = Day(iso8601: text) {
            return zone.start(of: Day(sinceEpoch: day.sinceEpoch + 1))
        }
        return switch ISO8601.read(text) {
        case .instant(let microseconds): Instant(microseconds: microseconds)
        case .local(let civil): zone.instant(civil)
        case nil: nil
        }
    }
}
