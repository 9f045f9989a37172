import Foundation
import MQTTIntake
import RecordLog
import Simulation
import Testing
import Vocabulary

/// `why` and `why-not` as a person meets them: over logs, over a journal folder, and beside a daemon that runs.
@Suite(.timeLimit(.minutes(5)))
struct WhyTests {
    // MARK: why

    @Test func `why tells records, times, thresholds and coverage of an alert, by its first digits`() throws {
        let place = try WhySite(Quiet.rule)
        try place.tell(Quiet.sorted(Quiet.silence(hours: 40)))
        let raised = try #require(try place.replay().first)
        for name in [raised.id, String(raised.id.prefix(6)).uppercased()] {
            let told = try place.run(["why", name, place.log])
            #expect(told.code == 0, "\(told.talk)")
            let lines = told.output.split(separator: "\n").map(String.init)
            #expect(lines.first == "\(raised.id)  quiet (no_movement)  3栋/2单元/502  medium")
            #expect(lines.contains { $0.hasPrefix("Rule: ") && $0.contains("24 hours") })
            #expect(lines.contains("Began: 2026-03-05 08:02:00"))
            #expect(lines.contains("Fired: 2026-03-06 08:02:00 (24 h after it began)"))
            #expect(lines.contains { $0.hasPrefix("  2026-03-06 0") && $0.contains("  raised  [Alert: medium]") })
            #expect(lines.contains("Verdict: no movement at home (not_moving)"))
            #expect(lines.contains("  last sign of life: 2026-03-05 08:02:00, 3栋2单元502 客厅红外"))
            #expect(
                lines.contains("  of that time: watched 100 %, the system was down 0 %, no device was alive 0 %"))
            // Of the 44 records the three that corroborate each other, and began the silence.
            #expect(
                lines.suffix(4) == [
                    "Evidence:", "  record 10, 2026-03-05 08:00:00: 客厅红外 motion on → 3栋2单元502 罗*华",
                    "  record 11, 2026-03-05 08:01:00: 客厅红外 motion on → 3栋2单元502 罗*华",
                    "  record 12, 2026-03-05 08:02:00: 客厅红外 motion on → 3栋2单元502 罗*华",
                ])
        }
    }

    @Test func `why reads the store's journal where no log is named`() throws {
        let place = try WhySite(Quiet.rule)
        try place.tell(Quiet.sorted(Quiet.silence(hours: 40)))
        let lines = try String(contentsOfFile: place.log, encoding: .utf8).split(separator: "\n")
        var first: Int64 = 1
        // Two segments, cut in the silence.
        for part in [lines.prefix(20), lines.dropFirst(20)] {
            let says = "{\"first\":\(first),\"version\":1}"
            let head = "{\"tst\":\(WhySite.origin),\"topic\":\"$shouwang/segment\",\"payload\":\(says)}"
            let name = "state/journal/" + JournalFolder.name(first: first)
            try place.write(name, ([head[...]] + part).joined(separator: "\n") + "\n")
            first += Int64(part.count) + 1
        }
        let raised = try #require(try place.replay().first)
        let told = try place.run(["why", raised.id])
        #expect(told.code == 0, "\(told.talk)")
        #expect(told.output.contains("Began: 2026-03-05 08:02:00\n"))
        #expect(told.output.contains(", 2026-03-05 08:02:00: 客厅红外 motion on"))
        let not = try place.run(["why-not", "3栋/2单元/502"])
        #expect(not.code == 0 && not.output.contains("raised, stage 1"), "\(not)")
    }

    @Test func `an alert that is not there, no id, no log: each is told with the exit code of its kind`() throws {
        let place = try WhySite(Quiet.rule)
        try place.tell(Quiet.sorted(Quiet.silence(hours: 40)))
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
        let place = try WhySite(Quiet.rule)
        try place.tell(Quiet.sorted(Quiet.silence(hours: 40)))
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
            rule: Quiet.rule, key: "3栋/2单元/502", records: Quiet.silence(hours: 20),
            says: "the last sign of life that is believed was"),
        Waiting(
            rule: "  door: {kind: door_held_open, after: 3m}", key: "door-1",
            records: [(600, "access/door-1", "\"type\":\"door_open\""), (601, "access/gate-1", "\"type\":\"online\"")],
            says: "it has lasted 1 min; it takes 3 min"),
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
            says: "heard of 1 h ago; it is silent after 2 h 30 min"),
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
            rule: Quiet.rule, key: "3栋/2单元/502", records: Quiet.silence(hours: 20), away: "2026-03-05,2026-03-06",
            says: "away as was told"),
    ]

    @Test(arguments: waiting)
    func `the instant that why-not tells is the one at which a replay fires`(_ case: Waiting) throws {
        let place = try WhySite(`case`.rule, away: `case`.away)
        try place.tell(Quiet.sorted(`case`.records))
        let told = try place.run(["why-not", `case`.key, place.log])
        #expect(told.code == 0, "\(told.talk)")
        #expect(told.output.contains(`case`.says), "\(told.output)")
        let due = told.output.components(separatedBy: "it fires at ").dropFirst().map { $0.prefix(19) }
        let raised = try place.replay(["--through", "2026-03-20T00:00:00"]).filter {
            $0.change == "raised" && $0.key == `case`.key
        }
        let detected = (raised.first?.detected.prefix(19)).map { String($0).replacing("T", with: " ") }
        #expect(!raised.isEmpty && due.last.map(String.init) == detected, "\(told.output)")
        #expect(due.count == 1, "one instant: \(told.output)")
    }

    @Test func `where something must come, why-not says what, and names no instant`() throws {
        let place = try WhySite("  again: {kind: thrown_object_repeat, at_least: 3, within: 7d}")
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
        var raised: [WhyChange] = []
        try await site.wait("the alert") {
            let replayed = try? DaemonFixture.run(["replay", site.journal, "--config", site.config, "--alerts", "-"])
            raised = (try? WhyChange.all(in: replayed?.output ?? "")) ?? []
            return !raised.isEmpty
        }
        let why = try DaemonFixture.run(["why", String(raised[0].id.prefix(6)), "--config", site.config])
        #expect(why.code == 0 && why.output.contains("sos (sos)  b1/1/101  critical"), "\(why)")
        #expect(why.output.contains("motion sensor (bed1) sos"))
        let not = try DaemonFixture.run(["why-not", "b1/1/101", "--config", site.config, "--rule", "quiet"])
        #expect(not.code == 0 && not.output.contains("fires at"), "\(not)")
        #expect(site.stop() == 0)
    }
}
