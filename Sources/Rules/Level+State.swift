import Community
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Windowing

extension Level {
    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        guard let key = keyed.find(key: key, started: started) else { return }
        keyed.episodes.end(key, at: now)
        if threshold.since(Int(key)) != nil { closed.insert(key) }
    }

    package func write(_ surroundings: Surroundings, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("LEVL", version: 1)
        keyed.write(surroundings, to: &writer)
        for key in 0..<keyed.keyCount { threshold.write(key, to: &writer) }
        writer.integer(pending.count)
        for (key, wait) in pending.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.instant(wait.due)
            writer.instant(wait.timer)
        }
        writer.integer(closed.count)
        for key in closed.sorted() { writer.integer(key) }
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        let section = try reader.open("LEVL", version: 1)
        try keyed.read(from: &reader, &numbers)
        for key in 0..<keyed.keyCount { try threshold.read(key, from: &reader) }
        pending = [:]
        for _ in 0..<(try reader.count(ofSize: 17)) {
            let key = try keyed.readKey(from: &reader)
            pending[key] = Pending(due: try reader.instant(), timer: try reader.instant())
        }
        closed = []
        for _ in 0..<(try reader.count()) { closed.insert(try keyed.readKey(from: &reader)) }
        try reader.close(section)
    }

    /// Takes over what was told. What is beyond by the readings, and the other had not told of, is told at the next
    /// timer; what is not beyond any more ends then.
    package mutating func adopt(toldBy other: Level) {
        let own = keyed.episodes.keys.filter { keyed.episodes[$0]?.isOpen == true }
        let taken = Set(keyed.adopt(other.keyed))
        for key in own where !taken.contains(key) { keyed.episodes[key]?.detected = nil }
        for key in taken { pending[key] = nil }
        for key in keyed.episodes.keys where threshold.since(Int(key)) == nil || !isOpen(key) {
            let due = keyed.episodes[key]?.last ?? .distantPast
            if pending[key] == nil { pending[key] = Pending(due: due, timer: due) }
        }
    }

    private func isOpen(_ key: Int32) -> Bool { keyed.episodes[key]?.isOpen == true }

    package func rearm(_ timers: inout Timers) {
        for (key, wait) in pending { timers.absences.arm(keyed.timer(key), at: wait.timer) }
    }

    package mutating func shift(by length: Milliseconds) {
        keyed.episodes.shift(by: length)
        threshold.shift(by: length)
        for (key, wait) in pending {
            pending[key] = Pending(due: wait.due.shifted(by: length), timer: wait.timer.shifted(by: length))
        }
    }
}
