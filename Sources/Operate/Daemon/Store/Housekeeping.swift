import Diagnostics
import Ledger
import Logging
import MQTTIntake
import RecordLog
import ServiceLifecycle
import SiteConfiguration
import Timekeeping
import Vocabulary

/// What the box does beside the watch, on a thread of its own: packs and thins the journal, backs up and thins the
/// ledger, looks after an unclean end whether the ledger is whole, and tells systemd how the watch goes.
struct Housekeeping: Service {
    let settings: Settings
    let ledger: Ledger
    let state: DaemonState
    let faults: BoxFaults
    let notifier: SystemdNotifier
    let wasUnclean: Bool
    /// Called where the ledger turns out to be damaged, and was marked so.
    let onDamage: @Sendable () -> Void
    let log: Logger

    /// The journal is looked after so often.
    static let every = Milliseconds.minutes(10)

    func run() async throws {
        let stop = StopFlag()
        let thread = SessionThread(name: "shouwang.housekeeping") { [self] in
            work(until: stop)
        }
        await untilShutdown(log)
        stop.set()
        await thread.ended()
    }

    private func work(until stop: StopFlag) {
        if wasUnclean { checkLedger(stop) }
        var next = SystemClock.boot + 5000
        var backedUp = lastBackup()
        while !stop.wait(seconds: 1) {
            let now = SystemClock.boot
            guard now >= next else { continue }
            next = now + Housekeeping.every.count
            let wall = Instant(milliseconds: SystemClock.wall)
            keepJournal(wall, stop)
            thinLedger(wall, stop)
            let day = wall.milliseconds / 86_400_000
            if day != backedUp, backUp(wall, stop) { backedUp = day }
            faults.remind()
            notifier.send(.status(state.view.status))
        }
    }

    // MARK: Its works

    /// Keeps what the newest snapshots need; the daily ones go with the journal behind them, or `max` were no bound.
    private func keepJournal(_ now: Instant, _ stop: StopFlag) {
        let entries = SnapshotStore(store: settings.store.path).entries
        let protected = entries.prefix(SnapshotStore.newestKept).last?.record ?? 0
        let keeper = JournalKeeper(
            folder: settings.store.path + "/journal", keep: settings.store.keep, max: settings.store.max)
        do throws(LogError) {
            let report = try keeper.run(
                now: now, protectedFrom: protected + 1, isCancelled: { stop.isStopped })
            state.journal(bytes: report.bytesNow)
            for failure in report.failures { log.error("\(failure)") }
            for segment in report.removed {
                log.notice(
                    "removed a journal segment, by its age or the journal's size",
                    metadata: ["segment": "\(segment.name)", "bytes": "\(segment.bytes)"])
            }
        } catch {
            log.error("the journal could not be tended: \(error)")
        }
    }

    /// In small parts, so that no commit waits long.
    private func thinLedger(_ now: Instant, _ stop: StopFlag) {
        do throws(LedgerError) {
            while !stop.isStopped {
                let pruned = try ledger.prune(now: now)
                if pruned.deliveries == 0, pruned.alerts == 0 { return }
            }
        } catch {
            log.error("the ledger could not be thinned: \(error)")
        }
    }

    private var backups: String { settings.store.path + "/backups" }

    /// The day of the newest backup, days since the epoch.
    private func lastBackup() -> Int64 {
        let newest = Store.names(in: backups).map { Store.changedAt(backups + "/" + $0) }.max() ?? 0
        return Int64(newest) / 86_400
    }

    private func backUp(_ now: Instant, _ stop: StopFlag) -> Bool {
        do throws(LedgerError) {
            let path = try ledger.backup(into: backups, stamp: now, isCancelled: { stop.isStopped })
            log.info("backed the ledger up", metadata: ["file": "\(path)"])
            return true
        } catch {
            log.error("the ledger could not be backed up: \(error)")
            // A copy that finds damage has found it in the ledger.
            if error.kind == .damaged { markDamaged("\(error)") }
            return false
        }
    }

    private func checkLedger(_ stop: StopFlag) {
        do throws(LedgerError) {
            guard let problem = try ledger.quickCheck(isCancelled: { stop.isStopped }) else { return }
            markDamaged(problem)
        } catch {
            log.error("the ledger could not be checked: \(error)")
        }
    }

    private func markDamaged(_ why: String) {
        log.error("the ledger is damaged; it is being restored: \(why)")
        faults.raise(
            .ledger, .high,
            LocalizedText(
                zh: "台账文件有损坏，正在自动恢复。", en: "the ledger is damaged; it is being restored now."))
        ledger.markDamaged(why, log)
        onDamage()
    }
}
