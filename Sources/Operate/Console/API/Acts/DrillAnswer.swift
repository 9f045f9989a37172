package import Diagnostics

/// What a drill that somebody asked for came to.
package enum DrillAnswer: Equatable, Sendable {
    /// It is kept under this number, and raised this alert.
    case done(record: Int64, alert: String)
    /// A field that is wrong, and what to do.
    case wrong(field: String, LocalizedText)
    /// The person used the key for something else before.
    case keyReused
    /// So many are open already that no other may be.
    case full
    /// The journal or the ledger cannot store. Again with the same key, later.
    case unavailable
    /// Too many wait already. Again with the same key, in a moment.
    case busy
}
