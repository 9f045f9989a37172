import Console
import Foundation
import MQTTIntake
import Simulation
import Testing

/// Calls for help as devices really send them, through a real broker into the journal and out of it again.
@Suite(.timeLimit(.minutes(5)))
struct CallIntakeTests {
    private func configure(_ site: DaemonFixture) throws {
        try site.write("registry/places.csv", "id,kind\nb1,building\n")
        try site.write("registry/devices.csv", "id,place,family,kind\nsos1,b1/1/101,elder,button\n")
        try site.write("registry/residents.csv", "id,dwelling,name,care\ne1,b1/1/101,Ann Lo,lives alone\n")
        try site.write(
            "shouwang.yaml",
            """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1:\(site.broker.port)", client_id: test-hgs, qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state, snapshot: 1s}
            limits: {payload: 1KB}
            rules:
              sos: {kind: sos}
            channels: {board: {kind: mqtt}}
            routes: [{match: {kind: [sos]}, to: [board]}]

            """)
    }

    private func send(_ site: DaemonFixture, _ topic: String, _ payload: [UInt8], retain: Bool = false) async {
        let outcome = await site.out.publish(
            topic: "community/hgs/" + topic, payload: payload, qos: .atLeastOnce, retain: retain)
        #expect(outcome == .acknowledged)
    }

    private func summary(_ site: DaemonFixture) throws -> [String: Any] {
        let replay = try DaemonFixture.run([
            "replay", site.journal, "--config", site.config, "--summary", "json",
        ])
        #expect(replay.code == 0, "\(replay.talk)")
        return try #require(try JSONSerialization.jsonObject(with: Data(replay.output.utf8)) as? [String: Any])
    }

    @Test func `mended and overlong calls are taken, unreadable ones are told each, and a replay agrees`() async throws
    {
        let site = try DaemonFixture()
        try configure(site)
        try site.start()
        try await site.wait("the start") { site.log.components(separatedBy: "settled: the broker").count > 1 }
        let call = Array(#"{"type":"sos"}"#.utf8)
        await send(site, "elder/s-nul", call + [0])
        await send(site, "elder/s-mark", [0xEF, 0xBB, 0xBF] + call)
        let gbk = Array(#"{"type":"sos","name":""#.utf8) + [0xC2, 0xDE, 0xD5, 0x5C] + Array("\"}".utf8)
        await send(site, "elder/s-gbk", gbk)
        let pad = String(repeating: "x", count: 4000)
        await send(site, "elder/s-long", Array(#"{"type":"SOS","pad":"\#(pad)"}"#.utf8))
        await send(site, "elder/long", Array(#"{"type":"motion","pad":"\#(pad)"}"#.utf8))
        await send(site, "elder/gone/status", [], retain: true)
        await send(site, "elder/here/status", Array("Online\n".utf8))
        for n in 1...3 { await send(site, "elder/broken-\(n)", Array(#"{"type":"sos""#.utf8)) }
        try await site.wait("the last refusal") { site.log.contains("broken-3") }
        for n in 1...3 { #expect(site.log.contains("elder/broken-\(n): it may call for help"), "\(n)") }
        #expect(site.log.contains("community/hgs/elder/long: a payload of"), "the topic is told")
        #expect(site.stop() == 0)
        let told = try summary(site)
        #expect((told["refused_by"] as? [String: Int]) == ["unreadable-call": 3], "\(told)")
        #expect((told["raised"] as? [String: Int])?["sos"] == 4, "\(told)")
        // The four calls and the status.
        #expect(told["observations"] as? Int == 5, "\(told)")
    }

    @Test func `check --who and replay list the credentials that nobody has, masked`() async throws {
        let site = try DaemonFixture()
        try configure(site)
        let absent = try DaemonFixture.run(["check", "--config", site.config, "--who"])
        #expect(absent.output.contains("unknown credentials:") && absent.output.contains("shouwang replay"))
        try site.start()
        try await site.wait("the start") { site.log.components(separatedBy: "settled: the broker").count > 1 }
        for n in 1...3 {
            await send(site, "access/gate", Array(#"{"type":"pass","credential":"04A21B9C","id":\#(n)}"#.utf8))
        }
        await send(site, "access/gate", Array(#"{"type":"pass","credential":"77"}"#.utf8))
        await send(site, "elder/sos1", Array(#"{"type":"heartbeat","battery":"low"}"#.utf8))
        #expect(site.stop() == 0)
        let told = try summary(site)
        let credentials = try #require(told["unknown_credentials"] as? [[String: Any]])
        #expect(credentials.map { $0["credential"] as? String } == ["04****9C", "**"])
        #expect(credentials.map { $0["count"] as? Int } == [3, 1] && told["unknown_persons"] as? Int == 4)
        let unreadable = try #require(told["unreadable"] as? [[String: Any]])
        #expect(unreadable.count == 1 && unreadable[0]["device"] as? String == "sos1")
        #expect(unreadable[0]["field"] as? String == "battery" && unreadable[0]["count"] as? Int == 1)
        let who = try DaemonFixture.run(["check", "--config", site.config, "--who"])
        #expect(who.output.contains("04****9C\tgate\t3 times") && !who.output.contains("04A21B9C"), "\(who.output)")
    }
}
