import Community
import RecordLog
package import Timekeeping

/// A record of the daemon's own, topic `$shouwang/…`; what the pipeline acts on of it.
package enum SystemRecord: Equatable, Sendable {
    /// When the box was last known to run; nil where that was not told.
    case start(downSince: Instant?)
    case config
    case sessionConnected(present: Bool)
    /// When something was last known to come through; nil where that was not told.
    case sessionLost(since: Instant?)
    case sessionSettled
    case tick
    /// The wall clock was moved while the box ran: all that is counted moves with it.
    case clockStepped(from: Instant, to: Instant)
    /// The first trusted time after a start: until then the box did not know how long it had been down.
    case clockSet(to: Instant)
    /// Records that were acknowledged and are gone, by number.
    case lost(from: Int64, to: Int64)
    /// What a person did, to an alert or for a resident.
    case act(Act)
    /// Since when a home was counted by a rule before journal and snapshots were lost, as the ledger had it.
    case seen(rule: String, home: String, since: Instant)
    /// A device that sends more than it may: so many of its records were cut.
    case flood(device: String, cut: Int64)
    /// Journal's own: a segment's header, a checksum.
    case bookkeeping
    /// Of a later version; counted.
    case unknown(String)
}
