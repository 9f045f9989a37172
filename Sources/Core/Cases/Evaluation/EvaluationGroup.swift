/// What figures are told by. A test pins the spelling.
package enum EvaluationGroup: String, Sendable, CaseIterable {
    /// Who acknowledged, arrived, handled, handed back: each figure goes to whoever did it.
    case worker
    case grid
    /// `department:NAME` and `partner:NAME` that a case was escalated to.
    case department
    case rule
    case device
    /// Of the raise, as ISO 8601 counts weeks: `2026-W40`.
    case week
    /// All in one.
    case all
}
