import Diagnostics
import Synchronization
import Timekeeping

/// How often a damaged ledger is restored while the daemon runs: what damages each new file at once, as a failing card
/// does, must not make the watch begin again without end, and tell what is open each time. Owned by ``Daemon``; asked
/// from any thread.
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
