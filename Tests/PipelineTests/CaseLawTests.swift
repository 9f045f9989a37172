import Alerts
import Cases
import Feeds
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import Pipeline

/// Random acts among random records: what a case may never do, whatever comes, and that neither a restart nor a page
/// from before changes anything.
@Suite struct CaseLawTests {
    /// What the ledger would have: by id the change that was committed last.
    private typealias Ledger = [String: AlertChange]

    private static func act(_ random: inout SeededRandom, on ledger: Ledger, _ at: Int64, _ pipeline: Pipeline) -> Line
    {
        let alert = random.pick(ledger.keys.sorted() + ["0123456789abcdef"])
        var act = Act(
            alert: alert,
            verb: random.pick(Verb.allCases.map(\.rawValue) + ["ack", "arrive", "handle", "check", "take"]),
            actor: random.pick(["w1", "w2", "desk"]),
            found: random.chance(50) ? random.pick(FoundWord.allCases.map(\.rawValue)) : nil,
            until: random.chance(30) ? random.pick(["2h", "3d", "2026-03-20", "soon"]) : nil,
            key: random.chance(40) ? "k\(random.int(0...20))" : nil)
        act.ok = random.chance(30) ? random.chance(50) : nil
        act.by = random.chance(50) ? "visit" : nil
        act.reason = random.chance(20) ? "no_access" : nil
        act.into = random.chance(20) ? random.pick(ledger.keys.sorted() + [alert]) : nil
        act.mayCheckOwn = random.chance(20)
        if !pipeline.knows(alert), random.chance(80), let page = ledger[alert] {
            act.page = String(decoding: page.json(zone: .utc), as: UTF8.self)
        }
        return PageTests.own(at, act)
    }

    /// The whole of one run: the lines, and what came of each.
    private struct Run {
        var lines: [Line] = []
        var changes: [AlertChange] = []
        var acts: [ActOutcome] = []
    }

    private static func run(_ random: inout SeededRandom, on scene: Scene) -> Run {
        var run = Run()
        var ledger: Ledger = [:]
        var pipeline = Pipeline(settings: scene.settings, registry: scene.registry)
        // Small, so that pages are needed.
        pipeline.book.bytesMax = 12_000
        let log = LawTests.log(&random, count: 500)
        for line in log {
            step([line], &pipeline, scene, &run)
            for change in run.changes.suffix(20) { ledger[change.id] = change }
            guard random.chance(60), !ledger.isEmpty else { continue }
            let at = pipeline.clock.milliseconds - Scene.origin
            // Sometimes the answer was lost, and whoever asked asks again.
            var act = random.chance(8) ? run.lines.last { $0.topic == "$shouwang/act" } : nil
            act?.at = at
            step([act ?? CaseLawTests.act(&random, on: ledger, at, pipeline)], &pipeline, scene, &run)
            for change in run.changes.suffix(20) { ledger[change.id] = change }
        }
        return run
    }

    private static func step(_ lines: [Line], _ pipeline: inout Pipeline, _ scene: Scene, _ run: inout Run) {
        var effects = Effects()
        let batch = scene.decoded(lines)
        pipeline.step(batch, 0..<batch.recordCount, firstNumber: pipeline.record + 1, into: &effects)
        run.lines += lines
        run.changes += effects.changes
        run.acts += effects.acts
    }

    @Test func `no act does what its table forbids, each has one outcome, and a restart changes none`() throws {
        var random = SeededRandom(for: "no act does what its table forbids")
        let scene = LawTests.scene()
        var done: Set<String> = []
        var refused: Set<CaseAnswer.Refusal> = []
        for round in 0..<12 {
            let run = CaseLawTests.run(&random, on: scene)
            let what = "seed \(random.seed), round \(round)"
            let numbers = run.acts.map(\.record)
            #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count, "\(what)")
            #expect(numbers.count == run.lines.count { $0.topic == "$shouwang/act" }, "\(what)")
            let made = Dictionary(grouping: run.changes.filter { $0.act != nil }, by: \.record)
            for outcome in run.acts {
                switch outcome.result {
                case .done(let ordinal):
                    done.insert(outcome.act.verb)
                    #expect(made[outcome.record]?.last?.ordinal == ordinal, "\(what)")
                case .refused(let why, _):
                    refused.insert(why)
                    #expect(made[outcome.record] == nil, "\(what): refused, and changed")
                case .takenIn: Issue.record("\(what): no act is about a resident")
                }
            }
            var states: [String: AlertState] = [:]
            for change in run.changes {
                if let before = states[change.id], before.isOver, change.act != nil {
                    #expect(
                        change.change == .noted && change.state == before
                            || before == .closed && change.change == .reopened,
                        "\(what): \(change.change) behind \(before)")
                }
                states[change.id] = change.state
            }
            try CaseLawTests.expectSame(run, on: scene, what)
        }
        #expect(done == Set(Verb.allCases.map(\.rawValue)), "seed \(random.seed)")
        #expect(
            refused.isSuperset(of: [.isIllegal, .isOver, .isOwnCheck, .isRepeated, .unknown, .isNoVerb, .isIntoNothing])
        )
    }

    /// The same records once more, as a replay has them, and with a restart behind each.
    private static func expectSame(_ run: Run, on scene: Scene, _ what: String) throws {
        for restarts in [false, true] {
            var again = Run()
            var pipeline = Pipeline(settings: scene.settings, registry: scene.registry)
            pipeline.book.bytesMax = 12_000
            for line in run.lines {
                step([line], &pipeline, scene, &again)
                guard restarts else { continue }
                let bytes = pipeline.encoded()
                pipeline = try scene.restored(bytes).pipeline
                pipeline.book.bytesMax = 12_000
                #expect(pipeline.encoded() == bytes, "\(what)")
            }
            #expect(again.changes == run.changes && again.acts == run.acts, "\(what), restarts: \(restarts)")
        }
    }
}
