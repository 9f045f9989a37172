package import Timekeeping

/// When the daily message is due: once a day of the site's time, at its time, and up to ``lateMax`` later where it was
/// missed. That it is not made twice for one day, whatever the clock does, is kept by day in the ledger.
///
/// A pure function of the time. O(1).
package struct DailySchedule: Equatable, Sendable {
    /// So late it is still sent; later it would tell of a morning that is over.
    package static let lateMax = Milliseconds.hours(4)
    /// A message that is made so late says so.
    package static let lateFrom = Milliseconds.minutes(10)
    /// No box that watches has an earlier time: its clock is not set yet.
    package static let earliest = Instant(milliseconds: 1_704_067_200_000)

    /// Minutes since midnight.
    package var at: Int
    package var zone: Zone

    package init(at: Int, zone: Zone) {
        self.at = at
        self.zone = zone
    }

    /// A day whose message is to be made.
    package struct Due: Equatable, Sendable {
        package var day: Day
        package var from: Instant
        package var to: Instant
        package var isLate: Bool
    }

    /// The moment of a day's message.
    package func moment(of day: Day) -> Instant {
        zone.instant(CivilTime(date: day, hour: at / 60, minute: at % 60, second: 0, millisecond: 0))
    }

    /// What is due now, if it was not made before. Its day is the one on which now is.
    package func due(at now: Instant) -> Due? {
        guard now >= DailySchedule.earliest else { return nil }
        let today = zone.civil(now).date
        let moment = moment(of: today)
        guard now >= moment, now - moment <= DailySchedule.lateMax else { return nil }
        return Due(
            day: today, from: self.moment(of: Day(sinceEpoch: today.sinceEpoch - 1)), to: moment,
            isLate: now - moment >= DailySchedule.lateFrom)
    }

    /// The day that owes no message where a site begins to watch now: the last whose moment was before that.
    package func lastDay(before now: Instant) -> Day {
        let today = zone.civil(now).date
        return now >= moment(of: today) ? today : Day(sinceEpoch: today.sinceEpoch - 1)
    }
}
