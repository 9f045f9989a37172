import Synchronization

/// What the stamps of a chunk are like, as far as it takes to see that none of them leapt (``StampCourse``).
struct StampSpread: Equatable, Sendable {
    private(set) var count = 0
    private(set) var first: Int64 = 0
    private(set) var smallest = Int64.max
    /// So far below any stamp that the first one is ahead of it.
    private(set) var greatest = Int64.min / 2
    /// Whether a stamp lies further ahead of those before it than is believed unseen.
    private(set) var leaps = false

    @inline(__always)
    mutating func add(_ stamp: Int64) {
        if stamp &- greatest > StampCourse.aheadMax { rise(to: stamp) }
        count &+= 1
        if stamp > greatest { greatest = stamp }
        if stamp < smallest { smallest = stamp }
    }

    @inline(never)
    private mutating func rise(to stamp: Int64) {
        if count == 0 { first = stamp } else { leaps = true }
    }
}

/// Where a reading of a chunk leaves its ``StampSpread`` for who asked for it; written once a reading.
final class SpreadBox: Sendable {
    private let spread = Mutex(StampSpread())

    func put(_ value: StampSpread) { spread.withLock { $0 = value } }
    var value: StampSpread { spread.withLock { $0 } }
}
