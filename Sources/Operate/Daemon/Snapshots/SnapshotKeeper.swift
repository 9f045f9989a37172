import Diagnostics
import Dispatch
import Logging
import MQTTIntake
import Pipeline
import RecordLog
import SiteConfiguration
import Synchronization
import Timekeeping
import Vocabulary

/// Writes the pipeline's state to the disk, one at a time, beside the watch. What comes while one is being written
/// replaces what waits: the newest is what counts.
final class SnapshotKeeper: Sendable {
    private let store: SnapshotStore
    private let state: DaemonState
    private let faults: BoxFaults
    private let log: Logger
    private let queue = DispatchQueue(label: "shouwang.snapshot", qos: .utility)
    private let waiting = Mutex<SnapshotDraft?>(nil)

    init(store: SnapshotStore, state: DaemonState, faults: BoxFaults, log: Logger) {
        self.store = store
        self.state = state
        self.faults = faults
        self.log = log
    }

    /// Takes a state whose changes are in the ledger. Does not wait.
    @Sendable func keep(_ draft: SnapshotDraft) {
        let isFirst = waiting.withLock { waiting in
            defer { waiting = draft }
            return waiting == nil
        }
        if isFirst { queue.async { [self] in write() } }
    }

    /// Suspends until all that was taken is written.
    func ended() async {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume() }
        }
    }

    private func write() {
        let taken = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        guard let draft = taken else { return }
        let began = SystemClock.boot
        let bytes = draft.pipeline.encoded(
            configuration: draft.config, context: SnapshotPlace.encode(draft))
        guard store.write(bytes, record: draft.record, clock: draft.pipeline.clock) else {
            state.snapshot(record: nil)
            log.error("the state could not be kept; a start would step over the journal from the one before")
            faults.raise(
                .snapshot, .medium,
                LocalizedText(zh: "状态快照写入失败，请检查磁盘空间。", en: "a state snapshot could not be written: check the disk."))
            return
        }
        state.snapshot(record: draft.record)
        faults.clear(.snapshot)
        log.info(
            "kept the state",
            metadata: [
                "record": "\(draft.record)", "bytes": "\(bytes.count)", "ms": "\(SystemClock.boot - began)",
            ])
    }
}
