import Channels
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

    func run() async throws {
        await cancelWhenGracefulShutdown { await sender.run() }
    }
}

/// Suspends until SIGTERM or SIGINT, or until another service has failed: both mean to end in order.
func untilShutdown(_ log: Logger) async {
    do { try await gracefulShutdown() } catch { log.debug("ending because another part ended") }
}

/// Carries what the intake needs to the intake's thread, which alone uses it from then on.
final class IntakeSeed: Sendable {
    private let start: Mutex<DaemonStart?>
    private let state: DaemonState
    private let out: PublishSession
    private let queue: LedgerQueue
    private let log: Logger

    init(start: sending DaemonStart, state: DaemonState, out: PublishSession, queue: LedgerQueue, log: Logger) {
        self.start = Mutex(start)
        self.state = state
        self.out = out
        self.queue = queue
        self.log = log
    }

    /// To be called once, on the intake's thread.
    func grow() -> Intake {
        start.withLock { kept in
            guard let start = kept else { preconditionFailure("an intake is made once") }
            kept = nil
            return Intake(start: start, shared: state, out: out, queue: queue, log: log)
        }
    }
}

/// The intake's thread and the ledger's.
struct IntakeService: Service {
    let session: IntakeSession
    let queue: LedgerQueue
    let committer: Committer
    let sender: OutboxSender
    let seed: IntakeSeed
    let log: Logger

    func run() async throws {
        let intake = SessionThread(name: "shouwang.intake") { [session, seed] in
            session.run(handler: seed.grow(), random: SystemRandomNumberGenerator())
        }
        let ledger = SessionThread(name: "shouwang.ledger") { [committer, queue, sender] in
            committer.run(queue) { sender.wake() }
        }
        await untilShutdown(log)
        session.stop()
        await intake.ended()
        queue.close()
        await ledger.ended()
    }
}
