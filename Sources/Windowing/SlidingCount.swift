package import Timekeeping

/// How many events of a key lie in (t − D, t].
///
/// Law: after `add(key, t)` the answer is the number of events of that key in (t − D, t], counted up to `capacity`, if
/// no more than `capacity − n` kept events are later than t, where n is the count that is asked for; fewer may be told
/// for an event that comes later than that, never more. Times arrive in any order; the newest `capacity` are kept,
/// sorted. Cost: 8 B × capacity a key; O(capacity) a record, for newer-than-all events O(1) and a scan back through the
/// window.
package struct SlidingCount: Sendable {
    package let length: Milliseconds
    package let capacity: Int
    var times: Paged<Int64>
    var counts: Paged<Int32>

    /// - Parameters:
    ///   - length: D, more than 0.
    ///   - atLeast: the count that will be asked for, 1…1000; room is kept for four times as many.
    ///   - keys: how many keys there are; more are made when they come.
    package init(length: Milliseconds, atLeast: Int, keys: Int) {
        precondition(
            length.count > 0 && (1...1000).contains(atLeast), "a sliding count needs a length and 1…1000 events")
        self.length = length
        capacity = max(4 * atLeast, 8)
        times = Paged(repeating: 0, count: capacity * keys)
        counts = Paged(repeating: 0, count: keys)
    }

    /// Adds an event and returns how many lie in (t − D, t], itself included.
    package mutating func add(_ key: Int, at instant: Instant) -> Int {
        if key >= counts.count { grow(to: key + 1) }
        let start = key * capacity
        let t = instant.milliseconds
        var count = Int(counts[key])
        if count == capacity {
            // Full: the oldest goes, unless the new one is older than all.
            if t < times[start] { return within(start, 0, t) + 1 }
            for index in start..<start + count - 1 { times[index] = times[index + 1] }
            count -= 1
        }
        var at = start + count
        while at > start, times[at - 1] > t {
            times[at] = times[at - 1]
            at -= 1
        }
        times[at] = t
        counts[key] = Int32(count + 1)
        return within(start, at - start + 1, t)
    }

    /// Forgets all events of a key. O(1).
    package mutating func clear(_ key: Int) {
        if key < counts.count { counts[key] = 0 }
    }

    /// Of the first `count` kept times, those after t − D.
    private func within(_ start: Int, _ count: Int, _ t: Int64) -> Int {
        var index = start + count
        while index > start, times[index - 1] > t - length.count { index -= 1 }
        return start + count - index
    }

    private mutating func grow(to keys: Int) {
        let larger = max(keys, counts.count * 2)
        times.append((larger - counts.count) * capacity, of: 0)
        counts.append(larger - counts.count, of: 0)
    }
}
