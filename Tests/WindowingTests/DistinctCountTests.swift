import StateCoding
import TestSupport
import Testing
import Timekeeping

@testable import Windowing

@Suite struct DistinctCountTests {
    /// Keeps every event for ever.
    struct Model {
        var events: [(value: Int32, time: Int64)] = []

        func count(after time: Int64) -> Int { Set(events.filter { $0.time > time }.map(\.value)).count }

        /// The most that any window holds which `time` lies in.
        func most(_ length: Int64, around time: Int64) -> Int {
            let ends = events.map(\.time).filter { $0 >= time && $0 < time + length }
            return ends.map { end in
                Set(events.filter { $0.time > end - length && $0.time <= end }.map(\.value)).count
            }.max() ?? 0
        }
    }

    @Test(arguments: [1, 2, 3, 8])
    func `whatever the order of arrival, the count is that of a model that keeps everything`(_ capacity: Int) throws {
        var random = SeededRandom(for: "DistinctTests \(capacity)")
        var compared = 0
        for _ in 0..<40 {
            var window = DistinctCount(capacity: capacity, keys: random.int(0...1))
            var models = [Model(), Model()]
            var now: Int64 = 1000
            for _ in 0..<150 {
                let key = random.int(0...1)
                now += Int64(random.pick([0, 0, 1, 3, 9]))
                let event = (value: Int32(random.int(1...6)), time: now - Int64(random.pick([0, 0, 0, 2, 8, 40])))
                models[key].events.append(event)
                window.add(key, event.value, at: Instant(milliseconds: event.time))
                if random.chance(5) { window = try DistinctCountTests.reread(window) }
                let since = now - Int64(random.int(-1...30))
                let told = window.count(key, after: Instant(milliseconds: since))
                let truth = models[key].count(after: since)
                #expect(told == min(truth, capacity), "after \(since): \(told) of \(truth), seed \(random.seed)")
                let length = Int64(random.int(1...30))
                let run = window.most(key, in: Milliseconds(length), around: Instant(milliseconds: event.time))
                #expect(run.count <= models[key].most(length, around: event.time), "seed \(random.seed)")
                compared += truth > 0 ? 1 : 0
            }
        }
        #expect(compared > 3000, "the test must meet what it tests")
    }

    @Test func `the latest n that lie less than a length apart are those of a plain list, whatever the order`() {
        var random = SeededRandom(for: "DistinctTests latest")
        var found = 0
        for _ in 0..<60 {
            let capacity = random.int(1...9)
            var window = DistinctCount(capacity: capacity, keys: 1)
            var times: [Int64] = []
            var now: Int64 = 1000
            for serial in 0..<60 as Range<Int32> {
                now += Int64(random.pick([0, 1, 5, 30]))
                let time = now - Int64(random.pick([0, 0, 0, 3, 20]))
                times.append(time)
                window.addUnique(0, serial, at: Instant(milliseconds: time))
                let n = random.int(1...capacity + 1)
                let length = Int64(random.int(1...40))
                let kept = Array(times.sorted().suffix(capacity))
                let starts = kept.count >= n ? 0...kept.count - n : nil
                let truth = starts?.last { kept[$0 + n - 1] - kept[$0] < length }.map { kept[$0] }
                let told = window.latest(n, in: Milliseconds(length), of: 0)?.milliseconds
                #expect(told == truth, "\(n) of \(kept) in \(length), seed \(random.seed)")
                found += truth == nil ? 0 : 1
            }
        }
        #expect((500..<3400).contains(found), "the test must meet both: \(found)")
        #expect(DistinctCount(capacity: 3, keys: 0).latest(1, in: .seconds(1), of: 7) == nil)
    }

    @Test func `of events with values of their own the fullest window is found, whatever the order of arrival`() {
        var random = SeededRandom(for: "DistinctTests fullest")
        var late = 0
        for _ in 0..<60 {
            let capacity = 64
            var window = DistinctCount(capacity: capacity, keys: 0)
            var model = Model()
            var now: Int64 = 1000
            for serial in 1...60 as ClosedRange<Int32> {
                now += Int64(random.pick([0, 1, 2, 8]))
                let time = now - Int64(random.pick([0, 0, 3, 20, 90]))
                late += time < now ? 1 : 0
                model.events.append((serial, time))
                window.addUnique(0, serial, at: Instant(milliseconds: time))
                let length = Int64(random.int(1...40))
                let run = window.most(0, in: Milliseconds(length), around: Instant(milliseconds: time))
                #expect(run.count == model.most(length, around: time), "seed \(random.seed)")
                #expect(run.last - run.first < Milliseconds(length))
                #expect(run.first.milliseconds <= time && time <= run.last.milliseconds)
            }
        }
        #expect(late > 800, "the test must meet what it tests")
    }

    @Test(arguments: [(4999, 2), (5000, 1), (5001, 1)] as [(Int64, Int)])
    func `the window is open at its old end`(_ later: Int64, _ count: Int) {
        var window = DistinctCount(capacity: 4, keys: 1)
        window.add(0, 1, at: Instant(milliseconds: 0))
        window.add(0, 2, at: Instant(milliseconds: later))
        let now = Instant(milliseconds: later)
        #expect(window.count(0, after: now - .seconds(5)) == count)
        #expect(window.most(0, in: .seconds(5), around: now).count == count)
        #expect(window.newest(2, of: 0) == Instant(milliseconds: 0))
        #expect(window.newest(3, of: 0) == nil)
    }

    @Test func `a value that comes again is there as long as its latest event`() {
        var window = DistinctCount(capacity: 4, keys: 1)
        let isNew = window.add(0, 7, at: Instant(seconds: 1))
        let isNewAgain = window.add(0, 7, at: Instant(seconds: 5))
        let isNewLate = window.add(0, 7, at: Instant(seconds: 3))
        #expect(isNew && !isNewAgain && !isNewLate)
        #expect(window.newest(1, of: 0) == Instant(seconds: 5))
        #expect(window.values(0, after: Instant(seconds: 4)) == [7])
        #expect(window.count(0, after: Instant(seconds: 5)) == 0)
    }

    @Test func `the times move with the clock, and what is forgotten or cleared does not count`() {
        var window = DistinctCount(capacity: 3, keys: 1)
        for n in 1...5 as ClosedRange<Int32> { window.add(0, n, at: Instant(seconds: Int64(n))) }
        window.shift(by: .hours(1))
        #expect(window.count(0, after: Instant(seconds: 3603)) == 2)
        window.forget(0, upTo: Instant(seconds: 3604))
        #expect(window.values(0, after: .distantPast) == [5])
        window.add(0, 9, at: Instant(seconds: 3609))
        #expect(window.values(0, after: .distantPast) == [5, 9])
        window.clear(0)
        window.clear(99)
        #expect(window.count(0, after: .distantPast) == 0)
        #expect(window.count(99, after: .distantPast) == 0)
    }

    /// As a restart does it, the second value renumbered away.
    @Test func `a value that has no number any more is read over`() throws {
        var window = DistinctCount(capacity: 3, keys: 1)
        for n in 1...3 as ClosedRange<Int32> { window.add(0, n, at: Instant(seconds: Int64(n))) }
        var writer = StateWriter()
        window.write(0, to: &writer)
        var reader = StateReader(writer.bytes)
        var other = DistinctCount(capacity: 3, keys: 0)
        try other.read(0, from: &reader) { $0 == 2 ? nil : $0 + 10 }
        #expect(other.values(0, after: .distantPast) == [11, 13])
        #expect(reader.remaining == 0)
    }

    private static func reread(_ window: DistinctCount) throws -> DistinctCount {
        var writer = StateWriter()
        for key in 0...1 { window.write(key, to: &writer) }
        var reader = StateReader(writer.bytes)
        var other = DistinctCount(capacity: window.capacity, keys: 0)
        for key in 0...1 { try other.read(key, from: &reader) { $0 } }
        return other
    }
}
