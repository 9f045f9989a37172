import Foundation
import MQTTIntake
import Simulation
import Testing

/// Two scenes with everything real, seconds for minutes: an elder is not seen, somebody is told, somebody goes.
@Suite(.timeLimit(.minutes(5)))
struct SceneTests {
    /// People are told over a robot that nobody answers at: what is looked at is who is told, and when.
    private static func town() async throws -> DaemonFixture {
        let site = try DaemonFixture()
        try site.write("registry/places.csv", "id,kind,grid\nb1,building,g1\n")
        try site.write("registry/devices.csv", "id,place,family,kind\npir1,b1/1/101,elder,pir\n")
        try site.write(
            "registry/residents.csv",
            "id,dwelling,name,phone,care,family,key_holder\ne1,b1/1/101,Ann Lo,13800000001,lives alone,"
                + "Daughter:13800000002,Neighbour 13800000003\n")
        try site.write(
            "registry/workers.csv",
            """
            id,name,role,phone,grid,channels
            gw1,Wang Fang,grid-worker,13900000001,g1,robot:gw1
            cm1,Li Na,community,13900000002,,robot:cm1
            st1,Zhao Min,street,13900000003,,robot:st1
            pr1,Sun Jie,property,13900000004,,robot:pr1

            """)
        try site.write(
            "shouwang.yaml",
            """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1:\(site.broker.port)", client_id: test-hgs, qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state}
            rules:
              no-movement: {kind: no_movement, after: 10s, severity: high, evidence: {count: 1}}
            routes:
              - match: {kind: [no_movement]}
                to: [grid-worker]
                escalate: [{after: 5s, to: [community]}, {after: 15s, to: [street]}]
              - {to: [property]}
            channels:
              robot: {kind: wecom, key: {file: key}, base_url: "http://127.0.0.1:9"}
            console: {listen: "127.0.0.1:\(PrivateBroker.freePort())"}

            """)
        try site.write("key", "k\n")
        try site.start()
        try await site.wait("the start") { site.log.contains("settled: the broker") }
        let outcome = await site.out.publish(
            topic: "community/hgs/elder/pir1", payload: Array(#"{"type":"motion"}"#.utf8), qos: .atLeastOnce,
            retain: false)
        #expect(outcome == .acknowledged)
        // A home counts from the start on: one that was raised before the motion came is over with it.
        try await site.wait("the alert", seconds: 90) { (try? alert(site)) != nil }
        return site
    }

    private static func ask(_ site: DaemonFixture, _ arguments: [String]) throws -> [String: Any] {
        let told = try DaemonFixture.run(["alerts"] + arguments + ["--config", site.config, "--json"])
        let value = try? JSONSerialization.jsonObject(with: Data(told.output.utf8)) as? [String: Any]
        guard told.code == 0, let value else {
            throw Failure(description: "\(arguments): \(told.code) \(told.output) \(told.talk)")
        }
        return value
    }

    private struct Failure: Error, CustomStringConvertible { var description: String }

    private static func alert(_ site: DaemonFixture) throws -> String {
        let alerts = try ask(site, ["list"])["alerts"] as? [[String: Any]] ?? []
        let open = alerts.first { alert in
            alert["kind"] as? String == "no_movement"
                && ["open", "dispatched"].contains(alert["state"] as? String ?? "")
        }
        guard let id = open?["id"] as? String else { throw Failure(description: "no open alert") }
        return id
    }

    /// Whole seconds from the raise to each first telling, by recipient.
    private static func tellings(_ site: DaemonFixture, _ id: String) throws -> [String: Int] {
        let shown = try ask(site, ["show", id])
        let events = try #require(shown["events"] as? [[String: Any]])
        let raised = try #require(events.first.flatMap { time($0["at"]) })
        var first: [String: Int] = [:]
        for delivery in try #require(shown["deliveries"] as? [[String: Any]]) {
            guard let who = delivery["recipient"] as? String, let at = time(delivery["at"]) else { continue }
            let after = Int((at.timeIntervalSince(raised)).rounded())
            first[who] = min(first[who] ?? .max, after)
        }
        return first
    }

    private static func time(_ text: Any?) -> Date? {
        let form = ISO8601DateFormatter()
        form.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        return (text as? String).flatMap(form.date(from:))
    }

    private static func events(_ site: DaemonFixture, _ id: String) throws -> [String] {
        try #require(ask(site, ["show", id])["events"] as? [[String: Any]]).compactMap { $0["change"] as? String }
    }

    /// What the journal gives again: the live changes less those of delivery.
    private static func expectSameReplay(_ site: DaemonFixture, _ id: String) throws {
        let shown = try #require(ask(site, ["show", id])["events"] as? [[String: Any]])
        #expect(site.stop() == 0)
        let replay = try DaemonFixture.run(["replay", site.journal, "--config", site.config, "--alerts", "-"])
        #expect(replay.code == 0, "\(replay.talk)")
        let lines = replay.output.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        let ofDelivery: Set = ["dispatched", "escalated", "renotified"]
        let live = shown.filter { !ofDelivery.contains($0["change"] as? String ?? "") || $0["act"] != nil }
        let again = lines.filter { $0["id"] as? String == id }
        #expect(live.count == again.count && live.count > 2)
        for (live, again) in zip(live, again) {
            // The API masks words for whoever may not see names; all else is the same.
            for key in ["change", "at", "severity", "state", "actor", "assignee", "found", "note"] {
                #expect(again[key] as? String == live[key] as? String, "\(key) of \(again)")
            }
            let acts = [again, live].map { NSDictionary(dictionary: $0["act"] as? [String: Any] ?? [:]) }
            #expect(acts[0] == acts[1])
        }
    }

    @Test func `nobody reacts, community and street are told, the street goes, another checks, it is closed`()
        async throws
    {
        let site = try await SceneTests.town()
        let id = try SceneTests.alert(site)
        try await site.wait("the street", seconds: 40) { (try? SceneTests.tellings(site, id)["st1"]) ?? nil != nil }
        let told = try SceneTests.tellings(site, id)
        #expect(told["gw1"] == 0)
        #expect((5...7).contains(told["cm1"] ?? -1) && (15...17).contains(told["st1"] ?? -1), "\(told)")
        #expect(told["pr1"] == nil)
        let taken = try SceneTests.ask(site, ["ack", id, "--actor", "st1"])
        #expect(taken["state"] as? String == "acknowledged" && taken["assignee"] as? String == "st1")
        _ = try SceneTests.ask(site, ["arrive", id, "--actor", "st1"])
        let handled = try SceneTests.ask(
            site,
            [
                "handle", id, "--actor", "st1", "--found", "away", "--until", "2026-12-06", "--by", "visit",
                "--alert-right", "yes", "--note", "with her daughter",
            ])
        #expect(handled["state"] as? String == "handled" && handled["found"] as? String == "away")
        let own = try DaemonFixture.run(["alerts", "check", id, "--ok", "--actor", "st1", "--config", site.config])
        #expect(own.code != 0, "nobody checks what they handled themselves")
        let closed = try SceneTests.ask(site, ["check", id, "--ok", "--actor", "cm1"])
        #expect(closed["state"] as? String == "closed")
        let late = try DaemonFixture.run(["alerts", "ack", id, "--actor", "gw1", "--config", site.config])
        #expect(late.code != 0 && late.talk.contains("closed"), "\(late)")
        let events = try SceneTests.events(site, id)
        #expect(events.filter { $0 == "escalated" }.count == 2)
        #expect(events.suffix(5) == ["acknowledged", "arrived", "handled", "checked", "closed"])
        let figures = try SceneTests.figures(site)
        // One that was over before the motion came counts as resolved.
        let resolved = try #require(figures["resolved"] as? Int)
        #expect(figures["group"] as? String == "g1" && figures["closed"] as? Int == 1, "\(figures)")
        #expect(figures["cases"] as? Int == 1 + resolved, "\(figures)")
        let acknowledged = try #require((figures["acknowledge"] as? [String: Any])?["median"] as? Int)
        let ended = try #require((figures["close"] as? [String: Any])?["median"] as? Int)
        #expect(acknowledged >= 15 && ended >= acknowledged && ended < 90, "\(figures)")
        #expect((figures["not_right"] as? [String: Any])?["of"] as? Int == 1 && figures["rework"] as? Int == 0)
        try SceneTests.expectSameReplay(site, id)
    }

    /// What the API tells of the grid.
    private static func figures(_ site: DaemonFixture) throws -> [String: Any] {
        let token = try DaemonFixture.run(["token", "add", "figures", "--role", "viewer", "--config", site.config])
        let yaml = try String(contentsOfFile: site.config, encoding: .utf8)
        let listen = try #require(yaml.firstMatch(of: /listen: "([^"]*)"/)).output.1
        let curl = Process()
        curl.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        let bearer = token.output.trimmingCharacters(in: .whitespacesAndNewlines)
        curl.arguments = [
            "-sS", "-H", "Authorization: Bearer \(bearer)", "http://\(listen)/api/v1/evaluation?by=grid",
        ]
        let told = try curl.outcome(of: "")
        let value = try JSONSerialization.jsonObject(with: Data(told.output.utf8)) as? [String: Any]
        return try #require((value?["rows"] as? [[String: Any]])?.first, "\(told)")
    }

    @Test func `nobody opens: the next tier is told at once, and the one behind keeps its distance`() async throws {
        let site = try await SceneTests.town()
        let id = try SceneTests.alert(site)
        _ = try SceneTests.ask(site, ["ack", id, "--actor", "gw1"])
        _ = try SceneTests.ask(site, ["arrive", id, "--actor", "gw1"])
        #expect(try SceneTests.tellings(site, id)["cm1"] == nil, "taken, so nobody else is told")
        let pressed = try SceneTests.ask(site, ["escalate", id, "--actor", "gw1", "--reason", "no_access"])
        #expect(pressed["state"] as? String == "on_site")
        try await site.wait("the street", seconds: 40) { (try? SceneTests.tellings(site, id)["st1"]) ?? nil != nil }
        let told = try SceneTests.tellings(site, id)
        let distance = (told["st1"] ?? 0) - (told["cm1"] ?? 0)
        #expect((9...12).contains(distance), "15 s less 5 s: \(told)")
        let handled = try SceneTests.ask(
            site, ["handle", id, "--actor", "gw1", "--found", "rescued", "--by", "visit", "--alert-right", "yes"])
        #expect(handled["state"] as? String == "handled")
        _ = try SceneTests.ask(site, ["check", id, "--ok", "--actor", "pr1"])
        try SceneTests.expectSameReplay(site, id)
    }
}
