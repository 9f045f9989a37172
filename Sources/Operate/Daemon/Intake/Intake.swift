import Alerts
import Diagnostics
import Feeds
import Glibc
import Logging
import MQTTIntake
import Pipeline
import RecordLog
import Rules
import SiteConfiguration
import SiteLoading
import Timekeeping
import Vocabulary

/// The intake's thread: messages into the journal, what the journal then holds through the pipeline.
///
/// Data flow of a batch: append each message as a journal line → write → `fdatasync` → the broker is acknowledged →
/// step the pipeline over the lines that were written, decoded as a replay decodes them → hand changes to the ledger's
/// queue, actions to the publisher. What is stepped is read back from the very bytes of the journal, so live and replay
/// cannot differ.
/// States: *storing* (normal), and *blocked* (the journal failed, or the ledger's queue is full): then nothing is read,
/// and the broker keeps what comes. A failed journal is opened anew each second, in a new segment.
final class Intake: IntakeHandler {
    let settings: Settings
    let log: Logger
    let shared: DaemonState
    let parts: IntakeParts
    private(set) var journal: JournalWriter?
    private var pipeline: Pipeline
    private var decoder: Decoder
    var clock: BoxClock
    private var effects = Effects()
    /// Actions of records up to here were done, or not, by an earlier process.
    private let actFrom: Int64
    private var releases: PendingReleases
    var probe = ProbeWatch()
    var feeds: FeedWatch
    /// A live record of a feed has come since the last commit.
    private var hasHeard = false
    private var reopenAt: Int64 = 0
    /// Records of the daemon's own that came while the journal could not take them; at most ``pendingMax``.
    private var pending: [SystemRecord] = []
    /// Those that are appended and not yet known to be stored.
    private var unstored: [SystemRecord] = []
    /// The number that the next record gets, as far as a writer that failed had come.
    private var nextNumber: Int64 = 1
    /// What a watch begins with, and some more.
    private let pendingMax: Int
    /// By CLOCK_BOOTTIME: the last `fdatasync`, and whether everything written is behind it.
    private var syncedAt: Int64 = 0
    private var isSynced = true
    private let probeTopic: [UInt8]
    /// The last record that the ledger was told of.
    private var reported: Int64 = 0
    private var snapshots: SnapshotPace
    private let configHash: String

    init(start: DaemonStart, parts: IntakeParts) {
        settings = start.site.settings
        journal = start.journal
        pipeline = start.pipeline
        decoder = Decoder(plan: start.plan)
        clock = start.clock
        actFrom = start.journal.nextNumber
        configHash = start.configHash
        feeds = FeedWatch(settings: start.site.settings, at: SystemClock.boot)
        probeTopic = Array("shouwang/\(start.site.settings.site.id)/probe".utf8)
        shared = parts.state
        self.parts = parts
        log = parts.log
        releases = start.releases
        pendingMax = start.opening.count + 64
        snapshots = SnapshotPace(
            every: settings.store.snapshot.count, record: start.snapshotRecord, at: SystemClock.boot)
        for one in start.opening { record(one) }
        stepClock()
    }

    // MARK: Messages

    func received(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool, mid: UInt16
    ) -> Bool {
        if unsafe topic.elementsEqual(probeTopic) {
            unsafe probeReturned(String(decoding: payload, as: UTF8.self))
            return false
        }
        if !retain {
            hasHeard = true
            if feeds.isWaiting { unsafe feeds.heard(topic) }
        }
        // Most topics are ASCII, which needs no decoder to be valid.
        guard unsafe topic.allSatisfy({ $0 < 0x80 }) || String(validating: topic, as: UTF8.self) != nil else {
            return refuse("bad-topic", "a topic that is not UTF-8")
        }
        if unsafe topic.first == UInt8(ascii: "$") {
            let name = unsafe String(decoding: topic.prefix(200), as: UTF8.self)
            return refuse("own-topic", "\(name): a topic of the daemon's own or the broker's")
        }
        let head = JournalLine.Head(stamp: clock.stamp(), qos: qos, retain: retain, mid: mid)
        guard payload.count <= settings.limits.payload else {
            return unsafe receivedLong(head, topic: topic, payload: payload)
        }
        guard prepare(at: head.stamp), let journal else { return true }
        unsafe journal.append(head, topic: topic, payload: payload)
        return unsafe Urgency.isLifeSafety(payload)
    }

    /// What is longer than `limits.payload`: refused, unless it calls for help; then it counts, up to the broker's own
    /// limit. Decoded as the journal's line will be; where no log is read with such a line, without its long texts.
    @inline(never)
    private func receivedLong(
        _ head: JournalLine.Head, topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let name = unsafe String(decoding: topic.prefix(200), as: UTF8.self)
        let words = "a payload of \(payload.count) bytes; limits.payload is \(settings.limits.payload)"
        var refusal = Refusal(line: 0, code: "payload-too-long", detail: words, topic: name)
        guard unsafe decoder.plan.mayCall(payload) else { return tell(refusal) }
        let isWhole = payload.count <= LongPayload.lineMax
        let rest = isWhole ? [] : unsafe LongPayload.shortened(payload)
        let isTaken = unsafe rest.withUnsafeBufferPointer { rest in
            let kept = unsafe isWhole ? payload : rest
            guard kept.count <= LongPayload.lineMax, unsafe isCall(head, topic, kept, &refusal) else { return false }
            guard prepare(at: head.stamp), let journal else { return true }
            unsafe journal.append(head, topic: topic, payload: kept)
            return true
        }
        if isTaken, !isWhole { log.warning("taken without its long texts: \(name): \(words)") }
        return isTaken ? true : tell(refusal)
    }

    /// - Parameter refusal: where it may be a call that cannot be read, it says so.
    private func isCall(
        _ head: JournalLine.Head, _ topic: UnsafeBufferPointer<UInt8>, _ payload: UnsafeBufferPointer<UInt8>,
        _ refusal: inout Refusal
    ) -> Bool {
        var text: [UInt8] = []
        unsafe JournalLine().append(head, topic: topic, payload: payload, to: &text)
        let batch = decoder.decode(Chunk(text: text, file: "a long message"))
        if batch.observations.contains(where: \.kind.isLifeSafety) { return true }
        if let told = batch.refusals.first, told.code == Decoder.unreadableCall { refusal = told }
        return false
    }

    private func tell(_ refusal: Refusal) -> Bool { refuse(refusal.code, "\(refusal.topic): \(refusal.detail)") }

    /// Counted and told (as ``DaemonState/refused(_:at:)`` says how often); never a reason to stop.
    private func refuse(_ code: String, _ detail: String) -> Bool {
        if shared.refused(code, at: clock.now) { log.warning("refused: \(detail)", metadata: ["code": "\(code)"]) }
        return false
    }

    /// Appends a system record; while the journal cannot take it, it waits.
    func record(_ record: SystemRecord) {
        let stamp = clock.stamp()
        guard prepare(at: stamp), let journal else {
            if pending.count < pendingMax { pending.append(record) }
            return
        }
        journal.append(record, at: stamp)
        unstored.append(record)
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
            return true
        } catch {
            fail(error)
            return false
        }
    }

    /// The broker has been told; now the rules have their time.
    func acknowledged() {
        parts.pulse.beat()
        if hasHeard {
            hasHeard = false
            probe.heard(SystemClock.boot)
        }
        guard let journal else { return }
        let first = journal.position.number
        let text = journal.takeLines()
        unstored.removeAll(keepingCapacity: true)
        guard !text.isEmpty else { return }
        step(text, first: first, in: journal)
        stepClock()
        if snapshots.isDue(record: journal.nextNumber - 1, at: SystemClock.boot) { snapshot() }
    }

    /// `batch`: before each acknowledgement. `250ms`: at most so long after it; a power cut may cost that much. `off`:
    /// when the operating system likes.
    private func sync(_ journal: JournalWriter) throws(JournalError) {
        switch settings.store.sync {
        case .batch: try journal.sync()
        case .interval(let length):
            guard SystemClock.boot - syncedAt >= length.count else { return isSynced = false }
            try journal.sync()
            syncedAt = SystemClock.boot
            isSynced = true
        case .off: break
        }
    }

    private func syncIfDue() {
        guard case .interval(let length) = settings.store.sync, !isSynced, let journal else { return }
        guard SystemClock.boot - syncedAt >= length.count else { return }
        do throws(JournalError) { try sync(journal) } catch { fail(error) }
    }

    private func step(_ text: [UInt8], first: Int64, in journal: JournalWriter) {
        let batch = decoder.decode(Chunk(text: text, file: journal.folder, firstNumber: first))
        effects.removeAll()
        pipeline.count(batch)
        for refusal in batch.refusals { _ = tell(refusal) }
        pipeline.step(batch, 0..<batch.recordCount, firstNumber: first, into: &effects)
        report(applied: journal.nextNumber - 1)
        for (record, action) in effects.actions where record >= actFrom { act(action) }
        shared.stepped(pipeline)
    }

    /// Hands changes to the ledger. A batch without any only moves `applied`, which saves work at the next start; a
    /// transaction for each would wear the flash, so it is noted every 10,000 records.
    private func report(applied: Int64) {
        guard !effects.changes.isEmpty || applied - reported >= 10_000 else { return }
        parts.queue.add(LedgerQueue.Item(changes: effects.changes, applied: applied))
        reported = applied
    }

    /// A hand on a machine, at most once: never again after a restart, never late. What undoes it is published until
    /// the broker has it.
    private func act(_ action: Actuation) {
        releases.note(action)
        guard let until = action.freshUntil else { return release() }
        guard clock.now <= until else {
            shared.acted(isDone: false)
            return log.warning("not published, too old by now", metadata: ["topic": "\(action.topic)"])
        }
        let isDone = parts.out.post(
            topic: action.topic, payload: Array(action.payload.utf8), qos: .atLeastOnce, retain: false)
        shared.acted(isDone: isDone)
        if isDone {
            log.info("published", metadata: ["topic": "\(action.topic)", "payload": "\(action.payload)"])
        } else {
            log.error("not published: no connection to the broker", metadata: ["topic": "\(action.topic)"])
        }
    }

    private func release() {
        guard parts.out.isConnected else { return }
        for (topic, payload, answers) in releases.due(at: SystemClock.boot) {
            let wake = parts.wake
            let isOut = parts.out.post(topic: topic, payload: Array(payload.utf8), qos: .atLeastOnce, retain: false) {
                answers.add(topic, payload, $0)
                wake()
            }
            shared.acted(isDone: isOut)
            if isOut {
                log.info("published", metadata: ["topic": "\(topic)", "payload": "\(payload)"])
            } else {
                releases.failed(topic)
            }
        }
    }

    // MARK: Snapshots

    /// Hands the state to the snapshot's thread, by way of the ledger's queue: it is kept once the ledger has what made
    /// it. Costs this thread one sync where the setting does without, and a copy of what is changed next.
    private func snapshot() {
        guard let journal, !journal.hasUnwritten else { return }
        if settings.store.sync != .batch {
            do throws(JournalError) { try journal.sync() } catch { return fail(error) }
        }
        let record = journal.nextNumber - 1
        let draft = SnapshotDraft(
            pipeline: pipeline, record: record, position: journal.position, config: configHash,
            releases: releases.text)
        parts.queue.add(LedgerQueue.Item(changes: [], applied: record, snapshot: draft))
        reported = record
        snapshots.taken(record: record, at: SystemClock.boot)
    }

    /// The last thing that this thread does: everything is stored and acknowledged.
    func finish() {
        feeds.keep()
        guard let journal else { return }
        if commit() { acknowledged() }
        snapshot()
        do throws(JournalError) { try journal.close() } catch { log.error("the journal did not close: \(error)") }
    }

    // MARK: Trouble

    /// A journal that failed is not written to again: what was appended was not acknowledged, and comes again.
    private func fail(_ error: JournalError) {
        log.error("the journal cannot store; the broker keeps what comes: \(error)")
        shared.storing(problem: "\(error)")
        parts.faults.raise(.journal, .critical, error.phrase)
        // What the daemon itself had to say of the batch nobody sends again: a clock's step above all.
        pending = Array((unstored + pending).prefix(pendingMax))
        unstored = []
        nextNumber = max(nextNumber, journal?.position.number ?? 1)
        journal?.abandon()
        journal = nil
        reopenAt = SystemClock.boot + 1000
    }

    func drained(since: Int64) { probe.drained(since: since) }

    func canStore() -> Bool {
        parts.pulse.beat()
        if journal == nil, SystemClock.boot >= reopenAt { reopen() }
        return journal != nil && !parts.queue.isFull
    }

    /// Goes on in a new segment: a failed `fdatasync` must never be repeated on the same file.
    private func reopen() {
        do throws(JournalError) {
            let journal = try JournalWriter(
                folder: settings.store.path + "/journal", segmentSize: settings.store.segment, startsNewSegment: true,
                atLeast: nextNumber)
            self.journal = journal
            // The first write shows whether there is room again.
            let waiting = pending
            pending = []
            for one in waiting { record(one) }
            if waiting.isEmpty { record(.tick) }
            guard commit() else { return }
            acknowledged()
            shared.storing(problem: nil)
            parts.faults.clear(.journal)
            log.notice("the journal stores again")
        } catch {
            shared.storing(problem: "\(error)")
            reopenAt = SystemClock.boot + 1000
        }
    }

    // MARK: Time

    /// Looks whether somebody has set the clock, and writes it down: nothing fires or waits for that alone.
    private func stepClock() {
        guard let step = clock.step() else { return }
        log.warning(
            "the clock was set", metadata: ["from": "\(step.from)", "to": "\(step.to)", "why": "\(step.why.rawValue)"])
        record(step.record)
    }

    func millisecondsUntilDeadline() -> Int {
        // While the journal cannot store no tick can be written either: it is looked at again in a moment.
        if journal == nil { return 250 }
        // The thread turns at least that often, for the clock's steps and for whoever watches the watch.
        var wait = min(pipeline.nextDeadline().map { clock.wait(until: $0) } ?? 10_000, 10_000)
        if !releases.isEmpty { wait = min(wait, 100) }
        if case .interval(let length) = settings.store.sync, !isSynced { wait = min(wait, Int(length.count)) }
        return Int(max(0, min(Int64(wait), min(probe.due, feeds.due) - SystemClock.boot)))
    }

    func deadlinePassed() {
        parts.pulse.beat()
        watchProbe()
        watchFeeds()
        syncIfDue()
        release()
        if journal?.hasUnwritten == false { stepClock() }
        guard let deadline = pipeline.nextDeadline(), clock.now >= deadline, journal?.hasUnwritten == false else {
            return
        }
        record(.tick)
    }
}
