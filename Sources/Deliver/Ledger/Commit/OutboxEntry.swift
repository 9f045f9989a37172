import Crypto
package import Timekeeping
package import Vocabulary

/// One notification to be delivered: which change, to whom, over which channel, and the frozen words.
package struct OutboxEntry: Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// The contract's JSON: every change, in order, never superseded.
        case change
        /// Words for people.
        case text
    }

    package var record: Int64
    package var ordinal: Int32
    package var alert: String
    /// The other alerts that a digest tells.
    package var others: [String] = []
    /// The channel's name in the config.
    package var channel: String
    /// Whom the channel is to reach; empty where the channel itself is the recipient.
    package var recipient: String
    package var severity: Severity
    package var change: String
    package var kind: Kind
    /// Frozen when the change was committed: every attempt sends the same.
    package var body: String
    package var at: Instant

    package init(
        record: Int64, ordinal: Int32, alert: String, channel: String, recipient: String, severity: Severity,
        change: String, kind: Kind, body: String, at: Instant
    ) {
        self.record = record
        self.ordinal = ordinal
        self.alert = alert
        self.channel = channel
        self.recipient = recipient
        self.severity = severity
        self.change = change
        self.kind = kind
        self.body = body
        self.at = at
    }

    /// The idempotency key: the same over attempts, restarts and deriving the change again. The first 32 hex digits of
    /// SHA-256 over `alert|record|ordinal|channel|recipient`; receivers keep it, so the form is part of the contract.
    package var key: String {
        let text = "\(alert)|\(record)|\(ordinal)|\(channel)|\(recipient)"
        return Hex.string(SHA256.hash(data: Array(text.utf8)).prefix(16))
    }
}
