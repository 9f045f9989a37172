import Community
import Diagnostics
import Feeds
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Vocabulary
package import Windowing

/// One event and then another, or one and not the other: `not_returned`, `ebike_stays`, `door_forced`,
/// `visitor_overstay`, an integrator's own (docs/rules.md).
///
/// Data flow of an event: match → key → sequence, as its first or as its second event. What is missing is decided by a
/// timer at the end of the first event's window, so events that come out of order by seconds change nothing. What
/// comes so late that its window is over waits for what else is handed over late, `RuleSettings.grace`. What `without`
/// matches undoes the firsts before it; at one instant it comes before the second.
/// One alert an episode: firsts of a condition that is open join it, and of an event those within the window or
/// `merge` of the one before. A condition (somebody is not back) resolves by its second event, whenever that comes; an
/// event (a door was forced) never does. Outside of the rule's calendar nothing begins.
/// State per key: a sequence of 128 B and four pending sightings of 40 B; of each open episode about 300 B.
package struct SequenceRule: RuleEngine {
    private var keyed: KeyedRule
    private let isMissing: Bool
    /// `not_returned`. Kept, since a comparison of kinds is a call of another module.
    private let isOfReturns: Bool
    /// Whether the second event ends what its lack began.
    private let resolves: Bool
    private let second: Matcher
    /// What undoes a first.
    private let third: Matcher?
    /// Of `not_returned`: signs of the person that have no direction.
    private let back: Matcher?
    /// By home: the resident who lives there alone; −1 where there are more.
    private let soleResident: [Int32]
    /// Of `not_returned`: by resident, the home, −1 unknown; and the days away by the registry.
    private let homeOf: [Int32]
    private let away: [Int32: Range<Instant>]
    /// Windows by course: the rule's own, then those of each of `during`.
    private let lengths: [Milliseconds]
    private var course = CourseOfMinute()
    private let before: Milliseconds
    private var sequence: SequenceWindow
    /// By key and place in the sequence: the firsts that wait.
    private var sightings = Paged<PendingSighting?>()

    package let kinds: UInt64

    package init(_ plan: RulePlan, timers: inout Timers) {
        let settings = plan.settings
        keyed = KeyedRule(plan, hasOneKey: true, timers: &timers)
        var then = settings.match
        var within = Milliseconds.zero
        var isMissing = true
        var before = Milliseconds.zero
        if case .sequence(let second, let length, let missing, let back) = settings.window {
            (then, within, isMissing, before) = (second, length, missing, back)
        }
        self.isMissing = isMissing
        self.before = before
        second = Matcher(then, plan)
        third = settings.without.map { Matcher($0, plan) }
        lengths = [within] + settings.during.map(\.after)
        resolves =
            switch settings.kind {
            case .notReturned, .visitorOverstay: true
            case .expression: isMissing
            default: false
            }
        isOfReturns = settings.kind == .notReturned
        if isOfReturns {
            // A sighting or a movement at home has no direction, and shows all the same that the person is back.
            then.kinds.removeAll { $0 == .pass || $0 == .visitorPass }
            then.direction = nil
            back = then.kinds.isEmpty ? nil : Matcher(then, plan)
        } else {
            back = nil
        }
        homeOf = isOfReturns ? plan.registry.residents.map { $0.dwelling?.index ?? -1 } : []
        away = isOfReturns ? NoMovement.absences(of: plan.registry, plan.zone) : [:]
        soleResident = back == nil ? [] : SequenceRule.soleResidents(plan.registry)
        kinds = keyed.matcher.kinds | second.kinds | (third?.kinds ?? 0)
        sequence = SequenceWindow(before: before, drops: isMissing)
    }

    package func kinds(of device: Int32) -> UInt64 {
        keyed.matcher.kinds(of: device) | second.kinds(of: device)
            | (back?.kinds(of: device) ?? 0) | (third?.kinds(of: device) ?? 0)
    }

    private static func soleResidents(_ registry: Registry) -> [Int32] {
        let people = registry.peopleByDwelling
        return registry.households.map { home in
            guard let dwelling = home.dwelling, people[dwelling.index] == 1, let only = home.residents.first else {
                return -1
            }
            return only.index
        }
    }

    /// O(1): at most four firsts, seconds and thirds of a key are looked at.
    package mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        guard !event.observation.marks.contains(.retained) else { return }
        let isFirst = keyed.matcher.truth(event, context) == .yes
        var isSecond = second.truth(event, context) == .yes
        let isThird = third?.truth(event, context) == .yes
        var key: Int32 = -1
        if isFirst || isSecond || isThird {
            key = keyed.key(0, of: event, context)
        } else if let person = whoIsBack(event, context) {
            isSecond = true
            key = keyed.key(of: event, by: person, context)
        }
        guard key >= 0 else { return }
        let needed = (Int(key) + 1) * SequenceWindow.kept
        if needed > sightings.count { sightings.append(max(needed - sightings.count, sightings.count), of: nil) }
        let time = event.windowTime(for: lengths[0])
        let wasIdle = sequence.isIdle(Int(key))
        if isThird { sequence.third(Int(key), at: time) }
        if isSecond {
            // What is both answers those before it, never itself.
            answer(key, at: time, remembers: !isFirst, event, context, &output)
        } else if isOfReturns {
            // Who goes out again had come back.
            answer(key, at: time - Milliseconds(1), remembers: false, event, context, &output)
        }
        if isFirst { begin(key, at: time, looksBack: !isSecond, event, context, &output) }
        if !wasIdle || isFirst { rearm(key, &timers) }
    }

    /// Who is back by a record that tells no direction; nil where it shows nobody.
    private func whoIsBack(_ event: Event, _ context: RuleContext) -> Int32? {
        guard let back, back.truth(event, context) == .yes else { return nil }
        if event.person >= 0 { return event.person }
        guard event.householdOfDevice >= 0, SequenceRule.isMovement(event) else { return nil }
        let resident = soleResident[Int(event.householdOfDevice)]
        return resident >= 0 ? resident : nil
    }

    private static func isMovement(_ event: Event) -> Bool {
        switch event.observation.kind {
        case .motion, .contact, .presence, .bed:
            event.observation.marks.contains(.detection) ? event.observation.reading == .on : event.isChange
        case .power, .water: event.observation.reading == .on
        case .sos: true
        default: false
        }
    }

    // MARK: Firsts and seconds

    private mutating func begin(
        _ key: Int32, at time: Instant, looksBack: Bool, _ event: Event, _ context: RuleContext,
        _ output: inout RuleOutput
    ) {
        guard keyed.mayBegin(at: event.observation.time, context) else { return }
        let length = lengths[
            keyed.settings.course(at: event.observation.time, context.zone, context.days, &course)]
        let until = time + length
        // Nobody expects back who is away by then.
        if away[event.person]?.contains(until) ?? false { return }
        // A sequence that comes about needs no decision; its first is only forgotten, when nothing late is to come.
        let isOver = until < event.now
        let due = isOver || !isMissing ? max(until, event.now) + RuleSettings.grace(for: length) : until
        switch sequence.first(Int(key), at: time, until: until, due: due, looksBack: looksBack) {
        case .waits(let place):
            sightings[Int(key) * SequenceWindow.kept + place] = PendingSighting(
                event, place: context.placeNumber(of: event))
        case .answered:
            if isMissing { break }
            let first = SequenceWindow.Pending(at: time, until: until, due: event.now)
            let sighting = PendingSighting(event, place: context.placeNumber(of: event))
            raise(key, first, sighting, event, now: event.now, context, &output)
        case .full, .dropped: break
        }
    }

    private mutating func answer(
        _ key: Int32, at time: Instant, remembers: Bool, _ event: Event, _ context: RuleContext,
        _ output: inout RuleOutput
    ) {
        if let answered = sequence.second(Int(key), at: time, remembers: remembers), !isMissing,
            let sighting = sightings[Int(key) * SequenceWindow.kept + answered.place]
        {
            var first = answered.first
            first.due = event.now
            raise(key, first, sighting, event, now: event.now, context, &output)
        }
        guard resolves, let open = keyed.episodes[key], time >= open.last - before else { return }
        tell(.resolved, key, after: lengths[0], at: event.now, Trace(event), context, &output)
        keyed.episodes.end(key, at: event.now)
    }

    /// The window of a first is over, and nothing answered it.
    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        let key = timer.key
        while let (place, first) = sequence.next(Int(key)), first.due <= deadline {
            if isMissing, resolves, keyed.episodes[key] == nil, let quiet = keyed.episodes.quietUntil(key),
                quiet > deadline
            {
                // The condition may still hold when the quiet after the last episode is over.
                sequence.postpone(Int(key), place: place, due: quiet)
                continue
            }
            sequence.remove(Int(key), place: place)
            if isMissing, let sighting = sightings[Int(key) * SequenceWindow.kept + place] {
                raise(key, first, sighting, nil, now: now, context, &output)
            }
        }
        rearm(key, &timers)
    }

    private func rearm(_ key: Int32, _ timers: inout Timers) {
        let timer = keyed.timer(key)
        if let deadline = sequence.deadline(Int(key)) {
            timers.absences.arm(timer, at: deadline)
        } else {
            timers.absences.disarm(timer)
        }
    }

    // MARK: Episodes

    /// - Parameters:
    ///   - first: decided when it is due.
    ///   - event: what decided it, where it was no timer.
    private mutating func raise(
        _ key: Int32, _ first: SequenceWindow.Pending, _ sighting: PendingSighting, _ event: Event?, now: Instant,
        _ context: RuleContext, _ output: inout RuleOutput
    ) {
        let length = first.until - first.at
        if let last = keyed.episodes[key]?.last {
            // Two windows that overlap lack one and the same second event.
            let reach = isMissing ? max(keyed.settings.merge, length) : keyed.settings.merge
            if resolves || abs((first.at - last).count) <= reach.count {
                keyed.episodes[key]?.last = max(last, first.at)
                return
            }
            keyed.episodes.end(key, at: last + reach)
        }
        guard !keyed.episodes.isQuiet(key, at: first.due) else { return }
        let trace = event.map { Trace($0) }
        keyed.episodes[key] = sighting.episode(
            started: sighting.trace.at, detected: first.due, last: first.at, also: trace)
        if let floor = event?.observation.floor, floor != Int16.min { keyed.episodes[key]?.floor = Int(floor) }
        tell(.raised, key, after: length, at: now, trace, isLate: sighting.isHistory, context, &output)
    }

    private func tell(
        _ change: Finding.Change, _ key: Int32, after length: Milliseconds, at now: Instant, _ trace: Trace?,
        isLate: Bool = false, _ context: RuleContext, _ output: inout RuleOutput
    ) {
        guard let episode = keyed.episodes[key], episode.isOpen else { return }
        var finding = keyed.finding(
            change, key, episode, at: now, last: trace ?? episode.traces.last,
            detail: .sequence(after: length, isMissing: isMissing, floor: episode.floor), context)
        // Whatever it is counted for, it is about who began it.
        finding.person = episode.person
        finding.residents = []
        if change == .resolved { finding.evidence = trace.map { [$0] } ?? [] }
        if homeOf.indices.contains(Int(episode.person)) {
            // Their own grid looks for them, not the gate's.
            let home = homeOf[Int(episode.person)]
            finding.residents = [ResidentID(index: episode.person)]
            if home >= 0 { finding.place = PlaceID(index: home) }
        }
        if isLate { finding.age = .late }
        output.findings.append(finding)
    }

    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        guard let key = keyed.find(key: key, started: started) else { return }
        keyed.episodes.end(key, at: now)
    }
}

extension SequenceRule {
    package func status(ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
        guard let number = keyed.keys(ofText: key).first else { return [] }
        if let episode = keyed.episodes[number] {
            let ago = (now - episode.last).spoken
            return [RuleStatus(zh: "已报警；\(ago.zh)前开始", en: "raised; it began \(ago.en) ago")]
        }
        if keyed.episodes.isQuiet(number, at: now) { return [RuleStatus(zh: "结案后静默中", en: "quiet after the last one")] }
        if let (_, first) = sequence.next(Int(number)) {
            let ago = (now - first.at).spoken
            return isMissing
                ? [
                    RuleStatus(
                        zh: "\(ago.zh)前开始，在等后续", en: "it began \(ago.en) ago and waits for what follows",
                        due: first.due)
                ]
                : [RuleStatus(zh: "\(ago.zh)前有前一事，在等后一事", en: "the first came \(ago.en) ago; the second is missing")]
        }
        return [RuleStatus(zh: "没有在等的事", en: "nothing waits: what began was answered")]
    }
}

extension SequenceRule {
    /// O(keys).
    package func write(_ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("FLLW", version: 2)
        keyed.writeKeys(context, to: &writer)
        sequence.write(keys: keyed.keyCount, to: &writer)
        writer.optional(third) { writer, _ in sequence.writeThirds(keys: keyed.keyCount, to: &writer) }
        for place in 0..<keyed.keyCount * SequenceWindow.kept {
            // Of firsts that were answered nothing is needed any more.
            let isNeeded =
                place < sightings.count
                && sequence.waits(place / SequenceWindow.kept, place: place % SequenceWindow.kept)
            let sighting = isNeeded ? sightings[place] : nil
            writer.optional(sighting) { $1.write(context, to: &$0) }
        }
        keyed.writeEpisodes(context, to: &writer)
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        // 1: nothing undid a first.
        let (section, version) = try reader.open("FLLW", versions: 1...2)
        sightings = Paged()
        try keyed.readKeys(from: &reader, numbers)
        try sequence.read(keys: keyed.keyCount, from: &reader)
        if version > 1, try reader.truth() { try sequence.readThirds(keys: keyed.keyCount, from: &reader) }
        for _ in 0..<keyed.keyCount * SequenceWindow.kept {
            sightings.append(
                try reader.optional { (reader) throws(StateError) in try PendingSighting(from: &reader, &numbers) })
        }
        try keyed.readEpisodes(from: &reader, &numbers)
        try reader.close(section)
    }

    /// Episodes that nobody was told of are taken back; of what is missing they come once, with the next record. Those
    /// that were told go on.
    package mutating func adopt(toldBy other: SequenceRule) {
        for key in keyed.episodes.keys.sorted() {
            guard let episode = keyed.episodes[key] else { continue }
            keyed.episodes[key] = nil
            guard isMissing, resolves else { continue }
            let isTold = other.keyed.keys(ofText: keyed.text(key)).contains { other.keyed.episodes[$0] != nil }
            if isTold { continue }
            let due = episode.detected ?? episode.last
            guard let sighting = PendingSighting(episode),
                case .waits(let place) = sequence.first(
                    Int(key), at: episode.last, until: due, due: due, looksBack: false)
            else { continue }
            sightings[Int(key) * SequenceWindow.kept + place] = sighting
        }
        _ = keyed.adopt(other.keyed)
        let needed = keyed.keyCount * SequenceWindow.kept
        if needed > sightings.count { sightings.append(needed - sightings.count, of: nil) }
    }

    package func rearm(_ timers: inout Timers) {
        for key in 0..<Int32(keyed.keyCount) where sequence.next(Int(key)) != nil { rearm(key, &timers) }
    }

    package mutating func shift(by length: Milliseconds) {
        sequence.shift(by: length)
        keyed.episodes.shift(by: length)
        for place in sightings.indices { sightings[place]?.shift(by: length) }
    }
}
