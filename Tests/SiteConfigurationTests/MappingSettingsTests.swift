import Diagnostics
import Foundation
import Testing
import Timekeeping
import Vocabulary

@testable import ConfigReading
@testable import Feeds
@testable import SiteConfiguration

@Suite struct MappingSettingsTests {
    private let good = """
        topic: "nears/{home}/+/{sensor}"
        device: "{home}-{/sub~1ject}"
        time: {at: /sentAt, form: iso}
        events:
          - when: {/sensor: motion, "{sensor}": [a, b]}
            kind: motion
            value: {at: /state, table: {ON: on, OFF: off, "7": 7}}
          - when: {/on: true}
            kind: contact
            value: /state
            confidence: /score
            battery: /power/left
            temp_c: /t
            count: /n
            floor: /f
            plate: /p
            visit: /v

        """

    @Test func `a mapping is read into indices and tokens`() throws {
        let (mapping, diagnostics) = MappingSettings.parse(Array(good.utf8), file: "m.yaml")
        #expect(diagnostics.isEmpty)
        let m = try #require(mapping)
        #expect(m.topic == [.literal("nears"), .named("home"), .any, .named("sensor")])
        #expect(
            m.device
                == MappingSettings.Template(pieces: [
                    .level(1), .literal("-"), .pointer(JSONPointer(tokens: ["sub/ject"])),
                ]))
        #expect(m.person == nil)
        #expect(m.time == MappingSettings.TimeSource(at: JSONPointer(tokens: ["sentAt"]), form: .iso))
        #expect(m.events.count == 2)
        #expect(
            m.events.first?.guards == [
                MappingSettings.Guard(source: .pointer(JSONPointer(tokens: ["sensor"])), values: ["motion"]),
                MappingSettings.Guard(source: .level(3), values: ["a", "b"]),
            ])
        #expect(m.events.first?.value?.table == ["ON": .on, "OFF": .off, "7": .number(7)])
        #expect(m.events.map(\.manner) == [.detection, .state])
        #expect(m.events.last?.guards.first?.values == ["true"])
        #expect(
            m.events.last?.value
                == MappingSettings.ValueSource(at: .pointer(JSONPointer(tokens: ["state"])), table: nil))
        #expect(m.events.last?.confidence == JSONPointer(tokens: ["score"]))
        var sides = MappingSettings.Event.SideFields()
        #expect(m.events.first?.sides == sides && sides.isEmpty)
        sides.battery = JSONPointer(tokens: ["power", "left"])
        (sides.celsius, sides.count) = (JSONPointer(tokens: ["t"]), JSONPointer(tokens: ["n"]))
        (sides.floor, sides.plate) = (JSONPointer(tokens: ["f"]), JSONPointer(tokens: ["p"]))
        sides.visit = JSONPointer(tokens: ["v"])
        #expect(m.events.last?.sides == sides && !sides.isEmpty)
    }

    @Test(arguments: [
        ("a pointer without slash", "at: /sentAt", "at: ▶sentAt", "mapping.bad-pointer", "/state"),
        ("a bad escape", "at: /sentAt", "at: ▶/a~2", "mapping.bad-pointer", "~1"),
        ("a battery that is no pointer", "battery: /power/left", "battery: ▶80", "mapping.bad-pointer", "/state"),
        ("a guard that is no pointer", "{/on: true}", "{▶on: true}", "mapping.bad-pointer", "/state"),
        ("an unknown kind", "kind: contact", "kind: ▶contct", "mapping.unknown-kind", "contact"),
        ("an unknown form", "form: iso", "form: ▶isoo", "config.bad-value", "iso"),
        ("an unknown level", "\"{home}-", "▶\"{house}-", "mapping.unknown-level", "home"),
        ("braces that do not pair", "\"{home}-{/sub~1ject}\"", "▶\"{home-x\"", "mapping.bad-template", "{level}"),
        (
            "a level named twice", "\"nears/{home}/+/{sensor}\"", "▶\"nears/{sensor}/{home}/{sensor}\"",
            "mapping.bad-topic", "once"
        ),
        ("an unknown key", "    confidence: /score", "    ▶confidance: /score", "config.unknown-key", "confidence"),
        ("a table with a word", "OFF: off", "OFF: ▶closed", "mapping.bad-value", "on"),
        ("no time form", "{at: /sentAt, form: iso}", "▶{at: /sentAt}", "config.missing-key", "epoch"),
        ("an unknown manner", "    kind: contact", "    as: ▶stat\n    kind: contact", "config.bad-value", "state"),
        ("a guard that is a map", "{/on: true}", "{/on: ▶{a: b}}", "config.wrong-type", "key: value"),
    ])
    func `a mistake in a mapping is told at its place`(
        _ name: String, _ old: String, _ new: String, _ code: String, _ remedy: String
    ) {
        let (text, line, column) = marked(good.replacing(old, with: new))
        let (mapping, diagnostics) = MappingSettings.parse(Array(text.utf8), file: "m.yaml")
        let told = diagnostics.map { $0.rendered(in: .en) + $0.code }
        #expect(mapping == nil, "\(name)")
        #expect(diagnostics.first?.code == code, "\(name): \(told)")
        #expect(diagnostics.first.map { [$0.line, $0.column] } == [line, column], "\(name): \(told)")
        #expect(diagnostics.first?.remedy.en.contains(remedy) == true, "\(name): \(told)")
    }

    @Test func `an error in a mapping file names that file and fails the configuration`() {
        let text = BrokenSettings.good.replacing(
            "{topic: \"community/+/+/+\", format: native}",
            with: "{topic: \"nears/#\", format: mapping, mapping: m.yaml}")
        let path = "/etc/shouwang/m.yaml"
        #expect(parsed(text, files: [path: good]).settings?.feeds.first?.format.format.source == path)
        let (settings, diagnostics) = parsed(text, files: [path: good.replacing("form: iso", with: "form: x")])
        #expect(settings == nil)
        #expect(diagnostics.map(\.file) == [path])
    }

    @Test func `a mapping that can never fit its feed is a warning`() {
        let text = BrokenSettings.good.replacing(
            "{topic: \"community/+/+/+\", format: native}",
            with: "{topic: \"other/+\", format: mapping, mapping: m.yaml}")
        #expect(parsed(text, files: ["/etc/shouwang/m.yaml": good]).diagnostics.map(\.code) == ["mapping.never-fits"])
    }

    @Test func `an event behind one without condition is a warning`() {
        let text = good.replacing("  - when: {/sensor: motion, \"{sensor}\": [a, b]}\n    kind", with: "  - kind")
        let diagnostics = MappingSettings.parse(Array(text.utf8), file: "m.yaml").diagnostics
        #expect(diagnostics.map(\.code) == ["mapping.unreachable"])
        #expect(diagnostics.map(\.line) == [8])
    }

    @Test(arguments: ["/a", "/a~1b/~0c", "/", "/a//b", "/0"])
    func `a pointer is written as it was read`(_ text: String) throws {
        #expect(try JSONPointer(text: text).description == text)
    }

    @Test func `the shipped mapping of a NEARS home is right and covers each sensor word`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../config/feeds/nears.yaml").standardizedFileURL.path
        let (mapping, diagnostics) = MappingSettings.load(file: file)
        #expect(diagnostics.isEmpty)
        let m = try #require(mapping)
        #expect(m.topic.count == 5)
        #expect(m.events.map(\.kind) == [.motion, .contact, .heartbeat, .heartbeat, .tamper])
        #expect(m.events.map(\.manner) == [.detection, .state, .detection, .detection, .detection])
        #expect(m.events[2].sides.battery == JSONPointer(tokens: ["state"]))
        let words = m.events.flatMap(\.guards).flatMap(\.values)
        #expect(Set(words).count == words.count)
        #expect(words.count == 17)
    }
}
