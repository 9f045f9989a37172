package import Timekeeping

/// The clock of one step: when it was started, what it may take, and when it stood still.
///
/// Laws: it is due at the first instant at which the time that it ran, in its own kind of time, is its limit; a stop
/// moves that by as much of that time as lies in it; until the last millisecond of the limit it is not red. The same
/// clock gives the same answers, whenever asked. Cost: O(stops × days) of the days of work between.
package struct CaseClock: Equatable, Sendable {
    /// A time in which it stands still, as while the case is suspended.
    package struct Stop: Equatable, Sendable {
        package var from: Instant
        /// Nil: it still does.
        package var to: Instant?

        package init(from: Instant, to: Instant? = nil) {
            self.from = from
            self.to = to
        }
    }

    package var started: Instant
    package var limit: ClockLimit
    /// What extensions gave it, in its own kind of time.
    package var added: Milliseconds
    /// Ascending, none in another; only the last may have no end.
    package var stops: [Stop]

    package init(started: Instant, limit: ClockLimit, added: Milliseconds = .zero, stops: [Stop] = []) {
        self.started = started
        self.limit = limit
        self.added = added
        self.stops = stops
    }

    /// The limit with what was added to it.
    package var whole: Milliseconds { limit.length + added }

    /// When it is due; nil while it stands still, and where nobody ever works.
    package func due(in calendar: WorkCalendar) -> Instant? { instant(whole, calendar) }

    /// Behind which it is yellow.
    package func yellowBehind(in calendar: WorkCalendar) -> Instant? {
        instant(
            Milliseconds(whole.count / 100 * Lamp.yellowBehind + whole.count % 100 * Lamp.yellowBehind / 100), calendar)
    }

    /// How it stands at an instant, or stood.
    package func lamp(at instant: Instant, in calendar: WorkCalendar) -> Lamp {
        let instant = moving(instant)
        if let due = due(in: calendar), instant > due { return .red }
        if let yellow = yellowBehind(in: calendar), instant > yellow { return .yellow }
        return .green
    }

    /// Percent of the limit that it has run, rounded down; above 100 where it is late.
    package func percent(at instant: Instant, in calendar: WorkCalendar) -> Int {
        Int(ran(until: instant, in: calendar).count * 100 / max(1, whole.count))
    }

    /// How long it has run, in its kind of time.
    package func ran(until instant: Instant, in calendar: WorkCalendar) -> Milliseconds {
        var sum = Milliseconds.zero
        var from = started
        for stop in stops where stop.from < instant {
            sum = sum + calendar.length(from: from, to: stop.from, in: limit.time)
            guard let to = stop.to else { return sum }
            from = max(from, to)
        }
        return sum + calendar.length(from: from, to: instant, in: limit.time)
    }

    /// The instant, or the beginning of the stop that it lies in.
    private func moving(_ instant: Instant) -> Instant {
        for stop in stops where stop.from < instant && stop.to.map({ instant <= $0 }) ?? true { return stop.from }
        return instant
    }

    private func instant(_ length: Milliseconds, _ calendar: WorkCalendar) -> Instant? {
        var rest = length
        var from = started
        for stop in stops where stop.to.map({ $0 > started }) ?? true {
            let ran = calendar.length(from: from, to: stop.from, in: limit.time)
            if ran >= rest { break }
            rest = rest - ran
            guard let to = stop.to else { return nil }
            from = max(from, to)
        }
        return calendar.instant(rest, behind: from, in: limit.time)
    }
}
