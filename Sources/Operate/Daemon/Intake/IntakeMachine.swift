import Feeds
import MQTTIntake
import RecordLog
import Rules
import SiteConfiguration
import Timekeeping
import Vocabulary

/// What the intake decides, as a value: told what has happened, it returns what is to be done next. It knows no file,
/// no thread and no clock; ``Intake`` obeys it and reports back.
///
/// The law of a batch: messages are appended → `write` → `sync` → `acknowledge` → `step` → `handOver`, each only after
/// the one before it was reported done. Where a step of it fails, the journal is cut back to what was stepped over,
/// nothing of the batch is acknowledged, and the broker hands it over again.
///
/// States: *open* (normal): to *failed* when the journal cannot store. *Failed*: nothing is read, the broker keeps what
/// comes; each second the journal is opened in a new segment (a failed `fdatasync` must never be repeated on the same
/// file), which leads back to open where it stores what had waited. A full queue of the ledger holds the reading in
/// either, and changes no state.
///
/// Cost: a message O(1) and no allocation; the lists of actions are a few words a batch. Times are both clocks'
/// (``BoxClock/Reading``); `boot` is CLOCK_BOOTTIME in milliseconds.
struct IntakeMachine {
    /// What does not change while a watch lasts.
    struct Terms {
        /// To which the daemon publishes to itself.
        var probeTopic: String
        /// `limits.payload`.
        var payloadMax: Int
        /// What is synced before an acknowledgement leaves. `batch`: everything. `interval`: at most so long after it;
        /// a power cut may cost that much. `off`: when the operating system likes.
        var sync: StoreSettings.Sync
        /// Actuations of records before this one were done, or not, by an earlier process.
        var actsFrom: Int64
        /// What may wait for a journal that cannot store; what a watch begins with, and some more.
        var pendingMax: Int
    }

    /// What becomes of a message.
    enum Admission {
        /// Our own, which has come back.
        case probe
        case refused(code: String, detail: String)
        /// Longer than `limits.payload`: to be refused, unless it calls for help (``LongPayload``).
        case tooLong(JournalLine.Head)
        /// To be appended to the journal. `isFirst`: see ``IntakeAction/append(_:stamp:isFirst:)``. `isUrgent`: it must
        /// not wait for the rest of its batch.
        case store(JournalLine.Head, isFirst: Bool, isUrgent: Bool)
        /// The journal has failed: the batch must end at once, and not be acknowledged.
        case unstorable
    }

    /// How the publishing client stands.
    struct Publisher {
        /// Nil where there is no connection.
        var connectedSince: Int64?
        /// Another client takes its id away.
        var isContested = false
    }

    /// What a step over stored records came to.
    struct Stepped {
        /// The last record.
        var last: Int64
        var hasChanges: Bool
        var actuations: [(record: Int64, actuation: Actuation)] = []
    }

    private enum Journal {
        case open
        case failed(reopenAt: Int64)
    }

    /// What was appended and not stepped over yet.
    private enum Lines { case none, unwritten, written }

    /// What a write or a sync is for, and so what follows it.
    private enum Purpose {
        case nothing, commit, resuming, ending
        case interval(deadline: Instant?)
        case snapshot(record: Int64)
    }

    /// A journal that failed is opened again after so long.
    static let reopenAfter: Int64 = 1000
    /// A transaction for each batch without a change would wear the flash: that it is applied is noted so often.
    static let reportEvery: Int64 = 10_000
    /// The thread turns at least that often, for the clock's steps and for whoever watches the watch.
    private static let waitMax = 10_000

    private let terms: Terms
    private let probeTopic: [UInt8]
    private(set) var clock: BoxClock
    private(set) var releases: PendingReleases
    private(set) var feeds: FeedWatch
    private var probe = ProbeWatch()
    private var snapshots: SnapshotPace
    private var journal = Journal.open
    private var lines = Lines.none
    private var purpose = Purpose.nothing
    private var isEnding = false
    /// The journal has failed since the last commit, so something of this batch may be lost: it is not acknowledged,
    /// even where the journal stores again by then.
    private var hasLost = false
    /// What a person has put in is among the lines: nobody is told that it is kept before it is durable.
    private var needsSync = false
    /// A live record of a feed has come since the last commit.
    private var hasHeard = false
    private var isConnected = false
    /// Records of the daemon's own that came while the journal could not take them; at most ``Terms/pendingMax``.
    private var pending: [SystemRecord] = []
    /// Those that are appended and not yet known to be stored.
    private var unstored: [SystemRecord] = []
    /// The last record that was stepped over, and the last that the ledger was told of.
    private var stepped: Int64
    private var reported: Int64 = 0
    /// The number that the next record gets, as far as a writer that failed had come.
    private var nextNumber: Int64 = 1
    /// The last sync, and whether everything written is behind it.
    private var syncedAt: Int64 = 0
    private var isSynced = true

    /// - Parameter last: the journal's last record.
    init(
        _ terms: Terms, clock: BoxClock, releases: PendingReleases, feeds: FeedWatch, snapshots: SnapshotPace,
        last: Int64
    ) {
        self.terms = terms
        probeTopic = Array(terms.probeTopic.utf8)
        self.clock = clock
        self.releases = releases
        self.feeds = feeds
        self.snapshots = snapshots
        stepped = last
    }

    /// The watch begins with these records.
    mutating func begin(_ opening: [SystemRecord], at now: BoxClock.Reading) -> [IntakeAction] {
        var actions: [IntakeAction] = []
        for record in opening { actions += append(record, boot: now.boot) }
        return actions + stepClock(at: now)
    }

    /// Records of the daemon's own that somebody else has decided on.
    mutating func add(_ records: [SystemRecord], boot: Int64) -> [IntakeAction] {
        records.flatMap { append($0, boot: boot) }
    }

    // MARK: Messages

    /// A message has come. The bytes are lent for the call.
    mutating func admit(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool, mid: UInt16,
        boot: Int64
    ) -> Admission {
        if unsafe topic.elementsEqual(probeTopic) { return .probe }
        if !retain {
            hasHeard = true
            if feeds.isWaiting { unsafe feeds.heard(topic) }
        }
        // Most topics are ASCII, which needs no decoder to be valid.
        guard unsafe topic.allSatisfy({ $0 < 0x80 }) || String(validating: topic, as: UTF8.self) != nil else {
            return .refused(code: "bad-topic", detail: "a topic that is not UTF-8")
        }
        if unsafe topic.first == UInt8(ascii: "$") {
            let name = unsafe String(decoding: topic.prefix(200), as: UTF8.self)
            return .refused(code: "own-topic", detail: "\(name): a topic of the daemon's own or the broker's")
        }
        let head = JournalLine.Head(stamp: clock.stamp(boot: boot), qos: qos, retain: retain, mid: mid)
        guard payload.count <= terms.payloadMax else { return .tooLong(head) }
        return unsafe store(head, isUrgent: Urgency.isLifeSafety(payload))
    }

    /// A message is to be stored.
    mutating func store(_ head: JournalLine.Head, isUrgent: Bool) -> Admission {
        guard case .open = journal else {
            hasLost = true
            return .unstorable
        }
        let isFirst = lines != .unwritten
        lines = .unwritten
        return .store(head, isFirst: isFirst, isUrgent: isUrgent)
    }

    /// A record of the daemon's own; while the journal cannot take it, it waits.
    private mutating func append(_ record: SystemRecord, boot: Int64) -> [IntakeAction] {
        let stamp = clock.stamp(boot: boot)
        guard case .open = journal else {
            if pending.count < terms.pendingMax { pending.append(record) }
            return []
        }
        let isFirst = lines != .unwritten
        lines = .unwritten
        unstored.append(record)
        return [.append(record, stamp: stamp, isFirst: isFirst)]
    }

    /// People have put in what waits under these tickets. It shares the batch at hand, and whatever `sync` says it is
    /// durable before it is stepped over.
    mutating func entriesAsked(_ tickets: [UInt64], boot: Int64) -> [IntakeAction] {
        guard !tickets.isEmpty else { return [] }
        guard case .open = journal, !isEnding else { return [.refuseEntries(tickets)] }
        needsSync = true
        return tickets.map { ticket in
            let isFirst = lines != .unwritten
            lines = .unwritten
            return .appendEntry(ticket: ticket, stamp: clock.stamp(boot: boot), isFirst: isFirst)
        }
    }

    // MARK: Store, sync, acknowledge, step

    /// The session asks for what was received to be made durable.
    mutating func commitAsked() -> [IntakeAction] {
        guard case .open = journal, !hasLost else {
            hasLost = false
            return []
        }
        guard lines == .unwritten else { return [.acknowledge] }
        purpose = .commit
        return [.write]
    }

    mutating func written(at now: BoxClock.Reading) -> [IntakeAction] {
        lines = .written
        if needsSync { return [.sync] }
        switch terms.sync {
        case .batch: return [.sync]
        case .interval(let length):
            if now.boot - syncedAt >= length.count { return [.sync] }
            isSynced = false
            return stored(at: now)
        case .off: return stored(at: now)
        }
    }

    mutating func synced(at now: BoxClock.Reading) -> [IntakeAction] {
        syncedAt = now.boot
        isSynced = true
        needsSync = false
        return stored(at: now)
    }

    /// What was written is as durable as the configuration asks for.
    private mutating func stored(at now: BoxClock.Reading) -> [IntakeAction] {
        let reached = purpose
        purpose = .nothing
        switch reached {
        case .nothing: return []
        case .commit: return [.acknowledge]
        case .resuming: return [.resume] + step(boot: now.boot)
        case .ending: return step(boot: now.boot)
        case .interval(let deadline): return keepTime(until: deadline, at: now)
        case .snapshot(let record): return kept(record, boot: now.boot)
        }
    }

    /// The broker has been told of what was stored, or its connection is gone: now the rules have their time.
    mutating func acknowledged(boot: Int64) -> [IntakeAction] {
        guard case .open = journal else {
            noteHeard(boot)
            return []
        }
        return step(boot: boot)
    }

    private mutating func step(boot: Int64) -> [IntakeAction] {
        noteHeard(boot)
        guard lines == .written else { return [] }
        lines = .none
        unstored.removeAll(keepingCapacity: true)
        return [.step]
    }

    private mutating func noteHeard(_ boot: Int64) {
        guard hasHeard else { return }
        hasHeard = false
        probe.heard(boot)
    }

    mutating func stepped(_ step: Stepped, publisher: Publisher, at now: BoxClock.Reading) -> [IntakeAction] {
        stepped = step.last
        var actions: [IntakeAction] = []
        if step.hasChanges || step.last - reported >= IntakeMachine.reportEvery {
            actions.append(.handOver(applied: step.last))
            reported = step.last
        }
        for (record, actuation) in step.actuations where record >= terms.actsFrom {
            actions += act(actuation, publisher, boot: now.boot)
        }
        actions += stepClock(at: now)
        if isEnding { return actions + finish(boot: now.boot) }
        guard lines == .none, snapshots.isDue(record: stepped, at: now.boot) else { return actions }
        return actions + snapshot(boot: now.boot)
    }

    /// An actuation is published at most once: never again after a restart, never late. What undoes it is published
    /// until the broker has it.
    private mutating func act(_ actuation: Actuation, _ publisher: Publisher, boot: Int64) -> [IntakeAction] {
        releases.add(actuation)
        guard let until = actuation.freshUntil else { return release(publisher, boot: boot) }
        return clock.now(boot: boot) <= until ? [.publish(actuation)] : [.log(.actuationLate(topic: actuation.topic))]
    }

    private mutating func release(_ publisher: Publisher, boot: Int64) -> [IntakeAction] {
        guard publisher.connectedSince != nil else { return [] }
        return releases.due(at: boot).map { .release(topic: $0.topic, payload: $0.payload) }
    }

    mutating func releaseFailed(_ topic: String) { releases.failed(topic) }

    // MARK: Snapshots and the end

    /// Costs one sync where the setting does without, and a copy of what is changed next.
    private mutating func snapshot(boot: Int64) -> [IntakeAction] {
        guard terms.sync == .batch else {
            purpose = .snapshot(record: stepped)
            return [.sync]
        }
        return kept(stepped, boot: boot)
    }

    private mutating func kept(_ record: Int64, boot: Int64) -> [IntakeAction] {
        reported = record
        snapshots.taken(record: record, at: boot)
        return [.snapshot(record: record)] + (isEnding ? [.close] : [])
    }

    /// The session has ended: everything is stored and acknowledged, as far as it can be.
    mutating func ended(boot: Int64) -> [IntakeAction] {
        isEnding = true
        guard case .open = journal else { return [.saveSilences] }
        switch lines {
        case .none: return [.saveSilences] + finish(boot: boot)
        case .written: return [.saveSilences] + step(boot: boot)
        case .unwritten:
            purpose = .ending
            return [.saveSilences, .write]
        }
    }

    /// A record that came last, as of a clock that was set, is stored by the journal's closing, and stepped over at the
    /// next start; a snapshot would stand behind it.
    private mutating func finish(boot: Int64) -> [IntakeAction] { lines == .none ? snapshot(boot: boot) : [.close] }

    // MARK: A journal that fails

    /// The journal could not store. What was appended was not acknowledged, and comes again; what the daemon itself had
    /// to say of the batch nobody sends again, a clock's step above all, so it waits.
    /// - Parameter number: the first record that was not stepped over.
    mutating func failed(_ error: JournalError, from number: Int64, boot: Int64) -> [IntakeAction] {
        pending = Array((unstored + pending).prefix(terms.pendingMax))
        unstored = []
        needsSync = false
        lines = .none
        // A commit that fails is the one that is refused.
        if case .commit = purpose { hasLost = false } else { hasLost = true }
        purpose = .nothing
        nextNumber = max(nextNumber, number)
        journal = .failed(reopenAt: boot + IntakeMachine.reopenAfter)
        return [.abandon(error)]
    }

    /// The session asks whether messages can be taken now.
    mutating func readingAsked(boot: Int64) -> [IntakeAction] {
        guard case .failed(let reopenAt) = journal, boot >= reopenAt else { return [] }
        return [.open(atLeast: nextNumber)]
    }

    /// Whether they can: the journal stores, and the ledger's queue has room.
    func reads(isQueueFull: Bool) -> Bool {
        if case .open = journal { !isQueueFull } else { false }
    }

    /// The first write shows whether there is room again.
    mutating func opened(at now: BoxClock.Reading) -> [IntakeAction] {
        journal = .open
        let waiting = pending.isEmpty ? [SystemRecord.tick] : pending
        pending = []
        purpose = .resuming
        return waiting.flatMap { append($0, boot: now.boot) } + [.write]
    }

    mutating func openFailed(boot: Int64) { journal = .failed(reopenAt: boot + IntakeMachine.reopenAfter) }

    // MARK: Time

    /// How long the session may wait, in milliseconds.
    /// - Parameter deadline: the pipeline's next.
    func wait(until deadline: Instant?, boot: Int64) -> Int {
        // While the journal cannot store no tick can be written either: it is looked at again in a moment.
        guard case .open = journal else { return 250 }
        var wait = min(
            deadline.map { clock.wait(until: $0, boot: boot) } ?? IntakeMachine.waitMax, IntakeMachine.waitMax)
        if !releases.isEmpty { wait = min(wait, 100) }
        if case .interval(let length) = terms.sync, !isSynced { wait = min(wait, Int(length.count)) }
        return Int(max(0, min(Int64(wait), min(probe.due, feeds.due) - boot)))
    }

    /// Time has passed, or nothing came.
    mutating func timePassed(
        until deadline: Instant?, publisher: Publisher, at now: BoxClock.Reading
    ) -> [IntakeAction] {
        let actions = watchProbe(publisher, at: now) + watchFeeds(boot: now.boot) + release(publisher, boot: now.boot)
        guard case .open = journal, case .interval(let length) = terms.sync, !isSynced,
            now.boot - syncedAt >= length.count
        else { return actions + keepTime(until: deadline, at: now) }
        purpose = .interval(deadline: deadline)
        return actions + [.sync]
    }

    /// The wall clock is looked at, and a tick is written where nothing else brings the pipeline to its deadline.
    private mutating func keepTime(until deadline: Instant?, at now: BoxClock.Reading) -> [IntakeAction] {
        guard case .open = journal, lines != .unwritten else { return [] }
        let actions = stepClock(at: now)
        guard lines != .unwritten, let deadline, clock.now(boot: now.boot) >= deadline else { return actions }
        return actions + append(.tick, boot: now.boot)
    }

    /// Looks whether somebody has set the clock, and writes it down: nothing fires or waits for that alone.
    private mutating func stepClock(at now: BoxClock.Reading) -> [IntakeAction] {
        guard let step = clock.step(now) else { return [] }
        return [.log(.clockSet(step))] + append(step.record, boot: now.boot)
    }

    // MARK: The session

    mutating func connected(isResumed: Bool, boot: Int64) -> [IntakeAction] {
        let record = append(.sessionConnected(present: isResumed), boot: boot)
        probe.connected(boot)
        isConnected = true
        // Until the broker has granted every filter nothing is known of a session that was made again.
        return [.log(.connected(isResumed: isResumed))] + record + (isResumed ? [] : [.forgetFilters])
            + [.reportConnected(true)]
    }

    mutating func subscribed(_ publisher: Publisher, at now: BoxClock.Reading) -> [IntakeAction] {
        probe.subscribed(now.boot)
        return [.rememberFilters] + watchProbe(publisher, at: now)
    }

    mutating func disconnected(reason: String, boot: Int64) -> [IntakeAction] {
        let heard = probe.heardAt
        probe.disconnected()
        guard isConnected else { return [.log(.disconnected(reason: reason)), .reportConnected(false)] }
        isConnected = false
        // When something was last known to come through: from then on the box may have been blind.
        let since = clock.now(boot: boot) - Milliseconds(boot - heard)
        return [.log(.disconnected(reason: reason)), .reportConnected(false)]
            + append(.sessionLost(since: since), boot: boot)
    }

    /// - Parameter start: since when nothing lay between the broker and us.
    mutating func drained(since start: Int64) { probe.drained(since: start) }

    mutating func probeReturned(_ text: String, boot: Int64) -> [IntakeAction] {
        let wasFailing = probe.isFailing
        let news = probe.returned(text, boot)
        let cleared: [IntakeAction] = wasFailing && news != .foreign ? [.clear(.probeFails)] : []
        guard news == .settled else { return cleared }
        return cleared + [.log(.settled)] + settled(boot)
    }

    mutating func probeSent(_ text: String, isOut: Bool, boot: Int64) { probe.sent(text, isOut: isOut, boot) }

    private mutating func settled(_ boot: Int64) -> [IntakeAction] {
        append(.sessionSettled, boot: boot)
    }

    /// Sends a probe that is due, and breaks a connection off over which nothing comes.
    private mutating func watchProbe(_ publisher: Publisher, at now: BoxClock.Reading) -> [IntakeAction] {
        var actions: [IntakeAction] = []
        while let verdict = probe.verdict(now.boot) {
            switch verdict {
            case .blind: actions += [.log(.blind), .restart]
            case .unsettled: actions += [.log(.unsettled)] + settled(now.boot)
            case .probeFails(let anew):
                actions.append(.raise(.probeFails))
                if anew { actions += [.log(.probeMadeAnew), .restart] }
            }
        }
        if publisher.isContested { actions.append(.raise(.contested(isOut: true))) }
        if Contest.isOver(since: isConnected ? probe.connectedAt : nil, at: now.boot) {
            actions.append(.clear(.contested(isOut: false)))
        }
        if Contest.isOver(since: publisher.connectedSince, at: now.boot) {
            actions.append(.clear(.contested(isOut: true)))
        }
        if probe.isDue(now.boot) { actions.append(.probe("\(now.wall)-\(now.boot)")) }
        return actions
    }

    /// Looks, every ten minutes, which feeds bring nothing while others do.
    private mutating func watchFeeds(boot: Int64) -> [IntakeAction] {
        let news = feeds.look(boot, isConnected: isConnected)
        let actions: [IntakeAction] = news.map {
            switch $0 {
            case .heard(let topic): .clear(.feedSilent(topic: topic))
            case .silent(let topic): .raise(.feedSilent(topic: topic))
            }
        }
        return actions + (feeds.takeSaving() ? [.saveSilences] : [])
    }
}
