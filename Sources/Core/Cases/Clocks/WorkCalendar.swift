package import Timekeeping

/// When a site works, and so how long it is from one instant to another in each kind of time.
///
/// Laws: ``length(from:to:in:)`` is zero for an instant and itself, never falls with `to`, and adds up over
/// neighbouring lengths (of ``ClockTime/naturalDay`` but for the hour that a change of the clock repeats);
/// ``instant(_:behind:in:)`` is the first at which that length is reached, so what fills the last minute of a day of
/// work ends at its closing time, not at the next opening.
///
/// A day of work is one on which hours of work begin; those that reach over midnight belong to it whole, and what two
/// days share belongs to the former. On a holiday nothing is worked but what names `holidays`; a make-up day has the
/// hours of the first day of the week that has any, which is Monday. Cost: O(days between), O(1) around the clock.
package struct WorkCalendar: Equatable, Sendable {
    package let zone: Zone
    package let days: SiteDays
    /// Minutes behind the midnight of the day on which they begin: by day of the week, Monday first.
    private let plain: [[Range<Int>]]
    private let holiday: [Range<Int>]
    private let makeUp: [Range<Int>]

    /// Monday to Friday, nine to six.
    package static let standardHours = WeekHours(span: WeekHours.Span(days: 0x1F, start: 9 * 60, end: 18 * 60))

    /// - Parameter hours: in any of which people work.
    package init(hours: [WeekHours] = [WorkCalendar.standardHours], days: SiteDays = .none, zone: Zone) {
        self.zone = zone
        self.days = days
        let spans = hours.flatMap(\.spans)
        plain = (1...7).map { weekday in WorkCalendar.hours(spans, WeekHours.bits(weekday: weekday, nil)) }
        holiday = WorkCalendar.hours(spans, WeekHours.Days.holiday)
        makeUp = plain.first { !$0.isEmpty } ?? []
    }

    /// Whether there is no week, without holidays, in which anybody works.
    package var isNever: Bool { plain.allSatisfy(\.isEmpty) }

    /// The hours that begin on such a day, ascending, none touching another.
    private static func hours(_ spans: [WeekHours.Span], _ bits: UInt16) -> [Range<Int>] {
        let all = spans.filter { $0.days & bits != 0 }
            .map { $0.start..<($0.end > $0.start ? $0.end : $0.end + 1440) }
            .sorted { $0.lowerBound < $1.lowerBound }
        return all.reduce(into: []) { merged, next in
            guard let last = merged.last, next.lowerBound <= last.upperBound else { return merged.append(next) }
            merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, next.upperBound)
        }
    }

    /// The hours that begin on a day.
    func hours(ofDaySinceEpoch day: Int64) -> [Range<Int>] {
        switch days.kind(ofDaySinceEpoch: day) {
        case .holiday?: holiday
        case .workday?: makeUp
        case nil: plain[Day(sinceEpoch: day).weekday - 1]
        }
    }
}

extension WorkCalendar {
    /// How much time of a kind lies between two instants; zero where the second is not behind the first. More than a
    /// hundred years are a hundred years.
    package func length(from: Instant, to: Instant, in time: ClockTime) -> Milliseconds {
        guard from < to else { return .zero }
        let to = min(to, from.shifted(by: .days(WorkCalendar.daysMax)))
        switch time {
        case .urgent: return to - from
        case .naturalDay: return max(.zero, Milliseconds(wall(to) - wall(from)))
        case .workHour, .workDay:
            var sum: Int64 = 0
            let last = zone.civil(to).date.sinceEpoch
            for day in zone.civil(from).date.sinceEpoch - 1...last {
                let day = WorkedDay(self, day)
                sum += day.count(until: to, in: time) - day.count(until: from, in: time)
            }
            return Milliseconds(sum)
        }
    }

    /// The first instant at which so much time of a kind has passed.
    /// - Returns: nil where it never does, as where nobody works.
    package func instant(_ length: Milliseconds, behind from: Instant, in time: ClockTime) -> Instant? {
        guard length > .zero else { return from }
        switch time {
        case .urgent: return from.shifted(by: length)
        case .naturalDay: return first(showing: wall(from) + length.count)
        case .workHour, .workDay:
            var rest = length.count
            var idle: Int64 = 0
            var number = zone.civil(from).date.sinceEpoch - 1
            // Behind the last day that is other than the week says each week is like the next.
            let patience = max(0, (days.last?.sinceEpoch ?? number) - number) + 15
            while idle < patience {
                let day = WorkedDay(self, number)
                let before = day.count(until: from, in: time)
                let left = day.count(in: time) - before
                if rest <= left { return day.instant(before + rest, in: time) }
                rest -= left
                idle = left == 0 ? idle + 1 : 0
                number += 1
            }
            return nil
        }
    }

    /// No clock is counted for longer: a start in 1970 is a box that did not know the time.
    private static let daysMax: Int64 = 36_525

    // MARK: The clock on the wall

    /// What the clock on the wall has shown at most by then: where an hour is repeated it stands still.
    private func wall(_ instant: Instant) -> Int64 {
        let shown = instant.milliseconds + Int64(zone.offset(at: instant)) * 1000
        guard let change = zone.nextChange(after: instant - .days(1)), change <= instant else { return shown }
        let before = Int64(zone.offset(at: change - Milliseconds(1))) * 1000
        return max(shown, change.milliseconds + before)
    }

    /// The first instant at which it shows this time, or skips it.
    private func first(showing shown: Int64) -> Instant {
        let civil = CivilTime(wallMilliseconds: shown)
        let found = zone.instant(civil)
        guard zone.civil(found) != civil else { return found }
        return zone.nextChange(after: found - .days(1)) ?? found
    }
}
