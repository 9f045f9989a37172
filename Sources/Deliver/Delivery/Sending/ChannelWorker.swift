import Channels
import Ledger
import Logging
import Synchronization
import Timekeeping
import Vocabulary

/// One channel's loop: settle what is finished, lease what is due, keep the workers busy, wait.
///
/// The ledger is written while requests run: workers (child tasks) take from the queue by themselves, and their
/// results gather there until the next write, so the disk's pace sets the size of a batch and not the rate.
final class ChannelWorker: Sendable {
    struct Environment: Sendable {
        let ledger: Ledger
        let options: OutboxSender.Options
        let log: Logger
        let now: @Sendable () -> Instant
        let publish: OutboxSender.Publish
        let onLedgerError: @Sendable (LedgerError) -> Void
        let onFailure: OutboxSender.OnFailure
        let jitter: @Sendable () -> Double
    }

    let ready: ReadyChannel
    private let environment: Environment
    private let wakeSignal = WakeSignal()
    private let queue: Mutex<DeliveryQueue>
    private let counted = Mutex(ChannelCounters())
    /// Nothing waits longer than this without a look: a clock that was set back, or a wake that was forgotten.
    private static let lookEvery = Duration.seconds(60)

    init(_ ready: ReadyChannel, in environment: Environment) {
        self.ready = ready
        self.environment = environment
        queue = Mutex(DeliveryQueue(capacity: ready.pace.batch, workersMax: ready.pace.parallel))
    }

    var counters: ChannelCounters { counted.withLock { $0 } }

    func wake() { wakeSignal.signal() }

    func run(_ port: HTTPPort) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let wait = await turn()
                for _ in 0..<queue.withLock({ $0.startWorkers() }) { group.addTask { await self.work(port) } }
                if let wait { await wakeSignal.wait(atMost: wait) }
            }
        }
        await giveBack()
    }

    /// One round with the ledger. Returns how long there is nothing to do but for a signal; nil to go on at once.
    private func turn() async -> Duration? {
        let now = environment.now()
        let (results, room, hold) = queue.withLock { ($0.results, $0.room, $0.hold(at: now)) }
        do throws(LedgerError) {
            var want = room
            var quietUntil = hold
            if hold == nil, want > 0, let limit = ready.pace.limit {
                want = 1
                quietUntil = try await slotFree(limit, now: now)
            }
            if quietUntil != nil { want = 0 }
            guard want > 0 || !results.isEmpty else { return pause(until: quietUntil, now: now) }
            let lease = Ledger.Lease(channel: ready.name, lasting: environment.options.lease, limit: want)
            let leased = try await environment.ledger.offloaded { ledger throws(LedgerError) in
                try ledger.exchange(results, for: lease, now: now)
            }
            queue.withLock {
                $0.committed(results.count)
                $0.put(leased)
            }
            counted.withLock { $0.isLedgerFailing = false }
            guard leased.isEmpty, want > 0 else { return nil }
            let name = ready.name
            let next = try await environment.ledger.offloaded { ledger throws(LedgerError) in
                try ledger.nextAttempt(channel: name)
            }
            return pause(until: next, now: now)
        } catch {
            let isNew = counted.withLock { counters in
                counters.ledgerFaults += 1
                defer { counters.isLedgerFailing = true }
                return !counters.isLedgerFailing
            }
            if isNew {
                environment.log.warning(
                    "the outbox waits for the ledger", metadata: ["channel": "\(ready.name)", "error": "\(error)"])
            }
            environment.onLedgerError(error)
            return environment.options.ledgerPause
        }
    }

    private func slotFree(_ limit: SendPace.Limit, now: Instant) async throws(LedgerError) -> Instant? {
        let name = ready.name
        let free = try await environment.ledger.offloaded { ledger throws(LedgerError) in
            try ledger.slotFree(channel: name, limit: limit.count, window: limit.window, now: now)
        }
        return free.flatMap { $0 > now ? $0 : nil }
    }

    private func pause(until: Instant?, now: Instant) -> Duration {
        guard let until else { return Self.lookEvery }
        return min(max(.milliseconds((until - now).count), .zero), Self.lookEvery)
    }

    /// A worker: sends until nothing is ready.
    private func work(_ port: HTTPPort) async {
        while !Task.isCancelled, let delivery = queue.withLock({ $0.take() }) {
            let (settlement, hold) = await attempt(delivery, port)
            queue.withLock { $0.finish(settlement, hold: hold) }
            wakeSignal.signal()
        }
    }

    private func attempt(_ delivery: Delivery, _ port: HTTPPort) async -> (Settlement, hold: Instant?) {
        let before = environment.now()
        let longest = ready.http.total ?? environment.options.total
        let total = Milliseconds.seconds(longest.components.seconds + 1)
        // A request that outlives its lease would be sent twice at the same time. And nothing more is asked of a
        // platform that just asked for quiet.
        let isHeld = queue.withLock { $0.hold(at: before) } != nil
        if isHeld || delivery.leaseEnd - before <= total {
            return (Settlement(delivery, .released(wasTried: false)), nil)
        }
        let answer = await ready.channel.request(for: ChannelMessage(delivery)).answer(
            over: port, ready.http, environment.publish)
        if Task.isCancelled, case .unanswered = answer {
            return (Settlement(delivery, .released(wasTried: true)), nil)
        }
        let (settlement, hold) = judge(answer, delivery)
        switch settlement.result {
        case .retry(let next, _, _): await environment.onFailure(delivery, max(next, hold ?? next))
        case .dead: await environment.onFailure(delivery, nil)
        case .sent, .released: break
        }
        return (settlement, hold)
    }

    private func judge(_ answer: ChannelAnswer, _ delivery: Delivery) -> (Settlement, hold: Instant?) {
        let now = environment.now()
        switch ready.channel.outcome(of: answer, at: now) {
        case .sent(let text):
            let before = counted.withLock { counters in
                let failing = counters.failing
                counters.sent += 1
                counters.failing = 0
                counters.lastFailure = nil
                counters.lastSent = now
                return failing
            }
            if before > 0 {
                environment.log.notice("the channel works again", metadata: ["channel": "\(ready.name)"])
            }
            return (Settlement(delivery, .sent(answer: ready.channel.scrubbed(text))), nil)
        case .permanent(let reason):
            let failure = PermanentAnswer.passing(reason, answer, severity: delivery.entry.severity)
            guard let failure else { return (giveUp(delivery, ready.channel.scrubbed(reason)), nil) }
            return putOff(delivery, failure, now)
        case .transient(let failure):
            return putOff(delivery, failure, now)
        }
    }

    private func putOff(
        _ delivery: Delivery, _ failure: TransientFailure, _ now: Instant
    ) -> (Settlement, hold: Instant?) {
        let reason = ready.channel.scrubbed(failure.reason)
        let hold = failure.retryAfter.map { now + min($0, Ledger.delayMax) }
        let next = RetryBackoff.next(
            after: failure, attempt: delivery.attempt, severity: delivery.entry.severity,
            firstTried: delivery.firstTried, now: now, jitter: environment.jitter())
        guard let next else { return (giveUp(delivery, "given up: " + reason), hold) }
        let failing = counted.withLock { counters in
            counters.retried += 1
            counters.failing += 1
            counters.lastFailure = reason
            return counters.failing
        }
        if failing == 1 {
            environment.log.warning(
                "the channel fails; it is tried again",
                metadata: ["channel": "\(ready.name)", "reason": "\(reason)"])
        }
        let result = Settlement.Result.retry(at: next, answer: reason, mayHaveArrived: failure.mayHaveArrived)
        return (Settlement(delivery, result), hold)
    }

    private func giveUp(_ delivery: Delivery, _ reason: String) -> Settlement {
        counted.withLock { counters in
            counters.dead += 1
            counters.failing += 1
            counters.lastFailure = reason
        }
        environment.log.error(
            "a delivery was given up",
            metadata: [
                "channel": "\(ready.name)", "delivery": "\(delivery.id)", "alert": "\(delivery.entry.alert)",
                "severity": "\(delivery.entry.severity.rawValue)", "reason": "\(reason)",
            ])
        return Settlement(delivery, .dead(answer: reason))
    }

    /// After the last worker ended: results are committed, leases given back.
    private func giveBack() async {
        let settlements = queue.withLock { $0.close() }
        guard !settlements.isEmpty else { return }
        let now = environment.now()
        do {
            try await environment.ledger.offloaded { ledger throws(LedgerError) in
                try ledger.settle(settlements, now: now)
            }
        } catch {
            environment.log.error(
                "leases could not be given back; they end by themselves",
                metadata: ["channel": "\(ready.name)", "error": "\(error)"])
        }
    }
}
