import Foundation
import Glibc
import MQTTIntake
import Simulation
import Testing
import Timekeeping

/// What a daemon meets at its broker: another of its own kind, another client of its id, payloads that are too long.
@Suite(.timeLimit(.minutes(5)))
struct EdgeTests {
    private func configure(
        _ site: DaemonFixture, name: String = "shouwang.yaml", store: String = "state", host: String = "127.0.0.1",
        id: String = "edge-hgs", extra: String = ""
    ) throws {
        try site.write("registry/places.csv", "id,kind\nb1,building\n")
        try site.write("registry/devices.csv", "id,place,family,kind\nsos1,b1/1/101,elder,button\n")
        try site.write("registry/residents.csv", "id,dwelling,name,care\ne1,b1/1/101,Ann Lo,lives alone\n")
        try site.write(
            name,
            """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://\(host):\(site.broker.port)", client_id: \(id), qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: \(store)}
            rules:
              quiet: {kind: no_movement, after: 24h}
            \(extra)
            """)
    }

    private func started(_ site: DaemonFixture) async throws {
        try site.start()
        try await site.wait("start") { site.log.contains("settled: the broker") }
    }

    @Test(arguments: [("127.0.0.1", "edge-hgs"), ("localhost", "edge-hgs"), ("127.0.0.1", "edge-hgs-out")])
    func `a second daemon with the first one's client id and a store of its own is refused with 74`(
        host: String, id: String
    ) async throws {
        let site = try DaemonFixture()
        try configure(site)
        try await started(site)
        try configure(site, name: "second.yaml", store: "state2", host: host, id: id)
        let second = try DaemonFixture.run(["run", "--config", site.folder + "/second.yaml"])
        #expect(second.code == 74)
        #expect(second.talk.contains("the client id edge-hgs"))
        let said = second.talk.firstMatch(of: #/by process (\d+); stop that daemon/#)?.1
        #expect(said.flatMap { Int32($0) }.map { kill($0, 0) == 0 } == true, "\(second.talk)")
        #expect(site.stop() == 0)
        #expect(!site.log.contains("no connection to the broker: the connection was lost"))
    }

    @Test func `another id at the same broker, and the same at another broker, are nobody's business`() async throws {
        let site = try DaemonFixture()
        let other = try DaemonFixture()
        try configure(site)
        try configure(other)
        try await started(site)
        try await started(other)
        #expect(site.stop() == 0 && other.stop() == 0)
    }

    @Test func `another client of the same id is told with the remedy, in the log and as a box fault`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        try await started(site)
        var options = IntakeSession.Options(
            broker: BrokerOptions(host: "127.0.0.1", port: site.broker.port), clientID: "edge-hgs", filters: ["x"])
        options.broker.backoff = ReconnectBackoff(shortest: .seconds(1), longest: .seconds(1))
        let session = IntakeSession(options)
        let thread = SessionThread(name: "test.rival") {
            session.run(handler: Nobody(), random: SystemRandomNumberGenerator())
        }
        try await site.wait("the word of another client") {
            site.log.contains("another client may use this client id, edge-hgs, and takes part of the messages")
        }
        try await site.wait("the box fault") { site.log.contains("telling of the box's trouble") }
        session.stop()
        await thread.ended()
    }

    @Test func `a payload that is too long is refused with topic and length, and a call for help is not`() async throws
    {
        let site = try DaemonFixture()
        try configure(site, extra: "limits: {payload: 1KB}")
        try await started(site)
        let filling = String(repeating: "x", count: 3000)
        for type in ["motion", "sos"] {
            let payload = Array("{\"type\":\"\(type)\",\"note\":\"\(filling)\"}".utf8)
            let outcome = await site.out.publish(
                topic: "community/hgs/elder/sos1", payload: payload, qos: .atLeastOnce, retain: false)
            #expect(outcome == .acknowledged)
        }
        try await site.wait("the refusal") {
            site.log.contains("community/hgs/elder/sos1: a payload of 3027 bytes; limits.payload is 1024")
        }
        #expect(site.stop() == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: site.journal)
        let journal = try names.map { try String(contentsOfFile: site.journal + "/" + $0, encoding: .utf8) }.joined()
        #expect(journal.contains("\"type\":\"sos\",\"note\":\"\(filling)\""))
        #expect(!journal.contains("\"type\":\"motion\""))
    }

    private final class Nobody: IntakeHandler {
        func received(
            topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool,
            mid: UInt16
        ) -> Bool { false }
        func commit() -> Bool { true }
        func connected(sessionPresent: Bool) {}
        func disconnected(reason: String) {}
        func millisecondsUntilDeadline() -> Int { 1000 }
        func deadlinePassed() {}
        func canStore() -> Bool { true }
    }
}
