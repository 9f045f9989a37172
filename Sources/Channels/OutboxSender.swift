package import Ledger
package import Logging
import Synchronization
package import Timekeeping

/// A channel under its name in the config, and how hard it may be driven.
package struct ChannelSetting: Sendable {
    package var name: String
    package var channel: BuiltChannel
    /// Requests at once; of one (recipient, alert) never more than one.
    package var parallel: Int
    /// Deliveries in hand at once.
    package var batch: Int
    /// Our own limit, ahead of the platform's: attempts in a window, counted from the ledger.
    package var limit: SendLimit?
    /// Of those that go over HTTP.
    package var http = HTTPTerms()

    package struct SendLimit: Equatable, Sendable {
        package var count: Int
        package var window: Milliseconds

        package init(count: Int, window: Milliseconds) {
            self.count = count
            self.window = window
        }
    }

    /// With the defaults of its kind: a webhook 8 at once, a group robot one after the other and 18 a minute (the
    /// platform's limit is 20), MQTT 8 at once.
    package init(name: String, channel: BuiltChannel) {
        self.name = name
        self.channel = channel
        switch channel {
        case .webhook, .mqtt:
            parallel = 8
            batch = 256
        case .wecom:
            parallel = 1
            batch = 1
            limit = SendLimit(count: 18, window: .minutes(1))
        }
    }
}

/// What is agreed with one channel of those that go over HTTP.
package struct HTTPTerms: Sendable {
    /// The authorities that it trusts; nil for the system's.
    package var authority: ChannelAuthority?
    /// From connecting to the answer's last byte; nil for the sender's own.
    package var total: Duration?

    package init(authority: ChannelAuthority? = nil, total: Duration? = nil) {
        self.authority = authority
        self.total = total
    }
}

/// What a sender counted since it was made.
package struct ChannelCounters: Equatable, Sendable {
    package var sent = 0
    /// Attempts that were not taken.
    package var failed: Int { retried + dead }
    /// Those of them after which it is tried again.
    package var retried = 0
    /// Deliveries that were given up.
    package var dead = 0
    /// Times that the ledger refused to lease or settle.
    package var ledgerFaults = 0
    /// The ledger refused the last time; told once in the log.
    package var isLedgerFailing = false
    package var lastSent: Instant?
    /// Failures since the last success.
    package var failing = 0
    /// Why the last attempt failed; nil after a success.
    package var lastFailure: String?

    package init() {}
}

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
        ledger: Ledger, channels: [ChannelSetting], options: Options = Options(), log: Logger,
        now: @escaping @Sendable () -> Instant, publish: @escaping Publish,
        onLedgerError: @escaping @Sendable (LedgerError) -> Void = { _ in },
        onFailure: @escaping OnFailure = { _, _ in },
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        let surroundings = ChannelWorker.Surroundings(
            ledger: ledger, options: options, log: log, now: now, publish: publish, onLedgerError: onLedgerError,
            onFailure: onFailure, jitter: jitter)
        workers = channels.map { ChannelWorker($0, in: surroundings) }
        self.options = options
        self.log = log
    }

    /// Says that something was committed. Cheap, from any thread, never blocks.
    package func wake() {
        for worker in workers { worker.wake() }
    }

    /// Runs until the task is cancelled; then requests are broken off and unfinished leases given back.
    package func run() async {
        let parallel = workers.map(\.setting.parallel).max() ?? 1
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
        Dictionary(workers.map { ($0.setting.name, $0.counters) }, uniquingKeysWith: { first, _ in first })
    }
}
