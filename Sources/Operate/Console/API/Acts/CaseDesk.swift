package import Feeds

/// Where people's acts go: the daemon's intake writes each to the journal, steps it, and has the ledger keep what came
/// of it before it answers.
package protocol CaseDesk: Sendable {
    /// Does an act, or finds that it was done before (by its person and key). Ends when what it came to is durable and
    /// committed.
    func act(_ act: Act) async -> ActAnswer
}
