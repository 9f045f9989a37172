import Community
import Feeds
import SiteConfiguration
package import Timekeeping
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
package struct Lasting: RuleEngine {
    /// What is known of a key besides its dwell.
    struct Known: Sendable {
        /// The sighting that its run began with.
        var first: Mark?
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
        _ event: Event, _ surroundings: Surroundings, timers: inout Timers, into output: inout RuleOutput
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
        _ key: Int32, _ event: Event, _ surroundings: Surroundings, _ timers: inout Timers, _ output: inout RuleOutput
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
            known[at].first = Mark(event, place: surroundings.placeNumber(of: event))
            known[at].seen = .distantPast
        case .joined:
            if time < before?.start ?? time {
                known[at].first = Mark(event, place: surroundings.placeNumber(of: event))
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
        _ key: Int32, _ event: Event, _ surroundings: Surroundings, _ timers: inout Timers, _ output: inout RuleOutput
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
        _ key: Int32, _ run: Dwell.Run, _ event: Event, _ surroundings: Surroundings, _ timers: inout Timers,
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
        _ key: Int32, _ run: Dwell.Run, now: Instant, _ surroundings: Surroundings, _ timers: inout Timers
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
        _ surroundings: Surroundings, _ output: inout RuleOutput
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
    private mutating func begins(_ key: Int32, _ run: Dwell.Run, _ surroundings: Surroundings) -> Instant {
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
    private func course(from start: Instant, _ surroundings: Surroundings) -> [StageSettings] {
        courses[settings.course(at: start, zone, surroundings.days)]
    }

    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ surroundings: Surroundings,
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
        _ key: Int32, at now: Instant, _ trace: Trace?, _ surroundings: Surroundings, _ timers: inout Timers,
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
        _ change: Finding.Change, _ key: Int32, at now: Instant, _ trace: Trace?, _ surroundings: Surroundings,
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
