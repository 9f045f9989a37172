import Diagnostics
import Glibc
import MQTTIntake
import Simulation
import Synchronization
import Testing
import Timekeeping

/// Pauses that suit a test.
func loopback(_ broker: PrivateBroker, version: BrokerOptions.Version = .v311) -> BrokerOptions {
    var options = BrokerOptions(host: "127.0.0.1", port: broker.port)
    options.version = version
    options.backoff = ReconnectBackoff(shortest: Milliseconds(10), longest: Milliseconds(50))
    return options
}

/// Waits for something that a broker or a thread brings about. - Returns: whether it came within 20 s.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<4000 {
        if condition() { return true }
        do { try await Task.sleep(for: .milliseconds(5)) } catch { return false }
    }
    return condition()
}

struct Received: Equatable, Sendable {
    var topic: String
    var payload: String
    var qos: UInt8 = 1
    var retain = false
}

/// Keeps what it is given, and says yes or no as told. Looked at from the test's thread.
final class Recorder: IntakeHandler, Sendable {
    struct State {
        var taken: [Received] = []
        var stored: [Received] = []
        /// Sizes of the batches that were stored.
        var batches: [Int] = []
        var sessions: [Bool] = []
        var reasons: [String] = []
        var refusedFilters: [String] = []
        var contests = 0
        /// The silences that were told, and when.
        var drained: [(since: Int64, at: Int64)] = []
        var isCommitting = true
        var canStore = true
        var refusedCommits = 0
        var deadlines = 0
        var grants = 0
        var patience = 60_000
        /// A commit waits for its `acknowledged()`.
        var isOwed = false
        /// `connected` or `disconnected` was told, and no commit has followed.
        var isNewsOpen = false
        /// What was called against ``IntakeHandler``'s promises.
        var breaches: [String] = []

        mutating func called(_ name: String) {
            if isOwed { breaches.append("\(name) between a commit and its acknowledgement") }
        }
    }

    let state = Mutex(State())
    /// A payload that may not wait for its batch.
    let urgent: String?

    init(urgent: String? = nil) { self.urgent = urgent }

    func received(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool, mid: UInt16
    ) -> Bool {
        let message = unsafe Received(
            topic: String(decoding: topic, as: UTF8.self), payload: String(decoding: payload, as: UTF8.self), qos: qos,
            retain: retain)
        state.withLock {
            $0.called("received")
            $0.taken.append(message)
        }
        return message.payload == urgent
    }

    func commit() -> Bool {
        state.withLock { state in
            state.called("commit")
            if !state.isCommitting {
                state.refusedCommits += state.taken.isEmpty ? 0 : 1
                state.canStore = false
                state.taken.removeAll()
                return false
            }
            if !state.taken.isEmpty { state.batches.append(state.taken.count) }
            state.stored += state.taken
            state.taken.removeAll(keepingCapacity: true)
            state.isNewsOpen = false
            state.isOwed = true
            return true
        }
    }

    func acknowledged() {
        state.withLock { state in
            if !state.isOwed { state.breaches.append("acknowledged without a commit") }
            state.isOwed = false
        }
    }

    func connected(sessionPresent: Bool) {
        state.withLock {
            $0.called("connected")
            $0.sessions.append(sessionPresent)
            $0.isNewsOpen = true
        }
    }

    func disconnected(reason: String) {
        state.withLock {
            $0.called("disconnected")
            $0.reasons.append(reason)
            $0.isNewsOpen = true
        }
    }

    func millisecondsUntilDeadline() -> Int { state.withLock(\.patience) }
    func deadlinePassed() {
        state.withLock {
            $0.called("deadlinePassed")
            $0.deadlines += 1
        }
    }

    func canStore() -> Bool { state.withLock(\.canStore) }
    func subscribed() { state.withLock { $0.grants += 1 } }
    func subscriptionRefused(filter: String) { state.withLock { $0.refusedFilters.append(filter) } }

    func drained(since: Int64) {
        state.withLock {
            $0.called("drained")
            $0.drained.append((since, SystemClock.boot))
        }
    }

    func clientIDContested() { state.withLock { $0.contests += 1 } }

    var contests: Int { state.withLock(\.contests) }
    var stored: [Received] { state.withLock(\.stored) }
    var payloads: [String] { stored.map(\.payload) }
    var count: Int { state.withLock { $0.stored.count } }
    var grants: Int { state.withLock(\.grants) }
    var sessions: [Bool] { state.withLock(\.sessions) }
    var reasons: [String] { state.withLock(\.reasons) }
}

/// A running intake, ended by ``end()``, which also asks whether the session kept its promises to the handler.
struct Intake {
    let session: IntakeSession
    let recorder: Recorder
    private let thread: SessionThread

    init(
        _ broker: BrokerOptions, id: String = "gateway", filters: [String] = ["community/#"],
        recorder: Recorder = Recorder(), _ change: (inout IntakeSession.Options) -> Void = { _ in }
    ) {
        var options = IntakeSession.Options(broker: broker, clientID: id, filters: filters)
        change(&options)
        let session = IntakeSession(options)
        self.session = session
        self.recorder = recorder
        thread = SessionThread(name: "intake") { session.run(handler: recorder, random: SplitMix(seed: 1)) }
    }

    func subscribed(times: Int = 1) async -> Bool { await eventually { recorder.grants >= times } }

    func end() async {
        session.stop()
        await thread.ended()
        let state = recorder.state.withLock(\.self)
        #expect(state.breaches == [])
        #expect(!state.isOwed, "a commit was not followed by acknowledged()")
        #expect(!state.isNewsOpen || !state.isCommitting, "no commit after the session's end")
    }
}

/// A running publisher, ended by ``end()``.
struct Publisher {
    let session: PublishSession
    private let thread: SessionThread

    init(
        _ broker: BrokerOptions, id: String = "sender", _ change: (inout PublishSession.Options) -> Void = { _ in }
    ) {
        var options = PublishSession.Options(broker: broker, clientID: id, statusTopic: "shouwang/test/status-\(id)")
        change(&options)
        session = PublishSession(options)
        thread = session.start(random: SplitMix(seed: 2))
    }

    func connected() async -> Bool { await eventually { session.isConnected } }

    func send(_ topic: String, _ payload: String, qos: QoS = .atLeastOnce, retain: Bool = false) async -> PublishOutcome
    {
        await session.publish(topic: topic, payload: Array(payload.utf8), qos: qos, retain: retain)
    }

    func end() async {
        session.stop()
        await thread.ended()
    }
}
