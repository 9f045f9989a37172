package import Channels
package import Ledger
package import Logging
package import Timekeeping

/// Sends what the ledger holds: one structured task a channel leases, sends and settles, so that a slow channel slows
/// only itself. At least once: what is not settled is sent again with the same key.
package final class OutboxSender: Sendable {
    /// An answer's body is read up to here.
    package static let answerBytesMax = 64 * 1024

    package struct Options: Sendable {
        package var connect: Duration = .seconds(5)
        /// From connecting to the answer's last byte. Shorter than the lease by far.
        package var total: Duration = .seconds(10)
        package var lease: Milliseconds = .seconds(60)
        /// A pause after the ledger refused.
        package var ledgerPause: Duration = .seconds(5)

        package init() {}
    }

    /// Publishes over the daemon's own MQTT client; answers when the broker has it.
    package typealias Publish =
        @Sendable (_ topic: String, _ payload: [UInt8], _ qos: Int, _ retain: Bool) async -> ChannelAnswer

    /// Told of a failed attempt, before its result is in the ledger: a delivery that matters may have to go another
    /// way.
    package typealias OnFailure = @Sendable (_ delivery: Delivery, _ next: Instant?) async -> Void

    private let workers: [ChannelWorker]
    private let options: Options
    private let log: Logger

    /// - Parameters:
    ///   - now: wall time, for leases, limits and deadlines.
    ///   - onLedgerError: called each time that the ledger refuses to lease or settle: damage may show here alone.
    ///   - onFailure: called for each failed attempt, with the time of the next, nil for none.
    ///   - jitter: evenly distributed in 0..<1.
    package init(
        ledger: Ledger, channels: [ReadyChannel], options: Options = Options(), log: Logger,
        now: @escaping @Sendable () -> Instant, publish: @escaping Publish,
        onLedgerError: @escaping @Sendable (LedgerError) -> Void = { _ in },
        onFailure: @escaping OnFailure = { _, _ in },
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        let environment = ChannelWorker.Environment(
            ledger: ledger, options: options, log: log, now: now, publish: publish, onLedgerError: onLedgerError,
            onFailure: onFailure, jitter: jitter)
        workers = channels.map { ChannelWorker($0, in: environment) }
        self.options = options
        self.log = log
    }

    /// Says that something was committed. Cheap, from any thread, never blocks.
    package func wake() {
        for worker in workers { worker.wake() }
    }

    /// Runs until the task is cancelled; then requests are broken off and unfinished leases given back.
    package func run() async {
        let parallel = workers.map(\.ready.pace.parallel).max() ?? 1
        let port = HTTPPort(connect: options.connect, total: options.total, connectionsPerHost: max(parallel, 1))
        await withDiscardingTaskGroup { group in
            for worker in workers { group.addTask { await worker.run(port) } }
        }
        do {
            try await port.close()
        } catch {
            log.warning("the HTTP client did not close", metadata: ["error": "\(type(of: error))"])
        }
    }

    /// Figures by channel name.
    package func counters() -> [String: ChannelCounters] {
        Dictionary(workers.map { ($0.ready.name, $0.counters) }, uniquingKeysWith: { first, _ in first })
    }
}
