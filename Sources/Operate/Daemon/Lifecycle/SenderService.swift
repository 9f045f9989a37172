import Delivery
import Logging
import MQTTIntake
import ServiceLifecycle

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
