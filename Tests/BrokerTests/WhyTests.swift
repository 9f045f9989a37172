import Foundation
import MQTTIntake
import RecordLog
import Simulation
import Testing

/// `why` and `why-not` as a person meets them: over logs, over a journal folder, and beside a daemon that runs.
@Suite(.timeLimit(.minutes(5)))
struct WhyTests {
    /// An invented site with its log. 2026-03-05T00:00:00+08:00 is the log's beginning.
    private final class Place {
        static let origin: Int64 = 1_772_640_000_000
        let folder: String
        var config: String { folder + "/shouwang.yaml" }
        var log: String { folder + "/log.jsonl" }

        init(_ rules: String, away: String = "") throws {
            folder = FileManager.default.temporaryDirectory.path + "/shouwang-why-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder + "/registry", withIntermediateDirectories: true)
            try FileManager.default.createDirectory(
                atPath: folder + "/state/journal", withIntermediateDirectories: true)
            try write("registry/places.csv", "id,kind,name\nb3,building,3栋\nnorth,area,北门\n")
            try write(
                "registry/devices.csv",
                """
                id,place,family,kind,heartbeat,name
                pir-1,3栋/2单元/502,elder,pir,1h,客厅红外
                gate-1,north,access,gate,,北门
                door-1,b3,access,unit_door,,
                side-1,b3,camera,facade,,

                """)
            try write(
                "registry/residents.csv",
                "id,dwelling,name,care,credentials,away_from,away_until\ne1,3栋/2单元/502,罗桂华,独居,c1,\(away)\n")
            try write(
                "shouwang.yaml",
                """
                site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
                mqtt: {broker: "mqtt://127.0.0.1", client_id: t, qos: 1}
                registry: registry/
                feeds: [{topic: "community/+/+/+", format: native}]
                store: {path: state/}
                rules:
                \(rules)
                channels: {board: {kind: mqtt}}
                routes: [{match: {}, to: [board]}]

                """)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        }

        /// - Parameter records: minutes after the beginning, path, and the payload's members.
        func tell(_ records: [(minute: Int64, path: String, body: String)]) throws {
            let lines = records.map { record in
                let topic = record.path.hasPrefix("$") ? record.path : "community/hgs/" + record.path
                let stamp = Place.origin + record.minute * 60_000
                return "{\"tst\":\(stamp),\"topic\":\"\(topic)\",\"payload\":{\(record.body)}}\n"
            }
            try write("log.jsonl", lines.joined())
        }

        func run(_ arguments: [String]) throws -> (code: Int32, output: String, talk: String) {
            try DaemonFixture.run(arguments + ["--config", config])
        }

        /// The changes that a replay gives, as far as they are looked at here.
        func replay(_ more: [String] = []) throws -> [Change] {
            let replayed = try run(["replay", log, "--alerts", "-"] + more)
            #expect(replayed.code == 0, "\(replayed.talk)")
            return try Change.all(in: replayed.output)
        }
    }

    private struct Change: Decodable {
        var change: String
        var id: String
        var rule: String
        var key: String
        var started: String
        var detected: String

        static func all(in lines: String) throws -> [Change] {
            try lines.split(separator: "\n").map { try JSONDecoder().decode(Change.self, from: Data($0.utf8)) }
        }
    }

    private static let quiet = "  quiet: {kind: no_movement, stages: [{after: 24h, severity: medium}]}"

    /// Moved at eight in the morning, and not since; the sensor goes on.
    private static func silence(hours: Int64) -> [(minute: Int64, path: String, body: String)] {
        (0...hours).map { (minute: $0 * 60, path: "elder/pir-1", body: "\"type\":\"heartbeat\"") }
            + [480, 481, 482].map { (minute: $0, path: "elder/pir-1", body: "\"type\":\"motion\"") }
    }

    private static func sorted(
        _ records: [(minute: Int64, path: String, body: String)]
    ) -> [(minute: Int64, path: String, body: String)] { records.sorted { $0.minute < $1.minute } }

    // MARK: why

    @Test func `why tells records, times, thresholds and coverage of an alert, by its first digits`() throws {
        let place = try Place(WhyTests.quiet)
        try place.tell(WhyTests.sorted(WhyTests.silence(hours: 40)))
        let raised = try #require(try place.replay().first)
        for name in [raised.id, String(raised.id.prefix(6)).uppercased()] {
            let told = try place.run(["why", name, place.log])
            #expect(told.code == 0, "\(told.talk)")
            let lines = told.output.split(separator: "\n").map(String.init)
            #expect(lines.first == "\(raised.id)  quiet (no_movement)  3栋/2单元/502  medium")
            #expect(lines.contains { $0.hasPrefix("Rule: ") && $0.contains("24 hours") })
            #expect(lines.contains("Began: 2026-03-05T08:02:00.000+08:00"))
            #expect(lines.contains("Fired: 2026-03-06T08:02:00.000+08:00 (24h after it began)"))
            #expect(lines.contains { $0.hasPrefix("  2026-03-06T08:02:00.000+08:00  raised  medium  ") })
            #expect(lines.contains("Verdict: not_moving"))
            #expect(lines.contains { $0.hasPrefix("Numbers: ") && $0.contains("\"watched\":1") })
            // Of the 43 records the one that the silence began with.
            #expect(
                lines.last?.hasPrefix("  record 12 arrived 2026-03-05T08:02:00.000+08:00 08:02:00 客厅红外 motion on")
                    == true)
        }
    }

    @Test func `why reads the store's journal where no log is named`() throws {
        let place = try Place(WhyTests.quiet)
        try place.tell(WhyTests.sorted(WhyTests.silence(hours: 40)))
        let lines = try String(contentsOfFile: place.log, encoding: .utf8).split(separator: "\n")
        var first: Int64 = 1
        // Two segments, cut in the silence.
        for part in [lines.prefix(20), lines.dropFirst(20)] {
            let says = "{\"first\":\(first),\"version\":1}"
            let head = "{\"tst\":\(Place.origin),\"topic\":\"$shouwang/segment\",\"payload\":\(says)}"
            let name = "state/journal/" + JournalFolder.name(first: first)
            try place.write(name, ([head[...]] + part).joined(separator: "\n") + "\n")
            first += Int64(part.count) + 1
        }
        let raised = try #require(try place.replay().first)
        let told = try place.run(["why", raised.id])
        #expect(told.code == 0, "\(told.talk)")
        #expect(told.output.contains("Began: 2026-03-05T08:02:00.000+08:00\n"))
        #expect(told.output.contains("arrived 2026-03-05T08:02:00.000+08:00"))
        let not = try place.run(["why-not", "3栋/2单元/502"])
        #expect(not.code == 0 && not.output.contains("raised, stage 1"), "\(not)")
    }

    @Test func `an alert that is not there, no id, no log: each is told with the exit code of its kind`() throws {
        let place = try Place(WhyTests.quiet)
        try place.tell(WhyTests.sorted(WhyTests.silence(hours: 40)))
        let unknown = try place.run(["why", "0123ab", place.log])
        #expect(unknown.code == 66 && unknown.output.isEmpty)
        #expect(unknown.talk.contains("0123AB") && unknown.talk.contains("name the logs of that time"))
        let noID = try place.run(["why", "quiet", place.log])
        #expect(noID.code == 64 && noID.talk.contains("\"quiet\" is no alert's id"))
        for command in [["why", "0123ab"], ["why-not", "3栋/2单元/502"]] {
            let noJournal = try place.run(command)
            #expect(noJournal.code == 66 && noJournal.talk.contains("state/journal"), "\(noJournal)")
        }
        #expect(try DaemonFixture.run(["why", "0123ab", place.log, "--config", "/nonexistent.yaml"]).code == 78)
        let noRule = try place.run(["why-not", "3栋/2单元/502", place.log, "--rule", "quit"])
        #expect(noRule.code == 64 && noRule.talk.contains("no rule \"quit\"; did you mean quiet?"), "\(noRule)")
    }

    @Test func `a key that nobody knows is told as such`() throws {
        let place = try Place(WhyTests.quiet)
        try place.tell(WhyTests.sorted(WhyTests.silence(hours: 40)))
        let other = try place.run(["why-not", "3栋/2单元/503", place.log])
        #expect(other.code == 66 && other.talk.contains("3栋/2单元/503") && other.talk.contains("3栋/2单元/502"), "\(other)")
        let ofRule = try place.run(["why-not", "3栋/2单元/503", place.log, "--rule", "quiet"])
        #expect(ofRule.output.contains("it has met nothing of \"3栋/2单元/503\"; this rule counts by dwelling"))
        try place.write("log.jsonl", "")
        let empty = try place.run(["why-not", "3栋/2单元/502", place.log])
        #expect(empty.code == 66 && empty.talk.contains("no record"), "\(empty)")
    }

    // MARK: why-not

    struct Waiting: Sendable, CustomTestStringConvertible {
        var rule: String
        var key: String
        var records: [(minute: Int64, path: String, body: String)]
        var away = ""
        /// What the answer says besides.
        var says: String
        var testDescription: String { rule }
    }

    static let waiting: [Waiting] = [
        Waiting(
            rule: quiet, key: "3栋/2单元/502", records: silence(hours: 20),
            says: "the last sign of life that is believed was"),
        Waiting(
            rule: "  door: {kind: door_held_open, after: 3m}", key: "door-1",
            records: [(600, "access/door-1", "\"type\":\"door_open\""), (601, "access/gate-1", "\"type\":\"online\"")],
            says: "it has lasted 1m; it takes 3m"),
        Waiting(
            rule: "  back: {kind: not_returned, after: 12h}", key: "e1",
            records: [
                (600, "access/gate-1", "\"type\":\"pass\",\"person\":\"e1\",\"dir\":\"out\""),
                (660, "access/gate-1", "\"type\":\"online\""),
            ], says: "it began 1 h ago and waits for what follows"),
        Waiting(
            rule: "  guest: {kind: visitor_overstay, after: 2h}", key: "v7",
            records: [
                (600, "access/gate-1", "\"type\":\"visitor_pass\",\"visit\":\"v7\",\"dir\":\"in\""),
                (660, "access/gate-1", "\"type\":\"online\""),
            ], says: "it began 1 h ago and waits for what follows"),
        Waiting(
            rule: "  dead: {kind: device_silent}", key: "pir-1",
            records: [(600, "elder/pir-1", "\"type\":\"heartbeat\""), (660, "access/gate-1", "\"type\":\"online\"")],
            says: "heard of 1 h ago; it is silent after 150m"),
        // The box did not listen for three hours meanwhile.
        Waiting(
            rule: "  dead: {kind: device_silent}", key: "pir-1",
            records: [
                (600, "elder/pir-1", "\"type\":\"heartbeat\""), (610, "$shouwang/session", "\"state\":\"lost\""),
                (790, "$shouwang/session", "\"state\":\"connected\",\"present\":true"),
                (791, "$shouwang/session", "\"state\":\"settled\""), (792, "access/gate-1", "\"type\":\"online\""),
            ], says: "heard of 3 h 12 min ago"),
        // Away to the end of the sixth: counted from then on.
        Waiting(
            rule: quiet, key: "3栋/2单元/502", records: silence(hours: 20), away: "2026-03-05,2026-03-06",
            says: "away as was told"),
    ]

    @Test(arguments: waiting)
    func `the instant that why-not tells is the one at which a replay fires`(_ case: Waiting) throws {
        let place = try Place(`case`.rule, away: `case`.away)
        try place.tell(WhyTests.sorted(`case`.records))
        let told = try place.run(["why-not", `case`.key, place.log])
        #expect(told.code == 0, "\(told.talk)")
        #expect(told.output.contains(`case`.says), "\(told.output)")
        let due = told.output.components(separatedBy: "it fires at ").dropFirst().map { $0.prefix(29) }
        let raised = try place.replay(["--through", "2026-03-20T00:00:00"]).filter {
            $0.change == "raised" && $0.key == `case`.key
        }
        #expect(!raised.isEmpty && due.last.map(String.init) == raised.first?.detected, "\(told.output)")
        #expect(due.count == 1, "one instant: \(told.output)")
    }

    @Test func `where something must come, why-not says what, and names no instant`() throws {
        let place = try Place("  again: {kind: thrown_object_repeat, at_least: 3, within: 7d}")
        try place.tell(
            [10, 300].map {
                (minute: $0, path: "camera/side-1", body: "\"type\":\"thrown_object\",\"confidence\":0.9")
            })
        let told = try place.run(["why-not", "b3", place.log, "--rule", "again"])
        #expect(told.code == 0 && told.output.contains("2") && told.output.contains("3"), "\(told)")
        #expect(!told.output.contains("fires at"))
    }

    // MARK: Beside a daemon

    @Test func `both answer beside a daemon that runs, from its journal`() async throws {
        let site = try DaemonFixture()
        try site.write("registry/places.csv", "id,kind\nb1,building\n")
        try site.write("registry/devices.csv", "id,place,family,kind,heartbeat\nbed1,b1/1/101,elder,pir,1h\n")
        try site.write("registry/residents.csv", "id,dwelling,name,care\ne1,b1/1/101,Ann Lo,lives alone\n")
        try site.write(
            "shouwang.yaml",
            """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1:\(site.broker.port)", client_id: test-why, qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state}
            rules:
              sos: {kind: sos}
              quiet: {kind: no_movement, after: 72h}
            channels: {board: {kind: mqtt}}
            routes: [{match: {}, to: [board]}]

            """)
        try site.start()
        try await site.wait("start") { site.log.contains("settled: the broker") }
        let outcome = await site.out.publish(
            topic: "community/hgs/elder/bed1", payload: Array("{\"type\":\"sos\",\"id\":\"1\"}".utf8),
            qos: .atLeastOnce, retain: false)
        #expect(outcome == .acknowledged)
        var raised: [Change] = []
        try await site.wait("the alert") {
            let replayed = try? DaemonFixture.run(["replay", site.journal, "--config", site.config, "--alerts", "-"])
            raised = (try? Change.all(in: replayed?.output ?? "")) ?? []
            return !raised.isEmpty
        }
        let why = try DaemonFixture.run(["why", String(raised[0].id.prefix(6)), "--config", site.config])
        #expect(why.code == 0 && why.output.contains("sos (sos)  b1/1/101  critical"), "\(why)")
        #expect(why.output.contains("bed1 sos"))
        let not = try DaemonFixture.run(["why-not", "b1/1/101", "--config", site.config, "--rule", "quiet"])
        #expect(not.code == 0 && not.output.contains("fires at"), "\(not)")
        #expect(site.stop() == 0)
    }
}
