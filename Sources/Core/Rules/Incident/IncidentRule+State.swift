import Community
import Feeds
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Vocabulary
import Windowing

extension IncidentRule {
    /// Writes sessions, episodes and holds, with the texts of their keys. O(what is kept).
    package func write(_ surroundings: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("INCI", version: 2)
        keyer.write(surroundings, to: &writer)
        sessions.write(keys: keyer.count, to: &writer)
        writer.truth(confirmation != nil)
        if let confirmation {
            for key in 0..<keyer.count { confirmation.write(key, to: &writer) }
        }
        writer.integer(episodes.count)
        for (serial, episode) in episodes.sorted(by: { $0.key < $1.key }) {
            writer.word(serial)
            episode.write(raisedBy: settings.name, surroundings, to: &writer)
        }
        writer.integer(quietUntil.count)
        for (key, until) in quietUntil.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.instant(until)
        }
        writer.integer(suspected.count)
        for (key, at) in suspected.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.instant(at)
        }
        writer.integer(taken.count)
        for (key, starts) in taken.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.integer(starts.count)
            for start in starts { writer.instant(start) }
        }
        writer.integer(tracks.count)
        for (device, recent) in tracks.sorted(by: { $0.key < $1.key }) {
            writer.integer(device)
            writer.integer(recent.count)
            for item in recent {
                writer.word(UInt64(item.track))
                writer.instant(item.at)
            }
        }
        writeActions(to: &writer)
        writer.integer(forgetAt)
        writer.integer(paces.count)
        for (name, pace) in paces.sorted(by: { $0.key < $1.key }) {
            writer.integer(name.device)
            writer.integer(name.key)
            pace.write(raisedBy: settings.name, surroundings, to: &writer)
        }
        writer.close(section)
    }

    private func writeActions(to writer: inout StateWriter) {
        writer.integer(holds.count)
        for (device, hold) in holds.sorted(by: { $0.key < $1.key }) {
            writer.integer(device)
            writer.word(hold.serial)
            writer.instant(hold.until)
            writer.instant(hold.release)
        }
        writer.integer(acted.count)
        for (device, times) in acted.sorted(by: { $0.key < $1.key }) {
            writer.integer(device)
            writer.integer(times.count)
            for time in times { writer.instant(time) }
        }
        writer.integer(actionsDropped)
    }

    /// Reads what was written of a rule of this kind in place of everything that is known.
    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        // 1: without the danger of an episode, and without the pace of calls, which is known anew after ten.
        let (section, version) = try reader.open("INCI", versions: 1...2)
        try keyer.read(from: &reader, numbers)
        try sessions.read(keys: keyer.count, from: &reader)
        if try reader.truth() {
            for key in 0..<keyer.count {
                if try confirmation?.read(key, from: &reader) == nil { try SlidingCount.readOver(&reader) }
            }
        }
        for _ in 0..<(try reader.count(ofSize: 30)) {
            let serial = try reader.naturalWord()
            episodes[serial] = try Episode(from: &reader, &numbers, name: settings.name, version)
        }
        for _ in 0..<(try reader.count(ofSize: 9)) { quietUntil[try reader.integer32()] = try reader.instant() }
        for _ in 0..<(try reader.count(ofSize: 9)) { suspected[try reader.integer32()] = try reader.instant() }
        for _ in 0..<(try reader.count(ofSize: 2)) {
            let key = try reader.integer32()
            for _ in 0..<(try reader.count(ofSize: 8)) { taken[key, default: []].append(try reader.instant()) }
        }
        for _ in 0..<(try reader.count(ofSize: 2)) {
            let device = numbers.deviceKept(try reader.integer32())
            var recent: [(track: UInt32, at: Instant)] = []
            for _ in 0..<(try reader.count(ofSize: 16)) {
                recent.append((UInt32(truncatingIfNeeded: try reader.word()), try reader.instant()))
            }
            if device >= 0 { tracks[device] = recent }
        }
        try readActions(from: &reader, &numbers)
        if version > 1 {
            forgetAt = try reader.natural()
            for _ in 0..<(try reader.count(ofSize: 37)) {
                let device = numbers.deviceKept(try reader.integer32())
                let key = try reader.integer32()
                let pace = try CallPace(from: &reader, &numbers, name: settings.name)
                if device >= 0, key >= 0, Int(key) < keyer.count { paces[.init(device: device, key: key)] = pace }
            }
        }
        try reader.close(section)
    }

    private mutating func readActions(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        for _ in 0..<(try reader.count(ofSize: 25)) {
            let device = numbers.deviceKept(try reader.integer32())
            let hold = Hold(
                serial: try reader.signedWord(), until: try reader.instant(), release: try reader.instant())
            if device >= 0 { holds[device] = hold }
        }
        for _ in 0..<(try reader.count(ofSize: 2)) {
            let device = numbers.device(try reader.integer32())
            var times: [Instant] = []
            for _ in 0..<(try reader.count(ofSize: 8)) { times.append(try reader.instant()) }
            if device >= 0 { acted[device] = times }
        }
        actionsDropped = try reader.natural()
    }

    /// Takes from another what was done to machines: that was done, whatever the rule's settings are by now. A hold
    /// lasts as long as the session that is known of its device, if there is one.
    package mutating func adopt(toldBy other: IncidentRule) {
        let own = holds
        holds = other.holds.reduce(into: [:]) { holds, item in
            holds[item.key] = item.value
            holds[item.key]?.serial = own[item.key]?.serial ?? Hold.noSession
        }
        acted = other.acted
        paces = [:]
        for (name, pace) in other.paces {
            var pace = pace
            for index in pace.episodes.indices
            where pace.episodes[index].formerName == nil && other.settings.name != settings.name {
                pace.episodes[index].formerName = other.settings.name
            }
            paces[.init(device: name.device, key: keyer.number(ofText: other.keyer[name.key]))] = pace
        }
        if isLifeSafety {
            // What was only found again may never have been told: the next call is raised, rather twice than not at
            // all.
            sessions = Sessions(gap: settings.merge, keys: 0)
            episodes = [:]
        }
        actionsDropped = other.actionsDropped
    }

    /// Arms the timer of every hold at its release.
    package func rearm(_ timers: inout Timers) {
        for (device, hold) in holds { timers.others.arm(.init(owner: owner, key: device), at: hold.release) }
    }

    /// The clock was moved. Timers are moved by their owner. What was told of an episode stays as it was told.
    package mutating func shift(by length: Milliseconds) {
        sessions.shift(by: length)
        confirmation?.shift(by: length)
        for key in quietUntil.keys { quietUntil[key] = quietUntil[key]?.shifted(by: length) }
        for key in suspected.keys { suspected[key] = suspected[key]?.shifted(by: length) }
        for device in tracks.keys {
            tracks[device] = tracks[device]?.map { ($0.track, $0.at.shifted(by: length)) }
        }
        for serial in episodes.keys { episodes[serial]?.shift(by: length) }
        for device in holds.keys {
            guard let hold = holds[device] else { continue }
            holds[device]?.until = hold.until.shifted(by: length)
            holds[device]?.release = hold.release.shifted(by: length)
        }
        for device in acted.keys { acted[device] = acted[device]?.map { $0.shifted(by: length) } }
        for name in paces.keys { paces[name]?.shift(by: length) }
    }
}

extension IncidentRule.Episode {
    func write(raisedBy name: String, _ surroundings: RuleContext, to writer: inout StateWriter) {
        writer.instant(started)
        writer.integer(traces.count)
        for trace in traces { trace.write(to: &writer) }
        writer.integer(devices.count)
        for (device, last) in devices {
            writer.integer(device)
            writer.instant(last)
        }
        writer.float(confidence)
        writer.truth(floor != nil)
        if let floor { writer.integer(floor) }
        writer.instant(ifAny: detected)
        if detected != nil { writer.text(formerName ?? name) }
        writer.text(place < 0 ? "" : surroundings.registry.places[Int(place)].id)
        writer.truth(isCertain)
        writer.truth(fit != nil)
        fit?.write(to: &writer)
        for number in [person, category, text, by] { writer.integer(number) }
        writer.word(kinds)
        writer.truth(isMismatched)
    }

    init(
        from reader: inout StateReader, _ numbers: inout Renumbering, name: String, _ version: UInt8
    ) throws(StateError) {
        started = try reader.instant()
        for _ in 0..<(try reader.count(ofSize: 12)) { traces.append(try Trace(from: &reader, &numbers)) }
        for _ in 0..<(try reader.count(ofSize: 9)) {
            devices.append((numbers.deviceKept(try reader.integer32()), try reader.instant()))
        }
        confidence = try reader.float()
        guard confidence.isNaN || (0...1).contains(confidence) else { throw reader.damaged("a confidence of 0…1") }
        floor = try reader.truth() ? Int(try reader.integer32()) : nil
        detected = try reader.instantIfAny()
        let raisedBy = detected == nil ? name : try reader.text()
        formerName = raisedBy == name ? nil : raisedBy
        place = numbers.surroundings.registry.place(try reader.text())?.index ?? -1
        isCertain = try reader.truth()
        fit = try reader.truth() ? try FallFit(from: &reader) : nil
        person = numbers.person(try reader.integer32())
        category = numbers.word(try reader.integer32())
        text = numbers.word(try reader.integer32())
        by = numbers.word(try reader.integer32())
        if version > 1 {
            kinds = try reader.word()
            isMismatched = try reader.truth()
        } else {
            kinds = traces.reduce(0) { $0 | 1 << UInt64($1.kind.rawValue) }
        }
    }

    mutating func shift(by length: Milliseconds) {
        for index in devices.indices { devices[index].last = devices[index].last.shifted(by: length) }
        guard detected == nil else { return }
        started = started.shifted(by: length)
        for index in traces.indices { traces[index].at = traces[index].at.shifted(by: length) }
    }
}
