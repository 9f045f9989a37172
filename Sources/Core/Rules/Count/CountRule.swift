import Diagnostics
import Feeds
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Vocabulary
package import Windowing

/// So many within a time: `thrown_object_repeat`, `access_denied_burst`, `crowded_dwelling`, and the `expression`s that
/// count.
///
/// Data flow of an event: match, calendar → for each of the rule's keys: events up to `once` apart count as one → the
/// fullest window of the rule's length in which the event lies → an episode where that has enough. Looking at the
/// fullest window and not at the one that ends at the event makes the order of arrival irrelevant.
///
/// Of events an episode begins with the event that makes enough, and the first that was counted is its start. What
/// comes within `merge` of its last one joins it, and so does what comes while there never were fewer than enough;
/// with a cooldown, a later one than that begins again in any case. It never resolves. `crowded_dwelling` is a
/// condition: it resolves when the value that makes enough leaves the window of now.
/// State: the window (192 B a key for 3 events), 8 traces a key that was met within the window's length, an episode a
/// key that was raised. Work per event: O(window), at most 4 × `atLeast`; nothing is allocated once a key is known.
package struct CountRule: RuleEngine {
    /// What moves with the clock of an episode, whose start does not.
    struct Course: Equatable, Sendable {
        /// The first event that was counted.
        var first: Instant
        /// When its timer is due.
        var due: Instant
    }

    private var keyed: KeyedRule
    private let atLeast: Int
    private let within: Milliseconds
    private let once: Milliseconds
    private let field: WindowSettings.ValueField?
    private let isCondition: Bool
    /// After so long without an event nothing joins an episode any more.
    private let memory: Milliseconds
    private var window: DistinctCount
    private var sessions: Sessions?
    /// Of the event that was counted last, where events are counted.
    private var serial: Int32 = 0
    /// By key: the newest events that were counted.
    private var recent: [Int32: [Trace]] = [:]
    /// At so many keys those are left out whose events are older than the window.
    private var sweepAt = CountRule.sweepMin
    /// By key with an episode.
    private var courses: [Int32: Course] = [:]

    private static let sweepMin = 1024

    package var kinds: UInt64 { keyed.matcher.kinds }
    package func kinds(of device: Int32) -> UInt64 { keyed.matcher.kinds(of: device) }

    package init(_ plan: RulePlan, timers: inout Timers) {
        switch plan.settings.window {
        case .count(let atLeast, let within, let once):
            (self.atLeast, self.within, self.once, field) = (max(atLeast, 1), within, once, nil)
        case .distinct(let field, let atLeast, let within):
            (self.atLeast, self.within, once, self.field) = (max(atLeast, 1), within, .zero, field)
        default: preconditionFailure("a rule that counts has a count or different values as its window")
        }
        keyed = KeyedRule(plan, timers: &timers)
        isCondition = plan.settings.kind == .crowdedDwelling
        memory = max(KeyedRule.longest(within, plan.settings), plan.settings.merge, plan.settings.cooldown)
        window = DistinctCount(capacity: max(4 * atLeast, 16), keys: 0)
        sessions = once > .zero ? Sessions(gap: once, keys: 0) : nil
    }

    // MARK: Events

    package mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        let observation = event.observation
        guard !observation.marks.contains(.retained), keyed.matcher.truth(event, context) == .yes,
            keyed.mayBegin(at: observation.time, context)
        else { return }
        if keyed.settings.match.mustFall, let fit = event.fit, !fit.falls { return }
        let value = field.flatMap { CountRule.value($0, of: event) }
        guard field == nil || value != nil else { return }
        for lane in 0..<keyed.lanes {
            let key = keyed.key(lane, of: event, context)
            guard key >= 0 else { continue }
            if once > .zero, case .joined? = sessions?.add(Int(key), at: event.windowTime(for: once), now: event.now) {
                continue
            }
            count(event, key, value, context, &timers, &output)
        }
    }

    /// The value that an event shows; nil where it tells none.
    private static func value(_ field: WindowSettings.ValueField, of event: Event) -> Int32? {
        let value =
            switch field {
            case .person: event.person
            case .device: event.device
            case .plate: event.plate
            case .visit: event.visit
            case .track: Int32(bitPattern: event.observation.track)
            }
        if field != .track { return value < 0 ? nil : value }
        // Cameras count their tracks each for itself; the odd factor spreads their numbers.
        return value == 0 ? nil : value ^ (event.device &* 0x2545_F491)
    }

    private mutating func count(
        _ event: Event, _ key: Int32, _ value: Int32?, _ context: RuleContext, _ timers: inout Timers,
        _ output: inout RuleOutput
    ) {
        let time = event.windowTime(for: within)
        let began = isCondition ? keyed.episodes[key]?.started : nil
        let length = keyed.length(within, at: began ?? event.observation.time, context)
        let before = window.count(Int(key), after: time - length)
        if let value {
            if window.add(Int(key), value, at: time) { note(event, key) }
        } else {
            serial &+= 1
            window.addUnique(Int(key), serial, at: time)
            note(event, key)
        }
        if isCondition {
            weigh(event, key, time, length, context, &timers, &output)
        } else {
            join(event, key, time, length, hasFallen: before < atLeast, context, &timers, &output)
        }
    }

    /// Keeps what a later alert may rest on.
    private mutating func note(_ event: Event, _ key: Int32) {
        if recent.count >= sweepAt, recent[key] == nil {
            let limit = event.now - memory
            recent = recent.filter { $0.value.contains { $0.at > limit } }
            sweepAt = max(CountRule.sweepMin, 2 * recent.count)
        }
        if recent[key]?.count == Episodes.tracesMax { recent[key]?.removeFirst() }
        recent[key, default: []].append(Trace(event))
    }

    /// - Parameter hasFallen: just before the event there were not enough.
    private mutating func join(
        _ event: Event, _ key: Int32, _ time: Instant, _ length: Milliseconds, hasFallen: Bool,
        _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let run = window.most(Int(key), in: length, around: time)
        if let episode = keyed.episodes[key] {
            let gap = time - episode.last
            let cooldown = keyed.settings.cooldown
            let isPart = gap <= keyed.settings.merge || !hasFallen && (cooldown == .zero || gap < cooldown)
            if isPart {
                // What is older than the episode by a window's length is of another, which it is too late to tell of.
                if let course = courses[key], time + length < course.first { return }
                take(event, key, time, run.count, length, context, &timers, &output)
                return
            }
            if gap < cooldown { return }
        }
        guard run.count >= atLeast, !keyed.episodes.isQuiet(key, at: event.now) else { return }
        begin(event, key, run, context)
        remember(key, event.now, &timers)
        tell(.raised, event, key, run.count, length, context, &output)
    }

    private mutating func take(
        _ event: Event, _ key: Int32, _ time: Instant, _ count: Int, _ length: Milliseconds,
        _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        keyed.episodes[key]?.take(event, at: time)
        remember(key, event.now, &timers)
        tell(.updated, event, key, count, length, context, &output)
    }

    private mutating func begin(_ event: Event, _ key: Int32, _ run: DistinctCount.Run, _ context: RuleContext) {
        var episode = Episodes.Episode(from: event, at: run.last, context)
        let known = recent[key] ?? []
        // What is counted by arrival came last; what the devices' clocks say of it is its start.
        let isByArrival = event.windowTime(for: within) != event.observation.time
        let traces = isByArrival ? Array(known.suffix(run.count)) : known.filter { $0.at >= run.first }
        episode.started = isByArrival ? traces.map(\.at).min() ?? episode.started : run.first
        if !traces.isEmpty { episode.keep(traces) }
        episode.count = run.count
        episode.stage = run.count
        episode.detected = event.now
        keyed.episodes[key] = episode
        courses[key] = Course(first: run.first, due: event.now)
    }

    private mutating func remember(_ key: Int32, _ now: Instant, _ timers: inout Timers) {
        guard let episode = keyed.episodes[key] else { return }
        arm(key, at: max(now, episode.last) + memory, &timers)
    }

    private mutating func arm(_ key: Int32, at due: Instant, _ timers: inout Timers) {
        courses[key]?.due = due
        timers.absences.arm(keyed.timer(key), at: due)
    }

    // MARK: A condition

    /// Looks whether there are enough in the window that ends now.
    private mutating func weigh(
        _ event: Event, _ key: Int32, _ time: Instant, _ length: Milliseconds, _ context: RuleContext,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let count = window.count(Int(key), after: event.now - length)
        if let episode = keyed.episodes[key], episode.isOpen {
            keyed.episodes[key]?.take(event, at: time)
            if count > episode.stage {
                keyed.episodes[key]?.stage = count
                tell(.updated, event, key, count, length, context, &output)
            }
        } else {
            guard count >= atLeast, !keyed.episodes.isQuiet(key, at: event.now),
                let first = window.newest(count, of: Int(key))
            else { return }
            begin(event, key, DistinctCount.Run(count: count, first: first, last: time), context)
            tell(.raised, event, key, count, length, context, &output)
        }
        arm(key, at: fall(key, length) ?? event.now, &timers)
    }

    /// When there are not enough any more if nothing comes; nil where there are not now.
    private func fall(_ key: Int32, _ length: Milliseconds) -> Instant? {
        window.newest(atLeast, of: Int(key)).map { $0 + length }
    }

    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        let key = timer.key
        guard let episode = keyed.episodes[key] else { return }
        guard isCondition else {
            // What led to it has been told: it must not lead to another when a straggler comes.
            window.forget(Int(key), upTo: episode.last)
            keyed.episodes[key] = nil
            courses[key] = nil
            return
        }
        let length = keyed.length(within, at: episode.started, context)
        let count = window.count(Int(key), after: now - length)
        guard count >= atLeast, let fall = fall(key, length) else {
            keyed.episodes.end(key, at: now)
            courses[key] = nil
            if episode.isOpen {
                output.findings.append(finding(.resolved, key, episode, count, length, now, nil, context))
            }
            return
        }
        arm(key, at: fall, &timers)
        guard !episode.isOpen else { return }
        keyed.episodes[key]?.detected = deadline
        guard let raised = keyed.episodes[key] else { return }
        output.findings.append(finding(.raised, key, raised, count, length, now, nil, context))
    }

    // MARK: Findings

    private func tell(
        _ change: Finding.Change, _ event: Event, _ key: Int32, _ count: Int, _ length: Milliseconds,
        _ context: RuleContext, _ output: inout RuleOutput
    ) {
        guard let episode = keyed.episodes[key] else { return }
        var told = finding(change, key, episode, count, length, event.now, Trace(event), context)
        told.age = event.isHistory ? .late : .news
        output.findings.append(told)
    }

    private func finding(
        _ change: Finding.Change, _ key: Int32, _ episode: Episodes.Episode, _ count: Int, _ length: Milliseconds,
        _ now: Instant, _ last: Trace?, _ context: RuleContext
    ) -> Finding {
        keyed.finding(
            change, key, episode, at: now, last: last ?? episode.traces.last,
            detail: .count(
                count: count, within: length, devices: episode.devices, people: field == .person ? count : 0,
                total: field == nil ? episode.count : count),
            context)
    }
}

extension CountRule {
    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        guard let key = keyed.find(key: key, started: started) else { return }
        // What was counted is dealt with: it takes as many again to begin another.
        keyed.episodes.end(key, at: now)
        window.clear(Int(key))
        recent[key] = nil
        courses[key] = nil
        timers.absences.disarm(keyed.timer(key))
    }

    package func write(_ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("COUN", version: 1)
        keyed.write(context, to: &writer)
        for key in 0..<keyed.keyCount { window.write(key, to: &writer) }
        sessions?.write(keys: keyed.keyCount, to: &writer)
        writer.integer(serial)
        writer.dictionary(recent) { writer, key, traces in
            writer.integer(key)
            writer.array(traces) { $1.write(to: &$0) }
        }
        writer.integer(sweepAt)
        writer.dictionary(courses) { writer, key, course in
            writer.integer(key)
            writer.instant(course.first)
            writer.instant(course.due)
        }
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        let section = try reader.open("COUN", version: 1)
        try keyed.read(from: &reader, &numbers)
        window = DistinctCount(capacity: window.capacity, keys: keyed.keyCount)
        for key in 0..<keyed.keyCount {
            try window.read(key, from: &reader) { CountRule.renumbered($0, field, &numbers) }
        }
        try sessions?.read(keys: keyed.keyCount, from: &reader)
        serial = try reader.integer32()
        recent = try reader.dictionary(ofSize: 2) { (reader) throws(StateError) in
            (try keyed.readKey(from: &reader), try reader.traces(&numbers))
        }
        sweepAt = max(try reader.natural(), CountRule.sweepMin)
        courses = try reader.dictionary(ofSize: 17) { (reader) throws(StateError) in
            (try keyed.readKey(from: &reader), Course(first: try reader.instant(), due: try reader.instant()))
        }
        try reader.close(section)
    }

    /// Today's number of a written value.
    private static func renumbered(
        _ value: Int32, _ field: WindowSettings.ValueField?, _ numbers: inout Renumbering
    ) -> Int32? {
        let today =
            switch field {
            // Serials and hashes are no numbers of anything.
            case nil, .track: value
            case .person: numbers.person(value)
            case .device: numbers.device(value)
            case .plate, .visit: numbers.word(value)
            }
        return field == nil || field == .track || today >= 0 ? today : nil
    }

    /// Takes over what was told. A condition that holds by what was counted, and that the other had not told of, is
    /// told at the next timer.
    package mutating func adopt(toldBy other: CountRule) {
        let own = keyed.episodes.keys.filter { keyed.episodes[$0]?.isOpen == true }
        let taken = Set(keyed.adopt(other.keyed))
        if isCondition { for key in own where !taken.contains(key) { keyed.episodes[key]?.detected = nil } }
        for key in keyed.episodes.keys {
            guard let episode = keyed.episodes[key] else { continue }
            let usual = isCondition ? fall(key, within) ?? episode.last : episode.last + memory
            courses[key] = Course(first: episode.started, due: episode.isOpen ? usual : episode.last)
        }
    }

    package func rearm(_ timers: inout Timers) {
        for (key, course) in courses { timers.absences.arm(keyed.timer(key), at: course.due) }
    }

    package mutating func shift(by length: Milliseconds) {
        keyed.episodes.shift(by: length)
        window.shift(by: length)
        sessions?.shift(by: length)
        for (key, traces) in recent {
            for index in traces.indices { recent[key]?[index].at = traces[index].at.shifted(by: length) }
        }
        for (key, course) in courses {
            courses[key] = Course(first: course.first.shifted(by: length), due: course.due.shifted(by: length))
        }
    }
}

extension CountRule {
    package func status(ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
        let length = keyed.length(within, at: now, context)
        return keyed.status(ofKey: key, at: now) { key in
            let count = window.count(Int(key), after: now - length)
            return RuleStatus(
                zh: "\(length.spoken.zh)内计 \(count) 次，需要 \(atLeast) 次",
                en: "\(count) within \(length.spoken.en); it takes \(atLeast)")
        }
    }
}
