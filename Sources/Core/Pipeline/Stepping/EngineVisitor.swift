import Rules

/// What is done to an engine whose type it does not know.
protocol EngineVisitor {
    associatedtype Failure: Error = Never
    mutating func visit(_ engine: inout some RuleEngine, timers: inout Timers) throws(Failure)
}
