import JSONWriting
import Testing
import Timekeeping
import Vocabulary

@testable import Cases

/// Figures that a person can count by hand.
@Suite struct EvaluationTests {
    private let context = EvaluationContext(
        calendar: WorkCalendar(zone: Zone(identifier: "Asia/Shanghai") ?? .utc), through: CaseLog.at(100_000))

    private func all(_ logs: CaseLog...) -> EvaluationRow? {
        Evaluation.rows(logs.map(\.evaluated), by: .all, context).first
    }

    private func rows(_ group: EvaluationGroup, _ logs: CaseLog...) -> [String: EvaluationRow] {
        let rows = Evaluation.rows(logs.map(\.evaluated), by: group, context)
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.group, $0) })
    }

    /// An elder at 09:00: nobody reacts, the street takes it at 09:16, is there at 09:24, checked by another.
    private func scene() -> CaseLog {
        var log = CaseLog()
        log.tell(0, .dispatched, .dispatched) { $0.assignee = "w1" }
        log.tell(5, .escalated, .dispatched) { $0.assignee = "community" }
        log.tell(15, .escalated, .dispatched) { $0.assignee = "street" }
        log.act(16, .ack, "s1")
        log.act(24, .arrive, "s1")
        log.act(40, .handle, "s1") { step in
            (step.by, step.found, step.alertRight) = ("visit", "away", true)
        }
        log.act(60, .check, "p1")
        return log
    }

    @Test func `the scene of the elder has the times that it had`() throws {
        let row = try #require(all(scene()))
        #expect((row.cases, row.closed, row.resolved) == (1, 1, 0))
        #expect(row.acknowledge == EvaluationRow.Times(count: 1, median: 960, ninety: 960, worst: 960))
        #expect(row.arrive.median == 1440)
        #expect(row.close.median == 3600)
        #expect(row.onTime[.ack] == EvaluationRow.Share(met: 0, of: 1))
        #expect(row.onTime[.arrive] == EvaluationRow.Share(met: 1, of: 1))
        #expect(row.onTime[.handle] == EvaluationRow.Share(met: 1, of: 1))
        #expect(row.onTime[.check] == EvaluationRow.Share(met: 1, of: 1))
        #expect(row.onTime[.case] == EvaluationRow.Share(met: 1, of: 1))
        #expect(row.notRight == EvaluationRow.Share(met: 0, of: 1))
        #expect((row.handled, row.rework, row.returns, row.selfChecked, row.unreported) == (1, 0, 0, 0, 0))
    }

    @Test func `a figure goes to whoever did it`() {
        let workers = rows(.worker, scene())
        #expect(workers.keys.sorted() == ["p1", "s1"])
        #expect(workers["s1"]?.acknowledge.count == 1)
        #expect(workers["s1"]?.onTime[.check] == nil)
        #expect(workers["p1"]?.onTime[.check] == EvaluationRow.Share(met: 1, of: 1))
        #expect(workers["p1"]?.acknowledge.count == 0)
    }

    @Test func `not right counts of those that were answered, by rule and by device`() {
        var wrong = CaseLog()
        wrong.act(1, .arrive, "w")
        wrong.act(2, .handle, "w") { ($0.by, $0.alertRight) = ("visit", false) }
        var silent = CaseLog()
        silent.act(1, .arrive, "w")
        silent.act(2, .handle, "w") { $0.by = "visit" }
        for group in [EvaluationGroup.rule, .device] {
            let row = rows(group, wrong, silent, scene())[group == .rule ? "quiet" : "d1"]
            #expect(row?.notRight == EvaluationRow.Share(met: 1, of: 2))
        }
        // What was corrected counts as it was said last.
        wrong.act(3, .handle, "w") { ($0.by, $0.alertRight) = ("visit", true) }
        #expect(all(wrong)?.notRight == EvaluationRow.Share(met: 0, of: 1))
    }

    @Test func `rework is a check that is not ok, never a correction`() {
        var log = CaseLog()
        log.act(1, .arrive, "w")
        log.act(2, .handle, "w") { $0.by = "visit" }
        log.act(5, .handle, "w") { $0.by = "visit" }
        #expect(all(log)?.rework == 0)
        #expect(all(log)?.handled == 1)
        log.act(30, .check, "m", ok: false)
        log.act(40, .handle, "w") { $0.by = "visit" }
        log.act(50, .check, "m")
        #expect(all(log)?.rework == 1)
        #expect(all(log)?.handled == 2)
        #expect(rows(.worker, log)["w"]?.rework == 1)
        #expect(rows(.worker, log)["m"]?.rework == 0)
        #expect(rows(.worker, log)["w"]?.unreported == 1, "the second visit, of which no arrival was told")
    }

    @Test func `who checks what they handled, or closes without a check, is counted`() {
        var own = CaseLog()
        own.act(1, .arrive, "w")
        own.act(2, .handle, "w") { $0.by = "visit" }
        own.act(3, .check, "w")
        #expect(all(own)?.selfChecked == 1)
        var unchecked = CaseLog()
        unchecked.act(1, .arrive, "w")
        unchecked.act(2, .handle, "w") { $0.by = "visit" }
        unchecked.tell(2, .closed, .closed) { ($0.isUnchecked, $0.actor) = (true, "w") }
        #expect(all(unchecked)?.selfChecked == 1)
        #expect(all(scene())?.selfChecked == 0)
    }

    @Test func `suspended time is in no time`() {
        var log = CaseLog()
        log.act(1, .ack, "w")
        log.act(2, .suspend, "w")
        log.act(1002, .resume, "w")
        log.act(1005, .arrive, "w")
        log.act(1010, .handle, "w") { $0.by = "visit" }
        log.act(1020, .check, "m")
        let row = all(log)
        #expect(row?.arrive.median == 300)
        #expect(row?.close.median == 1200)
        #expect(row?.onTime[.arrive] == EvaluationRow.Share(met: 1, of: 1))
    }

    @Test func `drills are in no figure`() {
        var drill = scene()
        drill.steps[3].isDrill = true
        #expect(all(drill) == nil)
    }

    @Test func `a tap counts in the times within twelve hours, and stops no clock`() {
        for (delay, acknowledged) in [(0.0, 800.0), (1, 799), (720, 80), (720.1, 800), (-1, 800)] {
            var log = CaseLog()
            log.act(800, .ack, "w") { $0.tapped = CaseLog.at(800 - delay) }
            let row = all(log)
            #expect(row?.acknowledge.median == Int64(acknowledged * 60), "\(delay)")
            #expect(row?.onTime[.ack] == EvaluationRow.Share(met: 0, of: 1))
        }
        var early = CaseLog()
        early.act(5, .ack, "w") { $0.tapped = CaseLog.at(-60) }
        #expect(all(early)?.acknowledge.median == 0, "nobody acknowledges before the raise")
    }

    @Test func `what nobody did is late where it was overdue, and else says nothing`() {
        var returned = CaseLog()
        returned.act(1, .ack, "w")
        returned.act(30, .return, "w")
        returned.act(31, .close, "m")
        let row = all(returned)
        #expect(row?.onTime[.arrive] == EvaluationRow.Share(met: 0, of: 1))
        #expect(row?.onTime[.ack] == EvaluationRow.Share(met: 1, of: 1), "the second was not due")
        #expect(rows(.worker, returned)["w"]?.onTime[.arrive] == EvaluationRow.Share(met: 0, of: 1))
        #expect(rows(.worker, returned)["w"]?.returns == 1)
        var resolved = CaseLog()
        resolved.tell(2, .resolved, .resolved)
        #expect(all(resolved)?.onTime == [:])
        #expect(all(resolved)?.resolved == 1)
        #expect(all(CaseLog())?.onTime[.ack] == EvaluationRow.Share(met: 0, of: 1), "it is overdue by the end")
    }

    @Test func `a department must acknowledge within the limit, and only its own people do`() {
        var log = CaseLog()
        log.act(1, .ack, "w")
        log.act(10, .escalate, "w") { $0.to = "department:城管" }
        log.act(11, .arrive, "w")
        #expect(rows(.department, log)["department:城管"]?.escalationsOnTime == EvaluationRow.Share(met: 0, of: 1))
        var context = context
        log.act(12, .ack, "x")
        for (roles, met) in [([:], 1), (["x": "department:城管"], 1), (["x": "guard"], 0)] as [([String: String], Int)] {
            context.roles = roles
            let row = Evaluation.rows([log.evaluated], by: .department, context).first
            #expect(row?.escalations == 1)
            #expect(row?.escalationsOnTime == EvaluationRow.Share(met: met, of: 1), "\(roles)")
        }
        context.through = CaseLog.at(11.5)
        let early = Evaluation.rows([log.evaluated], by: .department, context).first
        #expect(early?.escalationsOnTime == EvaluationRow.Share(), "it may still be on time")
        #expect(rows(.department, scene()).isEmpty)
    }

    @Test func `cases are told by the week of their raise, and a period takes those that were raised in it`() {
        #expect(rows(.week, scene()).keys.sorted() == ["2026-W43"])
        #expect(rows(.grid, scene()).keys.sorted() == ["g1"])
        for (day, week) in [
            ("2024-12-30", "2025-W01"), ("2021-01-03", "2020-W53"), ("2026-01-01", "2026-W01"),
            ("2026-12-31", "2026-W53"), ("2027-01-03", "2026-W53"), ("2027-01-04", "2027-W01"),
        ] {
            #expect(Day(iso8601: day).map(Evaluation.week) == week)
        }
        var context = context
        context.period = CaseLog.at(0)..<CaseLog.at(1)
        #expect(Evaluation.rows([scene().evaluated], by: .all, context).count == 1)
        context.period = CaseLog.at(1)..<CaseLog.at(2)
        #expect(Evaluation.rows([scene().evaluated], by: .all, context).isEmpty)
    }

    @Test func `what was merged has no end of its own, and what was reopened has two`() {
        var merged = CaseLog()
        merged.act(4, .merge, "m")
        #expect(all(merged)?.closed == 1)
        #expect(all(merged)?.close.count == 0)
        var reopened = scene()
        reopened.act(5000, .reopen, "m")
        reopened.act(5001, .ack, "w")
        reopened.act(5010, .close, "m")
        #expect(all(reopened)?.close.median == 4200, "the time in which it was closed is left out")
        #expect(all(reopened)?.onTime[.case] == EvaluationRow.Share(met: 2, of: 2))
    }

    @Test func `median and 90 percent are lengths that were there`() {
        let logs = (1...10).map { minutes in
            var log = CaseLog()
            log.act(Double(minutes), .ack, "w")
            return log.evaluated
        }
        let times = Evaluation.rows(logs, by: .all, context).first?.acknowledge
        #expect(times == EvaluationRow.Times(count: 10, median: 300, ninety: 540, worst: 600))
    }

    @Test func `the JSON of a row leaves out what nobody did`() throws {
        let row = try #require(all(scene()))
        let json = JSONWriter.text { EvaluationTable.write(row, to: &$0) }
        #expect(
            json
                == #"{"group":"all","cases":1,"closed":1,"resolved":0,"acknowledge":{"count":1,"median":960,"p90":960,"#
                + #""worst":960},"arrive":{"count":1,"median":1440,"p90":1440,"worst":1440},"close":{"count":1,"#
                + #""median":3600,"p90":3600,"worst":3600},"on_time":{"ack":{"met":0,"of":1},"arrive":{"met":1,"of":1},"#
                + #""handle":{"met":1,"of":1},"check":{"met":1,"of":1},"case":{"met":1,"of":1}},"not_right":{"met":0,"#
                + #""of":1},"handled":1,"rework":0,"returns":0,"escalations":0,"escalations_on_time":{"met":0,"of":0},"#
                + #""arrival_not_reported":0,"self_checked":0}"#)
    }

    @Test func `the sheet opens in a spreadsheet, and nothing in it is a formula`() {
        var log = scene()
        for index in log.steps.indices { log.steps[index].grid = "=1+2,\"x\"" }
        let rows = Evaluation.rows([log.evaluated], by: .grid, context)
        for isChinese in [true, false] {
            let bytes = EvaluationTable.csv(rows, isChinese: isChinese)
            #expect(bytes.prefix(3) == [0xEF, 0xBB, 0xBF])
            let text = String(decoding: bytes.dropFirst(3), as: UTF8.self)
            let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(lines.count == 3 && lines[2].isEmpty)
            #expect(lines[0].hasPrefix(isChinese ? "分组,案件," : "group,cases,"))
            #expect(lines[1].hasPrefix("\"'=1+2,\"\"x\"\"\",1,1,0,960,960,960,1440"))
            #expect(lines[0].split(separator: ",", omittingEmptySubsequences: false).count == 27)
        }
    }

    @Test(arguments: [
        ("=a", "'=a"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\ta", "'\ta"), ("\ra", "\"'\ra\""), ("a=", "a="),
        ("", ""), ("3栋", "3栋"), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""),
    ])
    func `a cell is quoted and disarmed`(_ text: String, _ cell: String) {
        #expect(EvaluationTable.cell(text) == cell)
    }
}
