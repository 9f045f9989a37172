package import Vocabulary

/// One notification on its way to one recipient, with the words frozen when it was decided: each attempt says the same.
package struct ChannelMessage: Equatable, Sendable {
    /// The idempotency key: the same over attempts and restarts.
    package var key: String
    /// The alert's id.
    package var alert: String
    package var severity: Severity
    /// `raised`, `updated`, … as in the contract.
    package var change: String
    /// Whom the channel is to reach; empty where the channel itself is the recipient.
    package var recipient: String
    /// The change's JSON or words for people, as ``ChannelSettings/takesChanges`` says.
    package var body: String
    /// An earlier attempt may have reached the recipient, so this one says that it may be a repeat.
    package var isRepeat: Bool

    package init(
        key: String, alert: String, severity: Severity, change: String, recipient: String, body: String, isRepeat: Bool
    ) {
        self.key = key
        self.alert = alert
        self.severity = severity
        self.change = change
        self.recipient = recipient
        self.body = body
        self.isRepeat = isRepeat
    }
}
