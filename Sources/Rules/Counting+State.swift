import SiteConfiguration
package import StateCoding
package import Timekeeping
import Windowing

extension Counting {
    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        guard let key = keyed.find(key: key, started: started) else { return }
        // What was counted is dealt with: it takes as many again to begin another.
        keyed.episodes.end(key, at: now)
        window.clear(Int(key))
        recent[key] = nil
        courses[key] = nil
        timers.absences.disarm(keyed.timer(key))
    }

    package func write(_ surroundings: Surroundings, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("COUN", version: 1)
        keyed.write(surroundings, to: &writer)
        for key in 0..<keyed.keyCount { window.write(key, to: &writer) }
        sessions?.write(keys: keyed.keyCount, to: &writer)
        writer.integer(serial)
        writer.integer(recent.count)
        for (key, traces) in recent.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.integer(traces.count)
            for trace in traces { trace.write(to: &writer) }
        }
        writer.integer(sweepAt)
        writer.integer(courses.count)
        for (key, course) in courses.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.instant(course.first)
            writer.instant(course.due)
        }
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        let section = try reader.open("COUN", version: 1)
        try keyed.read(from: &reader, &numbers)
        window = Distinct(capacity: window.capacity, keys: keyed.keyCount)
        for key in 0..<keyed.keyCount {
            try window.read(key, from: &reader) { Counting.renumbered($0, field, &numbers) }
        }
        try sessions?.read(keys: keyed.keyCount, from: &reader)
        serial = try reader.integer32()
        recent = [:]
        for _ in 0..<(try reader.count(ofSize: 2)) {
            let key = try keyed.readKey(from: &reader)
            var traces: [Trace] = []
            for _ in 0..<(try reader.count(ofSize: 12)) { traces.append(try Trace(from: &reader, &numbers)) }
            recent[key] = traces
        }
        sweepAt = max(try reader.natural(), Counting.sweepMin)
        courses = [:]
        for _ in 0..<(try reader.count(ofSize: 17)) {
            let key = try keyed.readKey(from: &reader)
            courses[key] = Course(first: try reader.instant(), due: try reader.instant())
        }
        try reader.close(section)
    }

    /// Today's number of a written value.
    private static func renumbered(
        _ value: Int32, _ field: WindowSettings.ValueField?, _ numbers: inout Renumbering
    ) -> Int32? {
        let today =
            switch field {
            // Serials and hashes are no numbers of anything.
            case nil, .track: value
            case .person: numbers.person(value)
            case .device: numbers.device(value)
            case .plate, .visit: numbers.word(value)
            }
        return field == nil || field == .track || today >= 0 ? today : nil
    }

    /// Takes over what was told. A condition that holds by what was counted, and that the other had not told of, is
    /// told at the next timer.
    package mutating func adopt(toldBy other: Counting) {
        let own = keyed.episodes.keys.filter { keyed.episodes[$0]?.isOpen == true }
        let taken = Set(keyed.adopt(other.keyed))
        if isCondition { for key in own where !taken.contains(key) { keyed.episodes[key]?.detected = nil } }
        for key in keyed.episodes.keys {
            guard let episode = keyed.episodes[key] else { continue }
            let usual = isCondition ? fall(key, within) ?? episode.last : episode.last + memory
            courses[key] = Course(first: episode.started, due: episode.isOpen ? usual : episode.last)
        }
    }

    package func rearm(_ timers: inout Timers) {
        for (key, course) in courses { timers.absences.arm(keyed.timer(key), at: course.due) }
    }

    package mutating func shift(by length: Milliseconds) {
        keyed.episodes.shift(by: length)
        window.shift(by: length)
        sessions?.shift(by: length)
        for (key, traces) in recent {
            for index in traces.indices { recent[key]?[index].at = traces[index].at.shifted(by: length) }
        }
        for (key, course) in courses {
            courses[key] = Course(first: course.first.shifted(by: length), due: course.due.shifted(by: length))
        }
    }
}
