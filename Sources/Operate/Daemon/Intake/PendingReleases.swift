import MQTTIntake
import Pipeline
import Rules
import Synchronization

/// What undoes an actuation and is not known to be done: published until the broker has acknowledged it, over
/// restarts too. A held lift must come free whatever happens to the box.
///
/// A hold is published at most once, by the watch that decided it. A release is harmless twice and harmful never, so at
/// a start every release is published again that the stretch of journal since the snapshot shows, or that the snapshot
/// names as unconfirmed.
struct PendingReleases {
    /// By topic; a later hold on the same topic takes the release before it away, since its own is still to come.
    private(set) var open: [String: String] = [:]
    /// Handed to the publisher, without an answer.
    private var underWay: Set<String> = []
    /// What the broker would not have, as an ACL has it: by topic, when it is tried again.
    private var pauses: [String: Int64] = [:]
    /// Of a release that was refused, milliseconds.
    static let pause: Int64 = 5000
    let answers = Answers()

    /// The mailbox between the publisher's thread, which adds, and the intake's, which empties it.
    final class Answers: Sendable {
        private let settled = Mutex<[(topic: String, payload: String, outcome: PublishOutcome)]>([])

        func add(_ topic: String, _ payload: String, _ outcome: PublishOutcome) {
            settled.withLock { $0.append((topic, payload, outcome)) }
        }

        func removeAll() -> [(topic: String, payload: String, outcome: PublishOutcome)] {
            settled.withLock { settled in
                defer { settled = [] }
                return settled
            }
        }
    }

    init() {}

    /// From a snapshot's words; what cannot be read is left out.
    init(_ text: [UInt8]) {
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            if parts.count == 2 { open[String(parts[0])] = String(parts[1]) }
        }
    }

    /// Line by line, topic and payload with a tab between. One that holds a tab or a line feed itself is left out: then
    /// it is remembered until the next start alone.
    var text: [UInt8] {
        Array(
            open.sorted { $0.key < $1.key }.filter { !($0.key + $0.value).contains { $0 == "\t" || $0.isNewline } }
                .map { "\($0.key)\t\($0.value)" }.joined(separator: "\n").utf8)
    }

    /// An actuation was decided, by this watch or by one before it.
    mutating func add(_ action: Actuation) {
        open[action.topic] = action.freshUntil == nil ? action.payload : nil
        underWay.remove(action.topic)
        pauses[action.topic] = nil
    }

    var isEmpty: Bool { open.isEmpty }

    /// What is to be published now; each counts as under way.
    /// - Parameter now: ``SystemClock/boot``.
    mutating func due(at now: Int64) -> [(topic: String, payload: String, answers: Answers)] {
        for answer in answers.removeAll() {
            underWay.remove(answer.topic)
            guard open[answer.topic] == answer.payload else { continue }
            switch answer.outcome {
            case .acknowledged: open[answer.topic] = nil
            case .refused: pauses[answer.topic] = now + PendingReleases.pause
            case .notConnected: break
            }
        }
        pauses = pauses.filter { $0.value > now }
        let due = open.filter { !underWay.contains($0.key) && pauses[$0.key] == nil }.sorted { $0.key < $1.key }
        underWay.formUnion(due.map(\.key))
        return due.map { ($0.key, $0.value, answers) }
    }

    /// It could not even be handed over.
    mutating func failed(_ topic: String) { underWay.remove(topic) }
}
