/// What became of a message that was to be published.
package enum PublishOutcome: Equatable, Sendable {
    /// The broker has it (at QoS 0: it was written to the socket).
    case acknowledged
    /// It will never be taken: another attempt with the same topic and payload fails as well. Or, with
    /// ``PublishSession/queueFull``, too much waits.
    case refused(String)
    /// There is no connection, or it was lost before the acknowledgement; the broker may have the message. Try again.
    case notConnected
}
