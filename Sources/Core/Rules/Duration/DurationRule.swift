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
    private struct Known: Sendable {
        /// The sighting that its run began with.
        var first: PendingSighting?
        /// When the latest sighting was heard of: its own time may be off by what the camera's clock is off.
        var seen = Instant.distantPast
        /// When its timer fires; the distant future: it has none.
        var due = Instant.distantFuture
        /// When its run begins by the calendar; the distant future: never. The distant past: it is not worked out.
        var begins = Instant.distantPast
    }

    private var keyed: KeyedRule
    private let gap: Milliseconds?
    private let ends: Matcher?
    /// Stages by course: the rule's own, then those of each of `during`. None is empty.
    private let courses: [[StageSettings]]
    private let shortest: Milliseconds
    /// By key with an episode that began when the calendar did: its true beginning.
    private var since: [Int32: Instant] = [:]
    /// What decides in which time the windows are counted.
    private let base: Milliseconds
    private let resolves: Bool
    private var dwell: Dwell
    private var known = Paged<Known>()
    /// By device that told of going offline: when it was.
    private var away: [Int32: BlindIntervals] = [:]

    package let kinds: UInt64
    /// Those that tell when a device could not see.
    private let coverKinds: UInt64

    package init(_ plan: RulePlan, timers: inout Timers) {
        let settings = plan.settings
        keyed = KeyedRule(plan, hasOneKey: true, timers: &timers)
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
        dwell = Dwell(gap: gap)
        let cover: [ObservationKind] = gap == nil ? [] : [.offline, .online, .heartbeat]
        coverKinds = cover.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
        kinds = keyed.matcher.kinds | (ends?.kinds ?? 0) | coverKinds
    }

    package func kinds(of device: Int32) -> UInt64 {
        keyed.matcher.kinds(of: device) | (ends?.kinds(of: device) ?? 0) | coverKinds
    }

    /// O(1) for a sighting that joins a run.
    package mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        guard !event.observation.marks.contains(.retained) else { return }
        if event.observation.kind == .offline || !away.isEmpty { noteCover(event, &timers) }
        let isSeen = keyed.matcher.truth(event, context) == .yes
        let isEnd = isSeen && event.observation.phase == .end || ends?.truth(event, context) == .yes
        guard isSeen || isEnd else { return }
        let key = keyed.key(0, of: event, context)
        guard key >= 0 else { return }
        if Int(key) >= known.count { known.append(max(Int(key) + 1 - known.count, known.count), of: Known()) }
        if isEnd {
            end(key, event, context, &timers, &output)
        } else {
            hold(key, event, context, &timers, &output)
        }
    }

    private mutating func hold(
        _ key: Int32, _ event: Event, _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let at = Int(key)
        let time = event.windowTime(for: base)
        let before = dwell.run(at)
        var blind = Milliseconds.zero
        if let gap, let before, time > before.last + gap {
            blind = blindTime(of: event.device, from: before.last, to: time, context)
        }
        switch dwell.hold(at, at: time, now: event.now, blind: blind) {
        case .over, .apart: return
        case .began(let previous):
            if let previous, keyed.episodes[key] != nil {
                _ = dwell.end(at, at: previous.last)
                finish(key, at: event.now, Trace(event), context, &timers, &output)
            }
            known[at].first = PendingSighting(event, place: context.placeNumber(of: event))
            known[at].seen = .distantPast
        case .joined:
            if time < before?.start ?? time {
                known[at].first = PendingSighting(event, place: context.placeNumber(of: event))
            }
        }
        guard let run = dwell.run(at) else { return }
        if run.start != before?.start { known[at].begins = .distantPast }
        if run.last > before?.last ?? .distantPast {
            known[at].seen = max(known[at].seen, event.isHistory ? time : event.now)
        }
        if gap != nil {
            prove(key, run, event, context, &timers, &output)
        } else if run.start != before?.start {
            wait(key, run, now: event.now, context, &timers)
        }
    }

    private mutating func end(
        _ key: Int32, _ event: Event, _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let ending = dwell.end(Int(key), at: event.windowTime(for: base))
        guard ending != .nothing else { return }
        finish(key, at: event.now, Trace(event), context, &timers, &output)
        guard case .cut = ending, let run = dwell.run(Int(key)) else { return }
        // Of what has begun since, its one sighting is the first.
        known[Int(key)].first?.trace.at = run.start
        known[Int(key)].begins = .distantPast
        if gap == nil {
            wait(key, run, now: event.now, context, &timers)
        }
    }

    // MARK: Stages

    /// With a gap: takes what a sighting shows.
    private mutating func prove(
        _ key: Int32, _ run: Dwell.Run, _ event: Event, _ context: RuleContext, _ timers: inout Timers,
        _ output: inout RuleOutput
    ) {
        guard let gap else { return }
        let length = run.last - begins(key, run, context)
        let over = known[Int(key)].seen + gap
        // What else was handed over late may come yet.
        let end = event.isHistory ? max(over, event.now + RuleSettings.grace(for: gap)) : over
        guard let stage = keyed.episodes[key]?.stage, let started = keyed.episodes[key]?.started else {
            // What is over by the time it is known is not told as if it were now.
            guard length >= shortest, !event.isHistory || over >= event.now else { return }
            if reach(key, run, at: event.now, Trace(event), now: event.now, context, &output) {
                arm(key, at: end, &timers)
            }
            return
        }
        keyed.episodes[key]?.last = run.last
        if run.last == event.windowTime(for: base) { keyed.episodes[key]?.renew(Trace(event)) }
        arm(key, at: end, &timers)
        let stages = course(from: started, context)
        guard stage < stages.count, length >= stages[stage].after else { return }
        _ = reach(key, run, at: event.now, Trace(event), now: event.now, context, &output)
    }

    /// Without a gap: arms the timer of the first stage.
    private mutating func wait(
        _ key: Int32, _ run: Dwell.Run, now: Instant, _ context: RuleContext, _ timers: inout Timers
    ) {
        guard keyed.episodes[key] == nil else { return }
        let begins = begins(key, run, context)
        guard begins < .distantFuture else { return disarm(key, &timers) }
        let length = course(from: begins, context)[0].after
        let deadline = begins + length
        arm(key, at: deadline >= now ? deadline : now + RuleSettings.grace(for: length), &timers)
    }

    /// Reaches the stages that a run has lasted for at `instant`.
    /// - Returns: whether an episode is open.
    private mutating func reach(
        _ key: Int32, _ run: Dwell.Run, at instant: Instant, _ trace: Trace?, now: Instant,
        _ context: RuleContext, _ output: inout RuleOutput
    ) -> Bool {
        let open = keyed.episodes[key]
        let begins = begins(key, run, context)
        guard open != nil || begins < .distantFuture else { return false }
        let stages = course(from: open?.started ?? begins, context)
        let last = gap == nil ? instant : run.last
        var reached = stages.count { $0.after <= last - begins }
        if reached > 1, !keyed.mayBegin(at: last, context) { reached = max(1, open?.stage ?? 1) }
        guard reached > 0, reached > open?.stage ?? 0 else { return open != nil }
        if open == nil {
            guard let first = known[Int(key)].first, !keyed.episodes.isQuiet(key, at: instant) else { return false }
            // In arrival time the start is when the first sighting came, and people are told when it was.
            let isLater = begins != run.start
            let started = isLater ? begins : base < Milliseconds.minutes(1) ? first.trace.at : run.start
            since[key] = isLater ? min(first.trace.at, run.start) : nil
            keyed.episodes[key] = first.episode(started: started, detected: instant, last: run.last, also: trace)
        } else if let trace {
            keyed.episodes[key]?.note(trace)
        }
        keyed.episodes[key]?.stage = reached
        tell(open == nil ? .raised : .updated, key, at: now, trace, context, &output)
        return true
    }

    /// When a run begins for the rule: with its first sighting, or, where that lies outside of the calendar, when it
    /// next holds; the distant future where it never does.
    private mutating func begins(_ key: Int32, _ run: Dwell.Run, _ context: RuleContext) -> Instant {
        if keyed.settings.calendar == nil { return run.start }
        let at = Int(key)
        if known[at].begins == .distantPast {
            let first = base < Milliseconds.minutes(1) ? known[at].first?.trace.at ?? run.start : run.start
            let opening = keyed.opening(from: first, context)
            known[at].begins = opening == first ? run.start : opening ?? .distantFuture
        }
        return known[at].begins
    }

    /// The stages of what began then.
    private func course(from start: Instant, _ context: RuleContext) -> [StageSettings] {
        courses[keyed.settings.course(at: start, context.zone, context.days)]
    }

    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        let key = timer.key
        let at = Int(key)
        known[at].due = .distantFuture
        guard let run = dwell.run(at), known[at].first != nil else { return }
        if let gap {
            guard keyed.episodes[key] != nil else { return }
            switch lapse(at, gap, now, context) {
            // Until the box or the device is back.
            case .unknown: disarm(key, &timers)
            case .at(let end) where end > now: arm(key, at: end, &timers)
            case .at:
                _ = dwell.end(at, at: run.last)
                finish(key, at: now, nil, context, &timers, &output)
            }
            return
        }
        if reach(key, run, at: deadline, nil, now: now, context, &output), let open = keyed.episodes[key] {
            let stages = course(from: open.started, context)
            guard open.stage < stages.count else { return }
            let next = max(begins(key, run, context) + stages[open.stage].after, deadline)
            if let opening = keyed.opening(from: next, context) { arm(key, at: opening, &timers) }
        } else {
            // Quiet after the last episode, or the clock was moved.
            let begins = begins(key, run, context)
            guard begins < .distantFuture else { return }
            let reached = begins + course(from: begins, context)[0].after
            arm(key, at: max(reached, keyed.episodes.quietUntil(key) ?? reached), &timers)
        }
    }

    private mutating func arm(_ key: Int32, at instant: Instant, _ timers: inout Timers) {
        known[Int(key)].due = instant
        timers.absences.arm(keyed.timer(key), at: instant)
    }

    private mutating func disarm(_ key: Int32, _ timers: inout Timers) {
        known[Int(key)].due = .distantFuture
        timers.absences.disarm(keyed.timer(key))
    }

    // MARK: Episodes

    /// The state is over.
    private mutating func finish(
        _ key: Int32, at now: Instant, _ trace: Trace?, _ context: RuleContext, _ timers: inout Timers,
        _ output: inout RuleOutput
    ) {
        disarm(key, &timers)
        guard keyed.episodes[key] != nil else { return }
        if resolves { tell(.resolved, key, at: now, trace, context, &output) }
        keyed.episodes.end(key, at: now)
        since[key] = nil
    }

    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        guard let key = keyed.find(key: key, started: started) else { return }
        keyed.episodes.end(key, at: now)
        since[key] = nil
        // What goes on is another episode, from the next sighting on.
        if let run = dwell.run(Int(key)) { _ = dwell.end(Int(key), at: run.last) }
        disarm(key, &timers)
    }

    private func tell(
        _ change: Finding.Change, _ key: Int32, at now: Instant, _ trace: Trace?, _ context: RuleContext,
        _ output: inout RuleOutput
    ) {
        guard let episode = keyed.episodes[key], episode.isOpen else { return }
        let stages = course(from: episode.started, context)
        // A stage that other settings had reached may be beyond these.
        let stage = stages[min(max(episode.stage, 1), stages.count) - 1]
        var finding = keyed.finding(
            change, key, episode, at: now, last: trace ?? episode.traces.last,
            detail: .duration(stage: episode.stage, after: stage.after, devices: episode.devices, word: episode.word),
            context)
        finding.severity = stage.severity
        // A worse stage is told like a raise, and it is about whoever was seen first, whatever it is counted for.
        (finding.isTold, finding.countsOnly) = (true, false)
        (finding.person, finding.residents) = (episode.person, [])
        if change == .resolved { finding.evidence = trace.map { [$0] } ?? [] }
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
    private func lapse(_ key: Int, _ gap: Milliseconds, _ now: Instant, _ context: RuleContext) -> Lapse {
        let device = known[key].first?.trace.device ?? -1
        let seen = known[key].seen
        let blind = blindTimes(of: device, context)
        var end = seen + gap
        while true {
            if let since = blind.awaySince, since < end { return .unknown }
            let later = seen + gap + blind.blindTime(from: seen, to: end)
            // Each turn adds at least one blind interval, and there are few.
            if later <= end { return .at(end) }
            end = later
        }
    }

    private func blindTime(of device: Int32, from: Instant, to: Instant, _ context: RuleContext) -> Milliseconds {
        blindTimes(of: device, context).blindTime(from: from, to: to)
    }

    /// When the box or the device could not see.
    private func blindTimes(of device: Int32, _ context: RuleContext) -> BlindIntervals {
        guard let own = away[device] else { return context.blind }
        var all = context.blind
        for interval in own.intervals { all.add(from: interval.from, to: interval.to, interval.cause) }
        if let since = own.awaySince { all.awaySince = min(all.awaySince ?? since, since) }
        return all
    }

    /// The box began or ceased to hear: what nobody could see is looked at again.
    package mutating func wake(at now: Instant, timers: inout Timers) {
        guard gap != nil else { return }
        for key in keyed.episodes.keys.sorted() where known[Int(key)].due == .distantFuture {
            arm(key, at: now, &timers)
        }
    }

    /// Takes in that a device goes offline, or that it is heard of again.
    private mutating func noteCover(_ event: Event, _ timers: inout Timers) {
        guard gap != nil, event.device >= 0 else { return }
        let time = event.observation.time
        if event.observation.kind == .offline {
            away[event.device, default: BlindIntervals()].sessionIsAway(since: time)
            return
        }
        guard let since = away[event.device]?.awaySince, time > since else { return }
        away[event.device]?.sessionIsBack(at: time, .lost)
        // Now it is known how long it was: the ends are worked out again, each by its own timer.
        for key in keyed.episodes.keys where known[Int(key)].first?.trace.device == event.device {
            arm(key, at: event.now, &timers)
        }
    }
}

extension DurationRule {
    package func status(ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
        guard let number = keyed.keys(ofText: key).first, Int(number) < known.count else { return [] }
        if let episode = keyed.episodes[number] {
            let ago = (now - episode.last).spoken
            return [
                RuleStatus(
                    zh: "已报警，第 \(episode.stage) 级；最近一次在 \(ago.zh)前",
                    en: "raised, stage \(episode.stage); the last "
                        + "of it was \(ago.en) ago")
            ]
        }
        if keyed.episodes.isQuiet(number, at: now) { return [RuleStatus(zh: "结案后静默中", en: "quiet after the last one")] }
        guard let run = dwell.run(Int(number)) else {
            return [RuleStatus(zh: "当前没有这种状态", en: "the state does not hold now")]
        }
        let begins = keyed.opening(from: run.start, context) ?? .distantFuture
        if begins > now {
            let due = known[Int(number)].due
            return [
                RuleStatus(
                    zh: "状态已持续 \((now - run.start).spoken.zh)，规则时段开始后起算",
                    en: "it has lasted \((now - run.start).spoken.en), and counts from when the rule's hours begin",
                    due: gap == nil && due < .distantFuture ? due : nil)
            ]
        }
        let lasted = max(.zero, (gap == nil ? now : run.last) - begins).spoken
        let due = known[Int(number)].due
        return [
            RuleStatus(
                zh: "已持续\(lasted.zh)，需要\(shortest.spoken.zh)",
                en: "it has lasted \(lasted.en); it takes \(shortest.spoken.en)",
                due: gap == nil && due < .distantFuture ? due : nil)
        ]
    }
}

extension DurationRule {
    /// O(keys).
    package func write(_ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("LAST", version: 2)
        keyed.writeKeys(context, to: &writer)
        dwell.write(keys: keyed.keyCount, to: &writer)
        for key in 0..<keyed.keyCount {
            let known = key < known.count ? known[key] : Known()
            writer.optional(known.first) { $1.write(context, to: &$0) }
            writer.instant(known.seen)
            writer.instant(known.due)
        }
        keyed.writeEpisodes(context, to: &writer)
        writer.dictionary(away) { writer, device, blind in
            writer.integer(device)
            writer.instant(ifAny: blind.awaySince)
            writer.array(blind.intervals) { writer, interval in
                writer.instant(interval.from)
                writer.instant(interval.to)
            }
        }
        writer.word(context.days.checksum)
        writer.instants(since)
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        // 1: outside of the calendar nothing was kept.
        let (section, version) = try reader.open("LAST", versions: 1...2)
        known = Paged()
        since = [:]
        try keyed.readKeys(from: &reader, numbers)
        try dwell.read(keys: keyed.keyCount, from: &reader)
        for _ in 0..<keyed.keyCount {
            var one = Known()
            one.first = try reader.optional { (reader) throws(StateError) in
                try PendingSighting(from: &reader, &numbers)
            }
            one.seen = try reader.instant()
            one.due = try reader.instant()
            known.append(one)
        }
        try keyed.readEpisodes(from: &reader, &numbers)
        away = try reader.dictionary(ofSize: 3) { (reader) throws(StateError) in
            let device = numbers.deviceKept(try reader.integer32())
            var blind = BlindIntervals()
            blind.awaySince = try reader.instantIfAny()
            try reader.each(ofSize: 16) { (reader) throws(StateError) in
                blind.add(from: try reader.instant(), to: try reader.instant(), .lost)
            }
            return device < 0 ? nil : (device, blind)
        }
        var checksum: UInt64?
        if version > 1 {
            checksum = try reader.word()
            since = try reader.instants()
        }
        if checksum != numbers.context.days.checksum {
            for key in waiting() { known[key].due = known[key].seen }
        }
        try reader.close(section)
    }

    /// The keys whose next stage rests on the calendar alone.
    private func waiting() -> [Int] {
        guard gap == nil, keyed.settings.calendar != nil else { return [] }
        return known.indices.filter { dwell.run($0) != nil && known[$0].first != nil }
    }

    /// The clock was set, and a calendar opens by the clock: all that waits for it is looked at with the next record.
    package mutating func lookAtCalendar(timers: inout Timers) {
        for key in waiting() { arm(Int32(key), at: known[key].seen, &timers) }
    }

    /// Episodes that nobody was told of are taken back, and come once; those that were told go on.
    package mutating func adopt(toldBy other: DurationRule) {
        for key in keyed.episodes.keys.sorted() {
            keyed.episodes[key] = nil
            since[key] = nil
            // What needs no sighting is overdue, and comes with the next record.
            known[Int(key)].due = gap == nil ? known[Int(key)].seen : .distantFuture
        }
        let taken = keyed.adopt(other.keyed)
        if keyed.keyCount > known.count { known.append(keyed.keyCount - known.count, of: Known()) }
        for key in taken {
            guard let number = other.keyed.keys(ofText: keyed.text(key)).first else { continue }
            let there = Int(number)
            let at = Int(key)
            if dwell.run(at) == nil, let run = other.dwell.run(there) {
                dwell.put(run, at: at)
                known[at] = other.known[there]
            }
            // Its next stage or its end is worked out then: no earlier than its last sighting was heard of.
            known[at].due = known[at].seen + (gap ?? .zero)
            known[at].begins = .distantPast
            since[key] = other.since[number]
        }
        for (device, blind) in other.away where away[device] == nil { away[device] = blind }
    }

    package func rearm(_ timers: inout Timers) {
        for key in known.indices where known[key].due < .distantFuture {
            timers.absences.arm(keyed.timer(Int32(key)), at: known[key].due)
        }
    }

    package mutating func shift(by length: Milliseconds) {
        dwell.shift(by: length)
        keyed.episodes.shift(by: length)
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
