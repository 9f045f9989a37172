import Alerts
import Foundation
import Ledger
import Logging
import Pipeline
import Rules
import SiteLoading
import Synchronization
import Testing
import Timekeeping
import Vocabulary

@testable import Daemon
@testable import SiteLoading

/// The daily message: one a day, in the outbox, whatever restarts and clocks do.
@Suite(.timeLimit(.minutes(1))) struct DailyServiceTests {
    /// 2026-12-01 08:00 in Shanghai.
    private static let eight = Instant(milliseconds: 1_796_083_200_000)

    /// A site with a property that has a robot, a ledger, and a clock that the test sets.
    private final class Bench: Sendable {
        let folder: String
        let site: Site
        let ledger: Ledger
        let counters = ProofCounters()
        let woken = Atomic(0)
        let time: Mutex<Instant>

        init(at start: Instant) throws {
            folder = NSTemporaryDirectory() + "/daily-" + UUID().uuidString
            for name in ["registry", "state"] {
                try FileManager.default.createDirectory(
                    atPath: folder + "/" + name, withIntermediateDirectories: true)
            }
            let files = [
                "registry/places.csv": "id,kind\nb1,building\n",
                "registry/devices.csv": "id,place,family,kind\npir1,b1/1/101,elder,pir\n",
                "registry/residents.csv": "id,dwelling,name,care\ne1,b1/1/101,罗桂华,独居\ne2,b1/1/102,王五,独居\n",
                "registry/workers.csv":
                    "id,name,role,phone,channels,shift\nwang,王,property,,robot:wang,Mon 20:00-21:00\n",
                "shouwang.yaml": """
                site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: zh-Hans}
                mqtt: {broker: "mqtt://127.0.0.1:1"}
                registry: registry/
                feeds: [{topic: "community/+/+/+", format: native}]
                store: {path: state}
                rules: {quiet: {kind: no_movement, after: 100h}}
                channels: {robot: {kind: wecom, key: {file: key}}, board: {kind: mqtt}}
                routes: [{to: [board]}]

                """,
                "key": "k",
            ]
            for (name, text) in files {
                try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
            }
            site = try SiteFiles.require(config: folder + "/shouwang.yaml")
            ledger = try Ledger(path: folder + "/state/shouwang.sqlite")
            time = Mutex(start)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        /// Another service each time, as after a restart.
        func look(at now: Instant) async {
            time.withLock { $0 = now }
            let figures = WatchFigures(
                at: now, unseen: [UnseenHome(home: 1, reason: .uncovered)], deadDevices: ["pir1"],
                blind: BlindIntervals())
            await DailyService(
                site: site, channels: ["robot", "board"], ledger: ledger, board: FigureBoard(figures),
                counters: counters, wake: { [self] in woken.add(1, ordering: .relaxed) },
                now: { [self] in time.withLock { $0 } },
                log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            ).look()
        }

        func told() throws -> [OutboxEntry] { try ledger.deliveries().reversed().map(\.entry) }
    }

    @Test func `it is made once a day, whatever restarts and steps of the clock there are`() async throws {
        let bench = try Bench(at: DailyServiceTests.eight - .hours(1))
        await bench.look(at: DailyServiceTests.eight - .hours(1))
        #expect(try bench.told().isEmpty)
        for step in [Milliseconds.zero, .seconds(20), .hours(-1), .minutes(1), .hours(3), .hours(5)] {
            await bench.look(at: DailyServiceTests.eight + step)
        }
        let told = try bench.told()
        #expect(told.map(\.channel) == ["robot"] && told.map(\.recipient) == ["wang"])
        #expect(told[0].body.hasPrefix("【平安日报】红谷春天 12月1日 08:00\n看护2人，看不到1人：b1"))
        #expect(told[0].body.contains("失联1台（pir1）") && !told[0].body.contains("王五"))
        #expect(bench.woken.load(ordering: .relaxed) == 1 && bench.counters.view.reports == 1)
        await bench.look(at: DailyServiceTests.eight + .days(1))
        #expect(try bench.told().count == 2)
        #expect(try bench.told().map(\.key).count == Set(bench.told().map(\.key)).count)
        let report = try #require(try bench.ledger.report(day: "2026-12-01"))
        #expect(String(decoding: report, as: UTF8.self).hasPrefix("{\"schema\":\"shouwang.daily/1\""))
    }

    @Test func `one that was missed is sent up to noon, and says that it is late`() async throws {
        let bench = try Bench(at: DailyServiceTests.eight - .hours(1))
        await bench.look(at: DailyServiceTests.eight - .hours(1))
        await bench.look(at: DailyServiceTests.eight + .hours(4) - .minutes(1))
        #expect(try bench.told().map { $0.body.contains("11:59 补发") } == [true])
        await bench.look(at: DailyServiceTests.eight + .days(1) + .hours(4) + .seconds(1))
        #expect(try bench.told().count == 1, "a morning that is over")
        #expect(bench.counters.view.lateReports == 1)
    }

    @Test func `a site that begins at ten owes nothing for that morning`() async throws {
        let bench = try Bench(at: DailyServiceTests.eight + .hours(2))
        await bench.look(at: DailyServiceTests.eight + .hours(2))
        #expect(try bench.told().isEmpty && bench.ledger.report(day: "2026-12-01") == nil)
        await bench.look(at: DailyServiceTests.eight + .days(1))
        #expect(try bench.told().count == 1)
    }

    @Test func `a box that does not know the time waits until it does`() async throws {
        let bench = try Bench(at: Instant(milliseconds: 1000))
        await bench.look(at: Instant(milliseconds: 1000))
        #expect(try !bench.ledger.hasReport())
        await bench.look(at: DailyServiceTests.eight - .seconds(1))
        await bench.look(at: DailyServiceTests.eight)
        #expect(try bench.told().count == 1)
    }

    @Test func `alerts of the day are counted, drills apart, and a ledger that fails is told and tried again`()
        async throws
    {
        let bench = try Bench(at: DailyServiceTests.eight - .hours(1))
        await bench.look(at: DailyServiceTests.eight - .hours(1))
        func change(_ record: Int64, _ key: String, _ state: String, _ ago: Milliseconds) -> LedgerChange {
            LedgerChange(
                record: record, ordinal: 0, alert: "alert-" + key, change: state == "open" ? "raised" : state,
                rule: "r",
                kind: "no_movement", severity: .high, state: state, key: key, at: DailyServiceTests.eight - ago,
                started: DailyServiceTests.eight - ago, json: [])
        }
        try bench.ledger.commit(
            changes: [
                change(1, "old", "open", .hours(60)), change(2, "before", "open", .hours(30)),
                change(3, "a", "open", .hours(20)), change(4, "b", "open", .hours(10)),
                change(5, "drill:1", "open", .hours(9)), change(6, "before", "closed", .hours(5)),
                change(7, "a", "resolved", .hours(4)), change(8, "drill:1", "closed", .hours(3)),
            ], notifications: [], applied: 8)
        await bench.look(at: DailyServiceTests.eight)
        let text = try #require(try bench.told().first?.body)
        #expect(text.contains("预警2起，结案1起，自动解除1起，未结2起") && text.contains("演练1次"))
        try bench.ledger.close()
        await bench.look(at: DailyServiceTests.eight + .days(1))
        #expect(bench.counters.view.reportProblem != nil)
    }
}
