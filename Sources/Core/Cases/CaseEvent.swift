package import Timekeeping

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
        /// Who does it.
        package var actor: String?
        /// Of `dispatch`: who is to go.
        package var to: String?
        /// Of `handle`: what was found, …
        package var found: String?
        /// … that nobody was met, and the device is at fault, …
        package var metNobody = false
        /// … and that somebody went, and did not only call.
        package var wentThere = false
        /// Of `check`: what was handled is in order.
        package var isRight = true
        /// Of `check`: the route lets whoever handled check.
        package var mayCheckOwn = false
        /// Of `escalate`: nobody opened.
        package var isNoAccess = false
        /// Of `merge`: what it is joined to is another case that is not over.
        package var isIntoOpen = true
        /// Of `suspend`: until when. Of `resume`: the end of the rest that is over; nil: of whichever it is.
        package var restsUntil: Instant?

        package init(_ verb: Verb, isVisit: Bool = false, key: UInt64? = nil, actor: String? = nil) {
            self.verb = verb
            self.isVisit = isVisit
            self.key = key
            self.actor = actor
        }
    }
}
