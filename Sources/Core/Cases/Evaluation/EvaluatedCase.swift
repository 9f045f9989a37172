/// A case as the figures take it.
package struct EvaluatedCase: Equatable, Sendable {
    /// In the order of the ledger.
    package var steps: [CaseStep]
    package var limits: FrozenLimits

    package init(_ steps: [CaseStep], limits: FrozenLimits) {
        self.steps = steps
        self.limits = limits
    }
}
