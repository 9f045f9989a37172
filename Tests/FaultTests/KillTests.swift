import Foundation
import Glibc
import Simulation
import TestSupport
import Testing

/// Kills under load: nothing acknowledged is missing, every alert is told, once, and a replay says the same.
///
/// The environment may set `SHOUWANG_KILLS` (200), `SHOUWANG_BROKER_KILLS` (a twentieth of it),
/// `SHOUWANG_RECORDS_PER_KILL` (1000) and `SHOUWANG_SEED`; `SHOUWANG_PROGRAM` names another daemon, and with
/// `SHOUWANG_KEEP` the files of a run that failed stay.
@Suite(.timeLimit(.minutes(120)))
struct KillTests {
    private static func number(_ name: String, _ fallback: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? fallback
    }

    @Test func `after many kills of the daemon nothing is missing and every alert was told once`() async throws {
        let random = SeededRandom(for: "daemon kills")
        let kills = Self.number("SHOUWANG_KILLS", 200)
        var options = Site.Options(seed: random.seed)
        options.town.elders = max(40, kills / 2)
        let plan = FaultRun.Plan(kills: kills, recordsPerKill: Self.number("SHOUWANG_RECORDS_PER_KILL", 1000))
        let outcome = try await Site.outcome(options) { try FaultRun.run($0, plan, random) }
        outcome.expectNothingWrong()
        #expect(outcome.missing.isEmpty, "seed \(random.seed): missing \(outcome.missing.prefix(10))")
    }

    @Test func `after kills of the broker what it had saved is there, and what it lost is a moment's`() async throws {
        let random = SeededRandom(for: "broker kills")
        let kills = Self.number("SHOUWANG_BROKER_KILLS", max(1, Self.number("SHOUWANG_KILLS", 200) / 20))
        let plan = FaultRun.Plan(kills: kills * 2, brokerKills: kills)
        var options = Site.Options(seed: random.seed)
        // What the kernel has is not lost with a process, so a kill costs nothing in this mode either.
        options.town.sync = "250ms"
        let outcome = try await Site.outcome(options) { try FaultRun.run($0, plan, random) }
        outcome.expectNothingWrong()
        // `autosave_interval 1` saves when more than a second has passed by a clock of whole seconds.
        let late = outcome.missing.filter { message in
            !outcome.figures.brokerKilledAt.contains { (-50...3000).contains($0 - message.acknowledged) }
        }
        #expect(late.isEmpty, "seed \(random.seed): lost, and should have been saved: \(late.prefix(10))")
    }

    /// The daemon is killed while it holds a lift, and its next start, at which the hold is over, is killed before it
    /// has a connection: what undoes a hold must outlive that.
    @Test func `a hold is released although the start that had to release it was killed`() async throws {
        let random = SeededRandom(for: "held lift")
        let outcome = try await Site.outcome(Site.Options(seed: random.seed)) { site in
            try site.open()
            try site.wait("a held lift") { !site.heldLifts.isEmpty }
            site.endDaemon(SIGKILL)
            site.publisher.hold(true)
            try site.wait("a moment without a scene") { site.publisher.isQuiet }
            site.broker.stop()
            usleep(5_500_000)
            try site.startDaemon()
            try site.wait("the console") { site.readiness() != nil }
            usleep(1_000_000)
            site.endDaemon(SIGKILL)
            try site.broker.start()
            site.publisher.hold(false)
            return FaultRun.Figures(kills: 2)
        }
        outcome.expectNothingWrong()
    }
}
