package import StateCoding
package import Timekeeping

/// How many events of a key lie in (t − D, t].
///
/// Intuition: to know whether there are n, the newest n do, and a few more for events that come late. They are kept as
/// the newest one's time and the others' distances back from it: in 32 bits, which reach 49 days back, where D is at
/// most 24 days, else in 64.
///
/// Law: of each key the newest `capacity` = n + max(2, n/2) events are kept, where n is the count that is asked for.
/// After `add(key, t)` the answer is the number of that key's events in (t − D, t], exactly up to n, if no more than
/// `capacity − n` of the events before are later than t, and t is no more than 2³² ms − D (25 days and more) before the
/// newest. To an event that comes later than that fewer may be told, never more.
/// Cost: 8 B + 4 B × capacity a key (28 B for n = 3); O(capacity) a record, within one or two cache lines.
package struct SlidingCount: Sendable {
    package let length: Milliseconds
    package let capacity: Int
    /// 1 where a distance is 32 bits, 2 where it is 64.
    private let width: Int
    /// Words a key: newest time, in two; how many events; capacity − 1 distances, ascending.
    private let stride: Int
    /// 2 to this power keys a page, of at most 64 KiB where that holds one; pages for the reason that `Paged` has them.
    private let pageBits: Int
    private var pages: ContiguousArray<ContiguousArray<UInt32>> = []
    /// How many keys there is room for.
    private var room = 0

    /// - Parameters:
    ///   - length: D, more than 0.
    ///   - atLeast: the count that will be asked for, 1…1000.
    ///   - keys: how many keys there are; more are made when they come.
    package init(length: Milliseconds, atLeast: Int, keys: Int) {
        precondition(
            length.count > 0 && (1...1000).contains(atLeast), "a sliding count needs a length and 1…1000 events")
        self.length = length
        capacity = atLeast + max(2, atLeast / 2)
        width = length <= .days(24) ? 1 : 2
        stride = 3 + (capacity - 1) * width
        pageBits = Int.bitWidth - 1 - max(1, 16_384 / stride).leadingZeroBitCount
        makeRoom(keys)
    }

    /// Adds an event and returns how many lie in (t − D, t], itself included, counted up to `capacity`.
    package mutating func add(_ key: Int, at instant: Instant) -> Int {
        if key >= room { makeRoom(key + 1) }
        // As a span: an array would look for other owners at each word that is set.
        let row = row(key)
        var words = pages[key >> pageBits].mutableSpan
        return row.add(instant.milliseconds, &words)
    }

    /// Asks for the memory of a key that an event will come of soon; see `Span.prefetch`.
    package func prefetch(_ key: Int) {
        guard UInt(bitPattern: key) < UInt(bitPattern: room) else { return }
        let all = pages.span
        unsafe all[unchecked: key >> pageBits].span.prefetch(row(key).begin, count: stride)
    }

    /// Forgets all events of a key. O(1).
    package mutating func clear(_ key: Int) {
        if key < room { pages[key >> pageBits][row(key).begin + 2] = 0 }
    }

    /// The times that are kept of a key, the oldest first. O(capacity).
    func times(_ key: Int) -> [Instant] {
        guard key < room else { return [] }
        let page = pages[key >> pageBits]
        return row(key).times(page.span)
    }

    /// Moves every time that is kept, as if the clock had always shown that much more. O(keys).
    package mutating func shift(by length: Milliseconds) {
        for key in 0..<room where pages[key >> pageBits][row(key).begin + 2] > 0 {
            let row = row(key)
            var words = pages[key >> pageBits].mutableSpan
            row.setNewest(Instant(milliseconds: row.newest(words.span)).shifted(by: length).milliseconds, &words)
        }
    }

    private func row(_ key: Int) -> Row {
        Row(begin: (key & ((1 << pageBits) - 1)) * stride, capacity: capacity, width: width, length: length.count)
    }

    private mutating func makeRoom(_ keys: Int) {
        while room < keys {
            let used = room & ((1 << pageBits) - 1)
            if used == 0 { pages.append([]) }
            // The last page grows as arrays do: few keys must not cost a page.
            let more = min((1 << pageBits) - used, max(keys - room, used))
            pages[pages.count - 1].append(contentsOf: repeatElement(0, count: more * stride))
            room += more
        }
    }
}

/// One key's words within its page.
private struct Row {
    let begin: Int
    let capacity: Int
    let width: Int
    let length: Int64

    private var distanceMax: Int64 { width == 1 ? Int64(UInt32.max) : Int64.max }

    func newest(_ words: Span<UInt32>) -> Int64 { wide(begin, words) }

    func setNewest(_ time: Int64, _ words: inout MutableSpan<UInt32>) { setWide(begin, time, &words) }

    func times(_ words: Span<UInt32>) -> [Instant] {
        var times: [Instant] = []
        for index in (0..<Int(words[begin + 2])).reversed() {
            times.append(Instant(milliseconds: newest(words) - distance(index, words)))
        }
        return times
    }

    func add(_ time: Int64, _ words: inout MutableSpan<UInt32>) -> Int {
        var count = Int(words[begin + 2])
        if count == 0 || time >= newest(words.span) {
            if width == 1 { return renewNarrow(time, count, &words) }
            count = renew(time, count, &words)
            return within(0, count, words.span)
        }
        let back = newest(words.span) - time
        var place = count
        while place > 0, distance(place - 1, words.span) > back { place -= 1 }
        // Older than all that there is room for: it is counted, and not kept.
        if place == capacity || back > distanceMax { return within(back, count, words.span) + 1 }
        count = min(count + 1, capacity)
        var index = count - 1
        while index > place {
            setDistance(index, distance(index - 1, words.span), &words)
            index -= 1
        }
        setDistance(place, back, &words)
        words[begin + 2] = UInt32(count)
        return within(back, count, words.span)
    }

    /// Puts an event before all others, which are then further back.
    /// - Returns: how many there are now.
    private func renew(_ time: Int64, _ count: Int, _ words: inout MutableSpan<UInt32>) -> Int {
        var kept = min(count, capacity - 1)
        if kept > 0 {
            let ahead = time - newest(words.span)
            while kept > 0, distance(kept - 1, words.span) > distanceMax - ahead { kept -= 1 }
            var index = kept
            while index > 0 {
                setDistance(index, distance(index - 1, words.span) + ahead, &words)
                index -= 1
            }
        }
        setNewest(time, &words)
        words[begin + 2] = UInt32(kept + 1)
        return kept + 1
    }

    /// The same where distances are of 32 bits, and counted on the way: nearly all events of all keys pass here.
    /// - Returns: how many events lie less than D behind the newest.
    private func renewNarrow(_ time: Int64, _ count: Int, _ words: inout MutableSpan<UInt32>) -> Int {
        let ahead = UInt64(bitPattern: count == 0 ? 0 : time - newest(words.span))
        let room = min(count, capacity - 1)
        var found = 1
        var kept = 0
        var moved: UInt64 = ahead
        while kept < room, moved <= UInt64(UInt32.max) {
            let word = begin + 3 + kept
            let next = UInt64(words[word])
            words[word] = UInt32(truncatingIfNeeded: moved)
            if moved < UInt64(length) { found += 1 }
            moved = next + ahead
            kept += 1
        }
        setNewest(time, &words)
        words[begin + 2] = UInt32(kept + 1)
        return found
    }

    /// How many of the events lie `back` or more behind the newest, and less than D more.
    private func within(_ back: Int64, _ count: Int, _ words: Span<UInt32>) -> Int {
        var found = 0
        for index in 0..<count {
            let distance = distance(index, words)
            if distance - back >= length { break }
            if distance >= back { found += 1 }
        }
        return found
    }

    /// How far the event `index` lies behind the newest, which is event 0.
    private func distance(_ index: Int, _ words: Span<UInt32>) -> Int64 {
        if index == 0 { return 0 }
        let word = begin + 3 + (index - 1) * width
        return width == 1 ? Int64(words[word]) : wide(word, words)
    }

    private func setDistance(_ index: Int, _ distance: Int64, _ words: inout MutableSpan<UInt32>) {
        let word = begin + 3 + (index - 1) * width
        if width == 1 { words[word] = UInt32(truncatingIfNeeded: distance) } else { setWide(word, distance, &words) }
    }

    private func wide(_ word: Int, _ words: Span<UInt32>) -> Int64 {
        Int64(bitPattern: UInt64(words[word]) | UInt64(words[word + 1]) << 32)
    }

    private func setWide(_ word: Int, _ value: Int64, _ words: inout MutableSpan<UInt32>) {
        words[word] = UInt32(truncatingIfNeeded: value)
        words[word + 1] = UInt32(truncatingIfNeeded: value >> 32)
    }
}

extension SlidingCount {
    /// Writes one key's times, the oldest first.
    package func write(_ key: Int, to writer: inout StateWriter) {
        writer.array(times(key)) { $0.instant($1) }
    }

    /// Reads a key's events into the place of `key`, the newest that there is room for; for nil they are read over.
    package mutating func read(_ key: Int?, from reader: inout StateReader) throws(StateError) {
        if let key { clear(key) }
        try reader.each(ofSize: 8) { (reader) throws(StateError) in
            let time = try reader.instant()
            if let key { _ = add(key, at: time) }
        }
    }

    /// Reads over a key's events.
    package static func readOver(_ reader: inout StateReader) throws(StateError) {
        try reader.each(ofSize: 8) { (reader) throws(StateError) in _ = try reader.instant() }
    }

    /// Sets a key's events to those of another window's key of the same number.
    package mutating func copy(_ key: Int, from other: SlidingCount) {
        clear(key)
        for time in other.times(key) { _ = add(key, at: time) }
    }
}
