import Diagnostics
import SiteLoading
import Synchronization

/// Why a watch is to end, from whoever asks, on any thread. Waited for by its ``SiteRun``; looked at by long work as
/// well, such as stepping over a journal at the start, which a SIGTERM must not have to wait for.
final class StopRequest: Sendable {
    enum Reason: Sendable {
        case stop
        /// A new configuration has passed. `settled`: with what words a refusal of the registry ends once it is in
        /// force; nil where the registry is refused still.
        case reload(Site, settled: LocalizedText?)
        /// The ledger was found damaged: the same site is watched again, since opening the ledger restores it.
        case restore
    }

    private let reason = Mutex<Reason?>(nil)
    /// What was asked once is enough to wake, so one element waits at most.
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init() {
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var asked: Reason? { reason.withLock { $0 } }
    var isStop: Bool { if case .stop? = asked { true } else { false } }

    /// A stop outweighs what was asked before. A reload outweighs a restore, since it opens the ledger as well.
    func ask(_ new: Reason) {
        reason.withLock { reason in
            switch (reason, new) {
            case (.stop?, _), (.reload?, .restore): break
            default: reason = new
            }
        }
        signal.yield()
    }

    /// Suspends until somebody asks, or until the task is cancelled. For one caller.
    func wait() async {
        // Asked before: the signal waits in the stream, or was taken by a call before this one.
        guard asked == nil else { return }
        for await _ in signals { return }
    }
}
