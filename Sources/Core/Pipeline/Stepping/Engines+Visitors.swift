import Rules
import Timekeeping

// What is done to each engine of a configuration alike.

extension Engines {
    struct Begin: EngineVisitor {
        let now: Instant
        let context: RuleContext

        func visit(_ engine: inout some RuleEngine, timers: inout Timers) {
            engine.begin(at: now, context, timers: &timers)
        }
    }

    struct Rearm: EngineVisitor {
        func visit(_ engine: inout some RuleEngine, timers: inout Timers) { engine.rearm(&timers) }
    }

    /// The clock was moved, and with it what is known of when a calendar opens.
    struct Shift: EngineVisitor {
        let length: Milliseconds

        func visit(_ engine: inout some RuleEngine, timers: inout Timers) {
            engine.shift(by: length)
            engine.lookAtCalendar(timers: &timers)
        }
    }

    struct Close: EngineVisitor {
        let key: String
        let started: Instant
        let now: Instant

        func visit(_ engine: inout some RuleEngine, timers: inout Timers) {
            engine.close(key: key, started: started, at: now, timers: &timers)
        }
    }

    /// At which kinds a rule looks: of devices that the registry does not know, then of each that it does.
    struct KindsOf: EngineVisitor {
        let devices: Int
        var kinds: [UInt64] = []
        var isOfBatteries = false

        init(devices: Int) { self.devices = devices }

        mutating func visit(_ engine: inout some RuleEngine, timers: inout Timers) {
            isOfBatteries = engine.isOfBatteries
            kinds = [engine.kinds] + (0..<Int32(devices)).map { engine.kinds(of: $0) }
        }
    }
}
