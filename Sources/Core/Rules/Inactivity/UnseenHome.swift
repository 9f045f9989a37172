/// A home in which nobody could be seen to move, and why: what the daily message tells of.
package struct UnseenHome: Equatable, Sendable {
    /// Why; the words are those of the daily report.
    package enum Reason: String, Sendable {
        /// Neither a device nor a credential, and nobody was ever seen.
        case uncovered
        /// Every device of the home is known to be silent.
        case sensorsDead = "sensors_dead"
    }

    /// The household's number in the registry.
    package var home: Int32
    package var reason: Reason

    package init(home: Int32, reason: Reason) {
        self.home = home
        self.reason = reason
    }
}
