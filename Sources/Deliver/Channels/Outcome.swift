/// What an answer means. `answer` and reasons are kept in the ledger for people.
package enum Outcome: Equatable, Sendable {
    case sent(answer: String)
    case transient(TransientFailure)
    case permanent(reason: String)
}
