import SiteConfiguration
package import StateCoding
package import Timekeeping
import Windowing

extension Flow {
    package func write(_ surroundings: Surroundings, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("FLOW", version: 2)
        keyed.write(surroundings, to: &writer)
        for key in 0..<keyed.keyCount {
            window.write(key, to: &writer)
            writer.integer(key < inside.count ? inside[key] : 0)
        }
        writer.integer(serial)
        writer.integer(calms.count)
        for (key, calm) in calms.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.instant(calm.passes)
            writer.instant(ifAny: calm.inside)
        }
        for instants in [opensAt, heldSince] {
            writer.integer(instants.count)
            for (key, instant) in instants.sorted(by: { $0.key < $1.key }) {
                writer.integer(key)
                writer.instant(instant)
            }
        }
        writer.integer(closed.count)
        for key in closed.sorted() { writer.integer(key) }
        writer.close(section)
    }

    /// Version 1 had timers where there is now since when the counts are low; that is worked out from the passes.
    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        let (section, version) = try reader.open("FLOW", versions: 1...2)
        try keyed.read(from: &reader, &numbers)
        window = Distinct(capacity: window.capacity, keys: keyed.keyCount)
        inside = Paged(repeating: 0, count: keyed.keyCount)
        for key in 0..<keyed.keyCount {
            try window.read(key, from: &reader) { $0 }
            inside[key] = max(0, try reader.integer32())
        }
        serial = try reader.integer32() & 0x0FFF_FFFF
        calms = [:]
        for _ in 0..<(try reader.count(ofSize: 9)) {
            let key = try keyed.readKey(from: &reader)
            let passes = try reader.instant()
            if version > 1 { calms[key] = Calm(passes: passes, inside: try reader.instantIfAny()) }
        }
        opensAt = version > 1 ? try readInstants(from: &reader) : [:]
        heldSince = version > 1 ? try readInstants(from: &reader) : [:]
        closed = []
        for _ in 0..<(try reader.count()) { closed.insert(try keyed.readKey(from: &reader)) }
        if version == 1 {
            for key in Set(keyed.episodes.keys).union(closed) { calmByPasses(key) }
        }
        try reader.close(section)
    }

    private func readInstants(from reader: inout StateReader) throws(StateError) -> [Int32: Instant] {
        var instants: [Int32: Instant] = [:]
        for _ in 0..<(try reader.count(ofSize: 9)) {
            instants[try keyed.readKey(from: &reader)] = try reader.instant()
        }
        return instants
    }

    /// Works out since when the counts are low where nobody noted it: by the passes that are kept, and not before the
    /// last that was told of.
    private mutating func calmByPasses(_ key: Int32) {
        let last = keyed.episodes[key]?.last ?? window.newest(1, of: Int(key)) ?? .distantPast
        calms[key] = Calm(passes: last, inside: last)
        calm(key, Int(inside[Int(key)]), at: last)
    }

    /// Takes over what was told; what is below its limits by these settings ends with its timer. What is beyond, and
    /// the other had not told of, is told with the next pass.
    package mutating func adopt(toldBy other: Flow) {
        keyed.episodes = Episodes(cooldown: keyed.settings.cooldown)
        (calms, opensAt, heldSince) = ([:], [:], [:])
        for key in keyed.adopt(other.keyed) {
            if Int(key) >= inside.count { inside.append(Int(key) + 1 - inside.count, of: 0) }
            calmByPasses(key)
        }
        for (key, since) in other.heldSince {
            for own in keyed.keys(ofText: other.keyed.text(key)) where keyed.episodes[own] != nil {
                heldSince[own] = since
            }
        }
    }

    package func rearm(_ timers: inout Timers) {
        for key in calms.keys.sorted() { arm(key, &timers) }
    }

    package mutating func shift(by length: Milliseconds) {
        keyed.episodes.shift(by: length)
        window.shift(by: length)
        for (key, calm) in calms {
            calms[key] = Calm(passes: calm.passes.shifted(by: length), inside: calm.inside?.shifted(by: length))
        }
        for (key, instant) in opensAt { opensAt[key] = instant.shifted(by: length) }
    }
}
