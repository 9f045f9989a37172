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

    /// - Parameter place: by number; −1 where nobody knows. Not the context: an initializer owns what it is given,
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

    func write(_ context: RuleContext, to writer: inout StateWriter) {
        trace.write(to: &writer)
        writer.text(place < 0 ? "" : context.registry.places[Int(place)].id)
        writer.integer(person)
        writer.integer(word)
        writer.integer(Int(floor))
        writer.truth(isHistory)
    }

    init(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        trace = try Trace(from: &reader, &numbers)
        place = numbers.context.registry.place(try reader.text())?.index ?? -1
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
