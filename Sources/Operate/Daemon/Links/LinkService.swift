import Ledger
import Logging
import ServiceLifecycle
import Timekeeping

/// Notes each hour which links have run out, so that no step of the clock opens them again, and forgets old ones.
struct LinkService: Service {
    static let pace = Duration.seconds(3600)

    let ledger: Ledger
    let now: @Sendable () -> Instant
    let log: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await sweep()
                do { try await Task.sleep(for: LinkService.pace) } catch { return }
            }
        }
        await untilShutdown(log)
    }

    private func sweep() async {
        let now = now()
        do throws(LedgerError) {
            let ended = try await ledger.offloaded { ledger throws(LedgerError) in try ledger.endLinks(at: now) }
            if ended > 0 { log.info("links to workers' pages have run out", metadata: ["links": "\(ended)"]) }
        } catch {
            log.error("links that have run out could not be noted: \(error)")
        }
    }
}
