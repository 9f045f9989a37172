import Alerts
import Community
import ConfigReading
import Diagnostics
import FileIO
import Foundation
import FileIO
import Ledger
import Logging
import SiteConfiguration
import Synchronization
import Testing
import Timekeeping
import Vocabulary

@testable import Daemon
@testable import shouwang

/// One transaction a batch: changes, what is told of them, and the number of the last record.
@Suite struct CommitterTests {
    private static let noon = Instant(milliseconds: 1_790_128_800_000)

    /// A ledger in a folder of its own, and a committer with a board that takes JSON and a robot that takes words.
    private final class Bench: Sendable {
        let folder: String
        let ledger: Ledger
        let state = DaemonState()
        let committer: Committer

        init(routes: String = "[{to: [robot, board]}]") throws {
            folder = NSTemporaryDirectory() + "/committer-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            ledger = try Ledger(path: folder + "/shouwang.sqlite")
            let yaml = """
                site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
                mqtt: {broker: "mqtt://127.0.0.1"}
                registry: registry/
                feeds: [{topic: "community/+/+/+", format: native}]
                store: {path: state}
                rules: {}
                channels: {robot: {kind: wecom, key: {env: K}}, board: {kind: mqtt}}
                routes: \(routes)

                """
            let settings = Settings.parse(Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc") {
                (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
            }.settings
            committer = Committer(
                settings: try #require(settings), registry: .empty, channels: ["robot", "board"], ledger: ledger,
                state: state, faults: BoxFaults(),
                log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        /// In the order in which they were put in.
        func told() throws -> [OutboxEntry] { try ledger.deliveries().sorted { $0.id < $1.id }.map(\.entry) }
    }

    private static func change(_ ordinal: Int32, _ severity: Severity = .medium) -> AlertChange {
        AlertChange(
            record: 7, ordinal: ordinal, change: .raised, at: noon, id: "00112233445566a\(ordinal)", rule: "quiet",
            kind: .noMovement, severity: severity, site: "hgs", key: "k\(ordinal)", started: noon, detected: noon,
            state: .open, detail: "{}", evidence: [],
            message: LocalizedText(zh: "文\(ordinal)", en: "text \(ordinal)"), isTold: true)
    }

    @Test func `a change goes to programs as its JSON and to people as its words`() throws {
        let bench = try Bench()
        let change = CommitterTests.change(0, .high)
        #expect(bench.committer.commit(LedgerQueue.Item(changes: [change], applied: 9)))
        let json = change.json(zone: try #require(Zone(identifier: "Asia/Shanghai")))
        #expect(try bench.ledger.events(alert: change.id).map(\.json) == [json])
        #expect(
            try bench.told() == [
                OutboxEntry(
                    record: 7, ordinal: 0, alert: change.id, channel: "board", recipient: "", severity: .high,
                    change: "raised", kind: .change, body: String(decoding: json, as: UTF8.self),
                    at: CommitterTests.noon),
                OutboxEntry(
                    record: 7, ordinal: 0, alert: change.id, channel: "robot", recipient: "", severity: .high,
                    change: "raised", kind: .text, body: "text 0\nNo. 001122", at: CommitterTests.noon),
            ])
        #expect(try bench.ledger.applied() == 9 && bench.state.view.changes == 1 && bench.state.view.unrouted == 0)
    }

    @Test func `a digest has the first one's number and is as urgent as its severest; again it is nothing new`() throws
    {
        let bench = try Bench()
        let changes = [CommitterTests.change(0), CommitterTests.change(1, .low), CommitterTests.change(2, .high)]
        let item = LedgerQueue.Item(changes: changes + [CommitterTests.change(3, .low)], applied: 9)
        #expect(bench.committer.commit(item))
        let digest = try #require(try bench.told().last)
        #expect(digest.channel == "robot" && digest.kind == .text && digest.ordinal == 0 && digest.severity == .high)
        #expect(
            digest.body.hasPrefix("[Digest] 4 alerts at once") && digest.body.hasSuffix("\ntext 2\ntext 3\nNo. 001122"))
        #expect(try bench.told().count == 5)
        #expect(bench.committer.commit(item))
        #expect(try bench.told().count == 5, "a batch that is made again, as after a crash")
    }

    @Test func `a history is kept, and nobody is told`() throws {
        let bench = try Bench(routes: "[{match: {kind: [sos]}, to: [robot]}]")
        let item = LedgerQueue.Item(changes: [CommitterTests.change(0)], applied: 9, isHistory: true)
        #expect(bench.committer.commit(item))
        #expect(try bench.ledger.events(alert: CommitterTests.change(0).id).count == 1)
        #expect(try bench.told().isEmpty && bench.state.view.unrouted == 0)
    }

    @Test func `what no route brings to anybody is told everywhere and counted, once it is stored`() throws {
        let bench = try Bench(routes: "[{match: {kind: [sos]}, to: [robot]}]")
        #expect(bench.committer.commit(LedgerQueue.Item(changes: [CommitterTests.change(0)], applied: 9)))
        #expect(try bench.told().map(\.channel) == ["board", "robot"] && bench.state.view.unrouted == 1)
        try bench.ledger.close()
        #expect(!bench.committer.commit(LedgerQueue.Item(changes: [CommitterTests.change(1)], applied: 10)))
        #expect(bench.state.view.unrouted == 1 && bench.state.view.changes == 1)
        #expect(bench.state.view.ledgerProblem != nil)
    }

    @Test func `senders are woken for what there is to tell alone`() throws {
        let bench = try Bench()
        let queue = LedgerQueue()
        queue.add(LedgerQueue.Item(changes: [], applied: 1))
        queue.add(LedgerQueue.Item(changes: [CommitterTests.change(0)], applied: 7))
        queue.add(LedgerQueue.Item(changes: [], applied: 8))
        queue.close()
        let woken = Atomic(0)
        bench.committer.run(queue, wake: { _ = woken.add(1, ordering: .relaxed) }, keep: { _ in })
        #expect(woken.load(ordering: .relaxed) == 1)
        #expect(try bench.ledger.applied() == 8 && bench.told().count == 2)
    }
}
