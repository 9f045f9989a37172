package import Diagnostics
package import Timekeeping

/// What a rule has of one key now, for somebody who asks why it does not fire: what holds, what is missing, and when it
/// would fire.
package struct Outlook: Equatable, Sendable {
    /// A sentence.
    package var text: Phrase
    /// When it would fire if nothing came; nil where something must come.
    package var due: Instant?

    package init(zh: String, en: String, due: Instant? = nil) {
        text = Phrase(zh: zh, en: en)
        self.due = due
    }
}
