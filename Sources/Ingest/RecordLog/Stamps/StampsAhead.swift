import Timekeeping

/// The stamps of a chunk and of those behind it, which are read as they are asked for.
final class StampsAhead {
    private var stamps: [RawStamp]
    private let more: () -> [RawStamp]?
    private var hasEnded = false

    /// - Parameter more: the next chunk's, which may have none; nil at the log's end.
    init(_ stamps: [RawStamp], more: @escaping () -> [RawStamp]?) {
        self.stamps = stamps
        self.more = more
    }

    subscript(index: Int) -> RawStamp { stamps[index] }

    /// Whether the log has a record so far behind the first.
    func reaches(_ index: Int) -> Bool {
        while index >= stamps.count, !hasEnded {
            if let next = more() { stamps += next } else { hasEnded = true }
        }
        return index < stamps.count
    }
}
