/// What forgetting somebody came to.
package enum ForgetAnswer: Equatable, Sendable {
    /// What becomes of what is kept of them, as JSON; whether it was done.
    case report(json: [UInt8], isDone: Bool)
    /// Nobody of this id stands in the sheet, nor in any configuration that is kept.
    case unknown
    /// The ledger cannot be read or written now.
    case unavailable
}
