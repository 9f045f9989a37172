package import Timekeeping

/// How often a device reports by itself, learned from what a person does not cause.
///
/// Intuition: of each day the longest gap between two such reports is kept, for five days and the running one; the
/// heartbeat is the second longest of them. So one bad day is ignored, and a plug that reports each second while
/// somebody cooks, and then not before the next morning, has its night as its heartbeat. Less than a day after the
/// first report it is four times the longest of at least four gaps, and at least an hour: enough to see that a
/// device died on its first day, and too long to cry over one that has just not spoken yet.
///
/// Laws: `length` is nil or 10 s … 7.5 d, and at most four times (after a day: at most) the longest gap that was taken
/// in, rounded up to 10 s, or the hour of the first day. Reports that come out of order change nothing. Cost: 21 B,
/// O(1) a report.
package struct Heartbeats: Equatable, Sendable {
    static let gapsLeast: UInt8 = 4
    static let youngFactor = 4
    static let youngLeast = Milliseconds.hours(1)
    static let day: UInt32 = 86_400
    /// Gaps are counted in tens of seconds: seven and a half days fit into 16 bits.
    static let unit: UInt32 = 10

    /// Seconds since the epoch; 0 never.
    var last: UInt32 = 0
    /// When the running day began, which is 24 h from a report on.
    var dayFrom: UInt32 = 0
    /// The longest gap of each day, the running one first; 0 none.
    var longest = [6 of UInt16](repeating: 0)
    /// Gaps of at least one unit, while they are few.
    var gaps: UInt8 = 0

    package init() {}

    package static func == (a: Heartbeats, b: Heartbeats) -> Bool {
        a.last == b.last && a.dayFrom == b.dayFrom && a.gaps == b.gaps
            && a.longest.indices.allSatisfy { a.longest[$0] == b.longest[$0] }
    }

    /// Takes a report in.
    /// - Parameter isSure: the device could be heard since its last report: nobody knows what else it said else.
    package mutating func report(at second: UInt32, isSure: Bool) {
        guard last > 0 else {
            last = second
            dayFrom = second
            return
        }
        guard second > last else { return }
        if isSure {
            let units = (second - last + Heartbeats.unit - 1) / Heartbeats.unit
            longest[0] = max(longest[0], UInt16(clamping: units))
            if second - last >= Heartbeats.unit, gaps < Heartbeats.gapsLeast { gaps += 1 }
        }
        last = second
        guard second - dayFrom >= Heartbeats.day else { return }
        dayFrom = second
        guard longest[0] > 0 else { return }
        for index in (1..<longest.count).reversed() { longest[index] = longest[index - 1] }
        longest[0] = 0
    }

    /// Nil where nobody can say.
    package var length: Milliseconds? {
        guard longest[1] > 0 else {
            guard gaps >= Heartbeats.gapsLeast else { return nil }
            return max(Heartbeats.length(of: longest[0], times: Heartbeats.youngFactor), Heartbeats.youngLeast)
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
