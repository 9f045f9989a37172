import Channels
import Delivery
import MQTTIntake
import ServiceLifecycle

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
            let intake = seed.make()
            session.run(handler: intake, random: SystemRandomNumberGenerator())
            intake.finish()
        }
        let ledger = SessionThread(name: "shouwang.ledger") { [committer, parts, sender, snapshots] in
            committer.run(
                parts.queue,
                wake: {
                    sender.wake()
                    // Dispatch may wait for something sooner than before.
                    parts.wake()
                }, keep: snapshots.keep)
        }
        await untilShutdown(parts.log)
        session.stop()
        await intake.ended()
        parts.questions.close()
        parts.queue.close()
        await ledger.ended()
        parts.entries.close()
        await snapshots.ended()
    }
}
