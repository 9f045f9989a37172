import Community
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Windowing

extension Lasting {
    /// O(keys).
    package func write(_ surroundings: Surroundings, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("LAST", version: 2)
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
        writer.word(surroundings.days.checksum)
        writer.integer(since.count)
        for (key, since) in since.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.instant(since)
        }
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        // 1: outside of the calendar nothing was kept.
        let (section, version) = try reader.open("LAST", versions: 1...2)
        keyer = Keyer(settings.keys[0])
        episodes = Episodes(cooldown: settings.cooldown)
        known = Paged()
        away = [:]
        since = [:]
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
        var checksum: UInt64?
        if version > 1 {
            checksum = try reader.word()
            for _ in 0..<(try reader.count(ofSize: 9)) {
                let key = try reader.integer32()
                since[key] = try reader.instant()
            }
        }
        if checksum != numbers.surroundings.days.checksum {
            for key in waiting() { known[key].due = known[key].seen }
        }
        try reader.close(section)
    }

    /// The keys whose next stage rests on the calendar alone.
    private func waiting() -> [Int] {
        guard gap == nil, settings.calendar != nil else { return [] }
        return known.indices.filter { dwell.run($0) != nil && known[$0].first != nil }
    }

    /// The clock was set, and a calendar opens by the clock: all that waits for it is looked at with the next record.
    package mutating func lookAtCalendar(timers: inout Timers) {
        for key in waiting() { arm(Int32(key), at: known[key].seen, &timers) }
    }

    /// Episodes that nobody was told of are taken back, and come once; those that were told go on.
    package mutating func adopt(toldBy other: Lasting) {
        for key in episodes.keys.sorted() {
            episodes[key] = nil
            since[key] = nil
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
            known[at].begins = .distantPast
            since[key] = other.since[Int32(there)]
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
            known[key].begins = .distantPast
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
