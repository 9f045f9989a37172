import Glibc
import MQTTIntake
import TestSupport
import Testing

/// A store on a disk of its own that loses its power, or is full.
@Suite(
    .enabled(if: LoopStore.hindrance == nil, "\(LoopStore.hindrance ?? "")"), .timeLimit(.minutes(10)))
struct DiskTests {
    private func run(
        _ name: String, megabytes: Int, _ body: @escaping @Sendable (Site, LoopStore, SeededRandom) throws -> Void
    )
        async throws
    {
        let random = SeededRandom(for: name)
        let disk = try LoopStore(megabytes: megabytes)
        defer { disk.close() }
        let outcome = try await Site.outcome(Site.Options(seed: random.seed, store: disk.mount + "/store")) { site in
            try site.open()
            try body(site, disk, random)
            return FaultRun.Figures()
        }
        outcome.expectNothingWrong()
        #expect(outcome.missing.isEmpty, "seed \(random.seed): missing \(outcome.missing.prefix(10))")
    }

    @Test func `a cut leaves what was synced and nothing else`() throws {
        let disk = try LoopStore(megabytes: 8)
        defer { disk.close() }
        for (name, isSynced) in [("synced", true), ("not", false)] {
            let file = unsafe open(disk.mount + "/" + name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            // Sound: the call reads the array's bytes.
            let count = unsafe Array(name.utf8).withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
            #expect(count == name.utf8.count && (!isSynced || fsync(file) == 0))
            Glibc.close(file)
        }
        try disk.copyDisk()
        try disk.swap()
        #expect(Program.text(disk.mount + "/synced") == "synced")
        #expect(Program.text(disk.mount + "/not").isEmpty)
    }

    @Test func `what was acknowledged before a power cut is there after it`() async throws {
        try await run("power cuts", megabytes: 64) { site, disk, random in
            var random = random
            for _ in 0..<6 {
                site.publisher.allow(random.int(500...2500))
                usleep(UInt32(random.int(20...1200)) * 1000)
                site.signalDaemon(SIGSTOP)
                try disk.copyDisk()
                site.endDaemon(SIGKILL)
                site.releaseTail()
                try disk.swap()
                try site.startDaemon()
                try site.wait("the daemon to catch up") { site.tail.last >= 0 && site.lag < 1000 }
            }
        }
    }

    @Test func `a full disk stops the intake, is told, and is over by itself when there is room`() async throws {
        try await run("full disk", megabytes: 32) { site, disk, _ in
            site.publisher.allow(2000)
            try site.wait("a working journal") { site.tail.last > 1500 }
            for _ in 0..<2 {
                disk.fill()
                site.publisher.allow(3000)
                try site.expectComplaint(about: "journal")
                try site.wait("the alert of it") { !site.receiver.boxFaults.isEmpty }
                try disk.makeRoom()
                try site.wait("readiness") { site.readiness()?.isReady == true }
                try site.wait("the daemon to catch up") { site.lag < 500 }
            }
        }
    }
}

extension Site {
    /// Waits until `/readyz` names what is wrong, and says how long that took.
    func expectComplaint(about word: String) throws {
        let began = SystemClock.boot
        try wait("/readyz telling of \(word)", seconds: 30) {
            readiness().map { !$0.isReady && $0.text.contains(word) } ?? false
        }
        print("told after \(SystemClock.boot - began) ms: \(readiness()?.text.prefix(200) ?? "")")
    }
}
