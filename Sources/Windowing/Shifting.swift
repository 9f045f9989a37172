package import Timekeeping

// A step of the wall clock moves all that is counted in it by the same length, so that nothing fires or is delayed by
// it (docs/architecture.md, "Time"). Each window has a `shift(by:)` for that.

extension Instant {
    /// The same moment after the clock was moved. "Never" and "no deadline" stay what they are; nothing else becomes
    /// one of them, however often a hostile log moves the clock.
    package func shifted(by length: Milliseconds) -> Instant {
        guard self > .distantPast, self < .distantFuture else { return self }
        let (sum, overflow) = milliseconds.addingReportingOverflow(length.count)
        let moved = overflow ? (length.count > 0 ? Int64.max : Int64.min) : sum
        let bounds = Instant.distantPast.milliseconds + 1...Instant.distantFuture.milliseconds - 1
        return Instant(milliseconds: min(max(moved, bounds.lowerBound), bounds.upperBound))
    }
}

extension Absence {
    /// An open episode keeps the start and the beginning that were told. O(keys).
    package mutating func shift(by length: Milliseconds) {
        for key in stored.indices { stored[key].start = stored[key].start.shifted(by: length) }
        for key in aside.evidence.keys { aside.evidence[key] = aside.evidence[key]?.shifted(by: length) }
        for key in aside.episodes.keys {
            guard let at = aside.episodes[key]?.reachedAt else { continue }
            aside.episodes[key]?.reachedAt = at.shifted(by: length)
        }
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
