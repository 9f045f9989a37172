import Community
import Diagnostics
import Feeds
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Vocabulary
package import Windowing

/// A state that lasts: `fire_lane_blocked`, `door_held_open`, an integrator's own (docs/rules.md).
///
/// Data flow of an event: match → key → dwell. Two forms. With a gap (a vehicle that is sighted again and again) a
/// stage is reached by the sighting that shows it, and the state ends when nothing was sighted for the gap; while the
/// camera or the box was blind nobody knows, so that time does not count. Without a gap (a door that tells open and
/// close) the state holds until it is ended, and a stage is reached by a timer.
/// An episode begins with the first stage; later stages are updates that are told again. What is over before it is
/// known is not told. What begins within the rule's calendar goes on beyond its end; what began outside, and still
/// holds when it next does, begins then. Outside of it no further stage is reached: that waits for its next hours.
/// State per key: a dwell of 24 B and 64 B of the first sighting and the timer; of each open episode about 300 B.
package struct DurationRule: RuleEngine {
    /// What is known of a key besides its dwell.
    struct Known: Sendable {
        /// The sighting that its run began with.
        var first: PendingSighting?
        /// When the latest sighting was heard of: its own time may be off by what the camera's clock is off.
        var seen = Instant.distantPast
        /// When its timer fires; the distant future: it has none.
        var due = Instant.distantFuture
        /// When its run begins by the calendar; the distant future: never. The distant past: it is not worked out.
        var begins = Instant.distantPast
    }

    let rule: Int
    let settings: RuleSettings
    let zone: Zone
    let owner: Int32
    let gap: Milliseconds?
    private let matcher: Matcher
    private let ends: Matcher?
    /// Stages by course: the rule's own, then those of each of `during`. None is empty.
    private let courses: [[StageSettings]]
    let shortest: Milliseconds
    /// By key with an episode that began when the calendar did: its true beginning.
    var since: [Int32: Instant] = [:]
    /// What decides in which time the windows are counted.
    private let base: Milliseconds
    private let resolves: Bool
    var keyer: Keyer
    var dwell: Dwell
    var known = Paged<Known>()
    var episodes: Episodes
    /// By device that told of going offline: when it was.
    var away: [Int32: BlindIntervals] = [:]

    package let kinds: UInt64
    /// Those that tell when a device could not see.
    private let coverKinds: UInt64

    package init(_ plan: RulePlan, timers: inout Timers) {
        rule = plan.rule
        settings = plan.settings
        zone = plan.zone
        owner = timers.absences.addOwner(keys: 0)
        matcher = Matcher(settings.match, plan)
        var ending: MatchSettings?
        var gap: Milliseconds?
        if case .lasting(let ends, let length) = settings.window {
            ending = ends
            gap = length > .zero ? length : nil
        }
        if ending == nil, let reading = settings.match.reading {
            // A sensor that says the contrary ends the state by itself.
            ending = settings.match
            ending?.reading = !reading
        }
        ends = ending.map { Matcher($0, plan) }
        self.gap = gap
        let own = settings.stages.isEmpty ? [StageSettings(after: .zero, severity: settings.severity)] : settings.stages
        courses =
            [own]
            + settings.during.map { other in
                [StageSettings(after: other.after, severity: own[0].severity)]
                    + own.dropFirst().filter { $0.after > other.after }
            }
        shortest = courses.map { $0[0].after }.min() ?? own[0].after
        base = max(own[0].after, gap ?? .zero)
        resolves = settings.kind != .liftFault && settings.kind != .liftTrapped
        keyer = Keyer(settings.keys[0])
        dwell = Dwell(gap: gap)
        episodes = Episodes(cooldown: settings.cooldown)
        let cover: [ObservationKind] = gap == nil ? [] : [.offline, .online, .heartbeat]
        coverKinds = cover.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
        kinds = matcher.kinds | (ends?.kinds ?? 0) | coverKinds
    }

    package func kinds(of device: Int32) -> UInt64 {
        matcher.kinds(of: device) | (ends?.kinds(of: device) ?? 0) | coverKinds
    }

    /// O(1) for a sighting that joins a run.
    package mutating func step(
        _ event: Event, _ surroundings: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        guard !event.observation.marks.contains(.retained) else { return }
        if event.observation.kind == .offline || !away.isEmpty { noteCover(event, &timers) }
        let isSeen = matcher.truth(event, surroundings) == .yes
        let isEnd = isSeen && event.observation.phase == .end || ends?.truth(event, surroundings) == .yes
        guard isSeen || isEnd else { return }
        let key = keyer.number(of: event, surroundings)
        guard key >= 0 else { return }
        if Int(key) >= known.count { known.append(max(Int(key) + 1 - known.count, known.count), of: Known()) }
        if isEnd {
            end(key, event, surroundings, &timers, &output)
        } else {
            hold(key, event, surroundings, &timers, &output)
        }
    }

    private mutating func hold(
        _ key: Int32, _ event: Event, _ surroundings: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let at = Int(key)
        let time = event.windowTime(for: base)
        let before = dwell.run(at)
        var blind = Milliseconds.zero
        if let gap, let before, time > before.last + gap {
            blind = blindTime(of: event.device, from: before.last, to: time, surroundings)
        }
        switch dwell.hold(at, at: time, now: event.now, blind: blind) {
        case .over, .apart: return
        case .began(let previous):
            if let previous, episodes[key] != nil {
                _ = dwell.end(at, at: previous.last)
                finish(key, at: event.now, Trace(event), surroundings, &timers, &output)
            }
            known[at].first = PendingSighting(event, place: surroundings.placeNumber(of: event))
            known[at].seen = .distantPast
        case .joined:
            if time < before?.start ?? time {
                known[at].first = PendingSighting(event, place: surroundings.placeNumber(of: event))
            }
        }
        guard let run = dwell.run(at) else { return }
        if run.start != before?.start { known[at].begins = .distantPast }
        if run.last > before?.last ?? .distantPast {
            known[at].seen = max(known[at].seen, event.isHistory ? time : event.now)
        }
        if gap != nil {
            prove(key, run, event, surroundings, &timers, &output)
        } else if run.start != before?.start {
            wait(key, run, now: event.now, surroundings, &timers)
        }
    }

    private mutating func end(
        _ key: Int32, _ event: Event, _ surroundings: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let ending = dwell.end(Int(key), at: event.windowTime(for: base))
        guard ending != .nothing else { return }
        finish(key, at: event.now, Trace(event), surroundings, &timers, &output)
        guard case .cut = ending, let run = dwell.run(Int(key)) else { return }
        // Of what has begun since, its one sighting is the first.
        known[Int(key)].first?.trace.at = run.start
        known[Int(key)].begins = .distantPast
        if gap == nil {
            wait(key, run, now: event.now, surroundings, &timers)
        }
    }

    // MARK: Stages

    /// With a gap: takes what a sighting shows.
    private mutating func prove(
        _ key: Int32, _ run: Dwell.Run, _ event: Event, _ surroundings: RuleContext, _ timers: inout Timers,
        _ output: inout RuleOutput
    ) {
        guard let gap else { return }
        let length = run.last - begins(key, run, surroundings)
        let over = known[Int(key)].seen + gap
        // What else was handed over late may come yet.
        let end = event.isHistory ? max(over, event.now + RuleSettings.grace(for: gap)) : over
        guard let stage = episodes[key]?.stage, let started = episodes[key]?.started else {
            // What is over by the time it is known is not told as if it were now.
            guard length >= shortest, !event.isHistory || over >= event.now else { return }
            if reach(key, run, at: event.now, Trace(event), now: event.now, surroundings, &output) {
                arm(key, at: end, &timers)
            }
            return
        }
        episodes[key]?.last = run.last
        if run.last == event.windowTime(for: base) { episodes[key]?.renew(Trace(event)) }
        arm(key, at: end, &timers)
        let stages = course(from: started, surroundings)
        guard stage < stages.count, length >= stages[stage].after else { return }
        _ = reach(key, run, at: event.now, Trace(event), now: event.now, surroundings, &output)
    }

    /// Without a gap: arms the timer of the first stage.
    private mutating func wait(
        _ key: Int32, _ run: Dwell.Run, now: Instant, _ surroundings: RuleContext, _ timers: inout Timers
    ) {
        guard episodes[key] == nil else { return }
        let begins = begins(key, run, surroundings)
        guard begins < .distantFuture else { return disarm(key, &timers) }
        let length = course(from: begins, surroundings)[0].after
        let deadline = begins + length
        arm(key, at: deadline >= now ? deadline : now + RuleSettings.grace(for: length), &timers)
    }

    /// Reaches the stages that a run has lasted for at `instant`.
    /// - Returns: whether an episode is open.
    private mutating func reach(
        _ key: Int32, _ run: Dwell.Run, at instant: Instant, _ trace: Trace?, now: Instant,
        _ surroundings: RuleContext, _ output: inout RuleOutput
    ) -> Bool {
        let open = episodes[key]
        let begins = begins(key, run, surroundings)
        guard open != nil || begins < .distantFuture else { return false }
        let stages = course(from: open?.started ?? begins, surroundings)
        let last = gap == nil ? instant : run.last
        var reached = stages.count { $0.after <= last - begins }
        if reached > 1, !settings.covers(last, zone, surroundings.days) { reached = max(1, open?.stage ?? 1) }
        guard reached > 0, reached > open?.stage ?? 0 else { return open != nil }
        if open == nil {
            guard let first = known[Int(key)].first, !episodes.isQuiet(key, at: instant) else { return false }
            // In arrival time the start is when the first sighting came, and people are told when it was.
            let isLater = begins != run.start
            let started = isLater ? begins : base < Milliseconds.minutes(1) ? first.trace.at : run.start
            since[key] = isLater ? min(first.trace.at, run.start) : nil
            episodes[key] = first.episode(started: started, detected: instant, last: run.last, also: trace)
        } else if let trace {
            episodes[key]?.note(trace)
        }
        episodes[key]?.stage = reached
        tell(open == nil ? .raised : .updated, key, at: now, trace, surroundings, &output)
        return true
    }

    /// When a run begins for the rule: with its first sighting, or, where that lies outside of the calendar, when it
    /// next holds; the distant future where it never does.
    private mutating func begins(_ key: Int32, _ run: Dwell.Run, _ surroundings: RuleContext) -> Instant {
        if settings.calendar == nil { return run.start }
        let at = Int(key)
        if known[at].begins == .distantPast {
            let first = base < Milliseconds.minutes(1) ? known[at].first?.trace.at ?? run.start : run.start
            let opening = settings.opening(from: first, zone, surroundings.days)
            known[at].begins = opening == first ? run.start : opening ?? .distantFuture
        }
        return known[at].begins
    }

    /// The stages of what began then.
    private func course(from start: Instant, _ surroundings: RuleContext) -> [StageSettings] {
        courses[settings.course(at: start, zone, surroundings.days)]
    }

    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ surroundings: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        let key = timer.key
        let at = Int(key)
        known[at].due = .distantFuture
        guard let run = dwell.run(at), known[at].first != nil else { return }
        if let gap {
            guard episodes[key] != nil else { return }
            switch lapse(at, gap, now, surroundings) {
            // Until the box or the device is back.
            case .unknown: disarm(key, &timers)
            case .at(let end) where end > now: arm(key, at: end, &timers)
            case .at:
                _ = dwell.end(at, at: run.last)
                finish(key, at: now, nil, surroundings, &timers, &output)
            }
            return
        }
        if reach(key, run, at: deadline, nil, now: now, surroundings, &output), let open = episodes[key] {
            let stages = course(from: open.started, surroundings)
            guard open.stage < stages.count else { return }
            let next = max(begins(key, run, surroundings) + stages[open.stage].after, deadline)
            if let opening = settings.opening(from: next, zone, surroundings.days) { arm(key, at: opening, &timers) }
        } else {
            // Quiet after the last episode, or the clock was moved.
            let begins = begins(key, run, surroundings)
            guard begins < .distantFuture else { return }
            let reached = begins + course(from: begins, surroundings)[0].after
            arm(key, at: max(reached, episodes.quietUntil(key) ?? reached), &timers)
        }
    }

    mutating func arm(_ key: Int32, at instant: Instant, _ timers: inout Timers) {
        known[Int(key)].due = instant
        timers.absences.arm(.init(owner: owner, key: key), at: instant)
    }

    private mutating func disarm(_ key: Int32, _ timers: inout Timers) {
        known[Int(key)].due = .distantFuture
        timers.absences.disarm(.init(owner: owner, key: key))
    }

    // MARK: Episodes

    /// The state is over.
    private mutating func finish(
        _ key: Int32, at now: Instant, _ trace: Trace?, _ surroundings: RuleContext, _ timers: inout Timers,
        _ output: inout RuleOutput
    ) {
        disarm(key, &timers)
        guard episodes[key] != nil else { return }
        if resolves { tell(.resolved, key, at: now, trace, surroundings, &output) }
        episodes.end(key, at: now)
        since[key] = nil
    }

    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        let number = keyer.find(key)
        guard number >= 0, episodes[number]?.started == started else { return }
        episodes.end(number, at: now)
        since[number] = nil
        // What goes on is another episode, from the next sighting on.
        if let run = dwell.run(Int(number)) { _ = dwell.end(Int(number), at: run.last) }
        disarm(number, &timers)
    }

    private func tell(
        _ change: Finding.Change, _ key: Int32, at now: Instant, _ trace: Trace?, _ surroundings: RuleContext,
        _ output: inout RuleOutput
    ) {
        guard let episode = episodes[key], let detected = episode.detected else { return }
        let stages = course(from: episode.started, surroundings)
        // A stage that other settings had reached may be beyond these.
        let stage = stages[min(max(episode.stage, 1), stages.count) - 1]
        var finding = Finding(
            rule: rule, change: change, severity: stage.severity, key: keyer[key], started: episode.started,
            detected: detected, at: now, place: episode.place, residents: [],
            device: episode.devices.first ?? -1, lastEvidence: trace ?? episode.traces.last,
            evidence: change == .resolved ? trace.map { [$0] } ?? [] : episode.traces,
            detail: .lasting(
                stage: episode.stage, after: stage.after, devices: episode.devices, word: episode.word),
            raisedBy: episode.formerName)
        finding.person = episode.person
        finding.since = since[key]
        output.findings.append(finding)
    }
}

// What is not seen while nobody can see is unknown, not clear.

extension DurationRule {
    /// When a state is over of which nothing more was sighted.
    enum Lapse {
        case at(Instant)
        /// Nobody can see at the moment.
        case unknown
    }

    /// When nothing was sighted for the gap in which something could have been.
    func lapse(_ key: Int, _ gap: Milliseconds, _ now: Instant, _ surroundings: RuleContext) -> Lapse {
        let device = known[key].first?.trace.device ?? -1
        let seen = known[key].seen
        let blind = blindTimes(of: device, surroundings)
        var end = seen + gap
        while true {
            if let since = blind.awaySince, since < end { return .unknown }
            let later = seen + gap + blind.blindTime(from: seen, to: end)
            // Each turn adds at least one blind interval, and there are few.
            if later <= end { return .at(end) }
            end = later
        }
    }

    func blindTime(of device: Int32, from: Instant, to: Instant, _ surroundings: RuleContext) -> Milliseconds {
        blindTimes(of: device, surroundings).blindTime(from: from, to: to)
    }

    /// When the box or the device could not see.
    private func blindTimes(of device: Int32, _ surroundings: RuleContext) -> BlindIntervals {
        guard let own = away[device] else { return surroundings.blind }
        var all = surroundings.blind
        for interval in own.intervals { all.add(from: interval.from, to: interval.to, interval.cause) }
        if let since = own.awaySince { all.awaySince = min(all.awaySince ?? since, since) }
        return all
    }

    /// The box began or ceased to hear: what nobody could see is looked at again.
    package mutating func wake(at now: Instant, timers: inout Timers) {
        guard gap != nil else { return }
        for key in episodes.keys.sorted() where known[Int(key)].due == .distantFuture { arm(key, at: now, &timers) }
    }

    /// Takes in that a device goes offline, or that it is heard of again.
    mutating func noteCover(_ event: Event, _ timers: inout Timers) {
        guard gap != nil, event.device >= 0 else { return }
        let time = event.observation.time
        if event.observation.kind == .offline {
            away[event.device, default: BlindIntervals()].sessionIsAway(since: time)
            return
        }
        guard let since = away[event.device]?.awaySince, time > since else { return }
        away[event.device]?.sessionIsBack(at: time, .lost)
        // Now it is known how long it was: the ends are worked out anew, each by its own timer.
        for key in episodes.keys where known[Int(key)].first?.trace.device == event.device {
            arm(key, at: event.now, &timers)
        }
    }
}

extension DurationRule {
    package func outlook(ofKey key: String, at now: Instant, _ surroundings: RuleContext) -> [RuleStatus] {
        let number = keyer.find(key)
        guard number >= 0, Int(number) < known.count else { return [] }
        if let episode = episodes[number] {
            let ago = (now - episode.last).spoken
            return [
                RuleStatus(
                    zh: "已报警,第 \(episode.stage) 级;最近一次在 \(ago.zh)前",
                    en: "raised, stage \(episode.stage); the last "
                        + "of it was \(ago.en) ago")
            ]
        }
        if episodes.isQuiet(number, at: now) { return [RuleStatus(zh: "结案后静默中", en: "quiet after the last one")] }
        guard let run = dwell.run(Int(number)) else {
            return [RuleStatus(zh: "当前没有这种状态", en: "the state does not hold now")]
        }
        let begins = settings.opening(from: run.start, zone, surroundings.days) ?? .distantFuture
        if begins > now {
            let due = known[Int(number)].due
            return [
                RuleStatus(
                    zh: "状态已持续 \((now - run.start).spoken.zh),规则时段开始后起算",
                    en: "it has lasted \((now - run.start).spoken.en), and counts from when the rule's hours begin",
                    due: gap == nil && due < .distantFuture ? due : nil)
            ]
        }
        let lasted = max(.zero, (gap == nil ? now : run.last) - begins).spoken
        let due = known[Int(number)].due
        return [
            RuleStatus(
                zh: "已持续\(lasted.zh),需要\(shortest.spoken.zh)",
                en: "it has lasted \(lasted.en); it takes \(shortest.spoken.en)",
                due: gap == nil && due < .distantFuture ? due : nil)
        ]
    }
}

extension DurationRule {
    /// O(keys).
    package func write(_ surroundings: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("LAST", version: 2)
        keyer.write(surroundings, to: &writer)
        dwell.write(keys: keyer.count, to: &writer)
        for key in 0..<keyer.count {
            let known = key < known.count ? known[key] : Known()
            writer.truth(known.first != nil)
            known.first?.write(surroundings, to: &writer)
            writer.instant(known.seen)
            writer.instant(known.due)
        }
        episodes.write(raisedBy: settings.name, surroundings, to: &writer)
        writer.integer(away.count)
        for (device, blind) in away.sorted(by: { $0.key < $1.key }) {
            writer.integer(device)
            writer.instant(ifAny: blind.awaySince)
            writer.integer(blind.intervals.count)
            for interval in blind.intervals {
                writer.instant(interval.from)
                writer.instant(interval.to)
            }
        }
        writer.word(surroundings.days.checksum)
        writer.integer(since.count)
        for (key, since) in since.sorted(by: { $0.key < $1.key }) {
            writer.integer(key)
            writer.instant(since)
        }
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        // 1: outside of the calendar nothing was kept.
        let (section, version) = try reader.open("LAST", versions: 1...2)
        keyer = Keyer(settings.keys[0])
        episodes = Episodes(cooldown: settings.cooldown)
        known = Paged()
        away = [:]
        since = [:]
        try keyer.read(from: &reader, numbers)
        try dwell.read(keys: keyer.count, from: &reader)
        for _ in 0..<keyer.count {
            var one = Known()
            if try reader.truth() { one.first = try PendingSighting(from: &reader, &numbers) }
            one.seen = try reader.instant()
            one.due = try reader.instant()
            known.append(one)
        }
        try episodes.read(from: &reader, &numbers, name: settings.name, keys: keyer.count)
        for _ in 0..<(try reader.count(ofSize: 3)) {
            let device = numbers.deviceKept(try reader.integer32())
            var blind = BlindIntervals()
            blind.awaySince = try reader.instantIfAny()
            for _ in 0..<(try reader.count(ofSize: 16)) {
                blind.add(from: try reader.instant(), to: try reader.instant(), .lost)
            }
            if device >= 0 { away[device] = blind }
        }
        var checksum: UInt64?
        if version > 1 {
            checksum = try reader.word()
            for _ in 0..<(try reader.count(ofSize: 9)) {
                let key = try reader.integer32()
                since[key] = try reader.instant()
            }
        }
        if checksum != numbers.surroundings.days.checksum {
            for key in waiting() { known[key].due = known[key].seen }
        }
        try reader.close(section)
    }

    /// The keys whose next stage rests on the calendar alone.
    private func waiting() -> [Int] {
        guard gap == nil, settings.calendar != nil else { return [] }
        return known.indices.filter { dwell.run($0) != nil && known[$0].first != nil }
    }

    /// The clock was set, and a calendar opens by the clock: all that waits for it is looked at with the next record.
    package mutating func lookAtCalendar(timers: inout Timers) {
        for key in waiting() { arm(Int32(key), at: known[key].seen, &timers) }
    }

    /// Episodes that nobody was told of are taken back, and come once; those that were told go on.
    package mutating func adopt(toldBy other: DurationRule) {
        for key in episodes.keys.sorted() {
            episodes[key] = nil
            since[key] = nil
            // What needs no sighting is overdue, and comes with the next record.
            known[Int(key)].due = gap == nil ? known[Int(key)].seen : .distantFuture
        }
        let taken = episodes.adopt(other.episodes) { keyer.number(ofText: other.keyer[$0]) }
        if keyer.count > known.count { known.append(keyer.count - known.count, of: Known()) }
        for key in taken {
            let there = Int(other.keyer.find(keyer[key]))
            let at = Int(key)
            if dwell.run(at) == nil, let run = other.dwell.run(there) {
                dwell.put(run, at: at)
                known[at] = other.known[there]
            }
            // Its next stage or its end is worked out then: no earlier than its last sighting was heard of.
            known[at].due = known[at].seen + (gap ?? .zero)
            known[at].begins = .distantPast
            since[key] = other.since[Int32(there)]
        }
        for (device, blind) in other.away where away[device] == nil { away[device] = blind }
    }

    package func rearm(_ timers: inout Timers) {
        for key in known.indices where known[key].due < .distantFuture {
            timers.absences.arm(.init(owner: owner, key: Int32(key)), at: known[key].due)
        }
    }

    package mutating func shift(by length: Milliseconds) {
        dwell.shift(by: length)
        episodes.shift(by: length)
        for key in known.indices {
            known[key].first?.shift(by: length)
            known[key].seen = known[key].seen.shifted(by: length)
            known[key].due = known[key].due.shifted(by: length)
            known[key].begins = .distantPast
        }
        for device in away.keys {
            guard var blind = away[device] else { continue }
            blind.awaySince = blind.awaySince?.shifted(by: length)
            for index in blind.intervals.indices {
                blind.intervals[index].from = blind.intervals[index].from.shifted(by: length)
                blind.intervals[index].to = blind.intervals[index].to.shifted(by: length)
            }
            away[device] = blind
        }
    }
}
