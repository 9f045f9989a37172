import SiteConfiguration
import StateCoding
import Timekeeping
import Windowing

// States of devices and the rule's calendar: what began outside of it, and still holds when it next does, begins then.
// Silence has no part in this: it runs on, and is looked at when it may be told.

extension DeviceHealth {
    /// A condition holds: it is raised, or it waits until it may be.
    mutating func begin(
        _ key: Int32, _ condition: Condition, at now: Instant, _ surroundings: Surroundings, _ timers: inout Timers,
        _ output: inout RuleOutput
    ) {
        if mayBegin(key, at: now, surroundings) {
            if !waiting.isEmpty { forget(waiting: key, &timers) }
            raise(key, condition, at: now, surroundings, &output)
            return
        }
        // One that was over before goes on with nothing.
        if let known = waiting[key], known.ends.map({ $0 >= now }) ?? true {
            waiting[key]?.count = kind == .identityMismatch ? known.count + 1 : max(known.count, condition.count)
            return
        }
        guard let opens = begins(key, after: now, surroundings) else { return }
        var condition = condition
        condition.opens = opens
        waiting[key] = condition
        timers.others.arm(.init(owner: owner, key: key), at: opens)
    }

    /// What waited is over.
    mutating func forget(waiting key: Int32, _ timers: inout Timers) {
        guard waiting.removeValue(forKey: key) != nil else { return }
        timers.others.disarm(.init(owner: owner, key: key))
    }

    /// The calendar begins, or a cooldown is over: what still holds begins.
    /// - Parameter ends: when it was or will be over if nothing more comes; nil where only a record ends it.
    mutating func look(
        _ key: Int32, ends: Instant?, _ deadline: Instant, _ now: Instant, _ surroundings: Surroundings,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        guard var condition = waiting.removeValue(forKey: key) else { return }
        if let ends, ends <= deadline { return }
        guard mayBegin(key, at: deadline, surroundings) else {
            guard let opens = begins(key, after: deadline, surroundings) else { return }
            condition.opens = opens
            waiting[key] = condition
            timers.others.arm(.init(owner: owner, key: key), at: opens)
            return
        }
        if let calendar, !calendar.covers(condition.started, zone: zone, days: surroundings.days) {
            condition.since = condition.started
            let opening = calendar.next(after: condition.started, zone: zone, days: surroundings.days)
            condition.started = min(opening ?? deadline, deadline)
        }
        condition.opens = nil
        condition.ends = nil
        condition.detected = deadline
        raise(key, condition, at: now, surroundings, &output)
        if let ends { end(key, at: ends, &timers) }
    }

    // MARK: State

    func writeWaiting(_ surroundings: Surroundings, to writer: inout StateWriter) {
        writer.word(surroundings.days.checksum)
        writer.integer(waiting.count)
        for (device, condition) in waiting.sorted(by: { $0.key < $1.key }) {
            writer.integer(device)
            condition.write(raisedBy: name, to: &writer)
        }
    }

    mutating func readWaiting(
        from reader: inout StateReader, _ numbers: Renumbering, _ version: UInt8
    ) throws(StateError) {
        waiting = [:]
        if version < 4 { return }
        let isSame = try reader.word() == numbers.surroundings.days.checksum
        for _ in 0..<(try reader.count(ofSize: 20)) {
            let device = numbers.device(try reader.integer32())
            var condition = try Condition(from: &reader, numbers, name: name, version)
            // With another sheet of holidays it is looked at anew.
            if !isSame { condition.opens = condition.started }
            if device >= 0 { waiting[device] = condition }
        }
    }

    /// The clock was set, and a calendar opens by the clock: what waits is looked at with the next record.
    package mutating func lookAtCalendar(timers: inout Timers) {
        for (key, condition) in waiting {
            timers.others.arm(.init(owner: owner, key: key), at: condition.started)
        }
    }
}
