package import StateCoding
package import Timekeeping

/// One event and then another within a time, or one and *not* the other.
///
/// Intuition: a first event waits for a second one. A second at b answers every first that waits whose window holds b:
/// from `before` before it to its own `until`, both ends included. The last few seconds are remembered, so that a first
/// that comes late finds the one that answers it already there. A first whose time is over unanswered is taken out by
/// the owner, who holds the timers: ``deadline(_:)``.
///
/// Law: a first is answered if and only if a second of its key lies in its window that came before it was taken out,
/// whatever the order in which they came: as long as at most ``kept`` firsts wait at one time, and at most `kept − 1`
/// seconds later than its window came before it. When more wait, those between the oldest and the newest give way: the
/// first that is due earliest is never lost.
/// Cost: 128 B a key (4 firsts of 24 B, 4 seconds of 8 B); O(``kept``) a record; nothing is allocated once a key is
/// known.
package struct Succession: Sendable {
    package static let kept = 4

    /// A first that waits.
    package struct Pending: Equatable, Sendable {
        package var at: Instant
        /// The end of its window.
        package var until: Instant
        /// When it is decided: at `until` or later.
        package var due: Instant

        package init(at: Instant, until: Instant, due: Instant) {
            self.at = at
            self.until = until
            self.due = due
        }

        fileprivate static let none = Pending(at: .distantPast, until: .distantPast, due: .distantFuture)
    }

    /// What a first event did.
    package enum Outcome: Equatable, Sendable {
        /// A second that is there already answers it: the earliest.
        case answered(by: Instant)
        /// It waits; it keeps this place among those of its key, 0..<``kept``, until it is answered or taken out.
        case waits(Int)
        /// So many wait that it is forgotten.
        case full
    }

    package let before: Milliseconds
    /// `kept` places a key.
    private var firsts = Paged<Pending>()
    private var seconds = Paged<Instant>()

    /// - Parameter before: so long before a first a second still answers it.
    package init(before: Milliseconds) { self.before = before }

    /// Takes a first event at `t`, whose window ends at `until`.
    /// - Parameters:
    ///   - due: when it is decided; not before `until`.
    ///   - looksBack: whether a second that is there already may answer it.
    package mutating func first(
        _ key: Int, at t: Instant, until: Instant, due: Instant, looksBack: Bool = true
    ) -> Outcome {
        let begin = room(key)
        if looksBack {
            var earliest = Instant.distantFuture
            for place in begin..<begin + Succession.kept where seconds[place] >= t - before && seconds[place] <= until {
                earliest = min(earliest, seconds[place])
            }
            if earliest < .distantFuture { return .answered(by: earliest) }
        }
        guard let place = place(for: t, begin) else { return .full }
        firsts[place] = Pending(at: t, until: until, due: due)
        return .waits(place - begin)
    }

    /// A place that is free, or that of the first which gives way: the second newest, the new one counted in.
    private func place(for t: Instant, _ begin: Int) -> Int? {
        var newest = begin
        for place in begin..<begin + Succession.kept {
            if firsts[place] == .none { return place }
            if firsts[place].at > firsts[newest].at { newest = place }
        }
        if t >= firsts[newest].at { return newest }
        var second = begin == newest ? begin + 1 : begin
        for place in begin..<begin + Succession.kept where place != newest && firsts[place].at > firsts[second].at {
            second = place
        }
        return t >= firsts[second].at ? nil : second
    }

    /// Takes a second event at `t`; the firsts that it answers wait no more.
    /// - Parameter remembers: whether it may answer firsts that come later.
    /// - Returns: the earliest first that it answers and the place that it had.
    package mutating func second(
        _ key: Int, at t: Instant, remembers: Bool = true
    ) -> (place: Int, first: Pending)? {
        let begin = room(key)
        if remembers {
            var oldest = begin
            for place in begin..<begin + Succession.kept where seconds[place] < seconds[oldest] { oldest = place }
            if t > seconds[oldest] { seconds[oldest] = t }
        }
        var answered: (place: Int, first: Pending)?
        for place in begin..<begin + Succession.kept {
            let first = firsts[place]
            guard first != .none, t >= first.at - before, t <= first.until else { continue }
            if first.at < answered?.first.at ?? .distantFuture { answered = (place - begin, first) }
            firsts[place] = .none
        }
        return answered
    }

    /// When the next first of a key is to be decided; nil where none waits. O(``kept``).
    package func deadline(_ key: Int) -> Instant? {
        guard let next = next(key) else { return nil }
        return next.first.due
    }

    /// The first of a key that is to be decided next, and its place.
    package func next(_ key: Int) -> (place: Int, first: Pending)? {
        let begin = key * Succession.kept
        guard begin < firsts.count else { return nil }
        var next: Int?
        for place in begin..<begin + Succession.kept where firsts[place] != .none {
            if let known = next, (firsts[known].due, firsts[known].at) <= (firsts[place].due, firsts[place].at) {
                continue
            }
            next = place
        }
        return next.map { ($0 - begin, firsts[$0]) }
    }

    /// Whether a first waits in a place.
    package func waits(_ key: Int, place: Int) -> Bool {
        let index = key * Succession.kept + place
        return index < firsts.count && firsts[index] != .none
    }

    /// Takes a first out that was not answered.
    package mutating func remove(_ key: Int, place: Int) { firsts[key * Succession.kept + place] = .none }

    /// A first goes on waiting until another time; its window stays.
    package mutating func postpone(_ key: Int, place: Int, due: Instant) {
        firsts[key * Succession.kept + place].due = due
    }

    /// Where the places of a key begin, which are made if need be.
    private mutating func room(_ key: Int) -> Int {
        let needed = (key + 1) * Succession.kept
        if needed > firsts.count {
            let more = max(needed - firsts.count, firsts.count)
            firsts.append(more, of: .none)
            seconds.append(more, of: .distantPast)
        }
        return key * Succession.kept
    }
}

extension Succession {
    /// Writes the keys 0..<count.
    package func write(keys count: Int, to writer: inout StateWriter) {
        for key in 0..<count {
            let begin = key * Succession.kept
            for place in begin..<begin + Succession.kept {
                let first = place < firsts.count ? firsts[place] : .none
                writer.truth(first != .none)
                if first != .none {
                    writer.instant(first.at)
                    writer.instant(first.until)
                    writer.instant(first.due)
                }
                writer.instant(place < seconds.count ? seconds[place] : .distantPast)
            }
        }
    }

    /// Replaces what is known by what was written of the keys 0..<count.
    package mutating func read(keys count: Int, from reader: inout StateReader) throws(StateError) {
        firsts = Paged()
        seconds = Paged()
        for _ in 0..<count * Succession.kept {
            var first = Pending.none
            if try reader.truth() {
                first = Pending(at: try reader.instant(), until: try reader.instant(), due: try reader.instant())
            }
            firsts.append(first)
            seconds.append(try reader.instant())
        }
    }

    /// Moves every time that is kept, as if the clock had always shown that much more. O(keys).
    package mutating func shift(by length: Milliseconds) {
        for place in firsts.indices where firsts[place] != .none {
            firsts[place].at = firsts[place].at.shifted(by: length)
            firsts[place].until = firsts[place].until.shifted(by: length)
            firsts[place].due = firsts[place].due.shifted(by: length)
        }
        for place in seconds.indices { seconds[place] = seconds[place].shifted(by: length) }
    }
}
