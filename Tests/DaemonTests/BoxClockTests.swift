import Testing
import Timekeeping

@testable import Daemon

@Suite struct BoxClockTests {
    private static let noon = Instant(milliseconds: 1_790_000_000_000)
    private static let hour: Int64 = 3_600_000

    private static func reading(
        _ wall: Instant, boot: Int64 = 10 * hour, isUnsynchronised: Bool = false, hasClock: Bool = true
    ) -> BoxClock.Reading {
        BoxClock.Reading(
            wall: wall.milliseconds, boot: boot, isUnsynchronised: isUnsynchronised, hasClock: hasClock)
    }

    /// A clock of a box that has run for ten hours, at noon, with a journal that ended a minute ago.
    private static func running() -> BoxClock {
        BoxClock(last: noon - .minutes(1), at: reading(noon))
    }

    @Test(arguments: [(-2001, true), (-2000, false), (0, false), (1999, false), (2000, false), (2001, true)])
    func `more than two seconds off is a step`(_ off: Int, _ isStep: Bool) {
        var clock = BoxClockTests.running()
        let later = BoxClockTests.reading(
            BoxClockTests.noon + .seconds(60) + Milliseconds(Int64(off)), boot: 10 * BoxClockTests.hour + 60_000)
        let step = clock.step(later)
        #expect((step != nil) == isStep)
        if let step {
            #expect(step.why == .step)
            #expect(step.from == BoxClockTests.noon + .seconds(60))
            #expect((step.to - step.from).count == Int64(off))
            #expect(clock.step(later) == nil, "a step is told once")
        }
    }

    @Test(arguments: [-14 * 24, 1]) func `a step far back or ahead is one step of that length`(_ hours: Int) {
        var clock = BoxClockTests.running()
        let change = Milliseconds(Int64(hours) * BoxClockTests.hour)
        let step = clock.step(BoxClockTests.reading(BoxClockTests.noon + change))
        #expect(step == BoxClock.Step(from: BoxClockTests.noon, to: BoxClockTests.noon + change, why: .step))
    }

    @Test func `a box that starts behind its journal goes on from there, and its first true time was down time`() {
        let end = BoxClockTests.noon
        var clock = BoxClock(
            last: end, at: BoxClockTests.reading(Instant(milliseconds: 0), boot: 20_000, isUnsynchronised: true))
        #expect(!clock.isTrusted)
        #expect(clock.step(BoxClockTests.reading(Instant(milliseconds: 5000), boot: 25_000)) == nil)
        // NTP has come: three hours have passed, of which the box knows ten seconds.
        let now = end + .hours(3)
        let step = clock.step(BoxClockTests.reading(now, boot: 30_000))
        #expect(step == BoxClock.Step(from: end + .seconds(10), to: now, why: .boot))
        #expect(clock.isTrusted)
        // From now on a step is a step.
        let second = clock.step(BoxClockTests.reading(now + .hours(1), boot: 30_000))
        #expect(second?.why == .step)
    }

    @Test func `while the clock stands behind the journal a correction that does not reach it changes nothing`() {
        let end = BoxClockTests.noon
        var clock = BoxClock(
            last: end, at: BoxClockTests.reading(Instant(milliseconds: 0), boot: 20_000, isUnsynchronised: true))
        #expect(clock.step(BoxClockTests.reading(end - .hours(5), boot: 20_000)) == nil)
        #expect(!clock.isTrusted)
        #expect(clock.step(BoxClockTests.reading(end + .hours(1), boot: 20_000))?.why == .boot)
    }

    @Test func `a box without a clock of its own believes its first step only just after boot`() {
        let unsure = BoxClockTests.reading(
            BoxClockTests.noon, boot: 60_000, isUnsynchronised: true, hasClock: false)
        var fresh = BoxClock(last: BoxClockTests.noon - .hours(1), at: unsure)
        #expect(!fresh.isTrusted)
        #expect(fresh.step(BoxClockTests.reading(BoxClockTests.noon + .hours(9), boot: 60_000))?.why == .boot)
        var old = unsure
        old.boot = 10 * BoxClockTests.hour
        #expect(BoxClock(last: BoxClockTests.noon - .hours(1), at: old).isTrusted)
    }

    @Test func `a trusted clock that stands behind the journal's end is a step at the start`() {
        let end = BoxClockTests.noon + .days(14)
        var clock = BoxClock(last: end, at: BoxClockTests.reading(BoxClockTests.noon))
        let step = clock.step(BoxClockTests.reading(BoxClockTests.noon))
        #expect(step == BoxClock.Step(from: end, to: BoxClockTests.noon, why: .step))
    }

    @Test func `the demo's clock knows no steps`() {
        let demo = DemoClock(start: BoxClockTests.noon, factor: 3600)
        var clock = BoxClock(last: .distantPast, at: BoxClockTests.reading(BoxClockTests.noon), demo: demo)
        #expect(clock.step(BoxClockTests.reading(BoxClockTests.noon + .days(1))) == nil)
    }
}
