import Rules
import Timekeeping
import Windowing

/// The messages of the last minute that tell an id and no time, each with when its first copy came.
///
/// Law: a body of a device is a copy if it was seen first at most 60 s ago with an id that was new to the device. At
/// most ``most`` are kept, the oldest dropped first. O(1), no allocation once warm.
struct RecentCopies: Sendable {
    static let length = Milliseconds.seconds(60)
    static let most = 65_536

    struct Entry: Equatable, Sendable {
        var key: UInt64
        var first: Instant
    }

    private(set) var first: [UInt64: Instant] = [:]
    /// In the order of their first copies, from `head` on.
    private(set) var order: ContiguousArray<Entry> = []
    private var head = 0

    /// - Parameter isNew: the message's id is another than the device's before it.
    mutating func isRepeated(device: Int, body: UInt64, isNew: Bool, at now: Instant) -> Bool {
        forget(at: now)
        let key = (body ^ UInt64(truncatingIfNeeded: device) &* 0x9E37_79B9_7F4A_7C15)
        if first[key] != nil { return true }
        guard isNew else { return false }
        first[key] = now
        order.append(Entry(key: key, first: now))
        return false
    }

    private mutating func forget(at now: Instant) {
        while head < order.count {
            let oldest = order[head]
            guard now - oldest.first > RecentCopies.length || order.count - head >= RecentCopies.most else { break }
            if first[oldest.key] == oldest.first { first[oldest.key] = nil }
            head += 1
        }
        if head > 1024, head * 2 > order.count {
            order.removeFirst(head)
            head = 0
        }
    }

    mutating func shift(by length: Milliseconds) {
        self = RecentCopies(entries: entries.map { Entry(key: $0.key, first: $0.first.shifted(by: length)) })
    }

    /// The oldest first.
    var entries: [Entry] { Array(order[head...]) }

    init(entries: [Entry] = []) {
        order = ContiguousArray(entries)
        for entry in entries { first[entry.key] = entry.first }
    }
}
