import Community
import FileIO
import ConfigReading
import Diagnostics
import Foundation
import SiteConfiguration
import Testing

@testable import Daemon
@testable import SiteLoading

/// `check` says which rules wait for what no feed of the site can tell.
@Suite struct FeedReachTests {
    private static let bare = """
        topic: "vendor/{home}/{sensor}"
        device: "{home}"
        events:
          - when: {"{sensor}": pir}
            kind: motion
          - when: {"{sensor}": cell}
            kind: heartbeat
          - when: {"{sensor}": [gate]}
            kind: pass
          - when: {"{sensor}": guest}
            kind: visitor_pass
          - when: {"{sensor}": cam}
            kind: ebike
          - when: {"{sensor}": door}
            kind: door_open
          - when: {"{sensor}": help}
            kind: sos

        """
    private static let devices = "id,place,family,kind,dir\ng1,gates,access,gate,\n"

    private static func told(
        _ rule: String, mapping: String = bare, feeds: [String] = ["mapping"], devices: String = devices
    ) throws -> [Diagnostic] {
        let (settings, registry) = try site(rule, mapping: mapping, feeds: feeds, devices: devices)
        return FeedReach(settings, registry).problems(settings.rules)
    }

    private static func site(
        _ rule: String, mapping: String = bare, feeds: [String], devices: String = devices
    ) throws -> (Settings, Registry) {
        let lines = feeds.map { feed in
            feed == "mapping"
                ? "  - {topic: \"vendor/#\", format: mapping, mapping: v.yaml, name: vendor}"
                : "  - {topic: \"\(feed)\", format: native}"
        }
        let yaml = """
            site: {id: s, name: S, timezone: Asia/Shanghai}
            mqtt: {broker: "mqtt://127.0.0.1"}
            registry: registry/
            feeds:
            \(lines.joined(separator: "\n"))
            store: {path: state}
            rules:
              r: \(rule)
            channels: {board: {kind: mqtt}}
            routes: [{match: {}, to: [board]}]

            """
        let (settings, wrong) = Settings.parse(
            Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc"
        ) { (_) throws(FileError) in Array(mapping.utf8) }
        let found = try #require(settings, "\(wrong.map { $0.rendered(in: .en) })")
        var files = RegistryFiles()
        for (name, text) in [("places", "id,kind,name\ngates,area,大门\n"), ("devices", devices)] {
            files.files.append((name: name + ".csv", path: name + ".csv", bytes: Array(text.utf8)))
        }
        return (found, Registry.load(files).0)
    }

    /// A rule, what it lacks, and what the mapping needs so that it is right.
    static let lacking: [(rule: String, code: String, lacks: String, remedy: String, mend: (String, String)?)] = [
        (
            "{kind: low_battery}", "rule.never-fires", "battery", "events[].battery",
            ("kind: heartbeat", "kind: heartbeat\n    battery: /b")
        ),
        (
            "{kind: fever}", "rule.never-fires", "temperature", "events[].temp_c",
            ("kind: pass", "kind: pass\n    temp_c: /t")
        ),
        (
            "{kind: visitor_overstay}", "rule.never-fires", "direction and no visitor's code",
            "events[].dir, events[].visit",
            ("kind: visitor_pass", "kind: visitor_pass\n    visit: /v\n    dir: /d")
        ),
        (
            "{kind: ebike_in_building}", "rule.never-fires", "confidence", "events[].confidence",
            ("kind: ebike", "kind: ebike\n    confidence: /c")
        ),
        (
            "{kind: not_returned}", "rule.never-fires", "person and no direction", "person, events[].credential",
            ("kind: pass", "kind: pass\n    dir: /d\n    credential: /c")
        ),
        (
            "{kind: gate_flow, inside: 5}", "rule.never-fires", "direction", "events[].dir",
            ("kind: pass", "kind: pass\n    dir: /d")
        ),
        (
            "{kind: crowded_dwelling}", "rule.never-fires", "person", "person, events[].credential",
            ("device:", "person: \"{/who}\"\ndevice:")
        ),
        (
            "{kind: clock_fault}", "rule.never-fires", "time of its own", "time",
            ("device:", "time: {at: /t, form: iso}\ndevice:")
        ),
        ("{kind: identity_mismatch}", "rule.never-fires", "name of the device", "native feed", nil),
        (
            "{kind: report, categories: [x]}", "rule.never-fires", "resident_report, patrol_report", "resident_report",
            nil
        ),
        (
            "{kind: door_held_open}", "rule.never-ends", "door_close", "door_close",
            ("kind: sos", "kind: door_close")
        ),
        (
            "{kind: thrown_object}", "rule.never-fires", "no feed tells of thrown_object", "kind: thrown_object",
            ("kind: sos", "kind: thrown_object\n    confidence: /c")
        ),
        (
            "{kind: no_movement, evidence: {kinds: [contact]}}", "rule.always-fires", "no feed tells of contact",
            "kind: contact", ("kind: sos", "kind: contact\n    value: /v")
        ),
        (
            "{kind: expression, match: {kinds: sos}, sequence: {then: {kinds: leak}, within: 1h, missing: true}}",
            "rule.always-fires", "leak", "kind: leak", ("kind: pass", "kind: leak")
        ),
        (
            "{kind: expression, match: {kinds: pass}, distinct: {of: plate, at_least: 2, within: 1h}}",
            "rule.never-fires", "number plate", "events[].plate", ("kind: pass", "kind: pass\n    plate: /p")
        ),
        (
            "{kind: expression, match: {kinds: pass, words: [x]}, session: {}}", "rule.never-fires",
            "category or reason", "native feed", nil
        ),
    ]

    @Test(arguments: lacking.indices)
    func `a rule that waits for what no feed tells is told, with what to add; with that it is not`(_ index: Int) throws
    {
        let (rule, code, lacks, remedy, mend) = FeedReachTests.lacking[index]
        let told = try FeedReachTests.told(rule)
        #expect(told.map(\.code) == [code], "\(rule): \(told.map { $0.rendered(in: .en) })")
        let first = try #require(told.first)
        #expect(first.severity == .warning && first.line == 8)
        #expect(first.what.en.contains("rule \"r\"") && first.what.en.contains(lacks), "\(first.what.en)")
        #expect(first.remedy.en.contains(remedy), "\(first.remedy.en)")
        #expect(!first.what.zh.contains("rule") && first.what.zh.contains("规则“r”"))
        if let mend {
            let mended = FeedReachTests.bare.replacing(mend.0, with: mend.1, maxReplacements: 1)
            #expect(mended != FeedReachTests.bare)
            let rest = try FeedReachTests.told(rule, mapping: mended)
            #expect(rest.isEmpty, "\(rest.map { $0.rendered(in: .en) })")
        }
        // A native feed beside it tells everything.
        #expect(try FeedReachTests.told(rule, feeds: ["mapping", "community/+/+/+"]).isEmpty)
        #expect(try FeedReachTests.told(rule, feeds: ["community/#"]).isEmpty)
    }

    @Test(arguments: [
        "{kind: sos}", "{kind: expression, match: {kinds: sos, confidence: 0.9}, session: {}}", "{kind: device_silent}",
        "{kind: device_flooding}",
        "{kind: no_movement}", "{kind: gate_flow, passes: 3}", "{kind: gate_flow, passes: 3, inside: 5}",
        "{kind: expression, match: {kinds: [leak, sos]}, session: {}}", "{kind: door_held_open, gap: 1m}",
    ])
    func `what the mapping tells enough for is not told`(_ rule: String) throws {
        let told = try FeedReachTests.told(rule)
        #expect(told.isEmpty, "\(told.map { $0.rendered(in: .en) })")
    }

    @Test func `a gate that stands on one side tells the direction by itself`() throws {
        let oneWay = FeedReachTests.devices.replacing("gate,\n", with: "gate,in\n")
        #expect(try FeedReachTests.told("{kind: gate_flow, inside: 5}", devices: oneWay).isEmpty)
    }

    @Test func `a native feed of one family tells what that family may tell, and calls for help`() throws {
        let elders = ["community/+/elder/+"]
        #expect(try FeedReachTests.told("{kind: no_movement}", feeds: elders).isEmpty)
        #expect(try FeedReachTests.told("{kind: low_battery}", feeds: elders).isEmpty)
        #expect(try FeedReachTests.told("{kind: lift_trapped}", feeds: elders).isEmpty)
        let told = try FeedReachTests.told("{kind: fever}", feeds: elders)
        #expect(told.map(\.code) == ["rule.never-fires"] && told[0].remedy.en.contains("add a feed"), "\(told)")
    }

    @Test(arguments: [("passes: 20", 20), ("inside: 7", 7), ("passes: 3, inside: 9", 3)])
    func `a rule of a flow is noted: it fires at its number now, and what to write for what was before`(
        _ limit: String, _ number: Int
    ) throws {
        let (settings, registry) = try FeedReachTests.site("{kind: gate_flow, \(limit)}", feeds: ["community/+/+/+"])
        let told = CrossCheck.problems(settings, registry).filter { $0.code == "rule.at-the-number" }
        #expect(told.map(\.severity) == [.note] && told.first?.line == 8)
        #expect(told.first?.what.en.contains("fires at \(number) from this version on") == true)
        #expect(told.first?.remedy.en.contains("write \(number + 1)") == true)
        let (other, same) = try FeedReachTests.site("{kind: sos}", feeds: ["community/+/+/+"])
        #expect(!CrossCheck.problems(other, same).contains { $0.code == "rule.at-the-number" })
    }
}
