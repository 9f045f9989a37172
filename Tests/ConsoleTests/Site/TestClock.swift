import Synchronization
import Timekeeping

/// The wall clock that a test sets.
final class TestClock: Sendable {
    /// A Thursday, 10:00.
    static let start = TestSite.origin + .hours(10)

    private let state = Mutex(TestClock.start)

    var now: Instant { state.withLock { $0 } }

    /// It is no earlier than this.
    func reach(_ instant: Instant) { state.withLock { $0 = max($0, instant) } }

    func move(_ length: Milliseconds) { state.withLock { $0 = $0 + length } }
}
