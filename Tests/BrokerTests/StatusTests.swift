import Foundation
import Simulation
import Testing

/// What others read under `shouwang/{site}/status` of a daemon's life: its word, and its last will.
@Suite(.timeLimit(.minutes(3)))
struct StatusTests {
    private static let topic = "shouwang/hgs/status"

    private func configure(_ site: DaemonFixture) throws {
        for (name, header) in [
            ("places", "id,kind\nb1,building\n"), ("devices", "id,place\n"), ("residents", "id,dwelling\n"),
        ] {
            try site.write("registry/\(name).csv", header)
        }
        try site.write(
            "shouwang.yaml",
            """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1:\(site.broker.port)", client_id: test-hgs}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state}
            rules: {}

            """)
    }

    /// What somebody reads who comes now: the retained word alone.
    private func retained(_ site: DaemonFixture, _ word: String) async throws {
        let late = LiftListener(port: site.broker.port, filter: StatusTests.topic)
        try await site.wait("the retained word \(word)") {
            // A listener that had to connect twice hears it twice.
            Set(late.messages) == ["\(StatusTests.topic) \(word)"]
        }
    }

    @Test func `online after a start, offline after a clean end and after a kill, online again after each start`()
        async throws
    {
        let site = try DaemonFixture()
        try configure(site)
        let words = LiftListener(port: site.broker.port, filter: StatusTests.topic)
        try await site.wait("the listener") { words.isConnected }
        func heard(_ expected: [String]) async throws {
            try await site.wait("the words \(expected)") {
                words.messages == expected.map { "\(StatusTests.topic) \($0)" }
            }
        }
        try site.start()
        try await heard(["online"])
        try await retained(site, "online")
        #expect(site.stop() == 0)
        try await heard(["online", "offline"])
        try await retained(site, "offline")
        try site.start()
        try await heard(["online", "offline", "online"])
        // Killed, it can say nothing: what comes is the last will that the broker has of it.
        site.kill()
        try await heard(["online", "offline", "online", "offline"])
        try await retained(site, "offline")
        try site.start()
        try await heard(["online", "offline", "online", "offline", "online"])
    }

    @Test func `a broker that was killed has online again once the daemon is connected again`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        try site.start()
        try await site.wait("the start") { site.log.contains("settled: the broker") }
        try await retained(site, "online")
        site.broker.kill()
        try site.broker.start()
        let back = LiftListener(port: site.broker.port, filter: StatusTests.topic)
        try await site.wait("online after the broker's return") {
            back.messages.last == "\(StatusTests.topic) online"
        }
    }
}
