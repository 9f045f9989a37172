package import Cases
package import Vocabulary

/// What an act came to.
package enum ActAnswer: Equatable, Sendable {
    /// It is kept, and this is the last change that it made (`events`, by record and ordinal).
    case done(record: Int64, ordinal: Int32)
    /// It changed nothing, and is kept as such. The state in which it met the alert; nil where none such is known.
    case refused(CaseAnswer.Refusal, AlertState?)
    /// The person used the key for something else before.
    case keyReused
    /// Nothing is kept of it: the journal or the ledger cannot store. Again with the same key, later.
    case unavailable
    /// Too many acts wait already. Again with the same key, in a moment.
    case busy
}
