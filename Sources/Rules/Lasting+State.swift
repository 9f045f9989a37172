import Community
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Windowing

extension Lasting {
    /// O(keys).
    package func write(_ surroundings: Surroundings, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("LAST", version: 1)
        keyer.write(surroundings, to: &writer)
        dwell.write(keys: keyer.count, to: &writer)
        for key in 0..<keyer.count {
            let known = key < known.count ? known[key] : Known()
            writer.truth(known.first != nil)
            known.first?.write(surroundings, to: &writer)
            writer.instant(known.seen)
            writer.instant(known.due)
        }
        episodes.write(raisedBy: settings.name, surroundings, to: &writer)
        writer.integer(away.count)
        for (device, blind) in away.sorted(by: { $0.key < $1.key }) {
            writer.integer(device)
            writer.instant(ifAny: blind.awaySince)
            writer.integer(blind.intervals.count)
            for interval in blind.intervals {
                writer.instant(interval.from)
                writer.instant(interval.to)
            }
        }
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        let section = try reader.open("LAST", version: 1)
        keyer = Keyer(settings.keys[0])
        episodes = Episodes(cooldown: settings.cooldown)
        known = Paged()
        away = [:]
        try keyer.read(from: &reader, numbers)
        try dwell.read(keys: keyer.count, from: &reader)
        for _ in 0..<keyer.count {
            var one = Known()
            if try reader.truth() { one.first = try Mark(from: &reader, &numbers) }
            one.seen = try reader.instant()
            one.due = try reader.instant()
            known.append(one)
        }
        try episodes.read(from: &reader, &numbers, name: settings.name, keys: keyer.count)
        for _ in 0..<(try reader.count(ofSize: 3)) {
            let device = numbers.deviceKept(try reader.integer32())
            var blind = BlindIntervals()
            blind.awaySince = try reader.instantIfAny()
            for _ in 0..<(try reader.count(ofSize: 16)) {
                blind.add(from: try reader.instant(), to: try reader.instant(), .lost)
            }
            if device >= 0 { away[device] = blind }
        }
        try reader.close(section)
    }

    /// Episodes that nobody was told of are taken back, and come once; those that were told go on.
    package mutating func adopt(toldBy other: Lasting) {
        for key in episodes.keys.sorted() {
            episodes[key] = nil
            // What needs no sighting is overdue, and comes with the next record.
            known[Int(key)].due = gap == nil ? known[Int(key)].seen : .distantFuture
        }
        let taken = episodes.adopt(other.episodes) { keyer.number(ofText: other.keyer[$0]) }
        if keyer.count > known.count { known.append(keyer.count - known.count, of: Known()) }
        for key in taken {
            let there = Int(other.keyer.find(keyer[key]))
            let at = Int(key)
            if dwell.run(at) == nil, let run = other.dwell.run(there) {
                dwell.put(run, at: at)
                known[at] = other.known[there]
            }
            // Its next stage or its end is worked out then: no earlier than its last sighting was heard of.
            known[at].due = known[at].seen + (gap ?? .zero)
        }
        for (device, blind) in other.away where away[device] == nil { away[device] = blind }
    }

    package func rearm(_ timers: inout Timers) {
        for key in known.indices where known[key].due < .distantFuture {
            timers.absences.arm(.init(owner: owner, key: Int32(key)), at: known[key].due)
        }
    }

    package mutating func shift(by length: Milliseconds) {
        dwell.shift(by: length)
        episodes.shift(by: length)
        for key in known.indices {
            known[key].first?.shift(by: length)
            known[key].seen = known[key].seen.shifted(by: length)
            known[key].due = known[key].due.shifted(by: length)
        }
        for device in away.keys {
            guard var blind = away[device] else { continue }
            blind.awaySince = blind.awaySince?.shifted(by: length)
            for index in blind.intervals.indices {
                blind.intervals[index].from = blind.intervals[index].from.shifted(by: length)
                blind.intervals[index].to = blind.intervals[index].to.shifted(by: length)
            }
            away[device] = blind
        }
    }
}
