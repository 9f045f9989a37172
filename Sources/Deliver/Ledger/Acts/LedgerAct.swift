package import Timekeeping

/// What a person's act came to, by the key under which they may ask again.
package struct LedgerAct: Equatable, Sendable {
    /// The last change that an act made, or why it made none.
    package enum Result: Equatable, Sendable {
        /// ``noChange``: it was taken in, and made none.
        case done(ordinal: Int32)
        /// - Parameters:
        ///   - refusal: its code.
        ///   - state: in which the act met the alert; nil where no such alert was known.
        case refused(_ refusal: String, state: String?)
    }

    /// In place of a change's number, of what makes none.
    package static let noChange: Int32 = -1

    /// Who put it in.
    package var person: String
    package var key: String
    /// Of what the act says: another act under the same key has another one.
    package var hash: [UInt8]
    package var record: Int64
    package var result: Result
    /// Engine time.
    package var at: Instant

    package init(person: String, key: String, hash: [UInt8], record: Int64, result: Result, at: Instant) {
        self.person = person
        self.key = key
        self.hash = hash
        self.record = record
        self.result = result
        self.at = at
    }
}
