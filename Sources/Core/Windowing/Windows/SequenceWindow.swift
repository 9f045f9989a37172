package import StateCoding
package import Timekeeping

/// One event and then another within a time, or one and *not* the other.
///
/// Intuition: a first event waits for a second one. A second at b answers every first that waits whose window holds b:
/// from `before` before it to its own `until`, both ends included. The last few seconds are remembered, so that a first
/// that comes late finds the one that answers it already there. A first whose time is over unanswered is taken out by
/// the owner, who holds the timers: ``deadline(_:)``.
///
/// A third event may undo what waits: at c it undoes each first before it, for seconds at c and later; or, where it
/// drops, each first whose window holds it, whatever else comes.
///
/// Law: a first is answered if and only if a second of its key lies in its window that came before it was taken out,
/// whatever the order in which they came: as long as at most ``kept`` firsts wait at one time, and at most `kept − 1`
/// seconds later than its window came before it. When more wait, those between the oldest and the newest give way: the
/// first that is due earliest is never lost; one that is undone gives way before them. Of thirds the same holds as of
/// seconds: `kept − 1` later ones may come before.
/// Cost: 128 B a key (4 firsts of 24 B, 4 seconds of 8 B), 64 B more where there are thirds; O(``kept``) a record;
/// nothing is allocated once a key is known.
package struct SequenceWindow: Sendable {
    package static var kept: Int { 4 }

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
        /// A third that is there already has dropped it.
        case dropped
    }

    /// What is known of a key's third events.
    fileprivate struct Thirds: Sendable {
        var times = [4 of Instant](repeating: .distantPast)
        /// By place of a first: when a third has undone it, for seconds from then on.
        var cuts = [4 of Instant](repeating: .distantFuture)

        /// The earliest behind an instant; the distant future where there is none.
        func earliest(after t: Instant) -> Instant {
            var earliest = Instant.distantFuture
            for place in times.indices where times[place] > t { earliest = min(earliest, times[place]) }
            return earliest
        }

        mutating func remember(_ t: Instant) {
            var oldest = 0
            for place in times.indices where times[place] < times[oldest] { oldest = place }
            if t > times[oldest] { times[oldest] = t }
        }
    }

    /// What is known of one key: 128 B, changed in one place at a time.
    fileprivate struct Key: Sendable {
        var firsts = [4 of Pending](repeating: .none)
        var seconds = [4 of Instant](repeating: .distantPast)
    }

    package let before: Milliseconds
    private let drops: Bool
    private var keys = Paged<Key>()
    private var thirds = Paged<Thirds>()

    /// - Parameters:
    ///   - before: so long before a first a second still answers it.
    ///   - drops: whether a third within a first's window drops it; else it does so for later seconds alone.
    package init(before: Milliseconds, drops: Bool = false) {
        self.before = before
        self.drops = drops
    }

    /// Takes a first event at `t`, whose window ends at `until`.
    /// - Parameters:
    ///   - due: when it is decided; not before `until`.
    ///   - looksBack: whether a second that is there already may answer it.
    package mutating func first(
        _ key: Int, at t: Instant, until: Instant, due: Instant, looksBack: Bool = true
    ) -> Outcome {
        makeRoom(key)
        let third = key < thirds.count ? thirds[key].earliest(after: t) : .distantFuture
        if drops, third <= until { return .dropped }
        let end = third <= until ? third - Milliseconds(1) : until
        if looksBack, let earliest = keys[key].earliestSecond(from: t - before, to: end) {
            return .answered(by: earliest)
        }
        guard let place = placeOfUndone(key) ?? keys[key].place(for: t) else { return .full }
        if key < thirds.count { thirds[key].cuts[place] = third }
        keys[key].firsts[place] = Pending(at: t, until: until, due: due)
        return .waits(place)
    }

    /// Takes a second event at `t`; the firsts that it answers wait no more.
    /// - Parameter remembers: whether it may answer firsts that come later.
    /// - Returns: the earliest first that it answers and the place that it had.
    package mutating func second(
        _ key: Int, at t: Instant, remembers: Bool = true
    ) -> (place: Int, first: Pending)? {
        makeRoom(key)
        if remembers { keys[key].remember(t) }
        return keys[key].answer(t, before, key < thirds.count ? thirds[key].cuts : Thirds().cuts)
    }

    /// Takes a third event at `t`, which undoes what began before it.
    package mutating func third(_ key: Int, at t: Instant) {
        makeRoom(key)
        if key >= thirds.count { thirds.append(max(key + 1 - thirds.count, thirds.count), of: Thirds()) }
        thirds[key].remember(t)
        for place in 0..<SequenceWindow.kept {
            let first = keys[key].firsts[place]
            guard first != .none, t > first.at else { continue }
            if !drops {
                thirds[key].cuts[place] = min(thirds[key].cuts[place], t)
            } else if t <= first.until {
                keys[key].firsts[place] = .none
            }
        }
    }

    /// Where no place is free, that of the oldest first that a third has undone.
    private func placeOfUndone(_ key: Int) -> Int? {
        guard key < thirds.count else { return nil }
        var oldest: Int?
        for place in 0..<SequenceWindow.kept {
            let first = keys[key].firsts[place]
            if first == .none { return nil }
            guard thirds[key].cuts[place] <= first.until else { continue }
            if let known = oldest, keys[key].firsts[known].at <= first.at { continue }
            oldest = place
        }
        return oldest
    }

    /// Whether no first of a key waits. O(``kept``).
    package func isIdle(_ key: Int) -> Bool { key >= keys.count || keys[key].isIdle }

    /// When the next first of a key is to be decided; nil where none waits. O(``kept``).
    package func deadline(_ key: Int) -> Instant? { next(key)?.first.due }

    /// The first of a key that is to be decided next, and its place.
    package func next(_ key: Int) -> (place: Int, first: Pending)? {
        guard key < keys.count, let place = keys[key].next else { return nil }
        return (place, keys[key].firsts[place])
    }

    /// Whether a first waits in a place.
    package func waits(_ key: Int, place: Int) -> Bool { key < keys.count && keys[key].firsts[place] != .none }

    /// Takes a first out that was not answered.
    package mutating func remove(_ key: Int, place: Int) { keys[key].firsts[place] = .none }

    /// A first goes on waiting until another time; its window stays.
    package mutating func postpone(_ key: Int, place: Int, due: Instant) { keys[key].firsts[place].due = due }

    /// Makes the keys up to one, if need be.
    private mutating func makeRoom(_ key: Int) {
        if key >= keys.count { keys.append(max(key + 1 - keys.count, keys.count), of: Key()) }
    }
}

extension SequenceWindow.Key {
    var isIdle: Bool {
        for place in firsts.indices where firsts[place] != .none { return false }
        return true
    }

    func earliestSecond(from: Instant, to: Instant) -> Instant? {
        var earliest = Instant.distantFuture
        for place in seconds.indices where seconds[place] >= from && seconds[place] <= to {
            earliest = min(earliest, seconds[place])
        }
        return earliest < .distantFuture ? earliest : nil
    }

    /// A place that is free, or that of the first which gives way: the second newest, the new one counted in.
    func place(for t: Instant) -> Int? {
        var newest = 0
        for place in firsts.indices {
            if firsts[place] == .none { return place }
            if firsts[place].at > firsts[newest].at { newest = place }
        }
        if t >= firsts[newest].at { return newest }
        var second = newest == 0 ? 1 : 0
        for place in firsts.indices where place != newest && firsts[place].at > firsts[second].at { second = place }
        return t >= firsts[second].at ? nil : second
    }

    /// Keeps the time of a second in the place of the oldest.
    mutating func remember(_ t: Instant) {
        var oldest = 0
        for place in seconds.indices where seconds[place] < seconds[oldest] { oldest = place }
        if t > seconds[oldest] { seconds[oldest] = t }
    }

    mutating func answer(
        _ t: Instant, _ before: Milliseconds, _ cuts: [4 of Instant]
    ) -> (place: Int, first: SequenceWindow.Pending)? {
        var answered: (place: Int, first: SequenceWindow.Pending)?
        for place in firsts.indices {
            let first = firsts[place]
            guard first != .none, t >= first.at - before, t <= first.until, t < cuts[place] else { continue }
            if first.at < answered?.first.at ?? .distantFuture { answered = (place, first) }
            firsts[place] = .none
        }
        return answered
    }

    var next: Int? {
        var next: Int?
        for place in firsts.indices where firsts[place] != .none {
            if let known = next, (firsts[known].due, firsts[known].at) <= (firsts[place].due, firsts[place].at) {
                continue
            }
            next = place
        }
        return next
    }
}

extension SequenceWindow {
    /// Writes the keys 0..<count.
    package func write(keys count: Int, to writer: inout StateWriter) {
        for key in 0..<count {
            let known = key < keys.count ? keys[key] : Key()
            for place in 0..<SequenceWindow.kept {
                let first = known.firsts[place]
                writer.truth(first != .none)
                if first != .none {
                    writer.instant(first.at)
                    writer.instant(first.until)
                    writer.instant(first.due)
                }
                writer.instant(known.seconds[place])
            }
        }
    }

    /// Replaces what is known by what was written of the keys 0..<count.
    package mutating func read(keys count: Int, from reader: inout StateReader) throws(StateError) {
        keys = Paged()
        for _ in 0..<count {
            var known = Key()
            for place in 0..<SequenceWindow.kept {
                if try reader.truth() {
                    known.firsts[place] = Pending(
                        at: try reader.instant(), until: try reader.instant(), due: try reader.instant())
                }
                known.seconds[place] = try reader.instant()
            }
            keys.append(known)
        }
    }

    /// Writes the thirds of the keys 0..<count.
    package func writeThirds(keys count: Int, to writer: inout StateWriter) {
        for key in 0..<count {
            let known = key < thirds.count ? thirds[key] : Thirds()
            for place in 0..<SequenceWindow.kept {
                writer.instant(known.times[place])
                writer.instant(known.cuts[place])
            }
        }
    }

    /// Reads what was written of the thirds of the keys 0..<count.
    package mutating func readThirds(keys count: Int, from reader: inout StateReader) throws(StateError) {
        thirds = Paged()
        for _ in 0..<count {
            var known = Thirds()
            for place in 0..<SequenceWindow.kept {
                known.times[place] = try reader.instant()
                known.cuts[place] = try reader.instant()
            }
            thirds.append(known)
        }
    }

    /// Moves every time that is kept, as if the clock had always shown that much more. O(keys).
    package mutating func shift(by length: Milliseconds) {
        for key in thirds.indices {
            for place in 0..<SequenceWindow.kept {
                thirds[key].times[place] = thirds[key].times[place].shifted(by: length)
                thirds[key].cuts[place] = thirds[key].cuts[place].shifted(by: length)
            }
        }
        for key in keys.indices {
            for place in 0..<SequenceWindow.kept {
                keys[key].seconds[place] = keys[key].seconds[place].shifted(by: length)
                guard keys[key].firsts[place] != .none else { continue }
                keys[key].firsts[place].at = keys[key].firsts[place].at.shifted(by: length)
                keys[key].firsts[place].until = keys[key].firsts[place].until.shifted(by: length)
                keys[key].firsts[place].due = keys[key].firsts[place].due.shifted(by: length)
            }
        }
    }
}
