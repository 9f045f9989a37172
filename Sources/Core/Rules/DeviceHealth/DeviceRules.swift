import SiteConfiguration
package import Timekeeping
import Vocabulary
package import Windowing

/// The rules about devices, each of which sleeps through what it rests on.
package struct DeviceRules: Sendable {
    private var rules: ContiguousArray<DeviceHealth> = []
    /// Which are busy now, a bit each, and which rest otherwise, by what they rest on. One beyond the 64th never does.
    private var busy: UInt64 = 0
    private var routine: UInt64 = 0
    private var healthy: UInt64 = 0
    private var all: UInt64 = 0
    /// Which keep a number of each device.
    private var counting: UInt64 = 0

    package init() {}

    /// How many there are.
    package var indices: Range<Int> { rules.indices }

    /// Makes a rule's engine; returns its place.
    package mutating func add(_ plan: RulePlan, _ timers: inout Timers) -> Int {
        let rule = DeviceHealth(plan, timers: &timers)
        let place = rules.count
        rules.append(rule)
        // A shift by 64 or more gives nothing.
        let bit: UInt64 = 1 << place
        if rule.rests.contains(.routine) { routine |= bit }
        if rule.rests.contains(.healthy) { healthy |= bit }
        if rule.rests.contains(.all) { all |= bit }
        if rule.kind == .deviceFlooding { counting |= bit }
        return place
    }

    /// One rule's engine. Whether it is busy is looked at after each change.
    package subscript(place: Int) -> DeviceHealth {
        get { rules[place] }
        _modify {
            yield &rules[place]
            note(place)
        }
    }

    private mutating func note(_ place: Int) {
        let bit: UInt64 = 1 << place
        if rules[place].isBusy != (busy & bit != 0) { busy ^= bit }
    }

    /// A timer of one rule has come due. Not by the subscript: from another target its change in place allocates.
    package mutating func expire(
        _ place: Int, _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        self[place].expire(timer, deadline: deadline, now: now, context, timers: &timers, into: &output)
    }

    /// Whether a rule waits for the next record.
    package func isAsleep(_ place: Int) -> Bool { rules[place].isAsleep }

    /// A record has come: what slept is looked at again.
    package mutating func wake(at now: Instant, timers: inout Timers) {
        for place in rules.indices { rules[place].wake(at: now, timers: &timers) }
    }

    /// Asks for the memory of a device that is heard soon.
    package mutating func prefetch(_ device: Int32) {
        var rest = counting
        while rest != 0 {
            rules[rest.trailingZeroBitCount].minutes.prefetch(Int(device))
            rest &= rest - 1
        }
    }

    /// Steps all rules about devices that do not rest. O(rules).
    package mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        let count = rules.count
        var rest = all
        if event.isRoutine { rest |= routine }
        if event.isBelieved || !event.showsLife { rest |= healthy }
        var awake = (busy | ~rest) & (1 << count &- 1)
        while awake != 0 {
            let place = awake.trailingZeroBitCount
            awake &= awake - 1
            self[place].step(event, context, timers: &timers, into: &output)
        }
        guard count > UInt64.bitWidth else { return }
        for place in UInt64.bitWidth..<count {
            self[place].step(event, context, timers: &timers, into: &output)
        }
    }
}
