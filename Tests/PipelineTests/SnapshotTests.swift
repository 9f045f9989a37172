import Alerts
import Diagnostics
import StateCoding
import TestSupport
import Testing
import Timekeeping

@testable import Pipeline

/// "Split anywhere" (docs/architecture.md, "State is kept by name, and only to save time"), and what is done with bytes
/// that are not what was written.
@Suite struct SnapshotTests {
    private func expectSame(
        _ told: Scene.Result, _ expected: Scene.Result, _ scene: Scene, _ seed: UInt64
    ) {
        let differs = zip(scene.json(told), scene.json(expected)).first { $0 != $1 }
        #expect(differs?.0 == differs?.1, "seed \(seed)")
        #expect(told.changes.count == expected.changes.count, "seed \(seed)")
        #expect(told.changes.map(\.record) == expected.changes.map(\.record), "seed \(seed)")
        #expect(told.does == expected.does, "seed \(seed)")
        #expect(told.counters == expected.counters, "seed \(seed)")
    }

    @Test(arguments: [1, 7, 100]) func `a pipeline that is written and read goes on as if it had not been`(
        _ every: Int64
    ) throws {
        var random = SeededRandom(for: "SnapshotTests \(every)")
        let scene = LawTests.scene()
        let lines = LawTests.log(&random, count: 2000, clock: true)
        let (expected, _) = scene.run(lines) { _ in }
        let (told, _) = try scene.run(lines) { pipeline in
            guard pipeline.record % every == 0 else { return }
            let bytes = pipeline.encoded()
            pipeline = try scene.restored(bytes).pipeline
            #expect(pipeline.encoded() == bytes, "record \(pipeline.record), seed \(random.seed)")
        }
        #expect(expected.changes.count > 100 && !expected.actuations.isEmpty)
        expectSame(told, expected, scene, random.seed)
    }

    @Test func `twenty thousand records, written and read after each, change nothing`() throws {
        var random = SeededRandom(for: "SnapshotTests 20000")
        let scene = LawTests.scene()
        let lines = LawTests.log(&random, count: 20_000, clock: true)
        let (expected, _) = scene.run(lines) { _ in }
        let (told, _) = try scene.run(lines) { $0 = try scene.restored($0.encoded()).pipeline }
        expectSame(told, expected, scene, random.seed)
    }

    @Test func `what goes on behind a copy does not change the copy`() {
        var random = SeededRandom(for: "SnapshotTests copy")
        let scene = LawTests.scene()
        var copies: [(copy: Pipeline, bytes: [UInt8])] = []
        _ = scene.run(LawTests.log(&random, count: 1000, clock: true)) { pipeline in
            if pipeline.record % 100 == 0 { copies.append((pipeline, pipeline.encoded())) }
        }
        #expect(copies.count == 10)
        for (copy, bytes) in copies { #expect(copy.encoded() == bytes, "seed \(random.seed)") }
    }

    @Test func `the front is read by itself and gives back what the writer put there`() throws {
        let pipeline = LawTests.scene().pipeline(after: [.quiet(0), .quiet(5000)])
        let bytes = pipeline.encoded(configuration: "c0ffee", context: [1, 2, 3])
        let header = try SnapshotHeader.read(bytes)
        #expect(header.record == 2 && header.configuration == "c0ffee" && header.context == [1, 2, 3])
        #expect(header.clock == Instant(milliseconds: Scene.origin + 5000))
    }

    @Test func `a pipeline that saw nothing yet is written and read`() throws {
        let scene = LawTests.scene()
        let bytes = Pipeline(settings: scene.settings, registry: scene.registry).encoded()
        let lines: [Line] = [.quiet(0), .quiet(Scene.day)]
        let (told, _) = scene.run(lines, on: try scene.restored(bytes).pipeline) { _ in }
        expectSame(told, scene.run(lines), scene, 0)
    }

    /// Old snapshots are read, so what is written may not change but with a section's version: this is the hash of a
    /// state in which all engines hold something. Who changes a form on purpose gives the section a new version, keeps
    /// the reading of the one before, and puts the new hashes here.
    @Test func `the bytes of a snapshot are those that were always written`() throws {
        var random = SeededRandom(seed: 1206)
        let town = MadeTown(count: 6000, clocks: true, &random)
        var sums: [String] = []
        let (_, pipeline) = MadeTown.scene.run(town.lines) { pipeline in
            if pipeline.record % 1500 == 0 { sums.append(SnapshotTests.sum(pipeline.encoded())) }
        }
        let bytes = pipeline.encoded(configuration: "c0ffee", context: [1, 2, 3])
        sums.append(SnapshotTests.sum(try MadeTown.scene.restored(bytes).pipeline.encoded()))
        #expect(
            sums == [
                "6e77330f1e605100", "f7563935fc872687", "cf9a34f5f263de61", "f74a8a7884d6d94a", "1930336e2da6a43c",
            ])
    }

    /// The checksum that stands in the front: a hash of all that follows.
    private static func sum(_ bytes: [UInt8]) -> String {
        let end = SnapshotHeader.checksummed
        return bytes[end - 8..<end].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // MARK: Damage

    private static func small(_ scene: Scene) -> [UInt8] {
        var random = SeededRandom(for: "SnapshotTests small")
        return scene.pipeline(after: LawTests.log(&random, count: 60)).encoded()
    }

    @Test func `bytes that are cut or changed anywhere are refused`() {
        let scene = LawTests.scene()
        let bytes = SnapshotTests.small(scene)
        for index in bytes.indices {
            #expect(throws: StateError.self, "cut at \(index)") { try scene.restored(Array(bytes[..<index])) }
            var changed = bytes
            changed[index] ^= UInt8(1 << (index % 8))
            #expect(throws: StateError.self, "changed at \(index)") { try scene.restored(changed) }
            #expect(throws: StateError.self) { try SnapshotHeader.read(changed) }
        }
        #expect(throws: StateError.self) { try scene.restored(bytes + [0]) }
    }

    @Test func `bytes that somebody changed on purpose are refused, or taken for a state that goes on`() {
        var random = SeededRandom(for: "SnapshotTests hostile")
        let scene = LawTests.scene()
        let bytes = SnapshotTests.small(scene)
        let more = LawTests.log(&random, count: 40, clock: true)
        // Some fifteen hundred places, spread over the whole.
        for round in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 1500)) {
            var changed = bytes
            for _ in 0..<random.int(1...3) {
                let index = random.chance(70) ? max(24, round) : random.int(24...bytes.count - 1)
                changed[index] = random.pick([0, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: random.next())])
            }
            SnapshotHeader.seal(&changed)
            do throws(StateError) {
                _ = try Pipeline.plan(for: changed, settings: scene.settings, registry: scene.registry)
                let pipeline = try Pipeline.restored(
                    from: changed, settings: scene.settings, registry: scene.registry
                ).pipeline
                _ = scene.json(scene.run(more, on: pipeline) { _ in }.result)
            } catch {
                #expect(!error.phrase.zh.isEmpty && !error.phrase.en.isEmpty)
            }
        }
    }

    @Test func `another version of the whole or of a part is refused by name`() {
        let scene = LawTests.scene()
        let bytes = SnapshotTests.small(scene)
        var whole = bytes
        whole[8] = 2
        #expect(throws: StateError.otherVersion(of: "snapshot", found: 2, expected: 1)) { try scene.restored(whole) }
        var part = bytes
        part[SnapshotHeader.checksummed + 4] = 0
        SnapshotHeader.seal(&part)
        #expect(throws: StateError.otherVersion(of: "HEAD", found: 0, expected: 1)) { try scene.restored(part) }
    }
}
