/// The stamp that a record counts at instead of its own.
struct SettledStamp: Equatable, Sendable {
    /// Of the chunk, from 1.
    var line: Int
    /// Microseconds since the epoch.
    var stamp: Int64
    /// What is said about it; of a row of them the first says it for all.
    var told: Refusal?
}
