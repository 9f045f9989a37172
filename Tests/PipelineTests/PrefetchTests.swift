import Alerts
import Community
import TestSupport
import Testing

@testable import Pipeline

/// Memory is asked for ahead where a site has more devices than the caches hold (docs/performance.md).
@Suite struct PrefetchTests {
    /// Behind the last record of a step there is none to ask for: one by one, nothing is asked for at all.
    @Test func `a large site's log gives the same whole, cut, and one by one`() {
        var random = SeededRandom(for: "PrefetchTests")
        let names = (0..<2200).map { "x\($0)" }
        let scene = Scene(
            rules: [
                "quiet: {kind: no_movement, after: 90m, evidence: {count: 2, within: 15m}}",
                "flood: {kind: device_flooding, records: 1}", "silent: {kind: device_silent}",
            ], residents: LawTests.residents,
            devices: Scene.devices + names.map { "\($0),gates,pir,,\n" }.joined())
        #expect(scene.registry.devices.count > Pipeline.devicesMin)
        // What the other laws' log tells, among the words of devices each of which is heard of now and then.
        var lines: [Line] = []
        for line in LawTests.log(&random, count: 1500) {
            for _ in 0..<random.int(0...3) {
                let few = random.chance(20) ? Array(names.suffix(2)) : names
                let id = random.chance(50) ? ",\"id\":\"\(random.int(0...3))\",\"ts\":\(Scene.origin + line.at)" : ""
                lines.append(.native(line.at, "elder/\(random.pick(few))", "motion", ",\"value\":1" + id))
            }
            lines.append(line)
        }
        let whole = scene.run(lines)
        for sizes in [[1], [2], [5, 4, 3], [500]] {
            let cut = scene.run(lines, batches: sizes)
            #expect(scene.json(cut) == scene.json(whole), "seed \(random.seed)")
            #expect(cut.counters == whole.counters, "seed \(random.seed)")
        }
        #expect(Set(whole.changes.map(\.rule)).isSuperset(of: ["quiet", "flood"]), "the log must meet what it tests")
        #expect(whole.counters.redelivered > 0, "the log must meet what it tests")
    }
}
