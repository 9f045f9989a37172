/// What an event comes to.
package enum CaseAnswer: Equatable, Sendable {
    /// Why nothing came of an event.
    package enum Refusal: String, Equatable, Sendable {
        /// No alert of this id is open: it was never raised, is over, or was the oldest of too many.
        case unknown
        /// It was raised before.
        case isRaised
        /// It is resolved or closed, which is final.
        case isOver
        /// The same act was done before.
        case isRepeated
    }

    /// In their order, at least one.
    case changed([CaseChange])
    case refused(Refusal)
}
