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
        unfire(key)
        stored[key].start = other.start
        setEvidence(key, other.evidence)
        guard other.reached > 0 else { return }
        stored[key].reached = Int16(clamping: min(Int(other.reached), plans[Int(stored[key].plan)].count))
        aside.episodes[Int32(key)] = Episode(
            started: other.started, began: other.began, reachedAt: other.reachedAt)
    }
}

extension SlidingCount {
    /// Writes one key's times, the oldest first.
    package func write(_ key: Int, to writer: inout StateWriter) {
        let times = times(key)
        writer.integer(times.count)
        for time in times { writer.instant(time) }
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
        for time in other.times(key) { _ = add(key, at: time) }
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
                writer.instant(session.heard)
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
                        heard: try reader.instant(), count: try reader.natural(), serial: try reader.naturalWord()))
            }
            kept.append(sessions.suffix(Sessions.sessionsMax))
        }
    }
}
