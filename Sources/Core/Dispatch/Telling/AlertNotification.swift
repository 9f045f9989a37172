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
    package var purpose = Purpose.alert
    /// The worker who reads it; nil where it goes to a group, a program or a family.
    package var worker: String?
    /// The role, in the registry's spelling, by which they were found.
    package var role: String?
    /// Not empty; several are a digest. The first gives the notification its number and its alert.
    package var changes: [AlertChange]

    /// The greatest of its changes.
    package var severity: Severity { changes.map(\.severity).max() ?? .low }

    /// The alerts that it tells of, the first one first.
    package var alerts: [String] { changes.map(\.id) }

    /// What people read. O(length of the texts).
    /// - Parameter ending: a last line, as a link for this alert and this recipient. The only place where a line is
    ///   added to a text.
    package func words(in language: Language, ending: String? = nil) -> String {
        let text = Digest.text(of: changes, for: purpose, in: language)
        return ending.map { text + "\n" + $0 } ?? text
    }
}
