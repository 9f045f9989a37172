package import Timekeeping
package import Vocabulary

/// What comes of an event: the change to tell, the state behind it, and what it means for the rule's episode.
package struct CaseChange: Equatable, Sendable {
    /// Whether people are told of a change; programs get each.
    package enum Telling: Equatable, Sendable {
        case told, untold
        /// The rule says which.
        case asFound
    }

    /// What the rule that raised the alert does about its episode.
    package enum Episode: Equatable, Sendable {
        case goesOn
        /// Somebody has it in hand: of life safety nothing joins it any more.
        case isTaken
        /// Somebody was at the home, or asked: it is counted on by what they found.
        case isVisited
        /// It is forgotten: what comes next is new.
        case isClosed
        /// The same, but that a home where somebody was since is counted on from then.
        case isSettled
    }

    package var change: ChangeKind
    package var state: AlertState
    package var at: Instant
    package var telling: Telling
    package var episode: Episode
    /// Somebody was there, and had not told of arriving: that was at the same moment.
    package var isArrivalUnreported = false
    /// Nobody but whoever handled it has looked at it.
    package var isUnchecked = false

    package init(
        _ change: ChangeKind, _ state: AlertState, at: Instant, telling: Telling = .asFound,
        episode: Episode = .goesOn
    ) {
        self.change = change
        self.state = state
        self.at = at
        self.telling = telling
        self.episode = episode
    }
}
