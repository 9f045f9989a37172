import Channels
import Ledger
import Logging
import Synchronization
import Timekeeping

/// One channel's loop: settle what is finished, lease what is due, keep the clerks busy, wait.
///
/// The ledger is written while requests run: clerks (child tasks) take from the desk by themselves, and their results
/// gather there until the next write, so the disk's pace sets the size of a batch and not the rate.
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

    let setting: ChannelSetting
    private let around: Environment
    private let bell = WakeSignal()
    private let desk: Mutex<DeliveryQueue>
    private let counted = Mutex(ChannelCounters())
    /// Nothing waits longer than this without a look: a clock that was set back, or a wake that was forgotten.
    private static let lookEvery = Duration.seconds(60)

    init(_ setting: ChannelSetting, in around: Environment) {
        self.setting = setting
        self.around = around
        desk = Mutex(DeliveryQueue(capacity: setting.batch, clerksMax: setting.parallel))
    }

    var counters: ChannelCounters { counted.withLock { $0 } }

    func wake() { bell.ring() }

    func run(_ port: HTTPPort) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let wait = await turn()
                for _ in 0..<desk.withLock({ $0.hire() }) { group.addTask { await self.work(port) } }
                if let wait { await bell.wait(atMost: wait) }
            }
        }
        await giveBack()
    }

    /// One round with the ledger. Returns how long there is nothing to do but for a ring; nil to go on at once.
    private func turn() async -> Duration? {
        let now = around.now()
        let (results, room, hold) = desk.withLock { ($0.results, $0.room, $0.hold(at: now)) }
        do throws(LedgerError) {
            var want = room
            var quietUntil = hold
            if hold == nil, want > 0, let limit = setting.limit {
                want = 1
                quietUntil = try await slotFree(limit, now: now)
            }
            if quietUntil != nil { want = 0 }
            guard want > 0 || !results.isEmpty else { return pause(until: quietUntil, now: now) }
            let lease = Ledger.Lease(channel: setting.name, lasting: around.options.lease, limit: want)
            let leased = try await around.ledger.offloaded { ledger throws(LedgerError) in
                try ledger.exchange(results, for: lease, now: now)
            }
            desk.withLock {
                $0.committed(results.count)
                $0.put(leased)
            }
            counted.withLock { $0.isLedgerFailing = false }
            guard leased.isEmpty, want > 0 else { return nil }
            let name = setting.name
            let next = try await around.ledger.offloaded { ledger throws(LedgerError) in
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
                around.log.warning(
                    "the outbox waits for the ledger", metadata: ["channel": "\(setting.name)", "error": "\(error)"])
            }
            around.onLedgerError(error)
            return around.options.ledgerPause
        }
    }

    private func slotFree(_ limit: ChannelSetting.SendLimit, now: Instant) async throws(LedgerError) -> Instant? {
        let name = setting.name
        let free = try await around.ledger.offloaded { ledger throws(LedgerError) in
            try ledger.slotFree(channel: name, limit: limit.count, window: limit.window, now: now)
        }
        return free.flatMap { $0 > now ? $0 : nil }
    }

    private func pause(until: Instant?, now: Instant) -> Duration {
        guard let until else { return Self.lookEvery }
        return min(max(.milliseconds((until - now).count), .zero), Self.lookEvery)
    }

    /// A clerk: sends until nothing is ready.
    private func work(_ port: HTTPPort) async {
        while !Task.isCancelled, let delivery = desk.withLock({ $0.take() }) {
            let (settlement, hold) = await attempt(delivery, port)
            desk.withLock { $0.finish(settlement, hold: hold) }
            bell.ring()
        }
    }

    private func attempt(_ delivery: Delivery, _ port: HTTPPort) async -> (Settlement, hold: Instant?) {
        let before = around.now()
        let longest = setting.http.total ?? around.options.total
        let total = Milliseconds.seconds(longest.components.seconds + 1)
        // A request that outlives its lease would be sent twice at the same time. And nothing more is asked of a
        // platform that just asked for quiet.
        let isHeld = desk.withLock { $0.hold(at: before) } != nil
        if isHeld || delivery.leaseEnd - before <= total {
            return (Settlement(delivery, .released(wasTried: false)), nil)
        }
        let answer = await setting.channel.request(for: delivery).answer(over: port, setting.http, around.publish)
        if Task.isCancelled, case .unanswered = answer {
            return (Settlement(delivery, .released(wasTried: true)), nil)
        }
        let (settlement, hold) = judge(answer, delivery)
        switch settlement.result {
        case .retry(let next, _, _): await around.onFailure(delivery, max(next, hold ?? next))
        case .dead: await around.onFailure(delivery, nil)
        case .sent, .released: break
        }
        return (settlement, hold)
    }

    private func judge(_ answer: ChannelAnswer, _ delivery: Delivery) -> (Settlement, hold: Instant?) {
        let now = around.now()
        switch setting.channel.outcome(of: answer, at: now) {
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
                around.log.notice("the channel works again", metadata: ["channel": "\(setting.name)"])
            }
            return (Settlement(delivery, .sent(answer: setting.channel.scrubbed(text))), nil)
        case .permanent(let reason):
            let setback = PermanentAnswer.setback(reason, answer, severity: delivery.entry.severity)
            guard let setback else { return (bury(delivery, setting.channel.scrubbed(reason)), nil) }
            return putOff(delivery, setback, now)
        case .transient(let setback):
            return putOff(delivery, setback, now)
        }
    }

    private func putOff(
        _ delivery: Delivery, _ setback: TransientFailure, _ now: Instant
    ) -> (Settlement, hold: Instant?) {
        let reason = setting.channel.scrubbed(setback.reason)
        let hold = setback.retryAfter.map { now + min($0, Ledger.delayMax) }
        let next = RetryBackoff.next(
            after: setback, attempt: delivery.attempt, severity: delivery.entry.severity,
            firstTried: delivery.firstTried, now: now, jitter: around.jitter())
        guard let next else { return (bury(delivery, "given up: " + reason), hold) }
        let failing = counted.withLock { counters in
            counters.retried += 1
            counters.failing += 1
            counters.lastFailure = reason
            return counters.failing
        }
        if failing == 1 {
            around.log.warning(
                "the channel fails; it is tried again",
                metadata: ["channel": "\(setting.name)", "reason": "\(reason)"])
        }
        let result = Settlement.Result.retry(at: next, answer: reason, mayHaveArrived: setback.mayHaveArrived)
        return (Settlement(delivery, result), hold)
    }

    private func bury(_ delivery: Delivery, _ reason: String) -> Settlement {
        counted.withLock { counters in
            counters.dead += 1
            counters.failing += 1
            counters.lastFailure = reason
        }
        around.log.error(
            "a delivery was given up",
            metadata: [
                "channel": "\(setting.name)", "delivery": "\(delivery.id)", "alert": "\(delivery.entry.alert)",
                "severity": "\(delivery.entry.severity)", "reason": "\(reason)",
            ])
        return Settlement(delivery, .dead(answer: reason))
    }

    /// After the last clerk went home: results are committed, leases given back.
    private func giveBack() async {
        let settlements = desk.withLock { $0.close() }
        guard !settlements.isEmpty else { return }
        let now = around.now()
        do {
            try await around.ledger.offloaded { ledger throws(LedgerError) in
                try ledger.settle(settlements, now: now)
            }
        } catch {
            around.log.error(
                "leases could not be given back; they end by themselves",
                metadata: ["channel": "\(setting.name)", "error": "\(error)"])
        }
    }
}
