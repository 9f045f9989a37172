import Alerts
import Foundation
import Rules
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

/// A tick is a record in which nothing happens: it changes no byte of what is told (docs/architecture.md,
/// "Time comes with the records").
///
/// `SHOUWANG_EXTRA_TICKS` says how many at most; without it a tenth of what `make soak` inserts.
@Suite struct TickLawTests {
    private static let most =
        ProcessInfo.processInfo.environment["SHOUWANG_EXTRA_TICKS"].flatMap { Int($0) } ?? 3_000

    /// Changes without the numbers of their records, and what was done to machines.
    private func told(_ lines: [Line]) -> (changes: [String], actuations: [String], kinds: Set<RuleKind>) {
        let result = MadeTown.scene.run(lines, batches: [1_000])
        return (
            MadeTown.scene.json(result), result.actuations.map { "\($0.actuation.topic) \($0.actuation.payload)" },
            Set(result.changes.map(\.kind))
        )
    }

    @Test(arguments: [false, true])
    func `extra ticks change no byte`(setsClocks: Bool) {
        var random = SeededRandom(for: "TickLawTests\(setsClocks)")
        let town = MadeTown(count: TickLawTests.most * 2, clocks: setsClocks, &random)
        let plain = told(town.lines)
        // Every engine tells much, or the law is tried on nothing.
        #expect(plain.changes.count > TickLawTests.most / 2, "\(plain.changes.count)")
        let quiet = RuleKind.built.subtracting(plain.kinds).subtracting([.fall, .smokeFire, .liftTrapped, .leak])
        #expect(quiet.isEmpty, "\(quiet.map(\.rawValue).sorted())")
        for count in [TickLawTests.most / 100, TickLawTests.most / 10, TickLawTests.most] {
            let ticked = told(town.ticked(count, &random))
            let first = zip(plain.changes, ticked.changes).first { $0 != $1 }
            #expect(plain.changes == ticked.changes, "seed \(random.seed), \(count): \(first.map { "\($0)" } ?? "")")
            #expect(plain.actuations == ticked.actuations, "seed \(random.seed)")
        }
    }

    @Test func `a restart anywhere changes no byte either`() throws {
        var random = SeededRandom(for: "TickLawTests.restart")
        let town = MadeTown(count: TickLawTests.most / 2, &random)
        let whole = MadeTown.scene.run(town.lines)
        var steps = 0
        let (split, _) = try MadeTown.scene.run(town.lines) { pipeline in
            steps += 1
            guard steps % 7 == 0 else { return }
            pipeline = try MadeTown.scene.restored(pipeline.encoded()).pipeline
        }
        let (a, b) = (MadeTown.scene.json(whole), MadeTown.scene.json(split))
        #expect(a == b, "seed \(random.seed): \(zip(a, b).first { $0 != $1 }.map { "\($0)" } ?? "")")
    }

    @Test func `whether a daily list is told goes by the record that brings it`() {
        // One home that nothing covers: its list is due each day, and the box wrote nothing for three.
        let scene = Scene(rules: ["still: {kind: no_movement, after: 30d}"], residents: "e4,5栋/9单元/901,赵六,独居,,,,,\n")
        let lists = scene.run([.quiet(0), .quiet(3 * Scene.day + 60_000)]).changes.filter { $0.verdict == .uncovered }
        #expect(lists.map { ($0.at.milliseconds - Scene.origin) / Scene.day } == [0, 1, 2, 3])
        #expect(lists.map(\.isTold) == [true, false, false, true])
        #expect(lists.dropFirst().allSatisfy { $0.stamp.milliseconds == Scene.origin + 3 * Scene.day + 60_000 })
    }
}
