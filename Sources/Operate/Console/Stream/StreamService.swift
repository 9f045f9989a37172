import Ledger
import Logging
import ServiceLifecycle

/// Keeps the streams going while the server runs.
struct StreamService: Service {
    let api: API

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await round()
                do { try await Task.sleep(for: StreamHub.interval) } catch { break }
            }
            api.streams.closeAll()
        }
    }

    private func round() async {
        do throws(Problem) {
            try await api.streams.round { end throws(Problem) in
                try await api.read { (ledger) throws(LedgerError) in
                    guard let end else {
                        let last = try ledger.lastEventNumber()
                        return ([], EventNumber(last.record, last.ordinal))
                    }
                    return (try ledger.events(behind: end.record, ordinal: end.ordinal, limit: 500), end)
                }
            }
        } catch {
            // The next round asks again; who listens keeps what they have.
            api.parts.log.debug("the streams cannot be served: \(error.detail)")
        }
    }
}
