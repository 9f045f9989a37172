/// Of which client another one takes the id away. Names and a rule; no state.
enum Contest {
    /// The publishing client, as a fault's name; the intake's is the empty one.
    static let out = "out"
    private static let isOverAfter: Int64 = 300_000

    /// An id that was contested is ours again when its own connection has stood for a while.
    /// - Parameters:
    ///   - since: since when that client's connection stands; nil where it does not.
    ///   - now: of the same clock, milliseconds.
    static func isOver(since: Int64?, at now: Int64) -> Bool { since.map { now - $0 >= isOverAfter } ?? false }
}
