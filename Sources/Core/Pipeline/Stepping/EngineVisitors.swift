import Community
import Feeds
import Rules
import SiteConfiguration
import StateCoding
import Timekeeping
import Windowing

/// What is done to an engine whose type it does not know.
protocol EngineVisitor {
    associatedtype Failure: Error = Never
    mutating func visit(_ engine: inout some RuleEngine, timers: inout Timers) throws(Failure)
}

/// The same for two engines of one rule.
protocol EnginePairVisitor {
    associatedtype Failure: Error = Never
    mutating func visit<Engine: RuleEngine>(_ engine: inout Engine, beside other: Engine) throws(Failure)
}

struct Begin: EngineVisitor {
    let now: Instant
    let surroundings: RuleContext

    func visit(_ engine: inout some RuleEngine, timers: inout Timers) {
        engine.begin(at: now, surroundings, timers: &timers)
    }
}

struct Rearm: EngineVisitor {
    func visit(_ engine: inout some RuleEngine, timers: inout Timers) { engine.rearm(&timers) }
}

struct Shift: EngineVisitor {
    let length: Milliseconds

    func visit(_ engine: inout some RuleEngine, timers: inout Timers) { engine.shift(by: length) }
}

struct Close: EngineVisitor {
    let key: String
    let started: Instant
    let now: Instant

    func visit(_ engine: inout some RuleEngine, timers: inout Timers) {
        engine.close(key: key, started: started, at: now, timers: &timers)
    }
}

/// Which kinds of a device each rule looks at; −1: of one that the registry does not know.
struct KindsOf: EngineVisitor {
    var device: Int32
    var kinds: [UInt64] = []
    var areOfBatteries: [Bool] = []

    mutating func visit(_ engine: inout some RuleEngine, timers: inout Timers) {
        kinds.append(device < 0 ? engine.kinds : engine.kinds(of: device))
        areOfBatteries.append(engine.isOfBatteries)
    }
}
