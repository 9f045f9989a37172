import StateCoding
import TestSupport
import Testing
import Timekeeping

@testable import Windowing

@Suite struct SequenceWindowTests {
    /// The law's words on everything that ever came.
    struct Model {
        struct First {
            var at: Int64
            var until: Int64
            var due: Int64
            var isOpen = true
        }

        var before: Int64
        var firsts: [First] = []
        var seconds: [Int64] = []

        var waiting: [First] { firsts.filter(\.isOpen) }

        func isAnswered(at t: Int64, until: Int64) -> Bool { seconds.contains { $0 >= t - before && $0 <= until } }

        /// What the law promises nothing of.
        func isBeyondLaw(_ until: Int64) -> Bool {
            waiting.count == Windowing.SequenceWindow.kept
                || seconds.count { $0 > until } >= Windowing.SequenceWindow.kept
        }

        mutating func second(_ t: Int64) -> Int64? {
            seconds.append(t)
            var earliest: Int64?
            for index in firsts.indices where firsts[index].isOpen {
                guard t >= firsts[index].at - before, t <= firsts[index].until else { continue }
                firsts[index].isOpen = false
                earliest = min(earliest ?? Int64.max, firsts[index].at)
            }
            return earliest
        }

        /// What is missing by now, in the order of its decisions.
        mutating func missing(_ now: Int64) -> [Int64] {
            let due = firsts.indices.filter { firsts[$0].isOpen && firsts[$0].due <= now }
                .sorted { (firsts[$0].due, firsts[$0].at) < (firsts[$1].due, firsts[$1].at) }
            for index in due { firsts[index].isOpen = false }
            return due.map { firsts[$0].at }
        }
    }

    private static func missing(_ sequence: inout Windowing.SequenceWindow, _ key: Int, _ now: Int64) -> [Int64] {
        var missing: [Int64] = []
        while let (place, first) = sequence.next(key), first.due.milliseconds <= now {
            #expect(sequence.deadline(key) == first.due && sequence.waits(key, place: place))
            missing.append(first.at.milliseconds)
            sequence.remove(key, place: place)
        }
        return missing
    }

    private static func again(_ sequence: Windowing.SequenceWindow, keys: Int) throws -> Windowing.SequenceWindow {
        var writer = StateWriter()
        sequence.write(keys: keys, to: &writer)
        var reader = StateReader(writer.bytes)
        var read = Windowing.SequenceWindow(before: sequence.before)
        try read.read(keys: keys, from: &reader)
        #expect(reader.remaining == 0)
        return read
    }

    @Test func `a first is answered or missing as the law says, in whatever order the records come`() throws {
        var random = SeededRandom(for: "SuccessionTests")
        var counts = (answered: 0, missing: 0, early: 0)
        for _ in 0..<200 {
            let length = Int64(random.pick([5_000, 60_000]))
            let before = random.chance(50) ? 0 : length
            var sequence = Windowing.SequenceWindow(before: Milliseconds(before))
            var models = [Model(before: before), Model(before: before)]
            var now: Int64 = 1_000_000_000_000
            for _ in 0..<200 {
                now += Int64(random.pick([0, 1, 500, 2_000, 4_999, 5_000, 5_001, 30_000, 60_001]))
                for key in 0...1 {
                    let missing = SequenceWindowTests.missing(&sequence, key, now)
                    #expect(missing == models[key].missing(now), "seed \(random.seed)")
                    counts.missing += missing.count
                }
                if random.chance(5) { sequence = try SequenceWindowTests.again(sequence, keys: 2) }
                let key = random.int(0...1)
                let t = now - Int64(random.pick([0, 0, 0, 1, 700, 4_999, 5_000, 20_000]))
                if random.chance(40) {
                    let answered = sequence.second(key, at: Instant(milliseconds: t))
                    #expect(answered?.first.at.milliseconds == models[key].second(t), "seed \(random.seed)")
                    counts.answered += answered == nil ? 0 : 1
                    continue
                }
                let until = t + length
                let due = max(until, now)
                guard !models[key].isBeyondLaw(until) else { continue }
                let outcome = sequence.first(
                    key, at: Instant(milliseconds: t), until: Instant(milliseconds: until),
                    due: Instant(milliseconds: due))
                let isAnswered = models[key].isAnswered(at: t, until: until)
                switch outcome {
                case .answered(let second):
                    #expect(isAnswered && models[key].seconds.contains(second.milliseconds), "seed \(random.seed)")
                    counts.early += 1
                case .waits:
                    #expect(!isAnswered, "t \(t), now \(now), \(models[key]), seed \(random.seed)")
                    models[key].firsts.append(.init(at: t, until: until, due: due))
                case .full, .dropped: Issue.record("full within the law")
                }
            }
        }
        #expect(counts.answered > 1000 && counts.missing > 1000 && counts.early > 1000)
    }

    @Test(arguments: [(-5_001, false), (-5_000, true), (0, true), (10_000, true), (10_001, false)] as [(Int64, Bool)])
    func `both ends of the window are in it, whichever comes first`(_ distance: Int64, _ isAnswered: Bool) {
        let at = Instant(seconds: 1000)
        let second = at + Milliseconds(distance)
        var sequence = Windowing.SequenceWindow(before: .seconds(5))
        _ = sequence.first(0, at: at, until: at + .seconds(10), due: at + .seconds(10))
        #expect((sequence.second(0, at: second) != nil) == isAnswered)
        #expect((sequence.next(0) == nil) == isAnswered)

        sequence = Windowing.SequenceWindow(before: .seconds(5))
        _ = sequence.second(0, at: second)
        let outcome = sequence.first(0, at: at, until: at + .seconds(10), due: at + .seconds(10))
        #expect(outcome == (isAnswered ? .answered(by: second) : .waits(0)))
    }

    @Test func `of many that wait the oldest and the newest stay`() {
        var random = SeededRandom(for: "SuccessionTests.many")
        for _ in 0..<50 {
            var sequence = Windowing.SequenceWindow(before: .zero)
            let times = (Int64(0)..<40).shuffled(using: &random)
            for second in times {
                let at = Instant(seconds: second)
                _ = sequence.first(0, at: at, until: at + .minutes(10), due: at + .minutes(10))
            }
            let missing = SequenceWindowTests.missing(&sequence, 0, Int64.max)
            #expect(missing.count == Windowing.SequenceWindow.kept)
            #expect(missing.first == 0 && missing.last == 39_000)
        }
    }

    @Test func `a first that is put off keeps its window`() {
        var sequence = Windowing.SequenceWindow(before: .zero)
        let at = Instant(seconds: 1000)
        _ = sequence.first(0, at: at, until: at + .seconds(5), due: at + .seconds(5))
        sequence.postpone(0, place: 0, due: at + .minutes(1))
        #expect(sequence.deadline(0) == at + .minutes(1))
        #expect(sequence.second(0, at: at + .seconds(6)) == nil)
        #expect(sequence.second(0, at: at + .seconds(5)) != nil)
    }

    @Test func `a moved clock moves windows and what is remembered`() {
        var sequence = Windowing.SequenceWindow(before: .seconds(5))
        let at = Instant(seconds: 1000)
        _ = sequence.first(0, at: at, until: at + .seconds(5), due: at + .seconds(5))
        _ = sequence.second(1, at: at)
        sequence.shift(by: .hours(8))
        let moved = at + .hours(8)
        #expect(sequence.deadline(0) == moved + .seconds(5))
        #expect(sequence.first(1, at: moved, until: moved, due: moved) == .answered(by: moved))
        #expect(sequence.second(0, at: moved + .seconds(5))?.first.at == moved)
    }
}
