import Alerts
import Testing
import Timekeeping
import Vocabulary

@testable import AlertDispatch

/// Delivery's timers run on the record clock.
@Suite struct RecordClockTests {
    @Test func `what came due while the box was down goes out once, as its latest tier`() throws {
        var bench = DispatchBench()
        bench.raise()
        try bench.restart()
        bench.sleep(until: 120)
        bench.tick(300)
        #expect(bench.told == ["0 robot:wang alert", "120 robot:sun escalated"])
        #expect(bench.made.last?.at == Town.noon + .minutes(15), "its deadline, not when it was noticed")
        #expect(bench.made.last?.stamp == Town.noon + .hours(2))
    }

    @Test(arguments: [-1, 1])
    func `the wall clock is set by an hour: the tiers come when as much time has passed`(_ hours: Int64) {
        var bench = DispatchBench()
        bench.raise()
        bench.tick(3)
        bench.shift(by: .hours(hours))
        #expect(bench.told.count == 1)
        #expect(bench.book.nextDeadline == Town.noon + .hours(hours) + .minutes(5))
        bench.tick(20)
        #expect(bench.told == ["0 robot:wang alert", "5 robot:chen escalated", "15 robot:sun escalated"])
    }

    @Test func `what records before and behind a step of the clock made keeps its own time`() {
        var bench = DispatchBench()
        let before = Town.change(1, record: 50, at: Town.noon)
        let behind = Town.change(2, record: 52, at: Town.noon + .hours(1))
        bench.step(
            [before, behind], at: Town.noon + .hours(1),
            shifts: [DispatchInput.Shift(record: 51, length: .hours(1))])
        #expect(bench.told.count == 2, "\(bench.told)")
        #expect(bench.book.nextDeadline == Town.noon + .hours(1) + .minutes(5))
    }

    @Test func `a box that boots in 1970 and learns the time: the time that it was down counts`() throws {
        var bench = DispatchBench()
        bench.raise()
        try bench.restart()
        // The record clock never goes back: until the time is known it stands where it stood.
        bench.sleep(until: 1)
        #expect(bench.told.count == 1)
        bench.sleep(until: 10)
        #expect(bench.told == ["0 robot:wang alert", "10 robot:chen escalated"])
        bench.tick(16)
        #expect(bench.told.last == "15 robot:sun escalated")
    }

    @Test func `a box that slept for two hours has two hours behind it`() {
        var bench = DispatchBench("{to: [grid-worker], repeat: 30m}")
        bench.raise()
        bench.sleep(until: 125)
        bench.tick(130)
        #expect(bench.told == ["0 robot:wang alert", "125 robot:wang repeated"], "once, however often it was due")
        bench.tick(151)
        #expect(bench.told.last == "150 robot:wang repeated")
    }

    @Test func `a timer fires in front of the change whose stamp is at it`() {
        var bench = DispatchBench()
        bench.raise()
        var acknowledged = Town.change(1, record: 300, at: Town.noon + .minutes(5))
        (acknowledged.change, acknowledged.state, acknowledged.actor) = (.acknowledged, .acknowledged, "wang")
        bench.step([acknowledged], at: Town.noon + .minutes(5))
        #expect(bench.told.last == "5 robot:chen escalated")
        var early = DispatchBench()
        early.raise()
        acknowledged.at = acknowledged.at - Milliseconds(1)
        acknowledged.stamp = acknowledged.at
        early.step([acknowledged], at: Town.noon + .minutes(6))
        #expect(early.told == ["0 robot:wang alert"])
    }

    @Test func `the changes of one record have numbers of their own, whoever fires them`() throws {
        var bench = DispatchBench()
        bench.raise(id: 1)
        bench.raise(id: 2)
        bench.sleep(until: 6)
        let first = bench.made.suffix(2)
        #expect(first.map(\.ordinal) == [DispatchBook.firstOrdinal, DispatchBook.firstOrdinal + 1])
        #expect(Set(first.map(\.record)).count == 1)
        var again = DispatchInput(
            changes: [], applied: bench.record, clock: Town.noon + .minutes(16))
        again.isOneTelling = true
        try bench.restart()
        let more = bench.book.step(again).made
        #expect(more.map(\.ordinal) == [DispatchBook.firstOrdinal + 2, DispatchBook.firstOrdinal + 3])
    }
}
