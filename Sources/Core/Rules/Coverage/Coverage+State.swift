package import StateCoding
package import Timekeeping
import Windowing

extension Coverage {
    /// Writes what was heard of each device, by its number, and of each group, by its name. O(devices).
    package func write(to writer: inout StateWriter) {
        let section = writer.open("COVR", version: 4)
        writer.instant(began)
        let heard = rows.indices.filter { rows[$0] != Row() }
        writer.array(heard) { writer, device in
            writer.integer(device)
            rows[device].write(to: &writer)
            past[device].write(to: &writer)
        }
        let known = groups.indices.filter { groupHeard[$0] > .distantPast }
        writer.array(known) { writer, number in
            let group = groups[number]
            writer.text(group.key)
            writer.instant(groupHeard[number])
            writer.instant(group.back)
            writer.instant(group.handedIn)
            writer.instant(group.handingSince)
            writer.instant(group.toldOld)
            writer.array(group.dead) { $1.write(to: &$0) }
            pulses[number].write(to: &writer)
        }
        writer.dictionary(plugs) { writer, device, plug in
            writer.integer(device)
            writer.float(plug.low)
            writer.float(plug.high)
            writer.integer(plug.count)
        }
        writer.close(section)
    }

    /// Reads what was written; devices and groups that the registry no longer has are read over. What a version before
    /// 4 learned is forgotten: it learned from reports that somebody caused.
    package mutating func read(from reader: inout StateReader, _ numbers: Renumbering) throws(StateError) {
        let (section, version) = try reader.open("COVR", versions: 3...4)
        began = try reader.instant()
        try reader.each(ofSize: 20) { (reader) throws(StateError) in
            let device = numbers.device(try reader.integer32())
            var past = Past()
            let row = try version > 3 ? Row(from: &reader) : Row(before4: &reader, &past)
            if version > 3 { past = try Past(from: &reader) }
            guard isKept(device) else { return }
            rows[Int(device)] = row
            self.past[Int(device)] = past
        }
        var numberOf: [String: Int] = [:]
        for number in groups.indices { numberOf[groups[number].key] = number }
        try reader.each(ofSize: 42) { (reader) throws(StateError) in
            let key = try reader.text()
            let heard = try reader.instant()
            let back = try reader.instant()
            let handedIn = try reader.instant()
            let handingSince = try reader.instant()
            let toldOld = try reader.instant()
            let dead = try reader.stretches()
            let pulse = try version > 3 ? Pulse(from: &reader, numbers) : Pulse()
            guard let group = numberOf[key] else { return }
            pulses[group] = pulse
            groupHeard[group] = heard
            groups[group].back = back
            groups[group].handedIn = handedIn
            groups[group].handingSince = handingSince
            groups[group].toldOld = toldOld
            groups[group].dead = dead.suffix(Group.deadMost)
        }
        try reader.each(ofSize: 4) { (reader) throws(StateError) in
            let device = numbers.device(try reader.integer32())
            let plug = Plug(low: try reader.float(), high: try reader.float(), count: try reader.integer32())
            if isKept(device) { plugs[device] = plug }
        }
        try reader.close(section)
    }

    /// The clock was moved. O(devices).
    package mutating func shift(by length: Milliseconds) {
        began = began.shifted(by: length)
        for index in rows.indices {
            rows[index].shift(by: length)
            past[index].shift(by: length)
        }
        for index in groups.indices {
            pulses[index].shift(by: length)
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
        writer.byte(waitingFor)
        for second in [evidence, periodFrom, unquietFrom, offline, event, waiting] { writer.integer(Int(second)) }
    }

    init(from reader: inout StateReader) throws(StateError) {
        heard = try reader.instant()
        beats = try Heartbeats(from: &reader)
        flags = try reader.byte()
        period = UInt16(clamping: try reader.natural())
        waitingFor = try reader.byte()
        evidence = try reader.seconds32()
        periodFrom = try reader.seconds32()
        unquietFrom = try reader.seconds32()
        offline = try reader.seconds32()
        event = try reader.seconds32()
        waiting = try reader.seconds32()
        guard periodFrom <= evidence, unquietFrom <= evidence else { throw reader.damaged("a device's evidence") }
    }

    /// As it was written before version 4, when heartbeats were learned from reports that somebody caused as well: they
    /// are left out. What told reports is not known any more: the registry's heartbeat holds.
    init(before4 reader: inout StateReader, _ past: inout Coverage.Past) throws(StateError) {
        heard = try reader.instant()
        try Heartbeats.readOverBefore4(&reader)
        flags = try reader.byte() | Coverage.Row.reports
        period = UInt16(clamping: try reader.natural())
        evidence = try reader.seconds32()
        periodFrom = try reader.seconds32()
        unquietFrom = try reader.seconds32()
        offline = try reader.seconds32()
        for _ in 0..<2 {
            let stretch = try Coverage.Stretch(from: &reader)
            if stretch.to > 0 { past.dead.append(stretch) }
        }
        guard periodFrom <= evidence, unquietFrom <= evidence else { throw reader.damaged("a device's evidence") }
    }

    mutating func shift(by length: Milliseconds) {
        heard = heard.shifted(by: length)
        beats.shift(by: length)
        evidence = evidence.shifted(by: length)
        periodFrom = periodFrom.shifted(by: length)
        unquietFrom = unquietFrom.shifted(by: length)
        offline = offline.shifted(by: length)
        event = event.shifted(by: length)
        waiting = waiting.shifted(by: length)
    }
}

extension Coverage.Past {
    func write(to writer: inout StateWriter) {
        writer.array(dead) { $1.write(to: &$0) }
        writer.array(unvouched) { $1.write(to: &$0) }
    }

    init(from reader: inout StateReader) throws(StateError) {
        dead = try reader.stretches().suffix(Coverage.Past.deadMost)
        unvouched = try reader.stretches().suffix(Coverage.Past.unvouchedMost)
    }

    mutating func shift(by length: Milliseconds) {
        for index in dead.indices { dead[index].shift(by: length) }
        for index in unvouched.indices { unvouched[index].shift(by: length) }
    }
}

extension StateReader {
    fileprivate mutating func stretches() throws(StateError) -> [Coverage.Stretch] {
        try array(ofSize: 2) { (reader) throws(StateError) in try Coverage.Stretch(from: &reader) }
    }
}

extension Pulse {
    func write(to writer: inout StateWriter) {
        beats.write(to: &writer)
        for index in tellers.indices { tellers[index].write(to: &writer) }
        writer.byte(waitingCount)
        for index in 0..<Int(waitingCount) { waiting[index].write(to: &writer) }
        writer.byte(silences)
        writer.integer(Int(silentUntil))
    }

    init(from reader: inout StateReader, _ numbers: Renumbering) throws(StateError) {
        beats = try Heartbeats(from: &reader)
        for index in tellers.indices { tellers[index] = try Teller(from: &reader, numbers) }
        let count = try reader.byte()
        guard count <= Pulse.waitingMost else { throw reader.damaged("reports that wait") }
        for _ in 0..<count {
            let report = try Teller(from: &reader, numbers)
            if report.device >= 0 { wait(report.device, at: report.at) }
        }
        silences = try reader.byte()
        silentUntil = try reader.seconds32()
    }

    mutating func shift(by length: Milliseconds) {
        beats.shift(by: length)
        for index in tellers.indices { tellers[index].at = tellers[index].at.shifted(by: length) }
        for index in 0..<Int(waitingCount) { waiting[index].at = waiting[index].at.shifted(by: length) }
        silentUntil = silentUntil.shifted(by: length)
    }
}

extension Pulse.Teller {
    fileprivate func write(to writer: inout StateWriter) {
        writer.integer(device)
        writer.integer(Int(at))
    }

    fileprivate init(from reader: inout StateReader, _ numbers: Renumbering) throws(StateError) {
        self.init(device: numbers.device(try reader.integer32()), at: try reader.seconds32())
    }
}

extension Heartbeats {
    func write(to writer: inout StateWriter) {
        writer.integer(Int(last))
        writer.integer(Int(dayFrom))
        for index in longest.indices { writer.integer(Int(longest[index])) }
        for index in recent.indices { writer.integer(Int(recent[index])) }
        writer.byte(gaps)
    }

    init(from reader: inout StateReader) throws(StateError) {
        last = try reader.seconds32()
        dayFrom = try reader.seconds32()
        for index in longest.indices { longest[index] = UInt16(clamping: try reader.natural()) }
        for index in recent.indices { recent[index] = UInt16(clamping: try reader.natural()) }
        gaps = try reader.byte()
        guard dayFrom <= last else { throw reader.damaged("a device's heartbeat") }
    }

    fileprivate static func readOverBefore4(_ reader: inout StateReader) throws(StateError) {
        for _ in 0..<8 { _ = try reader.natural() }
        _ = try reader.byte()
    }

    mutating func shift(by length: Milliseconds) {
        last = last.shifted(by: length)
        dayFrom = dayFrom.shifted(by: length)
    }
}

extension StateReader {
    fileprivate mutating func seconds32() throws(StateError) -> UInt32 { UInt32(clamping: try natural()) }
}
