import Feeds
import Pipeline
import SiteConfiguration
import Synchronization
import Timekeeping

/// What the threads of a watch report to the rest of the daemon: counters and problems, for logs, metrics and health.
/// Owned by its ``SiteRun``; used from any thread, a leaf of state behind a lock.
final class DaemonState: Sendable {
    struct View: Sendable {
        var counters = Pipeline.Counters()
        var inputs = InputCounts()
        var clock = Instant.distantPast
        var isConnected = false
        var storeProblem: String?
        var refused: [String: Int] = [:]
        var actionsDone = 0
        var actionsNotDone = 0
        var changes = 0
        var ledgerProblem: String?
        var unrouted = 0
        /// Channels that cannot be used, and why.
        var channelProblems: [String] = []
        var usableChannels = 0
        /// By code: when a refusal was logged last, and of calls that cannot be read since when how many were.
        var toldAt: [String: Instant] = [:]
        var callsTold = 0
        /// What a power cut may cost, by the setting `sync`, in words.
        var sync = ""
        var snapshotRecord: Int64 = 0
        var snapshotProblem: String?
        var journalBytes: Int64 = 0
        /// What the start found.
        var recovery = RecoveryReport()

        /// One line for `systemctl status`.
        var status: String {
            let broker = isConnected ? "connected" : "no connection to the broker"
            let store = storeProblem.map { "the journal cannot store: \($0)" } ?? "journal \(sync)"
            return "\(broker); \(store); \(counters.records) records, \(changes) alert changes since the start"
        }
    }

    private let state = Mutex(View())

    var view: View { state.withLock { $0 } }

    /// Calls that cannot be read are logged each, up to so many a minute: the log of the box is bounded as well.
    static let callsToldMax = 60

    /// Counts a refusal; true where it should be logged: each of what may be a call for help, else at most one a minute
    /// and code.
    func refused(_ code: String, at now: Instant) -> Bool {
        state.withLock { view in
            view.refused[code, default: 0] += 1
            let isCall = code == Decoder.unreadableCall
            if let last = view.toldAt[code], now - last < Milliseconds.minutes(1) {
                guard isCall, view.callsTold < DaemonState.callsToldMax else { return false }
                view.callsTold += 1
                return true
            }
            view.toldAt[code] = now
            if isCall { view.callsTold = 1 }
            return true
        }
    }

    func stepped(_ pipeline: borrowing Pipeline) {
        let (counters, inputs, clock) = (pipeline.counters, pipeline.inputs, pipeline.clock)
        state.withLock { view in
            view.counters = counters
            view.inputs = inputs
            view.clock = clock
        }
    }

    func acted(isDone: Bool) {
        state.withLock { view in
            if isDone { view.actionsDone += 1 } else { view.actionsNotDone += 1 }
        }
    }

    /// A state was kept up to a record; nil where that failed.
    func snapshot(record: Int64?) {
        state.withLock { view in
            if let record { view.snapshotRecord = record }
            view.snapshotProblem = record == nil ? "the last snapshot could not be written" : nil
        }
    }

    func recovered(_ report: RecoveryReport) { state.withLock { $0.recovery = report } }

    func journal(bytes: Int64) { state.withLock { $0.journalBytes = bytes } }

    /// Says what the setting `sync` promises.
    func keeps(_ sync: StoreSettings.Sync) {
        let words =
            switch sync {
            case .batch: "synced before each acknowledgement: a power cut costs nothing acknowledged"
            case .interval(let length): "synced every \(length): a power cut may cost what came in that time"
            case .off: "not synced: a power cut may cost what the system had not written, 30 s or more"
            }
        state.withLock { $0.sync = words }
    }

    func storing(problem: String?) { state.withLock { $0.storeProblem = problem } }

    /// Returns whether there was a problem before.
    @discardableResult
    func committed(changes: Int, problem: String?) -> Bool {
        state.withLock { view in
            view.changes += changes
            defer { view.ledgerProblem = problem }
            return view.ledgerProblem != nil
        }
    }

    func channels(problems: [String], usable: Int) {
        state.withLock { view in
            view.channelProblems = problems
            view.usableChannels = usable
        }
    }

    func unrouted(_ count: Int) { state.withLock { $0.unrouted += count } }

    /// Notes whether the broker is there; returns what was noted before.
    @discardableResult
    func connected(_ isConnected: Bool) -> Bool {
        state.withLock { view in
            let before = view.isConnected
            view.isConnected = isConnected
            return before
        }
    }
}
