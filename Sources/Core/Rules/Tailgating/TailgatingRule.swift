import Diagnostics
import Feeds
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Vocabulary
package import Windowing

/// `tailgating`: more people seen at a door than passed it.
///
/// Intuition: people who come within the rule's time of each other are a group. How many they are is what one camera
/// counts in one picture, or how many tracks it tells apart, whichever is more; of several cameras the one that sees
/// most. How many passed is how often the door was opened by a pass, a visitor's code or the button, from that time
/// before the group to that time after it. A pass may be told later than the picture, so it is decided by a timer.
/// A group is cut after a minute: the rush hour has no end, and must not be told at its end. Each of a group uses up a
/// pass, so that those of the people behind it do not hide who came without one.
///
/// An event: what comes up to `merge` after the last alert updates it; it never resolves. In the cooldown nothing is
/// raised. A group begins within the calendar alone. Where more passes came than are kept it is not decided: unknown.
/// Law: a group's decision rests on all that arrived until its timer, in whatever order; groups that begin before one
/// that was decided already count all passes around them.
/// State: 768 B a place with passes; a group about 600 B for as long as it lasts. Work: O(tracks of the group), at most
/// 64; what a group holds is allocated when it begins.
package struct TailgatingRule: RuleEngine {
    /// What one camera saw of a group.
    struct Camera: Sendable {
        var device: Int32
        var people: Int32 = 0
        var tracks: [UInt32] = []
    }

    struct Group: Sendable {
        /// First and last person by the time that windows are counted in.
        var first: Instant
        var last: Instant
        var due: Instant
        var cameras: [Camera] = []
        var episode: Episodes.Episode

        var seen: Int { cameras.reduce(0) { max($0, Int($1.people), $1.tracks.count) } }
    }

    /// The latest group that was decided.
    struct Decided: Equatable, Sendable {
        var last: Instant
        /// The passes up to here were its own.
        var used: Instant
    }

    /// Passes that are kept of a place: a minute and the time around it at almost one a second.
    private static let passesMax = 64
    fileprivate static let tracksMax = 64
    fileprivate static let camerasMax = 8
    private static let groupsMax = 4
    private static let groupLength = Milliseconds.minutes(1)
    private static let passKinds: UInt64 =
        1 << UInt64(ObservationKind.pass.rawValue) | 1 << UInt64(ObservationKind.visitorPass.rawValue)
        | 1 << UInt64(ObservationKind.exitButton.rawValue)

    private var keyed: KeyedRule
    private let atLeast: Int
    private let within: Milliseconds
    private var passes = DistinctCount(capacity: TailgatingRule.passesMax, keys: 0)
    private var serial: Int32 = 0
    /// By key, those that are not decided.
    private var groups: [Int32: [Group]] = [:]
    private var decided: [Int32: Decided] = [:]
    /// By key with an episode: when it is forgotten.
    private var forgetAt: [Int32: Instant] = [:]

    package var kinds: UInt64 { keyed.matcher.kinds | TailgatingRule.passKinds }

    package init(_ plan: RulePlan, timers: inout Timers) {
        guard case .excess(let atLeast, let within) = plan.settings.window else {
            preconditionFailure("a rule of an excess has one as its window")
        }
        self.atLeast = atLeast
        self.within = within
        keyed = KeyedRule(plan, timers: &timers)
    }

    package mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        let observation = event.observation
        if observation.marks.contains(.retained) { return }
        let time = event.windowTime(for: within)
        if TailgatingRule.passKinds & 1 << UInt64(observation.kind.rawValue) != 0 {
            serial &+= 1
            for lane in 0..<keyed.lanes {
                let key = keyed.key(lane, of: event, context)
                if key >= 0 { passes.addUnique(Int(key), serial, at: time) }
            }
            return
        }
        guard keyed.matcher.truth(event, context) == .yes, observation.count != 0 else { return }
        for lane in 0..<keyed.lanes {
            let key = keyed.key(lane, of: event, context)
            if key >= 0 { see(event, key, time, context, &timers) }
        }
    }

    private mutating func see(
        _ event: Event, _ key: Int32, _ time: Instant, _ context: RuleContext, _ timers: inout Timers
    ) {
        let known = groups[key]?.lastIndex { group in
            time >= group.first - within && time <= group.last + within
                && time - group.first <= TailgatingRule.groupLength
        }
        // What is handed over late waits as long for its passes as what is seen now.
        let due = max(time, event.isHistory ? event.now : time) + within
        if let known {
            groups[key]?[known].take(event, at: time, due: due)
        } else {
            guard keyed.mayBegin(at: event.observation.time, context) else { return }
            var group = Group(
                first: time, last: time, due: due, episode: Episodes.Episode(from: event, at: time, context))
            group.look(event)
            // With as many undecided ones the oldest is dropped: unknown.
            if groups[key]?.count == TailgatingRule.groupsMax { groups[key]?.removeFirst() }
            groups[key, default: []].append(group)
        }
        arm(key, &timers)
    }

    private func arm(_ key: Int32, _ timers: inout Timers) {
        let first = groups[key]?.map(\.due).min() ?? .distantFuture
        let due = min(first, forgetAt[key] ?? .distantFuture)
        if due < .distantFuture { timers.absences.arm(keyed.timer(key), at: due) }
    }

    // MARK: Decisions

    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        let key = timer.key
        for group in groups[key] ?? [] where group.due <= deadline {
            decide(group, key, deadline, now, context, &output)
        }
        groups[key]?.removeAll { $0.due <= deadline }
        if groups[key]?.isEmpty == true { groups[key] = nil }
        if let until = forgetAt[key], until <= deadline {
            forgetAt[key] = nil
            keyed.episodes[key] = nil
        }
        arm(key, &timers)
    }

    private mutating func decide(
        _ group: Group, _ key: Int32, _ deadline: Instant, _ now: Instant, _ context: RuleContext,
        _ output: inout RuleOutput
    ) {
        var begin = group.first - within - Milliseconds(1)
        guard passes.count(Int(key), after: begin) < TailgatingRule.passesMax else { return }
        let earlier = decided[key]
        if let earlier, group.first > earlier.last { begin = max(begin, earlier.used) }
        let later = passes.count(Int(key), after: begin)
        let passed = later - passes.count(Int(key), after: group.last + within)
        if group.last > earlier?.last ?? .distantPast {
            let used = passed > 0 ? passes.newest(later - min(passed, group.seen) + 1, of: Int(key)) : nil
            decided[key] = Decided(last: group.last, used: used ?? begin)
        }
        let excess = group.seen - passed
        guard excess >= atLeast else { return }
        let merge = keyed.settings.merge
        let cooldown = keyed.settings.cooldown
        var change = Finding.Change.raised
        if var episode = keyed.episodes[key] {
            let gap = group.first - episode.last
            if gap <= merge {
                change = .updated
                for trace in group.episode.traces where episode.traces.count < Episodes.tracesMax {
                    episode.traces.append(trace)
                }
                episode.last = max(episode.last, group.last)
                episode.count += group.episode.count
                keyed.episodes[key] = episode
            } else if gap < cooldown {
                return
            }
        }
        if change == .raised {
            if keyed.episodes.isQuiet(key, at: now) { return }
            var episode = group.episode
            episode.last = group.last
            episode.detected = deadline
            episode.stage = 1
            keyed.episodes[key] = episode
        }
        guard let episode = keyed.episodes[key] else { return }
        forgetAt[key] = max(deadline, episode.last) + max(merge, cooldown, within)
        output.findings.append(
            keyed.finding(
                change, key, episode, at: now, last: group.episode.traces.last,
                detail: .count(
                    count: excess, within: within, devices: episode.devices, people: group.seen, total: excess),
                context))
    }

    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        guard let key = keyed.find(key: key, started: started) else { return }
        keyed.episodes.end(key, at: now)
        forgetAt[key] = nil
    }
}

extension TailgatingRule.Group {
    fileprivate mutating func take(_ event: Event, at time: Instant, due: Instant) {
        first = min(first, time)
        last = max(last, time)
        self.due = max(self.due, due)
        episode.take(event, at: time)
        look(event)
    }

    /// How many one observation shows: those it counts, or its own track, or one.
    fileprivate mutating func look(_ event: Event) {
        let known = cameras.firstIndex { $0.device == event.device }
        if known == nil {
            guard cameras.count < TailgatingRule.camerasMax else { return }
            cameras.append(TailgatingRule.Camera(device: event.device))
        }
        let index = known ?? cameras.count - 1
        let track = event.observation.track
        cameras[index].people = max(cameras[index].people, event.observation.count, 1)
        if track != 0, cameras[index].tracks.count < TailgatingRule.tracksMax, !cameras[index].tracks.contains(track) {
            cameras[index].tracks.append(track)
        }
    }
}

extension TailgatingRule {
    package func write(_ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("EXCS", version: 1)
        keyed.write(context, to: &writer)
        for key in 0..<keyed.keyCount { passes.write(key, to: &writer) }
        writer.integer(serial)
        writer.dictionary(groups) { writer, key, waiting in
            writer.integer(key)
            writer.array(waiting) { $1.write(raisedBy: keyed.settings.name, context, to: &$0) }
        }
        writer.dictionary(decided) { writer, key, group in
            writer.integer(key)
            writer.instant(group.last)
            writer.instant(group.used)
        }
        writer.instants(forgetAt)
        writer.close(section)
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        let section = try reader.open("EXCS", version: 1)
        try keyed.read(from: &reader, &numbers)
        passes = DistinctCount(capacity: TailgatingRule.passesMax, keys: keyed.keyCount)
        for key in 0..<keyed.keyCount { try passes.read(key, from: &reader) { $0 } }
        serial = try reader.integer32()
        groups = try reader.dictionary(ofSize: 2) { (reader) throws(StateError) in
            let key = try keyed.readKey(from: &reader)
            let waiting = try reader.array(ofSize: 40) { (reader) throws(StateError) in
                try Group(from: &reader, &numbers, name: keyed.settings.name)
            }
            return (key, waiting)
        }
        decided = try reader.dictionary(ofSize: 17) { (reader) throws(StateError) in
            (try keyed.readKey(from: &reader), Decided(last: try reader.instant(), used: try reader.instant()))
        }
        forgetAt = try keyed.readInstants(from: &reader)
        try reader.close(section)
    }

    package mutating func adopt(toldBy other: TailgatingRule) {
        for key in keyed.adopt(other.keyed) {
            guard let episode = keyed.episodes[key] else { continue }
            forgetAt[key] = episode.last + max(keyed.settings.merge, keyed.settings.cooldown, within)
        }
    }

    package func rearm(_ timers: inout Timers) {
        for key in Set(groups.keys).union(forgetAt.keys) { arm(key, &timers) }
    }

    package mutating func shift(by length: Milliseconds) {
        keyed.episodes.shift(by: length)
        passes.shift(by: length)
        for key in groups.keys {
            for index in groups[key]?.indices ?? 0..<0 { groups[key]?[index].shift(by: length) }
        }
        for (key, group) in decided {
            decided[key] = Decided(last: group.last.shifted(by: length), used: group.used.shifted(by: length))
        }
        for (key, until) in forgetAt { forgetAt[key] = until.shifted(by: length) }
    }
}

extension TailgatingRule.Group {
    fileprivate func write(raisedBy name: String, _ context: RuleContext, to writer: inout StateWriter) {
        writer.instant(first)
        writer.instant(last)
        writer.instant(due)
        writer.array(cameras) { writer, camera in
            writer.integer(camera.device)
            writer.integer(camera.people)
            writer.array(camera.tracks) { $0.integer(Int($1)) }
        }
        episode.write(raisedBy: name, context, to: &writer)
    }

    fileprivate init(
        from reader: inout StateReader, _ numbers: inout Renumbering, name: String
    ) throws(StateError) {
        first = try reader.instant()
        last = try reader.instant()
        due = try reader.instant()
        cameras = try reader.array(ofSize: 3) { (reader) throws(StateError) in
            var camera = TailgatingRule.Camera(device: numbers.deviceKept(try reader.integer32()))
            camera.people = try reader.integer32()
            camera.tracks = try reader.array { (reader) throws(StateError) in
                guard let track = UInt32(exactly: try reader.integer()) else { throw reader.damaged("a track") }
                return track
            }
            return camera
        }
        episode = try Episodes.Episode(from: &reader, &numbers, name: name)
    }

    fileprivate mutating func shift(by length: Milliseconds) {
        first = first.shifted(by: length)
        last = last.shifted(by: length)
        due = due.shifted(by: length)
        episode.shift(by: length)
    }
}

extension TailgatingRule {
    package func status(ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
        keyed.status(ofKey: key, at: now) { key in
            let passed = passes.count(Int(key), after: now - within)
            let group = groups[key]?.last
            let seen = group?.seen ?? 0
            return RuleStatus(
                zh: "看到 \(seen) 人，\(within.spoken.zh)内通行 \(passed) 次；需要多出 \(atLeast) 人",
                en: "\(seen) seen, \(passed) passed within \(within.spoken.en); it takes \(atLeast) more seen than "
                    + "passed",
                due: group?.due)
        }
    }
}
