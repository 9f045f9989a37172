/// How a clock stands. The order is the urgency: `green < red`. A test pins the spelling.
package enum Lamp: String, Sendable, CaseIterable, Comparable {
    /// Up to and including 80 % of the limit.
    case green
    /// Up to and including the instant at which it is due.
    case yellow
    /// Beyond.
    case red

    /// Percent of the limit behind which a clock is yellow.
    package static let yellowBehind: Int64 = 80

    package static func < (a: Lamp, b: Lamp) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .green: 0
        case .yellow: 1
        case .red: 2
        }
    }
}
