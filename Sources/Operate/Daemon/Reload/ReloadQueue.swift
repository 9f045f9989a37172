import MQTTIntake
import SiteConfiguration
import Synchronization
import Timekeeping

/// Lets one reload after another read, off the thread that hears the signals: a SIGTERM waits for none. Asking again
/// while one waits asks for nothing more, since that one reads what is there then.
final class ReloadQueue: Sendable {
    private struct State {
        var isWaiting = false
        var last: Task<Void, Never>?
    }

    private let state = Mutex(State())

    func add(_ reload: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            if state.isWaiting { return }
            state.isWaiting = true
            let before = state.last
            state.last = Task { [self] in
                await before?.value
                begins()
                await reload()
            }
        }
    }

    private func begins() { state.withLock { $0.isWaiting = false } }
}
