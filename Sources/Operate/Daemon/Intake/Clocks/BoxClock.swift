import Feeds
import Glibc
import MQTTIntake
import Timekeeping

/// What the daemon stamps records with: wall time at the start plus CLOCK_BOOTTIME since, so that a step of the wall
/// clock does not move it unnoticed (docs/architecture.md, "Time comes with the records"). Stamps never go back but by
/// a step that is itself a record.
///
/// States: *trusted*: a step of the wall clock is passed on as a step (everything shifts, nothing fires). *Untrusted*:
/// the box has no clock of its own, or it stood before the journal's end, so time goes on from the journal's end; the
/// first step that brings the wall clock past that is the true time, and what lies between was down time. Nothing waits
/// for that moment. From untrusted there is one way out, to trusted.
struct BoxClock {
    /// A larger difference between the wall clock and the time since the start is a step; a smaller one is slewing.
    static let stepMin = Milliseconds.seconds(2)
    /// A start that soon after boot, on a box without a clock of its own, may have any time.
    static let bootSpan = Milliseconds.minutes(15)

    /// What to write into a `$shouwang/clock` record.
    struct Step: Equatable {
        enum Why: String { case step, boot }

        var from: Instant
        var to: Instant
        var why: Why

        var record: SystemRecord {
            switch why {
            case .step: .clockStepped(from: from, to: to)
            case .boot: .clockSet(from: from, to: to)
            }
        }
    }

    /// What the clock reads; given, so that tests have their own.
    struct Reading {
        var wall: Int64
        var boot: Int64
        /// The kernel knows of no source that the clock is set by.
        var isUnsynchronised = false
        /// The box keeps time while it is off.
        var hasClock = true

        static var now: Reading { Reading(wall: SystemClock.wall, boot: SystemClock.boot) }

        /// With what is looked up once, at the start.
        static var atStart: Reading {
            Reading(
                wall: SystemClock.wall, boot: SystemClock.boot, isUnsynchronised: SystemClock.isUnsynchronised,
                hasClock: unsafe access("/sys/class/rtc/rtc0", F_OK) == 0)
        }
    }

    /// The demo lets an hour pass in a second; everywhere else 1.
    private let factor: Int64
    private var base: Int64
    private let bootAtStart: Int64
    /// wall − boot, as far as its steps are known.
    private var offset: Int64
    private var last: Instant
    private(set) var isTrusted: Bool
    private let isDemo: Bool
    /// A step that is due at the start: the clock is right, and the journal's end lies ahead of it.
    private var first: Step?

    /// - Parameter last: the engine clock at the journal's end; the distant past for none.
    init(last: Instant, at start: Reading = .atStart, demo: DemoClock? = nil) {
        factor = demo?.factor ?? 1
        isDemo = demo != nil
        bootAtStart = demo?.boot ?? start.boot
        offset = start.wall - start.boot
        self.last = last
        // Some milliseconds are no matter: stamps never go back.
        let isBehind = last - Instant(milliseconds: start.wall) > BoxClock.stepMin
        let isFreshBoot = !start.hasClock && start.isUnsynchronised && start.boot < BoxClock.bootSpan.count
        isTrusted = isDemo || !isFreshBoot && (!isBehind || !start.isUnsynchronised)
        base = demo?.start.milliseconds ?? max(start.wall, last.milliseconds)
        let wall = Instant(milliseconds: start.wall)
        if !isDemo, isTrusted, last - wall > BoxClock.stepMin { first = Step(from: last, to: wall, why: .step) }
    }

    /// The stamp for a record that arrives now.
    mutating func stamp(boot: Int64) -> Instant {
        last = max(last, now(boot: boot))
        return last
    }

    /// The time, without taking it for a stamp.
    func now(boot: Int64) -> Instant {
        max(last, Instant(milliseconds: base + (boot - bootAtStart) * factor))
    }

    /// Looks at the wall clock. What it returns is written as a record with the stamp `from`; stamps go on from `to`.
    mutating func step(_ reading: Reading) -> Step? {
        guard !isDemo else { return nil }
        if let step = first {
            first = nil
            apply(step, reading)
            return step
        }
        let change = Milliseconds(reading.wall - reading.boot - offset)
        guard abs(change.count) > BoxClock.stepMin.count else { return nil }
        let from = now(boot: reading.boot)
        if isTrusted {
            let step = Step(from: from, to: from + change, why: .step)
            apply(step, reading)
            return step
        }
        offset = reading.wall - reading.boot
        let wall = Instant(milliseconds: reading.wall)
        guard wall > from else { return nil }
        let step = Step(from: from, to: wall, why: .boot)
        apply(step, reading)
        return step
    }

    private mutating func apply(_ step: Step, _ reading: Reading) {
        isTrusted = true
        offset = reading.wall - reading.boot
        base = step.to.milliseconds - (reading.boot - bootAtStart)
        last = step.to
    }

    /// Real milliseconds until the clock shows an instant; at most an hour.
    func wait(until instant: Instant, boot: Int64) -> Int {
        let left = (instant - now(boot: boot)).count
        return Int(max(0, min((left + factor - 1) / factor, 3_600_000)))
    }
}
