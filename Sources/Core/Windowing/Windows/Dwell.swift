package import StateCoding
package import Timekeeping

/// A state that lasts: seen again and again, with gaps that are bridged, until something ends it.
///
/// Intuition: two sightings up to `gap` apart belong to one run, unless an end lies between them; an end at t ends what
/// was seen up to t, and nothing later. Without a gap the state holds until it is ended, however long nothing is heard.
/// A gap is bridged by the sighting behind it and not before: what is known to have lasted is `last − start`.
///
/// Law: ``run(_:)`` is the newest run, from its first sighting to its last, among the sightings later than the latest
/// end. `last` is exact for any order. `start` is exact if no record comes more than ``memory`` behind the clock, at
/// most ``piecesMax`` stretches of a key lie apart at one time that later ones join, and of the run that an end cuts at
/// most one sighting later than that end came before it; else `start` is later than it was, never earlier.
/// Cost: 24 B a key, and some 130 B for one with stretches apart in the last minutes; O(1) a sighting that joins the
/// run, O(``piecesMax``) for another. The window holds no timer.
package struct Dwell: Sendable {
    /// Sightings that come later than this may not join what lay before them: as for sessions.
    package static let memory = Milliseconds.minutes(10)
    package static let piecesMax = 4

    /// From the first time at which the state was seen to the last.
    package struct Run: Equatable, Sendable {
        package var start: Instant
        package var last: Instant
    }

    /// What a sighting did.
    package enum Outcome: Equatable, Sendable {
        /// It lies before an end that is known.
        case over
        /// It belongs to an earlier stretch; the newest run is as it was.
        case apart
        /// It belongs to the newest run, whose start or last may have moved.
        case joined
        /// It begins a run; the one before it is over, if there was one.
        case began(after: Run?)
    }

    /// What an end did.
    package enum Ending: Equatable, Sendable {
        case nothing
        /// The run is over.
        case ended(Run)
        /// The run was over at the end, and another has begun since: ``run(_:)``.
        case cut(Run)
    }

    /// There is a run while `last` is later than `ended`.
    private struct Key: Sendable {
        var ended = Instant.distantPast
        var start = Instant.distantPast
        var last = Instant.distantPast
    }

    /// Stretches that lie apart, the oldest first, in place: an array's memory would come and go with them.
    private struct Pieces: Sendable {
        /// What is kept, the newest run, and a sighting.
        private var runs = InlineArray<5, Run>(repeating: Run(start: .distantPast, last: .distantPast))
        private(set) var count = 0

        subscript(index: Int) -> Run {
            get { runs[index] }
            set { runs[index] = newValue }
        }

        /// Puts a stretch where its start says. There are never more than ``Dwell/piecesMax`` before.
        mutating func insert(_ run: Run) {
            var place = count
            while place > 0, runs[place - 1].start > run.start {
                runs[place] = runs[place - 1]
                place -= 1
            }
            runs[place] = run
            count += 1
        }

        /// Keeps what the body makes of them, and leaves out where it makes nothing.
        mutating func keep(_ body: (Run) -> Run?) {
            var kept = 0
            for index in 0..<count {
                guard let run = body(runs[index]) else { continue }
                runs[kept] = run
                kept += 1
            }
            count = kept
        }

        mutating func removeFirst() {
            for index in 1..<count { runs[index - 1] = runs[index] }
            count -= 1
        }

        mutating func cut(to kept: Int) { count = kept }
    }

    /// nil: sightings of any distance are one run.
    package let gap: Milliseconds?
    private let reach: Milliseconds
    private var keys = Paged<Key>()
    /// By key: stretches before the run, the oldest first, that sightings still to come may join to it.
    private var older: [Int: Pieces] = [:]
    private var sweepAt = 1024

    package init(gap: Milliseconds?) {
        self.gap = gap
        // As good as for ever, and so far from overflow that an instant may be added twice.
        reach = gap ?? Milliseconds(Int64.max / 8)
    }

    /// The newest run of a key; nil where it was ended. Whether the gap has passed since its last is not looked at.
    package func run(_ key: Int) -> Run? {
        guard key < keys.count, keys[key].last > keys[key].ended else { return nil }
        return Run(start: keys[key].start, last: keys[key].last)
    }

    /// Takes a sighting at `t` when the clock shows `now`.
    /// - Parameter blind: so much longer is the gap that it bridges to the newest run.
    package mutating func hold(
        _ key: Int, at t: Instant, now: Instant, blind: Milliseconds = .zero
    ) -> Outcome {
        grow(to: key + 1)
        guard t > keys[key].ended else { return .over }
        guard let known = run(key) else {
            set(key, Run(start: t, last: t))
            return .began(after: nil)
        }
        let bridged = known.last + reach + blind
        if t >= known.start - reach, t <= bridged, older[key] == nil {
            set(key, Run(start: min(known.start, t), last: max(known.last, t)))
            return .joined
        }
        if t > bridged, older[key] == nil, isForgotten(known, now) {
            set(key, Run(start: t, last: t))
            return .began(after: known)
        }
        // Taken out, changed and put back: a dictionary's change in place allocates.
        var pieces = older.removeValue(forKey: key) ?? Pieces()
        pieces.keep { isForgotten($0, now) ? nil : $0 }
        let isBridge = t > known.last && t <= bridged
        pieces.insert(isBridge ? Run(start: known.start, last: t) : known)
        if !isBridge { pieces.insert(Run(start: t, last: t)) }
        let newest = join(&pieces)
        set(key, newest)
        if pieces.count > 0 { older[key] = pieces }
        sweep(now)
        if newest.start > known.last { return .began(after: known) }
        return t >= newest.start ? .joined : .apart
    }

    /// Takes the end of what was seen up to `t`.
    package mutating func end(_ key: Int, at t: Instant) -> Ending {
        grow(to: key + 1)
        guard t > keys[key].ended else { return .nothing }
        let known = run(key)
        keys[key].ended = t
        if var pieces = older.removeValue(forKey: key) {
            // Of a stretch that is cut only the last sighting is known to lie behind the end.
            pieces.keep { $0.last <= t ? nil : $0.start > t ? $0 : Run(start: $0.last, last: $0.last) }
            if pieces.count > 0 { older[key] = pieces }
        }
        guard let known, known.start <= t else { return .nothing }
        if known.last <= t { return .ended(known) }
        keys[key].start = known.last
        return .cut(known)
    }

    private mutating func set(_ key: Int, _ run: Run) {
        keys[key].start = run.start
        keys[key].last = run.last
    }

    /// Joins stretches that lie within the gap, keeps the newest of them, and takes out the very newest.
    private func join(_ pieces: inout Pieces) -> Run {
        var newest = pieces[0]
        var kept = 0
        for index in 1..<pieces.count {
            let piece = pieces[index]
            if piece.start - newest.last <= reach {
                newest.last = max(newest.last, piece.last)
            } else {
                pieces[kept] = newest
                kept += 1
                newest = piece
            }
        }
        pieces.cut(to: kept)
        while pieces.count >= Dwell.piecesMax { pieces.removeFirst() }
        return newest
    }

    /// Whether nothing that comes from now on may join a stretch.
    private func isForgotten(_ run: Run, _ now: Instant) -> Bool { run.last + reach + Dwell.memory < now }

    /// Frees what is forgotten; nobody can tell, since it is not looked at either.
    private mutating func sweep(_ now: Instant) {
        guard older.count >= sweepAt else { return }
        older = older.filter { !isForgotten($0.value[$0.value.count - 1], now) }
        sweepAt = max(1024, 2 * older.count)
    }

    private mutating func grow(to count: Int) {
        if count > keys.count { keys.append(max(count - keys.count, keys.count), of: Key()) }
    }
}

extension Dwell {
    /// Writes the keys 0..<count.
    package func write(keys count: Int, to writer: inout StateWriter) {
        for key in 0..<count {
            let known = key < keys.count ? keys[key] : Key()
            writer.instant(known.ended)
            writer.instant(known.start)
            writer.instant(known.last)
            let pieces = older[key] ?? Pieces()
            writer.array(0..<pieces.count) { writer, index in
                writer.instant(pieces[index].start)
                writer.instant(pieces[index].last)
            }
        }
    }

    /// Replaces what is known by what was written of the keys 0..<count.
    package mutating func read(keys count: Int, from reader: inout StateReader) throws(StateError) {
        keys = Paged()
        older = [:]
        for key in 0..<count {
            keys.append(
                Key(ended: try reader.instant(), start: try reader.instant(), last: try reader.instant()))
            var pieces = Pieces()
            try reader.each(ofSize: 16) { (reader) throws(StateError) in
                pieces.insert(Run(start: try reader.instant(), last: try reader.instant()))
                if pieces.count >= Dwell.piecesMax { pieces.removeFirst() }
            }
            if pieces.count > 0 { older[key] = pieces }
        }
    }

    /// Sets a key's run to another window's, in place of what is known of it.
    package mutating func put(_ run: Run, at key: Int) {
        grow(to: key + 1)
        let ended = max(run.start - Milliseconds(1), .distantPast)
        keys[key] = Key(ended: ended, start: run.start, last: run.last)
        older[key] = nil
    }

    /// Moves every time that is kept, as if the clock had always shown that much more. O(keys).
    package mutating func shift(by length: Milliseconds) {
        for key in keys.indices {
            keys[key].ended = keys[key].ended.shifted(by: length)
            keys[key].start = keys[key].start.shifted(by: length)
            keys[key].last = keys[key].last.shifted(by: length)
        }
        older = older.mapValues { pieces in
            var moved = pieces
            moved.keep { Run(start: $0.start.shifted(by: length), last: $0.last.shifted(by: length)) }
            return moved
        }
    }
}
