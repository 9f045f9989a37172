import Alerts
import Cases
import Channels
import Community
import ConfigReading
import Console
import Delivery
import Diagnostics
import JSONWriting
import Ledger
import MQTTIntake
import Pipeline
import SiteConfiguration
import SiteLoading
import Timekeeping
import Vocabulary

extension SiteRun {
    /// What the console's API works with.
    func consoleParts(
        _ ledger: Ledger, _ parts: IntakeParts, _ sender: OutboxSender, _ direct: DirectSender, _ key: LinkKey?
    ) -> ConsoleParts {
        let (entries, dispatching, state) = (parts.entries, parts.dispatching, parts.state)
        let desk = ActDesk(ledger: ledger, entries: entries)
        var made = ConsoleParts(
            site, ledger: ledger, desk: desk, direct: direct, state: state, wake: { sender.wake() }, log: log)
        let putIn = PutInDesk(site: site, ledger: ledger, entries: entries, now: SiteRun.wall)
        made.reports = putIn
        made.drill = { await putIn.drill($0) }
        made.forget = { [settings, registry = site.registry] resident, isDry in
            await SiteRun.forget(resident, isDry: isDry, settings, registry, ledger)
        }
        let (zone, calendar) = (settings.site.zone, settings.workCalendar)
        made.mayCheckOwn = { dispatching.isSelfChecked($0.id) }
        made.clocks = { row, events in
            guard let limits = row.limits.flatMap(FrozenLimits.init(json:)) else { return nil }
            let reader = CaseStepReader(zone: zone)
            let clocks = CaseClocks.of(
                events.compactMap { reader.step($0.json) }, limits: limits, calendar: calendar, now: SiteRun.wall())
            let json = JSONWriter.text { clocks.write(to: &$0, zone: zone) }
            return CaseClockView(lamp: (clocks.lamp ?? .green).rawValue, json: json)
        }
        made.pages = key.map { key in
            var pages = WorkerPageParts(
                site: settings.site, registry: site.registry, ledger: ledger, key: key, desk: desk,
                publicURL: settings.console?.publicURL.map { address in
                    String(address.text.reversed().drop { $0 == "/" }.reversed())
                }, now: SiteRun.wall, steady: { SystemClock.boot },
                random: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } })
            pages.mayCheckOwn = { dispatching.isSelfChecked($0.id) }
            return pages
        }
        return made
    }

    private static func forget(
        _ resident: String, isDry: Bool, _ settings: Settings, _ registry: Registry, _ ledger: Ledger
    ) async -> ForgetAnswer {
        let configs = ConfigStore(store: settings.store.path)
        guard let subject = ForgetSubject.find(resident, registry: registry, configs: configs) else { return .unknown }
        do throws(LedgerError) {
            let report = try await ledger.offloaded { (ledger) throws(LedgerError) in
                let forgetting = Forgetting(subject, settings: settings, ledger: ledger)
                return try isDry ? forgetting.plan(now: SiteRun.wall()) : forgetting.run(now: SiteRun.wall())
            }
            let json = report.json(zone: settings.site.zone, language: settings.site.language)
            return .report(json: json, isDone: report.isDone)
        } catch {
            return .unavailable
        }
    }
}
