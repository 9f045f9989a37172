import MQTTIntake
import Synchronization

/// Whether the watch goes on: beaten by whoever carries it, the intake's thread or, at a start, the one that steps over
/// the journal. Made and owned by ``Daemon`` for the life of the process; read by the thread that it starts.
final class Watchdog: Sendable {
    /// The intake's thread turns at least every 10 s; a silence of this length means that it is stuck.
    static let stuckAfter: Int64 = 60_000

    private let at = Atomic<Int64>(SystemClock.boot)

    func beat() { at.store(SystemClock.boot, ordering: .relaxed) }

    var isBeating: Bool { SystemClock.boot - at.load(ordering: .relaxed) < Watchdog.stuckAfter }

    /// Tells systemd twice in the time that it waits, on a thread of its own, until `stop`.
    func start(_ notifier: SystemdNotifier, until stop: StopFlag) -> SessionThread? {
        guard let seconds = notifier.watchdogSeconds, notifier.isListening else { return nil }
        return SessionThread(name: "shouwang.watchdog") { [self] in
            repeat { if isBeating { notifier.send(.alive) } } while !stop.wait(seconds: seconds / 2)
        }
    }
}
