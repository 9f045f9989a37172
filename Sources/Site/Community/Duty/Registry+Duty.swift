package import Timekeeping

/// Who is on duty, from the shifts of `workers.csv` and what `shifts.csv` makes of single days.
///
/// Law: a shift belongs to the day on which it begins, so leave on Monday takes Monday's night shift with it, up to
/// Tuesday morning, and no other. Cost: O(changes of the sheet + spans).
extension Registry {
    /// Whether a worker is on duty at that time for a grid; nil: for any.
    package func isOnDuty(_ worker: WorkerID, for grid: GridID? = nil, at civil: CivilTime, _ days: SiteDays) -> Bool {
        let own = workers[Int(worker.index)]
        if answers(own, for: grid), covers(own.shift, of: worker, civil, days) { return true }
        let today = civil.date.sinceEpoch
        return shiftChanges.contains { change in
            guard change.worker == worker, change.isOn else { return false }
            let day = change.day.sinceEpoch
            guard day == today || day == today - 1 else { return false }
            let other = change.standsFor.map { workers[Int($0.index)] } ?? own
            let hours = change.standsFor == nil ? nil : other.shift
            return answers(other, for: grid) && begins(hours, on: day, covers: civil, days)
        }
    }

    /// A worker without grids answers for all.
    private func answers(_ worker: Worker, for grid: GridID?) -> Bool {
        guard let grid, !worker.grids.isEmpty else { return true }
        return worker.grids.contains(grid)
    }

    private func covers(_ shift: WeekHours?, of worker: WorkerID, _ civil: CivilTime, _ days: SiteDays) -> Bool {
        let today = civil.date.sinceEpoch
        return [today, today - 1].contains { day in
            !isOnLeave(worker, day) && begins(shift, on: day, covers: civil, days)
        }
    }

    private func isOnLeave(_ worker: WorkerID, _ day: Int64) -> Bool {
        shiftChanges.contains { $0.worker == worker && !$0.isOn && $0.day.sinceEpoch == day }
    }

    /// Whether what begins on a day, today or yesterday, covers the time; nil: the whole day.
    private func begins(_ shift: WeekHours?, on day: Int64, covers civil: CivilTime, _ days: SiteDays) -> Bool {
        let isToday = day == civil.date.sinceEpoch
        guard let shift else { return isToday }
        let bits = WeekHours.bits(weekday: Day(sinceEpoch: day).weekday, days.kind(ofDaySinceEpoch: day))
        let minute = civil.hour * 60 + civil.minute
        return shift.covers(minute: minute, today: isToday ? bits : 0, yesterday: isToday ? 0 : bits)
    }
}
