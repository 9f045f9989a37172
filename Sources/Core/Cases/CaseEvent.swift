/// What happens to a case: what the rule that raised it says, or what a person does.
package enum CaseEvent: Equatable, Sendable {
    /// The rule tells of an episode that is new, …
    case raised
    /// … that there is more of it, …
    case updated
    /// … and that it is over.
    case resolved
    case act(Act)

    /// What a person does, as far as it decides anything.
    package struct Act: Equatable, Sendable {
        package var verb: Verb
        /// It says what was found in a home whose silence is counted.
        package var isVisit: Bool
        /// Equal for the same act of the same person told twice; nil: it is never taken for another.
        package var key: UInt64?

        package init(_ verb: Verb, isVisit: Bool = false, key: UInt64? = nil) {
            self.verb = verb
            self.isVisit = isVisit
            self.key = key
        }
    }
}
