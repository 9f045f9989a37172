package import Alerts
package import Community
package import Feeds
import RecordLog
package import Rules
package import SiteConfiguration
package import Timekeeping
import Windowing

/// What stepping gives to its driver; the caller owns and reuses it.
package struct Effects: Sendable {
    package var changes: [AlertChange] = []
    /// With the record that made each.
    package var actions: [(record: Int64, action: Action)] = []

    package init() {}

    /// Empties both, keeping the room they have.
    package mutating func removeAll() {
        changes.removeAll(keepingCapacity: true)
        actions.removeAll(keepingCapacity: true)
    }
}

/// Everything from record to alert change: one value, one thread, no input or output, no clock but the records' stamps.
///
/// States of the clock: before the first record nothing is armed; from then on the clock is the largest stamp seen, and
/// never goes back. Per record, in this order: timers that are due at or before its stamp fire in the order of their
/// deadlines; the clock moves; the record is told from a redelivery; its observations go through the rules in the
/// configuration's order. While settling (from a session's record to its end) absence timers wait.
package struct Pipeline: Sendable {
    /// What was seen, and what was not taken; only growing.
    package struct Counters: Equatable, Sendable {
        package var records = 0
        package var observations = 0
        package var redelivered = 0
        /// Refused records and lines by code.
        package var refused: [String: Int] = [:]
        package var unknownDevices = 0
        package var unknownPersons = 0
        package var unknownOwn = 0
        package var clockFaults = 0

        package init() {}
    }

    package internal(set) var counters = Counters()
    /// No part of the state.
    package internal(set) var inputs = InputCounts()
    /// The largest stamp seen; the distant past before the first record.
    package internal(set) var clock = Instant.distantPast
    /// When the box could not have heard of anything, whatever happened.
    package var blind: BlindIntervals { surroundings.blind }
    /// The number of the last record; 0 before the first.
    package internal(set) var record: Int64 = 0
    let zone: Zone
    let rules: [RuleSettings]
    /// By place of the rule: what its state means.
    let fingerprints: [UInt64]
    private let reporter: Reporter
    var surroundings: Surroundings
    var engines: Engines
    var book = AlertBook()
    var clocks = DeviceClocks()
    var timers = Timers()
    var settling = Settling()
    var redelivery = Redelivery()
    var states = DeviceStates()
    private var output = RuleOutput()
    /// Of the batch that is stepped over.
    private var names = BatchNames()
    var ordinal: Int32 = 0
    let homeOfDevice: ContiguousArray<Int32>
    private let homeOfResident: ContiguousArray<Int32>

    package init(settings: Settings, registry: Registry) {
        zone = settings.site.zone
        rules = settings.rules
        fingerprints = settings.rules.map(\.fingerprint)
        reporter = Reporter(settings: settings, registry: registry)
        let zones = Pipeline.zones(of: settings)
        let words = Pipeline.words(of: settings)
        surroundings = Surroundings(
            registry: registry, zone: zone, days: settings.site.days, zones: zones, words: words)
        let plans = settings.rules.enumerated().map { index, rule in
            RulePlan(
                rule: index, settings: rule, registry: registry, zone: settings.site.zone, zones: zones, words: words)
        }
        engines = Engines(plans, timers: &timers)
        homeOfResident = ContiguousArray(
            registry.residents.indices.map { registry.household(of: ResidentID(index: Int32($0))) })
        homeOfDevice = ContiguousArray(
            registry.devices.map { device in
                device.place.flatMap { registry.places[Int($0.index)].dwelling }.map {
                    registry.household(inDwelling: $0)
                } ?? -1
            })
    }

    /// The zones that rules name, in the order of the configuration.
    package static func zones(of settings: Settings) -> NameTable {
        var zones = NameTable()
        for match in settings.rules.flatMap(\.matches) { for zone in match.zones { _ = zones.insert(zone) } }
        return zones
    }

    /// The words that rules name, in the order of the configuration.
    private static func words(of settings: Settings) -> NameTable {
        var words = NameTable()
        for match in settings.rules.flatMap(\.matches) { for word in match.words { _ = words.insert(word) } }
        return words
    }

    // MARK: Stepping

    /// Steps over records of a batch. The first of them has the number `firstNumber`.
    package mutating func step(
        _ batch: DecodedBatch, _ range: Range<Int>, firstNumber: Int64, into effects: inout Effects
    ) {
        names.begin(batch)
        for index in range {
            prefetch(behind: index, of: batch, upTo: range.upperBound)
            record = firstNumber + Int64(index - range.lowerBound)
            ordinal = 0
            step(batch.records[index], Int32(index), batch, &effects)
        }
    }

    /// When the next timer is due, so that a driver in quiet writes a tick then; nil where nothing is armed. While
    /// settling that is its end, at the latest.
    package mutating func nextDeadline() -> Instant? {
        let other = timers.others.earliest()
        let absence = settling.holdsUntil ?? timers.absences.earliest()
        guard let other, let absence else { return other ?? absence }
        return min(other, absence)
    }

    /// What a rule has of a key now; empty where it has met nothing of it, or there is no such rule.
    package func outlook(ofKey key: String, rule: String) -> [Outlook] {
        guard let place = rules.firstIndex(where: { $0.name == rule }) else { return [] }
        return engines.outlook(engines.programs[place], ofKey: key, at: clock, surroundings)
    }

    private mutating func step(
        _ item: DecodedRecord, _ index: Int32, _ batch: DecodedBatch, _ effects: inout Effects
    ) {
        let stamp = Instant(microseconds: item.stampMicroseconds)
        counters.records += 1
        if item.marks.contains(.own) {
            own(batch.own[index] ?? .bookkeeping, at: stamp, &effects)
            return
        }
        if clock == .distantPast { begin(at: stamp) }
        advance(to: stamp, &effects)
        if item.marks.contains(.refused) || item.observationCount == 0 {
            // A retained copy comes again with each connection.
            if item.marks.contains(.spoofed), !item.marks.contains(.retained) {
                mismatched(item, batch, &effects)
            }
            return
        }
        let device = number(of: item.device, place: item.place, batch)
        if isRepeated(item, device, batch) {
            counters.redelivered += 1
            return
        }
        let first = Int(item.firstObservation)
        for at in first..<first + Int(item.observationCount) {
            counters.observations += 1
            var event = Event(observation: batch.observations[at], now: clock)
            complete(&event, device: device, topic: item.topic, batch)
            engines.step(event, surroundings, timers: &timers, into: &output)
        }
        if !output.findings.isEmpty || !output.actions.isEmpty { report(&effects) }
    }

    /// A payload claimed to be another device than its topic names: it was refused, and whoever keeps the devices hears
    /// of it.
    private mutating func mismatched(
        _ item: DecodedRecord, _ batch: DecodedBatch, _ effects: inout Effects
    ) {
        var observation = Observation(kind: .tamper, arrival: clock)
        observation.device = item.device
        var event = Event(observation: observation, now: clock)
        event.device = number(of: item.device, place: item.place, batch)
        event.topic = names.topic(item.topic, batch, &surroundings)
        engines.mismatched(event, surroundings, timers: &timers, into: &output)
        if !output.findings.isEmpty { report(&effects) }
    }

    private mutating func isRepeated(_ item: DecodedRecord, _ device: Int32, _ batch: DecodedBatch) -> Bool {
        let first = batch.observations[Int(item.firstObservation)]
        if first.kind.isLifeSafety, device >= 0 {
            // A call for help that the broker has as its retained state comes again with each connection. Pressed
            // again without an id it is another call.
            let source = Int(device) < homeOfDevice.count ? 0 : batch.topicHash(item.topic)
            let isKnown = redelivery.isRepeated(
                callOf: Int(device), body: ByteHash.combine(source, item.bodyHash), at: clock,
                isRetained: item.marks.contains(.retained))
            if !item.marks.isDisjoint(with: [.hasID, .retained]) { return isKnown }
        }
        // A retained copy is the broker's memory: it must not stand for the live message, which may come behind it.
        if item.marks.contains(.retained) { return false }
        if item.marks.contains(.hasID), device >= 0 {
            let isTold = first.marks.contains(.ownTime) && item.feed < DecodedRecord.feedsMax
            return redelivery.isRepeated(
                device: Int(device), body: item.bodyHash, told: isTold ? .init(time: first.time, feed: item.feed) : nil,
                at: clock, isBacklog: settling.isOn)
        }
        // What the broker hands over again, it told before the session was resumed.
        guard item.qos > 0 else { return false }
        let topic = names.topic(item.topic, batch, &surroundings)
        let head = ByteHash.combine(UInt64(UInt32(bitPattern: topic)), UInt64(item.mid))
        return redelivery.isRepeated(withoutID: ByteHash.combine(head, item.bodyHash))
    }

    private mutating func number(of device: Reference, place: Int32, _ batch: DecodedBatch) -> Int32 {
        if let known = device.known { return known }
        guard let name = device.unknown else { return -1 }
        let number = names.device(name, batch, &surroundings)
        if place >= 0 { surroundings.settle(unknownDevice: number, at: PlaceID(index: place)) }
        return number
    }

    /// Gives an observation what the pipeline knows of its device, person and home; the device was heard then. Never
    /// inlined: the event stays in one place then, and its hundred fields are not copied one by one.
    @inline(never)
    private mutating func complete(_ event: inout Event, device: Int32, topic: Int32, _ batch: DecodedBatch) {
        event.device = device
        event.topic = names.topic(topic, batch, &surroundings)
        let kind = event.observation.kind
        let marks = event.observation.marks
        event.isSettling = settling.isOn
        if marks.contains(.ownTime), device >= 0 { setTime(&event) }
        event.isHistory = settling.isOn || event.observation.arrival - event.observation.time > Pipeline.historyAge
        if marks.contains(.clockFault) { counters.clockFaults += 1 }
        if event.observation.device.known == nil { counters.unknownDevices += 1 }
        if device >= 0, Int(device) < homeOfDevice.count { event.householdOfDevice = homeOfDevice[Int(device)] }
        let about = event.observation.person
        if let person = about.known {
            event.resident = person
            event.person = person
            event.householdOfPerson = homeOfResident[Int(person)]
        } else if let name = about.unknown {
            counters.unknownPersons += 1
            inputs.count(stranger: name, at: event.observation.device, batch, surroundings.registry)
            let word = names.word(name, batch, &surroundings)
            if word >= 0 { event.person = Int32(clamping: surroundings.registry.residents.count) + word }
        }
        if event.observation.hasWords {
            event.plate = names.word(event.observation.plate, batch, &surroundings)
            event.visit = names.word(event.observation.visit, batch, &surroundings)
            event.word = names.word(event.observation.word, batch, &surroundings)
            event.text = names.word(event.observation.text, batch, &surroundings)
            event.by = names.word(event.observation.by, batch, &surroundings)
        }
        if event.observation.fit >= 0 { event.fit = batch.fits[Int(event.observation.fit)] }
        if let slot = DeviceStates.slot(of: kind, marks), device >= 0, event.observation.reading != .unknown {
            event.isChange = states.change(
                to: event.observation.reading, at: event.observation.time, slot, ofDevice: Int(device))
        }
        surroundings.heard(&event)
    }

    /// The time to believe: a clock that is off by the same length for long enough is wrong, and what it tells is now.
    private mutating func setTime(_ event: inout Event) {
        let told = event.observation.time
        let belief = clocks.believe(device: Int(event.device), told: told, arrival: event.observation.arrival)
        event.observation.time = belief.time
        if belief.isCorrected { event.observation.marks.insert(.corrected) }
        event.isClockTrusted = belief.isTrusted
    }

    /// A device that says now what happened longer ago than this hands in history: what it says counts at its own time.
    static let historyAge = Milliseconds.minutes(1)

    // MARK: Time

    private mutating func begin(at now: Instant) {
        clock = now
        surroundings.coverage.begin(at: now)
        engines.begin(at: now, surroundings, timers: &timers)
    }

    private mutating func advance(to stamp: Instant, _ effects: inout Effects) {
        fire(upTo: stamp, &effects)
        clock = max(clock, stamp)
    }

    /// The wall clock was moved by so much: all that is counted moves with it.
    private mutating func shift(by length: Milliseconds) {
        clock = clock.shifted(by: length)
        timers.absences.shift(by: length)
        timers.others.shift(by: length)
        engines.shift(by: length, timers: &timers)
        surroundings.coverage.shift(by: length)
        clocks.shift(by: length)
        states.shift(by: length)
        settling.shift(by: length)
        redelivery.shift(by: length)
        surroundings.blind.shift(by: length)
    }

    /// Fires what is due at or before a record's stamp, in the order of the deadlines; absences while settling wait.
    private mutating func fire(upTo stamp: Instant, _ effects: inout Effects) {
        if let limit = settling.holdsUntil, limit <= stamp { settling.releaseTimers(at: limit) }
        if let until = settling.until, until <= stamp {
            settling.end(at: until)
            // Without its probe a session settles by time; a message id that comes later is another message's.
            redelivery.sessionSettled()
        }
        if !timers.others.isDue(at: stamp), !timers.absences.isDue(at: stamp) { return }
        let now = max(clock, stamp)
        while true {
            let other = timers.others.earliest() ?? .distantFuture
            let absence = settling.holdsTimers ? .distantFuture : timers.absences.earliest() ?? .distantFuture
            guard min(other, absence) <= stamp else { return }
            let isAbsence = other > absence
            guard let due = isAbsence ? timers.absences.pop(upTo: stamp) : timers.others.pop(upTo: stamp) else {
                return
            }
            engines.expire(
                due.timer, isAbsence: isAbsence, deadline: due.deadline, now: now, surroundings, timers: &timers,
                into: &output)
            report(&effects)
        }
    }

    // MARK: The daemon's own records

    private mutating func own(_ record: OwnRecord, at stamp: Instant, _ effects: inout Effects) {
        if clock == .distantPast {
            begin(at: stamp)
        } else if case .clockStepped(let from, let to) = record {
            // Its own stamp may be of the one clock or the other.
            advance(to: from, &effects)
            shift(by: to - from)
            return
        }
        let before = clock
        switch record {
        case .start, .clockSet:
            // What came due while the box was down waits for what the broker kept meanwhile (docs/architecture.md,
            // "Time").
            let now = if case .clockSet(let to) = record { max(stamp, to) } else { stamp }
            settling.begin(at: max(clock, now))
            advance(to: now, &effects)
        default: advance(to: stamp, &effects)
        }
        switch record {
        case .config, .tick, .bookkeeping, .clockStepped, .flood: break
        case .start(let downSince):
            surroundings.blind.add(from: downSince ?? before, to: clock, .down)
            surroundings.blind.sessionIsAway(since: clock)
        case .clockSet: surroundings.blind.add(from: before, to: clock, .boot)
        case .lost: surroundings.blind.add(from: before, to: clock, .lost)
        case .sessionConnected(let present):
            surroundings.blind.sessionIsBack(at: clock, present ? .session : .lost)
            settling.begin(at: clock)
            if present { redelivery.sessionResumed() }
        case .sessionLost(let since):
            surroundings.blind.sessionIsAway(since: min(since ?? clock, clock))
            settling.end(at: clock)
        case .sessionSettled:
            settling.end(at: clock)
            redelivery.sessionSettled()
            // What came due while the box was down or the backlog came in fires now, in order.
            fire(upTo: clock, &effects)
        case .act(let act): take(act, &effects)
        case .seen(let rule, let home, let since): resume(rule, home, since: since)
        case .unknown: counters.unknownOwn += 1
        }
    }

    private mutating func report(_ effects: inout Effects) {
        for finding in output.findings {
            var change = reporter.change(of: finding, record: record, ordinal: ordinal, surroundings: surroundings)
            // Made again, as from a retained copy: it is told already.
            if change.change == .raised, book.contains(change.id) { continue }
            ordinal += 1
            if change.state == .resolved, book.isTaken(change.id), let taken = book[change.id] {
                // It stays theirs, with the evidence shown.
                change.change = .updated
                change.state = taken.change.state
            } else if change.change == .updated, let known = book[change.id] {
                change.state = known.change.state
            }
            book.take(change, rule: finding.rule)
            if change.kind == .sos || change.kind == .smokeFire {
                surroundings.emergencies = book.emergencies(surroundings.registry)
                engines.letGoForEmergency(at: clock, surroundings, timers: &timers, into: &output)
            }
            effects.changes.append(change)
        }
        for action in output.actions { effects.actions.append((record, action)) }
        output.removeAll()
    }
}
