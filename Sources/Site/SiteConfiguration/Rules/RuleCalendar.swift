package import Timekeeping

/// When a rule holds: hours of the week in the site's zone, with holidays and the days that make up for them.
package struct RuleCalendar: Equatable, Sendable {
    /// In any of which it holds; empty: always.
    package var hours: [WeekHours]
    /// In which it does not, whatever ``hours`` say: permits.
    package var except: [WeekHours]

    /// Always.
    package init() { self.init(hours: []) }

    package init(hours: [WeekHours], except: [WeekHours] = []) {
        self.hours = hours
        self.except = except
    }

    /// Whether it holds at an instant. O(number of spans), no allocation.
    package func covers(_ instant: Instant, zone: Zone, days: SiteDays) -> Bool {
        if hours.isEmpty, except.isEmpty { return true }
        let civil = zone.civil(instant)
        for never in except where never.covers(civil, days) { return false }
        if hours.isEmpty { return true }
        for span in hours where span.covers(civil, days) { return true }
        return false
    }

    /// The first instant behind `instant` at which it holds again; nil where it never does. It changes at a boundary of
    /// a span, or where the zone's offset does, so those of each day are tried: O(days until then × spans).
    package func next(after instant: Instant, zone: Zone, days: SiteDays) -> Instant? {
        let minutes = Set([0] + (hours + except).flatMap { $0.spans.flatMap { [$0.start, $0.end % 1440] } }).sorted()
        let today = zone.civil(instant).date.sinceEpoch
        // Behind the last day that is other than the week says each week is like the next; but a week's only hour may
        // be one that a change of the clock leaves out.
        let last = max(today, days.last?.sinceEpoch ?? today) + 15
        var change = zone.nextChange(after: instant)
        for day in today...last {
            for minute in minutes {
                let civil = CivilTime(
                    date: Day(sinceEpoch: day), hour: minute / 60, minute: minute % 60, second: 0, millisecond: 0)
                let candidate = zone.instant(civil)
                if let shifted = change, shifted <= candidate {
                    if covers(shifted, zone: zone, days: days) { return shifted }
                    change = zone.nextChange(after: shifted)
                }
                if candidate > instant, covers(candidate, zone: zone, days: days) { return candidate }
            }
        }
        return nil
    }

    /// Whether there is no minute of any week in which it holds: hours that their own exceptions cover. Looks at each
    /// minute of each day of the week as a plain day, a holiday and a make-up day.
    var isNever: Bool {
        if except.isEmpty { return false }
        let kinds: [SiteDays.Kind?] = [nil, .holiday, .workday]
        for weekday in 1...7 {
            for today in kinds {
                for yesterday in kinds where holds(weekday: weekday, today: today, yesterday: yesterday) {
                    return false
                }
            }
        }
        return true
    }

    private func holds(weekday: Int, today: SiteDays.Kind?, yesterday: SiteDays.Kind?) -> Bool {
        let today = WeekHours.bits(weekday: weekday, today)
        let yesterday = WeekHours.bits(weekday: weekday == 1 ? 7 : weekday - 1, yesterday)
        // The state changes at a boundary of a span alone.
        let minutes = [0] + (hours + except).flatMap { $0.spans.flatMap { [$0.start, $0.end % 1440] } }
        return minutes.contains { minute in
            let isOut = except.contains { $0.covers(minute: minute, today: today, yesterday: yesterday) }
            let isIn = hours.contains { $0.covers(minute: minute, today: today, yesterday: yesterday) }
            return !isOut && (isIn || hours.isEmpty)
        }
    }
}
