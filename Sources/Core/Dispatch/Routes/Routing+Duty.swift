import Alerts
import Community
import Timekeeping

extension Routing {
    /// A week and the day on which it ends: no shift is longer than this.
    private static let dutyDays: Int64 = 8

    /// When a worker who is on duty goes off duty; nil for one who is not on duty, or always is. O(boundaries of a
    /// week).
    func dutyEnd(of worker: String, grid: String?, after now: Instant) -> Instant? {
        guard let id = registry.worker(worker) else { return nil }
        let grid = grid.flatMap { registry.grid($0) }
        let changes = registry.shiftChanges.filter { $0.worker == id }
        let shifts =
            [registry.workers[Int(id.index)].shift]
            + changes.compactMap(\.standsFor).map { registry.workers[Int($0.index)].shift }
        let spans = shifts.compactMap { $0 }.flatMap(\.spans)
        if spans.isEmpty, changes.isEmpty { return nil }
        guard registry.isOnDuty(id, for: grid, at: zone.civil(now), days) else { return nil }
        let minutes = Set([0] + spans.flatMap { [$0.start, $0.end % 1440] }).sorted()
        let today = zone.civil(now).date.sinceEpoch
        for day in today...today + Routing.dutyDays {
            for minute in minutes {
                let civil = CivilTime(
                    date: Day(sinceEpoch: day), hour: minute / 60, minute: minute % 60, second: 0, millisecond: 0)
                let candidate = zone.instant(civil)
                if candidate > now, !registry.isOnDuty(id, for: grid, at: civil, days) { return candidate }
            }
        }
        return nil
    }
}
