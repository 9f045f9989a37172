import MQTTIntake
import Timekeeping

/// The time of this machine.
enum WallClock {
    static var now: Instant { Instant(milliseconds: SystemClock.wall) }
}
