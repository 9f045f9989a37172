package import Alerts
package import Diagnostics
package import Vocabulary

/// One telling: which changes go to whom, over which channel, and in which form.
package struct AlertNotification: Equatable, Sendable {
    /// What the channel takes.
    package enum Body: Equatable, Sendable {
        /// The change's JSON, of each change.
        case json
        /// Words for people.
        case words
    }

    /// The place of the route that led there; nil where none reached anybody.
    package var route: Int?
    package var channel: String
    /// An address or a worker's id; empty where the channel itself is the recipient.
    package var recipient: String
    package var body: Body
    /// Not empty; several are a digest. The first gives the notification its number and its alert.
    package var changes: [AlertChange]

    /// The greatest of its changes.
    package var severity: Severity { changes.map(\.severity).max() ?? .low }

    /// What people read. O(length of the texts).
    package func words(in language: Language) -> String { Digest.text(of: changes, in: language) }
}
