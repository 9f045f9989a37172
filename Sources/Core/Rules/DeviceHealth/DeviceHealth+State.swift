import Community
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Vocabulary
import Windowing

extension DeviceHealth {
    /// Writes what is open, and what is counted, by number of the device; of `upstream_silent` by the group's name.
    package func write(_ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("DEVH", version: 4)
        writer.instant(looked)
        writer.array(nextLooks(context, timers)) { writer, look in
            write(key: look.key, context, to: &writer)
            writer.instant(look.at)
            writer.word(heartbeats(of: look.key, context.coverage))
        }
        writer.dictionary(open) { writer, key, condition in
            write(key: key, context, to: &writer)
            condition.write(raisedBy: name, to: &writer)
        }
        writer.dictionary(quietUntil) { writer, key, until in
            write(key: key, context, to: &writer)
            writer.instant(until)
        }
        writer.array(minutes.indices.filter { minutes[$0].count > 0 }) { writer, device in
            writer.integer(device)
            writer.instant(minutes[device].from)
            writer.integer(minutes[device].count)
        }
        writer.dictionary(faults) { writer, device, times in
            writer.integer(device)
            writer.array(times) { $0.instant($1) }
        }
        writer.array(asleep.sorted()) { write(key: $1, context, to: &$0) }
        writeHandIns(to: &writer)
        writeWaiting(context, to: &writer)
        writer.close(section)
    }

    /// What the registry gives as heartbeats of a device, or of those of a group, as one number.
    private func heartbeats(of key: Int32, _ coverage: Coverage) -> UInt64 {
        func given(_ device: Int32) -> UInt64 {
            Int(device) < coverage.given.count ? UInt64(bitPattern: coverage.given[Int(device)]) : 0
        }
        guard kind == .upstreamSilent else { return given(key) }
        return coverage.groups[Int(key)].members.reduce(0) { ($0 &* 31) &+ given($1) &+ 1 }
    }

    private func write(key: Int32, _ context: RuleContext, to writer: inout StateWriter) {
        if kind == .upstreamSilent {
            writer.text(context.coverage.groups[Int(key)].key)
        } else {
            writer.integer(key)
        }
    }

    /// By key, the groups' numbers; empty where the rule is not about hubs.
    private func groupNumbers(_ coverage: Coverage) -> [String: Int32] {
        guard kind == .upstreamSilent else { return [:] }
        let known = coverage.groups
        return Dictionary(uniqueKeysWithValues: known.indices.map { (known[$0].key, Int32($0)) })
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        let groups = groupNumbers(numbers.context.coverage)
        func key(_ reader: inout StateReader) throws(StateError) -> Int32 {
            kind == .upstreamSilent ? groups[try reader.text()] ?? -1 : numbers.device(try reader.integer32())
        }
        // 2: nothing slept, and nothing was known of repeated ids. 3: nothing waited for the calendar, and silence had
        // another meaning: what is open is looked at once more.
        let (section, version) = try reader.open("DEVH", versions: 2...4)
        let coverage = numbers.context.coverage
        looked = try reader.instant()
        var looks = try reader.dictionary(ofSize: 9) { (reader) throws(StateError) in
            let key = try key(&reader)
            let at = try reader.instant()
            let given = try reader.word()
            // With another heartbeat in the registry it may be due much sooner: then it is looked at again.
            return key >= 0 && version > 3 && given == heartbeats(of: key, coverage) ? (key, at) : nil
        }
        // There are never more groups than devices.
        if kind == .upstreamSilent {
            for number in groups.count..<max(groups.count, registry.devices.count) {
                looks[Int32(number)] = .distantFuture
            }
        }
        resumed = looks
        looksAtOpen = version < 4
        open = try reader.dictionary(ofSize: 20) { (reader) throws(StateError) in
            let key = try key(&reader)
            let condition = try Condition(from: &reader, numbers, name: name, version)
            return key < 0 ? nil : (key, condition)
        }
        quietUntil = try reader.instants { (reader) throws(StateError) in
            let key = try key(&reader)
            return key < 0 ? nil : key
        }
        minutes = Paged()
        try reader.each(ofSize: 10) { (reader) throws(StateError) in
            let device = Int(numbers.device(try reader.integer32()))
            let minute = Minute(from: try reader.instant(), count: try reader.integer32())
            guard device >= 0 else { return }
            if device >= minutes.count { minutes.append(device + 1 - minutes.count, of: Minute()) }
            minutes[device] = minute
        }
        try readFaults(from: &reader, numbers)
        asleep = []
        if version > 2 { asleep = Set(try reader.array { (reader) throws(StateError) in try key(&reader) }) }
        asleep.remove(-1)
        try readHandIns(from: &reader, numbers, version)
        try readWaiting(from: &reader, numbers, version)
        try reader.close(section)
    }

    private mutating func readFaults(
        from reader: inout StateReader, _ numbers: Renumbering
    ) throws(StateError) {
        faults = try reader.dictionary(ofSize: 2) { (reader) throws(StateError) in
            let device = numbers.device(try reader.integer32())
            let times = try reader.array(ofSize: 8) { (reader) throws(StateError) in try reader.instant() }
            return device < 0 ? nil : (device, times)
        }
    }

    private func writeHandIns(to writer: inout StateWriter) {
        writer.dictionary(handIns) { writer, device, known in
            writer.integer(device)
            writer.word(known.minute)
            writer.word(known.minutes)
        }
    }

    private mutating func readHandIns(
        from reader: inout StateReader, _ numbers: Renumbering, _ version: UInt8
    ) throws(StateError) {
        handIns = [:]
        guard version > 3 else { return }
        handIns = try reader.dictionary(ofSize: 17) { (reader) throws(StateError) in
            let device = numbers.device(try reader.integer32())
            let known = HandIn(minute: try reader.signedWord(), minutes: try reader.word())
            return device < 0 ? nil : (device, known)
        }
    }

    /// What was told goes on.
    package mutating func adopt(toldBy other: DeviceHealth) {
        for (key, condition) in other.open {
            open[key] = condition
            waiting[key] = nil
            if condition.formerName == nil, other.name != name { open[key]?.formerName = other.name }
        }
    }

    /// All silence is looked at again, which finds when each is to be looked at next. What is open and ends by itself
    /// waits for its end.
    package func rearm(_ timers: inout Timers) {
        switch kind {
        case .deviceSilent:
            for device in registry.devices.indices where looksAt(Int32(device)) {
                if open[Int32(device)] == nil || looksAtOpen { rearm(silence: Int32(device), &timers) }
            }
        case .upstreamSilent:
            for group in registry.devices.indices {
                rearm(silence: Int32(group), &timers)
            }
        case .deviceStuck, .deviceFlooding, .identityMismatch, .clockFault:
            for (key, condition) in open {
                if let ends = condition.ends { timers.others.arm(.init(owner: owner, key: key), at: ends) }
            }
            for (key, condition) in waiting {
                timers.others.arm(.init(owner: owner, key: key), at: condition.opens ?? condition.started)
            }
        default: break
        }
    }

    /// What was not known when the state was written is looked at again.
    private func rearm(silence key: Int32, _ timers: inout Timers) {
        let at = resumed?[key] ?? looked + Milliseconds(1)
        let timer = TimerQueue.Timer(owner: owner, key: key)
        if at < .distantFuture { timers.absences.arm(timer, at: at) } else { timers.absences.disarm(timer) }
    }

    package mutating func shift(by length: Milliseconds) {
        looked = looked.shifted(by: length)
        for (key, condition) in open { open[key]?.ends = condition.ends?.shifted(by: length) }
        for (key, condition) in waiting {
            waiting[key]?.started = condition.started.shifted(by: length)
            waiting[key]?.ends = condition.ends?.shifted(by: length)
            waiting[key]?.opens = condition.opens?.shifted(by: length)
        }
        for key in quietUntil.keys { quietUntil[key] = quietUntil[key]?.shifted(by: length) }
        for device in handIns.keys { handIns[device]?.minute += length.count / 60_000 }
        for device in minutes.indices { minutes[device].from = minutes[device].from.shifted(by: length) }
        for device in faults.keys {
            faults[device] = faults[device]?.map { $0.shifted(by: length) }
        }
    }
}

extension DeviceHealth.Condition {
    func write(raisedBy name: String, to writer: inout StateWriter) {
        writer.instant(started)
        writer.instant(detected)
        writer.integer(device)
        writer.array(others) { $0.integer($1) }
        writer.integer(count)
        writer.instant(ifAny: ends)
        writer.truth(isClosed)
        writer.text(formerName ?? name)
        writer.integer(repeatedIDs)
        writer.instant(ifAny: since)
        writer.instant(ifAny: opens)
    }

    init(
        from reader: inout StateReader, _ numbers: Renumbering, name: String, _ version: UInt8
    ) throws(StateError) {
        started = try reader.instant()
        detected = try reader.instant()
        device = numbers.device(try reader.integer32())
        others = try reader.array { (reader) throws(StateError) in numbers.device(try reader.integer32()) }
        others.removeAll { $0 < 0 }
        count = try reader.natural()
        ends = try reader.instantIfAny()
        isClosed = try reader.truth()
        let raisedBy = try reader.text()
        formerName = raisedBy == name ? nil : raisedBy
        if version > 2 { repeatedIDs = try reader.natural() }
        if version > 3 {
            since = try reader.instantIfAny()
            opens = try reader.instantIfAny()
        }
    }
}

// Most of what a town tells is nothing to the rules about devices, and must cost them next to nothing.

extension DeviceHealth {
    /// What a rule has nothing to do with while nothing is open.
    struct Rest: OptionSet, Sendable {
        let rawValue: UInt8

        /// What is routine: a timer of silence that is armed stays; at its time the device is looked at and put off.
        static var routine: Rest { Rest(rawValue: 1) }
        /// What shows no life, or life that is believed: its device is not stuck.
        static var healthy: Rest { Rest(rawValue: 2) }
        /// Everything: it is told by the pipeline.
        static var all: Rest { Rest(rawValue: 4) }
    }

    /// Whether something is open: then it does not rest.
    var isBusy: Bool { !open.isEmpty || !faults.isEmpty || !waiting.isEmpty }
}
