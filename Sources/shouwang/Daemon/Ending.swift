import Diagnostics
import Synchronization
import Timekeeping

/// Why a watch is to end, from whoever asks. Looked at by long work as well, such as stepping over a journal at the
/// start, which a SIGTERM must not have to wait for.
final class Ending: Sendable {
    enum Reason: Sendable {
        case stop
        /// A new configuration has passed. `settled`: with what words a refusal of the registry ends once it is in
        /// force; nil where the registry is refused still.
        case reload(Site, settled: Phrase?)
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

/// The ending of the watch that runs now; a signal between two watches counts for the next.
final class CurrentEnding: Sendable {
    private struct State {
        var ending = Ending()
        var site: Site?
        var isStopped = false
    }

    private let state = Mutex(State())

    /// The site that is watched now, or that a reload is about to bring.
    var site: Site? { state.withLock(\.site) }
    var isStopped: Bool { state.withLock(\.isStopped) }

    func renew(_ site: Site) -> Ending {
        state.withLock { state in
            state.ending = Ending()
            state.site = site
            if state.isStopped { state.ending.ask(.stop) }
            return state.ending
        }
    }

    func ask(_ reason: Ending.Reason) {
        let ending = state.withLock { state in
            switch reason {
            case .stop: state.isStopped = true
            case .reload(let next, _): state.site = next
            case .restore: break
            }
            return state.ending
        }
        ending.ask(reason)
    }
}

/// How often a damaged ledger is restored while the daemon runs: what damages each new file at once, as a failing card
/// does, must not make the watch begin anew without end, and tell what is open each time.
final class RestoreLimit: Sendable {
    static let every = Milliseconds.hours(1)

    private let last = Mutex<Int64?>(nil)

    /// - Parameter now: ``SystemClock/boot``.
    /// - Returns: whether the ledger may be restored now.
    func allows(at now: Int64) -> Bool {
        last.withLock { last in
            if let known = last, now - known < RestoreLimit.every.count { return false }
            last = now
            return true
        }
    }
}
