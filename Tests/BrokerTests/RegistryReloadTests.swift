import Foundation
import Glibc
import Simulation
import Testing

/// What becomes of a registry that is damaged while the daemon runs, or before it starts.
@Suite(.timeLimit(.minutes(5)))
struct RegistryReloadTests {
    private static let header = "id,dwelling,name,care,inactive_after\n"
    private static let residents = header + "e1,b1/1/101,Ann Lo,lives alone,\ne2,b1/1/102,Bo Li,lives alone,\n"

    private func configure(_ site: DaemonFixture) throws {
        try site.write("registry/places.csv", "id,kind\nb1,building\n")
        try site.write("registry/devices.csv", "id,place,family,kind\npir1,b1/1/101,elder,pir\n")
        try site.write("registry/residents.csv", RegistryReloadTests.residents)
        try site.write(
            "shouwang.yaml",
            """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1:\(site.broker.port)", client_id: test-registry, qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state, snapshot: 1s}
            rules:
              quiet: {kind: no_movement, after: 1h}
            """)
    }

    private func started(_ site: DaemonFixture, times: Int = 1) async throws {
        try site.start()
        try await site.wait("start \(times)") { site.log.components(separatedBy: "settled: the broker").count > times }
    }

    private func reload(_ site: DaemonFixture, _ more: [String] = []) throws -> (
        code: Int32, output: String, talk: String
    ) {
        try DaemonFixture.run(["reload", "--config", site.config] + more)
    }

    private func told(_ site: DaemonFixture, _ words: String) -> Int {
        site.log.components(separatedBy: words).count - 1
    }

    @Test func `an emptied sheet is refused by SIGHUP and by a start, told, and taken by its digits`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        #expect(try reload(site).code == 69, "no daemon runs")
        try await started(site)
        try site.write("registry/residents.csv", "")
        site.signal(SIGHUP)
        try await site.wait("the refusal") { told(site, "telling of the box's trouble") > 0 }
        #expect(site.log.contains("the registry is refused, the last accepted one goes on: residents.csv has no row"))
        #expect(site.log.contains("b1-1-101 A* L*") && !site.log.contains("Ann Lo"))
        #expect(told(site, "\" can never fire") == 0, "the watch goes on as it was")
        // A power cut, and a start.
        site.kill()
        try await started(site, times: 2)
        try await site.wait("the refusal at the start") { told(site, "telling of the box's trouble") > 1 }
        let again = try reload(site)
        #expect(again.code == 78)
        let digits = try #require(again.output.firstMatch(of: #/--accept ([0-9A-F]{6})/#)).1
        #expect(try reload(site, ["--accept", "000000"]).code == 78)
        #expect(try reload(site, ["--accept", "12"]).code == 64)
        let taken = try reload(site, ["--accept", String(digits)])
        #expect(taken.code == 0 && taken.output.contains("is taken as asked; 0 people are watched now"), "\(taken)")
        try await site.wait("the new watch") { told(site, "settled: the broker") > 2 }
        try await site.wait("the end") { site.log.contains("[Resolved]") }
        #expect(try reload(site).output.contains("unchanged"))
        #expect(site.stop() == 0)
        #expect(try reload(site).code == 69)
    }

    @Test func `a sheet that is put back settles the refusal`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        try await started(site)
        let whole = RegistryReloadTests.residents
        try site.write("registry/residents.csv", String(whole.prefix(whole.count - 20)))
        #expect(try reload(site).output.contains("seems to be cut off"))
        try site.write("registry/residents.csv", whole)
        #expect(try reload(site).code == 0)
        try await site.wait("the end") { site.log.contains("the registry is in order again") }
        #expect(site.stop() == 0)
    }

    @Test func `wrong cells and rows are told at the start and at a reload in check's words, and cost themselves`()
        async throws
    {
        let site = try DaemonFixture()
        try configure(site)
        try site.write("registry/residents.csv", RegistryReloadTests.residents + "e3,b1/1/103,Cy Wu,lives alone,24\n")
        try await started(site)
        let cell = "residents.csv:4:31: column E \"inactive_after\": \"24\" is no length of time"
        #expect(site.log.contains(cell), "\(site.log)")
        try site.write(
            "registry/residents.csv",
            RegistryReloadTests.residents + "e3,b1/1/103,Cy Wu,lives alone,24\ne4,b7/1/101,Di Xu,lives alone,\n")
        let answer = try reload(site)
        #expect(answer.code == 0 && answer.output.contains("3 people are watched; 2 errors"), "\(answer)")
        try await site.wait("the new watch") { told(site, "settled: the broker") > 1 }
        #expect(told(site, cell) == 2)
        #expect(site.log.contains("residents.csv:5:4: column B \"dwelling\": there is no dwelling \"b7/1/101\""))
        try await site.wait("who is left out") { site.log.contains("b7/1/101 D* X* (line 5)") }
        let check = try DaemonFixture.run(["check", "--config", site.config, "--who"])
        #expect(check.output.contains("b7/1/101\tD* X*\tnot watched: line 5 of residents.csv is left out"))
        #expect(check.code == 78 && check.output.contains(cell))
        #expect(site.stop() == 0)
    }

    @Test func `a reload tells who was added, moved and is gone`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        try await started(site)
        try site.write(
            "registry/residents.csv",
            RegistryReloadTests.header + "e2,b1/2/102,Bo Li,lives alone,\ne3,b1/1/103,Cy Wu,lives alone,\n")
        let answer = try reload(site)
        let lines = [
            "not watched any more (1): b1-1-101 A* L*", "watched from now on (1): b1-1-103 C* W*",
            "residents added (1): b1-1-103 C* W*", "residents moved (1): b1-2-102 B* L* (b1-1-102 → b1-2-102)",
            "residents gone (1): b1-1-101 A* L*",
        ]
        #expect(answer.code == 0)
        for line in lines {
            #expect(answer.output.contains(line) && site.log.contains(line), "\(line): \(answer.output)")
        }
        #expect(site.stop() == 0)
    }
}
