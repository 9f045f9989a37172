package import Timekeeping

/// A link to a worker's page, as the ledger keeps it: for one alert and one recipient. Its text is made of it with the
/// site's key (``LinkKey``), and cannot be made without.
///
/// States: *open*, until it has *expired* (its own time is over, or the alert has been over for ``afterEnd``) or was
/// *withdrawn* (somebody else has the case). Both are final once they are noted (``Ledger/endLinks(at:)``).
package struct Link: Equatable, Sendable {
    /// It ends so long after its alert.
    package static let afterEnd = Milliseconds.hours(24)
    /// So long at most it can be used.
    package static let lasting = Milliseconds.days(7)
    /// A message that is sent when less is left of a link gets one of its own.
    package static let renewedFrom = Milliseconds.days(1)

    /// SHA-256 of the token's id, in hexadecimal digits.
    package var hash: String
    /// 16 random bytes.
    package var salt: [UInt8]
    package var alert: String
    package var recipient: Recipient
    package var made: Instant
    package var expires: Instant
    /// When it was noted that it has ended.
    package var ended: Instant?
    /// When an act last came over it.
    package var used: Instant?

    package init(
        hash: String, salt: [UInt8], alert: String, recipient: Recipient, made: Instant, expires: Instant,
        ended: Instant? = nil, used: Instant? = nil
    ) {
        self.hash = hash
        self.salt = salt
        self.alert = alert
        self.recipient = recipient
        self.made = made
        self.expires = expires
        self.ended = ended
        self.used = used
    }

    /// Whom it was sent to.
    package struct Recipient: Hashable, Sendable {
        /// A worker's id; of a group the name of the channel that it reads.
        package var name: String
        /// Several read it: whoever opens it is asked who they are.
        package var isGroup: Bool
        /// In the registry's spelling; empty where those who read it have several.
        package var role: String

        package init(name: String, isGroup: Bool, role: String) {
            self.name = name
            self.isGroup = isGroup
            self.role = role
        }
    }

    /// Whether it is open at an instant.
    /// - Parameter over: when its alert was over; nil while it is not.
    package func isOpen(at now: Instant, over: Instant?) -> Bool {
        // A clock that was set back gives no link more than the time since it was made.
        let now = max(now, made, used ?? made, over ?? made)
        return ended == nil && now < expires && over.map { now < $0 + Link.afterEnd } ?? true
    }
}
