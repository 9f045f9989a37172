import Logging
import MQTTIntake

/// What the intake shares with the rest of the daemon.
struct IntakeParts: Sendable {
    let state: DaemonState
    let out: PublishSession
    let queue: LedgerQueue
    let entries: EntryDesk
    /// Has deadlines of its own, which ticks serve as they do the rules'.
    let dispatching: Dispatching
    let questions: PipelineQuestions
    let faults: BoxFaults
    let watchdog: Watchdog
    /// Ends the broker's connection, and makes a new one.
    let restart: @Sendable () -> Void
    /// Has the intake's thread look around soon.
    let wake: @Sendable () -> Void
    let log: Logger
}
