import SiteConfiguration
package import Timekeeping
package import Windowing

// Most of what a town tells is nothing to the rules about devices, and must cost them next to nothing.

extension DeviceHealth {
    /// What a rule has nothing to do with while nothing is open.
    struct Rest: OptionSet, Sendable {
        let rawValue: UInt8

        /// What is routine: a timer of silence that is armed stays; at its time the device is looked at and put off.
        static var routine: Rest { Rest(rawValue: 1) }
        /// What shows no life, or life that is believed: its device is not stuck.
        static var healthy: Rest { Rest(rawValue: 2) }
        /// Everything: it is told by the pipeline.
        static var all: Rest { Rest(rawValue: 4) }
    }

    /// What it rests on now: nothing while something is open.
    fileprivate var restsNow: Rest { open.isEmpty && faults.isEmpty ? rests : [] }
}

/// The rules about devices, each of which sleeps through what it rests on.
package struct DeviceRules: Sendable {
    private var rules: ContiguousArray<DeviceHealth> = []
    /// By rule, what it rests on now.
    private var rests: ContiguousArray<DeviceHealth.Rest> = []

    package init() {}

    /// How many there are.
    package var indices: Range<Int> { rules.indices }

    /// Makes a rule's engine; returns its place.
    package mutating func add(_ plan: RulePlan, _ timers: inout Timers) -> Int {
        rules.append(DeviceHealth(plan, timers: &timers))
        rests.append(rules[rules.count - 1].restsNow)
        return rules.count - 1
    }

    /// One rule's engine. What it rests on is looked at after each change.
    package subscript(place: Int) -> DeviceHealth {
        get { rules[place] }
        _modify {
            defer { rests[place] = rules[place].restsNow }
            yield &rules[place]
        }
    }

    /// A timer of one rule has come due. Not by the subscript: from another target its change in place allocates.
    package mutating func expire(
        _ place: Int, _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ surroundings: Surroundings,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        self[place].expire(timer, deadline: deadline, now: now, surroundings, timers: &timers, into: &output)
    }

    /// Steps all rules about devices. O(rules), and a compare for each that rests.
    package mutating func step(
        _ event: Event, _ surroundings: Surroundings, timers: inout Timers, into output: inout RuleOutput
    ) {
        var rest = DeviceHealth.Rest.all
        if event.isRoutine { rest.insert(.routine) }
        if event.isBelieved || !event.showsLife { rest.insert(.healthy) }
        for place in rests.indices where rests[place].isDisjoint(with: rest) {
            self[place].step(event, surroundings, timers: &timers, into: &output)
        }
    }
}
