import Logging
import MQTTIntake
import ServiceLifecycle

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
