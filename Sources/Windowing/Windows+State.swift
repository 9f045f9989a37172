package import StateCoding
import Timekeeping

// Windows are written and read key by key, because the numbers of keys may be others when they are read. Timers are not
// written: their owners arm them anew.

extension Absence {
    /// Writes one key; what its plan says is the configuration's and stays out.
    package func write(_ key: Int, to writer: inout StateWriter) {
        let key = keys[key]
        writer.instant(key.start)
        writer.instant(key.evidence)
        writer.integer(key.reached)
        guard key.reached > 0 else { return }
        writer.instant(key.started)
        writer.instant(key.began)
        writer.instant(key.reachedAt)
    }

    /// - Returns: a key without a plan; ``put(_:at:)`` gives it the one of its place.
    package static func read(from reader: inout StateReader) throws(StateError) -> Key {
        let start = try reader.instant()
        var key = Key(
            start: start, evidence: try reader.instant(), started: start, began: .distantPast, reachedAt: .distantPast,
            reached: try reader.integer32(), plan: 0)
        guard key.reached >= 0 else { throw reader.damaged("stages reached") }
        guard key.reached > 0 else { return key }
        key.started = try reader.instant()
        key.began = try reader.instant()
        key.reachedAt = try reader.instant()
        return key
    }

    /// Sets what is known of a key. Its plan stays, and what the other had reached is cut to the stages of this one.
    package mutating func put(_ other: Key, at key: Int) {
        let plan = keys[key].plan
        keys[key] = other
        keys[key].plan = plan
        keys[key].reached = min(other.reached, Int32(plans[Int(plan)].count))
    }

    /// Takes an open episode back as if its first deadline had not come yet; it is then overdue, and comes once.
    package mutating func unfire(_ key: Int) { keys[key].reached = 0 }
}

extension SlidingCount {
    /// Writes one key's times, the oldest first.
    package func write(_ key: Int, to writer: inout StateWriter) {
        let count = key < counts.count ? Int(counts[key]) : 0
        writer.integer(count)
        for index in 0..<count { writer.word(times[key * capacity + index]) }
    }

    /// Reads a key's events into the place of `key`, the newest that there is room for; for nil they are read over.
    package mutating func read(_ key: Int?, from reader: inout StateReader) throws(StateError) {
        let count = try reader.count(ofSize: 8)
        if let key { clear(key) }
        for _ in 0..<count {
            let time = try reader.instant()
            if let key { _ = add(key, at: time) }
        }
    }

    /// Reads over a key's events.
    package static func readOver(_ reader: inout StateReader) throws(StateError) {
        for _ in 0..<(try reader.count(ofSize: 8)) { _ = try reader.instant() }
    }

    /// Sets a key's events to those of another window's key of the same number.
    package mutating func copy(_ key: Int, from other: SlidingCount) {
        clear(key)
        guard key < other.counts.count else { return }
        let start = key * other.capacity
        for index in start..<start + Int(other.counts[key]) {
            _ = add(key, at: Instant(milliseconds: other.times[index]))
        }
    }
}

extension Sessions {
    /// Writes the keys 0..<count, and which serial comes next.
    package func write(keys count: Int, to writer: inout StateWriter) {
        writer.word(serial)
        for key in 0..<count {
            let sessions = sessions(key)
            writer.integer(sessions.count)
            for session in sessions {
                writer.instant(session.start)
                writer.instant(session.last)
                writer.instant(session.opened)
                writer.integer(session.count)
                writer.word(session.serial)
            }
        }
    }

    /// Replaces what is remembered by what was written of the keys 0..<count.
    package mutating func read(keys count: Int, from reader: inout StateReader) throws(StateError) {
        serial = try reader.naturalWord()
        kept = []
        for _ in 0..<count {
            var sessions: [Session] = []
            for _ in 0..<(try reader.count(ofSize: 33)) {
                sessions.append(
                    Session(
                        start: try reader.instant(), last: try reader.instant(), opened: try reader.instant(),
                        count: try reader.natural(), serial: try reader.naturalWord()))
            }
            kept.append(sessions.suffix(Sessions.sessionsMax))
        }
    }
}
