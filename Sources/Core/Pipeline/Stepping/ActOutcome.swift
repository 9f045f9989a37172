package import Cases
package import Feeds
package import Vocabulary

/// What a person's record came to when it was stepped.
package struct ActOutcome: Equatable, Sendable {
    package enum Result: Equatable, Sendable {
        /// It made changes; the last of them has this place among its record's.
        case done(ordinal: Int32)
        /// It changed nothing. The state in which it met the alert; nil where no such alert is known.
        case refused(CaseAnswer.Refusal, AlertState?)
    }

    package var record: Int64
    package var act: Act
    package var result: Result
}
