package import StateCoding
package import Timekeeping

/// How many different values a key has shown lately.
///
/// Intuition: a value is there as long as its latest event is, so one time a value is enough; and to know whether there
/// are n, the n values with the latest events are enough. What is counted by events and not by values gives each event
/// a value of its own.
///
/// Law: of each key the `capacity` values with the latest events are kept, each at its latest time, whatever the order
/// in which events come. So ``count(_:after:)`` is exact up to `capacity` for any disorder. ``most(_:in:around:)`` is
/// exact, up to `capacity`, where each value has one event; where values come again it is exact for windows that end at
/// the newest event, and may tell fewer for older ones, never more: of a value that came again the earlier event is
/// forgotten.
/// Cost: 12 B × capacity + 8 B a key. An event that is newer than all: O(1) for one of a value of its own, else a
/// search through the values, O(capacity); a late one O(capacity). No allocation but for new keys.
package struct DistinctCount: Sendable {
    /// The fullest window that was found.
    package struct Run: Equatable, Sendable {
        package var count: Int
        /// The oldest and the newest event in it.
        package var first: Instant
        package var last: Instant

        package init(count: Int, first: Instant, last: Instant) {
            self.count = count
            self.first = first
            self.last = last
        }
    }

    package let capacity: Int
    /// By key a ring of `capacity`, sorted by time from `heads` on.
    var times: Paged<Int64>
    var values: Paged<Int32>
    private var heads: Paged<Int32>
    private var counts: Paged<Int32>

    /// - Parameters:
    ///   - capacity: how many values a key can be known to have, 1…1,000,000.
    ///   - keys: how many keys there are; more are made when they come.
    package init(capacity: Int, keys: Int) {
        precondition((1...1_000_000).contains(capacity), "a set of different values has room for 1…1,000,000")
        self.capacity = capacity
        times = Paged(repeating: 0, count: capacity * keys)
        values = Paged(repeating: 0, count: capacity * keys)
        heads = Paged(repeating: 0, count: keys)
        counts = Paged(repeating: 0, count: keys)
    }

    /// Takes in that `key` showed `value`.
    /// - Returns: whether the value was not among those kept.
    @discardableResult
    package mutating func add(_ key: Int, _ value: Int32, at instant: Instant) -> Bool {
        if key >= counts.count { grow(to: key + 1) }
        for rank in (0..<Int(counts[key])).reversed() where values[slot(key, rank)] == value {
            if instant.milliseconds > times[slot(key, rank)] {
                remove(key, rank)
                insert(key, value, instant.milliseconds)
            }
            return false
        }
        insert(key, value, instant.milliseconds)
        return true
    }

    /// Takes in an event whose value no other event of the key has.
    package mutating func addUnique(_ key: Int, _ value: Int32, at instant: Instant) {
        if key >= counts.count { grow(to: key + 1) }
        insert(key, value, instant.milliseconds)
    }

    /// How many different values have an event later than `instant`. O(log capacity).
    package func count(_ key: Int, after instant: Instant) -> Int {
        guard key < counts.count else { return 0 }
        return Int(counts[key]) - firstRank(key, after: instant.milliseconds)
    }

    /// Of all windows (x − length, x] in which `instant` lies, the one with the most different values. O(capacity).
    package func most(_ key: Int, in length: Milliseconds, around instant: Instant) -> Run {
        var best = Run(count: 0, first: instant, last: instant)
        guard key < counts.count else { return best }
        var high = firstRank(key, after: instant.milliseconds - 1)
        var low = firstRank(key, after: instant.milliseconds - length.count)
        while high < Int(counts[key]) {
            let end = times[slot(key, high)]
            guard end < instant.milliseconds + length.count else { break }
            while times[slot(key, low)] <= end - length.count { low += 1 }
            if high - low + 1 > best.count {
                let first = Instant(milliseconds: times[slot(key, low)])
                best = Run(count: high - low + 1, first: first, last: Instant(milliseconds: end))
            }
            high += 1
        }
        return best
    }

    /// The time of the value with the n-th newest event, from 1; nil where there are fewer. O(1).
    ///
    /// If nothing more comes, the count of a window of length D falls below n at this time + D.
    package func newest(_ n: Int, of key: Int) -> Instant? {
        guard key < counts.count, n >= 1, n <= Int(counts[key]) else { return nil }
        return Instant(milliseconds: times[slot(key, Int(counts[key]) - n)])
    }

    /// The oldest time of the latest n values whose events lie less than `length` apart; nil where there are none. Up
    /// to that time + `length` a window of that length had n. O(1) where those are the newest, else O(values).
    package func latest(_ n: Int, in length: Milliseconds, of key: Int) -> Instant? {
        guard key < counts.count, n >= 1 else { return nil }
        var rank = Int(counts[key]) - n
        while rank >= 0 {
            let first = times[slot(key, rank)]
            if times[slot(key, rank + n - 1)] - first < length.count { return Instant(milliseconds: first) }
            rank -= 1
        }
        return nil
    }

    /// The values with an event later than `instant`, the oldest first. Allocates.
    package func values(_ key: Int, after instant: Instant) -> [Int32] {
        guard key < counts.count else { return [] }
        return (firstRank(key, after: instant.milliseconds)..<Int(counts[key])).map { values[slot(key, $0)] }
    }

    /// Forgets all values of a key. O(1).
    package mutating func clear(_ key: Int) {
        if key < counts.count { counts[key] = 0 }
    }

    /// Forgets the values of a key whose latest event is not later than `instant`. O(log capacity).
    package mutating func forget(_ key: Int, upTo instant: Instant) {
        guard key < counts.count, counts[key] > 0 else { return }
        let gone = firstRank(key, after: instant.milliseconds)
        let left = Int(counts[key]) - gone
        heads[key] = Int32(slot(key, gone == capacity ? 0 : gone) - key * capacity)
        counts[key] = Int32(left)
    }

    // MARK: The ring

    /// Where the value with the (rank + 1)-th oldest event is.
    private func slot(_ key: Int, _ rank: Int) -> Int {
        let at = Int(heads[key]) + rank
        return key * capacity + (at < capacity ? at : at - capacity)
    }

    /// The rank of the first event later than `time`.
    private func firstRank(_ key: Int, after time: Int64) -> Int {
        var low = 0
        var high = Int(counts[key])
        while low < high {
            let middle = (low + high) / 2
            if times[slot(key, middle)] > time { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private mutating func insert(_ key: Int, _ value: Int32, _ time: Int64) {
        var rank = Int(counts[key])
        if rank == capacity {
            // Full: the oldest goes, unless the new one is older than all.
            if time < times[slot(key, 0)] { return }
            heads[key] = Int32(slot(key, capacity == 1 ? 0 : 1) - key * capacity)
            rank -= 1
        } else {
            counts[key] += 1
        }
        while rank > 0, times[slot(key, rank - 1)] > time {
            move(key, from: rank - 1, to: rank)
            rank -= 1
        }
        times[slot(key, rank)] = time
        values[slot(key, rank)] = value
    }

    private mutating func remove(_ key: Int, _ rank: Int) {
        for next in rank + 1..<max(rank + 1, Int(counts[key])) { move(key, from: next, to: next - 1) }
        counts[key] -= 1
    }

    private mutating func move(_ key: Int, from: Int, to: Int) {
        times[slot(key, to)] = times[slot(key, from)]
        values[slot(key, to)] = values[slot(key, from)]
    }

    private mutating func grow(to keys: Int) {
        let more = max(keys, counts.count * 2) - counts.count
        times.append(more * capacity, of: 0)
        values.append(more * capacity, of: 0)
        heads.append(more, of: 0)
        counts.append(more, of: 0)
    }
}

extension DistinctCount {
    /// Writes one key's values, the oldest event first.
    package func write(_ key: Int, to writer: inout StateWriter) {
        let count = key < counts.count ? Int(counts[key]) : 0
        writer.array(0..<count) { writer, rank in
            writer.word(times[slot(key, rank)])
            writer.integer(values[slot(key, rank)])
        }
    }

    /// Reads a key's values into the place of `key`, the newest that there is room for.
    /// - Parameter renumbered: today's number of a written value; nil where there is none.
    package mutating func read(
        _ key: Int, from reader: inout StateReader, renumbered: (Int32) -> Int32?
    ) throws(StateError) {
        clear(key)
        try reader.each(ofSize: 9) { (reader) throws(StateError) in
            let time = try reader.instant()
            if let value = renumbered(try reader.integer32()) { addUnique(key, value, at: time) }
        }
    }

    /// Moves every time that is kept, as if the clock had always shown that much more. O(values kept).
    package mutating func shift(by length: Milliseconds) {
        for key in counts.indices {
            for rank in 0..<Int(counts[key]) {
                let time = Instant(milliseconds: times[slot(key, rank)])
                times[slot(key, rank)] = time.shifted(by: length).milliseconds
            }
        }
    }
}
