import Synchronization

/// Wakes one waiting task. A ring while nobody waits is kept, once, so that no ring is lost between looking for work
/// and waiting for it.
///
/// quiet: nobody waits, nothing rang; to rung or waiting. rung: a ring nobody heard; the next wait returns at once, to
/// quiet. waiting: one task waits; a ring, or that task's cancellation, resumes it, to quiet.
final class WakeSignal: Sendable {
    private enum State {
        case quiet
        case rung
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    func ring() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard case .waiting(let continuation) = state else {
                state = .rung
                return nil
            }
            state = .quiet
            return continuation
        }
        waiting?.resume()
    }

    /// Returns at a ring, after `most`, or when the task is cancelled. One task at a time may wait.
    func wait(atMost most: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.rung() }
            group.addTask {
                do {
                    try await Task.sleep(for: most)
                } catch {
                    return  // Only cancellation ends a sleep early, and then there is nothing left to wait for.
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func rung() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if case .rung = state {
                        state = .quiet
                        return true
                    }
                    // The handler below may have run already, and then it found nobody.
                    if Task.isCancelled { return true }
                    state = .waiting(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard case .waiting(let continuation) = state else { return nil }
                state = .quiet
                return continuation
            }
            waiting?.resume()
        }
    }
}
