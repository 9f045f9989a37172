package import StateCoding
package import Timekeeping

/// A number beyond a limit, until it is back at another: hysteresis, so that a number that wavers about the limit
/// makes one episode and not twenty.
///
/// States of a key: clear → beyond (a reading at the limit or past it) → clear (a reading at `back` or past it, the
/// other way). Readings between the two change nothing. What is no number changes nothing.
///
/// Law: a reading that is older than one taken before is late, and changes nothing. So the state is that of the
/// readings without the late ones, taken one after the other; without any late ones it is exact. Readings of the same
/// instant are taken in the order in which they come. ``due(_:lasting:)`` is when a state of that length is complete,
/// if nothing ends it before.
/// Cost: 24 B a key, O(1) a reading, no allocation but for new keys.
package struct Threshold: Sendable {
    /// What a reading did.
    package enum Outcome: Equatable, Sendable {
        /// Older than one that is known, or no number.
        case ignored
        case unchanged
        case began
        case ended
    }

    struct Key: Sendable {
        var newest = Instant.distantPast
        /// The distant future while it is clear.
        var since = Instant.distantFuture
        var value = Double.nan
    }

    /// Whether beyond is above.
    package let isAbove: Bool
    package let limit: Double
    package let back: Double
    var keys: Paged<Key>

    /// - Parameters:
    ///   - limit: a reading at it is beyond.
    ///   - back: a reading at it is back; not beyond the limit.
    package init(isAbove: Bool, limit: Double, back: Double, keys count: Int) {
        precondition(isAbove ? back < limit : back > limit, "what is back is not beyond the limit")
        self.isAbove = isAbove
        self.limit = limit
        self.back = back
        keys = Paged(repeating: Key(), count: count)
    }

    /// Takes a reading of time `instant`.
    package mutating func add(_ key: Int, _ value: Double, at instant: Instant) -> Outcome {
        if key >= keys.count { keys.append(max(key + 1 - keys.count, keys.count), of: Key()) }
        // Taken out, changed and put back: each change in place would look for other owners of the page.
        var known = keys[key]
        guard !value.isNaN, instant >= known.newest else { return .ignored }
        known.newest = instant
        known.value = value
        var outcome = Outcome.unchanged
        if known.since == .distantFuture {
            if isBeyond(value) { (known.since, outcome) = (instant, .began) }
        } else if isAbove ? value <= back : value >= back {
            (known.since, outcome) = (.distantFuture, .ended)
        }
        keys[key] = known
        return outcome
    }

    /// Whether a number is at the limit or past it.
    package func isBeyond(_ value: Double) -> Bool { isAbove ? value >= limit : value <= limit }

    /// Since when a key is beyond; nil where it is clear.
    package func since(_ key: Int) -> Instant? {
        guard key < keys.count, keys[key].since != .distantFuture else { return nil }
        return keys[key].since
    }

    /// The newest reading; NaN where there is none.
    package func value(_ key: Int) -> Double { key < keys.count ? keys[key].value : .nan }

    /// When a key will have been beyond for so long; nil where it is clear.
    package func due(_ key: Int, lasting length: Milliseconds) -> Instant? { since(key).map { $0 + length } }

    /// Which of two readings is further beyond; the other one where one is no number.
    package func worse(_ a: Double, _ b: Double) -> Double {
        if a.isNaN { return b }
        if b.isNaN { return a }
        return isAbove ? max(a, b) : min(a, b)
    }
}

extension Threshold {
    /// Writes one key; the limits are the configuration's and stay out.
    package func write(_ key: Int, to writer: inout StateWriter) {
        let known = key < keys.count ? keys[key] : Key()
        writer.instant(known.newest)
        writer.instant(known.since)
        writer.word(known.value.bitPattern)
    }

    /// Takes a key's state as it was written.
    package mutating func read(_ key: Int, from reader: inout StateReader) throws(StateError) {
        if key >= keys.count { keys.append(max(key + 1 - keys.count, keys.count), of: Key()) }
        keys[key].newest = try reader.instant()
        keys[key].since = try reader.instant()
        keys[key].value = Double(bitPattern: try reader.word())
    }

    /// Moves every time that is kept, as if the clock had always shown that much more. O(keys).
    package mutating func shift(by length: Milliseconds) {
        for key in keys.indices {
            keys[key].newest = keys[key].newest.shifted(by: length)
            keys[key].since = keys[key].since.shifted(by: length)
        }
    }
}
