/// Whether a call is made again. A call that changes something has a key, so made again it is done once: what is not
/// known to have come through is asked again, and what was refused is not.
package enum RetryPlan {
    /// What came of one try.
    package enum Outcome: Equatable, Sendable {
        case answered(ConsoleAnswer)
        /// Nothing left: nobody listens there.
        case unreachable
        /// It left, or may have, and no answer came.
        case lost
    }

    package static let triesMax = 5
    /// Who says "later" is waited for so long at most.
    package static let patience = Duration.seconds(10)
    private static let pauses: [Duration] = [.milliseconds(200), .milliseconds(500), .seconds(1), .seconds(2)]

    /// - Parameters:
    ///   - tries: so many were made, this one with them.
    ///   - wasLost: the answer of one before was lost: what was asked may be done already.
    ///   - isFresh: the token was made a moment ago.
    /// - Returns: how long to wait before the next; nil where there is none.
    package static func pause(after outcome: Outcome, tries: Int, wasLost: Bool, isFresh: Bool = false) -> Duration? {
        guard tries < triesMax else { return nil }
        let pause = pauses[tries - 1]
        switch outcome {
        case .lost: return pause
        // At first nobody is there; later on the daemon is starting again.
        case .unreachable: return wasLost ? pause : nil
        case .answered(let answer) where answer.status == 401:
            // The daemon looks into the ledger once a second.
            return isFresh && tries == 1 ? .milliseconds(1200) : nil
        case .answered(let answer):
            guard answer.status == 503 || answer.status == 429 else { return nil }
            let told = answer.retryAfter.map { Duration.seconds($0) } ?? pause
            return told <= patience ? max(told, pause) : nil
        }
    }
}
