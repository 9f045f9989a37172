import Channels
import Ledger
import Vocabulary

/// What becomes of a delivery whose answer says that it will never be taken. Pure.
///
/// Such answers come from captive portals, gateways and half-deployed receivers as well, and pass. So one alone gives
/// nothing up that matters: what is critical is tried again to its deadline, whoever answers; of the rest, an answer
/// that need not be the receiver's own (``ChannelAnswer/mayBeSomebodyElses``) is tried as often as one that nobody
/// understands. Only a refusal of the message itself (400, 413, 422, a bad key) is final, below critical.
enum PermanentAnswer {
    /// About two minutes with the usual backoff.
    static let attemptsMax = 8

    /// - Returns: nil where the delivery is to be given up.
    static func passing(_ reason: String, _ answer: ChannelAnswer, severity: Severity) -> TransientFailure? {
        if severity == .critical { return TransientFailure(reason) }
        return answer.mayBeSomebodyElses ? TransientFailure(reason, attemptsMax: attemptsMax) : nil
    }
}
