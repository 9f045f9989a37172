import Foundation
import Testing
import Vocabulary

@testable import ConfigReading
@testable import SiteConfiguration

@Suite struct VocabularyTests {
    @Test func `the codes of diagnostics are pinned, since scripts look for them`() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources").standardizedFileURL.path
        // The formats of feeds bring the diagnostics of their keys.
        let files = try ["Site/ConfigReading", "Site/SiteConfiguration", "Ingest/Feeds"].flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: "\(sources)/\(folder)")
                .filter { $0.hasSuffix(".swift") }.map { "\(sources)/\(folder)/\($0)" }
        }
        var codes: Set<String> = []
        for file in files {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            for match in text.matches(
                of: /"((?:config|feed|rule|route|channel|store|mqtt|console|mapping|holidays|limits)\.[a-z0-9-]+)"/)
            {
                let code = String(match.output.1)
                if SettingsTable.table.key(code) == nil || code.contains("-") { codes.insert(code) }
            }
        }
        #expect(codes.sorted() == DiagnosticCodes.pinned)
    }

    @Test func `the spellings are the contract's`() {
        #expect(
            ObservationKind.allCases.map(\.name) == [
                "pass", "denied", "door_open", "door_close", "exit_button", "visitor_pass", "tamper", "thrown_object",
                "ebike", "vehicle", "person", "fall", "smoke", "fire", "crowd", "motion", "contact", "presence",
                "power",
                "water", "bed", "sos", "resident_report", "patrol_report", "dissuasion", "lift_fault", "lift_trapped",
                "heartbeat", "online", "offline", "gas", "co", "leak",
            ])
        for kind in ObservationKind.allCases { #expect(ObservationKind(name: kind.name) == kind) }
        #expect(ObservationKind(name: "Motion") == nil)
        #expect(ObservationKind.allCases.map(\.rawValue) == Array(0..<33))
        #expect(RuleKind.allCases.count == 33)
        #expect(Severity.allCases.sorted() == [.low, .medium, .high, .critical])
    }

    @Test(
        arguments: [
            ("4GB", 4 << 30), ("64MB", 64 << 20), ("512KB", 512 << 10), ("1TB", 1 << 40), ("100B", 100),
            ("1MiB", 1 << 20),
            ("2gb", 2 << 30), ("0B", 0),
        ] as [(String, Int64)])
    func `a size is a whole number and a unit of 1024`(_ text: String, _ bytes: Int64) {
        #expect(SizeText(text: text)?.bytes == bytes)
    }

    @Test(arguments: ["", "GB", "4", "4 GB", "-4GB", "4.5GB", "４GB", "99999999999TB", "4G"])
    func `another form is no size`(_ text: String) {
        #expect(SizeText(text: text) == nil)
    }
}

/// Each code that these two targets tell, sorted.
enum DiagnosticCodes {
    static let pinned = [
        "channel.not-built", "channel.role-name", "channel.unknown-kind", "channel.unused-parameter",
        "config.bad-address", "config.bad-duration", "config.bad-hours", "config.bad-language", "config.bad-name",
        "config.bad-number", "config.bad-port", "config.bad-size", "config.bad-topic", "config.bad-value",
        "config.bad-zone", "config.complex-key", "config.control-character", "config.duplicate-key",
        "config.empty-file", "config.empty-value", "config.encoding", "config.full-width", "config.literal-secret",
        "config.missing-key", "config.no-file", "config.no-rules", "config.not-acted-on", "config.not-encrypted",
        "config.out-of-range", "config.syntax", "config.tab", "config.too-large", "config.too-many-aliases",
        "config.unknown-key", "config.unreadable", "config.wide-blank", "config.wrong-type", "console.not-encrypted",
        "console.not-loopback",
        "feed.broker-topic", "feed.duplicate-name", "feed.duplicate-topic", "feed.mapping-unused", "feed.none",
        "feed.not-built",
        "feed.overlap", "feed.reserved-topic", "feed.unknown-format", "holidays.bad-date", "holidays.bad-kind",
        "holidays.no-header", "holidays.too-many-rows", "holidays.two-kinds", "limits.case-too-short",
        "limits.nobody-works", "limits.not-urgent", "limits.part-of-a-day", "limits.time-alone",
        "limits.unknown-category", "limits.unknown-kind", "mapping.bad-pointer",
        "mapping.bad-template", "mapping.bad-topic", "mapping.bad-value", "mapping.never-fits", "mapping.no-events",
        "mapping.unknown-kind", "mapping.unknown-level", "mapping.unreachable", "mqtt.half-certificate",
        "mqtt.not-encrypted", "mqtt.password-without-username", "mqtt.qos-2", "mqtt.tls-without-mqtts",
        "route.escalate-order", "route.nobody", "route.unknown-kind", "route.unknown-target", "rule.above-or-below",
        "rule.after-and-stages", "rule.back-beyond", "rule.foreign-kind", "rule.key-of-nobody",
        "rule.life-safety-hours",
        "rule.never-ends",
        "rule.never-fires", "rule.never-holds", "rule.no-effect", "rule.no-evidence", "rule.no-key", "rule.no-kinds",
        "rule.no-limit", "rule.no-stages", "rule.no-window", "rule.not-built", "rule.one-key", "rule.stage-falls",
        "rule.stages-order", "rule.two-windows", "rule.unknown-kind", "rule.unknown-observation",
        "rule.unused-parameter", "rule.was-taken", "store.segment-too-large",
    ]
}
