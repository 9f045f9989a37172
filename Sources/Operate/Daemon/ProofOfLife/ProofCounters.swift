import Synchronization
import Timekeeping

/// What came of the proofs of life since the watch began. Owned by its ``SiteRun``; used from any thread.
final class ProofCounters: Sendable {
    struct View: Sendable {
        /// Calls that the watcher took, calls that it did not, and those that were left out since the watch did not
        /// work.
        var sent = 0
        var failed = 0
        var withheld = 0
        /// Failed calls since the last that was taken, and why the last of them failed.
        var failing = 0
        var lastFailure: String?
        var lastSent: Instant?
        /// Daily messages, and those of them that were late.
        var reports = 0
        var lateReports = 0
        /// The daily message could not be made or kept.
        var reportProblem: String?
    }

    private let state = Mutex(View())

    var view: View { state.withLock { $0 } }

    /// - Returns: whether the one before had failed.
    func heartbeatSent(at now: Instant) -> Bool {
        state.withLock { view in
            defer { (view.failing, view.lastFailure) = (0, nil) }
            view.sent += 1
            view.lastSent = now
            return view.failing > 0
        }
    }

    /// - Returns: whether it is the first since one that was taken.
    func heartbeatFailed(_ reason: String) -> Bool {
        state.withLock { view in
            view.failed += 1
            view.failing += 1
            view.lastFailure = reason
            return view.failing == 1
        }
    }

    func heartbeatWithheld() { state.withLock { $0.withheld += 1 } }

    func reported(isLate: Bool) {
        state.withLock { view in
            view.reports += 1
            if isLate { view.lateReports += 1 }
            view.reportProblem = nil
        }
    }

    /// - Returns: whether it is another problem than before.
    func reportFailed(_ problem: String) -> Bool {
        state.withLock { view in
            defer { view.reportProblem = problem }
            return view.reportProblem != problem
        }
    }
}
