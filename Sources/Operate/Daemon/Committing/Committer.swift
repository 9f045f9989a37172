import Alerts
import Community
import Diagnostics
import Glibc
import Ledger
import Logging
import MQTTIntake
import Pipeline
import SiteConfiguration
import Vocabulary

/// Puts alert changes and their notifications into the ledger, in one transaction a batch.
final class Committer: Sendable {
    let ledger: Ledger
    private let settings: Settings
    private let routing: Routing
    private let state: DaemonState
    private let faults: BoxFaults
    private let onDamage: @Sendable () -> Void
    private let log: Logger
    /// By channel: whether it takes the JSON or words.
    private let takesChanges: [String: Bool]

    /// - Parameters:
    ///   - channels: the names of those that can be used.
    ///   - onDamage: called where the ledger turns out to be damaged, and was marked so.
    init(
        settings: Settings, registry: Registry, channels: [String], ledger: Ledger, state: DaemonState,
        faults: BoxFaults, onDamage: @escaping @Sendable () -> Void = {}, log: Logger
    ) {
        self.onDamage = onDamage
        self.settings = settings
        self.ledger = ledger
        self.state = state
        self.faults = faults
        self.log = log
        routing = Routing(settings: settings, registry: registry, channels: channels)
        takesChanges = Dictionary(
            uniqueKeysWithValues: settings.channels.map { ($0.name, $0.kind.takesChanges) })
    }

    /// Commits until the queue is closed and empty; `wake` is called after each batch with something to tell, `keep`
    /// with each state whose changes the ledger now has.
    func run(_ queue: LedgerQueue, wake: @Sendable () -> Void, keep: @Sendable (SnapshotDraft) -> Void) {
        var lastSeen = LastSeenBackup()
        while let item = queue.next() {
            // A failing disk must not lose a change: it is tried again until it is in, while the queue holds the
            // intake.
            while !commit(item) {
                if queue.isClosed {
                    log.error("ending without the ledger; the journal has it, and the next start puts it in")
                    return
                }
                sleep(1)
            }
            if !item.changes.isEmpty { wake() }
            guard let snapshot = item.snapshot else { continue }
            do throws(LedgerError) {
                try lastSeen.record(snapshot.pipeline, in: ledger, at: SystemClock.boot)
            } catch {
                log.error("since when homes are counted could not be noted: \(error)")
                if error.kind == .damaged { markDamaged(error) }
            }
            tellUnsupervised(snapshot.pipeline)
            keep(snapshot)
        }
    }

    /// Once a day the property hears of homes whose sensors nobody could tell to be dead.
    private func tellUnsupervised(_ pipeline: Pipeline) {
        guard let words = SupervisionWords.list(pipeline.unsupervised) else {
            return faults.clear(.unsupervised, saying: SupervisionWords.none)
        }
        faults.raise(.unsupervised, .low, words)
    }

    /// - Returns: false where the ledger could not take it.
    @discardableResult
    func commit(_ item: LedgerQueue.Item) -> Bool {
        do throws(LedgerError) {
            _ = try ledger.commit(
                changes: item.changes.map(row),
                notifications: item.isHistory ? [] : notifications(item.changes, isOneTelling: item.isOneTelling),
                applied: item.applied)
            if state.committed(changes: item.changes.count, problem: nil) { faults.clear(.ledger) }
            for change in item.changes {
                log.info(
                    "\(change.change.rawValue) \(change.rule) \(change.key)",
                    metadata: ["alert": "\(change.id)", "severity": "\(change.severity.rawValue)"])
            }
            return true
        } catch {
            log.error("the ledger cannot store: \(error)")
            state.committed(changes: 0, problem: "\(error)")
            faults.raise(.ledger, .critical, error.phrase)
            if error.kind == .damaged { markDamaged(error) }
            return false
        }
    }

    /// A damaged file does not heal by trying again: the next opening moves it aside and restores it.
    private func markDamaged(_ why: LedgerError) {
        ledger.markDamaged("\(why)", log)
        onDamage()
    }

    private func row(_ change: AlertChange) -> LedgerChange {
        LedgerChange(
            record: change.record, ordinal: change.ordinal, alert: change.id, change: change.change.rawValue,
            rule: change.rule, kind: change.kind.rawValue, severity: change.severity.rawValue,
            state: change.state.rawValue, key: change.key, at: change.at, started: change.started,
            json: change.json(zone: settings.site.zone))
    }

    // MARK: Who is told

    private struct Recipient: Hashable {
        var record: Int64
        var destination: Routing.Destination
    }

    /// The notifications of a batch: each change to each of its destinations; where one record raised many for the same
    /// person (what came due while the box was down), a few digests instead of a storm.
    private func notifications(_ changes: [AlertChange], isOneTelling: Bool) -> [OutboxEntry] {
        var entries: [OutboxEntry] = []
        var texts: [Recipient: [AlertChange]] = [:]
        var order: [Recipient] = []
        for change in changes {
            for destination in destinations(change) {
                guard !(takesChanges[destination.channel] ?? false) else {
                    let json = String(decoding: change.json(zone: settings.site.zone), as: UTF8.self)
                    entries.append(entry(change, destination, .change, json))
                    continue
                }
                guard change.isTold else { continue }
                let recipient = Recipient(record: isOneTelling ? 0 : change.record, destination: destination)
                if texts[recipient] == nil { order.append(recipient) }
                texts[recipient, default: []].append(change)
            }
        }
        for recipient in order { entries += told(texts[recipient] ?? [], recipient.destination) }
        return entries
    }

    private func told(_ changes: [AlertChange], _ destination: Routing.Destination) -> [OutboxEntry] {
        let language = settings.site.language
        let latest = Digest.last(of: changes)
        let joint = Digest.joint(latest)
        let isJoint = Set(joint.flatMap { $0.map(\.id) })
        return latest.filter { !isJoint.contains($0.id) }
            .map { entry($0, destination, .text, $0.message.text(in: language)) }
            + joint.flatMap { Digest.parts(of: $0, in: language) }.map { part in
                var head = part[0]
                head.severity = part.map(\.severity).max() ?? head.severity
                return entry(head, destination, .text, Digest.text(of: part, in: language))
            }
    }

    private func destinations(_ change: AlertChange) -> [Routing.Destination] {
        let resolution = routing.resolve(change)
        if resolution.isFault {
            state.unrouted(1)
            log.error(
                "no route reaches anybody for \(change.rule); told to every channel",
                metadata: ["alert": "\(change.id)"])
        }
        return resolution.destinations
    }

    private func entry(
        _ change: AlertChange, _ destination: Routing.Destination, _ kind: OutboxEntry.Kind, _ body: String
    ) -> OutboxEntry {
        OutboxEntry(
            record: change.record, ordinal: change.ordinal, alert: change.id, channel: destination.channel,
            recipient: destination.recipient, severity: change.severity.rawValue, change: change.change.rawValue,
            kind: kind, body: body, at: change.stamp)
    }
}
