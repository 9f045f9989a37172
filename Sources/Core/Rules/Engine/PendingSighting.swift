import Community
import Feeds
import SiteConfiguration
import StateCoding
import Timekeeping
import Windowing

/// What is kept of an observation that an episode may begin with, until it does: plain numbers, 40 B.
struct PendingSighting: Sendable {
    var trace: Trace
    /// −1 where nobody knows.
    var place: Int32
    /// By number as ``Event/person``; −1 nobody.
    var person: Int32
    /// The plate, by number among the words; −1 none.
    var word: Int32
    /// Int16.min where none was told.
    var floor: Int16
    /// It was handed over late.
    var isHistory: Bool

    /// - Parameter place: by number; −1 where nobody knows. Not the surroundings: an initializer owns what it is given,
    ///   and would copy them.
    init(_ event: Event, place: Int32) {
        trace = Trace(event)
        self.place = place
        person = event.person
        word = event.plate
        floor = event.observation.floor
        isHistory = event.isHistory
    }

    /// What an episode began with; nil where nothing is kept of that.
    init?(_ episode: Episodes.Episode) {
        guard let first = episode.traces.first else { return nil }
        trace = first
        place = episode.place?.index ?? -1
        person = episode.person
        word = episode.word
        floor = episode.floor.flatMap { Int16(exactly: $0) } ?? Int16.min
        isHistory = false
    }

    /// The episode that begins with it.
    /// - Parameter last: in the time that windows are counted in.
    func episode(started: Instant, detected: Instant, last: Instant, also trace: Trace?) -> Episodes.Episode {
        Episodes.Episode(self, started: started, detected: detected, last: last, also: trace)
    }

    func write(_ surroundings: RuleContext, to writer: inout StateWriter) {
        trace.write(to: &writer)
        writer.text(place < 0 ? "" : surroundings.registry.places[Int(place)].id)
        writer.integer(person)
        writer.integer(word)
        writer.integer(Int(floor))
        writer.truth(isHistory)
    }

    init(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        trace = try Trace(from: &reader, &numbers)
        place = numbers.surroundings.registry.place(try reader.text())?.index ?? -1
        person = numbers.person(try reader.integer32())
        word = numbers.word(try reader.integer32())
        guard let floor = Int16(exactly: try reader.integer()) else { throw reader.damaged("a floor") }
        self.floor = floor
        isHistory = try reader.truth()
    }

    mutating func shift(by length: Milliseconds) { trace.at = trace.at.shifted(by: length) }
}

extension Episodes.Episode {
    init(_ mark: PendingSighting, started: Instant, detected: Instant, last: Instant, also trace: Trace?) {
        self.started = started
        self.detected = detected
        self.last = last
        place = mark.place < 0 ? nil : PlaceID(index: mark.place)
        person = mark.person
        word = mark.word
        floor = mark.floor == Int16.min ? nil : Int(mark.floor)
        stage = 1
        count = 1
        traces = [mark.trace]
        if mark.trace.device >= 0 { devices = [mark.trace.device] }
        if let trace, trace != mark.trace { note(trace) }
    }

    /// Adds a record to what is known of it.
    mutating func note(_ trace: Trace) {
        count += 1
        if traces.count < Episodes.tracesMax { traces.append(trace) }
        if trace.device >= 0, devices.count < Episodes.devicesMax, !devices.contains(trace.device) {
            devices.append(trace.device)
        }
    }

    /// Keeps the latest record in the place of the one before it; the very first stays. Nothing is allocated.
    mutating func renew(_ trace: Trace) {
        count += 1
        if traces.count > 1 { traces[traces.count - 1] = trace }
    }
}

extension RuleSettings {
    /// Which length holds for what begins at an instant: 0 the rule's own, n that of `during[n − 1]`.
    func course(at instant: Instant, _ zone: Zone, _ days: SiteDays) -> Int {
        for (index, other) in during.enumerated() where other.calendar.covers(instant, zone: zone, days: days) {
            return index + 1
        }
        return 0
    }

    /// The same, remembered for the minute of the instant: most records come in the same minute as the one before.
    func course(at instant: Instant, _ zone: Zone, _ days: SiteDays, _ known: inout CourseOfMinute) -> Int {
        if during.isEmpty { return 0 }
        // Calendars begin and end with whole minutes.
        let minute = instant.milliseconds.quotientAndRemainder(dividingBy: 60_000).quotient
        if known.minute != minute || instant.milliseconds < 0 {
            known = CourseOfMinute(minute: minute, course: course(at: instant, zone, days))
        }
        return known.course
    }

    /// Whether something may begin at an instant.
    func covers(_ instant: Instant, _ zone: Zone, _ days: SiteDays) -> Bool {
        calendar?.covers(instant, zone: zone, days: days) ?? true
    }

    /// The first instant, not before another, at which the calendar holds: when a state that has lasted since then
    /// begins for the rule, and when what is due then may be told. Nil where it never holds again.
    func opening(from instant: Instant, _ zone: Zone, _ days: SiteDays) -> Instant? {
        guard let calendar, !calendar.covers(instant, zone: zone, days: days) else { return instant }
        return calendar.next(after: instant, zone: zone, days: days)
    }

    /// What is known only when its time is over already waits so long for what else was handed over late: its own
    /// length, at least a minute, at most as long as a hub takes for two weeks of backlog (docs/rules.md: 17 min).
    static func grace(for length: Milliseconds) -> Milliseconds {
        min(max(length, Milliseconds.minutes(1)), Milliseconds.minutes(20))
    }
}

/// Which course holds in a minute.
struct CourseOfMinute: Sendable {
    var minute = Int64.min
    var course = 0
}
