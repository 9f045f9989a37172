// Foundation reads the zone database; nothing else of it is used here.
import Foundation

/// A time zone as a table of the moments at which its offset changes, between 1970 and 2100.
///
/// A value that needs no system call after it was made, so that the same records give the same texts wherever they are
/// replayed (the zone database of the machine aside). Looking up an offset is a binary search.
package struct Zone: Sendable, Equatable {
    package let identifier: String
    /// Seconds since the epoch at which ``offsets`` of the same index begins to hold; the first is far in the past.
    private let starts: [Int64]
    private let offsets: [Int32]

    package static let utc = Zone(identifier: "UTC", starts: [Int64.min], offsets: [0])

    private init(identifier: String, starts: [Int64], offsets: [Int32]) {
        self.identifier = identifier
        self.starts = starts
        self.offsets = offsets
    }

    /// - Parameter identifier: an IANA name as `Asia/Shanghai`, or `UTC`.
    /// - Returns: nil where the zone database does not know the name.
    package init?(identifier: String) {
        guard identifier != "UTC" else {
            self = Zone.utc
            return
        }
        // Only full names: "CST" means two things, and Foundation would guess.
        guard identifier.contains("/"), let zone = TimeZone(identifier: identifier) else { return nil }
        var starts: [Int64] = [Int64.min]
        var offsets = [Int32(zone.secondsFromGMT(for: Date(timeIntervalSince1970: 0)))]
        var moment = Date(timeIntervalSince1970: 0)
        let end = Date(timeIntervalSince1970: 4_102_444_800)  // 2100-01-01
        while let next = zone.nextDaylightSavingTimeTransition(after: moment), next < end, next > moment {
            let offset = Int32(zone.secondsFromGMT(for: next.addingTimeInterval(1)))
            if offset != offsets[offsets.count - 1] {
                starts.append(Int64(next.timeIntervalSince1970.rounded()))
                offsets.append(offset)
            }
            moment = next
        }
        self.init(identifier: identifier, starts: starts, offsets: offsets)
    }

    /// Seconds that local time is ahead of UTC at an instant.
    package func offset(at instant: Instant) -> Int {
        let ms = instant.milliseconds
        let seconds = (ms >= 0 ? ms : ms - 999) / 1000
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= seconds { low = middle } else { high = middle }
        }
        return Int(offsets[low])
    }

    /// When the offset next becomes another behind an instant; nil where it never does. O(log changes).
    package func nextChange(after instant: Instant) -> Instant? {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= Int64.min / 1000 || starts[middle] * 1000 <= instant.milliseconds {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < starts.count ? Instant(seconds: starts[low]) : nil
    }

    package func civil(_ instant: Instant) -> CivilTime {
        CivilTime(wallMilliseconds: instant.milliseconds + Int64(offset(at: instant)) * 1000)
    }

    /// The instant of a wall clock's time. A time that a clock change skips is read with the offset before the change;
    /// one that it repeats is the first of the two.
    package func instant(_ civil: CivilTime) -> Instant {
        let wall = civil.wallMilliseconds
        // The offset a day before is the one before any change that this wall time could meet.
        let before = Int64(offset(at: Instant(milliseconds: wall - 86_400_000))) * 1000
        let after = Int64(offset(at: Instant(milliseconds: wall + 86_400_000))) * 1000
        let first = Instant(milliseconds: wall - before)
        if Int64(offset(at: first)) * 1000 == before { return first }
        let second = Instant(milliseconds: wall - after)
        return Int64(offset(at: second)) * 1000 == after ? second : first
    }

    /// Midnight at which a local date begins.
    package func start(of day: Day) -> Instant {
        instant(CivilTime(date: day, hour: 0, minute: 0, second: 0, millisecond: 0))
    }
}
