import SiteConfiguration
import Timekeeping

/// Which of a rule's lengths holds in a minute (``RuleSettings/course(at:_:_:_:)``).
struct CourseOfMinute: Sendable {
    var minute = Int64.min
    var course = 0
}

extension RuleSettings {
    /// Which length holds for what begins at an instant: 0 the rule's own, n that of `during[n − 1]`.
    func course(at instant: Instant, _ zone: Zone, _ days: SiteDays) -> Int {
        for (index, other) in during.enumerated() where other.calendar.covers(instant, zone: zone, days: days) {
            return index + 1
        }
        return 0
    }

    /// The same, remembered for the minute of the instant: most records come in the same minute as the one before.
    func course(at instant: Instant, _ zone: Zone, _ days: SiteDays, _ known: inout CourseOfMinute) -> Int {
        if during.isEmpty { return 0 }
        // Calendars begin and end with whole minutes.
        let minute = instant.milliseconds.quotientAndRemainder(dividingBy: 60_000).quotient
        if known.minute != minute || instant.milliseconds < 0 {
            known = CourseOfMinute(minute: minute, course: course(at: instant, zone, days))
        }
        return known.course
    }

    /// Whether something may begin at an instant.
    func covers(_ instant: Instant, _ zone: Zone, _ days: SiteDays) -> Bool {
        calendar?.covers(instant, zone: zone, days: days) ?? true
    }

    /// The first instant, not before another, at which the calendar holds: when a state that has lasted since then
    /// begins for the rule, and when what is due then may be told. Nil where it never holds again.
    func opening(from instant: Instant, _ zone: Zone, _ days: SiteDays) -> Instant? {
        guard let calendar, !calendar.covers(instant, zone: zone, days: days) else { return instant }
        return calendar.next(after: instant, zone: zone, days: days)
    }

    /// What is known only when its time is over already waits so long for what else was handed over late: its own
    /// length, at least a minute, at most as long as a hub takes for two weeks of backlog (docs/rules.md: 17 min).
    static func grace(for length: Milliseconds) -> Milliseconds {
        min(max(length, Milliseconds.minutes(1)), Milliseconds.minutes(20))
    }
}
