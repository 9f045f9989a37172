import Rules

/// As ``EngineVisitor``, for two engines of one rule.
protocol EnginePairVisitor {
    associatedtype Failure: Error = Never
    mutating func visit<Engine: RuleEngine>(_ engine: inout Engine, beside other: Engine) throws(Failure)
}
