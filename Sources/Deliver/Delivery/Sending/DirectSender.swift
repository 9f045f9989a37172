package import Channels
package import Ledger
package import Logging
package import Timekeeping

/// Tells something past the ledger: for what the outbox cannot carry since it is the outbox that fails, like a full
/// disk. Best effort: a few attempts, nothing is kept, nothing survives a restart. Needs no ledger, so it also works
/// where none could be opened; runs beside an ``OutboxSender`` without waiting for it or making it wait.
///
/// The limits a minute are counted in the ledger and are not looked at here; an entry is three requests at most.
package struct DirectSender: Sendable {
    package static let attemptsMax = 3
    /// A platform that asks for a longer pause is not asked again. Longer than "the next minute" of a group robot.
    package static let pauseMax = Milliseconds.seconds(90)

    package struct Options: Sendable {
        package var connect: Duration = .seconds(5)
        /// A request, from connecting to the answer's last byte.
        package var total: Duration = .seconds(10)

        package init() {}
    }

    private let channels: [String: ReadyChannel]
    private let options: Options
    private let log: Logger
    private let now: @Sendable () -> Instant
    private let publish: OutboxSender.Publish
    private let jitter: @Sendable () -> Double

    /// - Parameters: as for ``OutboxSender``.
    package init(
        channels: [ReadyChannel], options: Options = Options(), log: Logger,
        now: @escaping @Sendable () -> Instant, publish: @escaping OutboxSender.Publish,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.channels = Dictionary(channels.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.options = options
        self.log = log
        self.now = now
        self.publish = publish
        self.jitter = jitter
    }

    /// Sends each entry now, all of them at once, in its channel's own form and with the entry's key: committed to the
    /// ledger later, the same entry is known to the receiver as the same.
    ///
    /// Ends after the last attempt, in the worst case some minutes, or with the task's cancellation.
    ///
    /// - Returns: what came of each entry, in their order; `transient` where all attempts failed.
    package func tell(_ entries: [OutboxEntry]) async -> [Outcome] {
        let port = HTTPPort(connect: options.connect, total: options.total, connectionsPerHost: 8)
        let outcomes = await withTaskGroup(of: (Int, Outcome).self) { group in
            for (index, entry) in entries.enumerated() {
                group.addTask { (index, await send(entry, port)) }
            }
            return await group.reduce(into: [Int: Outcome]()) { $0[$1.0] = $1.1 }
        }
        do {
            try await port.close()
        } catch {
            log.warning("the HTTP client did not close", metadata: ["error": "\(type(of: error))"])
        }
        return entries.indices.map { outcomes[$0] ?? .transient(TransientFailure("stopped")) }
    }

    private func send(_ entry: OutboxEntry, _ port: HTTPPort) async -> Outcome {
        guard let ready = channels[entry.channel] else { return .permanent(reason: "no such channel") }
        let channel = ready.channel
        let start = now()
        var delivery = Delivery(
            id: 0, key: entry.key, entry: entry, attempt: 1, isRepeat: false, firstTried: start, leaseEnd: start)
        while true {
            let answer = await channel.request(for: ChannelMessage(delivery)).answer(over: port, ready.http, publish)
            let outcome = channel.scrubbed(channel.outcome(of: answer, at: now()))
            let passing: TransientFailure? =
                switch outcome {
                case .sent: nil
                case .transient(let failure): failure
                case .permanent(let reason): PermanentAnswer.passing(reason, answer, severity: entry.severity)
                }
            guard let failure = passing, delivery.attempt < Self.attemptsMax else { return told(outcome, entry) }
            let pause = max(
                RetryBackoff.delay(afterAttempt: delivery.attempt, jitter: jitter()), failure.retryAfter ?? .zero)
            guard pause <= Self.pauseMax else { return told(outcome, entry) }
            do {
                try await Task.sleep(for: .milliseconds(pause.count))
            } catch {
                return told(outcome, entry)
            }
            delivery.attempt += 1
            if failure.mayHaveArrived { delivery.isRepeat = true }
        }
    }

    private func told(_ outcome: Outcome, _ entry: OutboxEntry) -> Outcome {
        var metadata: Logger.Metadata = ["channel": "\(entry.channel)", "alert": "\(entry.alert)"]
        switch outcome {
        case .sent:
            log.notice("told past the ledger", metadata: metadata)
            return outcome
        case .transient(let failure): metadata["reason"] = "\(failure.reason)"
        case .permanent(let reason): metadata["reason"] = "\(reason)"
        }
        log.error("could not be told past the ledger", metadata: metadata)
        return outcome
    }
}

extension Channel {
    /// An outcome whose words are fit for the log.
    func scrubbed(_ outcome: Outcome) -> Outcome {
        switch outcome {
        case .sent(let answer): return .sent(answer: scrubbed(answer))
        case .permanent(let reason): return .permanent(reason: scrubbed(reason))
        case .transient(var failure):
            failure.reason = scrubbed(failure.reason)
            return .transient(failure)
        }
    }
}
