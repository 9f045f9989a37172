import Foundation
import Ledger
import Simulation
import Testing
import Timekeeping

@Suite struct DamageLawTests {
    /// Random bytes of random pages. Where opening or a call finds it, it is an error that names it; a ledger that is
    /// marked for it comes back from the backup. Nothing ends the program.
    @Test(arguments: seeds(40))
    func `flipped bytes are errors at most, and the backup heals them`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let folder = try TemporaryFolder()
        try folder.fillAndBackUp(applied: 60)
        var bytes = try #require(FileManager.default.contents(atPath: folder.ledgerPath))
        let pages = bytes.count / 4096
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let page = Int.random(in: 0..<pages, using: &random)
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                let offset = page * 4096 + Int.random(in: 0..<4096, using: &random)
                bytes[offset] ^= UInt8.random(in: 1...255, using: &random)
            }
        }
        try bytes.write(to: URL(fileURLWithPath: folder.ledgerPath))
        let first: Ledger.Opened
        do {
            first = try folder.openAsOwner()
        } catch let error as LedgerError where error.kind == .newer {
            return  // The one reading of a header that stays an error: a format that only a later SQLite knows.
        }
        guard first.outcome == .asItWas else {
            #expect(try first.ledger.applied() == 60, "seed \(seed)")
            return
        }
        let kinds = exercise(first.ledger)
        #expect(kinds.allSatisfy { [.damaged, .refused].contains($0) }, "seed \(seed): \(kinds)")
        try first.ledger.markDamaged("seed \(seed)")
        // The mark of a clean end may be on a damaged page.
        try? first.ledger.close()
        let second = try folder.openAsOwner()
        #expect(second.outcome == .restoredFromBackup(name: "ledger-000001-20231114.sqlite", applied: 60))
        #expect(exercise(second.ledger).isEmpty, "seed \(seed)")
    }

    /// Calls everything once, and gives the kinds of the errors.
    private func exercise(_ ledger: Ledger) -> [LedgerError.Kind] {
        let calls: [() throws -> Void] = [
            { _ = try ledger.applied() }, { _ = try ledger.openAlerts() }, { _ = try ledger.alerts() },
            { _ = try ledger.events(alert: "3") }, { _ = try ledger.deliveries() }, { _ = try ledger.counts() },
            { _ = try ledger.evidence(rule: "r") }, { _ = try ledger.quickCheck() },
            { for id in Int64(1)...60 { _ = try ledger.attempts(delivery: id) } },
            { _ = try ledger.nextAttempt(channel: "hook") },
            { _ = try ledger.slotFree(channel: "hook", limit: 2, window: minute, now: noon) },
            {
                try ledger.commit(
                    changes: [change(99, alert: "3")], notifications: [entry(99, alert: "3")], applied: 99)
            },
            {
                for round in Int64(1)...3 {
                    let now = noon + .hours(round)
                    let leased = try ledger.take(at: now)
                    try ledger.settle(leased.map { Settlement($0, .sent(answer: "")) }, now: now)
                }
            },
            { try ledger.noteEvidence([Ledger.Evidence(rule: "r", key: "k7", at: noon)]) },
            { _ = try ledger.prune(now: noon + .days(100)) },
            { try ledger.backup(into: ledger.path + "-copies", stamp: noon) },
        ]
        return calls.compactMap { call in
            do {
                try call()
                return nil
            } catch {
                return (error as? LedgerError)?.kind ?? .closed
            }
        }
    }

    static func seeds(_ count: UInt64) -> [UInt64] {
        if let given = ProcessInfo.processInfo.environment["SHOUWANG_SEED"].flatMap(UInt64.init) { return [given] }
        return Array(1...count)
    }
}
