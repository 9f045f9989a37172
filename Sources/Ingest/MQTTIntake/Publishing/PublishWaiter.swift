import Synchronization

/// One who waits for what becomes of a message: told once, by the acknowledgement or by its own cancellation, whichever
/// comes first. The message itself goes on, and is counted when it has come to its end.
final class PublishWaiter: Sendable {
    private struct State {
        var continuation: CheckedContinuation<PublishOutcome, Never>?
        /// What came before anybody waited.
        var early: PublishOutcome?
    }

    private let state = Mutex(State())

    /// - Returns: false where it is over already; the continuation has been resumed then.
    func wait(_ continuation: CheckedContinuation<PublishOutcome, Never>) -> Bool {
        let early = state.withLock { state in
            if state.early == nil { state.continuation = continuation }
            return state.early
        }
        if let early { continuation.resume(returning: early) }
        return early == nil
    }

    func settle(_ outcome: PublishOutcome) {
        let continuation = state.withLock { state in
            if state.continuation == nil { state.early = outcome }
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(returning: outcome)
    }
}
