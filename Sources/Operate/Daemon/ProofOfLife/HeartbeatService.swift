import ConfigReading
import Delivery
import Diagnostics
import Logging
import ServiceLifecycle
import SiteConfiguration
import Timekeeping

/// Calls a watcher elsewhere on the schedule, while the watch works: a box that is dead, cut off, or alive without
/// watching cannot tell of it itself, but its silence is noticed there.
///
/// The watch works where `/readyz` says so. A call that fails is not repeated before its next time; the first of a row
/// of failures is logged, and so is the end of the row.
struct HeartbeatService: Service {
    let settings: HeartbeatSettings
    let counters: ProofCounters
    /// Why the watch does not work; empty: it does.
    let problems: @Sendable () async -> [String]
    let now: @Sendable () -> Instant
    let log: Logger

    func run() async throws {
        do throws(UnplacedDiagnostic) {
            let call = try HeartbeatCall(settings.url)
            await cancelWhenGracefulShutdown { await beat(call) }
            if let problem = await call.close() {
                log.warning("the heartbeat's connection did not close", metadata: ["error": "\(problem)"])
            }
        } catch {
            // Settings that passed have an address that can be called.
            log.error("the heartbeat's address cannot be called: \(error.what.en)")
        }
        await untilShutdown(log)
    }

    /// Until the task is cancelled. Times are multiples of the interval since the start: a slow watcher shifts none.
    private func beat(_ call: HeartbeatCall) async {
        let clock = ContinuousClock()
        let every = Duration.milliseconds(settings.every.count)
        var next = clock.now
        while !Task.isCancelled {
            await send(call)
            repeat { next = next + every } while next <= clock.now
            do { try await clock.sleep(until: next) } catch { return }
        }
    }

    private func send(_ call: HeartbeatCall) async {
        let problems = await problems()
        guard problems.isEmpty else {
            counters.heartbeatWithheld()
            log.debug("no heartbeat while the watch does not work: \(problems.joined(separator: "; "))")
            return
        }
        let failure = await call.send()
        if Task.isCancelled { return }
        if let failure {
            guard counters.heartbeatFailed(failure) else { return }
            log.warning("the heartbeat does not reach the watcher, and is tried again: \(failure)")
        } else if counters.heartbeatSent(at: now()) {
            log.notice("the heartbeat reaches the watcher again")
        }
    }
}
