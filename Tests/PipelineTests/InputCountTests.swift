import Feeds
import RecordLog
import TestSupport
import Testing

@testable import Pipeline

/// What came in and could not be used as it was meant is counted, masked and bounded.
@Suite struct InputCountTests {
    private let scene = Scene(rules: ["quiet: {kind: no_movement}"])

    private func inputs(_ lines: [Line]) -> InputCounts {
        var pipeline = Pipeline(settings: scene.settings, registry: scene.registry)
        var effects = Effects()
        let batch = scene.decoded(lines)
        pipeline.step(batch, 0..<batch.recordCount, firstNumber: 1, into: &effects)
        pipeline.count(batch)
        return pipeline.inputs
    }

    private func pass(_ at: Int, _ credential: String) -> Line {
        .native(Int64(at), "access/north", "pass", ",\"credential\":\"\(credential)\"")
    }

    @Test func `the most frequent credentials come first, and known ones are not among them`() {
        let told = (0..<20).flatMap { n in (0...n).map { pass(n * 100 + $0, "0000\(n < 10 ? "0" : "")\(n)ZZ") } }
        let inputs = inputs(told + (0..<50).map { pass(5000 + $0, "c1") })
        #expect(inputs.strangers == 210 && !inputs.isRough)
        let shown = inputs.unknownCredentials
        #expect(shown.count == 1, "all look the same when masked: \(shown)")
        let other = (0..<20).flatMap { n in (0...n).map { pass(n * 100 + $0, "\(n < 10 ? "0" : "")\(n)0000ZZ") } }
        let listed = self.inputs(other).unknownCredentials
        #expect(listed.map(\.count) == (11...20).reversed() && listed[0].masked == "19****ZZ")
        #expect(listed.allSatisfy { $0.device == "north" })
    }

    @Test(arguments: [
        ("", ""), ("a", "*"), ("abc", "***"), ("abcd", "a**d"), ("1234567", "1****7"), ("12345678", "12****78"),
        ("04:A2:1B:9C", "04****9C"), ("罗桂华的卡", "罗***卡"), ("ab\ncd", "a***d"),
    ]) func `a credential is masked`(_ credential: String, _ masked: String) {
        #expect(InputCounts.masked(credential) == masked)
    }

    @Test func `what is frequent stays listed, however many others come`() {
        var random = SeededRandom(for: "InputCountTests")
        var lines: [Line] = []
        for n in 0..<20_000 {
            lines.append(pass(n, random.chance(10) ? "FREQUENTLY" : "\(random.int(100_000...999_999))-\(n)"))
        }
        let inputs = inputs(lines)
        let often = lines.count { $0.payload.contains("FREQUENTLY") }
        #expect(inputs.strangers == 20_000 && inputs.isRough)
        let first = inputs.unknownCredentials.first
        #expect(first?.masked == "FR****LY" && (first?.count ?? 0) >= often, "seed \(random.seed)")
        #expect((first?.count ?? 0) <= often + 20_000 / InputCounts.credentialsMax, "seed \(random.seed)")
    }

    @Test func `fields are counted by device, and beyond the bound together`() {
        var lines = (0..<3).map { Line.native(Int64($0), "elder/p1", "heartbeat", ",\"battery\":\"low\"") }
        lines.append(.native(9, "elder/p1", "heartbeat", ",\"battery\":\"80\""))
        lines.append(.native(9, "elder/p2", "motion", ",\"confidence\":\"high\""))
        #expect(
            inputs(lines).unreadableFields == [
                .init(device: "p1", field: "battery", count: 3), .init(device: "p2", field: "confidence", count: 1),
            ])
        let many = (0..<InputCounts.fieldsMax + 7).map {
            Line.native(Int64($0), "elder/x\($0)", "heartbeat", ",\"battery\":\"low\"")
        }
        let counts = inputs(many)
        #expect(counts.unreadableFields.count == InputCounts.fieldsMax && counts.otherFields == 7)
    }
}
