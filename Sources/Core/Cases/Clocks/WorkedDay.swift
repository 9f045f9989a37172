import Timekeeping

/// The hours of work that begin on one day, as pieces of real time.
///
/// Law: ``count(until:in:)`` rises from zero to the whole of the day and never falls; ``instant(_:in:)`` is the first
/// at which it is reached. A day of work counts 24 hours, spread evenly over its hours of work. Cost: O(pieces).
struct WorkedDay {
    private static let whole: Int64 = 86_400_000

    /// Ascending, disjoint.
    private var pieces: [Range<Int64>] = []
    /// Their length in real time.
    private var total: Int64 = 0

    init(_ calendar: WorkCalendar, _ day: Int64) {
        let hours = calendar.hours(ofDaySinceEpoch: day)
        if hours.isEmpty { return }
        // What the day before has of it.
        let taken = (calendar.hours(ofDaySinceEpoch: day - 1).last?.upperBound ?? 0) - 1440
        for span in hours where span.upperBound > taken {
            let start = day * WorkedDay.whole + Int64(max(span.lowerBound, taken)) * 60_000
            let end = day * WorkedDay.whole + Int64(span.upperBound) * 60_000
            add(wall: start..<end, calendar.zone)
        }
        pieces.sort { $0.lowerBound < $1.lowerBound }
        total = pieces.reduce(0) { $0 + Int64($1.count) }
    }

    /// Each time at which the clock on the wall shows it: what a change of the clock skips is not there, what it
    /// repeats is there twice, as everywhere that hours of the week hold.
    private mutating func add(wall: Range<Int64>, _ zone: Zone) {
        // No zone is further from UTC.
        let reach: Int64 = 86_400_000
        var from = wall.lowerBound - reach
        while from < wall.upperBound + reach {
            let offset = Int64(zone.offset(at: Instant(milliseconds: from))) * 1000
            let change = zone.nextChange(after: Instant(milliseconds: from))?.milliseconds ?? Int64.max
            let start = max(wall.lowerBound - offset, from)
            let end = min(wall.upperBound - offset, change)
            if start < end { pieces.append(start..<end) }
            guard change < Int64.max else { break }
            from = change
        }
    }

    /// All of it.
    func count(in time: ClockTime) -> Int64 { total == 0 ? 0 : time == .workDay ? WorkedDay.whole : total }

    /// How much of it had passed at an instant.
    func count(until instant: Instant, in time: ClockTime) -> Int64 {
        if total == 0 { return 0 }
        let now = instant.milliseconds
        let worked = pieces.reduce(0) { $0 + max(0, min(now, $1.upperBound) - $1.lowerBound) }
        return time == .workDay ? worked * WorkedDay.whole / total : worked
    }

    /// The first instant at which so much of it has passed.
    /// - Parameter count: above zero, and at most ``count(in:)``.
    func instant(_ count: Int64, in time: ClockTime) -> Instant? {
        var rest = time == .workDay ? (count * total + WorkedDay.whole - 1) / WorkedDay.whole : count
        for piece in pieces {
            if rest <= Int64(piece.count) { return Instant(milliseconds: piece.lowerBound + rest) }
            rest -= Int64(piece.count)
        }
        return nil
    }
}
