import Community
import SiteConfiguration
import StateCoding
import TestSupport
import Testing
import Timekeeping
import Vocabulary
import Windowing

@testable import Rules

/// One record of a law's log.
struct LawRecord {
    var kind: ObservationKind
    var device: String
    /// Milliseconds after the record before it.
    var after: Int64
    /// So much later than it happened it arrives.
    var late: Int64 = 0
    var person: String?
    var change: (inout Event) -> Void = { _ in }
}

/// What ``EngineLaws`` asks, whatever the engine's type.
protocol EngineLawCase: Sendable, CustomTestStringConvertible {
    func restartsChangeNothing() throws
    func stepsOfTheClockChangeNothing() throws
    func whatIsClosedIsNotToldAgain() throws
    func whatSawNothingSaysNothing() throws
    func damageIsRefusedOrTakenUp() throws
}

/// The laws of ``RuleEngine``, tried with a log that a case makes: rounds of records, under a rule of each round.
struct EngineLaws<Engine: RuleEngine>: EngineLawCase {
    let name: String
    var site = EngineSite.counting
    var rounds = 12
    var records = 150
    /// So many alerts at least come of all rounds: a log that meets nothing shows nothing.
    let alertsLeast: Int
    let rule: @Sendable (_ round: Int) throws -> RuleSettings
    let record: @Sendable (_ random: inout SeededRandom, _ rule: RuleSettings, _ round: Int) -> LawRecord

    var testDescription: String { name }

    private func bench(_ rule: RuleSettings, restarts: Bool = false) -> EngineBench<Engine> {
        var bench = EngineBench<Engine>(rule, restarts: restarts, site: site)
        bench.ticks = false
        return bench
    }

    /// Gives each record of a round to benches of its rule.
    private func run(
        _ random: inout SeededRandom, _ rule: RuleSettings, _ round: Int, _ count: Int,
        _ send: (_ random: inout SeededRandom, _ at: Int64, _ record: LawRecord) -> Void
    ) {
        var at: Int64 = 0
        for _ in 0..<count {
            let record = record(&random, rule, round)
            at += record.after
            send(&random, at, record)
        }
    }

    /// `write`, then `read` into a fresh engine and `rearm`, after each record and each timer.
    func restartsChangeNothing() throws {
        var random = SeededRandom(for: "EngineLaws restarts \(name)")
        var alerts = 0
        for round in 0..<rounds {
            let rule = try rule(round)
            var straight = bench(rule)
            var restarted = bench(rule, restarts: true)
            run(&random, rule, round, records) { _, at, record in
                straight.send(record, at: at)
                restarted.send(record, at: at)
            }
            #expect(restarted.brief == straight.brief, "round \(round), seed \(random.seed)")
            // As texts: a number that is none is not equal to itself.
            #expect(
                restarted.told.map { "\($0.detail)" } == straight.told.map { "\($0.detail)" }, "seed \(random.seed)")
            #expect(restarted.told.map(\.evidence) == straight.told.map(\.evidence), "seed \(random.seed)")
            #expect(restarted.told.map(\.severity) == straight.told.map(\.severity), "seed \(random.seed)")
            #expect(restarted.told.map(\.detected) == straight.told.map(\.detected), "seed \(random.seed)")
            #expect(restarted.told.map(\.since) == straight.told.map(\.since), "seed \(random.seed)")
            #expect(restarted.actuations == straight.actuations, "seed \(random.seed)")
            alerts += straight.loud.count
        }
        #expect(alerts > alertsLeast, "the test must meet what it tests: \(alerts)")
    }

    /// The wall clock is set between records. A calendar goes by the clock, and is left out.
    func stepsOfTheClockChangeNothing() throws {
        var random = SeededRandom(for: "EngineLaws clock \(name)")
        var (tried, alerts) = (0, 0)
        for round in 0..<rounds {
            let rule = try rule(round)
            let calendars = [rule.calendar].compactMap { $0 } + rule.during.map(\.calendar)
            if calendars.contains(where: { $0 != RuleCalendar() }) { continue }
            tried += 1
            var straight = bench(rule)
            var shifted = bench(rule)
            run(&random, rule, round, records) { random, at, record in
                straight.send(record, at: at)
                shifted.send(record, at: at)
                if random.chance(10) { shifted.moveClock(by: .seconds(Int64(random.int(-90_000...90_000)))) }
            }
            #expect(shifted.told.map(\.change) == straight.told.map(\.change), "round \(round), seed \(random.seed)")
            #expect(shifted.told.map(\.key) == straight.told.map(\.key), "seed \(random.seed)")
            alerts += straight.loud.count
        }
        #expect(alerts > 0 || tried == 0, "the test must meet what it tests")
    }

    /// Somebody closes an alert: its episode is over, without a finding, then or later.
    func whatIsClosedIsNotToldAgain() throws {
        var random = SeededRandom(for: "EngineLaws close \(name)")
        var closed = 0
        for round in 0..<rounds {
            let rule = try rule(round)
            var bench = bench(rule)
            var over: Set<String> = []
            run(&random, rule, round, records) { random, at, record in
                let before = bench.told.count
                bench.send(record, at: at)
                for found in bench.told[before...] {
                    let alert = "\(found.key) \(found.started.milliseconds)"
                    if found.change == .raised {
                        over.remove(alert)
                    } else {
                        #expect(!over.contains(alert), "\(found.change) \(alert), seed \(random.seed)")
                    }
                }
                guard let last = bench.told.last, random.chance(20) else { return }
                bench.close(at: at)
                // A timer may have told something just before the closing.
                if bench.told.last?.key == last.key, bench.told.last?.started == last.started {
                    over.insert("\(last.key) \(last.started.milliseconds)")
                    closed += 1
                }
            }
        }
        #expect(closed > 10, "the test must meet what it tests: \(closed)")
    }

    func whatSawNothingSaysNothing() throws {
        var bench = bench(try rule(0))
        bench.restart()
        bench.advance(to: 9_000_000_000)
        #expect(bench.told.isEmpty)
        #expect(bench.engine.status(ofKey: "nobody", at: site.origin, bench.context).isEmpty)
    }

    /// Bytes of a state that somebody changed give an engine that goes on, or an error.
    func damageIsRefusedOrTakenUp() throws {
        var random = SeededRandom(for: "EngineLaws damage \(name)")
        let rule = try rule(0)
        var bench = bench(rule)
        run(&random, rule, 0, 40) { _, at, record in bench.send(record, at: at) }
        let refused = bench.readDamaged(300, random)
        #expect((1..<300).contains(refused))
    }
}
