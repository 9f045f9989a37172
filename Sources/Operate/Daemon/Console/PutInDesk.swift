import Cases
import Console
import Crypto
import Feeds
import JSONWriting
import Ledger
import Pipeline
import SiteConfiguration
import SiteLoading
import Timekeeping
import Vocabulary

/// What somebody puts in that is no act on an alert: a report that is typed in, as a message of the native feed, and a
/// drill.
///
/// The same with the same key is put in once, and gets the first one's alerts; something else under a key that was
/// used is refused.
struct PutInDesk: ReportDesk {
    /// What became of what was put in.
    private enum Outcome {
        case done(record: Int64, alerts: [String])
        case keyReused, unavailable, busy
    }

    let site: Site
    let ledger: Ledger
    let entries: EntryDesk
    let now: @Sendable () -> Instant

    func report(_ report: MadeReport) async -> ReportAnswer {
        let (topic, payload) = NativeReport(report).message(site: site.settings.site.id)
        switch await once(report.person, report.key, payload, .message(topic: topic, payload: payload)) {
        case .done(let record, let alerts): return .done(record: record, alerts: alerts)
        case .keyReused: return .keyReused
        case .unavailable: return .unavailable
        case .busy: return .busy
        }
    }

    func drill(_ drill: Drill) async -> DrillAnswer {
        if let wrong = DrillRefusal.find(in: drill, settings: site.settings, registry: site.registry) {
            return .wrong(field: wrong.field, wrong.phrase)
        }
        let content = SystemRecord.drill(drill).encoded.payload
        switch await once("drill", drill.id, content, .system(.drill(drill))) {
        case .done(let record, let alerts): return alerts.first.map { .done(record: record, alert: $0) } ?? .full
        case .keyReused: return .keyReused
        case .unavailable: return .unavailable
        case .busy: return .busy
        }
    }

    private func once(_ person: String, _ key: String, _ content: [UInt8], _ entry: Entry) async -> Outcome {
        let hash = Array(SHA256.hash(data: content))
        do throws(LedgerError) {
            let before = try await ledger.offloaded { (ledger) throws(LedgerError) in
                try ledger.act(person: person, key: key)
            }
            if let before { return before.hash == hash ? try await done(before.record) : .keyReused }
            switch await entries.add(entry) {
            case .busy: return .busy
            case .unavailable: return .unavailable
            case .stepped(let record, _):
                let act = LedgerAct(
                    person: person, key: key, hash: hash, record: record,
                    result: .done(ordinal: LedgerAct.noChange), at: now())
                try await ledger.offloaded { (ledger) throws(LedgerError) in
                    _ = try ledger.commit(changes: [], notifications: [], acts: [act], applied: 0)
                }
                return try await done(record)
            }
        } catch {
            return .unavailable
        }
    }

    private func done(_ record: Int64) async throws(LedgerError) -> Outcome {
        let alerts = try await ledger.offloaded { (ledger) throws(LedgerError) in try ledger.alerts(ofRecord: record) }
        return .done(record: record, alerts: alerts)
    }
}

extension NativeReport {
    fileprivate init(_ report: MadeReport) {
        self.init(key: report.key)
        type = NativeReport.types.first { $0.name == report.type } ?? .residentReport
        category = report.category
        text = report.text
        place = report.place
        by = report.by
        phone = report.phone
        severity = report.severity.flatMap(Severity.init(rawValue:))
    }
}
