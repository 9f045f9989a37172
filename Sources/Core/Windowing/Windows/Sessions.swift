package import StateCoding
package import Timekeeping

/// Events up to a gap apart are one session, in both directions of time.
///
/// Law: an event joins a session of its key that still is remembered if it lies in [start − gap, last + gap] and not
/// more than `runMax` after the session's first event; else it begins one. A session is remembered until `memory` after
/// its end, and after its last event was heard of, by the clock given with each event. Of the sessions that an event
/// could join, it joins the one that began last. Two that a late event lies between stay two. At most `sessionsMax` a
/// key are kept, the oldest forgotten first.
/// Cost: about 56 B a remembered session; O(sessionsMax) an event.
package struct Sessions: Sendable {
    /// A closed session is remembered for so long, so that late events join it (docs/rules.md: 10 min).
    package static let memory = Milliseconds.minutes(10)
    /// A running session starts again after so long: endless rain must not swallow a real throw (docs/rules.md: 10
    /// min).
    package static let runMax = Milliseconds.minutes(10)
    package static let sessionsMax = 4

    /// Events of one key that belong together.
    package struct Session: Equatable, Sendable {
        /// First and last event by the time that windows are counted in.
        package var start: Instant
        package var last: Instant
        /// Where the run limit counts from: the event that began the session, whatever late ones joined before it.
        package var opened: Instant
        /// When its last event was heard of, by the clock: what is handed in late is not forgotten at once.
        package var heard: Instant
        package var count: Int
        /// Never used twice for a key; what an owner knows of a session is kept under it.
        package var serial: Int64

        /// What it is remembered from.
        fileprivate var over: Instant { max(last, heard) }
    }

    /// What an event did.
    package enum Outcome: Equatable, Sendable {
        case began(Session)
        case joined(Session)

        package var session: Session {
            switch self {
            case .began(let session), .joined(let session): session
            }
        }
    }

    package let gap: Milliseconds
    var kept: ContiguousArray<[Session]>
    var serial: Int64 = 0

    package init(gap: Milliseconds, keys: Int) {
        precondition(gap.count >= 0, "a session's gap is not negative")
        self.gap = gap
        kept = ContiguousArray(repeating: [], count: keys)
    }

    /// Adds an event at `t` when the clock shows `now`.
    package mutating func add(_ key: Int, at t: Instant, now: Instant) -> Outcome {
        if key >= kept.count {
            kept.append(contentsOf: repeatElement([], count: max(key + 1 - kept.count, kept.count)))
        }
        forget(key, now: now)
        for index in kept[key].indices.reversed() {
            let session = kept[key][index]
            guard t >= session.start - gap, t <= session.last + gap, t - session.opened <= Sessions.runMax else {
                continue
            }
            kept[key][index].start = min(session.start, t)
            kept[key][index].last = max(session.last, t)
            kept[key][index].heard = max(session.heard, now)
            kept[key][index].count += 1
            return .joined(kept[key][index])
        }
        serial += 1
        let begun = Session(start: t, last: t, opened: t, heard: now, count: 1, serial: serial)
        if kept[key].count == Sessions.sessionsMax { kept[key].removeFirst() }
        kept[key].append(begun)
        return .began(begun)
    }

    /// The sessions remembered of a key, the oldest first.
    package func sessions(_ key: Int) -> [Session] { key < kept.count ? kept[key] : [] }

    /// Forgets a session: nothing joins it any more. O(sessions of the key).
    package mutating func end(_ key: Int, serial: Int64) {
        if key < kept.count { kept[key].removeAll { $0.serial == serial } }
    }

    private mutating func forget(_ key: Int, now: Instant) {
        guard let oldest = kept[key].first, oldest.over + gap + Sessions.memory < now || kept[key].count > 1 else {
            return
        }
        let limit = now - gap - Sessions.memory
        kept[key].removeAll { $0.over < limit }
    }
}

extension Sessions {
    /// Moves every time that is kept, as if the clock had always shown that much more. O(sessions kept).
    package mutating func shift(by length: Milliseconds) {
        for key in kept.indices {
            for index in kept[key].indices {
                kept[key][index].start = kept[key][index].start.shifted(by: length)
                kept[key][index].last = kept[key][index].last.shifted(by: length)
                kept[key][index].opened = kept[key][index].opened.shifted(by: length)
                kept[key][index].heard = kept[key][index].heard.shifted(by: length)
            }
        }
    }
}

extension Sessions {
    /// Writes the keys 0..<count, and which serial comes next.
    package func write(keys count: Int, to writer: inout StateWriter) {
        writer.word(serial)
        for key in 0..<count {
            writer.array(sessions(key)) { writer, session in
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
            let sessions = try reader.array(ofSize: 33) { (reader) throws(StateError) in
                Session(
                    start: try reader.instant(), last: try reader.instant(), opened: try reader.instant(),
                    heard: try reader.instant(), count: try reader.natural(), serial: try reader.naturalWord())
            }
            kept.append(sessions.suffix(Sessions.sessionsMax))
        }
    }
}
