import StateCoding
import TestSupport
import Testing
import Timekeeping

@testable import Windowing

@Suite struct SlidingCountTests {
    /// Keeps every event for ever.
    struct Model {
        var times: [Int: [Int64]] = [:]

        mutating func add(_ key: Int, _ t: Int64) { times[key, default: []].append(t) }
        func count(_ key: Int, _ t: Int64, _ length: Int64) -> Int {
            times[key, default: []].count { $0 > t - length && $0 <= t }
        }
        func newest(_ key: Int) -> Int64 { times[key, default: []].max() ?? 0 }
        func later(_ key: Int, _ t: Int64) -> Int { times[key, default: []].count { $0 > t } }
    }

    /// Lengths in units of a millisecond, and of a day: distances of 32 bits reach 49 days, those of 64 all.
    @Test(arguments: [1, 2, 3, 7], [1, 86_400_000] as [Int64])
    func `the count is that of a model that keeps everything, as far as the law promises`(_ asked: Int, _ unit: Int64) {
        var random = SeededRandom(for: "SlidingCountTests \(asked) \(unit)")
        var exact = 0
        var promised = 0
        for _ in 0..<60 {
            let length = unit * Int64(random.int(1...40))
            var window = SlidingCount(length: Milliseconds(length), atLeast: asked, keys: random.int(0...2))
            var model = Model()
            var now: Int64 = 1000
            for _ in 0..<400 {
                let key = random.int(0...3)
                now += Int64(random.pick([0, 0, 1, 2, 5, 20])) * unit
                let t = now - Int64(random.pick([0, 0, 0, 1, 3, 10, 60])) * unit
                model.add(key, t)
                let told = window.add(key, at: Instant(milliseconds: t))
                let truth = model.count(key, t, length)
                // Never more than there are; and enough is told to be enough wherever the law promises it.
                #expect(told <= truth, "seed \(random.seed)")
                let isInReach = length > 24 * 86_400_000 || model.newest(key) - t <= (1 << 32) - length
                if isInReach, model.later(key, t) <= window.capacity - asked {
                    promised += 1
                    #expect(min(told, asked) == min(truth, asked), "told \(told) of \(truth), seed \(random.seed)")
                }
                exact += told == truth ? 1 : 0
            }
        }
        #expect(exact > 9000 && promised > 9000, "the test must meet what it tests")
    }

    @Test func `events in order are counted whatever burst came before`() {
        var window = SlidingCount(length: .seconds(5), atLeast: 3, keys: 1)
        // Hubs tell whole seconds: many events have the same time.
        for n in 1...100 {
            let told = window.add(0, at: Instant(seconds: 100))
            #expect(told >= min(n, 3), "event \(n) of one instant is told as \(told)")
        }
        #expect(window.add(0, at: Instant(milliseconds: 104_999)) >= 3)
        #expect(window.add(0, at: Instant(milliseconds: 110_000)) == 1)
    }

    @Test(arguments: [(4999, 2), (5000, 1), (5001, 1)] as [(Int64, Int)])
    func `the window is open at its old end`(_ later: Int64, _ count: Int) {
        var window = SlidingCount(length: .seconds(5), atLeast: 2, keys: 1)
        #expect(window.add(0, at: Instant(milliseconds: 0)) == 1)
        #expect(window.add(0, at: Instant(milliseconds: later)) == count)
    }

    @Test func `a moved, a copied and a written count go on as if nothing had been`() throws {
        var random = SeededRandom(for: "SlidingCountTests, moved")
        for length in [Milliseconds.minutes(15), .days(60)] {
            var plain = SlidingCount(length: length, atLeast: 3, keys: 0)
            var moved = plain
            var other = plain
            for _ in 0..<600 {
                let (key, t) = (random.int(0...600), Instant(milliseconds: Int64(random.int(1...1_000_000))))
                let told = plain.add(key, at: t)
                #expect(moved.add(key, at: t) == told && other.add(key, at: t) == told)
                moved.shift(by: .days(-14))
                moved.shift(by: .days(14))
                if random.chance(1) {
                    var writer = StateWriter()
                    var copy = SlidingCount(length: length, atLeast: 3, keys: 0)
                    for key in 0...600 { other.write(key, to: &writer) }
                    var reader = StateReader(writer.bytes)
                    for key in 0...600 { try copy.read(key, from: &reader) }
                    other = SlidingCount(length: length, atLeast: 3, keys: 0)
                    for key in 0...600 { other.copy(key, from: copy) }
                }
            }
        }
    }

    @Test func `an event counts none that is later than itself, and a cleared key begins anew`() {
        var window = SlidingCount(length: .seconds(5), atLeast: 3, keys: 1)
        #expect(window.add(0, at: Instant(seconds: 10)) == 1)
        #expect(window.add(0, at: Instant(seconds: 8)) == 1)
        #expect(window.add(0, at: Instant(seconds: 11)) == 3)
        window.clear(0)
        window.clear(99)
        #expect(window.add(0, at: Instant(seconds: 11)) == 1)
    }
}
