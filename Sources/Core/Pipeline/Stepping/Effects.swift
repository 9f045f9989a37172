package import Alerts
import Feeds
import RecordLog
package import Rules
package import Timekeeping

/// What stepping gives to its driver; the caller owns and reuses it.
package struct Effects: Sendable {
    package var changes: [AlertChange] = []
    /// With the record that made each.
    package var actuations: [(record: Int64, actuation: Actuation)] = []

    /// What became of people's records, each once, in their order.
    package var acts: [ActOutcome] = []

    /// Steps of the wall clock, with the record that tells each: what is counted outside the pipeline moves as well.
    package var shifts: [(record: Int64, length: Milliseconds)] = []

    package init() {}

    /// Empties it, keeping the room they have.
    package mutating func removeAll() {
        changes.removeAll(keepingCapacity: true)
        actuations.removeAll(keepingCapacity: true)
        acts.removeAll(keepingCapacity: true)
        shifts.removeAll(keepingCapacity: true)
    }
}
