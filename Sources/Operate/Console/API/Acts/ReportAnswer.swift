/// What a report that somebody made came to.
package enum ReportAnswer: Equatable, Sendable {
    /// It is kept under this number, and these alerts were raised, or were told of it; none where no rule asks for it.
    case done(record: Int64, alerts: [String])
    /// The person used the key for something else before.
    case keyReused
    /// The journal or the ledger cannot store. Again with the same key, later.
    case unavailable
    /// Too many wait already. Again with the same key, in a moment.
    case busy
}
