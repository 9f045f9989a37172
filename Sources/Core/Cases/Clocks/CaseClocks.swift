package import JSONWriting
package import Timekeeping

/// How the clocks of a case stand: what the API shows as `clocks` and `lamp`.
///
/// Law: it is a function of the events, the limits, the calendar and the instant that is asked for. Of a step that was
/// begun several times the last time is told. Cost: O(events), and a clock each.
package struct CaseClocks: Equatable, Sendable {
    /// One step.
    package struct Clock: Equatable, Sendable {
        package var step: ClockStep
        package var started: Instant
        /// Nil while it stands still, where it has no limit, and where nobody ever works.
        package var due: Instant?
        /// Nil: it runs, or nobody did it.
        package var done: Instant?
        package var isRunning: Bool
        /// The case is suspended.
        package var isStopped: Bool
        /// As it was when the step ended; nil where it has no limit.
        package var lamp: Lamp?
        /// Percent of the limit that was used up, rounded down.
        package var share: Int?
    }

    /// In the order of ``ClockStep``; of steps that were begun.
    package var clocks: [Clock]

    /// The worst of those that run; nil where none does.
    package var lamp: Lamp? { clocks.filter(\.isRunning).compactMap(\.lamp).max() }

    /// How they stand at an instant.
    package static func of(
        _ events: some Sequence<CaseStep>, limits: FrozenLimits, calendar: WorkCalendar, now: Instant
    ) -> CaseClocks {
        of(CaseTimeline(events), limits: limits, calendar: calendar, now: now)
    }

    /// The same of events that were folded before.
    package static func of(
        _ timeline: CaseTimeline, limits: FrozenLimits, calendar: WorkCalendar, now: Instant
    ) -> CaseClocks {
        let isStopped = timeline.stops.last.map { $0.to == nil } ?? false
        let clocks = ClockStep.allCases.compactMap { step -> Clock? in
            guard let run = timeline.runs.last(where: { $0.step == step }) else { return nil }
            let clock = timeline.clock(of: run, limits)
            let at = run.ended ?? now
            return Clock(
                step: step, started: run.started, due: clock?.due(in: calendar),
                done: run.end == .done ? run.ended : nil, isRunning: run.end == nil,
                isStopped: isStopped && run.end == nil, lamp: clock?.lamp(at: at, in: calendar),
                share: clock?.percent(at: at, in: calendar))
        }
        return CaseClocks(clocks: clocks)
    }
}

extension CaseClocks {
    /// The API's `clocks`: an object with one for each step.
    package func write(to object: inout JSONWriter, zone: Zone) {
        for clock in clocks {
            object.object(clock.step.rawValue) { writer in
                writer.text("started", ISO8601.write(clock.started, in: zone))
                writer.text("due", ifAny: clock.due.map { ISO8601.write($0, in: zone) })
                writer.text("done", ifAny: clock.done.map { ISO8601.write($0, in: zone) })
                writer.truth("running", clock.isRunning)
                if clock.isStopped { writer.truth("stopped", true) }
                writer.text("lamp", ifAny: clock.lamp?.rawValue)
                if let share = clock.share { writer.number("share", share) }
            }
        }
    }
}
