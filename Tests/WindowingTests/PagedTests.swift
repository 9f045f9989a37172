import TestSupport
import Testing
import Timekeeping

@testable import Windowing

@Suite struct PagedTests {
    @Test func `it is an array, and a copy keeps what it had`() {
        var random = SeededRandom(for: "PagedTests")
        var paged = Paged<Int>()
        var array: [Int] = []
        var copies: [(paged: Paged<Int>, array: [Int])] = []
        for step in 0..<4000 {
            switch random.int(0...9) {
            case 0:
                let more = random.pick([0, 1, 7, 2047, 2048, 2049])
                if array.count < 20_000 {
                    paged.append(more, of: step)
                    array += Array(repeating: step, count: more)
                }
            case 1...7 where !array.isEmpty:
                let index = random.int(0...array.count - 1)
                paged[index] += step
                array[index] += step
            case 8 where copies.count < 20: copies.append((paged, array))
            default: break
            }
        }
        copies.append((paged, array))
        for (paged, array) in copies {
            #expect(paged.indices.map { paged[$0] } == array, "seed \(random.seed)")
        }
    }
}

@Suite struct ShiftingTests {
    @Test func `never stays never, and no time leaves what can be counted`() {
        #expect(Instant.distantPast.shifted(by: .days(14)) == .distantPast)
        #expect(Instant.distantFuture.shifted(by: .days(-14)) == .distantFuture)
        var instant = Instant(seconds: 1_700_000_000)
        #expect(instant.shifted(by: .days(-14)).shifted(by: .days(14)) == instant)
        for _ in 0..<40 { instant = instant.shifted(by: Milliseconds(Int64.max / 8)) }
        #expect(instant > .distantPast && instant < .distantFuture)
        for _ in 0..<40 { instant = instant.shifted(by: Milliseconds(Int64.min / 8)) }
        #expect(instant > .distantPast && instant < .distantFuture)
    }

    @Test func `timers that are moved come in the same order, each once`() {
        var random = SeededRandom(for: "ShiftingTests")
        var timers = TimerQueue()
        let owners = [timers.addOwner(keys: 10), timers.addOwner(keys: 0)]
        for _ in 0..<300 {
            let timer = TimerQueue.Timer(owner: random.pick(owners), key: Int32(random.int(0...40)))
            timers.arm(timer, at: Instant(milliseconds: Int64(random.int(0...500))))
            if random.chance(20) { timers.disarm(timer) }
        }
        var moved = timers
        let length = Milliseconds(random.pick([-14, 1]) * 86_400_000)
        moved.shift(by: length)
        while let due = timers.pop(upTo: .distantFuture - .days(30)) {
            let other = moved.pop(upTo: .distantFuture - .days(30))
            #expect(other?.timer == due.timer && other?.deadline == due.deadline + length, "seed \(random.seed)")
        }
        #expect(moved.earliest() == nil)
    }
}
