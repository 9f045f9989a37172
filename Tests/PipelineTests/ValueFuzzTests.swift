import Alerts
import Community
import Feeds
import Foundation
import RecordLog
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

/// Any value in any field, through the sample configuration: nothing stops, and no call for help is lost.
///
/// `SHOUWANG_FUZZ_RECORDS` says how many records; without it a tenth of what `make soak` runs.
@Suite struct ValueFuzzTests {
    private static let count =
        ProcessInfo.processInfo.environment["SHOUWANG_FUZZ_RECORDS"].flatMap { Int($0) } ?? 20_000

    /// The sample configuration and its registry.
    private struct Site {
        let settings: Settings
        let registry: Registry
        let plan: FeedPlan

        init() throws {
            var root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            for _ in 0..<3 { root.deleteLastPathComponent() }
            let loaded = Settings.load(file: root.appendingPathComponent("config/shouwang.yaml").path)
            settings = try #require(loaded.settings)
            registry = Registry.load(try RegistryFiles.read(directory: settings.registry)).0
            plan = FeedPlan(settings: settings, registry: registry, zones: Pipeline.zones(of: settings))
        }
    }

    /// What a record must come to.
    private enum Wanted: Equatable {
        case anything, nothing
        /// An alert of this kind for this device.
        case call(RuleKind, device: String)
    }

    private struct Record {
        var text: String
        var at: Int64
        var wanted: Wanted
    }

    private static let calls: [(type: String, kind: RuleKind)] = [
        ("sos", .sos), ("fall", .fall), ("smoke", .smokeFire), ("fire", .smokeFire), ("gas", .smokeFire),
        ("co", .smokeFire), ("lift_trapped", .liftTrapped), ("leak", .leak),
    ]
    private static let types =
        ObservationKind.allCases.map(\.name) + ["motoin", "", "Pass", "报警", "тревога", "sos2", "no-sos"]
    private static let families = ["access", "camera", "elder", "report", "sensor", "Elder", "门禁"]
    private static let denials = [
        "false", "0", "0.0", "\"false\"", "\"off\"", "\"NO\"", "\" Off \"", "\"0\"", "-0", "0e5",
    ]

    /// A value of any shape; never one that denies.
    private static func value(_ random: inout SeededRandom, depth: Int = 0) -> String {
        switch random.int(0...17) {
        case 0: return "null"
        case 1: return "true"
        case 2: return "\(random.int(1...100))"
        case 3: return "-\(random.int(1...1_000_000))"
        case 4: return "\(random.int(1...9)).\(random.int(0...99_999))e\(random.int(-400...400))"
        case 5: return "123456789012345678901234567890"
        case 6: return "\"\(random.int(1...120))\""
        case 7: return "\"0.9\(random.int(0...9))\""
        case 8: return "\"罗桂华\\u0000\\n\\ud83d\\ude00\""
        case 9: return "\"\(String(repeating: "长", count: random.int(0...300)))\""
        case 10: return "\"\""
        case 11: return "\"مرحبا ‮ \\\"; DROP TABLE--\""
        case 12: return depth > 12 ? "[]" : "[\(value(&random, depth: depth + 1)),\(value(&random, depth: depth + 1))]"
        case 13: return depth > 12 ? "{}" : "{\"a\":\(value(&random, depth: depth + 1)),\"type\":\"sos\"}"
        case 14: return "\"2026-03-0\(random.int(1...9))T08:00:00Z\""
        case 15: return "[[0,1.5,2],[100,1.5,1],[\(value(&random, depth: 13)),0,0]]"
        case 16: return "1e999"
        default: return "\"open\""
        }
    }

    private static let fields = [
        "ts", "id", "device", "value", "person", "credential", "dir", "confidence", "zone", "floor", "temp_c",
        "battery",
        "phase", "method", "count", "track", "plate", "visit", "reason", "category", "text", "by", "place", "path",
        "snapshot", "photo", "unknown_field",
    ]

    private static func record(_ number: Int, _ at: Int64, _ random: inout SeededRandom) -> Record {
        let call = random.chance(30) ? random.pick(calls) : nil
        let device = "d\(random.int(0...2999))" + random.pick(["", "-红外", " x", "ß"])
        let known = random.pick(["north-gate", "pir-502", "sos-502", "lift-3", "cam-3-east"])
        var wanted = Wanted.anything
        var type = random.pick(types)
        var body: [String] = []
        if let call {
            type = random.pick([call.type, call.type.uppercased(), " " + call.type + " ", call.type.capitalized])
            wanted = .call(call.kind, device: device)
        }
        for name in fields where random.chance(12) {
            // When it happened decides what it joins, and a phase may say that it is over: told apart elsewhere.
            if call != nil, name == "ts" || name == "phase" || name == "value" || name == "place" { continue }
            body.append("\"\(name)\":\(value(&random))")
        }
        if call != nil {
            if random.chance(15) {
                body.append("\"value\":\(random.pick(denials))")
                wanted = .nothing
            } else if random.chance(30) {
                body.append(
                    "\"value\":\(random.pick(["null", "\"\"", "1", "true", "\"pressed\"", "[0]", "{}", "2.5"]))")
            }
        }
        let quoted = call == nil && random.chance(20) ? value(&random) : "\"\(type)\""
        body.insert("\"type\":\(quoted)", at: random.int(0...body.count))
        let payload = "{" + body.joined(separator: ",") + "}"
        let topic = "community/hgs/\(random.pick(families))/\(call == nil && random.chance(50) ? known : device)"
        let retain = call == nil && random.chance(10) ? 1 : 0
        let text =
            "{\"tst\":\(at),\"topic\":\"\(topic)\",\"qos\":1,\"retain\":\(retain),\"payloadlen\":\(payload.utf8.count),"
            + "\"mid\":\(number % 65_535 + 1),\"payload\":\(payload)}\n"
        return Record(text: text, at: at, wanted: wanted)
    }

    /// Steps over the records in batches; after each, what it gave is looked at.
    private func run(
        _ site: Site, _ records: [Record], batch size: Int, restartAt: Int? = nil,
        look: (Int, ArraySlice<AlertChange>) -> Void = { _, _ in }
    ) throws -> [[UInt8]] {
        var pipeline = Pipeline(settings: site.settings, registry: site.registry)
        var lines: [[UInt8]] = []
        var effects = Effects()
        for start in stride(from: 0, to: records.count, by: size) {
            let part = records[start..<min(start + size, records.count)]
            let piece = Chunk(text: Array(part.map(\.text).joined().utf8), file: "fuzz")
            let decoded = Decoder.decode(piece, plan: site.plan)
            #expect(decoded.recordCount == part.count, "each line is a record")
            for index in 0..<decoded.recordCount {
                pipeline.step(decoded, index..<index + 1, firstNumber: Int64(start + index + 1), into: &effects)
                look(start + index, effects.changes[...])
                lines += effects.changes.map { $0.json(zone: site.settings.site.zone) }
                effects.removeAll()
            }
            if let restartAt, start <= restartAt, restartAt < start + size {
                let bytes = pipeline.encoded()
                pipeline = try Pipeline.restored(from: bytes, settings: site.settings, registry: site.registry).pipeline
            }
        }
        return lines
    }

    @Test func `any value in any field stops nothing, loses no call, and gives the same bytes twice`() throws {
        var random = SeededRandom(for: "ValueFuzzTests")
        let site = try Site()
        var at: Int64 = 1_772_640_000_000
        var records: [Record] = []
        for number in 0..<ValueFuzzTests.count {
            at += Int64(random.pick([5, 900, 7_000, 61_000]))
            records.append(ValueFuzzTests.record(number, at, &random))
        }
        // By kind and device, when the last call came: what follows within a minute joins it.
        var last: [String: Int64] = [:]
        var raised = 0
        var joined = 0
        let seed = random.seed
        let first = try run(site, records, batch: 997) { index, changes in
            let record = records[index]
            let ofLife = changes.filter { $0.kind.isLifeSafety && $0.change == .raised }
            switch record.wanted {
            case .anything: break
            case .nothing: #expect(ofLife.isEmpty, "seed \(seed): \(record.text)")
            case .call(let kind, let device):
                let key = "\(kind.rawValue) \(device)"
                let isRaised = ofLife.contains { $0.kind == kind && $0.device == device }
                // A call of the same person by another device joins as well, and that is told as a change.
                let isUpdate = changes.contains { $0.kind == kind && $0.change == .updated }
                let isJoined = isUpdate || last[key].map { record.at - $0 <= 60_000 } ?? false
                if isRaised { raised += 1 } else { joined += 1 }
                if !isRaised, !isJoined { Issue.record("a call is lost, seed \(seed): \(record.text)") }
                last[key] = record.at
            }
        }
        #expect(raised > ValueFuzzTests.count / 8, "raised \(raised), joined \(joined)")
        for line in first {
            let read = try? JSONSerialization.jsonObject(with: Data(line))
            if read == nil { Issue.record("no JSON, seed \(seed): \(String(decoding: line, as: UTF8.self))") }
        }
        #expect(try run(site, records, batch: 4096, restartAt: records.count / 2) == first, "seed \(seed)")
    }
}
