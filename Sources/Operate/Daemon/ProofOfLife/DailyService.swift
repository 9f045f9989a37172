import AlertDispatch
import Alerts
import Community
import Diagnostics
import Ledger
import Logging
import Pipeline
import Rules
import ServiceLifecycle
import SiteConfiguration
import SiteLoading
import Timekeeping
import Vocabulary

/// Makes the daily message when it is due (``DailySchedule``) and puts it into the outbox, in one transaction with the
/// day's row: a restart, or a clock that steps back over 08:00, makes no second one; what could not be sent waits in
/// the outbox as everything else.
///
/// It looks at the time each ``pace``, since the wall clock may be set meanwhile.
struct DailyService: Service {
    static let pace = Duration.seconds(20)

    let site: Site
    /// The names of those that can be used.
    let channels: [String]
    let ledger: Ledger
    let board: FigureBoard
    let counters: ProofCounters
    /// Wakes the sender.
    let wake: @Sendable () -> Void
    let now: @Sendable () -> Instant
    let log: Logger

    private var schedule: DailySchedule {
        DailySchedule(at: site.settings.daily.at, zone: site.settings.site.zone)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                do { try await Task.sleep(for: DailyService.pace) } catch { return }
            }
        }
        await untilShutdown(log)
    }

    /// Makes the message if it is due. What fails is tried again at the next look.
    func look() async {
        let now = now()
        do throws(LedgerError) {
            try await begin(at: now)
            guard let due = schedule.due(at: now) else { return }
            let day = due.day.iso8601
            if try await ledger.offloaded({ ledger throws(LedgerError) in try ledger.hasReport(day: day) }) { return }
            let counts = try await ledger.offloaded { ledger throws(LedgerError) in
                try ledger.dayCounts(from: due.from, to: due.to)
            }
            try await keep(report(due, counts, at: now), at: now)
        } catch {
            if counters.reportFailed("\(error)") { log.error("the daily message cannot be made: \(error)") }
        }
    }

    /// A site that begins to watch owes no message for the day on which it was not there at the time.
    private func begin(at now: Instant) async throws(LedgerError) {
        guard now >= DailySchedule.earliest else { return }
        let day = schedule.lastDay(before: now).iso8601
        try await ledger.offloaded { ledger throws(LedgerError) in
            if try ledger.hasReport() { return }
            _ = try ledger.keepReport(day: day, made: now, json: nil, notifications: [])
        }
    }

    private func keep(_ report: DailyReport, at now: Instant) async throws(LedgerError) {
        let (zone, language) = (site.settings.site.zone, site.settings.site.language)
        let ways = DailyRecipients.ways(settings: site.settings, registry: site.registry, channels: channels)
        let words = report.message(zone: zone)
        let id = AlertChange.id(site: report.site, rule: "daily", key: report.day.iso8601, started: report.to)
        let entries = ways.map { way in
            OutboxEntry(
                record: 0, ordinal: 0, alert: id, channel: way.channel, recipient: way.recipient, severity: .low,
                change: "daily", kind: .text, body: words.text(in: language), at: now)
        }
        let (day, json) = (report.day.iso8601, report.json(zone: zone))
        let isNew = try await ledger.offloaded { ledger throws(LedgerError) in
            try ledger.keepReport(day: day, made: now, json: json, notifications: entries)
        }
        guard isNew else { return }
        counters.reported(isLate: report.isLate)
        log.notice("the daily message of \(day) is made", metadata: ["ways": "\(entries.count)"])
        if entries.isEmpty {
            log.warning("the daily message reaches nobody; see daily.to and the workers' channels that take words")
        }
        wake()
    }

    private func report(_ due: DailySchedule.Due, _ counts: DayCounts, at now: Instant) -> DailyReport {
        let figures = board.figures
        let registry = site.registry
        let homes = figures.unseen.map { unseen in
            let home = registry.households[Int(unseen.home)]
            let names = home.residents.map { registry.residents[Int($0.index)].maskedName }.filter { !$0.isEmpty }
            return DailyReport.Unseen(
                who: ([registry.displayName(ofHousehold: unseen.home)] + names).joined(separator: " "),
                people: home.residents.count, reason: unseen.reason == .uncovered ? .uncovered : .sensorsDead)
        }
        let leftOut = registry.leftOut.filter(\.isWatched).map { row in
            DailyReport.Unseen(
                who: [row.place, row.maskedName].filter { !$0.isEmpty }.joined(separator: " "), people: 1,
                reason: .leftOut)
        }
        let settings = site.settings.site
        return DailyReport(
            site: settings.id, siteName: settings.name, day: due.day, from: due.from, to: due.to, made: now,
            isLate: due.isLate, watched: registry.watchedCount + leftOut.count, unseen: homes + leftOut,
            raised: counts.raised, closed: counts.closed, resolved: counts.resolved, open: counts.open,
            devices: registry.devices.count, deadDevices: figures.deadDevices,
            blind: figures.blind.blindTime(from: due.from, to: due.to), drills: counts.drills)
    }
}
