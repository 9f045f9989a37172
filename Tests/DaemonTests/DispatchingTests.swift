import AlertDispatch
import Alerts
import Community
import ConfigReading
import Diagnostics
import FileIO
import Foundation
import Ledger
import Logging
import SiteConfiguration
import Testing
import Timekeeping
import Vocabulary

@testable import Daemon
@testable import shouwang

/// Escalation through the real committer and ledger: one transaction, and a restart in between.
@Suite struct DispatchingTests {
    private static let noon = Instant(milliseconds: 1_790_128_800_000)

    /// A store in a folder of its own, and the committers that one start after another opens on it.
    private final class Bench {
        let folder: String
        var ledger: Ledger
        var committer: Committer
        private let settings: Settings
        private let registry: Registry
        let state = DaemonState()

        init() throws {
            folder = NSTemporaryDirectory() + "/dispatching-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let yaml = """
                site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: en}
                mqtt: {broker: "mqtt://127.0.0.1"}
                registry: registry/
                feeds: [{topic: "community/+/+/+", format: native}]
                store: {path: state}
                rules: {}
                channels: {robot: {kind: wecom, key: {env: K}}, board: {kind: mqtt}}
                routes:
                  - {to: [board, grid-worker], escalate: [{after: 5m, to: [community]}, {after: 15m, to: [street]}]}

                """
            let parsed = Settings.parse(Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc") {
                (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
            }.settings
            let workers = """
                id,name,role,channels
                wang,王,grid-worker,robot:wang
                chen,陈,community,robot:chen
                sun,孙,street,robot:sun

                """
            settings = try #require(parsed)
            registry =
                Registry.load(
                    RegistryFiles(files: [(name: "workers.csv", path: "workers.csv", bytes: Array(workers.utf8))])
                ).registry
            ledger = try Ledger(path: folder + "/shouwang.sqlite")
            committer = Bench.committer(settings, registry, ledger, state)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        private static func committer(
            _ settings: Settings, _ registry: Registry, _ ledger: Ledger, _ state: DaemonState
        ) -> Committer {
            Committer(
                settings: settings, registry: registry, channels: ["robot", "board"], ledger: ledger, state: state,
                faults: BoxFaults(), log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        }

        func restart() throws {
            try ledger.close()
            ledger = try Ledger(path: folder + "/shouwang.sqlite")
            committer = Bench.committer(settings, registry, ledger, state)
        }

        func commit(_ changes: [AlertChange], record: Int64, minute: Int64) -> Bool {
            let clock = DispatchingTests.noon + .minutes(minute)
            return committer.commit(LedgerQueue.Item(changes: changes, applied: record, clock: clock))
        }

        func told() throws -> [String] {
            try ledger.deliveries().sorted { $0.id < $1.id }.filter { $0.entry.kind == .text }.map {
                "\($0.entry.recipient) \($0.entry.record).\($0.entry.ordinal)"
            }
        }
    }

    private static func change(
        _ kind: ChangeKind = .raised, _ state: AlertState = .open, record: Int64 = 7, ordinal: Int32 = 0,
        minute: Int64 = 0
    ) -> AlertChange {
        let at = noon + .minutes(minute)
        var change = AlertChange(
            record: record, ordinal: ordinal, change: kind, at: at, id: "00112233445566a\(ordinal)", rule: "quiet",
            kind: .noMovement, severity: .medium, site: "hgs", key: "k\(ordinal)", started: at, detected: at,
            state: state, detail: "{}", evidence: [],
            message: LocalizedText(zh: "文", en: "text 编号001122"), isTold: true)
        change.actor = state == .acknowledged ? "wang" : nil
        return change
    }

    @Test func `a tier is told in the commit in which the clock reaches it, over a restart, and once`() throws {
        let bench = try Bench()
        #expect(bench.committer.nextDeadline == nil)
        #expect(bench.commit([DispatchingTests.change()], record: 9, minute: 0))
        #expect(try bench.told() == ["wang 7.0"])
        #expect(bench.committer.nextDeadline == DispatchingTests.noon + .minutes(5))
        #expect(try bench.ledger.events(alert: "00112233445566a0").map(\.change) == ["raised", "dispatched"])
        try bench.restart()
        #expect(bench.committer.nextDeadline == DispatchingTests.noon + .minutes(5))
        #expect(bench.commit([], record: 10, minute: 5))
        #expect(try bench.told() == ["wang 7.0", "chen 10.2000000"])
        try bench.restart()
        #expect(bench.commit([], record: 10, minute: 5))
        #expect(try bench.told().count == 2, "what was committed is not told again")
        #expect(bench.commit([], record: 11, minute: 120))
        #expect(try bench.told().last == "sun 11.2000000")
        #expect(bench.committer.nextDeadline == nil)
        let body = try #require(try bench.ledger.deliveries().first { $0.entry.recipient == "sun" }?.entry.body)
        #expect(body == "[Escalated] Nobody has taken this yet. Please see to it now and report back.\ntext 编号001122")
        let events = try bench.ledger.events(alert: "00112233445566a0")
        #expect(events.map(\.change) == ["raised", "dispatched", "escalated", "escalated"])
        #expect(
            String(decoding: events[1].json, as: UTF8.self).contains("\"assignee\":\"wang\",\"due\":\"2026-09-23T10:05")
        )
        let programs = try bench.ledger.deliveries().filter { $0.entry.channel == "board" }
        #expect(programs.count == 4, "a program gets each change")
    }

    @Test func `an acknowledgement that a crash kept from the ledger still stops what was due behind it`() throws {
        let bench = try Bench()
        #expect(bench.commit([DispatchingTests.change()], record: 9, minute: 0))
        try bench.restart()
        // What the journal has is stepped again; only then does the clock stand where the start stands.
        let acknowledged = DispatchingTests.change(.acknowledged, .acknowledged, record: 12, minute: 3)
        #expect(bench.commit([acknowledged], record: 12, minute: 3))
        #expect(bench.commit([], record: 13, minute: 12))
        #expect(try bench.told() == ["wang 7.0"])
        #expect(bench.committer.nextDeadline == DispatchingTests.noon + .minutes(13))
    }

    @Test func `what the ledger does not take was not told, and is told when it takes it`() throws {
        let bench = try Bench()
        #expect(bench.commit([DispatchingTests.change()], record: 9, minute: 0))
        let before = bench.committer.nextDeadline
        try bench.ledger.close()
        #expect(!bench.commit([], record: 10, minute: 6))
        #expect(bench.committer.nextDeadline == before)
        bench.ledger = try Ledger(path: bench.folder + "/shouwang.sqlite")
        #expect(try bench.told() == ["wang 7.0"])
        try bench.restart()
        #expect(bench.commit([], record: 10, minute: 6))
        #expect(try bench.told() == ["wang 7.0", "chen 10.2000000"])
    }

    @Test func `a step of the wall clock in the queue moves the timers`() throws {
        let bench = try Bench()
        #expect(bench.commit([DispatchingTests.change()], record: 9, minute: 0))
        let queue = LedgerQueue()
        let clock = DispatchingTests.noon + .minutes(62)
        queue.add(
            LedgerQueue.Item(
                changes: [], applied: 10, clock: clock,
                shifts: [DispatchInput.Shift(record: 10, length: .hours(1))]))
        queue.add(LedgerQueue.Item(changes: [], applied: 11, clock: clock + .minutes(1)))
        queue.close()
        bench.committer.run(queue, wake: {}, keep: { _ in })
        #expect(try bench.told() == ["wang 7.0"])
        #expect(bench.committer.nextDeadline == DispatchingTests.noon + .minutes(65))
        #expect(try bench.ledger.applied() == 11)
    }

    @Test func `an end waits for the digest that tells the beginning`() throws {
        let bench = try Bench()
        let raised = (0..<5).map { DispatchingTests.change(ordinal: Int32($0)) }
        #expect(bench.commit(raised, record: 9, minute: 0))
        #expect(try bench.told() == ["wang 7.0"])
        let end = DispatchingTests.change(.resolved, .resolved, record: 10, ordinal: 3, minute: 1)
        #expect(bench.commit([end], record: 10, minute: 1))
        #expect(try bench.told() == ["wang 7.0", "wang 10.3"])
        let now = DispatchingTests.noon + .minutes(2)
        let first = try bench.ledger.lease(channel: "robot", now: now, lasting: .minutes(1), limit: 9)
        #expect(first.map(\.entry.record) == [7], "the end stays behind it")
        try bench.ledger.settle([Settlement(first[0], .sent(answer: ""))], now: now)
        let second = try bench.ledger.lease(channel: "robot", now: now, lasting: .minutes(1), limit: 9)
        #expect(second.map(\.entry.record) == [10])
    }

    @Test func `a suspended alert asks for the record that resumes it`() throws {
        let bench = try Bench()
        var suspended = DispatchingTests.change(.suspended, .suspended, record: 8, minute: 1)
        suspended.act = nil
        #expect(bench.commit([DispatchingTests.change()], record: 7, minute: 0))
        #expect(bench.commit([suspended], record: 8, minute: 1))
        #expect(
            bench.committer.dispatching.view.dueResumes.isEmpty && bench.committer.nextDeadline == nil,
            "it does not say until when")
    }
}
