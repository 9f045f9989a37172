package import Diagnostics
import Synchronization

/// What became of a message that was to be published.
package enum PublishOutcome: Equatable, Sendable {
    /// The broker has it (at QoS 0: it was written to the socket).
    case acknowledged
    /// It will never be taken: another attempt with the same topic and payload fails as well. Or, with
    /// ``PublishSession/queueFull``, too much waits.
    case refused(String)
    /// There is no connection, or it was lost before the acknowledgement; the broker may have the message. Try again.
    case notConnected
}

/// The client that publishes: alerts, lift commands, PushAck, probe, status. It has a connection and a thread of its
/// own, because anything sent on the intake's connection would take unsynced acknowledgements along.
///
/// Nothing waits for a connection: a command to a lift that is delivered a minute late does harm. What may be late is
/// repeated by the outbox.
package final class PublishSession: Sendable {
    package struct Options: Sendable {
        package var broker: BrokerOptions
        /// By convention the intake's with `-out`.
        package var clientID: String
        /// Where `online` and, as the last will, `offline` are published, retained: `shouwang/{site}/status`.
        package var statusTopic: String
        /// Messages that may wait to be sent or acknowledged. Default 10,000.
        package var queueMax = 10_000
        /// QoS 1 messages that may be on their way to the broker at once. Default 100.
        package var inFlightMax: UInt16 = 100

        package init(broker: BrokerOptions, clientID: String, statusTopic: String) {
            self.broker = broker
            self.clientID = clientID
            self.statusTopic = statusTopic
        }
    }

    /// Since the start.
    package struct Counters: Equatable, Sendable {
        package var acknowledged: UInt64 = 0
        package var refused: UInt64 = 0
        package var refusedFull: UInt64 = 0
        package var notConnected: UInt64 = 0
    }

    /// The reason of a refusal that another attempt may overcome.
    package static let queueFull = "queue full"

    package let options: Options
    private let wakeup = Wakeup()
    private let isStopping = Atomic(false)
    private let outbox: Outbox

    package init(_ options: Options) {
        self.options = options
        outbox = Outbox(max: options.queueMax)
    }

    /// Publishes until ``stop()``. Blocks its thread.
    package func run(random: any RandomNumberGenerator) {
        let loop = PublishLoop(options, wakeup: wakeup, outbox: outbox, random: random)
        while !isStopping.load(ordering: .acquiring) { loop.turn() }
        loop.finish()
    }

    /// The same on a thread that it makes.
    package func start(random: any RandomNumberGenerator & Sendable) -> SessionThread {
        SessionThread(name: "mqtt-out") { self.run(random: random) }
    }

    /// Ends ``run(random:)``: what waits is sent (for 1.5 s at most), then `offline`. Does not wait for it.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        wakeup.signal()
    }

    /// Publishes and waits for the broker's acknowledgement. Where the task is cancelled it waits no more and answers
    /// ``PublishOutcome/notConnected``: a broker that is silent must not hold up a stop.
    package func publish(topic: String, payload: [UInt8], qos: QoS, retain: Bool) async -> PublishOutcome {
        let waiter = PublishWaiter()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard waiter.wait(continuation) else { return }
                let message = Outbox.Message(
                    topic: topic, payload: payload, qos: qos, retain: retain, settled: { waiter.settle($0) })
                switch outbox.put(message) {
                case .queued(let isFirst): if isFirst { wakeup.signal() }
                case .not(let outcome): waiter.settle(outcome)
                }
            }
        } onCancel: {
            waiter.settle(.notConnected)
        }
    }

    /// The same without waiting: for the intake's thread.
    /// - Parameter settled: called once, on the publishing thread, with what became of it; never if it was not queued.
    /// - Returns: whether it was queued.
    @discardableResult
    package func post(
        topic: String, payload: [UInt8], qos: QoS, retain: Bool,
        settled: (@Sendable (PublishOutcome) -> Void)? = nil
    ) -> Bool {
        let message = Outbox.Message(topic: topic, payload: payload, qos: qos, retain: retain, settled: settled)
        guard case .queued(let isFirst) = outbox.put(message) else { return false }
        if isFirst { wakeup.signal() }
        return true
    }

    package var isConnected: Bool { outbox.connectedSince != nil }
    /// Since when there is a connection, by ``SystemClock/boot``; nil where there is none.
    package var connectedSince: Int64? { outbox.connectedSince }
    /// Why there is no connection; nil where there is, and before the first attempt ended.
    package var problem: Phrase? { outbox.problem }
    package var counters: Counters { outbox.counters }
    /// Whether the connection was lost as one is lost to another client of the same id, since this was asked last.
    package func takeContest() -> Bool { outbox.takeContest() }
}

/// One who waits for what becomes of a message: told once, by the acknowledgement or by its own cancellation, whichever
/// comes first. The message itself goes on, and is counted when it has come to its end.
private final class PublishWaiter: Sendable {
    private struct State {
        var continuation: CheckedContinuation<PublishOutcome, Never>?
        /// What came before anybody waited.
        var early: PublishOutcome?
    }

    private let state = Mutex(State())

    /// - Returns: false where it is over already; the continuation has been resumed then.
    func wait(_ continuation: CheckedContinuation<PublishOutcome, Never>) -> Bool {
        let early = state.withLock { state in
            if state.early == nil { state.continuation = continuation }
            return state.early
        }
        if let early { continuation.resume(returning: early) }
        return early == nil
    }

    func settle(_ outcome: PublishOutcome) {
        let continuation = state.withLock { state in
            if state.continuation == nil { state.early = outcome }
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(returning: outcome)
    }
}

/// What waits to be published, shared by those who publish and the loop. The bound counts what waits for its
/// acknowledgement as well, so the library's own queue is bounded with it.
final class Outbox: Sendable {
    struct Message: Sendable {
        var topic: String
        var payload: [UInt8]
        var qos: QoS
        var retain: Bool
        var settled: (@Sendable (PublishOutcome) -> Void)?
    }

    enum Answer {
        /// `isFirst`: nothing waited before, so the loop may be asleep.
        case queued(isFirst: Bool)
        case not(PublishOutcome)
    }

    private struct State {
        var waiting: [Message] = []
        /// Waiting or without an acknowledgement.
        var outstanding = 0
        var connectedSince: Int64?
        var problem: Phrase?
        var counters = PublishSession.Counters()
        var isContested = false
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(max: Int) { capacity = max }

    var connectedSince: Int64? { state.withLock(\.connectedSince) }
    var problem: Phrase? { state.withLock(\.problem) }
    var counters: PublishSession.Counters { state.withLock(\.counters) }

    func put(_ message: Message) -> Answer {
        state.withLock { state in
            guard state.connectedSince != nil else {
                state.counters.notConnected += 1
                return .not(.notConnected)
            }
            guard state.outstanding < capacity else {
                state.counters.refusedFull += 1
                return .not(.refused(PublishSession.queueFull))
            }
            state.outstanding += 1
            state.waiting.append(message)
            return .queued(isFirst: state.waiting.count == 1)
        }
    }

    /// Everything that waits, in order; `spare` is taken for the next.
    func take(into spare: inout [Message]) {
        state.withLock { swap(&$0.waiting, &spare) }
    }

    func wasContested() { state.withLock { $0.isContested = true } }

    func takeContest() -> Bool {
        state.withLock { state in
            defer { state.isContested = false }
            return state.isContested
        }
    }

    func setConnected(_ isConnected: Bool, problem: Phrase?) {
        state.withLock {
            $0.connectedSince = isConnected ? SystemClock.boot : nil
            $0.problem = problem
        }
    }

    /// A message has come to its end.
    func settle(_ settled: (@Sendable (PublishOutcome) -> Void)?, _ outcome: PublishOutcome) {
        state.withLock { state in
            state.outstanding -= 1
            switch outcome {
            case .acknowledged: state.counters.acknowledged += 1
            case .refused: state.counters.refused += 1
            case .notConnected: state.counters.notConnected += 1
            }
        }
        settled?(outcome)
    }
}
