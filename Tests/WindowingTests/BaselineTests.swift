import StateCoding
import TestSupport
import Testing
import Timekeeping

@testable import Windowing

@Suite struct BaselineTests {
    static let bounds: [Double] = [1, 2, 5, 10, 20, 50]

    /// Keeps every sample for ever.
    struct Model {
        struct Sample {
            var value: Double
            var hour: Int
            var kind: Int
            var day: Int64
        }
        var samples: [Sample] = []

        /// Values with their weights, of an hour and kind of day.
        func weighed(_ hour: Int, _ kind: Int, kept: Double) -> [(value: Double, weight: Double)] {
            let newest = samples.map(\.day).max() ?? 0
            return samples.filter { $0.hour == hour && $0.kind == kind }.map { sample in
                (sample.value, (0..<(newest - sample.day)).reduce(1.0) { weight, _ in weight * kept })
            }
        }
    }

    @Test func `weights and quantiles are those of a model that keeps all samples, in whatever order they come`() throws
    {
        var random = SeededRandom(for: "BaselineTests")
        var asked = 0
        for _ in 0..<25 {
            let kept = random.pick([1, 0.97, 0.5])
            var line = Baseline(bounds: BaselineTests.bounds, kindsOfDay: 2, keptPerDay: Float(kept), keys: 0)
            var model = Model()
            var day: Int64 = 19_000
            for _ in 0..<200 {
                day += random.chance(20) ? Int64(random.int(1...3)) : 0
                let late = random.chance(20) ? Int64(random.int(1...6)) : 0
                let sample = Model.Sample(
                    value: Double(random.int(0...700)) / 10, hour: random.pick([0, 23]), kind: random.int(0...1),
                    day: day - late)
                model.samples.append(sample)
                line.add(1, sample.value, hour: sample.hour, kindOfDay: sample.kind, day: sample.day)
                if random.chance(3) { line = try BaselineTests.reread(line, keptPerDay: Float(kept)) }
                let weighed = model.weighed(sample.hour, sample.kind, kept: kept)
                let all = weighed.reduce(0) { $0 + $1.weight }
                let told = line.weight(1, hour: sample.hour, kindOfDay: sample.kind)
                #expect(abs(told - all) <= all * 1e-4, "\(told) of \(all), seed \(random.seed)")
                let share = Double(random.int(1...99)) / 100
                // The model's share at each bound; where rounding decides, either answer is right.
                let shares = BaselineTests.bounds.map { bound in
                    weighed.reduce(0) { $0 + ($1.value <= bound ? $1.weight : 0) } / all
                }
                let quantile = line.quantile(1, share, hour: sample.hour, kindOfDay: sample.kind)
                let index = quantile.flatMap { BaselineTests.bounds.firstIndex(of: $0) } ?? BaselineTests.bounds.count
                #expect(index == BaselineTests.bounds.count || shares[index] >= share - 1e-4, "seed \(random.seed)")
                #expect(index == 0 || shares[index - 1] < share + 1e-4, "seed \(random.seed)")
                asked += 1
            }
        }
        #expect(asked == 5000)
    }

    @Test func `hours, kinds of day and keys are apart, and what is unknown is not unusual`() {
        var line = Baseline(bounds: BaselineTests.bounds, kindsOfDay: 2, keptPerDay: 0.97, keys: 2)
        for day in 0..<10 as Range<Int64> { line.add(0, 4, hour: 8, kindOfDay: 0, day: day) }
        func isUnusual(_ value: Double, key: Int = 0, hour: Int = 8, kind: Int = 0) -> Bool? {
            line.isUnusual(key, value, share: 0.9, atLeast: 5, hour: hour, kindOfDay: kind)
        }
        #expect(isUnusual(5) == false)
        #expect(isUnusual(5.1) == true)
        #expect(isUnusual(99, hour: 9) == nil && isUnusual(99, kind: 1) == nil && isUnusual(99, key: 1) == nil)
        #expect(isUnusual(.nan) == nil && isUnusual(99, hour: 24) == nil && isUnusual(99, kind: 2) == nil)
        #expect(isUnusual(99, key: 7) == nil)
        #expect(line.quantile(1, 0.5, hour: 8, kindOfDay: 0) == nil)
    }

    @Test func `what is above all bounds has no bound, and a wrong hour or day is left out`() {
        var line = Baseline(bounds: [1], kindsOfDay: 1, keptPerDay: 1, keys: 0)
        line.add(0, 2, hour: 0, kindOfDay: 0, day: 0)
        #expect(line.quantile(0, 0.5, hour: 0, kindOfDay: 0) == .infinity)
        line.add(0, 0, hour: 24, kindOfDay: 0, day: 0)
        line.add(0, 0, hour: 0, kindOfDay: -1, day: 0)
        line.add(0, 0, hour: 0, kindOfDay: 0, day: .max)
        line.add(0, .nan, hour: 0, kindOfDay: 0, day: 0)
        #expect(line.weight(0, hour: 0, kindOfDay: 0) == 1)
    }

    @Test func `a clock that is moved over midnights fades nothing`() {
        var line = Baseline(bounds: [1], kindsOfDay: 1, keptPerDay: 0.5, keys: 1)
        line.add(0, 1, hour: 3, kindOfDay: 0, day: 0)
        line.shift(byDays: 20_000)
        line.add(0, 1, hour: 3, kindOfDay: 0, day: 20_001)
        #expect(line.weight(0, hour: 3, kindOfDay: 0) == 1.5)
        line.shift(byDays: .max)
        #expect(line.weight(0, hour: 3, kindOfDay: 0) == 1.5)
    }

    private static func reread(_ line: Baseline, keptPerDay: Float) throws -> Baseline {
        var writer = StateWriter()
        for key in 0...1 { line.write(key, to: &writer) }
        var reader = StateReader(writer.bytes)
        var other = Baseline(bounds: line.bounds, kindsOfDay: line.kindsOfDay, keptPerDay: keptPerDay, keys: 0)
        for key in 0...1 { try other.read(key, from: &reader) }
        return other
    }
}
