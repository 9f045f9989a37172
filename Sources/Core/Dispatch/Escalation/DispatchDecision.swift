package import Alerts
package import Timekeeping

/// What comes of a batch: all of it is one transaction.
package struct DispatchDecision: Sendable {
    /// What people have to hear who keep the configuration and the sheets.
    package enum Fault: Hashable, Sendable {
        /// A tier that reaches nobody: nobody has the role and is on duty, or none of them has a channel that can be
        /// used.
        case nobody(targets: String, grid: String?)
        /// A desk that was to dispatch is not there: it goes out by itself.
        case noDesk
    }

    /// The changes that delivery makes: dispatched, escalated, renotified.
    package var made: [AlertChange] = []
    package var notifications: [AlertNotification] = []
    /// The changes that no route brings to anybody: told to every channel, and a fault of the configuration.
    package var unrouted: [AlertChange] = []
    package var faults: [Fault] = []
    /// The cases to keep, each as it is behind this.
    package var saved: [CaseDispatch] = []
    /// The alerts that are over.
    package var removed: [String] = []

    /// Where the record clock stands behind it.
    package var clock = Instant.distantPast

    var tellings: [Telling] = []
    /// Each that was touched, as it was before; nil: it was not there.
    var before: [String: CaseDispatch?] = [:]
    var stateBefore = DispatchBook.State()
    var applied: Int64 = 0
    var deskSeenAt: Instant?

    init() {}

    /// Nobody is told of anything, and nothing is kept.
    package static let nothing = DispatchDecision()
}
