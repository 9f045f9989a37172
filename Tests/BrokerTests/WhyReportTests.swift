import Foundation
import Testing

/// What `why` says of alerts that are over, of devices, and as of a time.
@Suite(.timeLimit(.minutes(5)))
struct WhyReportTests {
    typealias Records = [(minute: Int64, path: String, body: String)]

    private static func moves(_ minutes: [Int64], _ device: String = "pir-1") -> Records {
        minutes.map { (minute: $0, path: "elder/\(device)", body: "\"type\":\"motion\"") }
    }

    /// A silence from eight in the morning on, the box without its broker for fifty minutes of it, until half past ten
    /// of the next day.
    private static let ended: Records = Quiet.sorted(
        Quiet.silence(hours: 34) + moves([2070, 2075, 2079])
            + [
                (905, "$shouwang/session", "\"state\":\"lost\""),
                (955, "$shouwang/session", "\"state\":\"connected\",\"present\":true"),
                (956, "$shouwang/session", "\"state\":\"settled\""),
            ])

    private static func lines(_ site: WhySite, _ arguments: [String]) throws -> [String] {
        let told = try site.run(arguments)
        #expect(told.code == 0, "\(told.talk)")
        // Neither JSON, nor instants and lengths as programs write them.
        for raw in ["{", "}", "\":", "+08:00", ".000"] { #expect(!told.output.contains(raw), "\(raw): \(told.output)") }
        #expect(told.output.firstMatch(of: /\d(ms|[smhd])\b/) == nil, "\(told.output)")
        return told.output.split(separator: "\n").map(String.init)
    }

    @Test func `of an alert that is over the shares are those of its raise, and what ended it stands apart`() throws {
        let site = try WhySite(Quiet.rule)
        try site.tell(WhyReportTests.ended)
        let changes = try site.replay()
        try #require(changes.map(\.change) == ["raised", "resolved"])
        let lines = try WhyReportTests.lines(site, ["why", changes[0].id, site.log])
        #expect(lines.contains("  of that time: watched 97 %, the system was down 3 %, no device was alive 0 %"))
        #expect(
            lines.contains(
                "  the longest time that the system was down: 2026-03-05 15:05:00 to 2026-03-05 15:55:00 (50 min)"))
        #expect(lines.contains { $0.hasPrefix("  3栋2单元502 客厅红外: alive then, last heard of at 2026-03-06 08:00:00") })
        let evidence = try #require(lines.firstIndex(of: "Evidence:"))
        let ended = try #require(lines.firstIndex(of: "Ended by:"))
        let led = lines[evidence + 1..<ended].map { String($0.split(separator: " ")[3].prefix(5)) }
        #expect(led == ["08:00", "08:01", "08:02"])
        let enders = lines[(ended + 1)...].map { String($0.split(separator: " ")[3].prefix(5)) }
        #expect(enders == ["10:30", "10:35", "10:39"])
    }

    @Test func `in Chinese it is told in Chinese`() throws {
        let site = try WhySite(Quiet.rule, language: "zh-Hans")
        try site.tell(WhyReportTests.ended)
        let id = try #require(try site.replay().first).id
        let lines = try WhyReportTests.lines(site, ["why", id, site.log])
        #expect(lines.contains("判定：2026-03-06 08:02:00（开始后24小时）"))
        #expect(lines.contains("研判：家中没有活动（not_moving）"))
        #expect(lines.contains("  最后的活动：2026-03-05 08:02:00，3栋2单元502 客厅红外"))
        #expect(lines.contains("  这段时间：感知覆盖 97%，系统停机 3%，设备失联 0%"))
        #expect(lines.contains("依据：") && lines.contains("因以下记录解除："))
        #expect(lines.contains { $0.contains("  解除  【已解除】") })
        let not = try WhyReportTests.lines(site, ["why-not", "3栋/2单元/502", site.log])
        #expect(not.contains { $0.contains("距最近的活动 0秒") || $0.contains("距最近的活动 1分钟") }, "\(not)")
    }

    @Test func `a silent device shows its last words, by the name that people gave it`() throws {
        let site = try WhySite("  dead: {kind: device_silent}")
        let hours: Records = (0...5).map { ($0 * 60, "elder/pir-1", "\"type\":\"heartbeat\",\"battery\":\(90 - $0)") }
        try site.tell(
            Quiet.sorted(
                hours + (0...60).map { ($0 * 10, "access/gate-1", "\"type\":\"online\"") } + [
                    (595, "elder/pir-1", "\"type\":\"heartbeat\"")
                ]))
        let changes = try site.replay()
        try #require(changes.map(\.change) == ["raised", "resolved"])
        let lines = try WhyReportTests.lines(site, ["why", changes[0].id, site.log])
        #expect(lines.contains("  heard of last: 2026-03-05 05:00:00"))
        #expect(lines.contains("  it is silent after 2 h 30 min"))
        let title = try #require(lines.firstIndex(of: "Its last records before:"))
        #expect(
            lines[(title + 1)...].map { String($0.split(separator: " ", maxSplits: 2).last ?? "") } == [
                "2026-03-05 03:00:00: 客厅红外 heartbeat, battery 87 % → 3栋2单元502 罗*华",
                "2026-03-05 04:00:00: 客厅红外 heartbeat, battery 86 % → 3栋2单元502 罗*华",
                "2026-03-05 05:00:00: 客厅红外 heartbeat, battery 85 % → 3栋2单元502 罗*华",
            ])
    }

    @Test func `a silent hub shows the last word of each device behind it`() throws {
        let site = try WhySite("  hub: {kind: upstream_silent}")
        try site.write(
            "registry/devices.csv",
            """
            id,place,family,kind,heartbeat,via,name
            pir-1,3栋/2单元/501,elder,pir,1h,hub-a,
            pir-2,3栋/2单元/502,elder,pir,1h,hub-a,客厅红外
            pir-3,3栋/2单元/503,elder,pir,1h,hub-a,
            gate-1,north,access,gate,,,北门

            """)
        let words: Records = [1, 2, 3].flatMap { n in
            (0...4).map { (Int64($0 * 60 + n), "elder/pir-\(n)", "\"type\":\"heartbeat\"") }
        }
        try site.tell(Quiet.sorted(words + (0...72).map { ($0 * 10, "access/gate-1", "\"type\":\"online\"") }))
        let raised = try #require(try site.replay().first)
        let lines = try WhyReportTests.lines(site, ["why", raised.id, site.log])
        let title = try #require(lines.firstIndex(of: "Its last records before:"))
        let told = lines[(title + 1)...].map { String($0.split(separator: ":", maxSplits: 3).last ?? "") }
        #expect(
            told == [
                " motion sensor (pir-1) heartbeat → 3栋2单元501", " 客厅红外 heartbeat → 3栋2单元502 罗*华",
                " motion sensor (pir-3) heartbeat → 3栋2单元503",
            ])
        #expect(lines.contains { $0.hasPrefix("  silent with it: ") && $0.contains("3栋2单元502 客厅红外") })
    }

    @Test func `through a time it is told as of then, and behind the log's end the clock goes on`() throws {
        let site = try WhySite(Quiet.rule)
        try site.tell(WhyReportTests.ended)
        let id = try #require(try site.replay().first).id
        func why(_ through: String) throws -> (code: Int32, output: String, talk: String) {
            try site.run(["why", id, site.log, "--through", through])
        }
        let before = try why("2026-03-06T08:01:59")
        #expect(before.code == 66 && before.talk.contains("up to 2026-03-06 08:01:59"), "\(before)")
        let open = try why("2026-03-06T08:02:00")
        #expect(open.code == 0 && open.output.contains("As of: 2026-03-06 08:02:00\n"), "\(open)")
        #expect(open.output.contains("  raised  ") && !open.output.contains("resolved"), "\(open.output)")
        #expect(open.output.contains("  2026-03-06 08:02:00  raised  "), "ticks are at the deadline: \(open.output)")
        let over = try why("2026-03-06T02:39:00Z")
        #expect(over.output.contains("  raised  ") && over.output.contains("  resolved  "), "\(over)")
        // What only the silence behind the log's end raises.
        try site.tell(Quiet.sorted(Quiet.silence(hours: 9)))
        let late = try #require(try site.replay(["--through", "2026-03-07T00:00:00"]).first { $0.change == "raised" })
        #expect(try site.run(["why", late.id, site.log]).code == 66)
        #expect(try site.run(["why", late.id, site.log, "--through", "2026-03-07T00:00:00"]).code == 0)
        let wrong = try why("yesterday")
        #expect(wrong.code == 64 && wrong.talk.contains("2026-03-05T08:00:00+08:00"), "\(wrong)")
    }

    @Test func `why-not through a time tells what held then`() throws {
        let site = try WhySite(Quiet.rule)
        try site.tell(WhyReportTests.ended)
        let key = "3栋/2单元/502"
        let open = try site.run(["why-not", key, site.log, "--through", "2026-03-06T09:00:00"])
        #expect(
            open.output.contains("As of 2026-03-06 09:00:00:\n") && open.output.contains("raised, stage 1"), "\(open)")
        #expect(open.output.contains("no sign of life for 24 h 58 min"), "\(open.output)")
        let early = try site.run(["why-not", key, site.log, "--through", "2026-03-05T08:01:30"])
        #expect(early.output.contains("As of 2026-03-05 08:01:30:\n") && !early.output.contains("raised, stage"))
        let late = try site.run(["why-not", key, site.log, "--through", "2026-03-08T02:39:00"])
        #expect(
            late.output.contains("As of 2026-03-08 02:39:00:\n") && late.output.contains("raised, stage 1"), "\(late)")
        let none = try site.run(["why-not", key, site.log, "--through", "2026-03-01T00:00:00"])
        #expect(none.code == 66 && none.talk.contains("no record in the logs up to 2026-03-01 00:00:00"), "\(none)")
    }
}
