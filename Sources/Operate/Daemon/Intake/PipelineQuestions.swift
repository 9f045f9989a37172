import Pipeline
import Synchronization

/// What others ask of the pipeline: answered by the intake's thread between two batches, one a turn.
///
/// At most ``most`` wait; who comes then gets no answer, and says so. A question is to look at no more than some
/// hundred homes or devices, so that no batch notices it. Cost where nobody asks: one lock a turn.
final class PipelineQuestions: Sendable {
    static let most = 16

    private struct State {
        var isClosed = false
        var waiting: [@Sendable (Pipeline?) -> Void] = []
    }

    private let state = Mutex(State())
    private let wake: @Sendable () -> Void

    /// - Parameter wake: has the intake's thread look at what waits.
    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    /// - Returns: nil where too many wait already, or the watch has ended.
    func ask<T: Sendable>(_ question: @escaping @Sendable (Pipeline) -> T) async -> T? {
        await withCheckedContinuation { (answer: CheckedContinuation<T?, Never>) in
            let isTaken = state.withLock { state in
                guard !state.isClosed, state.waiting.count < PipelineQuestions.most else { return false }
                state.waiting.append { pipeline in answer.resume(returning: pipeline.map(question)) }
                return true
            }
            if isTaken { wake() } else { answer.resume(returning: nil) }
        }
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Answers the oldest.
    func answerOne(_ pipeline: Pipeline) {
        let next = state.withLock { state in state.waiting.isEmpty ? nil : state.waiting.removeFirst() }
        next?(pipeline)
        if state.withLock({ !$0.waiting.isEmpty }) { wake() }
    }

    /// Nobody answers any more.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for question in waiting { question(nil) }
    }
}
