import Alerts
import Console
import Foundation
import MQTTIntake
import RecordLog
import Simulation
import Synchronization
import Testing

/// The whole daemon under real parts: mosquitto, HTTP, SQLite, a process of its own.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct FullSpeedTests {
    private static let elders = 20
    private static let lifts = 4
    private static let count = 10_000

    private struct Change: Decodable {
        var schema: String
        var change: String
        var id: String
        var rule: String
        var kind: String
        var key: String
        var site: String
        var severity: String
        var state: String
        var message: [String: String]
    }

    private func prepare(_ fixture: DaemonFixture, receiver: Int) throws {
        var places = "id,kind,parent,name,grid\nb1,building,,1栋,g1\nb2,building,,2栋,g2\ngate,area,,北门,g1\n"
        var devices = "id,place,family,kind\ngate-1,gate,access,gate\n"
        var residents = "id,dwelling,name,lives_alone\n"
        for elder in 0..<Self.elders {
            places += "d\(elder),dwelling,b\(elder % 2 + 1),10\(elder),\n"
            devices += "pir-\(elder),d\(elder),elder,pir\n"
            residents += "e\(elder),d\(elder),张阿\(elder)婆,yes\n"
        }
        for lift in 0..<Self.lifts { devices += "lift-\(lift),b\(lift % 2 + 1),camera,lift\n" }
        for side in 1...2 { devices += "facade-\(side),b\(side),camera,facade\n" }
        try fixture.write("registry/places.csv", places)
        try fixture.write("registry/devices.csv", devices)
        try fixture.write("registry/residents.csv", residents)
        try fixture.write("registry/workers.csv", "id,name,role\nw1,周敏,grid-worker\n")
        try fixture.write(
            "shouwang.yaml",
            """
            site: {id: t, name: 测试, timezone: Asia/Shanghai, language: zh-Hans}
            mqtt: {broker: "mqtt://127.0.0.1:\(fixture.broker.port)", client_id: shouwang-t, qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state/, journal: {sync: batch}}
            rules:
              no-movement: {kind: no_movement, after: 3s, severity: high, evidence: {count: 1, within: 15m}}
              throw: {kind: thrown_object}
              lift-ebike:
                kind: ebike_in_building
                zone: lift
                publish: {topic: "lift/{device}/hold", payload: '{"hold":true}', release: '{"hold":false}', fresh: 10s, max: 5s}
            routes:
              - {match: {kind: [no_movement, thrown_object, ebike_in_building]}, to: [hook]}
            channels:
              hook: {kind: webhook, url: "http://127.0.0.1:\(receiver)/alerts"}

            """)
    }

    /// 10,000 messages of three families: gates, elders' sensors, cameras.
    private func publishAll(_ fixture: DaemonFixture) async throws {
        for number in 0..<Self.count {
            let now = SystemClock.wall
            let topic: String
            let body: String
            switch number % 10 {
            case 0..<6:
                topic = "community/t/access/gate-1"
                body = "\"type\":\"pass\",\"person\":\"p\(number % 997)\",\"method\":\"face\",\"dir\":\"in\""
            case 6..<9:
                topic = "community/t/elder/pir-\(number % Self.elders)"
                body = "\"type\":\"motion\",\"battery\":\(number % 100)"
            default:
                let lift = number / 10 % Self.lifts
                if number / 10 % 50 < 8 {
                    topic = "community/t/camera/lift-\(lift)"
                    body = "\"type\":\"ebike\",\"confidence\":0.9,\"zone\":\"lift\",\"track\":\(number)"
                } else if number / 10 % 50 == 9 {
                    topic = "community/t/camera/facade-\(number / 500 % 2 + 1)"
                    body = "\"type\":\"thrown_object\",\"confidence\":0.8,\"floor\":12"
                } else {
                    topic = "community/t/camera/lift-\(lift)"
                    body = "\"type\":\"person\",\"confidence\":0.5,\"zone\":\"lift\""
                }
            }
            let text = "{\"ts\":\(now),\"id\":\"m\(number)\",\(body)}"
            #expect(fixture.out.post(topic: topic, payload: Array(text.utf8), qos: .atLeastOnce, retain: false))
        }
        try await fixture.wait("10,000 acknowledgements") { fixture.out.counters.acknowledged >= UInt64(Self.count) }
    }

    private final class Port: Sendable { let number = Atomic(0) }

    private func withReceiver(_ fixture: DaemonFixture, _ body: (Int) async throws -> Void) async throws {
        let port = Port()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await AlertReceiver(took: { fixture.took($0) }).run { port.number.store($0, ordering: .relaxed) }
            }
            try await fixture.wait("the receiver") { port.number.load(ordering: .relaxed) != 0 }
            try await body(port.number.load(ordering: .relaxed))
            group.cancelAll()
        }
    }

    @Test func `ten thousand messages at full speed are kept, told once each, and replayed to the same bytes`()
        async throws
    {
        let fixture = try DaemonFixture()
        try await withReceiver(fixture) { port in
            try prepare(fixture, receiver: port)
            let lift = LiftListener(port: fixture.broker.port)
            try fixture.start()
            try await fixture.wait("the daemon's subscription") { fixture.log.contains("settled") }
            try await fixture.wait("the test's own connections") { fixture.out.isConnected && lift.isConnected }
            try await publishAll(fixture)

            let expected = Self.elders + 2 + Self.lifts
            func raised() -> [Change] {
                fixture.told.compactMap { try? JSONDecoder().decode(Change.self, from: Data($0)) }.filter {
                    $0.change == "raised"
                }
            }
            try await fixture.wait("\(expected) alerts at the web hook") { raised().count >= expected }
            try await fixture.wait("each lift held and released") { lift.messages.count >= 2 * Self.lifts }
            #expect(fixture.stop() == 0)

            check(raised())
            for number in 0..<Self.lifts {
                let own = lift.messages.filter { $0.hasPrefix("lift/lift-\(number)/hold") }
                #expect(
                    own == ["lift/lift-\(number)/hold {\"hold\":true}", "lift/lift-\(number)/hold {\"hold\":false}"])
            }
            try checkReplay(fixture)

            // The journal is stepped over again, and a backlog comes in: no hand is laid on a machine.
            let before = lift.messages.count
            for number in 0..<100 {
                let text =
                    "{\"ts\":\(SystemClock.wall - 600_000),\"id\":\"b\(number)\",\"type\":\"ebike\",\"confidence\":0.9,\"zone\":\"lift\"}"
                _ = fixture.out.post(
                    topic: "community/t/camera/lift-\(number % Self.lifts)", payload: Array(text.utf8),
                    qos: .atLeastOnce, retain: false)
            }
            try await fixture.wait("the backlog's acknowledgements") {
                fixture.out.counters.acknowledged >= UInt64(Self.count + 100)
            }
            try fixture.start()
            try await fixture.wait("the backlog in the journal") { records(fixture) >= Self.count + 100 }
            #expect(fixture.stop() == 0)
            #expect(lift.messages.count == before)
            try checkReplay(fixture)
        }
    }

    @Test func `somebody who is added to the registry later is told of, though the silence lies behind`() async throws {
        let fixture = try DaemonFixture()
        try await withReceiver(fixture) { port in
            try prepare(fixture, receiver: port)
            let all = try String(contentsOfFile: fixture.folder + "/registry/residents.csv", encoding: .utf8)
            let first = all.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n"
            try fixture.write("registry/residents.csv", first)
            try fixture.start()
            try await fixture.wait("the first elder's alert") { fixture.told.count == 1 }
            #expect(fixture.stop() == 0)
            try fixture.write("registry/residents.csv", all)
            try fixture.start()
            try await fixture.wait("the others' alerts") { fixture.told.count == Self.elders }
            #expect(fixture.stop() == 0)
            let before = fixture.log.count
            try fixture.start()
            try await fixture.wait("the third start") { fixture.log.dropFirst(before).contains("settled") }
            #expect(fixture.stop() == 0)
            #expect(fixture.told.count == Self.elders, "nobody is told of twice")
        }
    }

    /// Every alert once, and valid against the contract.
    private func check(_ raised: [Change]) {
        #expect(Set(raised.map(\.id)).count == raised.count)
        let byKind = Dictionary(grouping: raised, by: \.kind).mapValues { Set($0.map(\.key)) }
        #expect(byKind["no_movement"] == Set((0..<Self.elders).map { "d\($0)" }))
        #expect(byKind["thrown_object"] == ["b1", "b2"])
        #expect(byKind["ebike_in_building"] == Set((0..<Self.lifts).map { "lift-\($0)" }))
        for change in raised {
            #expect(change.schema == "shouwang.alert/1")
            #expect(change.id.count == 16 && change.id.allSatisfy { $0.isHexDigit })
            #expect(change.state == "open" && change.site == "t")
            #expect(change.message["zh-Hans"]?.contains("编号\(change.id.prefix(6).uppercased())") == true)
            #expect(change.message["en"]?.isEmpty == false)
            #expect(change.message["zh-Hans"]?.contains("张阿") != true, "names are masked")
        }
    }

    /// What the web hook got is what the journal gives, byte for byte.
    private func checkReplay(_ fixture: DaemonFixture) throws {
        let result = try DaemonFixture.run([
            "replay", fixture.journal, "--config", fixture.config, "--alerts", "-", "--strict",
        ])
        #expect(result.code == 0, "\(result.talk)")
        let replayed = result.output.split(separator: "\n").map { Array($0.utf8) }
        let told = Set(fixture.told)
        #expect(told.count == fixture.told.count, "each change is told once")
        let isSame = Set(replayed) == told
        #expect(isSame, "replayed \(replayed.count) changes, told \(told.count)")
    }

    /// Records of the community in the journal.
    private func records(_ fixture: DaemonFixture) -> Int {
        guard let segments = try? JournalFolder.segments(in: fixture.journal) else { return 0 }
        return segments.reduce(0) { sum, segment in
            let text = (try? String(contentsOfFile: fixture.journal + "/" + segment.name, encoding: .utf8)) ?? ""
            return sum + text.split(separator: "\n").count { $0.contains("\"topic\":\"community/") }
        }
    }
}
