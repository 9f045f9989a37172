import Console
import Foundation
import Glibc
import MQTTIntake
import RecordLog
import Simulation
import Testing

/// What of a daemon's life another process can see: how it starts, starts again, reloads and ends.
@Suite(.timeLimit(.minutes(5)))
struct RestartTests {
    private static let residents = "id,dwelling,name,care,since\ne1,b1/1/101,Ann Lo,lives alone,\n"

    private func configure(
        _ site: DaemonFixture, after: String = "1h", extra: String = "", mqtt: String = ""
    ) throws {
        try site.write("registry/places.csv", "id,kind\nb1,building\n")
        try site.write("registry/devices.csv", "id,place,family,kind\npir1,b1/1/101,elder,pir\n")
        try site.write("registry/residents.csv", RestartTests.residents)
        try site.write(
            "shouwang.yaml",
            """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1:\(site.broker.port)", client_id: test-hgs, qos: 1\(mqtt)}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state, snapshot: 1s}
            rules:
              quiet: {kind: no_movement, after: \(after), evidence: {count: 1, within: 15m}}
            \(extra)
            """)
    }

    private func started(_ site: DaemonFixture, times: Int = 1) async throws {
        try site.start()
        try await site.wait("start \(times)") { site.log.components(separatedBy: "settled: the broker").count > times }
    }

    private func motion(_ site: DaemonFixture, _ count: Int) async throws {
        try await publish(site, "motion", count)
    }

    private func publish(_ site: DaemonFixture, _ type: String, _ count: Int) async throws {
        for n in 0..<count {
            let outcome = await site.out.publish(
                topic: "community/hgs/elder/pir1", payload: Array("{\"type\":\"\(type)\",\"id\":\"\(n)\"}".utf8),
                qos: .atLeastOnce, retain: false)
            #expect(outcome == .acknowledged)
        }
    }

    private func snapshots(_ site: DaemonFixture) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: site.folder + "/state/snapshots")) ?? []).sorted()
    }

    /// Lines of all segments, the daemon being away or not.
    private func journal(_ site: DaemonFixture) -> String {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: site.journal)) ?? []).sorted()
        return names.map { (try? String(contentsOfFile: site.journal + "/" + $0, encoding: .utf8)) ?? "" }.joined()
    }

    @Test func `SIGTERM keeps the state, and the next start goes on from it`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        try await started(site)
        try await motion(site, 50)
        try await site.wait("the records") { journal(site).components(separatedBy: "pir1").count > 50 }
        #expect(site.stop() == 0)
        #expect(!snapshots(site).isEmpty)
        try await started(site, times: 2)
        #expect(site.log.contains("restored the state"))
        #expect(!site.log.contains("stepping over the whole journal"), "\(site.log)")
        #expect(site.stop() == 0)
        #expect(journal(site).components(separatedBy: "\"down_since\"").count == 2)
    }

    @Test func `a damaged snapshot is passed over and told, and the journal makes up for it`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        try await started(site)
        try await motion(site, 5)
        #expect(site.stop() == 0)
        for name in snapshots(site) {
            let path = site.folder + "/state/snapshots/" + name
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes[bytes.count / 2] ^= 0x40
            try bytes.write(to: URL(fileURLWithPath: path))
        }
        try await started(site, times: 2)
        #expect(site.log.contains("is passed over") && site.log.contains("stepping over the whole journal"))
        #expect(site.stop() == 0)
    }

    @Test func `SIGHUP takes a configuration that passes, and refuses one that does not`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        try await started(site)
        try await motion(site, 3)
        try site.write("shouwang.yaml", "site: {id: hgs")
        site.signal(SIGHUP)
        try await site.wait("the refusal") { site.log.contains("the reload is refused") }
        try configure(site, after: "2h")
        site.signal(SIGHUP)
        try await site.wait("the reload") { site.log.components(separatedBy: "settled: the broker").count > 2 }
        #expect(site.log.contains("warming what is new from the journal"))
        try await motion(site, 3)
        #expect(site.stop() == 0)
        let text = journal(site)
        #expect(text.contains("$shouwang/config") && text.contains("\"why\":\"reload\""))
        #expect(text.components(separatedBy: "$shouwang/start").count == 2, "a reload is no start")
    }

    @Test func `a reload whose store cannot be opened is tried again until it can`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        try await started(site)
        try await motion(site, 3)
        let away = site.journal + ".away"
        try FileManager.default.moveItem(atPath: site.journal, toPath: away)
        try site.write("state/journal", "no folder")
        try configure(site, after: "2h")
        site.signal(SIGHUP)
        try await site.wait("the trouble") { site.log.contains("the watch cannot go on; it is tried again") }
        try FileManager.default.removeItem(atPath: site.journal)
        try FileManager.default.moveItem(atPath: away, toPath: site.journal)
        try await site.wait("the reload") { site.log.components(separatedBy: "settled: the broker").count > 2 }
        try await motion(site, 3)
        try await site.wait("the records") { journal(site).components(separatedBy: "pir1").count > 6 }
        #expect(site.stop() == 0)
    }

    @Test func `a rule that is added while the daemon is dead is told of what it finds in the journal`() async throws {
        let site = try DaemonFixture()
        try configure(site, after: "2s")
        try await started(site)
        try await site.wait("the alert") { site.log.contains("raised quiet") }
        try await site.wait("a snapshot") { !snapshots(site).isEmpty }
        try await motion(site, 20)
        try await site.wait("the end of it") { site.log.contains("resolved quiet") }
        site.kill()
        try configure(
            site, after: "2s",
            extra: "  later: {kind: no_movement, after: 1s, evidence: {kinds: [bed], count: 1, within: 15m}}\n")
        try await started(site, times: 2)
        try await site.wait("what the new rule finds") { site.log.contains("raised later") }
        // The home, and the list of the homes in which nothing of the rule's kinds could be seen.
        #expect(site.log.components(separatedBy: "raised later").count == 3, "each told once")
        #expect(site.stop() == 0)
    }

    @Test func `SIGHUP refuses a secret that cannot be read, and a taken port keeps nobody from watching`() async throws
    {
        let site = try DaemonFixture()
        try configure(site)
        try await started(site)
        try configure(site, mqtt: ", username: box, password: {file: /nonexistent/password}")
        site.signal(SIGHUP)
        try await site.wait("the refusal") { site.log.contains("the reload is refused") }
        // The broker's own port is taken for sure.
        try configure(site, extra: "console: {listen: \"127.0.0.1:\(site.broker.port)\"}")
        site.signal(SIGHUP)
        try await site.wait("the reload") { site.log.components(separatedBy: "settled: the broker").count > 2 }
        try await site.wait("the console's trouble") { site.log.contains("the console cannot listen") }
        try await motion(site, 3)
        try await site.wait("the records") { journal(site).components(separatedBy: "pir1").count > 3 }
        #expect(site.stop() == 0)
    }

    @Test func `a configuration broken at the start is told, and the last good one is used`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        try site.write("never.yaml", "site: [")
        let never = try DaemonFixture.run(["run", "--config", site.folder + "/never.yaml"])
        #expect(never.code == 78)
        try await started(site)
        #expect(site.stop() == 0)
        try site.write("shouwang.yaml", "site: {id: hgs\nstore: {path: state}\n")
        try await started(site, times: 2)
        #expect(site.log.contains("running with the last good one"))
        #expect(site.stop() == 0)
    }

    @Test func `with journal and snapshots lost a home is counted on from what the ledger knows`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        try await started(site)
        try await motion(site, 1)
        #expect(site.stop() == 0)
        // To the millisecond: `{"tst":"2026-03-05T00:15:30.116…`.
        let moved = try #require(journal(site).split(separator: "\n").first { $0.contains("elder/pir1") })
            .dropFirst(8).prefix(23)
        // A watch notes what it knows before it keeps its first state.
        let before = snapshots(site)
        try await started(site, times: 2)
        for _ in 0..<300 where snapshots(site) == before {
            try await publish(site, "heartbeat", 1)
            try await Task.sleep(for: .milliseconds(100))
        }
        site.kill()
        for folder in ["journal", "snapshots"] {
            try FileManager.default.removeItem(atPath: site.folder + "/state/" + folder)
        }
        try site.start()
        try await site.wait("what the ledger knows") { site.log.contains("homes are counted on from what the ledger") }
        try await site.wait("the record") { journal(site).contains("$shouwang/seen") }
        #expect(journal(site).contains("\"since\":\"\(moved)"), "\(moved)")
        #expect(site.stop() == 0)
    }

    @Test func `a damaged ledger is moved aside, and the watch goes on`() async throws {
        let site = try DaemonFixture()
        try configure(site, after: "2s")
        try await started(site)
        try await site.wait("the alert") { site.log.contains("raised quiet") }
        #expect(site.stop() == 0)
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: site.folder + "/state/shouwang.sqlite" + suffix)
        }
        try site.write("state/shouwang.sqlite", String(repeating: "no database ", count: 1000))
        try? FileManager.default.removeItem(atPath: site.folder + "/state/backups")
        try await started(site, times: 2)
        #expect(site.log.contains("the ledger was damaged"))
        #expect(site.stop() == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: site.folder + "/state")
        #expect(names.contains { $0.contains("damaged") }, "\(names)")
    }

    @Test func `a journal that ends before the ledger goes on behind it, and says what is lost`() async throws {
        let site = try DaemonFixture()
        try configure(site, after: "2s")
        try await started(site)
        try await site.wait("the alert") { site.log.contains("raised quiet") }
        #expect(site.stop() == 0)
        // A power cut with `sync: off`: the journal's tail is gone, the ledger's is not.
        let names = try FileManager.default.contentsOfDirectory(atPath: site.journal).sorted()
        let path = site.journal + "/" + (try #require(names.first))
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        try Data((lines.prefix(2).joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
        try await started(site, times: 2)
        #expect(site.stop() == 0)
        #expect(journal(site).contains("$shouwang/lost"))
        let numbers = try FileManager.default.contentsOfDirectory(atPath: site.journal).sorted().compactMap {
            Int64($0.prefix(20))
        }
        #expect(numbers.count == 2 && (numbers.last ?? 0) > Int64(lines.count) - 3, "\(numbers)")
    }
}
