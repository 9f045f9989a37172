import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// System calls that fail inside the daemon, and a wall clock that jumps.
@Suite(.timeLimit(.minutes(10)))
struct FailingCallTests {
    private func run(
        _ name: String, offset: Int64 = 0, isStartCompared: Bool = true,
        _ body: @escaping @Sendable (Site, FaultControl) throws -> Void
    ) async throws {
        let random = SeededRandom(for: name)
        let path = FileManager.default.temporaryDirectory.path + "/shouwang-control-\(UUID().uuidString)"
        let control = try FaultControl(path: path, substring: "/store/journal/")
        defer { try? FileManager.default.removeItem(atPath: path) }
        var options = Site.Options(seed: random.seed)
        options.environment = try control.environment()
        let outcome = try await Site.outcome(options, isStartCompared: isStartCompared) { site in
            try control.set(.clockOffset, offset)
            try site.open()
            site.publisher.allow(1000)
            try site.wait("a working journal") { site.tail.last > 500 }
            try body(site, control)
            return FaultRun.Figures()
        }
        outcome.expectNothingWrong()
        #expect(outcome.missing.isEmpty, "seed \(random.seed): missing \(outcome.missing.prefix(10))")
    }

    @Test func `a sync that failed is not tried again on that file, and costs nothing`() async throws {
        let counts = Mutex<(failed: Int64, retried: Int64)>((0, 0))
        try await run("failing sync") { site, control in
            for _ in 1...4 {
                try control.set(.syncsToFail, 1)
                site.publisher.allow(800)
                try site.wait("the failed sync") { control.get(.syncsToFail) == 0 }
                try site.wait("readiness") { site.readiness()?.isReady == true }
                try site.wait("the daemon to catch up") { site.lag < 500 }
            }
            counts.withLock { $0 = (control.get(.syncsFailed), control.get(.syncsRetried)) }
        }
        let (failed, retried) = counts.withLock { $0 }
        #expect(failed == 4)
        #expect(retried == 0, "\(retried) syncs of a file whose sync had failed")
    }

    @Test(arguments: [EROFS, ENOSPC])
    func `a journal that cannot be written stops the intake, is told, and is over by itself`(error: Int32)
        async throws
    {
        try await run("failing write \(error)") { site, control in
            try control.set(.writeError, Int64(error))
            site.publisher.allow(2000)
            try site.expectComplaint(about: "journal")
            try site.wait("the alert of it") { !site.receiver.boxFaults.isEmpty }
            try control.set(.writeError, 0)
            try site.wait("readiness") { site.readiness()?.isReady == true }
            try site.wait("the daemon to catch up") { site.lag < 500 }
        }
    }

    /// Two weeks back, and an hour ahead to the right time: more than the rules' lengths. Starts are not compared: by a
    /// wrong clock the devices' times are impossible, and then the arrival's count.
    @Test(arguments: [-14 * 86_400_000, 3_600_000])
    func `a step of the wall clock raises nothing and loses nothing`(step: Int64) async throws {
        let offset = min(-step, 0)
        try await run("clock step \(step)", offset: offset, isStartCompared: false) { site, control in
            try control.set(.clockOffset, offset + step)
            for _ in 0..<10 {
                site.publisher.allow(200)
                try site.wait("traffic") { site.lag < 500 }
                sleep(1)
            }
            // The clock stands before the journal's end at this start. One ahead would be a long time down.
            guard step < 0 else { return }
            site.endDaemon(SIGTERM)
            try site.startDaemon()
            try site.wait("the daemon to catch up") { site.lag < 500 }
        }
    }
}
