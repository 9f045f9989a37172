/// What of somebody the ledger has, or had before it forgot.
package struct ForgottenCount: Equatable, Sendable {
    /// Ids of their cases that are over.
    package var alerts: [String] = []
    /// Ids of those that are not: while there is one, nobody is forgotten.
    package var open: [String] = []
    package var events = 0
    package var deliveries = 0
    /// Rows elsewhere that have one of the words: by table and column.
    package var mentions: [String: Int] = [:]
    /// Photographs of their cases and of no other, by their hashes.
    package var photos: [String] = []

    package init() {}

    /// Nothing is left of them.
    package var isNothing: Bool { self == ForgottenCount() }
}
