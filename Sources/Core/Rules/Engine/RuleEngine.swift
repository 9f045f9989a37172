import Community
import SiteConfiguration
package import StateCoding
package import Timekeeping
package import Windowing

/// A way in which rules work: the composition of windows that several kinds of the catalogue share.
///
/// A value without input and output. The pipeline holds the engines of each type in an array and calls them for the
/// observation kinds that they look at, in the configuration's order; nothing is looked up by existential. A rule's
/// timers are armed under owners that it asked for in `init`.
///
/// Laws: the same calls give the same findings. `write`, then `read` into a fresh engine of the same settings and
/// `rearm`, goes on as if nothing had been. What `read` leaves open was told: it is not raised again.
package protocol RuleEngine: Sendable {
    /// Bit n: it looks at the observation kind with raw value n.
    var kinds: UInt64 { get }

    /// The same of one device of the registry, by number; what is left out here changes nothing in it.
    func kinds(of device: Int32) -> UInt64

    /// It looks at observations that tell of a battery alone.
    var isOfBatteries: Bool { get }

    init(_ plan: RulePlan, timers: inout Timers)

    /// The first record: what is counted from it is armed now.
    mutating func begin(at now: Instant, _ context: RuleContext, timers: inout Timers)

    /// Takes in an observation of one of `kinds`.
    mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput)

    /// A timer of this rule has come due. `now` is the engine clock: at or after the deadline.
    mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput)

    /// Somebody closed the alert of this key and start: its episode is over, without a finding.
    mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers)

    /// Writes everything that is known. When a timer is due is written where that cannot be worked out again.
    func write(_ context: RuleContext, timers: Timers, to writer: inout StateWriter)

    /// Reads what was written of an engine of this type, in place of everything that is known.
    mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError)

    /// The settings have changed: takes from the state under the old ones what was told or done and goes on
    /// nevertheless, open episodes and actuations. Called after the rest was filled again.
    mutating func adopt(toldBy other: Self)

    /// Arms the timer of everything that waits.
    func rearm(_ timers: inout Timers)

    /// What it has of a key now: what holds, what is missing, when it would fire. Empty where it has met nothing of it.
    func status(ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus]

    /// The wall clock was moved; timers are moved by their owner. What was told stays as it was told.
    mutating func shift(by length: Milliseconds)

    /// The wall clock was moved, and a calendar opens by the clock: what waits for that is looked at again.
    mutating func lookAtCalendar(timers: inout Timers)
}

extension RuleEngine {
    package mutating func begin(at now: Instant, _ context: RuleContext, timers: inout Timers) {}

    package func kinds(of device: Int32) -> UInt64 { kinds }

    package var isOfBatteries: Bool { false }

    /// Most have nothing that waits for a calendar.
    package mutating func lookAtCalendar(timers: inout Timers) {}
}
