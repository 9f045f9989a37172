package import Timekeeping

/// A record of the daemon's own, topic `$shouwang/…`: what can change an alert beside what devices say.
///
/// Its bytes in the journal are made by ``encoded`` and read by ``init(_:_:zone:)``, which give the same record again;
/// ``SystemRecordForm/all`` tells topics and fields for people (docs/journal.md) and for scenarios. Fields that only
/// people read are nil where a record does not have them.
package enum SystemRecord: Equatable, Sendable {
    /// In front of the names of all topics.
    package static let topicPrefix = "$shouwang/"

    /// Why a configuration came into force.
    package enum ConfigReason: String, Sendable { case start, reload }

    /// The daemon started. When the box was last known to run; nil where that was not told.
    case start(version: String?, config: String?, downSince: Instant?)
    /// Another configuration or registry is in force.
    case config(hash: String?, why: ConfigReason?)
    /// - present: the broker had kept the session.
    case sessionConnected(present: Bool)
    /// When something was last known to come through; nil where that was not told.
    case sessionLost(since: Instant?)
    /// What the broker had kept is in.
    case sessionSettled
    /// A deadline passed in quiet.
    case tick
    /// The wall clock was moved while the box ran: all that is counted moves with it.
    case clockStepped(from: Instant, to: Instant)
    /// The first trusted time after a start: until then the box did not know how long it had been down.
    case clockSet(from: Instant, to: Instant)
    /// Records that were acknowledged and are gone, by number.
    case lost(from: Int64, to: Int64)
    /// What a person did, to an alert or for a resident.
    case act(Act)
    /// Somebody asked for an alert to practise with.
    case drill(Drill)
    /// Since when a home was counted by a rule before journal and snapshots were lost, as the ledger had it.
    case seen(rule: String, home: String, since: Instant)
    /// A device that sends more than it may: so many of its records were cut.
    case flood(device: String, cut: Int64)
    /// The first line of a segment: its own number. Written and checked by the journal itself.
    case segment(first: Int64, version: Int64)
    /// The end of a block. Written and checked by the journal itself.
    case sum(number: Int64, isClosing: Bool, crc: UInt32)
    /// Of a later version, or without a field that it needs; counted. Its name, and of some what they say.
    case unknown(String)
}
