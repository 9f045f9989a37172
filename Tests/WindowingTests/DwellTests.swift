import StateCoding
import TestSupport
import Testing
import Timekeeping

@testable import Windowing

@Suite struct DwellTests {
    /// The law's words on everything that ever came.
    struct Model {
        var gap: Int64?
        var seen: [Int64] = []
        var ended = Int64.min
        /// False from when more came out of order than the law allows.
        var isExact = true

        /// Stretches of what was seen since the end, the oldest first.
        var stretches: [[Int64]] {
            var stretches: [[Int64]] = []
            for t in seen.filter({ $0 > ended }).sorted() {
                if let last = stretches.last?.last, gap.map({ t - last <= $0 }) ?? true {
                    stretches[stretches.count - 1].append(t)
                } else {
                    stretches.append([t])
                }
            }
            return stretches
        }

        mutating func hold(_ t: Int64, now: Int64) {
            seen.append(t)
            let young = stretches.filter { $0[$0.count - 1] + (gap ?? 0) + Dwell.memory.count >= now }
            if young.count > Dwell.piecesMax { isExact = false }
        }

        mutating func end(_ t: Int64) {
            if t > ended, stretches.contains(where: { $0[0] <= t && $0.count { $0 > t } > 1 }) { isExact = false }
            ended = max(ended, t)
        }
    }

    private static func again(_ dwell: Dwell, keys: Int) throws -> Dwell {
        var writer = StateWriter()
        dwell.write(keys: keys, to: &writer)
        var reader = StateReader(writer.bytes)
        var read = Dwell(gap: dwell.gap)
        try read.read(keys: keys, from: &reader)
        #expect(reader.remaining == 0)
        return read
    }

    @Test func `the run is the one that the law names, however the records are out of order`() throws {
        var random = SeededRandom(for: "DwellTests")
        var exact = 0
        var inexact = 0
        for _ in 0..<200 {
            let gap: Int64? = random.pick([1000, 10_000, 90_000, nil])
            var dwell = Dwell(gap: gap.map { Milliseconds($0) })
            var models = [Model(gap: gap), Model(gap: gap)]
            var now: Int64 = 1_000_000_000_000
            for _ in 0..<150 {
                now += Int64(random.pick([0, 1, 500, 1000, 1001, 9_999, 10_000, 10_001, 60_000, 90_001, 200_000]))
                let key = random.int(0...1)
                let late = [0, 0, 0, 1, 700, 5_000, 20_000, 89_999, 200_000, Int(Dwell.memory.count)]
                let t = now - Int64(random.pick(late))
                let before = models[key].stretches.last
                if random.chance(15) {
                    let ending = dwell.end(key, at: Instant(milliseconds: t))
                    let isNew = t > models[key].ended
                    models[key].end(t)
                    guard models[key].isExact else { continue }
                    switch ending {
                    case .nothing: #expect(!isNew || before.map { $0[0] > t } ?? true)
                    case .ended(let run): #expect(run.last.milliseconds == before?.last && run.last.milliseconds <= t)
                    case .cut(let run): #expect(run.start.milliseconds == before?.first && run.last.milliseconds > t)
                    }
                } else {
                    let instant = Instant(milliseconds: t)
                    let outcome = dwell.hold(key, at: instant, now: Instant(milliseconds: now))
                    models[key].hold(t, now: now)
                    #expect((outcome == .over) == (t <= models[key].ended))
                    if models[key].isExact, case .began(let after) = outcome {
                        #expect(after?.start.milliseconds == before?.first)
                    }
                }
                if random.chance(5) { dwell = try DwellTests.again(dwell, keys: 2) }
                let run = dwell.run(key)
                let truth = models[key].stretches.last
                let context = "gap \(gap ?? -1), t \(t), now \(now), \(truth ?? []), seed \(random.seed)"
                #expect(run?.last.milliseconds == truth?.last, "\(context)")
                if models[key].isExact {
                    #expect(run?.start.milliseconds == truth?.first, "\(context)")
                    exact += 1
                } else if let run, let truth {
                    #expect(run.start.milliseconds >= truth[0], "\(context)")
                    inexact += 1
                }
            }
        }
        #expect(exact > 5000 && inexact > 500)
    }

    @Test(arguments: [(9_999, true), (10_000, true), (10_001, false)] as [(Int64, Bool)])
    func `the gap reaches as far back as ahead, its end included`(_ distance: Int64, _ joins: Bool) {
        for sign in [Int64(-1), 1] {
            var dwell = Dwell(gap: .seconds(10))
            let now = Instant(seconds: 1000)
            _ = dwell.hold(0, at: now, now: now)
            _ = dwell.hold(0, at: now + Milliseconds(sign * distance), now: now)
            #expect(dwell.run(0).map { $0.last - $0.start == Milliseconds(distance) } == joins, "\(sign * distance)")
        }
    }

    @Test func `a late sighting between two stretches makes them one`() {
        var dwell = Dwell(gap: .seconds(90))
        let now = Instant(seconds: 160)
        for second in [160, 0] as [Int64] { _ = dwell.hold(0, at: Instant(seconds: second), now: now) }
        #expect(dwell.run(0)?.start == Instant(seconds: 160))
        #expect(dwell.hold(0, at: Instant(seconds: 80), now: now) == .joined)
        #expect(dwell.run(0) == Dwell.Run(start: Instant(seconds: 0), last: now))
    }

    @Test func `time in which nobody could see lengthens the gap by itself`() {
        for (second, joins) in [(Int64(150), true), (151, false)] {
            var dwell = Dwell(gap: .seconds(90))
            _ = dwell.hold(0, at: Instant(seconds: 0), now: Instant(seconds: 0))
            let t = Instant(seconds: second)
            let outcome = dwell.hold(0, at: t, now: t, blind: .seconds(60))
            #expect((outcome == .joined) == joins)
        }
    }

    @Test func `an end that comes late splits what was seen on both sides of it`() {
        var dwell = Dwell(gap: nil)
        let now = Instant(seconds: 60)
        for second in [0, 60] as [Int64] { _ = dwell.hold(0, at: Instant(seconds: second), now: now) }
        let ending = dwell.end(0, at: Instant(seconds: 30))
        #expect(ending == .cut(Dwell.Run(start: Instant(seconds: 0), last: now)))
        #expect(dwell.run(0) == Dwell.Run(start: now, last: now))
        #expect(dwell.hold(0, at: Instant(seconds: 30), now: now) == .over)
    }

    @Test func `stretches apart are bounded for a key`() {
        var dwell = Dwell(gap: .seconds(1))
        let now = Instant(seconds: 500)
        for second in Int64(0)...500 where second % 2 == 0 {
            _ = dwell.hold(0, at: Instant(seconds: second), now: now)
        }
        // Four are known: of what is bridged now, one sighting lies before the oldest of them.
        for second in Int64(0)...500 where second % 2 == 1 {
            _ = dwell.hold(0, at: Instant(seconds: 500 - second), now: now)
        }
        #expect(dwell.run(0)?.start == Instant(seconds: 493))
    }

    @Test func `a moved clock changes no length`() {
        var dwell = Dwell(gap: .seconds(90))
        for second in [0, 300, 60] as [Int64] {
            _ = dwell.hold(0, at: Instant(seconds: 1000 + second), now: Instant(seconds: 1300))
        }
        dwell.shift(by: .hours(-8))
        let now = Instant(seconds: 1300) - .hours(8)
        // 1060 … 1140 … 1215 … 1300
        #expect(dwell.hold(0, at: Instant(seconds: 1215) - .hours(8), now: now) == .joined)
        #expect(dwell.hold(0, at: Instant(seconds: 1140) - .hours(8), now: now) == .joined)
        #expect(dwell.run(0) == Dwell.Run(start: Instant(seconds: 1000) - .hours(8), last: now))
    }
}
