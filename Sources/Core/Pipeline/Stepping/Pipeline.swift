import Alerts
import Cases
package import Community
package import Feeds
import RecordLog
package import Rules
package import SiteConfiguration
package import Timekeeping
import Vocabulary
import Windowing

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
        /// People's acts that met a state in which they mean nothing any more: somebody was faster. They changed
        /// nothing.
        package var lostActs = 0
        package var clockFaults = 0

        package init() {}
    }

    package internal(set) var counters = Counters()
    /// No part of the state.
    package internal(set) var inputs = InputCounts()
    /// The largest stamp seen; the distant past before the first record.
    package internal(set) var clock = Instant.distantPast
    /// When the box could not have heard of anything, whatever happened.
    package var blind: BlindIntervals { context.blind }
    /// The number of the last record; 0 before the first.
    package internal(set) var record: Int64 = 0
    let zone: Zone
    let rules: [RuleSettings]
    /// By place of the rule: what its state means.
    let fingerprints: [UInt64]
    let reporter: AlertBuilder
    var context: RuleContext
    var engines: Engines
    var book = OpenAlerts()
    var over = OverAlerts()
    /// Somebody has acted: from then on what is over is kept in mind.
    var hasActs = false
    var clocks = DeviceClocks()
    var timers = Timers()
    var settling = BacklogPeriod()
    var redelivery = Deduplicator()
    var states = DeviceStates()
    var output = RuleOutput()
    /// Updates that say no more than how many there are, until they are told.
    var countUpdates: CountUpdates
    var drills: OpenDrills
    /// Of the batch that is stepped over.
    var names = BatchNames()
    var ordinal: Int32 = 0
    let homeOfDevice: ContiguousArray<Int32>
    private let homeOfResident: ContiguousArray<Int32>

    /// - Parameter tellsFacts: changes have their facts in words.
    package init(settings: Settings, registry: Registry, tellsFacts: Bool = false) {
        zone = settings.site.zone
        rules = settings.allRules
        fingerprints = settings.allRules.map(\.fingerprint)
        reporter = AlertBuilder(settings: settings, registry: registry, tellsFacts: tellsFacts)
        let zones = Pipeline.zones(of: settings)
        let words = Pipeline.words(of: settings)
        context = RuleContext(
            registry: registry, zone: zone, days: settings.site.days, zones: zones, words: words)
        let plans = settings.allRules.enumerated().map { index, rule in
            RulePlan(
                rule: index, settings: rule, registry: registry, zone: settings.site.zone, zones: zones, words: words)
        }
        engines = Engines(plans, timers: &timers)
        countUpdates = CountUpdates(owner: timers.others.addOwner(keys: 0))
        drills = OpenDrills(owner: timers.others.addOwner(keys: 0))
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
        for match in settings.allRules.flatMap(\.matches) { for zone in match.zones { _ = zones.insert(zone) } }
        return zones
    }

    /// The words that rules name, in the order of the configuration.
    private static func words(of settings: Settings) -> NameTable {
        var words = NameTable()
        for match in settings.allRules.flatMap(\.matches) { for word in match.words { _ = words.insert(word) } }
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
    package func status(ofKey key: String, rule: String) -> [RuleStatus] {
        guard let place = rules.firstIndex(where: { $0.name == rule }) else { return [] }
        return engines.status(rule: place, ofKey: key, at: clock, context)
    }

    private mutating func step(
        _ item: DecodedRecord, _ index: Int32, _ batch: DecodedBatch, _ effects: inout Effects
    ) {
        let stamp = Instant(microseconds: item.stampMicroseconds)
        counters.records += 1
        if item.marks.contains(.system) {
            step(batch.systemRecords[index] ?? .tick, at: stamp, &effects)
            return
        }
        if clock == .distantPast { begin(at: stamp) }
        advance(to: stamp, &effects)
        context.lastRecord = clock
        if context.blind.awaySince != nil { hearAgain(item) }
        if engines.areAsleep { engines.wake(at: clock, timers: &timers) }
        if item.marks.contains(.spoofed) { mismatched(item, batch, &effects) }
        if item.marks.contains(.refused) || item.observationCount == 0 { return }
        let device = number(of: item.device, place: item.place, batch)
        let isDropped = isRepeated(item, device, batch)
        if redelivery.isWatching { watchIDs(item, device, isDropped, batch, &effects) }
        if isDropped {
            counters.redelivered += 1
            return
        }
        let first = Int(item.firstObservation)
        for at in first..<first + Int(item.observationCount) {
            counters.observations += 1
            var event = Event(observation: batch.observations[at], now: clock)
            if !item.marks.isDisjoint(with: [.spoofed, .stampLost]) { mark(&event, item) }
            complete(&event, device: device, topic: item.topic, batch)
            if event.observation.marks.contains(.noCall) {
                engines.stepDevices(event, context, timers: &timers, into: &output)
                continue
            }
            engines.step(event, context, timers: &timers, into: &output)
        }
        if !output.findings.isEmpty || !output.actuations.isEmpty { report(&effects) }
    }

    /// Nobody told that there is a session again, and yet something comes through.
    @inline(never)
    private mutating func hearAgain(_ item: DecodedRecord) {
        guard !item.marks.contains(.retained), item.feed < DecodedRecord.feedsMax else { return }
        context.blind.sessionIsBack(at: clock, .session)
        engines.sessionChanged(at: clock, timers: &timers)
    }

    mutating func number(of device: Reference, place: Int32, _ batch: DecodedBatch) -> Int32 {
        if let known = device.known { return known }
        guard let name = device.unknown else { return -1 }
        let number = names.device(name, batch, &context)
        if place >= 0 { context.settle(unknownDevice: number, at: PlaceID(index: place)) }
        return number
    }

    /// Gives an observation what the pipeline knows of its device, person and home; the device was heard then. Never
    /// inlined: the event stays in one place then, and its hundred fields are not copied one by one.
    @inline(never)
    private mutating func complete(_ event: inout Event, device: Int32, topic: Int32, _ batch: DecodedBatch) {
        event.device = device
        event.topic = names.topic(topic, batch, &context)
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
            inputs.count(stranger: name, at: event.observation.device, batch, context.registry)
            let word = names.word(name, batch, &context)
            if word >= 0 { event.person = Int32(clamping: context.registry.residents.count) + word }
        }
        if event.observation.hasWords {
            event.plate = names.word(event.observation.plate, batch, &context)
            event.visit = names.word(event.observation.visit, batch, &context)
            event.word = names.word(event.observation.word, batch, &context)
            event.text = names.word(event.observation.text, batch, &context)
            event.by = names.word(event.observation.by, batch, &context)
        }
        if event.observation.fit >= 0 { event.fit = batch.fits[Int(event.observation.fit)] }
        if let slot = DeviceStates.slot(of: kind, marks), device >= 0, event.observation.reading != .unknown {
            event.isChange = states.change(
                to: event.observation.reading, at: event.observation.time, slot, ofDevice: Int(device))
        }
        context.heard(&event)
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
        context.coverage.begin(at: now)
        engines.begin(at: now, context, timers: &timers)
    }

    private mutating func advance(to stamp: Instant, _ effects: inout Effects) {
        fire(upTo: stamp, &effects)
        clock = max(clock, stamp)
    }

    /// The wall clock was moved by so much: all that is counted moves with it.
    private mutating func shift(by length: Milliseconds) {
        clock = clock.shifted(by: length)
        context.stamp = .distantPast
        timers.absences.shift(by: length)
        timers.others.shift(by: length)
        engines.shift(by: length, timers: &timers)
        context.coverage.shift(by: length)
        clocks.shift(by: length)
        states.shift(by: length)
        settling.shift(by: length)
        redelivery.shift(by: length)
        countUpdates.shift(by: length)
        drills.shift(by: length)
        context.blind.shift(by: length)
    }

    /// Fires what is due at or before a record's stamp; absences while settling wait. In the order of the instants at
    /// which each could fire: its deadline, or the end of what held it back. So it does not matter which record, or
    /// tick, brings it.
    private mutating func fire(upTo stamp: Instant, _ effects: inout Effects) {
        if let limit = settling.holdsUntil, limit <= stamp {
            // What need not wait comes before what is released then.
            fireDue(upTo: limit, &effects)
            settling.releaseTimers(at: limit)
        }
        if let until = settling.until, until <= stamp {
            settling.end(at: until)
            context.blind.settle(at: until)
            // Without its probe a session settles by time; a message id that comes later is another message's.
            redelivery.sessionSettled()
        }
        fireDue(upTo: stamp, &effects)
    }

    /// A rule sees of a timer the instant at which it could fire, and nothing of the record that brings it: the
    /// deadline, the end of the settling that held it back, or, where it was overdue when it was armed, the clock then.
    private mutating func fireDue(upTo stamp: Instant, _ effects: inout Effects) {
        if !timers.others.isDue(at: stamp), settling.holdsTimers || !timers.absences.isDue(at: stamp) { return }
        context.stamp = max(clock, stamp)
        // What is armed by another timer, and overdue, is no older than that one.
        var reached = clock
        while true {
            let other = timers.others.earliest() ?? .distantFuture
            let absence = settling.holdsTimers ? .distantFuture : timers.absences.earliest() ?? .distantFuture
            guard min(other, absence) <= stamp else { return }
            let isAbsence = other > absence
            guard let due = isAbsence ? timers.absences.pop(upTo: stamp) : timers.others.pop(upTo: stamp) else {
                return
            }
            reached = max(reached, isAbsence ? max(due.deadline, settling.releasedAt) : due.deadline)
            if !isAbsence, due.timer.owner == countUpdates.owner {
                tellCount(due.timer.key, at: due.deadline, &effects)
                continue
            }
            if !isAbsence, due.timer.owner == drills.owner {
                endDrill(due.timer.key, at: due.deadline, &effects)
                continue
            }
            engines.expire(
                due.timer, isAbsence: isAbsence, deadline: due.deadline, now: reached, context, timers: &timers,
                into: &output)
            report(&effects)
        }
    }

    // MARK: System records

    private mutating func step(_ record: SystemRecord, at stamp: Instant, _ effects: inout Effects) {
        if clock == .distantPast {
            begin(at: stamp)
        } else if case .clockStepped(let from, let to) = record {
            // Its own stamp may be of the one clock or the other.
            advance(to: from, &effects)
            shift(by: to - from)
            effects.shifts.append((self.record, to - from))
            return
        }
        let before = clock
        switch record {
        case .start, .clockSet:
            // What came due while the box was down waits for what the broker kept meanwhile (docs/architecture.md,
            // "What the broker kept comes in first").
            let now = if case .clockSet(_, let to) = record { max(stamp, to) } else { stamp }
            settling.begin(at: max(clock, now))
            advance(to: now, &effects)
        default: advance(to: stamp, &effects)
        }
        switch record {
        case .tick, .segment, .sum, .drill: break
        default: engines.sessionChanged(at: clock, timers: &timers)
        }
        switch record {
        case .config, .tick, .segment, .sum, .clockStepped, .flood: break
        case .start(_, _, let downSince):
            context.blind.add(from: downSince ?? before, to: clock, .down)
            context.blind.sessionIsAway(since: clock)
        case .clockSet: context.blind.add(from: before, to: clock, .boot)
        case .lost: context.blind.add(from: before, to: clock, .lost)
        case .sessionConnected(let present):
            context.blind.sessionIsBack(at: clock, present ? .session : .lost)
            settling.begin(at: clock)
            if present { redelivery.sessionResumed() }
        case .sessionLost(let since):
            context.blind.sessionIsAway(since: min(since ?? clock, clock))
            settling.end(at: clock)
        case .sessionSettled:
            settling.end(at: clock)
            context.blind.settle(at: clock)
            redelivery.sessionSettled()
            // What came due while the box was down or the backlog came in fires now, in order.
            fire(upTo: clock, &effects)
        case .act(let act): apply(act, &effects)
        case .drill(let drill): begin(drill, &effects)
        case .seen(let rule, let home, let since): resume(rule, home, since: since)
        case .unknown: counters.unknownOwn += 1
        }
    }
}

/// Each record is of another device than the one before, and what is known of it is in no cache: a walk to memory for
/// each of ten lines would take longer than all that is done with them. The records behind are known, so that memory
/// is asked for ahead, and comes while others are stepped over. It changes nothing but time.
///
/// What asks is `mutating` nevertheless where a large value is asked: it would be copied otherwise.
extension Pipeline {
    /// What lies at a place that follows from the record alone is asked for so many records ahead, …
    private static let far = 4
    /// … and what lies at a place that is read there.
    private static let near = 2

    /// What is known of fewer devices lies in the caches: asking would be for nothing.
    static let devicesMin = 2048

    @inline(__always)
    mutating func prefetch(behind index: Int, of batch: DecodedBatch, upTo end: Int) {
        guard homeOfDevice.count > Pipeline.devicesMin else { return }
        if index + Pipeline.far < end { prefetchFar(batch.records[index + Pipeline.far]) }
        if index + Pipeline.near < end { prefetchNear(batch.records[index + Pipeline.near]) }
    }

    private mutating func prefetchFar(_ item: DecodedRecord) {
        guard let device = item.device.known, item.observationCount > 0 else { return }
        if Pipeline.isRemembered(item) { redelivery.rings.prefetch(Int(device)) }
        context.prefetch(device)
        let home = Int(device) < homeOfDevice.count ? homeOfDevice[Int(device)] : -1
        engines.prefetch(device: device, home: home)
    }

    /// Whether it is among its device's last messages (but for calls for help, which are seldom).
    private static func isRemembered(_ item: DecodedRecord) -> Bool {
        item.marks.contains(.hasID) && item.marks.isDisjoint(with: [.retained, .refused])
    }

    private mutating func prefetchNear(_ item: DecodedRecord) {
        guard Pipeline.isRemembered(item), let device = item.device.known, Int(device) < redelivery.rings.count else {
            return
        }
        redelivery.rings[Int(device)].prefetch()
    }
}

// From findings to changes: numbering, what people have taken, and how often an alert is told.

extension Pipeline {
    mutating func report(_ effects: inout Effects) {
        for finding in output.findings {
            if finding.countsOnly {
                let key = CountUpdates.Key(finding)
                guard let place = countUpdates.take(finding, key, at: finding.at) else { continue }
                timers.others.arm(.init(owner: countUpdates.owner, key: place), at: countUpdates.next(of: place))
            } else if countUpdates.count > 0 {
                // What is told now has the count.
                countUpdates.forget(CountUpdates.Key(finding))
            }
            let change = reporter.change(of: finding, record: record, ordinal: ordinal, context: context)
            emit(change, rule: finding.rule, &effects)
        }
        for actuation in output.actuations { effects.actuations.append((record, actuation)) }
        output.removeAll()
    }

    /// A minute has passed since an alert's count was written last.
    mutating func tellCount(_ place: Int32, at deadline: Instant, _ effects: inout Effects) {
        guard let waiting = countUpdates.expire(place, at: deadline) else { return }
        timers.others.arm(.init(owner: countUpdates.owner, key: place), at: countUpdates.next(of: place))
        var change = self.change(of: waiting.what, at: deadline)
        change.at = deadline
        change.record = record
        change.ordinal = ordinal
        emit(change, rule: waiting.rule, &effects)
        for actuation in output.actuations { effects.actuations.append((record, actuation)) }
        output.removeAll()
    }

    /// The change of what waited: the same whether it waited as a finding or in a snapshot.
    func change(of what: CountUpdates.What, at deadline: Instant) -> AlertChange {
        switch what {
        case .change(let change): return change
        case .finding(var finding):
            finding.at = deadline
            return reporter.change(of: finding, record: record, ordinal: ordinal, context: context)
        }
    }

    /// Keeps an alert as it was told last, and whether its building has an emergency.
    ///
    /// - Parameter work: what people have made of it; nil: as before.
    mutating func remember(_ change: AlertChange, rule: Int, work: Case? = nil) {
        if hasActs, let number = UInt64(change.id, radix: 16) {
            if change.state.isOver {
                let keys = work?.keys ?? book.work(on: change.id).keys
                over.insert(number, .init(state: change.state, at: clock, keys: keys))
            } else {
                over.remove(number)
            }
        }
        if let building = book.take(change, rule: rule, work: work, context.registry) {
            context.emergencies[building] = book.emergency(at: building)
        }
        let building = OpenAlerts.emergencyAt(change, context.registry)
        if building >= 0, !change.state.isOver {
            context.emergencies[building] = max(context.emergencies[building] ?? change.at, change.at)
        }
    }

    private mutating func emit(_ change: AlertChange, rule: Int, _ effects: inout Effects) {
        var change = change
        change.stamp = max(clock, context.stamp)
        var work = book.work(on: change.id)
        change.assignee = work.memory.assignee
        change.found = work.memory.found
        let event: CaseEvent =
            switch change.change {
            case .raised: .raised
            case .resolved: .resolved
            default: .updated
            }
        guard case .changed(let steps) = work.step(event, at: change.at) else { return }
        for step in steps { emit(step, of: &change, rule: rule, &effects) }
    }

    private mutating func emit(
        _ step: CaseChange, of change: inout AlertChange, rule: Int, _ effects: inout Effects
    ) {
        change.ordinal = ordinal
        ordinal += 1
        change.change = step.change
        change.state = step.state
        change.at = step.at
        remember(change, rule: rule)
        if change.kind == .sos || change.kind == .smokeFire {
            engines.releaseForEmergency(at: clock, context, timers: &timers, into: &output)
        }
        effects.changes.append(change)
    }
}
