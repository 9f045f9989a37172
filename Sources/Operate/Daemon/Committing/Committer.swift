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
import Synchronization
import Timekeeping
import Vocabulary

/// Puts alert changes and their notifications into the ledger, in one transaction a batch. Who is told of what is the
/// ``DispatchBook``'s decision; here it is stored, logged and counted.
final class Committer: Sendable {
    let ledger: Ledger
    private let settings: Settings
    /// Who was told of the open alerts, and who is next.
    let dispatching: Dispatching
    private let state: DaemonState
    private let faults: BoxFaults
    private let entries: EntryDesk?
    private let board: FigureBoard?
    private let links: LinkMint.Source?
    private let recipients: LinkRecipients
    private let onDamage: @Sendable () -> Void
    private let log: Logger
    /// When each was told, by the record clock.
    private let faultsTold = Mutex<[DispatchDecision.Fault: Instant]>([:])
    private static let faultAgainAfter = Milliseconds.hours(1)

    /// - Parameters:
    ///   - channels: the names of those that can be used.
    ///   - entries: answered when what their records made is committed; nil where nobody waits.
    ///   - links: how links to workers' pages are made; nil: none are.
    ///   - board: gets the figures of each state that is kept.
    ///   - onDamage: called where the ledger turns out to be damaged, and was marked so.
    init(
        settings: Settings, registry: Registry, channels: [String], ledger: Ledger, state: DaemonState,
        faults: BoxFaults, entries: EntryDesk? = nil, links: LinkMint.Source? = nil, board: FigureBoard? = nil,
        onDamage: @escaping @Sendable () -> Void = {}, log: Logger
    ) {
        self.entries = entries
        self.board = board
        self.links = links
        recipients = LinkRecipients(registry: registry)
        self.onDamage = onDamage
        self.settings = settings
        self.ledger = ledger
        self.state = state
        self.faults = faults
        self.log = log
        dispatching = Dispatching(settings: settings, registry: registry, channels: channels)
        do throws(LedgerError) {
            let lost = try dispatching.load(ledger)
            if lost > 0 { log.error("the dispatch of \(lost) alerts could not be read; they begin again") }
        } catch {
            // The first commit reads it again, and tells.
            log.error("the dispatch of open alerts could not be read: \(error)")
        }
    }

    /// When a tick is to be written, though no record and no rule asks for one; nil: never. From any thread.
    var nextDeadline: Instant? { dispatching.view.nextDeadline }

    /// A duty desk was looked at, by the clock that stamps records. From any thread.
    func deskSeen(at: Instant) { dispatching.deskSeen(at: at) }

    /// Commits until the queue is closed and empty; `wake` is called after each batch with something to tell, `keep`
    /// with each state whose changes the ledger now has.
    func run(_ queue: LedgerQueue, wake: @Sendable () -> Void, keep: @Sendable (SnapshotDraft) -> Void) {
        var lastSeen = LastSeenBackup()
        while let item = queue.next() {
            // A failing disk must not lose a change: it is tried again until it is in, while the queue holds the
            // intake.
            var told = take(item)
            while told == nil {
                if queue.isClosed {
                    log.error("ending without the ledger; the journal has it, and the next start puts it in")
                    return
                }
                sleep(1)
                told = take(item)
            }
            if !item.changes.isEmpty || told ?? 0 > 0 { wake() }
            guard let snapshot = item.snapshot else { continue }
            do throws(LedgerError) {
                try lastSeen.record(snapshot.pipeline, in: ledger, at: SystemClock.boot)
            } catch {
                log.error("since when homes are counted could not be noted: \(error)")
                if error.kind == .damaged { markDamaged(error) }
            }
            tellUnsupervised(snapshot.pipeline)
            board?.take(snapshot.pipeline.watchFigures)
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
    func commit(_ item: LedgerQueue.Item) -> Bool { take(item) != nil }

    /// - Returns: how many notifications it made; nil where the ledger could not take it.
    private func take(_ item: LedgerQueue.Item) -> Int? {
        do throws(LedgerError) {
            if item.isHistory {
                try store(item, DispatchDecision.nothing, EscalationChanges())
                return 0
            }
            var input = DispatchInput(changes: item.changes, applied: item.applied, clock: item.clock)
            input.shifts = item.shifts
            input.isOneTelling = item.isOneTelling
            var told = 0
            try dispatching.commit(input, in: ledger) { (decision, changes) throws(LedgerError) in
                try store(item, decision, changes)
                told = decision.notifications.count
            }
            return told
        } catch {
            log.error("the ledger cannot store: \(error)")
            state.committed(changes: 0, problem: "\(error)")
            faults.raise(.ledger, .critical, error.phrase)
            if error.kind == .damaged { markDamaged(error) }
            return nil
        }
    }

    private func store(
        _ item: LedgerQueue.Item, _ decision: DispatchDecision, _ escalations: EscalationChanges
    ) throws(LedgerError) {
        let changes = item.changes + decision.made
        let (notifications, links) = try worded(decision.notifications, changes)
        _ = try ledger.commit(
            changes: changes.map { LedgerChange($0, zone: settings.site.zone, limits: settings.limits.cases) },
            notifications: notifications,
            acts: item.acts.compactMap(LedgerAct.init), applied: item.applied,
            escalations: escalations, links: links)
        entries?.committed(upTo: item.applied, item.acts)
        if state.committed(changes: changes.count, problem: nil) { faults.clear(.ledger) }
        for change in changes {
            log.info(
                "\(change.change.rawValue) \(change.rule) \(change.key)",
                metadata: ["alert": "\(change.id)", "severity": "\(change.severity.rawValue)"])
        }
        logUnrouted(decision.unrouted)
        for fault in decision.faults { tell(fault, at: decision.clock) }
    }

    /// What keeps alerts from those who should get them is told to whoever keeps the sheets, once an hour each.
    private func tell(_ fault: DispatchDecision.Fault, at clock: Instant) {
        let isNew = faultsTold.withLock { told in
            told = told.filter { clock - $0.value < Committer.faultAgainAfter && clock >= $0.value }
            return told.updateValue(clock, forKey: fault) == nil
        }
        guard isNew else { return }
        let words = DutyWords.of(fault)
        log.warning("\(words.en)")
        faults.report(.duty, .high, words)
    }

    /// Notifications with their words, and what becomes of links to workers' pages.
    private func worded(
        _ notifications: [AlertNotification], _ changes: [AlertChange]
    ) throws(LedgerError) -> ([OutboxEntry], LinkChanges) {
        var mint = LinkMint(source: links, recipients: recipients, language: settings.site.language, known: [:])
        if links != nil {
            for id in Set(changes.map(\.id)) { mint.known[id] = try ledger.openLinks(alert: id) }
        }
        for change in changes { mint.withdraw(for: change) }
        var random = SystemRandomNumberGenerator()
        let entries = notifications.map { notification in
            let words =
                notification.body == .words
                ? mint.text(of: notification, at: notification.changes[0].stamp, random: &random) : nil
            return OutboxEntry(
                notification, zone: settings.site.zone, language: settings.site.language, words: words)
        }
        return (entries, mint.changes)
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
