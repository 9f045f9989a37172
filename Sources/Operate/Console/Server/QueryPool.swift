import DequeModule
import Diagnostics
import Dispatch
import Ledger
import Synchronization

/// Where the console waits for the disk: two threads, and up to 64 questions behind them. No question of the console
/// can take a thread from the sender or the intake, nor pile up: what does not fit, and what is not answered within two
/// seconds, is answered with 503.
///
/// Owned by the console; asked from any task.
final class QueryPool: Sendable {
    static let threads = 2
    static let waitingMax = 64
    static let patience: Duration = .seconds(2)

    private struct State {
        var running = 0
        var waiting: Deque<@Sendable () -> Void> = []
    }

    private let state = Mutex(State())
    private let patience: Duration
    private let queue = DispatchQueue(label: "shouwang.console", attributes: .concurrent)

    init(patience: Duration = QueryPool.patience) { self.patience = patience }

    /// What a question came to.
    private enum Answer<Value: Sendable>: Sendable {
        case value(Value)
        case failed(LedgerError)
    }

    /// Asks on one of the threads.
    /// - Throws: ``Problem`` with 503 where the pool is full, the answer is late, or the ledger cannot be read.
    func ask<Value: Sendable>(
        _ question: @escaping @Sendable () throws(LedgerError) -> Value
    ) async throws(Problem) -> Value {
        let (answers, answer) = AsyncStream<Answer<Value>>.makeStream(bufferingPolicy: .bufferingNewest(1))
        // Whoever asked may be gone when its turn comes: then nothing is read.
        let wanted = Flag()
        let isTaken = submit {
            guard wanted.isSet else { return answer.finish() }
            do throws(LedgerError) {
                answer.yield(.value(try question()))
            } catch {
                answer.yield(.failed(error))
            }
            answer.finish()
        }
        guard isTaken else { throw .unavailable("too many questions wait already", retryAfter: 1) }
        let first = await withTaskGroup(of: Answer<Value>?.self) { group in
            group.addTask {
                for await one in answers { return one }; return nil
            }
            group.addTask { [patience] in
                do { try await Task.sleep(for: patience) } catch { return nil }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        wanted.clear()
        switch first {
        case .value(let value)?: return value
        case .failed(let error)?: throw .unavailable("the ledger cannot be read: \(error.what.en)")
        case nil: throw .unavailable("the ledger does not answer in time", retryAfter: 2)
        }
    }

    private func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        let (isTaken, runs) = state.withLock { state in
            if state.running < QueryPool.threads {
                state.running += 1
                return (true, true)
            }
            guard state.waiting.count < QueryPool.waitingMax else { return (false, false) }
            state.waiting.append(work)
            return (true, false)
        }
        if runs { queue.async { self.run(work) } }
        return isTaken
    }

    private func run(_ first: @Sendable () -> Void) {
        first()
        while true {
            let next: (@Sendable () -> Void)? = state.withLock { state in
                if let next = state.waiting.popFirst() { return next }
                state.running -= 1
                return nil
            }
            guard let next else { return }
            next()
        }
    }
}

/// Whether somebody still waits.
private final class Flag: Sendable {
    private let value = Mutex(true)
    var isSet: Bool { value.withLock { $0 } }
    func clear() { value.withLock { $0 = false } }
}
