import Console
import Timekeeping

extension Health {
    /// What came of heartbeat and daily message.
    static func proof(_ view: ProofCounters.View, hasHeartbeat: Bool, isOutConnected: Bool, now: Instant) -> [Metric] {
        var metrics = [
            Metric(
                "shouwang_publisher_connected",
                "1 while the publishing connection, whose last will tells offline, is up.",
                .gauge, isOutConnected ? 1 : 0),
            Metric("shouwang_daily_reports_total", "Daily messages made.", .counter, Double(view.reports)),
            Metric(
                "shouwang_daily_reports_late_total", "Daily messages made late.", .counter, Double(view.lateReports)),
        ]
        guard hasHeartbeat else { return metrics }
        metrics += [
            Metric("shouwang_heartbeat_sent_total", "Heartbeats that the watcher took.", .counter, Double(view.sent)),
            Metric("shouwang_heartbeat_failed_total", "Heartbeats that failed.", .counter, Double(view.failed)),
            Metric(
                "shouwang_heartbeat_withheld_total", "Heartbeats left out while the watch did not work.", .counter,
                Double(view.withheld)),
        ]
        if let last = view.lastSent {
            metrics.append(
                Metric(
                    "shouwang_heartbeat_last_success_age_seconds", "How long ago the watcher last took a heartbeat.",
                    .gauge, Double((now - last).count) / 1000))
        }
        return metrics
    }

    /// What of them does not work.
    static func proofTroubles(_ view: ProofCounters.View) -> [String] {
        let heartbeat = view.lastFailure.map { ["heartbeat: \(view.failing) failed in a row, the last: \($0)"] } ?? []
        return heartbeat + (view.reportProblem.map { ["daily message: \($0)"] } ?? [])
    }
}
