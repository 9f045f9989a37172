import Rules
import StateCoding
import Timekeeping

/// Where one rule's engine is, whatever its type: for what is not done for each record or timer, since it goes by an
/// existential and a key path, some hundred nanoseconds a call.
protocol EnginePlace: Sendable {
    func visit<Visitor: EngineVisitor>(
        _ engines: inout Engines, _ visitor: inout Visitor, timers: inout Timers
    ) throws(Visitor.Failure)

    func visit<Visitor: EnginePairVisitor>(
        _ engines: inout Engines, beside other: Engines, _ visitor: inout Visitor
    ) throws(Visitor.Failure)

    func write(_ engines: Engines, _ context: RuleContext, timers: Timers, to writer: inout StateWriter)

    func status(_ engines: Engines, ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus]
}

extension Engines {
    /// The place of an engine in the set of its type.
    struct SetPlace<Set: EngineSet>: EnginePlace {
        let set: any WritableKeyPath<Engines, Set> & Sendable
        let at: Int

        func visit<Visitor: EngineVisitor>(
            _ engines: inout Engines, _ visitor: inout Visitor, timers: inout Timers
        ) throws(Visitor.Failure) {
            try visitor.visit(&engines[keyPath: set][at], timers: &timers)
        }

        func visit<Visitor: EnginePairVisitor>(
            _ engines: inout Engines, beside other: Engines, _ visitor: inout Visitor
        ) throws(Visitor.Failure) {
            try visitor.visit(&engines[keyPath: set][at], beside: other[keyPath: set][at])
        }

        func write(_ engines: Engines, _ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
            engines[keyPath: set][at].write(context, timers: timers, to: &writer)
        }

        func status(_ engines: Engines, ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
            engines[keyPath: set][at].status(ofKey: key, at: now, context)
        }
    }
}
