import Timekeeping

/// Which stamps of a log are believed: those of a recorder whose clock ran, and which one leapt.
///
/// A stamp more than 24 h ahead of the running maximum is believed only if none of the next 1,000 records lies more
/// than 24 h behind it; where the log ends before those, only if it is at most 400 days ahead, too. Else the record
/// counts at the running maximum. So one stamp of 2106 costs its own time alone, and months without a record are
/// believed, since all that comes after them goes on from there. What lies behind the maximum is left as it is: it
/// moves no clock.
///
/// At a log's beginning there is no maximum. There, a stamp before 2000 (a recorder that did not know the time yet) and
/// one that at least half of the next 1,000 lie more than 24 h behind count at the first that can be believed.
///
/// Decided over the log's records in their order, so that no chunk and no thread changes it. What is looked at ahead is
/// bounded by bytes, too; where the bound comes first it is taken for the log's end.
struct StampCourse {
    /// 24 h.
    static let aheadMax: Int64 = 86_400_000_000
    static let recordsAhead = 1000
    static let bytesAhead: Int64 = 64 << 20
    /// What is believed at a log's end.
    static let endMax = 400 * aheadMax
    /// 2000-01-01T00:00:00Z.
    static let earliest: Int64 = 946_684_800_000_000

    /// The greatest that was believed; nil before the first record.
    private var maximum: Int64?
    /// Records that are still to count at ``maximum``, since it was their first later one, and how many of them, the
    /// beginning over, are from before 2000.
    private var waiting = 0
    private var earlyCount = 0

    /// Whether a chunk's stamps can all be believed by what was noted while it was read; then they are taken in.
    mutating func takes(_ spread: StampSpread) -> Bool {
        guard !spread.leaps, waiting == 0 else { return false }
        if let maximum {
            guard spread.first - maximum <= StampCourse.aheadMax else { return false }
            self.maximum = max(maximum, spread.greatest)
            return true
        }
        guard spread.count > StampCourse.recordsAhead, spread.first >= StampCourse.earliest,
            spread.first - spread.smallest <= StampCourse.aheadMax
        else { return false }
        maximum = spread.greatest
        return true
    }

    /// Looks at each stamp of a chunk.
    /// - Parameters:
    ///   - count: the chunk's records; those behind them in `stamps` are of the chunks after it.
    /// - Returns: the stamps in whose place others count.
    mutating func settle(_ count: Int, of stamps: StampsAhead) -> [SettledStamp] {
        guard count > 0 else { return [] }
        var maximum: Int64
        if let known = self.maximum { maximum = known } else { maximum = begin(stamps) }
        var found: [SettledStamp] = []
        var window = SmallestAhead()
        for index in 0..<count {
            let raw = stamps[index]
            if waiting > 0 {
                waiting -= 1
                found.append(SettledStamp(line: raw.line, stamp: maximum, told: told(raw, maximum)))
            } else if raw.stamp - maximum <= StampCourse.aheadMax {
                maximum = max(maximum, raw.stamp)
            } else if believes(index, of: stamps, maximum, &window) {
                // From here on stamps of before 2000 say nothing, so what is ahead is looked at again.
                if maximum < StampCourse.earliest { window = SmallestAhead() }
                maximum = raw.stamp
            } else {
                found.append(SettledStamp(line: raw.line, stamp: maximum, told: told(raw, maximum)))
            }
        }
        self.maximum = maximum
        return found
    }

    private func believes(
        _ index: Int, of stamps: StampsAhead, _ maximum: Int64, _ window: inout SmallestAhead
    ) -> Bool {
        let stamp = stamps[index].stamp
        let ahead = window.behind(
            index, of: stamps, from: maximum < StampCourse.earliest ? Int64.min : StampCourse.earliest)
        if let smallest = ahead.smallest, stamp - smallest > StampCourse.aheadMax { return false }
        return ahead.isWhole || stamp - maximum <= StampCourse.endMax
    }

    // MARK: The beginning

    /// Finds the first stamp that can be believed; where there is none, all are taken as they are.
    private mutating func begin(_ stamps: StampsAhead) -> Int64 {
        var index = 0
        var early = 0
        while stamps.reaches(index), stamps[index].end - stamps[0].end <= StampCourse.bytesAhead {
            if stamps[index].stamp < StampCourse.earliest {
                early += 1
            } else if StampCourse.mayBegin(index, of: stamps) {
                waiting = index
                earlyCount = early
                return stamps[index].stamp
            }
            index += 1
        }
        return stamps[0].stamp
    }

    private static func mayBegin(_ index: Int, of stamps: StampsAhead) -> Bool {
        var seen = 0
        var behind = 0
        for next in index + 1...index + recordsAhead {
            guard stamps.reaches(next), stamps[next].end - stamps[index].end <= bytesAhead else { break }
            if stamps[next].stamp < earliest { continue }
            seen += 1
            if stamps[index].stamp - stamps[next].stamp > aheadMax { behind += 1 }
        }
        return seen == 0 || behind * 2 < seen
    }

    // MARK: Words

    private mutating func told(_ raw: RawStamp, _ counted: Int64) -> Refusal? {
        func text(_ stamp: Int64) -> String { ISO8601.write(Instant(microseconds: stamp), in: .utc) }
        guard raw.stamp < StampCourse.earliest, counted >= StampCourse.earliest else {
            let days = (raw.stamp - counted) / StampCourse.aheadMax
            return Refusal(
                line: raw.line, code: "stamp-leap",
                detail:
                    "the stamp \(text(raw.stamp)) is \(days) days ahead of the records around it; the record counts "
                    + "at \(text(counted)). Look at the clock of what recorded it")
        }
        guard earlyCount > 0 else { return nil }
        defer { earlyCount = 0 }
        return Refusal(
            line: raw.line, code: "stamp-early",
            detail:
                "\(earlyCount) records at the beginning are stamped before 2000, the first \(text(raw.stamp)); they "
                + "count at \(text(counted)), the first later time. Look at the clock of what recorded them")
    }
}

/// The smallest of the next 1,000 stamps, for one record after another: each stamp is looked at once, so that a log in
/// which every stamp is days after the last costs no more than another.
private struct SmallestAhead {
    /// Numbers of records whose stamps ascend; those before `start` are used up.
    private var ascending: [Int] = []
    private var start = 0
    private var next = 0

    /// - Parameter earliest: smaller stamps say nothing.
    /// - Returns: the smallest, nil where there is none; and whether there are 1,000.
    mutating func behind(
        _ index: Int, of stamps: StampsAhead, from earliest: Int64
    ) -> (smallest: Int64?, isWhole: Bool) {
        if next <= index {
            ascending.removeAll(keepingCapacity: true)
            start = 0
            next = index + 1
        }
        let limit = index + StampCourse.recordsAhead
        while next <= limit, stamps.reaches(next), stamps[next].end - stamps[index].end <= StampCourse.bytesAhead {
            let stamp = stamps[next].stamp
            if stamp >= earliest {
                while ascending.count > start, let last = ascending.last, stamps[last].stamp >= stamp {
                    ascending.removeLast()
                }
                ascending.append(next)
            }
            next += 1
        }
        while start < ascending.count, ascending[start] <= index { start += 1 }
        return (start < ascending.count ? stamps[ascending[start]].stamp : nil, next > limit)
    }
}
