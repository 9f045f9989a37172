import Console
import Feeds
import Foundation
import Ledger
import Logging
import Pipeline
import RecordLog
import SiteConfiguration
import Testing
import Timekeeping

@testable import Daemon
@testable import SiteLoading

@Suite(.timeLimit(.minutes(1)))
struct RecoveryTests {
    private static let begin = Instant(milliseconds: 1_790_000_000_000)

    /// What can happen to a segment, so that nothing of it can be read.
    enum Damage: CaseIterable {
        case flippedBit, gone
    }

    private static func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("recovery-\(UUID().uuidString)")
        for name in ["registry", "state"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }

    private static func site(_ folder: String) throws -> Site {
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        }
        try write("registry/places.csv", "id,kind\nb1,building\n")
        try write("registry/devices.csv", "id,place,family,kind\npir1,b1/1/101,elder,pir\n")
        try write(
            "registry/residents.csv", "id,dwelling,name,care,since\ne1,b1/1/101,Ann Lo,lives alone,\n")
        try write(
            "shouwang.yaml",
            """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1:1", client_id: test-hgs, qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state}
            rules:
              quiet: {kind: no_movement, after: 100h, evidence: {count: 1, within: 15m}}

            """)
        return try SiteFiles.require(config: folder + "/shouwang.yaml")
    }

    /// A journal of three segments of one block each, a record an hour.
    /// - Returns: its last record's number.
    private static func write(_ journal: String) throws -> Int64 {
        let writer = try JournalWriter(folder: journal, segmentSize: 1)
        for hour in 0..<3 {
            let stamp = begin + .hours(Int64(hour))
            try writer.prepare(at: stamp)
            writer.appendOwn(stamp, name: "session", json: "{\"state\":\"connected\",\"present\":true}")
            try writer.write()
            _ = writer.takeLines()
        }
        try writer.close()
        return writer.nextNumber - 1
    }

    /// Each segment has a header, the session's record and the block's sum.
    private static func recordsLost(_ damage: Damage) -> Int64 { 3 }

    private static func damage(_ path: String, _ damage: Damage) throws {
        switch damage {
        case .flippedBit:
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes[20] ^= 1
            try bytes.write(to: URL(fileURLWithPath: path))
        case .gone:
            // The name is still there, the file is not.
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".lost")
        }
    }

    @Test(arguments: Damage.allCases)
    func `a segment that is damaged wholly does not end the stepping`(_ damage: Damage) async throws {
        try await RecoveryTests.inFolder { folder in
            let site = try RecoveryTests.site(folder)
            let journal = folder + "/state/journal"
            let end = try RecoveryTests.write(journal)
            let segments = try JournalFolder.segments(in: journal)
            #expect(segments.count == 3)
            try RecoveryTests.damage(journal + "/" + segments[1].name, damage)
            let faults = BoxFaults()
            let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let ledger = try Ledger(path: folder + "/state/shouwang.sqlite")
            let committer = Committer(
                settings: site.settings, registry: site.registry, channels: [], ledger: ledger, state: DaemonState(),
                faults: faults, log: log)
            let plan = FeedPlan(
                settings: site.settings, registry: site.registry, zones: Pipeline.zones(of: site.settings))
            let recovery = Recovery(
                site: site, plan: plan, committer: committer, stopRequest: StopRequest(), faults: faults,
                watchdog: Watchdog(),
                log: log)
            let state = try recovery.run(applied: end, end: end, isNewLedger: false)
            #expect(state.pipeline.clock == RecoveryTests.begin + .hours(2))
            var news = faults.listen().makeAsyncIterator()
            let first = await news.next()
            #expect(first?.trouble.part == .journal)
            #expect(state.report.damaged == 1)
            #expect(state.report.stepped == Int64(end) - RecoveryTests.recordsLost(damage))
            let metadata = state.report.metadata
            #expect(metadata["damaged_parts"] == "1" && metadata["snapshots_passed_over"] == nil)
            let shared = DaemonState()
            shared.recovered(state.report)
            let view = Health.view(
                shared.view, faults: faults, ledger: LedgerReader.Answer(isReadable: true), channels: [:],
                isOutConnected: true, now: RecoveryTests.begin)
            #expect(view.text.contains("shouwang_recovery_lost{kind=\"damaged_parts\"} 1.0\n"))
            #expect(view.text.contains("shouwang_recovery_stepped_records \(Double(state.report.stepped))\n"))
        }
    }

    @Test func `a second reload is measured against the first, before that has begun`() async throws {
        try await RecoveryTests.inFolder { folder in
            let first = try RecoveryTests.site(folder)
            var second = first
            second.source.files.text += Array("\n".utf8)
            let current = CurrentStopRequest()
            _ = current.renew(first)
            #expect(current.site?.source.hash == first.source.hash)
            current.ask(.reload(second, settled: nil))
            #expect(current.site?.source.hash == second.source.hash, "going back to the first is a change now")
        }
    }
}
