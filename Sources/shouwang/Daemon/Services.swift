import Channels
import Dispatch
import Logging
import MQTTIntake
import ServiceLifecycle
import Synchronization

/// Runs the publishing MQTT client until everything that may publish has stopped.
struct PublisherService: Service {
    let session: PublishSession
    let log: Logger

    func run() async throws {
        let thread = session.start(random: SystemRandomNumberGenerator())
        await untilShutdown(log)
        session.stop()
        await thread.ended()
    }
}

/// Sends notifications until the intake and the ledger's queue have ended.
struct SenderService: Service {
    let sender: OutboxSender
    let failover: Failover
    let log: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await sender.run() }
                group.addTask { await failover.run() }
            }
        }
        // Without channels it has nothing to do, which is no reason to end the watch.
        await untilShutdown(log)
    }
}

/// Suspends until the watch ends, or until another service has failed: both mean to end in order.
func untilShutdown(_ log: Logger) async {
    do { try await gracefulShutdown() } catch { log.debug("ending because another part ended") }
}

/// Tells a thread that blocks to end.
final class StopFlag: Sendable {
    private let isSet = Atomic(false)
    private let signal = DispatchSemaphore(value: 0)

    func set() {
        isSet.store(true, ordering: .releasing)
        signal.signal()
    }

    var isStopped: Bool { isSet.load(ordering: .acquiring) }

    /// Blocks until set, or for so long; true where it is set.
    func wait(seconds: Double) -> Bool {
        if isStopped { return true }
        _ = signal.wait(timeout: .now() + seconds)
        return isStopped
    }
}

/// What the intake shares with the rest of the daemon.
struct IntakeParts: Sendable {
    let state: DaemonState
    let out: PublishSession
    let queue: LedgerQueue
    let faults: BoxFaults
    let pulse: Pulse
    /// Ends the broker's connection, and makes a new one.
    let restart: @Sendable () -> Void
    /// Has the intake's thread look around soon.
    let wake: @Sendable () -> Void
    let log: Logger
}

/// Carries what the intake needs to the intake's thread, which alone uses it from then on.
final class IntakeSeed: Sendable {
    private let start: Mutex<DaemonStart?>
    private let parts: IntakeParts

    init(start: sending DaemonStart, parts: IntakeParts) {
        self.start = Mutex(start)
        self.parts = parts
    }

    /// To be called once, on the intake's thread.
    func grow() -> Intake {
        start.withLock { kept in
            guard let start = kept else { preconditionFailure("an intake is made once") }
            kept = nil
            return Intake(start: start, parts: parts)
        }
    }
}

/// The intake's thread, and behind it the ledger's and the snapshots'.
struct IntakeService: Service {
    let session: IntakeSession
    let committer: Committer
    let sender: OutboxSender
    let snapshots: SnapshotKeeper
    let seed: IntakeSeed
    let parts: IntakeParts

    func run() async throws {
        let intake = SessionThread(name: "shouwang.intake") { [session, seed] in
            let intake = seed.grow()
            session.run(handler: intake, random: SystemRandomNumberGenerator())
            intake.finish()
        }
        let ledger = SessionThread(name: "shouwang.ledger") { [committer, parts, sender, snapshots] in
            committer.run(parts.queue, wake: { sender.wake() }, keep: snapshots.keep)
        }
        await untilShutdown(parts.log)
        session.stop()
        await intake.ended()
        parts.queue.close()
        await ledger.ended()
        await snapshots.ended()
    }
}
