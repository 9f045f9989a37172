package import StateCoding
import Timekeeping

/// What is usual for a key, at this hour, on this kind of day: a histogram for each, in which older days count less.
///
/// Intuition: values fall into buckets between fixed bounds; a day later every weight is a little smaller. A line that
/// is common to all keys is one key more.
///
/// Law: the weight of a sample is `keptPerDay` to the power of the days between it and the newest day of its key,
/// whatever the order in which samples come; that is exact but for the rounding of 24 bits at each addition and each
/// new day. ``quantile(_:_:hour:kindOfDay:)`` is the smallest bound that at least that share of the weight does not
/// exceed: never less than the sample's quantile, and by less than its bucket more.
/// Cost: 4 B × 24 hours × kinds of day × (bounds + 1) a key, 3.3 KB for 2 kinds and 16 bounds; O(log bounds) a sample,
/// and O(cells) at the first sample of a day; O(bounds) a question. No allocation but for new keys. It holds no
/// instant: a step of the clock by whole days is the owner's ``shift(byDays:)``.
package struct Baseline: Sendable {
    /// Ascending. Bucket i has the values above bound i − 1 and up to bound i; the last has those above all.
    package let bounds: [Double]
    package let kindsOfDay: Int
    package let keptPerDay: Float
    private var weights: Paged<Float>
    /// By key, the newest day that there is a sample of.
    private var days: Paged<Int64>

    private static let noDay = Int64.min
    /// After so many days nothing is left of a weight, whatever is kept per day.
    private static let daysMax: Int64 = 20_000
    /// Days are numbers of this size, so that differences of two cannot overflow: a billion days.
    private static let dayRange = -1_000_000_000...1_000_000_000 as ClosedRange<Int64>

    private var bucketCount: Int { bounds.count + 1 }
    private var cellCount: Int { 24 * kindsOfDay * bucketCount }

    /// - Parameters:
    ///   - bounds: 1…64, ascending.
    ///   - kindsOfDay: 1…4, as working day and day of rest.
    ///   - keptPerDay: above 0, at most 1; 0.97 halves a weight in 23 days.
    package init(bounds: [Double], kindsOfDay: Int, keptPerDay: Float, keys: Int) {
        precondition((1...64).contains(bounds.count) && bounds == bounds.sorted(), "a baseline has 1…64 rising bounds")
        precondition((1...4).contains(kindsOfDay), "a baseline has 1…4 kinds of day")
        precondition(keptPerDay > 0 && keptPerDay <= 1, "of a weight more than nothing and at most all is kept")
        self.bounds = bounds
        self.kindsOfDay = kindsOfDay
        self.keptPerDay = keptPerDay
        weights = Paged(repeating: 0, count: 24 * kindsOfDay * (bounds.count + 1) * keys)
        days = Paged(repeating: Baseline.noDay, count: keys)
    }

    /// Takes a sample in; what is no number, or of no hour or kind of day, is left out.
    /// - Parameter day: days since some day, in the site's zone.
    package mutating func add(_ key: Int, _ value: Double, hour: Int, kindOfDay: Int, day: Int64) {
        guard !value.isNaN, Baseline.dayRange.contains(day), let cell = cell(key, hour, kindOfDay) else { return }
        if key >= days.count { grow(to: key + 1) }
        let newest = days[key]
        if newest == Baseline.noDay {
            days[key] = day
        } else if day > newest {
            fade(key, by: day - newest)
            days[key] = day
        }
        weights[cell + bucket(of: value)] += kept(after: days[key] - day)
    }

    /// How much is known: the weight of all samples of an hour and kind of day, a sample of the newest day having 1.
    package func weight(_ key: Int, hour: Int, kindOfDay: Int) -> Double {
        guard key < days.count, let cell = cell(key, hour, kindOfDay) else { return 0 }
        return (cell..<cell + bucketCount).reduce(0) { $0 + Double(weights[$1]) }
    }

    /// The bound that a share (0…1) of the weight does not exceed; infinity where it is above all bounds, nil where
    /// nothing is known.
    package func quantile(_ key: Int, _ share: Double, hour: Int, kindOfDay: Int) -> Double? {
        let all = weight(key, hour: hour, kindOfDay: kindOfDay)
        guard all > 0, let cell = cell(key, hour, kindOfDay) else { return nil }
        var sum = 0.0
        for (index, bound) in bounds.enumerated() {
            sum += Double(weights[cell + index])
            if sum >= share * all, sum > 0 { return bound }
        }
        return .infinity
    }

    /// Whether a value is above what a share of the weight does not exceed; nil, unknown, where less weight than
    /// `atLeast` is known.
    package func isUnusual(
        _ key: Int, _ value: Double, share: Double, atLeast: Double, hour: Int, kindOfDay: Int
    ) -> Bool? {
        guard !value.isNaN, weight(key, hour: hour, kindOfDay: kindOfDay) >= atLeast,
            let usual = quantile(key, share, hour: hour, kindOfDay: kindOfDay)
        else { return nil }
        return value > usual
    }

    private func cell(_ key: Int, _ hour: Int, _ kindOfDay: Int) -> Int? {
        guard key >= 0, (0..<24).contains(hour), (0..<kindsOfDay).contains(kindOfDay) else { return nil }
        return key * cellCount + (hour * kindsOfDay + kindOfDay) * bucketCount
    }

    /// The first bucket whose bound the value does not exceed.
    private func bucket(of value: Double) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func kept(after days: Int64) -> Float {
        var weight: Float = 1
        var power = keptPerDay
        var rest = min(days, Baseline.daysMax)
        while rest > 0 {
            if rest & 1 == 1 { weight *= power }
            power *= power
            rest >>= 1
        }
        return weight
    }

    private mutating func fade(_ key: Int, by days: Int64) {
        let factor = kept(after: days)
        for index in key * cellCount..<(key + 1) * cellCount { weights[index] *= factor }
    }

    private mutating func grow(to keys: Int) {
        let more = max(keys, days.count * 2) - days.count
        weights.append(more * cellCount, of: 0)
        days.append(more, of: Baseline.noDay)
    }
}

extension Baseline {
    /// Writes one key: its newest day and the cells that are not empty.
    package func write(_ key: Int, to writer: inout StateWriter) {
        let day = key < days.count ? days[key] : Baseline.noDay
        writer.truth(day != Baseline.noDay)
        guard day != Baseline.noDay else { return }
        writer.word(day)
        writer.array((0..<cellCount).filter { weights[key * cellCount + $0] > 0 }) { writer, cell in
            writer.integer(cell)
            writer.float(weights[key * cellCount + cell])
        }
    }

    /// Reads what was written with the same bounds and kinds of day into the place of `key`.
    package mutating func read(_ key: Int, from reader: inout StateReader) throws(StateError) {
        if key >= days.count { grow(to: key + 1) }
        for cell in 0..<cellCount { weights[key * cellCount + cell] = 0 }
        guard try reader.truth() else {
            days[key] = Baseline.noDay
            return
        }
        days[key] = try reader.signedWord()
        guard Baseline.dayRange.contains(days[key]) else { throw reader.damaged("a day") }
        try reader.each(ofSize: 2) { (reader) throws(StateError) in
            let cell = try reader.integer()
            let weight = try reader.float()
            guard (0..<cellCount).contains(cell), weight > 0, weight.isFinite else {
                throw reader.damaged("a cell and its weight")
            }
            weights[key * cellCount + cell] = weight
        }
    }

    /// The clock was moved over so many midnights: nothing fades for that. O(keys).
    package mutating func shift(byDays count: Int64) {
        for key in days.indices where days[key] != Baseline.noDay {
            let moved = days[key].addingReportingOverflow(count).partialValue
            days[key] = min(max(moved, Baseline.dayRange.lowerBound), Baseline.dayRange.upperBound)
        }
    }
}
