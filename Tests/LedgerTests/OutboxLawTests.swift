import Foundation
import Ledger
import Simulation
import Testing
import Timekeeping
import Vocabulary

@Suite struct OutboxLawTests {
    /// Random commits, leases, results, lost leases and reopenings, against what must hold at every step.
    @Test(arguments: seeds())
    func `every delivery ends sent once or more, in order, whatever happens in between`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let folder = try TemporaryFolder()
        var ledger = try folder.open()
        var now = noon
        var committed: [String: [Int64]] = [:]
        var sent: [String: [Int64]] = [:]
        var held: [Delivery] = []
        var record: Int64 = 0

        func lane(_ entry: OutboxEntry) -> String { entry.alert + entry.recipient }
        func leaseSome() throws {
            let leased = try ledger.take(Int.random(in: 1...5, using: &random), at: now)
            held.removeAll { $0.leaseEnd <= now }
            for delivery in leased {
                #expect(!held.contains { lane($0.entry) == lane(delivery.entry) }, "seed \(seed): two out in one lane")
                let all = committed[lane(delivery.entry), default: []]
                let done = sent[lane(delivery.entry), default: []]
                #expect(all.first { !done.contains($0) } == delivery.entry.record, "seed \(seed): out of order")
            }
            held += leased
        }
        func settleOne() throws {
            guard let index = held.indices.randomElement(using: &random) else { return }
            let delivery = held.remove(at: index)
            let pause = Milliseconds(Int64.random(in: 0...90_000, using: &random))
            let result = results(retry: now + pause)[Int.random(in: 0..<5, using: &random)]
            // An ended lease that nobody took yet may still be settled: it was really sent.
            try ledger.settle([Settlement(delivery, result)], now: now)
            if case .sent = result { sent[lane(delivery.entry), default: []].append(delivery.entry.record) }
        }
        for _ in 0..<300 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...2:
                record += 1
                let new = entry(
                    record, alert: "a\(Int.random(in: 0..<3, using: &random))",
                    recipient: "r\(Int.random(in: 0..<2, using: &random))",
                    severity: [Severity.critical, .high, .low][Int.random(in: 0..<3, using: &random)])
                try ledger.put(new)
                committed[lane(new), default: []].append(record)
            case 3...5: try leaseSome()
            case 6...7: try settleOne()
            case 8: now = now + Milliseconds(Int64.random(in: 0...40_000, using: &random))
            default: ledger = try folder.open()
            }
        }
        for _ in 0..<2000 where try ledger.nextAttempt(channel: "hook") != nil {
            now = now + minute
            held = []
            try leaseSome()
            for delivery in held {
                try ledger.settle([Settlement(delivery, .sent(answer: ""))], now: now)
                sent[lane(delivery.entry), default: []].append(delivery.entry.record)
            }
        }
        #expect(sent == committed, "seed \(seed)")
    }

    private func results(retry: Instant) -> [Settlement.Result] {
        [
            .sent(answer: ""), .sent(answer: ""), .retry(at: retry, answer: "", mayHaveArrived: true),
            .released(wasTried: false), .released(wasTried: true),
        ]
    }

    /// Three fixed seeds, or the one of `SHOUWANG_SEED`. A failure names its seed.
    static func seeds() -> [UInt64] {
        if let given = ProcessInfo.processInfo.environment["SHOUWANG_SEED"].flatMap(UInt64.init) { return [given] }
        return [1, 20_240_501, 77]
    }
}
