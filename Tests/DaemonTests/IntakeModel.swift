import Feeds
import MQTTIntake
import RecordLog
import Testing
import Timekeeping
import Rules
import Vocabulary

@testable import Daemon
@testable import SiteConfiguration

/// A shell around an ``IntakeMachine`` that has no files, no thread and no clock: a journal of lines, and time that the
/// test moves. It refuses what a journal must never be asked for.
final class IntakeModel {
    /// What can fail.
    enum Step: CaseIterable { case prepare, write, sync, open }

    static let noon = Instant(milliseconds: 1_790_000_000_000)

    private(set) var machine: IntakeMachine
    var boot: Int64 = 1_000_000
    /// Wall time minus the time since the start.
    var wallOffset: Int64 = 0
    var failing: Set<Step> = []
    var publisher = IntakeMachine.Publisher()
    /// What the rules make of the next step.
    var hasChanges = false
    var actuations: [(record: Int64, actuation: Actuation)] = []

    /// The journal: its lines, and how many of them are written, synced, and stepped over.
    private(set) var lines: [String] = []
    private(set) var written = 0
    private(set) var synced = 0
    private(set) var steppedOver = 0
    private(set) var isOpen = true
    private(set) var isClosed = false
    /// Received since the last commit, and all that was ever acknowledged.
    private(set) var received: [String] = []
    private(set) var acknowledged: [String] = []
    /// What people put in and could not be stored, by ticket.
    private(set) var refused: [UInt64] = []
    /// Every action, in order.
    var trace: [IntakeAction] = []
    private var isAcknowledged = false
    private let sync: StoreSettings.Sync

    init(sync: StoreSettings.Sync = .batch, actsFrom: Int64 = 1, opening: [SystemRecord] = []) {
        self.sync = sync
        let start = BoxClock.Reading(wall: IntakeModel.noon.milliseconds, boot: boot)
        machine = IntakeMachine(
            IntakeMachine.Terms(
                probeTopic: "shouwang/hgs/probe", payloadMax: 64, sync: sync, actsFrom: actsFrom, pendingMax: 8),
            clock: BoxClock(last: .distantPast, at: start), releases: PendingReleases(),
            feeds: FeedWatch(topics: [], at: boot),
            snapshots: SnapshotPace(every: 600_000, record: 0, at: boot), last: 0)
        obey(machine.begin(opening, at: now))
    }

    var now: BoxClock.Reading {
        BoxClock.Reading(wall: IntakeModel.noon.milliseconds + boot - 1_000_000 + wallOffset, boot: boot)
    }

    var clock: Instant { machine.clock.now(boot: boot) }

    /// The names of the actions since the last call.
    func names() -> [String] {
        defer { trace = [] }
        return trace.map { String("\($0)".prefix { $0 != "(" }) }
    }

    // MARK: Events

    /// - Returns: whether the batch is to end at once; nil where the message was refused.
    @discardableResult
    func receive(_ payload: String, topic: String = "community/hgs/elder/pir-1") -> Bool? {
        var (topic, payload) = (topic, payload)
        let admission = topic.withUTF8 { topic in
            payload.withUTF8 { payload in
                unsafe machine.admit(topic: topic, payload: payload, qos: 1, retain: false, mid: 1, boot: boot)
            }
        }
        switch admission {
        case .probe, .refused, .tooLong: return nil
        case .unstorable:
            received.append(payload)
            return true
        case .store(_, let isFirst, let isUrgent):
            received.append(payload)
            if isFirst, failing.contains(.prepare) {
                fail()
                return true
            }
            lines.append(payload)
            return isUrgent
        }
    }

    /// What the session does at the end of a batch.
    @discardableResult
    func commit() -> Bool {
        isAcknowledged = false
        obey(machine.commitAsked())
        guard isAcknowledged else {
            received = []
            return false
        }
        if sync == .batch {
            let durable = lines[..<synced].filter { !$0.hasPrefix("$") && !$0.hasPrefix("#") }.suffix(received.count)
            #expect(durable == received[...], "acknowledged is durable")
        }
        acknowledged += received
        received = []
        obey(machine.acknowledged(boot: boot))
        return true
    }

    func passTime(_ milliseconds: Int64, until deadline: Instant? = nil) {
        boot += milliseconds
        obey(machine.readingAsked(boot: boot))
        obey(machine.timePassed(until: deadline, publisher: publisher, at: now))
        publisher.isContested = false
        commit()
    }

    func tell(_ event: (inout IntakeMachine) -> [IntakeAction]) { obey(event(&machine)) }

    // MARK: The shell

    private func fail() {
        obey(
            machine.failed(
                JournalError(path: "journal", step: "write", code: 28), from: Int64(steppedOver) + 1, boot: boot))
    }

    private func obey(_ actions: [IntakeAction]) {
        for action in actions {
            trace.append(action)
            if case .open = action { open() }
            if case .refuseEntries(let tickets) = action { refused += tickets }
            if isOpen {
                obeyOnJournal(action)
            } else if case .appendEntry(let ticket, _, _) = action {
                refused.append(ticket)
            }
            if case .probe(let text) = action { machine.probeSent(text, isOut: true, boot: boot) }
        }
    }

    private func open() {
        #expect(!isOpen, "only a journal that failed is opened")
        guard !failing.contains(.open) else { return machine.openFailed(boot: boot) }
        isOpen = true
        obey(machine.opened(at: now))
    }

    private func obeyOnJournal(_ action: IntakeAction) {
        #expect(!isClosed, "nothing is asked of a journal that is closed")
        switch action {
        case .append(let record, _, let isFirst):
            guard !isFirst || !failing.contains(.prepare) else { return fail() }
            if isFirst { #expect(written == lines.count, "no segment begins within a batch") }
            lines.append("$" + record.encoded.name)
        case .appendEntry(let ticket, _, let isFirst):
            guard !isFirst || !failing.contains(.prepare) else {
                refused.append(ticket)
                return fail()
            }
            if isFirst { #expect(written == lines.count, "no segment begins within a batch") }
            lines.append("#\(ticket)")
        case .write:
            #expect(written < lines.count, "there is something to write")
            guard !failing.contains(.write) else { return fail() }
            written = lines.count
            obey(machine.written(at: now))
        case .sync:
            guard !failing.contains(.sync) else { return fail() }
            synced = written
            obey(machine.synced(at: now))
        case .acknowledge: isAcknowledged = true
        case .step:
            #expect(written == lines.count, "what is stepped over stands in the journal")
            let isHeld = sync == .batch || lines[steppedOver...].contains { $0.hasPrefix("#") }
            if isHeld { #expect(synced == lines.count, "and is durable") }
            steppedOver = lines.count
            let step = IntakeMachine.Stepped(
                last: Int64(steppedOver), hasChanges: hasChanges, actuations: actuations)
            (hasChanges, actuations) = (false, [])
            obey(machine.stepped(step, publisher: publisher, at: now))
        case .abandon:
            refused += lines[steppedOver...].filter { $0.hasPrefix("#") }.compactMap { UInt64($0.dropFirst()) }
            lines.removeSubrange(steppedOver...)
            written = min(written, lines.count)
            synced = min(synced, lines.count)
            isOpen = false
        case .snapshot(let record):
            #expect(record == Int64(steppedOver) && written == lines.count, "a snapshot stands at the journal's end")
            #expect(synced == lines.count, "and what made it is durable")
        case .close: isClosed = true
        default: break
        }
    }
}
