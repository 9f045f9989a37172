import Feeds

/// What is put into the journal on a person's behalf.
enum Entry: Sendable {
    /// - Parameter page: the alert as the ledger has it, for a pipeline that does not.
    case act(Act, page: String?)
    /// A record of the daemon's own.
    case system(SystemRecord)
    /// A message, as if the broker had brought it.
    case message(topic: String, payload: [UInt8])
}
