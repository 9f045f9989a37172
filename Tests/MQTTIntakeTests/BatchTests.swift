import MQTTIntake
import Testing
import Timekeeping

@Suite struct BatchTests {
    private func batch(of count: Int, from first: Int64 = 0, linger: Int64 = 0) -> Batch {
        var limits = Batch.Limits()
        limits.linger = Milliseconds(linger)
        var batch = Batch(limits)
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

    @Test func `a batch is due 50 ms after its first record, not before`() {
        var batch = batch(of: 1)
        batch.add(isUrgent: false, now: 49)
        #expect(!batch.isDue(now: 49, isDry: false))
        #expect(batch.isDue(now: 50, isDry: false))
    }

    @Test func `a dry socket ends a batch at once`() {
        #expect(batch(of: 1).isDue(now: 0, isDry: true))
    }

    @Test func `with a linger a dry socket ends a batch so much after its last record`() {
        let batch = batch(of: 1, linger: 10)
        #expect(!batch.isDue(now: 9, isDry: true))
        #expect(batch.isDue(now: 10, isDry: true))
        #expect(batch.due(now: 4) == 6)
    }

    @Test func `an urgent record ends a batch at once, and clearing forgets it`() {
        var batch = batch(of: 1)
        batch.add(isUrgent: true, now: 0)
        #expect(batch.isDue(now: 0, isDry: false))
        batch.clear()
        batch.add(isUrgent: false, now: 0)
        #expect(!batch.isDue(now: 0, isDry: false))
    }
}

@Suite struct BackoffTests {
    @Test func `pauses lie between the shortest and the doubled one, and never above the longest`() {
        let seed = UInt64(2023)
        print("seed \(seed)")
        var random = SeededRandom(state: seed)
        var backoff = Backoff()
        for round in 1...100 {
            let pause = backoff.next(using: &random).count
            #expect(pause >= 500 && pause <= min(500 << Int64(min(round, 10)), 30_000), "round \(round), seed \(seed)")
        }
        backoff.reset()
        #expect(backoff.next(using: &random).count <= 1000, "seed \(seed)")
    }

    @Test func `pauses are spread over the whole range`() {
        var random = SeededRandom(state: 7)
        var backoff = Backoff()
        let pauses = (0..<200).map { _ in backoff.next(using: &random).count }.dropFirst(10)
        #expect(pauses.contains { $0 < 8000 } && pauses.contains { $0 > 22_000 })
    }
}
