/// A row of `residents.csv` that was left out, since its id or its dwelling cannot be read.
package struct LeftOutResident: Equatable, Sendable {
    /// Empty where the name cannot be read either.
    package var maskedName: String
    /// Where the person lives, as the row says it; else the id; empty where neither can be read.
    package var place: String
    package var line: Int
    /// Whether the person would be watched, as far as can be told: who might be counts.
    package var isWatched: Bool
}
