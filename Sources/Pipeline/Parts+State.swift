import Feeds
import Rules
import StateCoding
import Timekeeping
import Windowing

extension Pipeline.Counters {
    func write(to writer: inout StateWriter) {
        for count in [
            records, observations, redelivered, unknownDevices, unknownPersons, unknownOwn, clockFaults,
        ] { writer.integer(count) }
        writer.integer(refused.count)
        for (code, count) in refused.sorted(by: { $0.key < $1.key }) {
            writer.text(code)
            writer.integer(count)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        records = try reader.natural()
        observations = try reader.natural()
        redelivered = try reader.natural()
        unknownDevices = try reader.natural()
        unknownPersons = try reader.natural()
        unknownOwn = try reader.natural()
        clockFaults = try reader.natural()
        for _ in 0..<(try reader.count(ofSize: 2)) { refused[try reader.text()] = try reader.natural() }
    }
}

extension Settling {
    func write(to writer: inout StateWriter) {
        writer.instant(ifAny: until)
        writer.instant(ifAny: holdsUntil)
        writer.instant(began)
        writer.integer(spent.count)
        for (began, length) in spent {
            writer.instant(began)
            writer.word(length.count)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        until = try reader.instantIfAny()
        holdsUntil = try reader.instantIfAny()
        began = try reader.instant()
        for _ in 0..<(try reader.count(ofSize: 16)) {
            let began = try reader.instant()
            let length = Milliseconds(try reader.signedWord())
            guard length >= .zero, length <= Settling.lengthMax else { throw reader.damaged("a time spent settling") }
            spent.append((began, length))
        }
    }

    mutating func shift(by length: Milliseconds) {
        until = until?.shifted(by: length)
        holdsUntil = holdsUntil?.shifted(by: length)
        began = began.shifted(by: length)
        releasedAt = releasedAt.shifted(by: length)
        for index in spent.indices { spent[index].began = spent[index].began.shifted(by: length) }
    }
}

extension BlindIntervals {
    func write(to writer: inout StateWriter) {
        writer.instant(ifAny: awaySince)
        writer.integer(intervals.count)
        for interval in intervals {
            writer.instant(interval.from)
            writer.instant(interval.to)
            writer.instant(interval.settled)
            writer.byte(interval.cause.rawValue)
        }
    }

    /// - Parameter version: of the section; before 5 nothing was known of the backlog behind each.
    init(from reader: inout StateReader, version: UInt8) throws(StateError) {
        self.init()
        awaySince = try reader.instantIfAny()
        for _ in 0..<(try reader.count(ofSize: 17)) {
            let from = try reader.instant()
            let to = try reader.instant()
            let settled = version > 4 ? try reader.instant() : to
            guard let cause = Cause(rawValue: try reader.byte()) else { throw reader.damaged("a cause of blindness") }
            add(from: from, to: to, cause, settled: settled)
        }
    }

    mutating func shift(by length: Milliseconds) {
        awaySince = awaySince?.shifted(by: length)
        for index in intervals.indices {
            intervals[index].from = intervals[index].from.shifted(by: length)
            intervals[index].to = intervals[index].to.shifted(by: length)
            intervals[index].settled = intervals[index].settled.shifted(by: length)
        }
    }
}

extension DeviceStates {
    /// Of each device that told any state: which ones, and each with its time.
    func write(to writer: inout StateWriter) {
        let devices = 0..<states.count / DeviceStates.kinds
        func known(_ device: Int) -> UInt8 {
            (0..<DeviceStates.kinds).reduce(0) { mask, slot in
                states[device * DeviceStates.kinds + slot].at > .distantPast ? mask | 1 << UInt8(slot) : mask
            }
        }
        writer.integer(devices.count { known($0) != 0 })
        for device in devices where known(device) != 0 {
            writer.integer(device)
            writer.byte(known(device))
            for index in device * DeviceStates.kinds..<(device + 1) * DeviceStates.kinds
            where states[index].at > .distantPast {
                writer.truth(states[index].reading == .on)
                writer.instant(states[index].at)
            }
        }
    }

    init(from reader: inout StateReader, _ numbers: Renumbering) throws(StateError) {
        for _ in 0..<(try reader.count(ofSize: 2)) {
            let device = Int(numbers.device(try reader.integer32()))
            let mask = try reader.byte()
            for slot in 0..<DeviceStates.kinds where mask & 1 << UInt8(slot) != 0 {
                let state = State(reading: try reader.truth() ? .on : .off, at: try reader.instant())
                guard device >= 0 else { continue }
                makeRoom(forDevice: device)
                states[device * DeviceStates.kinds + slot] = state
            }
        }
    }

    mutating func shift(by length: Milliseconds) {
        for index in states.indices { states[index].at = states[index].at.shifted(by: length) }
    }
}

extension Redelivery {
    func write(to writer: inout StateWriter) {
        Redelivery.write(rings, to: &writer)
        Redelivery.write(calls, to: &writer)
        writer.words(recent)
        writer.integer(recentNext)
        writer.words(resumed.sorted())
        writer.truth(isResumed)
        let told = lastIDs.indices.filter { lastIDs[$0] != 0 }
        writer.integer(told.count)
        for device in told {
            writer.integer(device)
            writer.word(lastIDs[device])
        }
        writer.integer(copies.entries.count)
        for entry in copies.entries {
            writer.word(entry.key)
            writer.instant(entry.first)
        }
        writer.integer(outcomes.count)
        for (device, outcome) in outcomes.sorted(by: { $0.key < $1.key }) {
            writer.integer(device)
            writer.integer(Int(outcome))
        }
    }

    private static func write(_ rings: Paged<Ring>, to writer: inout StateWriter) {
        writer.integer(rings.indices.count { !rings[$0].isEmpty })
        for device in rings.indices where !rings[device].isEmpty {
            writer.integer(device)
            writer.integer(rings[device].next)
            writer.words(rings[device].hashes)
            for hour in rings[device].hours { writer.integer(Int(hour)) }
        }
    }

    private static func read(
        _ rings: inout Paged<Ring>, from reader: inout StateReader, _ numbers: Renumbering
    ) throws(StateError) {
        for _ in 0..<(try reader.count(ofSize: 3)) {
            let device = Int(numbers.device(try reader.integer32()))
            let next = try reader.integer()
            let hashes = try reader.words()
            guard hashes.count <= Redelivery.perDevice, hashes.isEmpty || hashes.indices.contains(next) else {
                throw reader.damaged("a device's last messages")
            }
            var hours: [UInt16] = []
            for _ in hashes { hours.append(UInt16(truncatingIfNeeded: try reader.integer())) }
            guard device >= 0 else { continue }
            if device >= rings.count { rings.append(device + 1 - rings.count, of: Ring()) }
            rings[device] = Ring(hashes: hashes, hours: hours, next: next)
        }
    }

    init(from reader: inout StateReader, _ numbers: Renumbering, version: UInt8) throws(StateError) {
        try Redelivery.read(&rings, from: &reader, numbers)
        try Redelivery.read(&calls, from: &reader, numbers)
        recent = ContiguousArray(try reader.words())
        recentNext = try reader.integer()
        resumed = Set(try reader.words())
        guard recent.count <= Redelivery.beforeResume, recentNext == 0 || recent.indices.contains(recentNext) else {
            throw reader.damaged("the last messages")
        }
        isResumed = try version > 3 ? reader.truth() : !resumed.isEmpty
        guard version > 3 else { return }
        for _ in 0..<(try reader.count(ofSize: 9)) {
            let device = Int(numbers.device(try reader.integer32()))
            let id = try reader.word()
            guard device >= 0 else { continue }
            if device >= lastIDs.count { lastIDs.append(device + 1 - lastIDs.count, of: 0) }
            lastIDs[device] = id
        }
        var entries: [RecentCopies.Entry] = []
        for _ in 0..<(try reader.count(ofSize: 16)) {
            entries.append(RecentCopies.Entry(key: try reader.word(), first: try reader.instant()))
        }
        copies = RecentCopies(entries: entries)
        for _ in 0..<(try reader.count(ofSize: 2)) {
            let device = numbers.device(try reader.integer32())
            let outcome = UInt32(truncatingIfNeeded: try reader.integer())
            if device >= 0 { outcomes[device] = outcome }
        }
    }
}
