package import Cases
package import Feeds
package import Timekeeping
package import Vocabulary

/// What a person's record came to when it was stepped.
package struct ActOutcome: Equatable, Sendable {
    /// The one thing that an act comes to.
    package enum Result: Equatable, Sendable {
        /// It made changes; the last of them has this place among its record's.
        case done(ordinal: Int32)
        /// It is about a resident and no alert: it was taken in, and made no change.
        case takenIn
        /// It changed nothing. The state in which it met the alert; nil where no such alert is known.
        case refused(CaseAnswer.Refusal, AlertState?)
    }

    package var record: Int64
    /// The engine clock there.
    package var at: Instant
    /// As the record has it, without its page.
    package var act: Act
    package var result: Result
}
