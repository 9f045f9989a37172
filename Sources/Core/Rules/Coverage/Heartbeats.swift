package import Timekeeping

/// How often a device, or a hub, reports by itself, learned from what a person does not cause.
///
/// Intuition: of each day the longest gap between two such reports is kept, for five days and the running one; the
/// heartbeat is the second longest of them. So one bad day is ignored, and a plug that reports each second while
/// somebody cooks, and then not before the next morning, has its night as its heartbeat. Less than a day after the
/// first report it is four times the longest of at least three gaps, and at least an hour (of a hub twelve): enough to
/// see that a device died on its first day, and too long to cry over one that has just not spoken yet. Who reports less
/// than four times within three days tells nothing of how often.
///
/// A gap that was told as a silence counts as no longer than what it took to tell it, or, of a device, than a day: an
/// outage of weeks is no slower beat, and a beat that has become slower is learned within days.
///
/// Laws: `length` is nil or 10 s … 3 d, and at most four times (after a day: at most) the longest gap that was taken
/// in, rounded up to 10 s, or the least of the first day. Reports that come out of order change nothing. Cost: 28 B,
/// O(1) a report.
package struct Heartbeats: Equatable, Sendable {
    /// So many gaps at least, within so long.
    private static let gapsLeast: UInt8 = 3
    static let gapsWithin: UInt32 = 3 * 86_400 / unit
    private static let youngFactor = 4
    static let day: UInt32 = 86_400
    /// Gaps are counted in tens of seconds: seven and a half days fit into 16 bits.
    static let unit: UInt32 = 10

    /// What differs between a device and a hub.
    package struct Terms: Sendable {
        /// The least heartbeat on the first day.
        var youngLeast: Milliseconds
        /// A gap counts for so much at least, in units, though it was told as a silence.
        var gapMost: Double

        static let device = Terms(youngLeast: .hours(1), gapMost: Double(day / unit))
        static let hub = Terms(youngLeast: .hours(12), gapMost: 0)
    }

    /// Seconds since the epoch; 0 never.
    var last: UInt32 = 0
    /// When the running day began, which is 24 h from a report on.
    var dayFrom: UInt32 = 0
    /// The longest gap of each day, the running one first; 0 none.
    var longest = [6 of UInt16](repeating: 0)
    /// The last three gaps, the newest first.
    var recent = [3 of UInt16](repeating: 0)
    /// Gaps of at least one unit, while they are few.
    var gaps: UInt8 = 0

    package init() {}

    package static func == (a: Heartbeats, b: Heartbeats) -> Bool {
        a.last == b.last && a.dayFrom == b.dayFrom && a.gaps == b.gaps
            && a.longest.indices.allSatisfy { a.longest[$0] == b.longest[$0] }
            && a.recent.indices.allSatisfy { a.recent[$0] == b.recent[$0] }
    }

    /// Takes a report in.
    /// - Parameters:
    ///   - isSure: it could be heard since its last report: nobody knows what else was said else.
    ///   - terms: as of ``length(_:)``.
    ///   - gap: what counts as the gap, in seconds, where it is not the time since the last report.
    /// - Returns: whether ``length(_:)`` may be another now.
    @discardableResult
    package mutating func report(
        at second: UInt32, isSure: Bool, _ terms: Terms = .device, gap: UInt32? = nil
    ) -> Bool {
        guard last > 0 else {
            last = second
            dayFrom = second
            return false
        }
        guard second > last else { return false }
        var isNew = false
        if isSure {
            let gap = Heartbeats.units(gap ?? second - last)
            if gap > longest[0] {
                let known = unlessTold(gap, terms)
                isNew = known > longest[0]
                longest[0] = max(longest[0], known)
            }
            if second - last >= Heartbeats.unit {
                let wasOften = isOften
                recent[2] = recent[1]
                recent[1] = recent[0]
                recent[0] = Heartbeats.units(second - last)
                if gaps < Heartbeats.gapsLeast { gaps += 1 }
                if wasOften != isOften { isNew = true }
            }
        }
        last = second
        guard second - dayFrom >= Heartbeats.day else { return isNew }
        dayFrom = second
        guard longest[0] > 0 else { return isNew }
        for index in (1..<longest.count).reversed() { longest[index] = longest[index - 1] }
        longest[0] = 0
        return true
    }

    private static func units(_ seconds: UInt32) -> UInt16 {
        UInt16(clamping: seconds / unit + (seconds % unit > 0 ? 1 : 0))
    }

    /// A gap, or what it took to tell it as a silence.
    private func unlessTold(_ gap: UInt16, _ terms: Terms) -> UInt16 {
        guard let length = length(terms) else { return gap }
        let told = max(terms.gapMost, Double(length.count) * Coverage.missed / Double(1000 * Heartbeats.unit))
        return Double(gap) > told ? UInt16(min(told, Double(UInt16.max - 1)).rounded(.up)) : gap
    }

    /// It reports at least four times in three days, those left out in which nobody could hear.
    private var isOften: Bool {
        gaps >= Heartbeats.gapsLeast
            && UInt32(recent[0]) + UInt32(recent[1]) + UInt32(recent[2]) < Heartbeats.gapsWithin
    }

    package var length: Milliseconds? { length(.device) }

    /// Nil where nobody can say.
    package func length(_ terms: Terms) -> Milliseconds? {
        guard isOften else { return nil }
        guard longest[1] > 0 else {
            return max(Heartbeats.length(of: longest[0], times: Heartbeats.youngFactor), terms.youngLeast)
        }
        var first: UInt16 = 0
        var second: UInt16 = 0
        var days = 0
        for index in longest.indices where longest[index] > 0 {
            if longest[index] >= first {
                second = first
                first = longest[index]
            } else {
                second = max(second, longest[index])
            }
            days += 1
        }
        // Of two days nobody knows which is the bad one.
        let chosen = days > 2 ? second : first
        return chosen == UInt16.max ? nil : Heartbeats.length(of: chosen, times: 1)
    }

    private static func length(of units: UInt16, times factor: Int) -> Milliseconds {
        Milliseconds(Int64(units) * Int64(unit) * Int64(factor) * 1000)
    }
}

/// Whole seconds since the epoch in 32 bits, where a device's row must be small.
extension Instant {
    /// Rounded down; 0 stands for never.
    var seconds32: UInt32 { UInt32(clamping: max(0, milliseconds) / 1000) }
    /// Rounded up.
    var secondsUp32: UInt32 { UInt32(clamping: (max(0, milliseconds) + 999) / 1000) }

    init(seconds32: UInt32) { self.init(seconds: Int64(seconds32)) }
}
