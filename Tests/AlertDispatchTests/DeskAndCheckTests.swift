import Alerts
import Feeds
import Testing
import Timekeeping
import Vocabulary

@testable import AlertDispatch

/// The duty desk, the check of what was handled, and who has it in between.
@Suite struct DeskAndCheckTests {
    private static let desk =
        "{to: [grid-worker], dispatch: desk, desk: {to: [property], after: 5m}, escalate: [{after: 5m, to: [community]}]}"

    @Test func `a desk is waited for, then it goes out by itself, and the tiers count from there`() {
        var bench = DispatchBench(DeskAndCheckTests.desk)
        bench.deskSeenAt = Town.noon
        bench.raise()
        bench.tick(30)
        #expect(bench.told == ["0 robot:zhou desk", "5 robot:wang alert", "10 robot:chen escalated"])
        #expect(bench.made.map(\.change) == [.dispatched, .escalated] && bench.faults.isEmpty)
        #expect(bench.made[0].assignee == "wang" && bench.made[0].state == .dispatched)
    }

    @Test func `a desk that was not seen for five minutes is none, and that is told`() {
        for seen in [nil, Town.noon - .minutes(5) - Milliseconds(1)] {
            var bench = DispatchBench(DeskAndCheckTests.desk)
            bench.deskSeenAt = seen
            bench.raise()
            bench.tick(6)
            #expect(bench.told == ["0 robot:zhou alert", "0 robot:wang alert", "5 robot:chen escalated"])
            #expect(bench.faults == [.noDesk])
        }
    }

    @Test func `life safety is never the desk's`() {
        var bench = DispatchBench(DeskAndCheckTests.desk)
        bench.deskSeenAt = Town.noon
        bench.raise(.sos, .critical)
        #expect(bench.told == ["0 robot:zhou alert", "0 robot:wang alert"] && bench.faults.isEmpty)
    }

    @Test func `a desk that dispatches counts from then, and whoever had it before is told`() {
        let workers = DispatchBench.workers + "zhao,赵,grid-worker,,g1,robot:zhao,\n"
        var bench = DispatchBench(DeskAndCheckTests.desk, workers: workers)
        bench.deskSeenAt = Town.noon
        bench.raise()
        bench.act(.dispatched, .dispatched, by: "zhou", at: 2) { $0.to = "worker:wang" }
        bench.act(.dispatched, .dispatched, by: "zhou", at: 4) { $0.to = "worker:zhao" }
        bench.tick(30)
        #expect(
            bench.told == [
                "0 robot:zhou desk", "2 robot:wang assigned", "4 robot:wang withdrawn", "4 robot:zhao assigned",
                "9 robot:chen escalated",
            ])
        bench.end(at: 40)
        #expect(!bench.told.contains("40 robot:wang alert"), "it is not theirs any more")
        #expect(bench.told.contains("40 robot:zhao alert"))
    }

    @Test func `what was handled is checked by others: one message an hour, again in time, then the next tier`() {
        var bench = DispatchBench()
        bench.raise(id: 1)
        bench.raise(id: 2, at: 1)
        for id in [1, 2] {
            bench.act(.arrived, .onSite, by: "wang", id: id, at: 3)
            bench.act(.handled, .handled, by: "wang", id: id, at: 4)
        }
        bench.tick(59)
        #expect(bench.told.count == 2)
        bench.tick(61)
        #expect(bench.told.suffix(2) == ["60 robot:chen check ×2", "60 robot:zhou check ×2"])
        bench.tick(1 + 4 + 1440)
        #expect(bench.told.suffix(2) == ["1444 robot:chen checkAgain ×2", "1444 robot:zhou checkAgain ×2"])
        bench.tick(5 + 2 * 1440)
        #expect(bench.told.last == "2884 robot:chen checkAgain ×2")
    }

    @Test func `life safety is checked at once, and not by whoever handled it`() {
        var bench = DispatchBench()
        bench.raise(.sos, .critical)
        bench.act(.arrived, .onSite, by: "chen", at: 3, kind: .sos)
        bench.act(.handled, .handled, by: "chen", at: 4, kind: .sos)
        #expect(bench.told.suffix(1) == ["4 robot:zhou check"])
    }

    @Test func `a check that does not pass sends whoever handled it again; one that passes is the end`() {
        var bench = DispatchBench()
        bench.raise()
        bench.act(.acknowledged, .acknowledged, by: "wang", at: 2)
        bench.act(.arrived, .onSite, by: "wang", at: 3)
        bench.act(.handled, .handled, by: "wang", at: 4)
        bench.act(.reopened, .acknowledged, by: "chen", at: 6)
        #expect(bench.told.last == "6 robot:wang rework")
        bench.act(.handled, .handled, by: "wang", at: 8)
        bench.act(.checked, .handled, by: "chen", at: 9)
        bench.act(.closed, .closed, by: "chen", at: 9)
        #expect(bench.told.suffix(1) == ["9 robot:wang alert"] && bench.book.count == 0)
    }

    @Test func `whoever handled may check where the route says so: nobody is asked before the time is over`() {
        var bench = DispatchBench("{to: [grid-worker], self_check: true, check: {by: [street], within: 2h}}")
        bench.raise()
        bench.act(.arrived, .onSite, by: "wang", at: 3)
        bench.act(.handled, .handled, by: "wang", at: 10)
        bench.tick(129)
        #expect(bench.told.count == 1)
        bench.tick(131)
        #expect(bench.told.last == "130 robot:sun checkAgain")
    }

    @Test func `what became worse and is another route's matter is planned again`() {
        var bench = DispatchBench("{match: {severity: [high]}, to: [street]}, {to: [grid-worker]}")
        bench.raise()
        var worse = Town.change(1, .noMovement, .high, record: 300, at: Town.noon + .minutes(3))
        worse.change = .updated
        bench.step([worse], at: worse.at)
        #expect(bench.told == ["0 robot:wang alert", "3 robot:sun alert", "3 robot:wang alert"])
    }

    @Test func `a swap of shifts.csv is who is told, and leave is who is not`() {
        let shifts = "date,worker,duty,for\n2026-09-23,wang,off,\n2026-09-23,zhao,on,wang\n"
        let workers = DispatchBench.workers + "zhao,赵,grid-worker,,g1,robot:zhao,\n"
        var bench = DispatchBench(workers: workers, shifts: shifts)
        bench.raise()
        #expect(bench.told == ["0 robot:zhao alert"])
        var next = DispatchBench(workers: workers, shifts: shifts, at: Town.noon + .days(1))
        next.raise()
        #expect(next.told == ["0 robot:wang alert"])
    }
}
