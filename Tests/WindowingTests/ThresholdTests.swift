import StateCoding
import TestSupport
import Testing
import Timekeeping

@testable import Windowing

@Suite struct ThresholdTests {
    /// Keeps every reading, and goes through all that are not late from the first.
    struct Model {
        var readings: [(value: Double, time: Int64)] = []

        func since(isAbove: Bool, limit: Double, back: Double) -> Int64? {
            var newest = Int64.min
            var since: Int64?
            for reading in readings where !reading.value.isNaN && reading.time >= newest {
                newest = reading.time
                let value = isAbove ? reading.value : -reading.value
                if since == nil, value >= (isAbove ? limit : -limit) { since = reading.time }
                if since != nil, value <= (isAbove ? back : -back) { since = nil }
            }
            return since
        }
    }

    @Test(arguments: [true, false])
    func `the state is that of a model that goes through all readings that are not late`(_ isAbove: Bool) throws {
        var random = SeededRandom(for: "ThresholdTests \(isAbove)")
        var beyond = 0
        var ended = 0
        for _ in 0..<60 {
            let limit = 20.0
            let back = isAbove ? limit - Double(random.int(1...5)) : limit + Double(random.int(1...5))
            var window = Threshold(isAbove: isAbove, limit: limit, back: back, keys: 0)
            var model = Model()
            var now: Int64 = 1000
            for _ in 0..<200 {
                now += Int64(random.pick([0, 1, 5]))
                let time = now - Int64(random.pick([0, 0, 0, 1, 4, 30]))
                let value = random.chance(5) ? Double.nan : Double(random.int(12...28))
                model.readings.append((value, time))
                let before = window.since(3)
                let outcome = window.add(3, value, at: Instant(milliseconds: time))
                let truth = model.since(isAbove: isAbove, limit: limit, back: back)
                #expect(window.since(3)?.milliseconds == truth, "seed \(random.seed)")
                #expect((outcome == .began) == (before == nil && truth != nil), "seed \(random.seed)")
                #expect((outcome == .ended) == (before != nil && truth == nil), "seed \(random.seed)")
                beyond += truth == nil ? 0 : 1
                ended += outcome == .ended ? 1 : 0
                if random.chance(5) { window = try ThresholdTests.reread(window) }
            }
        }
        #expect(beyond > 2000 && ended > 200, "the test must meet what it tests")
    }

    @Test(arguments: [(37.2, false), (37.3, true), (37.4, true)])
    func `a reading at the limit is beyond it`(_ value: Double, _ isBeyond: Bool) {
        var window = Threshold(isAbove: true, limit: 37.3, back: 37.2, keys: 1)
        let outcome = window.add(0, value, at: Instant(seconds: 1))
        #expect((outcome == .began) == isBeyond)
        #expect(window.due(0, lasting: .seconds(5)) == (isBeyond ? Instant(seconds: 6) : nil))
    }

    @Test func `between the limit and what is back nothing changes, nor by what is late`() {
        var window = Threshold(isAbove: false, limit: 15, back: 20, keys: 1)
        let outcomes = [
            window.add(0, 16, at: Instant(seconds: 1)), window.add(0, 15, at: Instant(seconds: 2)),
            window.add(0, 19, at: Instant(seconds: 3)), window.add(0, 99, at: Instant(seconds: 2)),
            window.add(0, .nan, at: Instant(seconds: 4)), window.add(0, 20, at: Instant(seconds: 4)),
        ]
        #expect(outcomes == [.unchanged, .began, .unchanged, .ignored, .ignored, .ended])
        #expect(window.value(0) == 20 && window.value(5).isNaN)
    }

    @Test func `the times move with the clock`() {
        var window = Threshold(isAbove: true, limit: 5, back: 4, keys: 2)
        _ = window.add(0, 6, at: Instant(seconds: 10))
        window.shift(by: .hours(1))
        #expect(window.since(0) == Instant(seconds: 3610) && window.since(1) == nil)
        let late = window.add(0, 1, at: Instant(seconds: 3609))
        #expect(late == .ignored)
        #expect(window.worse(6, .nan) == 6 && window.worse(6, 7) == 7)
    }

    private static func reread(_ window: Threshold) throws -> Threshold {
        var writer = StateWriter()
        for key in 0...3 { window.write(key, to: &writer) }
        var reader = StateReader(writer.bytes)
        var other = Threshold(isAbove: window.isAbove, limit: window.limit, back: window.back, keys: 0)
        for key in 0...3 { try other.read(key, from: &reader) }
        return other
    }
}
