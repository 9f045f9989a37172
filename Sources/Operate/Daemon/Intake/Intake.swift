import AlertDispatch
import Cases
import Alerts
import Diagnostics
import Feeds
import Logging
import MQTTIntake
import Pipeline
import RecordLog
import Rules
import SiteConfiguration
import SiteLoading
import Timekeeping
import Vocabulary

/// The intake's thread: it tells ``IntakeMachine`` what has happened, and does what that returns.
///
/// Data flow of a batch: append each message as a journal line → write → `fdatasync` → the broker is acknowledged →
/// step the pipeline over the lines that were written, decoded as a replay decodes them → hand changes to the ledger's
/// queue, actuations to the publisher. What is stepped is read back from the very bytes of the journal, so live and
/// replay cannot differ. In which order, and what follows a failure, the machine says.
///
/// Used by one thread from its making on (``IntakeSeed``).
final class Intake: IntakeHandler {
    private let settings: Settings
    private let parts: IntakeParts
    private let words: IntakeWords
    private var machine: IntakeMachine
    /// Nil while it cannot store.
    private var journal: JournalWriter?
    private var pipeline: Pipeline
    private var decoder: Decoder
    private var effects = Effects()
    private let configHash: String
    /// Suspended alerts whose resumption was asked for and is not stepped over yet.
    private var resumed: Set<String> = []
    /// What people put in, by ticket, while it is appended.
    private var entries: [UInt64: Entry] = [:]
    /// A commit has come to ``IntakeAction/acknowledge``.
    private var isAcknowledged = false

    private var log: Logger { parts.log }

    init(start: DaemonStart, parts: IntakeParts) {
        settings = start.site.settings
        self.parts = parts
        words = IntakeWords(settings)
        journal = start.journal
        pipeline = start.pipeline
        decoder = Decoder(plan: start.plan)
        configHash = start.configHash
        let now = BoxClock.Reading.now
        let terms = IntakeMachine.Terms(
            probeTopic: "shouwang/\(settings.site.id)/probe", payloadMax: settings.limits.payload,
            sync: settings.store.sync, actsFrom: start.journal.nextNumber, pendingMax: start.opening.count + 64)
        machine = IntakeMachine(
            terms, clock: start.clock, releases: start.releases,
            feeds: FeedWatch(
                settings: settings, silences: FeedSilences(store: settings.store.path).read(), at: now.boot),
            snapshots: SnapshotPace(
                every: settings.store.snapshot.count, record: start.snapshotRecord, at: now.boot),
            last: start.journal.nextNumber - 1)
        obey(machine.begin(start.opening, at: now))
    }

    // MARK: What the session tells

    func received(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool, mid: UInt16
    ) -> Bool {
        let admission = unsafe machine.admit(
            topic: topic, payload: payload, qos: qos, retain: retain, mid: mid, boot: SystemClock.boot)
        switch admission {
        case .probe:
            obey(unsafe machine.probeReturned(String(decoding: payload, as: UTF8.self), boot: SystemClock.boot))
            return false
        case .refused(let code, let detail):
            refuse(code, detail)
            return false
        case .tooLong(let head): return unsafe receivedLong(head, topic: topic, payload: payload)
        case .store, .unstorable: return unsafe store(admission, topic: topic, payload: payload)
        }
    }

    /// - Returns: whether the batch is to end at once.
    private func store(
        _ admission: IntakeMachine.Admission, topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard case .store(let head, let isFirst, let isUrgent) = admission, let journal,
            !isFirst || prepare(journal, at: head.stamp)
        else { return true }
        unsafe journal.append(head, topic: topic, payload: payload)
        return isUrgent
    }

    @inline(never)
    private func receivedLong(
        _ head: JournalLine.Head, topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let verdict = unsafe LongPayload.judge(
            head, topic: topic, payload: payload, max: settings.limits.payload, decoder: &decoder)
        switch verdict {
        case .refused(let refusal):
            refuse(refusal)
            return false
        case .whole: return unsafe store(machine.store(head, isUrgent: true), topic: topic, payload: payload)
        case .shortened(let rest, let what):
            let admission = machine.store(head, isUrgent: true)
            let isDue = unsafe rest.withUnsafeBufferPointer { unsafe store(admission, topic: topic, payload: $0) }
            log.warning("taken without its long texts: \(what)")
            return isDue
        }
    }

    func commit() -> Bool {
        isAcknowledged = false
        obey(machine.commitAsked())
        return isAcknowledged
    }

    func acknowledged() {
        parts.watchdog.beat()
        obey(machine.acknowledged(boot: SystemClock.boot))
    }

    func connected(sessionPresent: Bool) {
        obey(machine.connected(isResumed: sessionPresent, boot: SystemClock.boot))
    }

    func disconnected(reason: String) { obey(machine.disconnected(reason: reason, boot: SystemClock.boot)) }

    func subscribed() { obey(machine.subscribed(publisher(), at: .now)) }

    func subscriptionRefused(filter: String) { obey([.raise(.filterRefused(filter))]) }

    func subscriptionGranted(filter: String) { obey([.clear(.filterRefused(filter))]) }

    func clientIDContested() { obey([.raise(.contested(isOut: false))]) }

    func drained(since: Int64) { machine.drained(since: since) }

    func canStore() -> Bool {
        parts.watchdog.beat()
        obey(machine.readingAsked(boot: SystemClock.boot))
        return machine.reads(isQueueFull: parts.queue.isFull)
    }

    func millisecondsUntilDeadline() -> Int { machine.wait(until: nextDeadline(), boot: SystemClock.boot) }

    func deadlinePassed() {
        parts.watchdog.beat()
        takeEntries()
        parts.questions.answerOne(pipeline)
        resumeRested()
        obey(machine.timePassed(until: nextDeadline(), publisher: publisher(), at: .now))
    }

    /// The last thing that this thread does.
    func finish() { obey(machine.ended(boot: SystemClock.boot)) }

    // MARK: What dispatch waits for

    /// The next of the rules, of dispatch, which steps when a record brings the time, and of what rests.
    private func nextDeadline() -> Instant? {
        let dispatch = parts.dispatching.view.nextDeadline.flatMap { $0 > pipeline.clock ? $0 : nil }
        return [pipeline.nextDeadline(), dispatch, pipeline.nextRested].compactMap(\.self).min()
    }

    /// What was put aside until now goes on: a record of the daemon's own says so, once.
    private func resumeRested() {
        let due = pipeline.rested(at: machine.clock.now(boot: SystemClock.boot))
        resumed.formIntersection(due.map(\.alert))
        let acts = due.filter { resumed.insert($0.alert).inserted }.map { alert, until in
            SystemRecord.act(
                Act(
                    alert: alert, verb: Verb.resume.rawValue, actor: "system", until: String(until.milliseconds)))
        }
        obey(machine.add(acts, boot: SystemClock.boot))
    }

    // MARK: What people put in

    private func takeEntries() {
        let waiting = parts.entries.takeWaiting()
        guard !waiting.isEmpty else { return }
        for (ticket, entry) in waiting { entries[ticket] = entry }
        obey(machine.entriesAsked(waiting.map(\.ticket), boot: SystemClock.boot))
        entries.removeAll()
    }

    private func append(_ entry: Entry, _ ticket: UInt64, to journal: JournalWriter, at stamp: Instant) {
        switch entry {
        case .act(var act, let page):
            if let alert = act.alert, !pipeline.knows(alert) { act.page = page }
            journal.append(.act(act), at: stamp)
        case .system(let record): journal.append(record, at: stamp)
        case .message(var topic, let payload):
            // Sound: both are lent for the call.
            topic.withUTF8 { topic in
                unsafe payload.withUnsafeBufferPointer { payload in
                    unsafe journal.append(JournalLine.Head(stamp: stamp), topic: topic, payload: payload)
                }
            }
        }
        // A checksum may have come in front of it.
        parts.entries.appended(ticket, as: journal.nextNumber - 1)
    }

    private func publisher() -> IntakeMachine.Publisher {
        IntakeMachine.Publisher(connectedSince: parts.out.connectedSince, isContested: parts.out.takeContest())
    }

    // MARK: What the machine has decided

    /// Does what is asked for, one after another. What comes of one may ask for more, which is done before the next.
    private func obey(_ actions: [IntakeAction]) {
        for action in actions {
            switch action {
            case .append, .appendEntry, .write, .sync, .step, .abandon, .open, .resume, .close, .acknowledge:
                obeyOnJournal(action)
            case .refuseEntries(let tickets): parts.entries.refuse(tickets)
            case .handOver(let applied):
                let shifts = effects.shifts.map { DispatchInput.Shift(record: $0.record, length: $0.length) }
                parts.queue.add(
                    LedgerQueue.Item(
                        changes: effects.changes, applied: applied, acts: effects.acts, clock: pipeline.clock,
                        shifts: shifts))
            case .snapshot(let record): snapshot(record)
            case .publish(let actuation): publish(actuation)
            case .release(let topic, let payload): release(topic, payload)
            case .probe(let text): sendProbe(text)
            case .restart: parts.restart()
            case .reportConnected(let isConnected): parts.state.connected(isConnected)
            case .rememberFilters: rememberFilters()
            case .forgetFilters: SubscriptionMark(store: settings.store.path).clear()
            case .saveSilences: FeedSilences(store: settings.store.path).write(machine.feeds.feeds)
            case .raise(let fault): raise(fault)
            case .clear(let fault): clear(fault)
            case .log(let line): report(line)
            }
        }
    }

    /// What concerns the journal. Where there is none it is void.
    private func obeyOnJournal(_ action: IntakeAction) {
        if case .open(let number) = action { return open(atLeast: number) }
        guard let journal else {
            if case .appendEntry(let ticket, _, _) = action { parts.entries.refuse([ticket]) }
            return
        }
        switch action {
        case .append(let record, let stamp, let isFirst):
            guard !isFirst || prepare(journal, at: stamp) else { return }
            journal.append(record, at: stamp)
        case .appendEntry(let ticket, let stamp, let isFirst):
            guard !isFirst || prepare(journal, at: stamp), let entry = entries.removeValue(forKey: ticket) else {
                return parts.entries.refuse([ticket])
            }
            append(entry, ticket, to: journal, at: stamp)
        case .write:
            do throws(JournalError) { try journal.write() } catch { return fail(error) }
            obey(machine.written(at: .now))
        case .sync:
            do throws(JournalError) { try journal.sync() } catch { return fail(error) }
            obey(machine.synced(at: .now))
        case .acknowledge: isAcknowledged = true
        case .step: step(journal)
        case .abandon(let error): abandon(journal, error)
        case .resume:
            parts.state.storing(problem: nil)
            parts.faults.clear(.journal)
            log.notice("the journal stores again")
        case .close:
            do throws(JournalError) { try journal.close() } catch { log.error("the journal did not close: \(error)") }
        default: break
        }
    }

    // MARK: The journal

    private func prepare(_ journal: JournalWriter, at stamp: Instant) -> Bool {
        do throws(JournalError) {
            try journal.prepare(at: stamp)
            return true
        } catch {
            fail(error)
            return false
        }
    }

    private func fail(_ error: JournalError) {
        obey(machine.failed(error, from: journal?.position.number ?? 1, boot: SystemClock.boot))
    }

    private func abandon(_ journal: JournalWriter, _ error: JournalError) {
        log.error("the journal cannot store; the broker keeps what comes: \(error)")
        parts.state.storing(problem: "\(error)")
        parts.faults.raise(.journal, .critical, error.phrase)
        parts.entries.cutBack(from: journal.position.number)
        journal.abandon()
        self.journal = nil
    }

    private func open(atLeast number: Int64) {
        do throws(JournalError) {
            journal = try JournalWriter(
                folder: settings.store.path + "/journal", segmentSize: settings.store.segment, startsNewSegment: true,
                atLeast: number)
        } catch {
            parts.state.storing(problem: "\(error)")
            return machine.openFailed(boot: SystemClock.boot)
        }
        obey(machine.opened(at: .now))
    }

    private func step(_ journal: JournalWriter) {
        let first = journal.position.number
        let text = journal.takeLines()
        let batch = decoder.decode(Chunk(text: text, file: journal.folder, firstNumber: first))
        effects.removeAll()
        pipeline.count(batch)
        for refusal in batch.refusals { refuse(refusal) }
        pipeline.step(batch, 0..<batch.recordCount, firstNumber: first, into: &effects)
        parts.state.stepped(pipeline)
        let step = IntakeMachine.Stepped(
            last: journal.nextNumber - 1,
            hasChanges: !effects.changes.isEmpty || !effects.shifts.isEmpty || isDispatchDue
                || parts.entries.isAwaiting(upTo: journal.nextNumber - 1),
            actuations: effects.actuations.map { ($0.record, $0.actuation) })
        // A contest that is asked for is forgotten: the next look asks.
        let publisher = IntakeMachine.Publisher(connectedSince: parts.out.connectedSince)
        obey(machine.stepped(step, publisher: publisher, at: .now))
    }

    /// The record clock has reached what dispatch waits for.
    private var isDispatchDue: Bool { parts.dispatching.view.nextDeadline.map { $0 <= pipeline.clock } ?? false }

    /// Hands the state to the snapshot's thread, by way of the ledger's queue.
    private func snapshot(_ record: Int64) {
        guard let journal else { return }
        let draft = SnapshotDraft(
            pipeline: pipeline, record: record, position: journal.position, config: configHash,
            releases: machine.releases.text)
        parts.queue.add(LedgerQueue.Item(changes: [], applied: record, clock: pipeline.clock, snapshot: draft))
    }

    private func refuse(_ refusal: Refusal) { refuse(refusal.code, "\(refusal.topic): \(refusal.detail)") }

    /// Counted and logged (as ``DaemonState/refused(_:at:)`` says how often); never a reason to stop.
    private func refuse(_ code: String, _ detail: String) {
        let isLogged = parts.state.refused(code, at: machine.clock.now(boot: SystemClock.boot))
        if isLogged { log.warning("refused: \(detail)", metadata: ["code": "\(code)"]) }
    }

    // MARK: The broker

    private func publish(_ actuation: Actuation) {
        let isDone = parts.out.post(
            topic: actuation.topic, payload: Array(actuation.payload.utf8), qos: .atLeastOnce, retain: false)
        parts.state.acted(isDone: isDone)
        if isDone {
            log.info("published", metadata: ["topic": "\(actuation.topic)", "payload": "\(actuation.payload)"])
        } else {
            log.error("not published: no connection to the broker", metadata: ["topic": "\(actuation.topic)"])
        }
    }

    private func release(_ topic: String, _ payload: String) {
        let (wake, answers) = (parts.wake, machine.releases.answers)
        let isOut = parts.out.post(topic: topic, payload: Array(payload.utf8), qos: .atLeastOnce, retain: false) {
            answers.add(topic, payload, $0)
            wake()
        }
        parts.state.acted(isDone: isOut)
        if isOut {
            log.info("published", metadata: ["topic": "\(topic)", "payload": "\(payload)"])
        } else {
            machine.releaseFailed(topic)
        }
    }

    private func sendProbe(_ text: String) {
        let isOut = parts.out.post(
            topic: "shouwang/\(settings.site.id)/probe", payload: Array(text.utf8), qos: .atLeastOnce, retain: false)
        machine.probeSent(text, isOut: isOut, boot: SystemClock.boot)
    }

    private func rememberFilters() {
        let mark = SubscriptionMark(store: settings.store.path)
        if !mark.set(Daemon.filters(settings), qos: settings.mqtt.qos) {
            log.warning("the subscriptions cannot be noted in the store")
        }
    }

    // MARK: Faults and the log

    /// Raises a box fault, and logs it where it does not stand already: what repeats every minute is one line.
    private func raise(_ fault: IntakeAction.Fault) {
        let named = words.named(fault)
        if !parts.faults.stands(named.part, name: named.name) { log.error("\(named.what.en)") }
        parts.faults.raise(named.part, name: named.name, named.severity, named.what)
    }

    private func clear(_ fault: IntakeAction.Fault) {
        let named = words.named(fault)
        guard parts.faults.stands(named.part, name: named.name) else { return }
        switch fault {
        case .feedSilent(let topic): log.notice("the feed brings something again", metadata: ["topic": "\(topic)"])
        case .probeFails: log.notice("the probe comes back again")
        case .filterRefused, .contested: break
        }
        parts.faults.clear(named.part, name: named.name)
    }

    private func report(_ line: IntakeAction.Line) {
        switch line {
        case .connected(let isResumed):
            log.info("connected to the broker", metadata: ["session": isResumed ? "resumed" : "new"])
        case .disconnected(let reason): log.warning("no connection to the broker: \(reason)")
        case .settled: log.info("settled: the broker has handed over what it kept")
        case .unsettled:
            log.warning("the probe has not come back for 60 s; what the broker kept is no longer waited for")
        case .blind:
            log.error("nothing has come through the connection for 90 s, neither the probe nor a feed; it is made anew")
        case .probeMadeAnew:
            log.notice("the probe did come back on this connection before; it is made anew once")
        case .clockSet(let step):
            log.warning(
                "the clock was set",
                metadata: ["from": "\(step.from)", "to": "\(step.to)", "why": "\(step.why.rawValue)"])
        case .actuationLate(let topic):
            parts.state.acted(isDone: false)
            log.warning("not published, too old by now", metadata: ["topic": "\(topic)"])
        }
    }
}
