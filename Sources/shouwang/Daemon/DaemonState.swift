import Pipeline
import Synchronization
import Timekeeping

/// What the intake's thread tells the rest of the daemon: counters and problems, for logs, metrics and health.
final class DaemonState: Sendable {
    struct View: Sendable {
        var counters = Pipeline.Counters()
        var clock = Instant.distantPast
        var isConnected = false
        var storeProblem: String?
        var refused: [String: Int] = [:]
        var actionsDone = 0
        var actionsNotDone = 0
        var changes = 0
        var ledgerProblem: String?
        var unrouted = 0
        var channelProblems: [String] = []
        /// By code: when a refusal was logged last.
        var toldAt: [String: Instant] = [:]
    }

    private let state = Mutex(View())

    var view: View { state.withLock { $0 } }

    /// Counts a refusal; true where it should be logged: at most once a minute a code.
    func refused(_ code: String, at now: Instant) -> Bool {
        state.withLock { view in
            view.refused[code, default: 0] += 1
            if let last = view.toldAt[code], now - last < Milliseconds.minutes(1) { return false }
            view.toldAt[code] = now
            return true
        }
    }

    func stepped(counters: Pipeline.Counters, clock: Instant) {
        state.withLock { view in
            view.counters = counters
            view.clock = clock
        }
    }

    func acted(isDone: Bool) {
        state.withLock { view in
            if isDone { view.actionsDone += 1 } else { view.actionsNotDone += 1 }
        }
    }

    func storing(problem: String?) { state.withLock { $0.storeProblem = problem } }

    func committed(changes: Int, problem: String?) {
        state.withLock { view in
            view.changes += changes
            view.ledgerProblem = problem
        }
    }

    func channels(problems: [String]) { state.withLock { $0.channelProblems = problems } }

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
