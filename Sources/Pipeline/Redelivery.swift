import Rules
import Timekeeping
import Windowing

/// A message counts once (docs/architecture.md, "Time").
///
/// With an `id` and a time that is believed: the same body of the same device among its last 256 messages, and less
/// than 24 h ago, or of any age in the backlog of a session that was just resumed. With an `id` alone: the same body in
/// such a backlog, or within 60 s of the first copy if its id was another than the device's before it: counters begin
/// anew, and an id that never changes is none. Without: the same message id, topic and body as one of the last 1,000
/// records before the session that was just resumed, until it has settled. So it is of calls for help, whatever id they
/// tell; and a retained copy of a call that was told counts at no age.
///
/// State: 24 B a device and 9 B a remembered message, rings that grow with use, bounded by 256 a device; 8 B more a
/// device and 40 B a message of the last minute of those that tell no time. O(1).
struct Redelivery: Sendable {
    static let perDevice = 256
    static let beforeResume = 1000
    static let hours: UInt16 = 24
    /// Of so many of a device's last messages, more than half left out is told.
    static let watched = DeviceHealth.watchedIDs

    var rings = Paged<Ring>()
    /// Calls for help have rings of their own: the broker tells a retained one again and again, however much else the
    /// device has told since.
    var calls = Paged<Ring>()
    /// By device, a hash of the id that it told last without a time; 0 none.
    var lastIDs = Paged<UInt64>()
    var copies = RecentCopies()
    /// By device of whose last messages some were left out: which of them, a bit each, the newest lowest.
    var outcomes: [Int32: UInt32] = [:]
    var recent: ContiguousArray<UInt64> = []
    var recentNext = 0
    var resumed: Set<UInt64> = []
    /// The broker hands over the backlog of a session that was resumed.
    var isResumed = false

    /// The time that a body tells, as a feed reads it: by the same feed always the same of the same body.
    struct Told: Sendable {
        var time: Instant
        var feed: UInt8
    }

    /// Whether a body was seen of this device; if not, it is remembered.
    mutating func isRepeated(device: Int, body: UInt64, told: Told, at now: Instant) -> Bool {
        if device >= rings.count { rings.append(device + 1 - rings.count, of: Ring()) }
        let isKnown = rings[device].isRepeated(body, told: told, in: Redelivery.hour(of: now), isMemory: isResumed)
        if isKnown { watch(device) }
        return isKnown
    }

    /// The same for a body without a time that is believed.
    /// - Parameter id: a hash of the id that it tells; not 0.
    mutating func isRepeated(device: Int, body: UInt64, untimed id: UInt64, at now: Instant) -> Bool {
        if device >= rings.count { rings.append(device + 1 - rings.count, of: Ring()) }
        // Remembered for a backlog to come; outside of one what the ring knows is no copy.
        let isKnown = rings[device].isRepeated(body, told: nil, in: Redelivery.hour(of: now), isMemory: true)
        if device >= lastIDs.count { lastIDs.append(device + 1 - lastIDs.count, of: 0) }
        let isNew = lastIDs[device] != id
        lastIDs[device] = id
        if isResumed { return isKnown }
        let isCopy = copies.isRepeated(device: device, body: body, isNew: isNew, at: now)
        if isCopy { watch(device) }
        return isCopy
    }

    /// The same for a call for help.
    mutating func isRepeated(callOf device: Int, body: UInt64, at now: Instant, isRetained: Bool) -> Bool {
        if device >= calls.count { calls.append(device + 1 - calls.count, of: Ring()) }
        return calls[device].isRepeated(body, told: nil, in: Redelivery.hour(of: now), isMemory: isRetained)
    }

    static func hour(of instant: Instant) -> UInt16 {
        UInt16(truncatingIfNeeded: instant.milliseconds / Milliseconds.hours(1).count)
    }

    /// The clock was moved. O(devices × remembered messages).
    mutating func shift(by length: Milliseconds) {
        let count = UInt16(truncatingIfNeeded: length.count / Milliseconds.hours(1).count)
        for device in rings.indices where !rings[device].isEmpty { rings[device].shift(by: count) }
        for device in calls.indices where !calls[device].isEmpty { calls[device].shift(by: count) }
        copies.shift(by: length)
    }

    /// Remembers a record, in case the session breaks behind it.
    /// - Returns: whether it is one that the broker hands over again after a resumption.
    mutating func isRepeated(withoutID record: UInt64) -> Bool {
        if !resumed.isEmpty, resumed.remove(record) != nil { return true }
        if recent.count < Redelivery.beforeResume {
            recent.append(record)
        } else {
            recent[recentNext] = record
            recentNext = (recentNext + 1) % Redelivery.beforeResume
        }
        return false
    }

    mutating func sessionResumed() {
        resumed = Set(recent)
        isResumed = true
    }

    mutating func sessionSettled() {
        resumed = []
        isResumed = false
    }

    // MARK: Messages that are left out

    /// Of some device a message was left out lately.
    var isWatching: Bool { !outcomes.isEmpty }

    private mutating func watch(_ device: Int) {
        if !isResumed, outcomes[Int32(device)] == nil { outcomes[Int32(device)] = 0 }
    }

    /// Takes in whether a message of a device was left out.
    /// - Returns: how many of its last twenty were; nil for a device that nothing is known of.
    mutating func outcome(ofDevice device: Int32, _ isDropped: Bool) -> Int? {
        guard let before = outcomes[device] else { return nil }
        let now = (before << 1 | (isDropped ? 1 : 0)) & (1 << UInt32(Redelivery.watched) - 1)
        outcomes[device] = now == 0 ? nil : now
        return now.nonzeroBitCount
    }
}

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
