import Feeds
import SiteConfiguration
import Timekeeping
import Windowing

/// At which pace a device calls for help, and what became of its last call.
///
/// Intuition: nobody presses a button ten times at even gaps over ten minutes. A device that does is stuck in alarm: it
/// is told once, as an alert like any other, and what it goes on telling joins that alert.
///
/// Law: stuck from the tenth call of a run of gaps that differ by at most ``slack`` or ``share``, whichever is more,
/// once the run is ``lengthLeast`` long; until a gap that differs. An uneven call raises as ever. Cost: O(9) a call,
/// about 500 B a device that called.
struct CallPace: Sendable {
    /// A hub may call for many: each of their calls has a pace of its own.
    struct Key: Hashable, Comparable, Sendable {
        var device: Int32
        var key: Int32

        static func < (a: Key, b: Key) -> Bool { (a.device, a.key) < (b.device, b.key) }
    }

    /// Of so many alerts that it called is known whether they are open.
    static let episodesMax = 12
    static let callsLeast = 10
    static let lengthLeast = Milliseconds.minutes(10)
    static let slack = Milliseconds.seconds(5)
    static let share: Int64 = 10
    /// What it goes on telling is told to people once in so long, …
    static let toldEvery = Milliseconds.hours(1)
    /// … and when somebody has closed its alert, the next is raised no sooner after the last.
    static let raisedEvery = Milliseconds.hours(1)
    /// Of so many devices a pace is kept; the half that called longest ago goes first.
    static let devicesMax = 4096

    /// The last call.
    var last: Instant
    /// The last gaps of the run, at most nine, in ms.
    var gaps: [Int64] = []
    /// When the run began.
    var since: Instant
    /// The alerts that it called and nobody has closed, the newest last.
    var episodes: [Incident.Episode] = []
    /// Calls of the newest.
    var count = 0
    /// When it raised an alert last, and when people were told of one.
    var raised = Instant.distantPast
    var told = Instant.distantPast

    init(at instant: Instant) {
        last = instant
        since = instant
    }

    var isStuck: Bool { gaps.count >= CallPace.callsLeast - 1 && last - since >= CallPace.lengthLeast }

    /// The mean of the last gaps.
    var pace: Milliseconds { Milliseconds(gaps.isEmpty ? 0 : gaps.reduce(0, +) / Int64(gaps.count)) }

    /// Takes in a call.
    mutating func call(at instant: Instant) {
        let gap = abs((instant - last).count)
        let all = gaps + [gap]
        let most = all.max() ?? gap
        let least = all.min() ?? gap
        if most - least <= max(CallPace.slack.count, most / CallPace.share) {
            gaps.append(gap)
            if gaps.count >= CallPace.callsLeast { gaps.removeFirst() }
        } else {
            gaps = [gap]
            since = last
        }
        last = max(last, instant)
    }
}

extension Incident {
    /// The key; a call for help that has none stands for its device.
    mutating func number(of event: Event, _ surroundings: Surroundings) -> Int32 {
        let number = keyer.number(of: event, surroundings)
        guard number < 0, isLifeSafety else { return number }
        let name = surroundings.deviceName(event.device)
        return keyer.number(ofText: name.isEmpty ? surroundings.topicName(event.topic) : name)
    }

    mutating func remember(start: Instant, of key: Int32) {
        guard !(taken[key]?.contains(start) ?? false) else { return }
        taken[key, default: []].append(start)
        if taken[key, default: []].count > Incident.takenMax { taken[key]?.removeFirst() }
    }

    /// Whether a call is what a device that is stuck in alarm goes on telling: then it joins the newest alert that the
    /// device called and nobody has closed; with none, it is no more than that within the hour after the last.
    mutating func joinsItsOwn(
        _ event: Event, _ key: Int32, _ surroundings: Surroundings, _ output: inout RuleOutput
    ) -> Bool {
        guard event.device >= 0, !event.observation.marks.contains(.retained) else { return false }
        let name = CallPace.Key(device: event.device, key: key)
        var pace = paces[name] ?? CallPace(at: event.observation.time)
        if paces[name] != nil { pace.call(at: event.observation.time) }
        defer { keep(pace, of: name) }
        guard pace.isStuck, pace.raised > .distantPast || !pace.episodes.isEmpty else { return false }
        guard var episode = pace.episodes.last else { return event.now - pace.raised < CallPace.raisedEvery }
        pace.count += 1
        let isDanger = addsDanger(event, to: episode)
        episode.kinds |= 1 << UInt64(event.observation.kind.rawValue)
        if episode.traces.count < Incident.tracesMax { episode.traces.append(Trace(event)) }
        pace.episodes[pace.episodes.count - 1] = episode
        var joined = finding(.updated, key, episode, count: pace.count, pace: pace.pace, event)
        joined.isTold = isDanger || event.now - pace.told >= CallPace.toldEvery
        joined.countsOnly = !joined.isTold
        if joined.isTold { pace.told = event.now }
        output.findings.append(joined)
        return true
    }

    /// A call has raised an alert, or joined one.
    mutating func noteCall(_ event: Event, _ key: Int32, _ session: Sessions.Session, _ episode: Episode) {
        let name = CallPace.Key(device: event.device, key: key)
        guard event.device >= 0, var pace = paces[name] else { return }
        if episode.detected == event.now {
            pace.raised = event.now
            pace.told = event.now
        }
        if let known = pace.episodes.firstIndex(where: { $0.started == episode.started }) {
            pace.episodes[known] = episode
        } else {
            if pace.episodes.count == CallPace.episodesMax { pace.episodes.removeFirst() }
            pace.episodes.append(episode)
        }
        pace.count = session.count
        paces[name] = pace
    }

    private mutating func keep(_ pace: CallPace, of name: CallPace.Key) {
        if paces[name] == nil, paces.count >= CallPace.devicesMax {
            let oldest = paces.sorted { ($0.value.last, $0.key) < ($1.value.last, $1.key) }
            for (name, _) in oldest.prefix(CallPace.devicesMax / 2) { paces[name] = nil }
        }
        paces[name] = pace
    }

    /// What else there is to say of an episode.
    func alarm(of episode: Episode, pace: Milliseconds?) -> Finding.Alarm {
        var alarm = Finding.Alarm()
        alarm.pace = pace
        alarm.isMismatched = episode.isMismatched
        if settings.kind == .smokeFire {
            alarm.of = ObservationKind.allCases.filter { episode.kinds & 1 << UInt64($0.rawValue) != 0 }
        }
        return alarm
    }
}
