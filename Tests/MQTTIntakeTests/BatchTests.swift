import MQTTIntake
import Simulation
import Testing
import Timekeeping

@Suite struct BatchTests {
    private func batch(of count: Int, at first: Int64 = 0) -> Batch {
        var batch = Batch(Batch.Limits())
        for _ in 0..<count { batch.add(isUrgent: false, now: first) }
        return batch
    }

    @Test func `an empty batch is never due`() {
        #expect(!batch(of: 0).isDue(now: 1_000_000, isDry: true))
        #expect(batch(of: 0).due(now: 5) == Int64.max)
    }

    @Test func `a batch is due at its 256th record, not before`() {
        #expect(!batch(of: 255).isDue(now: 0, isDry: false))
        #expect(batch(of: 256).isDue(now: 0, isDry: false))
    }

    @Test func `a batch goes on for as long as the commit before it took, to 1,024 records, while there is more`() {
        var batch = batch(of: 1)
        batch.commit(from: 0, now: 8)
        for _ in 0..<1023 { batch.add(isUrgent: false, now: 10) }
        #expect(!batch.isDue(now: 17, isDry: false))
        #expect(batch.isDue(now: 18, isDry: false))
        #expect(batch.isDue(now: 10, isDry: true))
        batch.add(isUrgent: false, now: 10)
        #expect(batch.isDue(now: 10, isDry: false))
    }

    @Test func `a batch is due 50 ms after its first record, not before`() {
        var batch = batch(of: 1)
        batch.add(isUrgent: false, now: 49)
        #expect(!batch.isDue(now: 49, isDry: false))
        #expect(batch.isDue(now: 50, isDry: false))
    }

    @Test func `a message alone is due at once, one soon after a commit 50 ms after that`() {
        var batch = batch(of: 1)
        #expect(batch.isDue(now: 0, isDry: true))
        batch.commit(from: 0, now: 3)
        batch.add(isUrgent: false, now: 30)
        #expect(!batch.isDue(now: 52, isDry: true))
        #expect(batch.due(now: 40) == 13)
        #expect(batch.isDue(now: 53, isDry: true))
    }

    @Test func `an urgent record ends a batch at once, and clearing forgets it`() {
        var batch = batch(of: 1)
        batch.commit(from: 0, now: 0)
        batch.add(isUrgent: false, now: 1)
        batch.add(isUrgent: true, now: 1)
        #expect(batch.isDue(now: 1, isDry: false))
        batch.clear()
        batch.add(isUrgent: false, now: 1)
        #expect(!batch.isDue(now: 1, isDry: true))
    }
}

/// A broker on paper: what arrives, the window, and a disk, in milliseconds.
private struct Paper {
    /// Messages that the broker may have sent without an acknowledgement.
    var window = 1000
    /// Messages a millisecond that it sends if it has them.
    var speed = 30
    /// From an acknowledgement until it has effect.
    var away: Int64 = 1
    /// A sync.
    var disk: Int64 = 1
    /// Every dry socket ends a batch: without regard for flash.
    var isHasty = false

    private(set) var commits = 0
    private(set) var stored = 0
    private(set) var worstWait: Int64 = 0

    /// - Parameter arrivals: when messages reach the broker, in order.
    mutating func run(_ arrivals: [Int64], for length: Int64) {
        var batch = Batch(Batch.Limits())
        var (sent, now, freeAt) = (0, Int64(0), Int64(0))
        var (free, returning) = (window, 0)
        while now < length {
            if now >= freeAt { (free, returning) = (free + returning, 0) }
            var budget = speed
            while sent < arrivals.count, arrivals[sent] <= now, free > 0, budget > 0 {
                batch.add(isUrgent: false, now: now)
                (sent, free, budget) = (sent + 1, free - 1, budget - 1)
                if batch.isDue(now: now, isDry: false) { break }
            }
            let isDry = budget > 0
            guard batch.isDue(now: now, isDry: isDry) || isHasty && isDry && !batch.isEmpty else {
                now += 1
                continue
            }
            worstWait = max(worstWait, now - arrivals[stored])
            commits += 1
            (stored, returning) = (stored + batch.count, returning + batch.count)
            batch.commit(from: now, now: now + disk)
            now += disk
            freeAt = now + away
        }
    }
}

@Suite struct PacingTests {
    private static let second: Int64 = 1000

    private func arrivals(_ rate: Int, isEven: Bool, seconds: Int64, seed: UInt64) -> [Int64] {
        var random = SplitMix(seed: seed)
        let end = seconds * PacingTests.second
        let count = rate * Int(seconds)
        return (0..<count).map { n in
            isEven ? Int64(n) * end / Int64(count) : Int64.random(in: 0..<end, using: &random)
        }.sorted()
    }

    @Test(arguments: [1, 5, 20, 50, 100, 150, 250, 500, 1000, 3000], [true, false])
    func `messages at any rate cost some twenty syncs a second, or one each 256, and none waits`(
        rate: Int, isEven: Bool
    ) {
        var paper = Paper()
        let all = arrivals(rate, isEven: isEven, seconds: 20, seed: UInt64(rate))
        paper.run(all, for: 21 * PacingTests.second)
        #expect(paper.stored == all.count)
        #expect(paper.commits <= min(all.count, 25 * 20 + all.count / 256), "seed \(rate)")
        #expect(paper.worstWait <= 51, "seed \(rate)")
    }

    @Test func `messages that come alone are committed at once`() {
        var paper = Paper()
        paper.run((0..<100).map { $0 * 60 }, for: 7000)
        #expect(paper.commits == 100)
        #expect(paper.worstWait == 0)
    }

    @Test(arguments: [1, 2, 20, 100], [1, 4] as [Int64])
    func `a broker whose window is smaller than a batch is not held up`(window: Int, away: Int64) {
        let backlog = [Int64](repeating: 0, count: 1_000_000)
        var paper = Paper(window: window, away: away)
        paper.run(backlog, for: 10 * PacingTests.second)
        var hasty = Paper(window: window, away: away, isHasty: true)
        hasty.run(backlog, for: 10 * PacingTests.second)
        #expect(Double(paper.stored) >= 0.6 * Double(hasty.stored), "\(paper.stored) of \(hasty.stored)")
    }

    @Test func `a flood is committed in hundreds, in more where the disk is slow`() {
        let flood = [Int64](repeating: 0, count: 300_000)
        for (disk, size) in [(1, 256), (5, 256), (20, 500)] as [(Int64, Int)] {
            var paper = Paper(disk: disk)
            paper.run(flood, for: 5 * PacingTests.second)
            #expect(paper.stored / max(paper.commits, 1) >= size, "a disk of \(disk) ms")
        }
    }
}

@Suite struct BackoffTests {
    @Test func `pauses lie between the shortest and the doubled one, and never above the longest`() {
        let seed = UInt64(2023)
        print("seed \(seed)")
        var random = SplitMix(seed: seed)
        var backoff = ReconnectBackoff()
        for round in 1...100 {
            let pause = backoff.next(using: &random).count
            #expect(pause >= 500 && pause <= min(500 << Int64(min(round, 10)), 30_000), "round \(round), seed \(seed)")
        }
        backoff.reset()
        #expect(backoff.next(using: &random).count <= 1000, "seed \(seed)")
    }

    @Test func `pauses are spread over the whole range`() {
        var random = SplitMix(seed: 7)
        var backoff = ReconnectBackoff()
        let pauses = (0..<200).map { _ in backoff.next(using: &random).count }.dropFirst(10)
        #expect(pauses.contains { $0 < 8000 } && pauses.contains { $0 > 22_000 })
    }
}
