import Community
import Feeds
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Vocabulary
import Windowing

extension IncidentRule {
    /// Writes sessions, episodes and holds, with the texts of their keys. O(what is kept).
    package func write(_ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("INCI", version: 2)
        keyer.write(context, to: &writer)
        sessions.write(keys: keyer.count, to: &writer)
        writer.optional(confirmation) { writer, confirmation in
            for key in 0..<keyer.count { confirmation.write(key, to: &writer) }
        }
        writer.dictionary(episodes) { writer, serial, episode in
            writer.word(serial)
            episode.write(raisedBy: settings.name, context, to: &writer)
        }
        writer.instants(quietUntil)
        writer.instants(suspected)
        writer.dictionary(taken) { writer, key, starts in
            writer.integer(key)
            writer.array(starts) { $0.instant($1) }
        }
        writer.dictionary(tracks) { writer, device, recent in
            writer.integer(device)
            writer.array(recent) { writer, item in
                writer.word(UInt64(item.track))
                writer.instant(item.at)
            }
        }
        writeActuations(to: &writer)
        writer.integer(forgetAt)
        writer.dictionary(paces) { writer, name, pace in
            writer.integer(name.device)
            writer.integer(name.key)
            pace.write(raisedBy: settings.name, context, to: &writer)
        }
        writer.close(section)
    }

    private func writeActuations(to writer: inout StateWriter) {
        writer.dictionary(holds) { writer, device, hold in
            writer.integer(device)
            writer.word(hold.serial)
            writer.instant(hold.until)
            writer.instant(hold.release)
        }
        writer.dictionary(actuated) { writer, device, times in
            writer.integer(device)
            writer.array(times) { $0.instant($1) }
        }
        writer.integer(actuationsDropped)
    }

    /// Reads what was written of a rule of this kind in place of everything that is known.
    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        // 1: without the danger of an episode, and without the pace of calls, which is known again after ten.
        let (section, version) = try reader.open("INCI", versions: 1...2)
        try keyer.read(from: &reader, numbers)
        try sessions.read(keys: keyer.count, from: &reader)
        if try reader.truth() {
            for key in 0..<keyer.count {
                if try confirmation?.read(key, from: &reader) == nil { try SlidingCount.readOver(&reader) }
            }
        }
        episodes = try reader.dictionary(ofSize: 30) { (reader) throws(StateError) in
            (try reader.naturalWord(), try Episode(from: &reader, &numbers, name: settings.name, version))
        }
        quietUntil = try reader.instants()
        suspected = try reader.instants()
        taken = try reader.dictionary(ofSize: 2) { (reader) throws(StateError) in
            (
                try reader.integer32(),
                try reader.array(ofSize: 8) { (reader) throws(StateError) in try reader.instant() }
            )
        }
        tracks = try reader.dictionary(ofSize: 2) { (reader) throws(StateError) in
            let device = numbers.deviceKept(try reader.integer32())
            let recent = try reader.array(ofSize: 16) { (reader) throws(StateError) in
                (track: UInt32(truncatingIfNeeded: try reader.word()), at: try reader.instant())
            }
            return device < 0 ? nil : (device, recent)
        }
        try readActuations(from: &reader, &numbers)
        if version > 1 {
            forgetAt = try reader.natural()
            paces = try reader.dictionary(ofSize: 37) { (reader) throws(StateError) in
                let name = CallPace.Key(
                    device: numbers.deviceKept(try reader.integer32()), key: try reader.integer32())
                let pace = try CallPace(from: &reader, &numbers, name: settings.name)
                return name.device >= 0 && name.key >= 0 && Int(name.key) < keyer.count ? (name, pace) : nil
            }
        }
        try reader.close(section)
    }

    private mutating func readActuations(from reader: inout StateReader, _ numbers: inout Renumbering)
        throws(StateError)
    {
        holds = try reader.dictionary(ofSize: 25) { (reader) throws(StateError) in
            let device = numbers.deviceKept(try reader.integer32())
            let hold = Hold(
                serial: try reader.signedWord(), until: try reader.instant(), release: try reader.instant())
            return device < 0 ? nil : (device, hold)
        }
        actuated = try reader.dictionary(ofSize: 2) { (reader) throws(StateError) in
            let device = numbers.device(try reader.integer32())
            let times = try reader.array(ofSize: 8) { (reader) throws(StateError) in try reader.instant() }
            return device < 0 ? nil : (device, times)
        }
        actuationsDropped = try reader.natural()
    }

    /// Takes from another what was done to machines: that was done, whatever the rule's settings are by now. A hold
    /// lasts as long as the session that is known of its device, if there is one.
    package mutating func adopt(toldBy other: IncidentRule) {
        let own = holds
        holds = other.holds.reduce(into: [:]) { holds, item in
            holds[item.key] = item.value
            holds[item.key]?.serial = own[item.key]?.serial ?? Hold.noSession
        }
        actuated = other.actuated
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
        actuationsDropped = other.actuationsDropped
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
        for device in actuated.keys { actuated[device] = actuated[device]?.map { $0.shifted(by: length) } }
        for name in paces.keys { paces[name]?.shift(by: length) }
    }
}

extension IncidentRule.Episode {
    func write(raisedBy name: String, _ context: RuleContext, to writer: inout StateWriter) {
        writer.instant(started)
        writer.array(traces) { $1.write(to: &$0) }
        writer.array(devices) { writer, device in
            writer.integer(device.device)
            writer.instant(device.last)
        }
        writer.float(confidence)
        writer.optional(floor) { $0.integer($1) }
        writer.instant(ifAny: detected)
        if detected != nil { writer.text(formerName ?? name) }
        writer.text(place < 0 ? "" : context.registry.places[Int(place)].id)
        writer.truth(isCertain)
        writer.optional(fit) { $1.write(to: &$0) }
        for number in [person, category, text, by] { writer.integer(number) }
        writer.word(kinds)
        writer.truth(isMismatched)
    }

    init(
        from reader: inout StateReader, _ numbers: inout Renumbering, name: String, _ version: UInt8
    ) throws(StateError) {
        started = try reader.instant()
        traces = try reader.traces(&numbers)
        devices = try reader.array(ofSize: 9) { (reader) throws(StateError) in
            (device: numbers.deviceKept(try reader.integer32()), last: try reader.instant())
        }
        confidence = try reader.float()
        guard confidence.isNaN || (0...1).contains(confidence) else { throw reader.damaged("a confidence of 0…1") }
        floor = try reader.optional { (reader) throws(StateError) in Int(try reader.integer32()) }
        detected = try reader.instantIfAny()
        let raisedBy = detected == nil ? name : try reader.text()
        formerName = raisedBy == name ? nil : raisedBy
        place = numbers.context.registry.place(try reader.text())?.index ?? -1
        isCertain = try reader.truth()
        fit = try reader.optional { (reader) throws(StateError) in try FallFit(from: &reader) }
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
