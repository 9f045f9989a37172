import Rules

/// The engines of one type, in the order of their rules.
protocol EngineSet {
    associatedtype Engine: RuleEngine
    subscript(place: Int) -> Engine { get set }
    /// Makes a rule's engine; returns its place.
    mutating func add(_ plan: RulePlan, _ timers: inout Timers) -> Int
}

extension ContiguousArray: EngineSet where Element: RuleEngine {
    mutating func add(_ plan: RulePlan, _ timers: inout Timers) -> Int {
        append(Element(plan, timers: &timers))
        return count - 1
    }
}

extension DeviceRules: EngineSet {}
