import Feeds
import Rules
import StateCoding
import Timekeeping
import Windowing

/// A message counts once (docs/rules.md, "One alert an episode").
///
/// With an `id` and a time that is believed: the same body of the same device among its last 256 messages, and less
/// than 24 h ago, or of any age in the backlog of a session that was just resumed. With an `id` alone: the same body in
/// such a backlog, or within 60 s of the first copy if its id was another than the device's before it: counters begin
/// again, and an id that never changes is none. Without: the same message id, topic and body as one of the last 1,000
/// records before the session that was just resumed, until it has settled. So it is of calls for help, whatever id they
/// tell; and a retained copy of a call that was told counts at no age.
///
/// State: 24 B a device and 9 B a remembered message, rings that grow with use, bounded by 256 a device; 8 B more a
/// device and 40 B a message of the last minute of those that tell no time. O(1).
struct Deduplicator: Sendable {
    static let perDevice = 256
    private static let beforeResume = 1000
    static let hours: UInt16 = 24
    /// Of so many of a device's last messages, more than half left out is told.
    private static let watched = DeviceHealth.watchedIDs

    var rings = Paged<Ring>()
    /// Calls for help have rings of their own: the broker tells a retained one again and again, however much else the
    /// device has told since.
    private var calls = Paged<Ring>()
    /// By device, a hash of the id that it told last without a time; 0 none.
    private var lastIDs = Paged<UInt64>()
    private var copies = RecentCopies()
    /// By device of whose last messages some were left out: which of them, a bit each, the newest lowest.
    private var outcomes: [Int32: UInt32] = [:]
    private var recent: ContiguousArray<UInt64> = []
    private var recentNext = 0
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
        let isKnown = rings[device].isRepeated(body, told: told, in: Deduplicator.hour(of: now), isMemory: isResumed)
        if isKnown { watch(device) }
        return isKnown
    }

    /// The same for a body without a time that is believed.
    /// - Parameter id: a hash of the id that it tells; not 0.
    mutating func isRepeated(device: Int, body: UInt64, untimed id: UInt64, at now: Instant) -> Bool {
        if device >= rings.count { rings.append(device + 1 - rings.count, of: Ring()) }
        // Remembered for a backlog to come; outside of one what the ring knows is no copy.
        let isKnown = rings[device].isRepeated(body, told: nil, in: Deduplicator.hour(of: now), isMemory: true)
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
        return calls[device].isRepeated(body, told: nil, in: Deduplicator.hour(of: now), isMemory: isRetained)
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
        if recent.count < Deduplicator.beforeResume {
            recent.append(record)
        } else {
            recent[recentNext] = record
            recentNext = (recentNext + 1) % Deduplicator.beforeResume
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
        let now = (before << 1 | (isDropped ? 1 : 0)) & (1 << UInt32(Deduplicator.watched) - 1)
        outcomes[device] = now == 0 ? nil : now
        return now.nonzeroBitCount
    }
}

extension Deduplicator {
    /// The last messages of a device, each as 48 bits of its body's hash and the hour in which it came.
    ///
    /// Nearly all messages are new, and most say so: of one feed the same body tells the same time, so one that tells a
    /// later time than all that are remembered is none of them. The others are looked for by one byte of each hash,
    /// thirty-two of which are compared at once; then by the words, of which one is looked at where a byte is equal.
    /// Two bodies are taken for one with a probability of 256 in 2⁴⁸.
    struct Ring: Sendable {
        /// For each 32 places one of bytes, then for each 4 places one of words.
        private var blocks: ContiguousArray<SIMD4<UInt64>> = []
        /// How many of them are of bytes: 0, 1, 2, 4 or 8.
        private var byteBlocks: UInt8 = 0
        /// The feed that the last told time came by.
        private var feed: UInt8 = 0
        private var used: UInt16 = 0
        /// Which gives way next, once all places are used.
        private var oldest: UInt16 = 0
        /// So many more must come before no message is remembered of which it is not known what time it tells by that
        /// feed.
        private var doubted: UInt16 = 0
        /// The latest time that any of the others tells.
        private var newest = Instant.distantPast

        init() {}

        /// - Parameters:
        ///   - hashes: at most ``perDevice``, of which the upper 48 bits count.
        ///   - hours: as many.
        ///   - next: which of them gives way first, once there are so many.
        init(hashes: [UInt64], hours: [UInt16], next: Int) {
            for (hash, hour) in zip(hashes, hours) {
                add(Ring.word(hash, hour))
            }
            oldest = UInt16(clamping: next)
            doubted = UInt16(Deduplicator.perDevice)
        }

        var isEmpty: Bool { used == 0 }
        var next: Int { Int(oldest) }
        var hashes: [UInt64] { (0..<Int(used)).map { word(at: $0) & ~0xFFFF } }
        /// Of each the hour in which it came, the last 16 bits of it.
        var hours: [UInt16] { (0..<Int(used)).map { UInt16(truncatingIfNeeded: word(at: $0)) } }

        /// Whether a body was seen; if not, it is remembered.
        /// - Parameters:
        ///   - told: nil where the body tells no time, or one that was not believed when it came.
        ///   - isMemory: the broker told it out of its memory, which has no age.
        mutating func isRepeated(_ body: UInt64, told: Told?, in hour: UInt16, isMemory: Bool) -> Bool {
            if let told, told.feed != feed {
                (feed, newest) = (told.feed, .distantPast)
                if used > 0 { doubted = UInt16(Deduplicator.perDevice) }
            }
            if doubted > 0 || told?.time ?? .distantPast <= newest, let known = find(body) {
                let before = UInt16(truncatingIfNeeded: word(at: known))
                if isMemory || hour &- before < Deduplicator.hours { return true }
                put(Ring.word(body, hour), at: known)
                return false
            }
            if let told {
                newest = max(newest, told.time)
                if doubted > 0 { doubted -= 1 }
            } else {
                doubted = UInt16(Deduplicator.perDevice)
            }
            if used < Deduplicator.perDevice {
                add(Ring.word(body, hour))
            } else {
                replaceOldest(by: Ring.word(body, hour))
            }
            return false
        }

        private mutating func add(_ word: UInt64) {
            if isFull { grow() }
            put(word, at: Int(used))
            used += 1
        }

        private mutating func replaceOldest(by word: UInt64) {
            put(word, at: Int(oldest))
            oldest = (oldest + 1) % UInt16(Deduplicator.perDevice)
        }

        /// Asks for the memory into which the next message goes; see `Span.prefetch`.
        @inline(__always)
        mutating func prefetch() {
            let next = used < Deduplicator.perDevice ? Int(used) : Int(oldest)
            let blocks = blocks.span
            blocks.prefetch(next >> 5)
            blocks.prefetch(Int(byteBlocks) + next >> 2)
        }

        mutating func shift(by count: UInt16) {
            for place in 0..<Int(used) {
                let word = word(at: place)
                put(Ring.word(word, UInt16(truncatingIfNeeded: word) &+ count), at: place)
            }
        }

        private static func word(_ body: UInt64, _ hour: UInt16) -> UInt64 { body & ~0xFFFF | UInt64(hour) }
        private static func byte(of body: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: body >> 56) }

        private var isFull: Bool { Int(used) == Int(byteBlocks) << 5 }

        private func word(at place: Int) -> UInt64 { blocks[Int(byteBlocks) + place >> 2][place & 3] }

        private mutating func put(_ word: UInt64, at place: Int) {
            let first = Int(byteBlocks)
            var blocks = blocks.mutableSpan
            blocks[first + place >> 2][place & 3] = word
            let shift = UInt64(place & 7) << 3
            let byte = UInt64(Ring.byte(of: word)) << shift
            let at = place >> 3 & 3
            blocks[place >> 5][at] = blocks[place >> 5][at] & ~(0xFF << shift) | byte
        }

        private mutating func grow() {
            let former = self
            byteBlocks = max(1, byteBlocks * 2)
            blocks = ContiguousArray(repeating: SIMD4(), count: Int(byteBlocks) * 9)
            for place in 0..<Int(used) { put(former.word(at: place), at: place) }
        }

        private func find(_ body: UInt64) -> Int? {
            let wanted = SIMD32<UInt8>(repeating: Ring.byte(of: body))
            for block in 0..<(Int(used) + 31) >> 5 {
                // The same 32 bytes, read as bytes; and which of them are equal, read as words.
                let bytes = unsafe unsafeBitCast(blocks[block], to: SIMD32<UInt8>.self)
                let equal = unsafe unsafeBitCast(bytes .== wanted, to: SIMD4<UInt64>.self)
                guard equal.x | equal.y | equal.z | equal.w != 0 else { continue }
                for part in 0..<4 {
                    var rest = equal[part]
                    while rest != 0 {
                        let byte = rest.trailingZeroBitCount >> 3
                        rest &= ~(0xFF << UInt64(byte << 3))
                        let place = block << 5 | part << 3 | byte
                        // The last block may have places that stand for nothing yet.
                        if place < Int(used), (word(at: place) ^ body) >> 16 == 0 { return place }
                    }
                }
            }
            return nil
        }
    }
}

extension Deduplicator {
    func write(to writer: inout StateWriter) {
        Deduplicator.write(rings, to: &writer)
        Deduplicator.write(calls, to: &writer)
        writer.words(recent)
        writer.integer(recentNext)
        writer.words(resumed.sorted())
        writer.truth(isResumed)
        writer.array(lastIDs.indices.filter { lastIDs[$0] != 0 }) { writer, device in
            writer.integer(device)
            writer.word(lastIDs[device])
        }
        writer.array(copies.entries) { writer, entry in
            writer.word(entry.key)
            writer.instant(entry.first)
        }
        writer.dictionary(outcomes) { writer, device, outcome in
            writer.integer(device)
            writer.integer(Int(outcome))
        }
    }

    private static func write(_ rings: Paged<Ring>, to writer: inout StateWriter) {
        writer.array(rings.indices.filter { !rings[$0].isEmpty }) { writer, device in
            writer.integer(device)
            writer.integer(rings[device].next)
            writer.words(rings[device].hashes)
            for hour in rings[device].hours { writer.integer(Int(hour)) }
        }
    }

    private static func read(
        _ rings: inout Paged<Ring>, from reader: inout StateReader, _ numbers: Renumbering
    ) throws(StateError) {
        try reader.each(ofSize: 3) { (reader) throws(StateError) in
            let device = Int(numbers.device(try reader.integer32()))
            let next = try reader.integer()
            let hashes = try reader.words()
            guard hashes.count <= Deduplicator.perDevice, hashes.isEmpty || hashes.indices.contains(next) else {
                throw reader.damaged("a device's last messages")
            }
            var hours: [UInt16] = []
            for _ in hashes { hours.append(UInt16(truncatingIfNeeded: try reader.integer())) }
            guard device >= 0 else { return }
            if device >= rings.count { rings.append(device + 1 - rings.count, of: Ring()) }
            rings[device] = Ring(hashes: hashes, hours: hours, next: next)
        }
    }

    init(from reader: inout StateReader, _ numbers: Renumbering, version: UInt8) throws(StateError) {
        try Deduplicator.read(&rings, from: &reader, numbers)
        try Deduplicator.read(&calls, from: &reader, numbers)
        recent = ContiguousArray(try reader.words())
        recentNext = try reader.integer()
        resumed = Set(try reader.words())
        guard recent.count <= Deduplicator.beforeResume, recentNext == 0 || recent.indices.contains(recentNext) else {
            throw reader.damaged("the last messages")
        }
        isResumed = try version > 3 ? reader.truth() : !resumed.isEmpty
        guard version > 3 else { return }
        try reader.each(ofSize: 9) { (reader) throws(StateError) in
            let device = Int(numbers.device(try reader.integer32()))
            let id = try reader.word()
            guard device >= 0 else { return }
            if device >= lastIDs.count { lastIDs.append(device + 1 - lastIDs.count, of: 0) }
            lastIDs[device] = id
        }
        copies = RecentCopies(
            entries: try reader.array(ofSize: 16) { (reader) throws(StateError) in
                RecentCopies.Entry(key: try reader.word(), first: try reader.instant())
            })
        outcomes = try reader.dictionary(ofSize: 2) { (reader) throws(StateError) in
            let device = numbers.device(try reader.integer32())
            let outcome = UInt32(truncatingIfNeeded: try reader.integer())
            return device < 0 ? nil : (device, outcome)
        }
    }
}
