import TestSupport
import Testing
import Timekeeping

@testable import Windowing

@Suite struct TimerQueueTests {
    /// What a list that is searched from end to end would do.
    struct Model {
        var armed: [TimerQueue.Timer: Int64] = [:]

        func first(upTo limit: Int64) -> (TimerQueue.Timer, Int64)? {
            let due = armed.filter { $0.value <= limit }
            return due.min { ($0.value, $0.key.owner, $0.key.key) < ($1.value, $1.key.owner, $1.key.key) }
                .map { ($0.key, $0.value) }
        }
    }

    /// In milliseconds, and in steps by which deadlines lie in buckets of each size, and beyond all.
    @Test(arguments: [1, 3001, 700_001, 90_000_001, 40_000_000_003, 20_000_000_000_003] as [Int64])
    func `arming, disarming and popping agree with a list`(_ unit: Int64) {
        var random = SeededRandom(for: "TimerQueueTests \(unit)")
        for round in 0..<10 {
            var queue = TimerQueue()
            var model = Model()
            let origin = Int64(random.pick([0, -5, 1_700_000_000_000]))
            for owner in 0..<Int32(3) { #expect(queue.addOwner(keys: random.int(0...3)) == owner) }
            var now = origin
            for step in 0..<1000 {
                let timer = TimerQueue.Timer(owner: Int32(random.int(0...2)), key: Int32(random.int(0...9)))
                switch random.int(0...9) {
                case 0...4:
                    // Few different times, so that many are equal; sometimes in the past.
                    let at = now + unit * Int64(random.int(-5...30)) + Int64(random.int(0...1))
                    queue.arm(timer, at: Instant(milliseconds: at))
                    model.armed[timer] = at
                case 5:
                    queue.disarm(timer)
                    model.armed[timer] = nil
                case 6:
                    #expect(queue.deadline(of: timer)?.milliseconds == model.armed[timer], "seed \(random.seed)")
                case 7 where round % 2 == 0:
                    #expect(queue.earliest()?.milliseconds == model.armed.values.min(), "seed \(random.seed)")
                default:
                    now += unit * Int64(random.int(0...8))
                    while let (expected, at) = model.first(upTo: now) {
                        guard let popped = queue.pop(upTo: Instant(milliseconds: now)), popped.timer == expected,
                            popped.deadline.milliseconds == at
                        else {
                            Issue.record("step \(step), seed \(random.seed): expected \(expected) at \(at)")
                            return
                        }
                        model.armed[expected] = nil
                        // Firing often arms again, as an absence's next stage does.
                        if random.chance(30) {
                            queue.arm(expected, at: Instant(milliseconds: now + 3 * unit))
                            model.armed[expected] = now + 3 * unit
                        }
                    }
                    #expect(queue.pop(upTo: Instant(milliseconds: now)) == nil, "step \(step), seed \(random.seed)")
                }
            }
        }
    }

    @Test func `what is armed before a far deadline that was asked for comes first, however much it is`() {
        var queue = TimerQueue()
        let owner = queue.addOwner(keys: 0)
        let day: Int64 = 86_400_000
        queue.arm(.init(owner: owner, key: 0), at: Instant(milliseconds: 30 * day))
        #expect(queue.earliest() == Instant(milliseconds: 30 * day))
        for key in Int32(1)...20_000 {
            queue.arm(.init(owner: owner, key: key), at: Instant(milliseconds: day + Int64(key) * 1000))
        }
        for key in Int32(1)...20_000 {
            let due = queue.pop(upTo: Instant(milliseconds: 2 * day))
            guard due?.timer.key == key else {
                Issue.record("\(String(describing: due)) came in the place of \(key)")
                return
            }
        }
        #expect(queue.pop(upTo: Instant(milliseconds: 30 * day - 1)) == nil)
        #expect(queue.pop(upTo: .distantFuture)?.timer.key == 0)
    }

    @Test func `ten thousand timers that are armed ever earlier and disarmed leave the rest in order`() {
        var queue = TimerQueue()
        let owner = queue.addOwner(keys: 10_000)
        for round in 0..<5 {
            for key in 0..<Int32(10_000) {
                queue.arm(
                    .init(owner: owner, key: key),
                    at: Instant(milliseconds: Int64(1_000_000 - round * 1000) + Int64(key)))
            }
        }
        for key in 0..<Int32(10_000) where key % 100 != 0 { queue.disarm(.init(owner: owner, key: key)) }
        // After so many were disarmed, arming to earlier must not cost a walk over all of them each time.
        for round in 0..<200 {
            queue.arm(.init(owner: owner, key: 0), at: Instant(milliseconds: Int64(900_000 - round)))
        }
        var popped: [Int32] = []
        while let due = queue.pop(upTo: .distantFuture) { popped.append(due.timer.key) }
        #expect(popped == (0..<100).map { $0 * 100 })
        #expect(queue.earliest() == nil)
    }

    @Test func `a deadline is due at its own millisecond and not before`() {
        var queue = TimerQueue()
        let timer = TimerQueue.Timer(owner: queue.addOwner(keys: 1), key: 0)
        queue.arm(timer, at: Instant(milliseconds: 1000))
        #expect(queue.pop(upTo: Instant(milliseconds: 999)) == nil)
        #expect(queue.pop(upTo: Instant(milliseconds: 1000))?.deadline == Instant(milliseconds: 1000))
        #expect(queue.pop(upTo: Instant(milliseconds: 1001)) == nil)
    }
}
