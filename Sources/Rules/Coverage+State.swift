package import StateCoding
package import Timekeeping
import Windowing

extension Coverage {
    /// Writes what was heard of each device, by its number, and of each group, by its name. O(devices).
    package func write(to writer: inout StateWriter) {
        let section = writer.open("COVR", version: 3)
        writer.instant(began)
        let heard = rows.indices.filter { rows[$0] != Row() }
        writer.integer(heard.count)
        for device in heard {
            writer.integer(device)
            rows[device].write(to: &writer)
        }
        let known = groups.indices.filter { groupHeard[$0] > .distantPast }
        writer.integer(known.count)
        for number in known {
            let group = groups[number]
            writer.text(group.key)
            writer.instant(groupHeard[number])
            writer.instant(group.back)
            writer.instant(group.handedIn)
            writer.instant(group.handingSince)
            writer.instant(group.toldOld)
            writer.integer(group.dead.count)
            for stretch in group.dead { stretch.write(to: &writer) }
        }
        writer.integer(plugs.count)
        for (device, plug) in plugs.sorted(by: { $0.key < $1.key }) {
            writer.integer(device)
            writer.float(plug.low)
            writer.float(plug.high)
            writer.integer(plug.count)
        }
        writer.close(section)
    }

    /// Reads what was written; devices and groups that the registry has no more are read over.
    package mutating func read(from reader: inout StateReader, _ numbers: Renumbering) throws(StateError) {
        let section = try reader.open("COVR", version: 3)
        began = try reader.instant()
        for _ in 0..<(try reader.count(ofSize: 20)) {
            let device = numbers.device(try reader.integer32())
            let row = try Row(from: &reader)
            if isKept(device) { rows[Int(device)] = row }
        }
        var numberOf: [String: Int] = [:]
        for number in groups.indices { numberOf[groups[number].key] = number }
        for _ in 0..<(try reader.count(ofSize: 42)) {
            let key = try reader.text()
            let heard = try reader.instant()
            let back = try reader.instant()
            let handedIn = try reader.instant()
            let handingSince = try reader.instant()
            let toldOld = try reader.instant()
            var dead: [Stretch] = []
            for _ in 0..<(try reader.count(ofSize: 2)) { dead.append(try Stretch(from: &reader)) }
            guard let group = numberOf[key] else { continue }
            groupHeard[group] = heard
            groups[group].back = back
            groups[group].handedIn = handedIn
            groups[group].handingSince = handingSince
            groups[group].toldOld = toldOld
            groups[group].dead = dead.suffix(Group.deadMax)
        }
        for _ in 0..<(try reader.count(ofSize: 4)) {
            let device = numbers.device(try reader.integer32())
            let plug = Plug(low: try reader.float(), high: try reader.float(), count: try reader.integer32())
            if isKept(device) { plugs[device] = plug }
        }
        try reader.close(section)
    }

    /// The clock was moved. O(devices).
    package mutating func shift(by length: Milliseconds) {
        began = began.shifted(by: length)
        for index in rows.indices { rows[index].shift(by: length) }
        for index in groups.indices {
            groupHeard[index] = groupHeard[index].shifted(by: length)
            groups[index].back = groups[index].back.shifted(by: length)
            groups[index].handedIn = groups[index].handedIn.shifted(by: length)
            groups[index].handingSince = groups[index].handingSince.shifted(by: length)
            groups[index].toldOld = groups[index].toldOld.shifted(by: length)
            for stretch in groups[index].dead.indices { groups[index].dead[stretch].shift(by: length) }
        }
    }
}

extension UInt32 {
    /// Seconds since the epoch after the clock was moved; never stays never.
    func shifted(by length: Milliseconds) -> UInt32 {
        self == 0 ? 0 : Swift.max(1, Instant(seconds32: self).shifted(by: length).seconds32)
    }
}

extension Coverage.Stretch {
    func write(to writer: inout StateWriter) {
        writer.integer(Int(from))
        writer.integer(Int(to))
    }

    init(from reader: inout StateReader) throws(StateError) {
        from = try reader.seconds32()
        to = try reader.seconds32()
    }

    mutating func shift(by length: Milliseconds) {
        from = from.shifted(by: length)
        to = to.shifted(by: length)
    }
}

extension Coverage.Row {
    func write(to writer: inout StateWriter) {
        writer.instant(heard)
        beats.write(to: &writer)
        writer.byte(flags)
        writer.integer(Int(period))
        for second in [evidence, periodFrom, unquietFrom, offline] { writer.integer(Int(second)) }
        dead.0.write(to: &writer)
        dead.1.write(to: &writer)
    }

    init(from reader: inout StateReader) throws(StateError) {
        heard = try reader.instant()
        beats = try Heartbeats(from: &reader)
        flags = try reader.byte()
        period = UInt16(clamping: try reader.natural())
        evidence = try reader.seconds32()
        periodFrom = try reader.seconds32()
        unquietFrom = try reader.seconds32()
        offline = try reader.seconds32()
        dead = (try Coverage.Stretch(from: &reader), try Coverage.Stretch(from: &reader))
        guard periodFrom <= evidence, unquietFrom <= evidence else { throw reader.damaged("a device's evidence") }
    }

    mutating func shift(by length: Milliseconds) {
        heard = heard.shifted(by: length)
        beats.shift(by: length)
        evidence = evidence.shifted(by: length)
        periodFrom = periodFrom.shifted(by: length)
        unquietFrom = unquietFrom.shifted(by: length)
        offline = offline.shifted(by: length)
        dead.0.shift(by: length)
        dead.1.shift(by: length)
    }
}

extension Heartbeats {
    func write(to writer: inout StateWriter) {
        writer.integer(Int(last))
        writer.integer(Int(dayFrom))
        for index in longest.indices { writer.integer(Int(longest[index])) }
        writer.byte(gaps)
    }

    init(from reader: inout StateReader) throws(StateError) {
        last = try reader.seconds32()
        dayFrom = try reader.seconds32()
        for index in longest.indices { longest[index] = UInt16(clamping: try reader.natural()) }
        gaps = try reader.byte()
        guard dayFrom <= last else { throw reader.damaged("a device's heartbeat") }
    }

    mutating func shift(by length: Milliseconds) {
        last = last.shifted(by: length)
        dayFrom = dayFrom.shifted(by: length)
    }
}

extension StateReader {
    fileprivate mutating func seconds32() throws(StateError) -> UInt32 { UInt32(clamping: try natural()) }
}
