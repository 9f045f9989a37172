import Feeds
package import StateCoding
package import Timekeeping
import Windowing

/// The times in which the box could not have heard of anything, and why.
///
/// Law: ``blindTime(from:to:)`` is the length of the union of all that was added, whatever overlaps. At most ``most``
/// intervals are kept: one more joins the two neighbours that lie closest, so what is kept never tells of less blind
/// time than there was. Cost: O(``most``) an interval, nothing a record.
///
/// Behind each time what could not be heard is handed over, until the session has *settled*; what would be silent has
/// so long, and one whole heartbeat behind it, to speak: ``listened(_:from:grace:)``.
package struct BlindIntervals: Equatable, Sendable {
    package static let most = 64

    /// Why the box was blind; the numbers are part of the persisted form.
    package enum Cause: UInt8, Sendable {
        /// The box or the daemon was down.
        case down = 1
        /// There was no session, and the broker kept what came meanwhile.
        case session = 2
        /// The broker kept nothing, or what was stored is gone.
        case lost = 3
        /// Down on a box without a clock of its own, as it turned out later.
        case boot = 4
    }

    /// A time in which the box did not hear, and why.
    package struct Interval: Equatable, Sendable {
        package var from: Instant
        package var to: Instant
        package var cause: Cause
        /// When the backlog behind it had come in; not before ``to``.
        package var settled: Instant

        package init(from: Instant, to: Instant, cause: Cause, settled: Instant? = nil) {
            self.from = from
            self.to = to
            self.cause = cause
            self.settled = max(to, settled ?? to)
        }
    }

    /// By their beginning. Those of one cause neither touch nor overlap.
    package var intervals: [Interval] = []
    /// Since when there is no session; nil where there is one.
    package var awaySince: Instant?

    package init() {}

    /// A time in which the box could not hear. O(``most``).
    package mutating func add(from: Instant, to: Instant, _ cause: Cause, settled: Instant? = nil) {
        guard from > .distantPast, from < to else { return }
        var new = Interval(from: from, to: to, cause: cause, settled: settled)
        intervals.removeAll { known in
            guard known.cause == cause, known.from <= new.to, known.to >= new.from else { return false }
            new.from = min(new.from, known.from)
            new.to = max(new.to, known.to)
            new.settled = max(new.settled, known.settled)
            return true
        }
        let place = intervals.firstIndex { ($0.from, $0.cause.rawValue) > (new.from, new.cause.rawValue) }
        intervals.insert(new, at: place ?? intervals.count)
        if intervals.count > BlindIntervals.most { joinClosest() }
    }

    private mutating func joinClosest() {
        let gaps = zip(intervals, intervals.dropFirst()).map { max(.zero, $1.from - $0.to) }
        guard let least = gaps.min(), let first = gaps.firstIndex(of: least) else { return }
        let next = intervals.remove(at: first + 1)
        let one = intervals.remove(at: first)
        add(from: one.from, to: max(one.to, next.to), one.cause, settled: max(one.settled, next.settled))
    }

    /// There is no session from here on.
    package mutating func sessionIsAway(since now: Instant) { awaySince = awaySince ?? now }

    /// The session is there again; why it heard nothing meanwhile.
    package mutating func sessionIsBack(at now: Instant, _ cause: Cause) {
        if let awaySince { add(from: awaySince, to: now, cause) }
        awaySince = nil
    }

    /// What was handed over behind the last time has come in.
    package mutating func settle(at now: Instant) {
        guard let last = intervals.map(\.to).max(), now >= last else { return }
        for index in intervals.indices where intervals[index].to == last {
            intervals[index].settled = max(intervals[index].settled, now)
        }
    }

    /// Whether the box was blind at any time behind an instant. Allocates nothing, as ``blindTime(from:to:)`` may.
    func reaches(behind instant: Instant) -> Bool {
        if awaySince != nil { return true }
        for index in intervals.indices.reversed() where intervals[index].to > instant { return true }
        return false
    }

    /// When somebody who listens from `from` on has listened for `length`: the blind time is left out in one step,
    /// however long. Nil where there is no session before that.
    ///
    /// - Parameter grace: behind each blind time, from where its backlog had come in, at least so long. O(``most``).
    package func listened(
        _ length: Milliseconds, from: Instant, grace: Milliseconds = .zero
    ) -> Instant? {
        if !reaches(behind: from) { return from + length }
        var rest = length
        var at = from
        // They stand by their beginning, whatever overlaps.
        for interval in intervals where interval.to > at {
            let begin = max(interval.from, at)
            if begin - at >= rest { return at + rest }
            rest = max(rest - (begin - at), interval.settled - interval.to + grace)
            at = interval.to
        }
        if let awaySince, max(awaySince, at) - at < rest { return nil }
        return at + rest
    }

    /// How much of a stretch of time was blind. A session that is still away counts to the end of the stretch.
    package func blindTime(from: Instant, to: Instant) -> Milliseconds {
        if !reaches(behind: from) { return .zero }
        var total = Milliseconds.zero
        var counted = from
        var all = intervals
        if let awaySince { all.append(Interval(from: awaySince, to: to, cause: .session)) }
        for interval in all.sorted(by: { $0.from < $1.from }) {
            let begin = max(interval.from, counted)
            let end = min(interval.to, to)
            guard begin < end else { continue }
            total = total + (end - begin)
            counted = end
        }
        return total
    }
}

extension BlindIntervals {
    package func write(to writer: inout StateWriter) {
        writer.instant(ifAny: awaySince)
        writer.array(intervals) { writer, interval in
            writer.instant(interval.from)
            writer.instant(interval.to)
            writer.instant(interval.settled)
            writer.byte(interval.cause.rawValue)
        }
    }

    /// - Parameter version: of the section; before 5 nothing was known of the backlog behind each.
    package init(from reader: inout StateReader, version: UInt8) throws(StateError) {
        self.init()
        awaySince = try reader.instantIfAny()
        try reader.each(ofSize: 17) { (reader) throws(StateError) in
            let from = try reader.instant()
            let to = try reader.instant()
            let settled = version > 4 ? try reader.instant() : to
            guard let cause = Cause(rawValue: try reader.byte()) else { throw reader.damaged("a cause of blindness") }
            add(from: from, to: to, cause, settled: settled)
        }
    }

    package mutating func shift(by length: Milliseconds) {
        awaySince = awaySince?.shifted(by: length)
        for index in intervals.indices {
            intervals[index].from = intervals[index].from.shifted(by: length)
            intervals[index].to = intervals[index].to.shifted(by: length)
            intervals[index].settled = intervals[index].settled.shifted(by: length)
        }
    }
}
