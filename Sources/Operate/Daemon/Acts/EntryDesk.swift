import Pipeline
import Synchronization

/// Between those who put something in (tasks of the console) and the intake's thread, which writes it to the journal,
/// and the ledger's, which answers.
///
/// States of an entry: *waiting* → *appended*, with its record's number → *answered*: when the ledger has what the
/// record made, or when the journal could not store it. At most ``most`` are waiting or appended; who comes then is
/// told so at once. Law: each entry is answered once, and one that is answered ``Answer/unavailable`` does not stand
/// in the journal unless its answer was late. Cost: O(1) an entry.
final class EntryDesk: Sendable {
    /// What became of an entry.
    enum Answer: Equatable, Sendable {
        /// It was stepped, and what it made is committed.
        case stepped(record: Int64, ActOutcome?)
        /// It is not stored, or nobody knows.
        case unavailable
        case busy
    }

    typealias Ticket = UInt64

    static let most = 64

    private struct State {
        var isClosed = false
        var last: Ticket = 0
        var waiting: [(ticket: Ticket, entry: Entry)] = []
        /// By the number of the record.
        var appended: [Int64: Ticket] = [:]
        var answers: [Ticket: CheckedContinuation<Answer, Never>] = [:]
    }

    private let state = Mutex(State())
    private let wake: @Sendable () -> Void

    /// - Parameter wake: has the intake's thread look at what waits.
    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    // MARK: Who puts in

    /// Ends when the entry is answered.
    func add(_ entry: Entry) async -> Answer {
        await withCheckedContinuation { (answer: CheckedContinuation<Answer, Never>) in
            let refusal: Answer? = state.withLock { state in
                if state.isClosed { return .unavailable }
                guard state.answers.count < EntryDesk.most else { return .busy }
                state.last += 1
                state.waiting.append((state.last, entry))
                state.answers[state.last] = answer
                return nil
            }
            if let refusal { answer.resume(returning: refusal) } else { wake() }
        }
    }

    // MARK: The intake's thread

    /// All that waits; it is to be appended, or refused.
    func takeWaiting() -> [(ticket: Ticket, entry: Entry)] {
        state.withLock { state in
            defer { state.waiting.removeAll(keepingCapacity: true) }
            return state.waiting
        }
    }

    /// An entry stands behind the journal's end, as this record.
    func appended(_ ticket: Ticket, as record: Int64) { state.withLock { $0.appended[record] = ticket } }

    /// Whether an entry waits for what a record up to this one made.
    func isAwaiting(upTo record: Int64) -> Bool { state.withLock { $0.appended.keys.contains { $0 <= record } } }

    /// The journal could not store these.
    func refuse(_ tickets: [Ticket]) {
        let answers = state.withLock { state in tickets.compactMap { state.answers.removeValue(forKey: $0) } }
        for answer in answers { answer.resume(returning: .unavailable) }
    }

    /// The journal was cut back: what was appended from this record on is gone.
    func cutBack(from record: Int64) {
        let tickets = state.withLock { state in
            let gone = state.appended.filter { $0.key >= record }
            for key in gone.keys { state.appended[key] = nil }
            return gone.values.sorted()
        }
        refuse(tickets)
    }

    // MARK: The ledger's thread

    /// The ledger has what the records up to this one made.
    func committed(upTo record: Int64, _ outcomes: [ActOutcome]) {
        let answers = state.withLock { state in
            let done = state.appended.filter { $0.key <= record }.sorted { $0.key < $1.key }
            return done.compactMap { number, ticket -> (CheckedContinuation<Answer, Never>, Answer)? in
                state.appended[number] = nil
                guard let answer = state.answers.removeValue(forKey: ticket) else { return nil }
                return (answer, .stepped(record: number, outcomes.first { $0.record == number }))
            }
        }
        for (continuation, answer) in answers { continuation.resume(returning: answer) }
    }

    /// The watch has ended: nobody knows what became of the rest.
    func close() {
        let answers = state.withLock { state in
            state.isClosed = true
            defer { (state.waiting, state.appended, state.answers) = ([], [:], [:]) }
            return state.answers.sorted { $0.key < $1.key }.map(\.value)
        }
        for answer in answers { answer.resume(returning: .unavailable) }
    }
}
