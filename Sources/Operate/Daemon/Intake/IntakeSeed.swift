import Channels
import MQTTIntake
import Synchronization

/// Carries what the intake needs to the intake's thread, which alone uses it from then on.
final class IntakeSeed: Sendable {
    private let start: Mutex<DaemonStart?>
    private let parts: IntakeParts

    init(start: sending DaemonStart, parts: IntakeParts) {
        self.start = Mutex(start)
        self.parts = parts
    }

    /// To be called once, on the intake's thread.
    func make() -> Intake {
        start.withLock { kept in
            guard let start = kept else { preconditionFailure("an intake is made once") }
            kept = nil
            return Intake(start: start, parts: parts)
        }
    }
}
