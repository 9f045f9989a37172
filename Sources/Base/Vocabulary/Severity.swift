// The product's closed lists of words: what a configuration may name, and what feeds, rules and alerts speak of.
// The spellings are the outside contract; a test pins them.

/// How urgent an alert is. The order is the urgency: `low < critical`.
package enum Severity: String, Sendable, CaseIterable, Comparable {
    case low, medium, high, critical

    package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

    /// The next less urgent; of the least itself.
    package var lower: Severity {
        switch self {
        case .low, .medium: .low
        case .high: .medium
        case .critical: .high
        }
    }

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }
}
