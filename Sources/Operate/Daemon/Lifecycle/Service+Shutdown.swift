import Logging
import ServiceLifecycle

extension Service {
    /// Suspends until the watch ends, or until another service has failed: both mean to end in order.
    func untilShutdown(_ log: Logger) async {
        do { try await gracefulShutdown() } catch { log.debug("ending because another part ended") }
    }
}
