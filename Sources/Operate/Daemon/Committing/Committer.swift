import AlertDispatch
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

/// Puts alert changes and their notifications into the ledger, in one transaction a batch. Who is told of what is the
/// ``Dispatcher``'s decision; here it is stored, logged and counted.
final class Committer: Sendable {
    let ledger: Ledger
    private let settings: Settings
    private let dispatcher: Dispatcher
    private let state: DaemonState
    private let faults: BoxFaults
    private let entries: EntryDesk?
    private let onDamage: @Sendable () -> Void
    private let log: Logger

    /// - Parameters:
    ///   - channels: the names of those that can be used.
    ///   - entries: answered when what their records made is committed; nil where nobody waits.
    ///   - onDamage: called where the ledger turns out to be damaged, and was marked so.
    init(
        settings: Settings, registry: Registry, channels: [String], ledger: Ledger, state: DaemonState,
        faults: BoxFaults, entries: EntryDesk? = nil, onDamage: @escaping @Sendable () -> Void = {}, log: Logger
    ) {
        self.entries = entries
        self.onDamage = onDamage
        self.settings = settings
        self.ledger = ledger
        self.state = state
        self.faults = faults
        self.log = log
        dispatcher = Dispatcher(settings: settings, registry: registry, channels: channels)
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
        let decision =
            item.isHistory
            ? Dispatcher.Decision() : dispatcher.decide(item.changes, isOneTelling: item.isOneTelling)
        let (zone, language) = (settings.site.zone, settings.site.language)
        do throws(LedgerError) {
            _ = try ledger.commit(
                changes: item.changes.map { LedgerChange($0, zone: zone) },
                notifications: decision.notifications.map { OutboxEntry($0, zone: zone, language: language) },
                acts: item.acts.compactMap { LedgerAct($0, at: item.clock) }, applied: item.applied)
            entries?.committed(upTo: item.applied, item.acts)
            if state.committed(changes: item.changes.count, problem: nil) { faults.clear(.ledger) }
            for change in item.changes {
                log.info(
                    "\(change.change.rawValue) \(change.rule) \(change.key)",
                    metadata: ["alert": "\(change.id)", "severity": "\(change.severity.rawValue)"])
            }
            logUnrouted(decision.unrouted)
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

    private func logUnrouted(_ changes: [AlertChange]) {
        for change in changes {
            state.unrouted(1)
            log.error(
                "no route reaches anybody for \(change.rule); told to every channel",
                metadata: ["alert": "\(change.id)"])
        }
    }
}
