import SiteConfiguration

// Most of what a town tells is nothing to the rules about devices, and must cost them next to nothing.

extension DeviceHealth {
    /// What a rule has nothing to do with while nothing is open.
    struct Rest: OptionSet, Sendable {
        let rawValue: UInt8

        /// What is routine: a timer of silence that is armed stays; at its time the device is looked at and put off.
        static let routine = Rest(rawValue: 1)
        /// What shows no life, or life that is believed: its device is not stuck.
        static let healthy = Rest(rawValue: 2)
        /// Everything: it is told by the pipeline.
        static let all = Rest(rawValue: 4)
    }

    /// Steps all rules about devices.
    package static func step(
        _ rules: inout ContiguousArray<DeviceHealth>, _ event: Event, _ surroundings: Surroundings,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        var rest = Rest.all
        if event.isRoutine { rest.insert(.routine) }
        if event.isBelieved || !event.showsLife { rest.insert(.healthy) }
        for index in rules.indices {
            if !rules[index].rests.isDisjoint(with: rest), rules[index].open.isEmpty, rules[index].faults.isEmpty {
                continue
            }
            rules[index].step(event, surroundings, timers: &timers, into: &output)
        }
    }
}
