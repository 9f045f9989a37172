import TestSupport
import Testing
import Timekeeping

@testable import Windowing

@Suite struct SessionsTests {
    /// The law's words on a list of lists: each session is its events, in the order in which they came.
    struct Model {
        var gap: Int64
        var sessions: [[Int64]] = []
        var forgotten: Set<Int> = []
        /// By session: the clock at the last event that it took in.
        var heard: [Int64] = []

        /// - Returns: the number of the session and whether it is new.
        mutating func add(_ t: Int64, now: Int64) -> (Int, Bool) {
            for (index, events) in sessions.enumerated() {
                let last = max(events.max() ?? heard[index], heard[index])
                if last + gap + Sessions.memory.count < now { forgotten.insert(index) }
            }
            let fitting = sessions.indices.filter { index in
                let events = sessions[index]
                guard !forgotten.contains(index), let low = events.min(), let high = events.max() else { return false }
                return t >= low - gap && t <= high + gap && t - events[0] <= Sessions.runMax.count
            }
            if let last = fitting.last {
                sessions[last].append(t)
                heard[last] = max(heard[last], now)
                return (last, false)
            }
            sessions.append([t])
            heard.append(now)
            let kept = sessions.indices.filter { !forgotten.contains($0) }
            forgotten.formUnion(kept.dropLast(Sessions.sessionsMax))
            return (sessions.count - 1, true)
        }
    }

    @Test func `an event joins the session that the law names`() {
        var random = SeededRandom(for: "SessionsTests")
        var late = 0
        for _ in 0..<100 {
            let gap = Int64(random.pick([0, 1, 1000, 10_000, 60_000]))
            var sessions = Sessions(gap: Milliseconds(gap), keys: 1)
            var models = [Model(gap: gap), Model(gap: gap), Model(gap: gap)]
            var numbers: [[Int64: Int]] = [[:], [:], [:]]
            var now: Int64 = 10_000_000
            for _ in 0..<300 {
                now += Int64(
                    random.pick([0, 1, 999, 1000, 1001, 9_999, 10_000, 10_001, 60_000, 60_001, 300_000, 700_000]))
                let key = random.int(0...2)
                let t = now - Int64(random.pick([0, 0, 0, 0, 500, 10_000, 10_001, 120_000, 650_000]))
                let (number, isNew) = models[key].add(t, now: now)
                let outcome = sessions.add(key, at: Instant(milliseconds: t), now: Instant(milliseconds: now))
                let told = outcome.session
                let events = models[key].sessions[number]
                let context = "gap \(gap), t \(t), now \(now), \(events), \(told), seed \(random.seed)"
                switch outcome {
                case .began:
                    #expect(isNew, "\(context)")
                    numbers[key][told.serial] = number
                case .joined:
                    #expect(!isNew, "\(context)")
                    #expect(numbers[key][told.serial] == number, "\(context)")
                    late += t < now ? 1 : 0
                }
                #expect(told.count == events.count, "\(context)")
                #expect(told.start.milliseconds == events.min() && told.last.milliseconds == events.max(), "\(context)")
                #expect(sessions.sessions(key).count <= Sessions.sessionsMax)
            }
        }
        #expect(late > 500)
    }

    @Test(arguments: [(9_999, true), (10_000, true), (10_001, false)] as [(Int64, Bool)])
    func `the gap reaches as far back as ahead, its end included`(_ distance: Int64, _ joins: Bool) {
        for sign in [Int64(-1), 1] {
            var sessions = Sessions(gap: .seconds(10), keys: 1)
            let now = Instant(seconds: 1000)
            _ = sessions.add(0, at: now, now: now)
            let outcome = sessions.add(0, at: now + Milliseconds(sign * distance), now: now)
            #expect((outcome.session.count == 2) == joins, "\(sign * distance)")
        }
    }

    @Test func `a run of ten minutes goes on as a new session`() {
        var sessions = Sessions(gap: .seconds(10), keys: 1)
        var begun: [Int64] = []
        for second in Int64(0)...1300 {
            if case .began(let session) = sessions.add(0, at: Instant(seconds: second), now: Instant(seconds: second)) {
                begun.append(session.start.milliseconds / 1000)
            }
        }
        #expect(begun == [0, 601, 1202])
    }

    @Test func `a closed session is remembered for ten minutes`() {
        for (wait, joins) in [(Int64(609_999), true), (610_000, true), (610_001, false)] {
            var sessions = Sessions(gap: .seconds(10), keys: 1)
            _ = sessions.add(0, at: Instant(seconds: 1000), now: Instant(seconds: 1000))
            let outcome = sessions.add(0, at: Instant(seconds: 1005), now: Instant(milliseconds: 1_000_000 + wait))
            #expect((outcome.session.count == 2) == joins, "\(wait)")
        }
    }
}
