import Alerts
import Feeds
import Testing
import Timekeeping
import Vocabulary

@testable import AlertDispatch

/// Who is told next, and what stops it.
@Suite struct EscalationTests {
    @Test func `a worker who does not react: the community after five minutes, the street after fifteen`() {
        var bench = DispatchBench()
        bench.raise()
        bench.tick(120)
        #expect(
            bench.told == ["0 robot:wang alert", "5 robot:chen escalated", "15 robot:sun escalated"])
        #expect(bench.made.map(\.change) == [.dispatched, .escalated, .escalated])
        #expect(bench.made.map(\.assignee) == ["wang", "chen", "sun"])
        #expect(bench.made.map { $0.due.map { ($0 - Town.noon).count / 60_000 } } == [5, 15, nil])
        #expect(bench.made.map { ($0.at - Town.noon).count / 60_000 } == [0, 5, 15])
        #expect(bench.made.allSatisfy { $0.state == .dispatched && $0.ordinal >= DispatchBook.firstOrdinal })
        #expect(bench.book.nextDeadline == nil)
    }

    @Test(arguments: [(4, 1), (6, 2), (14, 2), (16, 3)])
    func `an acknowledgement stops what is not told yet`(_ minute: Int64, _ tellings: Int) {
        var bench = DispatchBench()
        bench.raise()
        bench.act(.acknowledged, .acknowledged, by: "wang", at: minute)
        bench.act(.arrived, .onSite, by: "wang", at: minute + 5)
        bench.act(.handled, .handled, by: "wang", at: minute + 20)
        bench.tick(45)
        #expect(bench.told.count == tellings, "\(bench.told)")
    }

    @Test func `nobody opens: the next tier now, and those behind it keep their distances`() {
        var bench = DispatchBench()
        bench.raise()
        bench.act(.acknowledged, .acknowledged, by: "wang", at: 3)
        bench.act(.arrived, .onSite, by: "wang", at: 10)
        bench.act(.escalated, .onSite, by: "wang", at: 12) { $0.reason = "no_access" }
        bench.tick(60)
        #expect(
            bench.told == [
                "0 robot:wang alert", "12 robot:chen noAccess", "22 robot:sun escalated",
                // Behind the last tier nobody acknowledged either.
                "32 robot:zhou escalated", "32 robot: escalated", "32 desk: escalated",
            ])
    }

    @Test func `with no access only those who were told since stop it, and whoever knocked does not`() {
        var bench = DispatchBench()
        bench.raise()
        bench.act(.acknowledged, .acknowledged, by: "wang", at: 3)
        bench.act(.escalated, .acknowledged, by: "wang", at: 12) { $0.reason = "no_access" }
        bench.act(.acknowledged, .acknowledged, by: "wang", at: 13)
        bench.act(.noted, .acknowledged, by: "wang", at: 14)
        bench.act(.acknowledged, .acknowledged, by: "sun", at: 15)
        #expect(bench.book["1"]?.timers.step == Town.noon + .minutes(22))
        bench.act(.acknowledged, .acknowledged, by: "chen", at: 16)
        #expect(bench.book["1"]?.timers.step == nil)
        bench.act(.arrived, .onSite, by: "chen", at: 20)
        bench.tick(100)
        #expect(bench.told == ["0 robot:wang alert", "12 robot:chen noAccess"])
    }

    @Test func `with no tier left the property and every channel are told at once`() {
        var bench = DispatchBench("{to: [grid-worker]}")
        bench.raise()
        bench.act(.acknowledged, .acknowledged, by: "wang", at: 3)
        bench.act(.escalated, .acknowledged, by: "wang", at: 12) { $0.reason = "no_access" }
        #expect(
            bench.told == [
                "0 robot:wang alert", "12 robot:zhou noAccess", "12 robot: noAccess", "12 desk: noAccess",
            ])
    }

    @Test func `acknowledged, and nobody there after ten minutes: as if nobody had acknowledged`() {
        var bench = DispatchBench()
        bench.raise()
        bench.act(.acknowledged, .acknowledged, by: "wang", at: 3)
        bench.tick(30)
        #expect(bench.told == ["0 robot:wang alert", "13 robot:chen late", "23 robot:sun late"])
        var arrived = DispatchBench()
        arrived.raise()
        arrived.act(.acknowledged, .acknowledged, by: "wang", at: 3)
        arrived.act(.acknowledged, .acknowledged, by: "chen", at: 14)
        arrived.act(.arrived, .onSite, by: "chen", at: 20)
        arrived.tick(60)
        #expect(arrived.told == ["0 robot:wang alert", "13 robot:chen late"])
    }

    @Test func `a person asks for a department, which must acknowledge within its time`() {
        let workers = DispatchBench.workers + "fire,消,department:消防,,,robot:fire,\n"
        var bench = DispatchBench(workers: workers)
        bench.raise()
        bench.act(.acknowledged, .acknowledged, by: "wang", at: 1)
        bench.act(.arrived, .onSite, by: "wang", at: 2)
        bench.act(.escalated, .onSite, by: "wang", at: 3) { $0.to = "department:消防" }
        bench.tick(7)
        #expect(bench.told == ["0 robot:wang alert", "3 robot:fire calledIn"])
        bench.tick(9)
        #expect(bench.told.last == "8 robot:chen escalated", "five minutes, as the tier has that was told before")
        var kept = DispatchBench(workers: workers)
        kept.raise()
        kept.act(.escalated, .open, by: "zhou", at: 1) { $0.to = "department:消防" }
        kept.act(.acknowledged, .acknowledged, by: "wang", at: 2)
        #expect(kept.book["1"]?.timers.step != nil, "the addressee did not")
        kept.act(.acknowledged, .acknowledged, by: "fire", at: 3)
        #expect(kept.book["1"]?.timers.step == nil)
    }

    @Test func `what is given back goes to somebody else on duty, and never to whoever gave it back`() {
        var bench = DispatchBench(at: Town.noon + .hours(12))
        bench.raise()
        bench.act(.acknowledged, .acknowledged, by: "wang", at: 1)
        bench.act(.returned, .open, by: "wang", at: 2)
        bench.tick(6)
        #expect(bench.told == ["0 robot:wang alert", "0 robot:li alert", "2 robot:li returned"])
        bench.act(.returned, .open, by: "li", at: 6)
        bench.tick(30)
        #expect(bench.told.suffix(2) == ["6 robot:chen returned", "16 robot:sun escalated"])
    }

    @Test func `nobody on duty, or none with a channel: the next tier at once, and whoever keeps the sheets hears`() {
        let workers = DispatchBench.workers.replacing("g3,robot:wang,", with: "g3,robot:wang,Mon-Sun 01:00-02:00")
        var bench = DispatchBench(workers: workers)
        bench.raise()
        #expect(bench.told == ["0 robot:chen alert"])
        #expect(bench.faults == [.nobody(targets: "grid-worker", grid: "g3")])
        bench.tick(30)
        #expect(bench.told == ["0 robot:chen alert", "10 robot:sun escalated"])
        var nobody = DispatchBench("{to: [guard], escalate: [{after: 5m, to: [volunteers]}]}")
        nobody.raise()
        #expect(nobody.told == ["0 robot: alert", "0 desk: alert"])
        #expect(nobody.last.unrouted.map(\.id) == ["1"] && nobody.faults.count == 2)
    }

    @Test func `an end goes to whoever was told of the beginning, whatever the shift is by then`() {
        let workers = DispatchBench.workers.replacing("robot:wang,", with: "robot:wang,Mon-Sun 07:00-19:00")
        var bench = DispatchBench("{to: [grid-worker]}", workers: workers)
        bench.raise()
        bench.end(at: 12 * 60)
        #expect(
            bench.told == [
                "0 robot:wang alert", "540 robot:li shiftChange", "720 robot:wang alert", "720 robot:li alert",
            ])
        #expect(bench.book.count == 0 && bench.last.removed == ["1"])
    }

    @Test func `what was never told has no end that is told`() {
        var bench = DispatchBench()
        var silent = Town.change(1, record: 200)
        silent.isTold = false
        bench.step([silent], at: Town.noon)
        bench.end(at: 5)
        #expect(bench.told.isEmpty)
    }

    @Test func `an alert is told again while nobody acknowledges, and not behind that`() {
        var bench = DispatchBench("{to: [grid-worker], repeat: 10m}")
        bench.raise()
        bench.act(.acknowledged, .acknowledged, by: "wang", at: 25)
        bench.act(.arrived, .onSite, by: "wang", at: 26)
        bench.tick(100)
        #expect(bench.told == ["0 robot:wang alert", "10 robot:wang repeated", "20 robot:wang repeated"])
        #expect(bench.made.filter { $0.change == .renotified }.count == 2)
    }

    @Test func `a case in hand of which nothing is heard for two hours is told of, and a note is a step`() {
        var bench = DispatchBench("{to: [grid-worker]}")
        bench.raise()
        bench.act(.arrived, .onSite, by: "wang", at: 10)
        bench.act(.noted, .onSite, by: "wang", at: 100)
        bench.tick(219)
        #expect(bench.told.count == 1)
        bench.tick(221)
        #expect(bench.told.last == "220 robot:wang stoodStill")
    }

    @Test func `a suspension stops the timers, and at its end a record is asked for`() {
        var bench = DispatchBench()
        bench.raise()
        bench.act(.acknowledged, .acknowledged, by: "wang", at: 3)
        bench.act(.suspended, .suspended, by: "wang", at: 4) { $0.until = "2026-09-23T12:00:00+08:00" }
        #expect(bench.book.nextDeadline == Town.noon + .hours(2))
        bench.tick(119)
        #expect(bench.book.dueResumes.isEmpty && bench.told.count == 1)
        bench.tick(121)
        #expect(bench.book.dueResumes == ["1"] && bench.book.nextDeadline == nil)
        bench.act(.resumed, .acknowledged, by: "system", at: 122)
        #expect(bench.book.dueResumes.isEmpty)
        // Nine minutes were left to arrive.
        bench.tick(140)
        #expect(bench.told.last == "131 robot:chen late")
    }
}
