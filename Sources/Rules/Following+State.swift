import SiteConfiguration
package import StateCoding
package import Timekeeping
import Windowing

extension Following {
    /// O(keys).
    package func write(_ surroundings: Surroundings, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("FLLW", version: 2)
        keyer.write(surroundings, to: &writer)
        sequence.write(keys: keyer.count, to: &writer)
        writer.truth(third != nil)
        if third != nil { sequence.writeThirds(keys: keyer.count, to: &writer) }
        for place in 0..<keyer.count * Succession.kept {
            // Of firsts that were answered nothing is needed any more.
            let isNeeded =
                place < marks.count && sequence.waits(place / Succession.kept, place: place % Succession.kept)
            let mark = isNeeded ? marks[place] : nil
            writer.truth(mark != nil)
            mark?.write(surroundings, to: &writer)
        }
        episodes.write(raisedBy: settings.name, surroundings, to: &writer)
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        // 1: nothing undid a first.
        let (section, version) = try reader.open("FLLW", versions: 1...2)
        keyer = Keyer(settings.keys[0])
        episodes = Episodes(cooldown: settings.cooldown)
        marks = Paged()
        try keyer.read(from: &reader, numbers)
        try sequence.read(keys: keyer.count, from: &reader)
        if version > 1, try reader.truth() { try sequence.readThirds(keys: keyer.count, from: &reader) }
        for _ in 0..<keyer.count * Succession.kept {
            marks.append(try reader.truth() ? try Mark(from: &reader, &numbers) : nil)
        }
        try episodes.read(from: &reader, &numbers, name: settings.name, keys: keyer.count)
        try reader.close(section)
    }

    /// Episodes that nobody was told of are taken back; of what is missing they come once, with the next record. Those
    /// that were told go on.
    package mutating func adopt(toldBy other: Following) {
        for key in episodes.keys.sorted() {
            guard let episode = episodes[key] else { continue }
            episodes[key] = nil
            guard isMissing, resolves else { continue }
            let number = other.keyer.find(keyer[key])
            if number >= 0, other.episodes[number] != nil { continue }
            let due = episode.detected ?? episode.last
            guard let mark = Mark(episode),
                case .waits(let place) = sequence.first(
                    Int(key), at: episode.last, until: due, due: due, looksBack: false)
            else { continue }
            marks[Int(key) * Succession.kept + place] = mark
        }
        _ = episodes.adopt(other.episodes) { keyer.number(ofText: other.keyer[$0]) }
        let needed = keyer.count * Succession.kept
        if needed > marks.count { marks.append(needed - marks.count, of: nil) }
    }

    package func rearm(_ timers: inout Timers) {
        for key in 0..<Int32(keyer.count) where sequence.next(Int(key)) != nil { rearm(key, &timers) }
    }

    package mutating func shift(by length: Milliseconds) {
        sequence.shift(by: length)
        episodes.shift(by: length)
        for place in marks.indices { marks[place]?.shift(by: length) }
    }
}
