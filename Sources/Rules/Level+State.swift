import Community
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Windowing

extension Level {
    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        guard let key = keyed.find(key: key, started: started) else { return }
        keyed.episodes.end(key, at: now)
        since[key] = nil
        if threshold.since(Int(key)) != nil { closed.insert(key) }
    }

    package func write(_ surroundings: Surroundings, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("LEVL", version: 2)
        keyed.write(surroundings, to: &writer)
        for key in 0..<keyed.keyCount { threshold.write(key, to: &writer) }
        writer.integer(pending.count)
        for (key, wait) in pending.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.instant(wait.due)
            writer.instant(wait.timer)
            writer.instant(ifAny: wait.opening)
        }
        writer.integer(closed.count)
        for key in closed.sorted() { writer.integer(key) }
        writer.word(surroundings.days.checksum)
        writer.integer(since.count)
        for (key, since) in since.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.instant(since)
        }
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        // 1: outside of the calendar nothing waited.
        let (section, version) = try reader.open("LEVL", versions: 1...2)
        try keyed.read(from: &reader, &numbers)
        for key in 0..<keyed.keyCount { try threshold.read(key, from: &reader) }
        pending = [:]
        for _ in 0..<(try reader.count(ofSize: 17)) {
            let key = try keyed.readKey(from: &reader)
            pending[key] = Pending(
                due: try reader.instant(), timer: try reader.instant(),
                opening: version > 1 ? try reader.instantIfAny() : nil)
        }
        closed = []
        for _ in 0..<(try reader.count()) { closed.insert(try keyed.readKey(from: &reader)) }
        since = [:]
        if version > 1 {
            let isSame = try reader.word() == numbers.surroundings.days.checksum
            if !isSame { lookAtCalendar() }
            for _ in 0..<(try reader.count(ofSize: 9)) {
                let key = try keyed.readKey(from: &reader)
                since[key] = try reader.instant()
            }
        }
        try reader.close(section)
    }

    /// Takes over what was told. What is beyond by the readings, and the other had not told of, is told at the next
    /// timer; what is not beyond any more ends then.
    package mutating func adopt(toldBy other: Level) {
        let own = keyed.episodes.keys.filter { keyed.episodes[$0]?.isOpen == true }
        let taken = Set(keyed.adopt(other.keyed))
        for key in own where !taken.contains(key) { keyed.episodes[key]?.detected = nil }
        for key in taken {
            pending[key] = nil
            since[key] = other.keyed.keys(ofText: keyed.text(key)).compactMap { other.since[$0] }.first
        }
        for key in keyed.episodes.keys where threshold.since(Int(key)) == nil || !isOpen(key) {
            let due = keyed.episodes[key]?.last ?? .distantPast
            if pending[key] == nil { pending[key] = Pending(due: due, timer: due) }
        }
    }

    /// What waits for the calendar is looked at with the next record.
    private mutating func lookAtCalendar() {
        for (key, wait) in pending where wait.opening != nil {
            pending[key]?.timer = keyed.episodes[key]?.last ?? wait.timer
        }
    }

    /// The clock was set, and a calendar opens by the clock.
    package mutating func lookAtCalendar(timers: inout Timers) {
        lookAtCalendar()
        for (key, wait) in pending where wait.opening != nil { timers.absences.arm(keyed.timer(key), at: wait.timer) }
    }

    private func isOpen(_ key: Int32) -> Bool { keyed.episodes[key]?.isOpen == true }

    package func rearm(_ timers: inout Timers) {
        for (key, wait) in pending where wait.timer < .distantFuture {
            timers.absences.arm(keyed.timer(key), at: wait.timer)
        }
    }

    package mutating func shift(by length: Milliseconds) {
        keyed.episodes.shift(by: length)
        threshold.shift(by: length)
        for (key, wait) in pending {
            pending[key] = Pending(
                due: wait.due.shifted(by: length), timer: wait.timer.shifted(by: length), opening: wait.opening)
        }
    }
}
