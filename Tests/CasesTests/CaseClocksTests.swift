import JSONWriting
import Testing
import Timekeeping
import Vocabulary

@testable import Cases

/// What a case's clocks say while people work on it.
@Suite struct CaseClocksTests {
    private let calendar = WorkCalendar(zone: Zone(identifier: "Asia/Shanghai") ?? .utc)

    private func clocks(_ log: CaseLog, at minutes: Double, _ limits: FrozenLimits = CaseLog.limits) -> CaseClocks {
        CaseClocks.of(log.steps, limits: limits, calendar: calendar, now: CaseLog.at(minutes))
    }

    private func clock(_ log: CaseLog, _ step: ClockStep, at minutes: Double) -> CaseClocks.Clock? {
        clocks(log, at: minutes).clocks.first { $0.step == step }
    }

    @Test func `a lamp is green to 80 percent, yellow until it is due, and red beyond`() throws {
        let log = CaseLog()
        for (minutes, lamp, share) in [
            (0.0, Lamp.green, 0), (2.4, .green, 80), (2.41, .yellow, 80), (3.0, .yellow, 100), (3.001, .red, 100),
            (6.0, .red, 200),
        ] {
            let clocks = clocks(log, at: minutes)
            let ack = try #require(clocks.clocks.first)
            #expect(ack.step == .ack)
            #expect(ack.lamp == lamp, "\(minutes)")
            #expect(ack.share == share, "\(minutes)")
            #expect(ack.due == CaseLog.at(3))
            #expect(clocks.lamp == lamp, "the worst of those that run")
        }
    }

    @Test func `each step begins where the one before it ended, and keeps the lamp that it ended with`() {
        var log = CaseLog()
        log.act(2, .ack, "w")
        log.act(11, .arrive, "w")
        log.act(80, .handle, "w") { $0.by = "visit" }
        log.act(90, .check, "m")
        let all = clocks(log, at: 10_000)
        #expect(all.clocks.map(\.step) == [.ack, .arrive, .handle, .check, .case])
        #expect(all.clocks.map(\.started) == [0, 2, 11, 80, 0].map(CaseLog.at))
        #expect(all.clocks.map(\.done) == [2, 11, 80, 90, 90].map(CaseLog.at))
        #expect(all.clocks.map(\.due) == [3, 12, 71, 80 + 1440, 1440].map(CaseLog.at))
        #expect(all.clocks.map(\.lamp) == [.green, .yellow, .red, .green, .green])
        #expect(all.lamp == nil, "nothing runs any more")
    }

    @Test func `what one act passes over is done with it`() {
        var log = CaseLog()
        log.act(2, .arrive, "w")
        #expect(clock(log, .ack, at: 3)?.done == CaseLog.at(2))
        #expect(clock(log, .arrive, at: 3)?.done == CaseLog.at(2))
        #expect(clock(log, .handle, at: 3)?.isRunning == true)
    }

    @Test func `told by phone nobody arrived, handled on a visit somebody did`() {
        for (by, arrived) in [("phone", nil), ("visit", CaseLog.at(9))] {
            var log = CaseLog()
            log.act(1, .ack, "w")
            log.act(9, .handle, "w") { $0.by = by }
            #expect(clock(log, .arrive, at: 10)?.done == arrived)
            #expect(clock(log, .arrive, at: 10)?.isRunning == false)
            #expect(clock(log, .handle, at: 10)?.done == CaseLog.at(9))
        }
    }

    @Test func `while a case is suspended its clocks stand still, and go on behind it`() {
        var log = CaseLog()
        log.act(1, .ack, "w")
        log.act(5, .suspend, "w")
        let still = clocks(log, at: 500)
        #expect(still.clocks.map(\.isStopped) == [false, true, true])
        #expect(still.clocks.map(\.lamp) == [.green, .green, .green])
        #expect(still.clocks.map(\.share) == [33, 40, 0])
        #expect(still.clocks[1].due == nil)
        log.act(505, .resume, "w")
        let after = clocks(log, at: 507)
        #expect(after.clocks.map(\.due) == [3, 511, 1940].map(CaseLog.at))
        #expect(after.clocks.map(\.share) == [33, 60, 0])
        #expect(after.clocks.map(\.isStopped) == [false, false, false])
        #expect(after.clocks[0].done == CaseLog.at(1), "a stop behind its end moves no clock")
    }

    @Test func `a limit that is used up when the case is suspended is not exceeded by that`() {
        var log = CaseLog()
        log.act(1, .ack, "w")
        log.act(11, .suspend, "w")
        #expect(clock(log, .arrive, at: 500)?.lamp == .yellow)
        log.act(600, .resume, "w")
        #expect(clock(log, .arrive, at: 600)?.lamp == .yellow)
        #expect(clock(log, .arrive, at: 600.1)?.lamp == .red)
    }

    @Test func `an extension lengthens the case and the step that runs`() {
        var log = CaseLog()
        log.act(1, .ack, "w")
        log.act(2, .extend, "m") { $0.length = .minutes(30) }
        let all = clocks(log, at: 3)
        #expect(all.clocks.map(\.due) == [3, 41, 1470].map(CaseLog.at))
    }

    @Test func `a return begins the acknowledgement anew, and a check that is not ok the way there`() {
        var log = CaseLog()
        log.act(1, .ack, "w")
        log.act(4, .return, "w")
        #expect(clock(log, .ack, at: 5)?.started == CaseLog.at(4))
        #expect(clock(log, .ack, at: 5)?.isRunning == true)
        #expect(clock(log, .arrive, at: 5)?.isRunning == false)
        log.act(5, .arrive, "v")
        log.act(6, .handle, "v") { $0.by = "visit" }
        log.act(7, .check, "m", ok: false)
        #expect(clock(log, .arrive, at: 8)?.started == CaseLog.at(7))
        #expect(clock(log, .arrive, at: 8)?.isRunning == true)
        #expect(clock(log, .check, at: 8)?.done == CaseLog.at(7))
        #expect(clock(log, .case, at: 8)?.started == CaseLog.at(0))
    }

    @Test func `a correction changes no clock`() {
        var log = CaseLog()
        log.act(1, .arrive, "w")
        log.act(2, .handle, "w") { $0.by = "visit" }
        let before = clocks(log, at: 20)
        log.act(9, .handle, "w") { $0.by = "visit" }
        #expect(clocks(log, at: 20) == before)
    }

    @Test func `what is reopened has a case clock of its own, and what resolved itself is done by nobody`() {
        var log = CaseLog()
        log.act(1, .close, "m")
        #expect(clock(log, .ack, at: 2)?.done == nil)
        #expect(clock(log, .case, at: 2)?.done == CaseLog.at(1))
        log.act(5000, .reopen, "m")
        #expect(clock(log, .case, at: 5001)?.started == CaseLog.at(5000))
        #expect(clocks(log, at: 5001).lamp == .green)
        log.tell(5002, .resolved, .resolved)
        #expect(clocks(log, at: 5003).clocks.map(\.done) == [nil, nil])
        #expect(clocks(log, at: 5003).clocks.map(\.isRunning) == [false, false])
    }

    @Test func `evidence, tellings and notes move nothing`() {
        var log = CaseLog()
        log.act(1, .ack, "w")
        let before = clocks(log, at: 30)
        log.tell(2, .updated, .acknowledged)
        log.tell(3, .renotified, .acknowledged) { $0.assignee = "community" }
        log.tell(3, .escalated, .acknowledged) { $0.assignee = "community" }
        log.act(4, .note, "m")
        #expect(clocks(log, at: 30) == before)
        #expect(CaseTimeline(log.steps).holder == "w")
    }

    @Test func `the clocks' JSON has each step in its order`() throws {
        var log = CaseLog()
        log.act(2, .ack, "w")
        let zone = try #require(Zone(identifier: "Asia/Shanghai"))
        let json = JSONWriter.text { clocks(log, at: 3).write(to: &$0, zone: zone) }
        #expect(
            json == """
                {"ack":{"started":"2026-10-19T09:00:00.000+08:00","due":"2026-10-19T09:03:00.000+08:00",\
                "done":"2026-10-19T09:02:00.000+08:00","running":false,"lamp":"green","share":66},\
                "arrive":{"started":"2026-10-19T09:02:00.000+08:00","due":"2026-10-19T09:12:00.000+08:00",\
                "running":true,"lamp":"green","share":10},\
                "case":{"started":"2026-10-19T09:00:00.000+08:00","due":"2026-10-20T09:00:00.000+08:00",\
                "running":true,"lamp":"green","share":0}}
                """)
    }

    @Test func `a step without a limit is told without a lamp`() throws {
        let clock = try #require(clocks(CaseLog(), at: 9, FrozenLimits()).clocks.first)
        #expect(clock.isRunning && clock.lamp == nil && clock.due == nil && clock.share == nil)
    }
}
