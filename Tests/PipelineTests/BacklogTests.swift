import Alerts
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

/// A hub hands in two weeks at once (docs/rules.md, "A sign of life"): what was told is kept right, and
/// nothing is told that was not so.
@Suite struct BacklogTests {
    private static let scene = Backlog.scene()

    /// The newest evidence after each line, by a plain count over all that was told.
    private static func newestEvidence(_ backlog: Backlog) -> [Int64] {
        var newest: Int64 = -1
        var moved: [Int64] = []
        var states: [Int: Int] = [:]
        return backlog.words.map { word in
            guard let word else { return newest }
            var isSign = word.sign == .sure
            if word.sign == .change {
                isSign = states[word.device].map { $0 != word.value } ?? false
                states[word.device] = word.value
            } else if word.sign == .counted {
                let place = BacklogTests.place(of: word.at, in: moved)
                moved.insert(word.at, at: place)
                // The third from the end of what lies at or before it.
                isSign = place >= 2 && moved[place - 2] > word.at - 15 * Scene.minute
            }
            if isSign { newest = max(newest, word.at) }
            return newest
        }
    }

    /// Behind all that is not later.
    private static func place(of time: Int64, in sorted: [Int64]) -> Int {
        var (from, to) = (0, sorted.count)
        while from < to {
            let middle = (from + to) / 2
            if sorted[middle] > time { to = middle } else { from = middle + 1 }
        }
        return from
    }

    private struct Told {
        var backlog: Backlog
        var result: Scene.Result
        var newest: [Int64]

        /// Of the home that was off.
        var home: [AlertChange] { result.changes.filter { $0.kind == .noMovement && $0.key == Backlog.home } }

        /// Milliseconds after the scene's beginning.
        static func offset(_ instant: Instant?) -> Int64? { instant.map { $0.milliseconds - Scene.origin } }

        func isHandedIn(_ change: AlertChange) -> Bool { backlog.handedIn.contains(Int(change.record) - 1) }
    }

    private static func told(_ order: Backlog.Order, lies: Int64 = .max) -> Told {
        var random = SeededRandom(for: "BacklogTests")
        let backlog = Backlog(order, lies: lies, &random)
        // A record in a batch of its own or among many: the outcome is the same (LawTests).
        let result = scene.run(backlog.lines, batches: [5000])
        return Told(backlog: backlog, result: result, newest: newestEvidence(backlog))
    }

    /// What must hold of the home's alert while the backlog comes in, whatever it tells.
    private func expectCalm(_ told: Told) {
        let home = told.home.filter { told.isHandedIn($0) || Told.offset($0.at) ?? 0 > Backlog.on }
        #expect(told.home.prefix(2).map(\.change) == [.raised, .updated])
        #expect(told.home.prefix(2).map(\.severity) == [.medium, .high])
        #expect(Set(told.home.map(\.id)).count == 1 && Set(told.home.map(\.started)).count == 1)
        let moved = home.filter { $0.change == .updated }
        #expect((2...18).contains(moved.count), "\(moved.count) times within 17 minutes")
        for (one, next) in zip(moved, moved.dropFirst()) { #expect(next.at - one.at >= .seconds(59)) }
        #expect(moved.allSatisfy { !$0.isTold }, "nobody is woken by what is old")
        for change in home {
            // A timer tells what was known before the record at which it fires.
            let known = told.newest[Int(change.record) - 2...Int(change.record) - 1]
            #expect(known.contains(Told.offset(change.lastEvidence) ?? -1), "\(change.change) \(change.record)")
        }
        // Every other rule of the catalogue.
        let raised = told.result.changes.filter { $0.change == .raised }
        #expect(Set(raised.map(\.id)).count == raised.count)
        #expect(Set(raised.map { $0.rule + " " + $0.key }).count == raised.count)
        #expect(raised.filter { Told.offset($0.at) ?? 0 >= Backlog.on }.isEmpty, "\(told.result.brief)")
        let hub = told.result.changes.filter { $0.kind == .upstreamSilent }
        #expect(hub.filter { $0.change != .updated }.map(\.change) == [.raised, .resolved])
        #expect(hub.allSatisfy { $0.key == "hub-502" } && told.isHandedIn(hub[hub.count - 1]))
        #expect(Set(raised.map(\.kind)) == [.noMovement, .upstreamSilent], "\(raised.map(\.rule))")
    }

    @Test(arguments: Backlog.Order.allCases)
    func `the alert ends once, when the backlog reaches the present, and not before`(_ order: Backlog.Order) throws {
        let told = BacklogTests.told(order)
        #expect(told.backlog.handedIn.count >= Backlog.records)
        expectCalm(told)
        #expect(told.home.filter { $0.change == .resolved }.count == 1 && told.home.last?.change == .resolved)
        // The first evidence that is younger than the first stage.
        let young = told.backlog.lines.indices.first { line in
            told.newest[line] > Backlog.off && told.backlog.lines[line].at - told.newest[line] < Scene.day
        }
        #expect(told.home.last?.record == Int64(try #require(young)) + 1)
    }

    @Test(arguments: Backlog.Order.allCases)
    func `where nobody moved in the last thirty hours of it, the alert stays`(_ order: Backlog.Order) {
        let told = BacklogTests.told(order, lies: Backlog.on - 30 * Scene.hour)
        expectCalm(told)
        #expect(!told.home.contains { $0.change == .resolved })
        #expect(Told.offset(told.home.last?.lastEvidence) == told.newest.last)
    }

    @Test func `a restart in the middle of the backlog changes nothing`() throws {
        let (expected, scene) = (BacklogTests.told(.even), BacklogTests.scene)
        let middle = expected.backlog.handedIn
        let (split, _) = try scene.run(expected.backlog.lines) { pipeline in
            guard middle.contains(Int(pipeline.record)), pipeline.record % 5000 == 0 else { return }
            pipeline = try scene.restored(pipeline.encoded()).pipeline
        }
        #expect(scene.json(split) == scene.json(expected.result) && split.counters == expected.result.counters)
        #expect(split.changes.map(\.record) == expected.result.changes.map(\.record))
    }
}
