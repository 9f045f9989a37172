/// Tells connections that another client takes away from others that are lost. Pure; times are milliseconds.
///
/// A broker hands an id to whoever comes last and hangs up on the one before, in MQTT 3.1.1 without a word. Two clients
/// of one id then take turns: each connection is let in, and lost again soon after. A broker that is away refuses
/// attempts between two losses, so a failed attempt takes the suspicion back.
struct ContestWatch {
    /// A connection that was lost within so long after it stood is one that may have been taken.
    static let quick: Int64 = 40_000
    /// So many of them within ``span`` are no accident.
    static let least = 3
    static let span: Int64 = 300_000

    private var losses: [Int64] = []

    /// A connection ended or an attempt failed.
    /// - Parameter lived: how long it stood; nil where it never did.
    /// - Returns: whether another client may have the same id.
    mutating func fell(_ problem: ConnectionError, after lived: Int64?, at now: Int64) -> Bool {
        switch (problem, lived) {
        case (.lost, let lived?) where lived < ContestWatch.quick:
            losses.removeAll { now - $0 > ContestWatch.span }
            losses.append(now)
            return losses.count >= ContestWatch.least
        // The broker has said so itself.
        case (.dismissed(code: 142), _): return false
        // Ended by this side: it says nothing of others.
        case (.notStored, _), (.restarted, _), (.stopped, _): return false
        default:
            losses.removeAll()
            return false
        }
    }
}
