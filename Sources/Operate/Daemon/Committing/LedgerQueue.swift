import AlertDispatch
import Alerts
import DequeModule
import Dispatch
import Pipeline
import Synchronization
import Timekeeping

/// Between the intake's thread and the ledger's: bounded, so that a slow disk makes the intake stop reading and the
/// broker keep the rest, rather than memory grow.
final class LedgerQueue: Sendable {
    struct Item: Sendable {
        var changes: [AlertChange]
        /// The last record that was stepped over.
        var applied: Int64
        /// What became of people's acts.
        var acts: [ActOutcome] = []
        /// Where the record clock stands behind it; before all others: it does not move.
        var clock = Instant.distantPast
        /// Steps of the wall clock among its records.
        var shifts: [DispatchInput.Shift] = []
        /// What happened long ago: kept, and nobody is told.
        var isHistory = false
        /// Told together, whatever records the changes are of.
        var isOneTelling = false
        /// The pipeline's state behind that record, to be kept once the ledger has it.
        var snapshot: SnapshotDraft?
    }

    /// Batches of up to 256 records; at most a few alert changes each.
    static let capacity = 256

    private struct State: Sendable {
        var items: Deque<Item> = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let filled = DispatchSemaphore(value: 0)

    var isClosed: Bool { state.withLock { $0.isClosed } }

    var isFull: Bool { state.withLock { $0.items.count >= LedgerQueue.capacity } }

    /// Adds an item. One without changes only moves `applied` and the clock, and is joined to the one before it.
    func add(_ item: Item) {
        let isNew = state.withLock { state in
            if item.changes.isEmpty, item.acts.isEmpty, item.shifts.isEmpty, item.snapshot == nil,
                let last = state.items.indices.last
            {
                state.items[last].applied = item.applied
                state.items[last].clock = max(state.items[last].clock, item.clock)
                return false
            }
            state.items.append(item)
            return true
        }
        if isNew { filled.signal() }
    }

    /// The oldest item; blocks while there is none; nil when closed and empty.
    func next() -> Item? {
        filled.wait()
        return state.withLock { $0.items.popFirst() }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        filled.signal()
    }
}
