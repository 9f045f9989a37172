/// The buckets of one owner's timers: four levels of 256, each bucket a list that runs through the timers' own links.
///
/// Law: a tick's place is that of the finest level on which it lies less than 256 buckets ahead of the first tick not
/// opened; no two buckets that are in use have the same place, since those before it are empty. What lies further
/// ahead than 8,900 years stands in the last bucket. Cost: 12 B a timer, 4 KiB an owner; all in O(1).
struct TimerWheel: Sendable {
    /// A tick is 2¹⁶ ms, 65.5 s: a record a second finds the next one opened in one of 65 calls.
    static let tickBits: Int64 = 16
    private static let levelBits: Int64 = 8
    private static let levels = 4
    static let slots = 1 << Int(levelBits)
    static let nowhere: Int32 = -1
    static let inHeap: Int32 = -2

    private struct Link: Sendable {
        var next: Int32 = -1
        var previous: Int32 = -1
        /// Level × 256 + slot, or one of the two above.
        var place: Int32 = TimerWheel.nowhere
    }

    private var links: Paged<Link>
    private var heads = ContiguousArray<Int32>(repeating: -1, count: TimerWheel.levels * TimerWheel.slots)

    init(keys: Int) { links = Paged(repeating: Link(), count: keys) }

    mutating func grow(_ more: Int) { links.append(more, of: Link()) }

    func place(of key: Int) -> Int32 { links[key].place }
    func next(after key: Int) -> Int32 { links[key].next }
    mutating func set(_ key: Int, _ place: Int32) { links[key].place = place }

    mutating func insert(_ key: Int, at place: Int32) {
        let first = heads[Int(place)]
        links[key] = Link(next: first, previous: -1, place: place)
        if first >= 0 { links[Int(first)].previous = Int32(key) }
        heads[Int(place)] = Int32(key)
    }

    mutating func remove(_ key: Int) {
        let link = links[key]
        if link.previous >= 0 {
            links[Int(link.previous)].next = link.next
        } else {
            heads[Int(link.place)] = link.next
        }
        if link.next >= 0 { links[Int(link.next)].previous = link.previous }
        links[key].place = TimerWheel.nowhere
    }

    /// Empties a bucket.
    /// - Returns: the first of the timers that it held; −1 where there was none.
    mutating func take(_ place: Int32) -> Int32 {
        let first = heads[Int(place)]
        if first >= 0 { heads[Int(place)] = -1 }
        return first
    }

    static func place(for tick: Int64, opened: Int64) -> Int32 {
        for level in 0..<Int64(levels) {
            let bits = level * levelBits
            let ahead = (tick >> bits) - (opened >> bits)
            if ahead < slots { return Int32(level) << Int32(levelBits) | Int32((tick >> bits) & Int64(slots - 1)) }
        }
        let last = (opened >> (Int64(levels - 1) * levelBits)) + Int64(slots - 1)
        return Int32((levels - 1) << Int(levelBits)) | Int32(last & Int64(slots - 1))
    }

    /// The first tick of a bucket in use.
    static func start(of place: Int32, opened: Int64) -> Int64 {
        let bits = Int64(place >> Int32(levelBits)) * levelBits
        let block = opened >> bits
        let ahead = (Int64(place) - block) & Int64(slots - 1)
        return (block + ahead) << bits
    }

    /// A bit for each bucket: set where one of any owner's may hold a timer.
    struct Occupied: Sendable {
        private var bits = [16 of UInt64](repeating: 0)

        mutating func insert(_ place: Int32) { bits[Int(place >> 6)] |= 1 << UInt64(place & 63) }
        mutating func remove(_ place: Int32) { bits[Int(place >> 6)] &= ~(1 << UInt64(place & 63)) }

        /// The bucket that begins first; of two that begin together the coarser one, which may hold what belongs into
        /// the finer.
        func first(opened: Int64) -> (place: Int32, start: Int64)? {
            var found: (place: Int32, start: Int64)?
            for level in (0..<TimerWheel.levels).reversed() {
                let from = Int((opened >> (Int64(level) * TimerWheel.levelBits)) & Int64(TimerWheel.slots - 1))
                guard let slot = next(from, level) else { continue }
                let place = Int32(level * TimerWheel.slots + slot)
                let start = TimerWheel.start(of: place, opened: opened)
                if found.map({ start < $0.start }) ?? true { found = (place, start) }
            }
            return found
        }

        /// The first occupied slot of a level at or after one, going round.
        private func next(_ from: Int, _ level: Int) -> Int? {
            let words = TimerWheel.slots / 64
            for step in 0...words {
                let word = (from / 64 + step) % words
                var rest = bits[level * words + word]
                if step == 0 { rest &= ~0 << UInt64(from % 64) }
                if rest != 0 { return word * 64 + rest.trailingZeroBitCount }
            }
            return nil
        }
    }
}
