/// The days of a site that are other than the week says: holidays, and the weekend days on which people work for them.
package struct SiteDays: Equatable, Sendable {
    package enum Kind: UInt8, Sendable {
        case holiday
        /// Worked, though it is a Saturday or Sunday: what China calls a make-up day.
        case workday
    }

    /// Days since 1970-01-01, ascending; ``kinds`` of the same index says what they are.
    private let days: [Int64]
    private let kinds: [Kind]

    /// Every week is like the others.
    package static let none = SiteDays([:])

    package init(_ kinds: [Day: Kind] = [:]) {
        let sorted = kinds.map { (day: $0.key.sinceEpoch, kind: $0.value) }.sorted { $0.day < $1.day }
        days = sorted.map(\.day)
        self.kinds = sorted.map(\.kind)
    }

    package var count: Int { days.count }

    /// Of all of it: what was worked out with other days is worked out again.
    package var checksum: UInt64 {
        zip(days, kinds).reduce(0xcbf2_9ce4_8422_2325) { sum, day in
            (sum ^ UInt64(bitPattern: day.0) << 1 ^ UInt64(day.1.rawValue)) &* 0x0000_0100_0000_01b3
        }
    }

    /// The last day that is other than the week says; nil where there is none.
    package var last: Day? { days.last.map(Day.init(sinceEpoch:)) }

    /// What a day is, if it is other than the week says. A binary search: O(log number of days), no allocation.
    package func kind(ofDaySinceEpoch day: Int64) -> Kind? {
        var low = 0
        var high = days.count
        while low < high {
            let middle = (low + high) / 2
            if days[middle] < day { low = middle + 1 } else { high = middle }
        }
        return low < days.count && days[low] == day ? kinds[low] : nil
    }
}
