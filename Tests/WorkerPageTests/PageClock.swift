import Synchronization
import Timekeeping

/// The clocks of a bench, set by its test.
final class PageClock: Sendable {
    private let state = Mutex((now: PageBench.nine, steady: Int64(0)))

    var now: Instant { state.withLock { $0.now } }
    var steady: Int64 { state.withLock { $0.steady } }

    func set(_ now: Instant) { state.withLock { $0.now = now } }

    /// Both clocks go on.
    func advance(_ length: Milliseconds) {
        state.withLock { state in
            state.now = state.now + length
            state.steady += length.count
        }
    }

    /// The clock of limits alone.
    func wait(_ length: Milliseconds) { state.withLock { $0.steady += length.count } }
}
