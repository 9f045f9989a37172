import StateCoding
import TestSupport
import Testing
import Timekeeping

@testable import Windowing

/// Third events: what undoes a first that waits.
@Suite struct SequenceWindowThirdTests {
    /// The law's words on everything that ever came.
    private struct Model {
        struct First {
            var at: Int64
            var until: Int64
            var due: Int64
            var isOpen = true
        }

        let drops: Bool
        var firsts: [First] = []
        var seconds: [Int64] = []
        var thirds: [Int64] = []

        var waiting: Int { firsts.count(where: \.isOpen) }

        func isUndone(_ at: Int64, by end: Int64) -> Bool { thirds.contains { $0 > at && $0 <= end } }

        /// What the law promises nothing of.
        func isBeyondLaw(_ at: Int64, _ until: Int64) -> Bool {
            let kept = Windowing.SequenceWindow.kept
            return waiting == kept || seconds.count { $0 > until } >= kept || seconds.count { $0 >= at } >= kept
                || thirds.count { $0 > at } >= kept
        }

        func isAnswered(_ at: Int64, _ until: Int64) -> Bool {
            seconds.contains { $0 >= at && $0 <= until && (drops || !isUndone(at, by: $0)) }
        }

        mutating func second(_ t: Int64) -> Int64? {
            seconds.append(t)
            var earliest: Int64?
            for index in firsts.indices where firsts[index].isOpen {
                let first = firsts[index]
                guard t >= first.at, t <= first.until, drops || !isUndone(first.at, by: t) else { continue }
                firsts[index].isOpen = false
                earliest = min(earliest ?? Int64.max, first.at)
            }
            return earliest
        }

        mutating func third(_ t: Int64) {
            thirds.append(t)
            guard drops else { return }
            for index in firsts.indices where firsts[index].at < t && t <= firsts[index].until {
                firsts[index].isOpen = false
            }
        }

        mutating func due(_ now: Int64) -> [Int64] {
            let due = firsts.indices.filter { firsts[$0].isOpen && firsts[$0].due <= now }
                .sorted { (firsts[$0].due, firsts[$0].at) < (firsts[$1].due, firsts[$1].at) }
            for index in due { firsts[index].isOpen = false }
            return due.map { firsts[$0].at }
        }
    }

    private static func due(_ sequence: inout Windowing.SequenceWindow, _ now: Int64) -> [Int64] {
        var missing: [Int64] = []
        while let (place, first) = sequence.next(0), first.due.milliseconds <= now {
            missing.append(first.at.milliseconds)
            sequence.remove(0, place: place)
        }
        return missing
    }

    private static func again(_ sequence: Windowing.SequenceWindow, drops: Bool) throws -> Windowing.SequenceWindow {
        var writer = StateWriter()
        sequence.write(keys: 1, to: &writer)
        sequence.writeThirds(keys: 1, to: &writer)
        var reader = StateReader(writer.bytes)
        var read = Windowing.SequenceWindow(before: sequence.before, drops: drops)
        try read.read(keys: 1, from: &reader)
        try read.readThirds(keys: 1, from: &reader)
        #expect(reader.remaining == 0)
        return read
    }

    @Test(arguments: [false, true])
    func `what undoes a first does so in whatever order the records come`(drops: Bool) throws {
        var random = SeededRandom(for: "SuccessionThirdTests\(drops)")
        var counts = (answered: 0, undone: 0, due: 0)
        for _ in 0..<400 {
            let length = Int64(random.pick([5_000, 60_000]))
            var sequence = Windowing.SequenceWindow(before: .zero, drops: drops)
            var model = Model(drops: drops)
            var now: Int64 = 1_000_000_000_000
            for _ in 0..<100 {
                now += Int64(random.pick([0, 1, 500, 2_000, 5_000, 5_001, 30_000, 60_001]))
                let due = SequenceWindowThirdTests.due(&sequence, now)
                #expect(due == model.due(now), "seed \(random.seed)")
                counts.due += due.count
                if random.chance(5) { sequence = try SequenceWindowThirdTests.again(sequence, drops: drops) }
                let t = now - Int64(random.pick([0, 0, 0, 1, 700, 4_999, 5_000, 20_000]))
                switch random.int(0...4) {
                case 0:
                    sequence.third(0, at: Instant(milliseconds: t))
                    model.third(t)
                case 1, 2:
                    let answered = sequence.second(0, at: Instant(milliseconds: t))
                    #expect(answered?.first.at.milliseconds == model.second(t), "seed \(random.seed)")
                    counts.answered += answered == nil ? 0 : 1
                default:
                    let until = t + length
                    guard !model.isBeyondLaw(t, until) else { continue }
                    let due = max(until, now) + (drops ? 0 : 60_000)
                    let outcome = sequence.first(
                        0, at: Instant(milliseconds: t), until: Instant(milliseconds: until),
                        due: Instant(milliseconds: due))
                    switch outcome {
                    case .dropped:
                        #expect(drops && model.isUndone(t, by: until), "seed \(random.seed)")
                        counts.undone += 1
                    case .answered: #expect(model.isAnswered(t, until), "seed \(random.seed)")
                    case .waits:
                        #expect(!model.isAnswered(t, until), "seed \(random.seed)")
                        #expect(!drops || !model.isUndone(t, by: until), "seed \(random.seed)")
                        model.firsts.append(.init(at: t, until: until, due: due))
                    case .full: Issue.record("full within the law, seed \(random.seed)")
                    }
                }
            }
        }
        #expect(counts.answered > 500 && counts.due > 500 && (!drops || counts.undone > 500), "\(counts)")
    }

    @Test func `where no place is free, what is undone gives way`() {
        func at(_ second: Int64) -> Instant { Instant(seconds: 1_000 + second) }
        var sequence = Windowing.SequenceWindow(before: .zero)
        for second in 0..<4 as Range<Int64> {
            _ = sequence.first(0, at: at(second), until: at(second + 600), due: at(second + 900))
        }
        sequence.third(0, at: at(2))
        // 0 and 1 are undone, 2 and 3 wait: two more find room, and none that waits is lost.
        #expect(sequence.first(0, at: at(4), until: at(604), due: at(904)) == .waits(0))
        #expect(sequence.first(0, at: at(5), until: at(605), due: at(905)) == .waits(1))
        #expect(sequence.second(0, at: at(10))?.first.at == at(2))
        #expect(sequence.isIdle(0))
    }

    @Test func `a moved clock moves what is remembered of thirds`() {
        let at = Instant(seconds: 1_000)
        var sequence = Windowing.SequenceWindow(before: .zero)
        _ = sequence.first(0, at: at, until: at + .minutes(1), due: at + .minutes(2))
        sequence.third(0, at: at + .seconds(10))
        sequence.shift(by: .hours(5))
        let moved = at + .hours(5)
        #expect(sequence.second(0, at: moved + .seconds(10)) == nil)
        _ = sequence.first(0, at: moved + .seconds(1), until: moved + .minutes(1), due: moved + .minutes(2))
        #expect(sequence.second(0, at: moved + .seconds(11)) == nil)
        #expect(sequence.second(0, at: moved + .seconds(9))?.first.at == moved)
    }
}
