import Alerts
import Diagnostics
import Foundation
import SiteConfiguration
import Testing
import Timekeeping

@testable import AlertDispatch

/// What the daily message says, when it is due, and whom it reaches.
@Suite struct DailyReportTests {
    private let zone = Zone(identifier: "Asia/Shanghai") ?? .utc

    private func report(_ change: (inout DailyReport) -> Void = { _ in }) throws -> DailyReport {
        let day = try #require(Day(iso8601: "2026-12-01"))
        let schedule = DailySchedule(at: 480, zone: zone)
        let to = schedule.moment(of: day)
        var report = DailyReport(
            site: "hgs", siteName: "红谷春天", day: day, from: to - .days(1), to: to, made: to + .seconds(12),
            isLate: false,
            watched: 143, unseen: [], raised: 0, closed: 0, resolved: 0, open: 0, devices: 96, deadDevices: [],
            blind: .zero, drills: 0)
        change(&report)
        return report
    }

    @Test func `a day on which nothing happened is told too`() throws {
        let words = try report().message(zone: zone)
        #expect(
            words.zh == """
                【平安日报】红谷春天 12月1日 08:00
                看护143人，都能看到。
                24小时内预警0起，结案0起，未结0起。
                设备96台，失联0台；值守中断0分钟。
                """)
        #expect(
            words.en == """
                [Daily report] 红谷春天, 12-01 08:00
                143 watched, all can be seen.
                In 24 hours: alerts 0, closed 0, still open 0.
                Devices 96, dead 0; blind 0 min.
                """)
    }

    @Test func `who cannot be seen is named with the reason, and drills stand apart`() throws {
        let report = try report {
            $0.unseen = [
                DailyReport.Unseen(who: "3栋2单元502 罗*华", people: 1, reason: .sensorsDead),
                DailyReport.Unseen(who: "5栋1单元101 王* 李*", people: 2, reason: .uncovered),
                DailyReport.Unseen(who: "7栋 赵*", people: 1, reason: .leftOut),
            ]
            ($0.raised, $0.closed, $0.resolved, $0.open) = (3, 1, 1, 1)
            $0.onTime = DailyReport.Share(inTime: 1, total: 2)
            $0.deadDevices = ["pir-1", "lift3"]
            $0.blind = .minutes(3) + .seconds(1)
            $0.drills = 1
            ($0.made, $0.isLate) = ($0.to + .minutes(95), true)
        }
        let words = report.message(zone: zone)
        #expect(
            words.zh == """
                【平安日报】红谷春天 12月1日 08:00（主机当时停机，09:35 补发）
                看护143人，看不到4人：3栋2单元502 罗*华（设备失联）、5栋1单元101 王* 李*（家中无设备）、7栋 赵*（登记有误），请安排走访。
                24小时内预警3起，结案1起，自动解除1起，未结1起，按时到场1/2。
                设备96台，失联2台（pir-1、lift3）；值守中断4分钟。
                演练1次，不计入以上数字。
                """)
        #expect(words.en.contains("4 cannot be seen: 3栋2单元502 罗*华 (devices silent); 5栋1单元101 王* 李* (no device there)"))
        #expect(words.en.contains("closed 1, ended by themselves 1, still open 1, on time 1 of 2."))
        #expect(words.en.hasSuffix("Drills 1, in none of these figures."))
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json(zone: zone))) as? [String: Any])
        #expect(json["schema"] as? String == "shouwang.daily/1" && json["day"] as? String == "2026-12-01")
        #expect(json["unseen"] as? Int == 4 && json["blind_minutes"] as? Int == 4 && json["late"] as? Bool == true)
    }

    @Test func `however many names there are, the text fits the shortest channel`() throws {
        let report = try report {
            $0.unseen = (0..<500).map {
                DailyReport.Unseen(who: "一百二十栋三单元二千八百零\($0) 欧阳*修 司马*如", people: 2, reason: .sensorsDead)
            }
            $0.deadDevices = (0..<500).map { "a-device-with-a-long-name-\($0)" }
        }
        let words = report.message(zone: zone)
        #expect(words.zh.utf8.count < 1900 && words.en.utf8.count < 1900)
        #expect(words.en.contains("1000 cannot be seen") && words.en.contains("; 492 more"))
    }

    @Test func `it is due from its time on, for four hours, and late from ten minutes on`() throws {
        let schedule = DailySchedule(at: 480, zone: zone)
        let day = try #require(Day(iso8601: "2026-12-01"))
        let moment = schedule.moment(of: day)
        #expect(schedule.due(at: moment - Milliseconds(1)) == nil)
        let due = try #require(schedule.due(at: moment))
        #expect(due.day == day && due.from == moment - .days(1) && due.to == moment && !due.isLate)
        #expect(schedule.due(at: moment + .minutes(10))?.isLate == true)
        #expect(schedule.due(at: moment + .hours(4))?.day == day)
        #expect(schedule.due(at: moment + .hours(4) + Milliseconds(1)) == nil)
        // 1970-01-01 08:00 in Shanghai: the clock of a box that has not learned the time.
        #expect(schedule.due(at: Instant(milliseconds: 1000)) == nil)
    }

    @Test func `a site that begins before the time owes that day's message, one that begins behind it does not`() throws
    {
        let schedule = DailySchedule(at: 480, zone: zone)
        let day = try #require(Day(iso8601: "2026-12-01"))
        #expect(schedule.lastDay(before: schedule.moment(of: day) - Milliseconds(1)).iso8601 == "2026-11-30")
        #expect(schedule.lastDay(before: schedule.moment(of: day)) == day)
    }

    @Test func `the day of a clock change has the message at the clock's eight, after 23 or 25 hours`() throws {
        let berlin = try #require(Zone(identifier: "Europe/Berlin"))
        let schedule = DailySchedule(at: 480, zone: berlin)
        for (date, hours) in [("2026-03-29", 23), ("2026-10-25", 25)] {
            let day = try #require(Day(iso8601: date))
            let due = try #require(schedule.due(at: schedule.moment(of: day)))
            #expect(due.to - due.from == .hours(Int64(hours)))
        }
    }

    @Test func `it goes to everybody in its roles once, on shift or not, over channels that take words`() {
        var town = Town("{to: [desk]}")
        func ways(_ channels: [String] = ["robot", "board", "desk"]) -> [String] {
            DailyRecipients.ways(settings: town.settings, registry: town.registry, channels: channels).map {
                "\($0.channel):\($0.recipient)"
            }
        }
        #expect(ways().isEmpty, "the town has neither property nor community")
        town = Town("{to: [desk]}", top: "daily: {at: \"07:30\", to: [grid_worker, worker:gate, desk]}")
        #expect(town.settings.daily.at == 450)
        #expect(ways() == ["robot:day", "robot:night", "robot:other", "robot:gate", "desk:"])
        #expect(ways(["desk"]) == ["desk:"])
    }
}
