import Glibc
import Alerts
import Feeds
import Logging
import MQTTIntake
import Pipeline
import RecordLog
import Rules
import SiteConfiguration
import Timekeeping

/// The intake's thread: messages into the journal, what the journal then holds through the pipeline.
///
/// Data flow of a batch: append each message as a journal line → write → `fdatasync` → step the pipeline over the lines
/// that were written, decoded as a replay decodes them → hand changes to the ledger's queue, actions to the publisher.
/// What is stepped is read back from the very bytes of the journal, so live and replay cannot differ.
/// States: storing (normal), and blocked (the journal failed, or the ledger's queue is full): then nothing is read, and
/// the broker keeps what comes. A failed journal is opened anew each second.
final class Intake: IntakeHandler {
    private let settings: Settings
    private let log: Logger
    private let shared: DaemonState
    private let out: PublishSession
    private let queue: LedgerQueue
    private var journal: JournalWriter?
    private var pipeline: Pipeline
    private var decoder: Decoder
    private var clock: BoxClock
    private var effects = Effects()
    /// Actions of records up to here were done, or not, by an earlier process.
    private let actFrom: Int64
    /// By topic: releases that could not be published yet.
    private var releases: [String: Action] = [:]
    private var probe: String?
    private var probeIsOut = false
    private var reopenAt = Instant.distantPast
    /// By CLOCK_BOOTTIME: the last `fdatasync`, and whether everything written is behind it.
    private var syncedAt = Instant.distantPast
    private var isSynced = true
    private let probeTopic: String
    /// The last record that the ledger was told of.
    private var reported: Int64 = 0

    init(start: DaemonStart, shared: DaemonState, out: PublishSession, queue: LedgerQueue, log: Logger) {
        settings = start.settings
        journal = start.journal
        pipeline = start.pipeline
        decoder = Decoder(plan: start.plan)
        clock = start.clock
        actFrom = start.journal.nextNumber
        probeTopic = "shouwang/\(start.settings.site.id)/probe"
        self.shared = shared
        self.out = out
        self.queue = queue
        self.log = log
        own("start", "{\"version\":\"\(DaemonStart.version)\",\"config\":\"\(start.configHash)\"\(start.downSince)}")
    }

    // MARK: Messages

    func received(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool, mid: UInt16
    ) -> Bool {
        if unsafe topic.elementsEqual(probeTopic.utf8) {
            if let probe, unsafe payload.elementsEqual(probe.utf8) { settled() }
            return false
        }
        guard unsafe String(validating: topic, as: UTF8.self) != nil else {
            return refuse("bad-topic", "a topic that is not UTF-8")
        }
        if unsafe topic.starts(with: "$".utf8) {
            return refuse("own-topic", "a message on a topic of the daemon's own or the broker's")
        }
        guard payload.count <= settings.limits.payload else {
            return refuse(
                "payload-too-long", "a payload of \(payload.count) bytes; limits.payload is \(settings.limits.payload)")
        }
        let head = JournalLine.Head(stamp: clock.stamp(), qos: qos, retain: retain, mid: mid)
        guard prepare(at: head.stamp), let journal else { return true }
        unsafe journal.append(head, topic: topic, payload: payload)
        return false
    }

    /// Counted and told (at most once a minute and code); never a reason to stop.
    private func refuse(_ code: String, _ detail: String) -> Bool {
        if shared.refused(code, at: clock.now) { log.warning("refused: \(detail)", metadata: ["code": "\(code)"]) }
        return false
    }

    private func own(_ name: String, _ json: String) {
        let stamp = clock.stamp()
        guard prepare(at: stamp), let journal else { return }
        journal.appendOwn(stamp, name: name, json: json)
    }

    private func prepare(at stamp: Instant) -> Bool {
        guard let journal, !journal.hasUnwritten else { return journal != nil }
        do throws(JournalError) {
            try journal.prepare(at: stamp)
            return true
        } catch {
            fail(error)
            return false
        }
    }

    // MARK: Commit

    func commit() -> Bool {
        guard let journal else { return false }
        guard journal.hasUnwritten else { return true }
        do throws(JournalError) {
            try journal.write()
            try sync(journal)
        } catch {
            fail(error)
            return false
        }
        step(journal)
        return true
    }

    /// `batch`: before each acknowledgement. `250ms`: at most so long after it; a power cut may cost that much. `off`:
    /// when the operating system likes.
    private func sync(_ journal: JournalWriter) throws(JournalError) {
        switch settings.store.sync {
        case .batch: try journal.sync()
        case .interval(let length):
            let now = Instant(milliseconds: SystemClock.boot)
            guard now - syncedAt >= length else { return isSynced = false }
            try journal.sync()
            syncedAt = now
            isSynced = true
        case .off: break
        }
    }

    private func syncIfDue() {
        guard case .interval(let length) = settings.store.sync, !isSynced, let journal else { return }
        guard Instant(milliseconds: SystemClock.boot) - syncedAt >= length else { return }
        do throws(JournalError) { try sync(journal) } catch { fail(error) }
    }

    private func step(_ journal: JournalWriter) {
        let piece = Piece(text: journal.takeLines(), file: journal.folder)
        let batch = decoder.decode(piece)
        let first = journal.nextNumber - Int64(batch.recordCount)
        effects.removeAll()
        pipeline.count(refusals: batch.refusals)
        for refusal in batch.refusals { _ = refuse(refusal.code, "\(refusal.topic): \(refusal.detail)") }
        pipeline.step(batch, 0..<batch.recordCount, firstNumber: first, into: &effects)
        report(applied: journal.nextNumber - 1)
        for (record, action) in effects.actions where record >= actFrom { act(action) }
        shared.stepped(counters: pipeline.counters, clock: pipeline.clock)
    }

    /// Hands changes to the ledger. A batch without any only moves `applied`, which saves work at the next start; a
    /// transaction for each would wear the flash, so it is noted every 10,000 records.
    private func report(applied: Int64) {
        guard !effects.changes.isEmpty || applied - reported >= 10_000 else { return }
        queue.add(LedgerQueue.Item(changes: effects.changes, applied: applied))
        reported = applied
    }

    /// A hand on a machine, at most once: never again after a restart, never late.
    private func act(_ action: Action) {
        if let until = action.freshUntil, clock.now > until {
            shared.acted(isDone: false)
            return log.warning("not published, too old by now", metadata: ["topic": "\(action.topic)"])
        }
        let isDone = out.post(
            topic: action.topic, payload: Array(action.payload.utf8), qos: .atLeastOnce, retain: false)
        shared.acted(isDone: isDone)
        // A hold is tried once; what undoes one is tried until it is out.
        if action.freshUntil == nil { releases[action.topic] = isDone ? nil : action }
        if isDone {
            log.info("published", metadata: ["topic": "\(action.topic)", "payload": "\(action.payload)"])
        } else {
            log.error("not published: no connection to the broker", metadata: ["topic": "\(action.topic)"])
        }
    }

    /// A journal that failed is not written to again: what was appended was not acknowledged, and comes again.
    private func fail(_ error: JournalError) {
        log.error("the journal cannot store; the broker keeps what comes: \(error)")
        shared.storing(problem: "\(error)")
        journal?.abandon()
        journal = nil
        reopenAt = Instant(milliseconds: SystemClock.boot + 1000)
    }

    func canStore() -> Bool {
        if journal == nil, Instant(milliseconds: SystemClock.boot) >= reopenAt { reopen() }
        return journal != nil && !queue.isFull
    }

    private func reopen() {
        do throws(JournalError) {
            journal = try JournalWriter(folder: settings.store.path + "/journal", segmentSize: settings.store.segment)
            shared.storing(problem: nil)
            log.notice("the journal stores again")
        } catch {
            reopenAt = Instant(milliseconds: SystemClock.boot + 1000)
        }
    }

    // MARK: Session

    func connected(sessionPresent: Bool) {
        log.info("connected to the broker", metadata: ["session": sessionPresent ? "resumed" : "new"])
        own("session", "{\"state\":\"connected\",\"present\":\(sessionPresent)}")
        // Until the broker has granted every filter nothing is known of a session that was made anew.
        if !sessionPresent { SubscriptionMark(store: settings.store.path).clear() }
        probe = "\(SystemClock.wall)-\(SystemClock.boot)"
        probeIsOut = false
        shared.connected(true)
    }

    func subscribed() {
        let mark = SubscriptionMark(store: settings.store.path)
        if !mark.set(Daemon.filters(settings)) { log.warning("the subscriptions cannot be noted in the store") }
        sendProbe()
    }

    func disconnected(reason: String) {
        log.warning("no connection to the broker: \(reason)")
        guard shared.connected(false) else { return }
        probe = nil
        own("session", "{\"state\":\"lost\"}")
    }

    func subscriptionRefused(filter: String) {
        log.error("the broker refuses the subscription \(filter); nothing of it will arrive: check the broker's ACL")
    }

    /// The broker hands the probe over behind its backlog, so its return says that the backlog is in.
    private func sendProbe() {
        guard let probe, !probeIsOut else { return }
        probeIsOut = out.post(topic: probeTopic, payload: Array(probe.utf8), qos: .atLeastOnce, retain: false)
    }

    private func settled() {
        probe = nil
        log.info("settled: the broker has handed over what it kept")
        own("session", "{\"state\":\"settled\"}")
    }

    // MARK: Time

    func millisecondsUntilDeadline() -> Int {
        // While the journal cannot store no tick can be written either: it is looked at again in a moment.
        if journal == nil { return 250 }
        let wait = pipeline.nextDeadline().map { clock.wait(until: $0) } ?? 60_000
        if !releases.isEmpty { return min(wait, 100) }
        if case .interval(let length) = settings.store.sync, !isSynced { return min(wait, Int(length.count)) }
        return probe != nil && !probeIsOut ? min(wait, 100) : min(wait, 60_000)
    }

    func deadlinePassed() {
        sendProbe()
        syncIfDue()
        if out.isConnected { for action in releases.values.sorted(by: { $0.topic < $1.topic }) { act(action) } }
        guard let deadline = pipeline.nextDeadline(), clock.now >= deadline, journal?.hasUnwritten == false else {
            return
        }
        own("tick", "{}")
    }
}
