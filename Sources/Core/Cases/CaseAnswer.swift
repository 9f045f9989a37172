/// What an event comes to.
package enum CaseAnswer: Equatable, Sendable {
    /// Why nothing came of an event. A test pins the spelling.
    package enum Refusal: String, Error, Equatable, Sendable, CaseIterable {
        /// No alert of this id is known: it was never raised, or is of long ago.
        case unknown
        /// It was raised before.
        case isRaised = "raised"
        /// It is resolved or closed.
        case isOver = "over"
        /// The same act was done before.
        case isRepeated = "repeated"
        /// The verb does not lead out of the state: somebody was faster, or it is not its turn.
        case isIllegal = "illegal"
        /// Whoever handled a case does not check it.
        case isOwnCheck = "own-check"
        /// Life safety is not put off.
        case isLifeSafety = "life-safety"
        /// It was closed more than 30 days ago.
        case isTooOld = "too-old"
        /// What it is to be joined to is not open, or is the case itself.
        case isIntoNothing = "into-nothing"
        /// The word is no verb.
        case isNoVerb = "no-verb"
    }

    /// In their order, at least one.
    case changed([CaseChange])
    case refused(Refusal)
}

extension CaseAnswer.Refusal {
    /// The case was known, and its state, or who did what to it before, forbids the act: it came too late, or lost a
    /// race.
    package var isOfState: Bool {
        switch self {
        case .unknown, .isRaised, .isRepeated, .isNoVerb: false
        case .isOver, .isIllegal, .isOwnCheck, .isLifeSafety, .isTooOld, .isIntoNothing: true
        }
    }
}
