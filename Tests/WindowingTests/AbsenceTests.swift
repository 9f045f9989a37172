import StateCoding
import TestSupport
import Testing
import Timekeeping

@testable import Windowing

@Suite struct AbsenceTests {
    /// The rules' words on the whole history: nothing is kept but what happened.
    struct Model {
        var stages: [Int64]
        var start: Int64
        var newest = Int64.min
        var reached = 0
        var started: Int64 = 0
        var began: Int64 = 0
        var lastDeadline: Int64 = 0

        var deadline: Int64? { reached < stages.count ? start + stages[reached] : nil }

        mutating func expire() {
            guard let due = deadline else { return }
            if reached == 0 {
                started = start
                began = due
            }
            lastDeadline = due
            reached += 1
        }

        mutating func evidence(_ t: Int64, now: Int64) -> Absence.Outcome {
            if t <= newest { return .stale }
            newest = t
            if t <= start { return .stale }
            start = t
            if reached == 0 { return .renewed }
            let isYoung = now - t < stages[0]
            let isOfNow = t > lastDeadline || now - t < 3_600_000
            if isYoung && isOfNow {
                defer { reached = 0 }
                return .ended(reached: reached)
            }
            return .moved
        }
    }

    @Test func `evidence, late and in time, and deadlines agree with the model`() {
        var random = SeededRandom(for: "AbsenceTests")
        var ended = 0
        var moved = 0
        for _ in 0..<400 {
            let plans = [[Int64(86_400_000)], [86_400_000, 259_200_000], [1_800_000, 7_200_000, 43_200_000]]
            let plan = random.int(0...2)
            var absence = Absence(plans: plans.map { $0.map { Milliseconds($0) } })
            var now: Int64 = 1_000_000_000_000
            _ = absence.addKey(from: Instant(milliseconds: 5), plan: 0)
            let key = absence.addKey(from: Instant(milliseconds: now), plan: plan)
            var model = Model(stages: plans[plan], start: now)
            for _ in 0..<120 {
                now += Int64(random.pick([0, 1, 60_000, 3_600_000, 20_000_000, 86_400_000, 90_000_000]))
                while let due = model.deadline, due <= now {
                    #expect(absence.deadline(key)?.milliseconds == due, "seed \(random.seed)")
                    model.expire()
                    #expect(absence.expire(key, at: Instant(milliseconds: due)) == model.reached, "seed \(random.seed)")
                    #expect(absence.keys[key].started.milliseconds == model.started, "seed \(random.seed)")
                    #expect(absence.keys[key].began.milliseconds == model.began, "seed \(random.seed)")
                }
                #expect(absence.deadline(key)?.milliseconds == model.deadline, "seed \(random.seed)")
                if random.chance(40) {
                    let age = Int64(
                        random.pick([
                            0, -90_000, 1000, 3_599_999, 3_600_000, 50_000_000, 86_399_999, 86_400_000, 300_000_000,
                        ]))
                    let expected = model.evidence(now - age, now: now)
                    let told = absence.evidence(
                        key, at: Instant(milliseconds: now - age), now: Instant(milliseconds: now))
                    #expect(told == expected, "age \(age), seed \(random.seed)")
                    if case .ended = told { ended += 1 }
                    if case .moved = told { moved += 1 }
                }
            }
            #expect(absence.keys[0].start == Instant(milliseconds: 5), "another key is left alone")
        }
        #expect(ended > 200 && moved > 50, "\(ended) ended, \(moved) moved")
    }

    private static let day = Milliseconds.hours(24)
    private static let origin = Instant(seconds: 1_700_000_000)

    /// A window of one stage of 24 h that has fired.
    private static func fired() -> Absence {
        var absence = Absence(plans: [[day]])
        _ = absence.addKey(from: origin, plan: 0)
        _ = absence.expire(0, at: origin + day)
        return absence
    }

    /// Evidence under one hour old ends the episode, also from before the deadline.
    @Test(arguments: [(3_599_999, true), (3_600_000, false), (3_600_001, false)] as [(Int64, Bool)])
    func `late evidence from before the deadline ends the episode under an hour old`(_ age: Int64, _ ends: Bool) {
        var absence = AbsenceTests.fired()
        let now = AbsenceTests.origin + AbsenceTests.day + .seconds(1)
        #expect(absence.evidence(0, at: now - Milliseconds(age), now: now) == (ends ? .ended(reached: 1) : .moved))
        #expect(absence.keys[0].start == now - Milliseconds(age))
    }

    @Test(arguments: [(-1, false), (0, false), (1, true)] as [(Int64, Bool)])
    func `older evidence ends the episode only from after the deadline`(_ offset: Int64, _ ends: Bool) {
        var absence = AbsenceTests.fired()
        let deadline = AbsenceTests.origin + AbsenceTests.day
        let told = absence.evidence(0, at: deadline + Milliseconds(offset), now: deadline + .hours(5))
        #expect(told == (ends ? .ended(reached: 1) : .moved))
    }

    @Test(arguments: [(-1, true), (0, false), (1, false)] as [(Int64, Bool)])
    func `evidence as old as the stage ends nothing`(_ offset: Int64, _ ends: Bool) {
        var absence = AbsenceTests.fired()
        let t = AbsenceTests.origin + AbsenceTests.day + .hours(1)
        let told = absence.evidence(0, at: t, now: t + AbsenceTests.day + Milliseconds(offset))
        #expect(told == (ends ? .ended(reached: 1) : .moved))
    }

    @Test func `evidence as old as the first stage ends no later stage either, or the next episode began at once`() {
        let day = AbsenceTests.day
        var absence = Absence(plans: [[day, Milliseconds(3 * day.count)]])
        _ = absence.addKey(from: AbsenceTests.origin, plan: 0)
        for stage in 1...2 {
            _ = absence.expire(0, at: AbsenceTests.origin + Milliseconds(Int64(2 * stage - 1) * day.count))
        }
        let t = AbsenceTests.origin + Milliseconds(3 * day.count) + .hours(1)
        #expect(absence.evidence(0, at: t, now: t + day) == .moved)
        #expect(absence.deadline(0) == nil)
        #expect(absence.evidence(0, at: t + .hours(1), now: t + day) == .ended(reached: 2))
        #expect(absence.deadline(0) == t + .hours(1) + day)
    }

    @Test func `what is not later than the evidence known is stale`() {
        var absence = Absence(plans: [[AbsenceTests.day]])
        _ = absence.addKey(from: AbsenceTests.origin, plan: 0)
        let t = AbsenceTests.origin + .hours(1)
        #expect(absence.evidence(0, at: t, now: t) == .renewed)
        #expect(absence.evidence(0, at: t, now: t) == .stale)
        #expect(absence.evidence(0, at: t - Milliseconds(1), now: t) == .stale)
        #expect(absence.evidence(0, at: t + Milliseconds(1), now: t) == .renewed)
    }

    @Test func `an absence that was told moves the start ahead, and never back`() {
        var absence = Absence(plans: [[AbsenceTests.day]])
        _ = absence.addKey(from: AbsenceTests.origin, plan: 0)
        absence.postpone(0, until: AbsenceTests.origin + .hours(10))
        #expect(absence.deadline(0) == AbsenceTests.origin + .hours(34))
        absence.postpone(0, until: AbsenceTests.origin + .hours(5))
        #expect(absence.deadline(0) == AbsenceTests.origin + .hours(34))
    }

    @Test func `what was written, moved and put back goes on as if nothing had been`() throws {
        var random = SeededRandom(for: "AbsenceTests, put back")
        let day = AbsenceTests.day
        var plain = Absence(plans: [[day], [day, .days(3)]])
        var other = plain
        var now = AbsenceTests.origin
        for key in 0..<6 {
            _ = plain.addKey(from: now, plan: key % 2)
            _ = other.addKey(from: now, plan: key % 2)
        }
        for _ in 0..<4000 {
            now = now + .hours(Int64(random.int(0...9)))
            let key = random.int(0...5)
            if let due = plain.deadline(key), due <= now {
                #expect(plain.expire(key, at: due) == other.expire(key, at: due))
            }
            if random.chance(10) {
                let until = now + .hours(Int64(random.int(-20...20)))
                plain.postpone(key, until: until)
                other.postpone(key, until: until)
            }
            let t = now - .hours(Int64(random.pick([0, 0, 2, 30])))
            let told = plain.evidence(key, at: t, now: now)
            #expect(other.evidence(key, at: t, now: now) == told, "seed \(random.seed)")
            if random.chance(3) {
                plain.unfire(key)
                other.unfire(key)
            }
            other.shift(by: .days(-400))
            other.shift(by: .days(400))
            #expect(other.keys[key] == plain.keys[key], "seed \(random.seed)")
            guard random.chance(20) else { continue }
            var writer = StateWriter()
            for key in other.keys.indices { other.write(key, to: &writer) }
            var reader = StateReader(writer.bytes)
            for key in other.keys.indices {
                let read = try Absence.read(from: &reader)
                if plain.keys[key].reached > 0 {
                    #expect(read.started == plain.keys[key].started && read.began == plain.keys[key].began)
                }
                other.put(read, at: key)
                #expect(other.keys[key].start == plain.keys[key].start, "seed \(random.seed)")
                #expect(other.keys[key].evidence == plain.keys[key].evidence, "seed \(random.seed)")
                #expect(other.deadline(key) == plain.deadline(key), "seed \(random.seed)")
            }
        }
    }

    @Test func `of an episode that has ended its start is told still`() {
        var absence = AbsenceTests.fired()
        let now = AbsenceTests.origin + AbsenceTests.day + .hours(1)
        #expect(absence.evidence(0, at: now, now: now) == .ended(reached: 1))
        #expect(absence.keys[0].started == AbsenceTests.origin && absence.keys[0].reached == 0)
        #expect(absence.keys[0].began == AbsenceTests.origin + AbsenceTests.day)
    }
}
