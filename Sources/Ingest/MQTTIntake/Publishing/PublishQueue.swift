import Diagnostics
import Synchronization

/// What waits to be published, shared by those who publish and the loop. The bound counts what waits for its
/// acknowledgement as well, so the library's own queue is bounded with it.
final class PublishQueue: Sendable {
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
        var problem: LocalizedText?
        var counters = PublishSession.Counters()
        var isContested = false
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(max: Int) { capacity = max }

    var connectedSince: Int64? { state.withLock(\.connectedSince) }
    var problem: LocalizedText? { state.withLock(\.problem) }
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

    func setConnected(_ isConnected: Bool, problem: LocalizedText?) {
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
