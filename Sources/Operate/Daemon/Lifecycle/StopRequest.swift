import Diagnostics
import SiteLoading
import Synchronization

/// Why a watch is to end, from whoever asks. Looked at by long work as well, such as stepping over a journal at the
/// start, which a SIGTERM must not have to wait for.
final class StopRequest: Sendable {
    enum Reason: Sendable {
        case stop
        /// A new configuration has passed. `settled`: with what words a refusal of the registry ends once it is in
        /// force; nil where the registry is refused still.
        case reload(Site, settled: LocalizedText?)
        /// The ledger was found damaged: the same site is watched anew, since opening the ledger restores it.
        case restore
    }

    private struct State {
        var reason: Reason?
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    var asked: Reason? { state.withLock(\.reason) }
    var isStop: Bool { if case .stop? = asked { true } else { false } }

    /// A stop outweighs what was asked before. A reload outweighs a restore, since it opens the ledger as well.
    func ask(_ new: Reason) {
        let waiting = state.withLock { state in
            switch (state.reason, new) {
            case (.stop?, _), (.reload?, .restore): return state.waiting
            default: state.reason = new
            }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Suspends until somebody asks, or until the task is cancelled. For one caller.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.reason == nil, !Task.isCancelled else { return true }
                    state.waiting = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume()
        }
    }
}
