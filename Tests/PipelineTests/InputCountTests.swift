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

    /// One in ten is the same credential, from the start or only when the list has long been full of others.
    @Test(arguments: [0, 10_000]) func `what is frequent is listed, however many others come`(_ start: Int) {
        var random = SeededRandom(for: "InputCountTests")
        var lines: [Line] = []
        for n in 0..<20_000 {
            let isIt = n >= start && random.chance(10)
            lines.append(pass(n, isIt ? "FREQUENTLY" : "\(random.int(100_000...999_999))-\(n)"))
        }
        let inputs = inputs(lines)
        let often = lines.count { $0.payload.contains("FREQUENTLY") }
        #expect(inputs.strangers == 20_000 && inputs.isRough)
        let first = inputs.unknownCredentials.first
        #expect(first?.masked == "FR****LY" && (first?.count ?? 0) <= often, "seed \(random.seed)")
        #expect((first?.count ?? 0) > often - 20, "seed \(random.seed): \(first?.count ?? 0) of \(often)")
    }

    /// Places are taken over and the index is laid again; what is counted stays with its own hash.
    @Test func `a list of few is right against a count of all`() {
        var random = SeededRandom(for: "InputCountTests")
        var often = OftenSeen(listedMax: 4)
        var all: [UInt64: Int] = [:]
        var listed: [Int: UInt64] = [:]
        for n in 0..<20_000 {
            // A hash of number n comes about 1/n of the times; later other ones than at first.
            let number = UInt64(40 / random.int(1...40)) + (n < 10_000 ? 0 : 100)
            let hash = number &* 0x9E37_79B9_7F4A_7C15
            all[hash, default: 0] += 1
            let wasListed = listed.values.contains(hash)
            switch often.see(hash) {
            case .listed: #expect(wasListed, "seed \(random.seed)")
            case .unlisted: #expect(!wasListed, "seed \(random.seed)")
            case .new(let place):
                #expect(!wasListed, "seed \(random.seed)")
                listed[place] = hash
            }
        }
        #expect(listed.count == 4 && often.counts.count == 4)
        for (place, hash) in listed { #expect(often.counts[place] <= all[hash] ?? 0, "seed \(random.seed)") }
        let top = all.max { $0.value < $1.value }?.key
        #expect(listed.values.contains(top ?? 0), "seed \(random.seed)")
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
