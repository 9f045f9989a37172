import Community
import Diagnostics
import Feeds
import SiteConfiguration
package import Timekeeping
import Vocabulary
package import Windowing

/// Events that belong together are one incident: what cameras see, calls for help, alarms, reports (docs/rules.md).
///
/// Data flow of an event: match → key → session (events up to `merge` apart) → confirmation (`count` within a time, by
/// `devices` devices; of a throw also by its path) → one finding a session, and with `publish` one actuation.
/// An incident never resolves: the end of a session only closes the merge window.
/// Life safety is not filtered: it raises retained, late, in settling and in a cooldown, and never joins an alert that
/// somebody has taken or closed, but for what a device that is stuck in alarm goes on telling (``CallPace``).
/// An episode is one session's, and a key may have several that go on, so it is no ``KeyedRule``.
/// State per key: up to four sessions of about 48 B, of each unfinished one an episode of about 300 B.
package struct IncidentRule: RuleEngine {
    /// What is known of one session.
    struct Episode: Sendable {
        var started: Instant
        var traces: [Trace] = []
        var devices: [(device: Int32, last: Instant)] = []
        var confidence: Float = .nan
        var floor: Int?
        var detected: Instant?
        /// Something that could be believed by itself was seen; else it takes a second camera, or a second time.
        var isCertain = false
        var fit: FallFit?
        /// The rule's name when it was raised, where that was another: the alert's id goes by it.
        var formerName: String?
        var place: Int32 = -1
        var person: Int32 = -1
        /// Numbers among the words, of a report: category, text, who reported.
        var category: Int32 = -1
        var text: Int32 = -1
        var by: Int32 = -1
        /// Bit n: a kind of observation that belongs to it.
        var kinds: UInt64 = 0
        /// A payload named another device than its topic.
        var isMismatched = false
    }

    struct Hold: Sendable {
        /// The session that it lasts as long as.
        var serial: Int64
        /// The latest end.
        var until: Instant
        /// When it is released if nothing more is seen.
        var release: Instant

        static let noSession: Int64 = -1
    }

    /// Of one episode at most so many records and cameras are kept as evidence.
    static let tracesMax = 8
    static let devicesMax = 16
    /// Of one key so many that were taken or closed are known.
    private static let takenMax = 8
    /// docs/rules.md, "Actuation": at most so many times a minute a device.
    private static let actuationsPerMinute = 6
    /// A throw that one camera suspects counts with another camera's within this …
    private static let secondCamera = Milliseconds.seconds(3)
    /// … or with another suspicion within this.
    private static let secondTime = Milliseconds.minutes(10)
    /// So many tracks of one camera within ``swarmSpan`` are rain, leaves or insects.
    private static let swarm = 4
    private static let swarmSpan = Milliseconds.seconds(10)
    /// Life safety that is told so much later by a clock that is trusted is less urgent.
    private static let oldAge = Milliseconds.hours(24)

    /// Dangers that nobody sees.
    private static let unseen: UInt64 =
        1 << UInt64(ObservationKind.gas.rawValue) | 1 << UInt64(ObservationKind.carbonMonoxide.rawValue)

    let rule: Int
    let settings: RuleSettings
    package let isLifeSafety: Bool
    let owner: Int32
    private let matcher: Matcher
    /// Of a built-in rule: the scopes of the written ones, to which it leaves what is in them.
    private let leaves: [Matcher]
    private let zone: Zone
    var keyer: Keyer
    var sessions: Sessions
    var confirmation: SlidingCount?
    var episodes: [Int64: Episode] = [:]
    /// By key: when its last raised session ended, its cooldown included.
    var quietUntil: [Int32: Instant] = [:]
    /// By key: when something was suspected last.
    var suspected: [Int32: Instant] = [:]
    /// Of life safety, by key: when what was raised, taken or closed had begun, the latest last.
    var taken: [Int32: [Instant]] = [:]
    /// Of life safety, by device and key: at which pace it calls, and the alerts that it called.
    var paces: [CallPace.Key: CallPace] = [:]
    /// A built-in rule that was not there before: it looks at records after those that were stepped over before it was.
    package var isHeld = false
    /// By device: the tracks that began last, with their times.
    var tracks: [Int32: [(track: UInt32, at: Instant)]] = [:]
    /// By device: the hold that is not released yet. By device and not by key, since one key may have several lifts.
    var holds: [Int32: Hold] = [:]
    /// By device: when it was actuated, within the last minute.
    var actuated: [Int32: [Instant]] = [:]
    /// At so many episodes those are left out whose session is remembered no more.
    var forgetAt = IncidentRule.forgetLeast
    private static let forgetLeast = 64
    /// Actuations that were not done because a device had as many as it may in a minute, or because of an emergency.
    package internal(set) var actuationsDropped = 0

    package var kinds: UInt64 { matcher.kinds }
    package func kinds(of device: Int32) -> UInt64 { matcher.kinds(of: device) }

    package init(_ plan: RulePlan, timers: inout Timers) {
        rule = plan.rule
        settings = plan.settings
        zone = plan.zone
        isLifeSafety = settings.kind.isLifeSafety
        matcher = Matcher(settings.match, plan)
        leaves = settings.leaves.map { Matcher($0, plan) }
        keyer = Keyer(settings.keys[0])
        owner = timers.others.addOwner(keys: 0)
        sessions = Sessions(gap: settings.merge, keys: 0)
        if settings.confirm.count > 1 {
            confirmation = SlidingCount(length: settings.confirm.within, atLeast: settings.confirm.count, keys: 0)
        }
    }

    /// O(sessions of the key), at most four.
    package mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        guard isLifeSafety || !event.observation.marks.contains(.retained), !isHeld else { return }
        guard matcher.truth(event, context) == .yes else { return }
        for other in leaves where other.truth(event, context) == .yes { return }
        let key = number(of: event, context)
        guard key >= 0 else { return }
        if isLifeSafety, joinsItsOwn(event, key, context, &output) { return }
        let time = event.windowTime(for: settings.merge)
        let outcome = sessions.add(Int(key), at: time, now: event.now)
        let session = outcome.session
        // A clock that stands still tells each call at the same time: behind one that is taken it is another.
        let isOfTaken = taken[key]?.contains(event.observation.time) ?? false
        let start = isOfTaken ? event.now : event.observation.time
        if case .began = outcome {
            forget(at: event.now)
            episodes[session.serial] = Episode(
                started: start, place: context.place(of: event)?.index ?? -1)
        }
        let confirmTime = event.windowTime(for: settings.confirm.within)
        let seen = confirmation?.add(Int(key), at: confirmTime) ?? 1
        guard var episode = episodes[session.serial] else { return }
        let isNews = note(event, at: confirmTime, in: &episode)
        let isSwarm = isOfSwarm(event)
        if episode.detected == nil {
            // Until the raise an earlier event that comes late moves the start; then it is frozen, and the id with it.
            episode.started = min(episode.started, start)
            if !isSwarm, isConfirmed(&episode, key, seen: seen, at: confirmTime), mayBegin(key, event, context) {
                episode.detected = event.now
                if isLifeSafety { remember(start: episode.started, of: key) }
                hold(event, session.serial, context, &output)
                output.findings.append(finding(.raised, key, episode, session, event))
            }
        } else if let isDanger = isNews {
            var news = finding(.updated, key, episode, session, event)
            news.isTold = isDanger
            output.findings.append(news)
        }
        if isLifeSafety, episode.detected != nil { noteCall(event, key, session, episode) }
        if episode.detected != nil, settings.cooldown > .zero {
            quietUntil[key] = session.last + settings.merge + settings.cooldown
        }
        // Released when the session ends, and at the latest when the hold's time is over.
        for (device, hold) in holds where hold.serial == session.serial {
            let release = min(event.now + settings.merge, hold.until)
            holds[device]?.release = release
            timers.others.arm(.init(owner: owner, key: device), at: release)
        }
        episodes[session.serial] = episode
    }

    /// Whether what was seen of an episode is enough.
    private mutating func isConfirmed(
        _ episode: inout Episode, _ key: Int32, seen: Int, at time: Instant
    ) -> Bool {
        // In both directions: an event that comes late is as far from a later one as the other way round.
        func devices(within length: Milliseconds) -> Int {
            episode.devices.count { abs((time - $0.last).count) < length.count }
        }
        guard seen >= settings.confirm.count, devices(within: settings.confirm.within) >= settings.confirm.devices
        else { return false }
        if episode.isCertain || devices(within: IncidentRule.secondCamera) > 1 { return true }
        let before = suspected.updateValue(time, forKey: key)
        // The frames of one suspicion are no second one.
        guard let before else { return false }
        let apart = abs((time - before).count)
        return apart > settings.merge.count && apart < IncidentRule.secondTime.count
    }

    /// Whether the calendar and the cooldown let an episode begin.
    private func mayBegin(_ key: Int32, _ event: Event, _ context: RuleContext) -> Bool {
        if isLifeSafety { return true }
        if let calendar = settings.calendar,
            !calendar.covers(event.observation.time, zone: zone, days: context.days)
        {
            return false
        }
        return quietUntil[key].map { event.windowTime(for: settings.merge) >= $0 } ?? true
    }

    /// Whether a camera sees so many things at once that none of them was thrown.
    private mutating func isOfSwarm(_ event: Event) -> Bool {
        guard settings.match.mustFall, event.observation.track != 0, event.device >= 0 else { return false }
        let now = event.observation.arrival
        var recent = tracks[event.device, default: []]
        recent.removeAll { now - $0.at >= IncidentRule.swarmSpan }
        if !recent.contains(where: { $0.track == event.observation.track }) {
            if recent.count >= IncidentRule.swarm { recent.removeFirst() }
            recent.append((event.observation.track, now))
        }
        tracks[event.device] = recent
        return recent.count >= IncidentRule.swarm
    }

    // MARK: Episodes

    /// Adds an event to what is known.
    /// - Returns: nil where it is nothing new; else whether it tells of a danger that nobody sees, beside others.
    private func note(_ event: Event, at time: Instant, in episode: inout Episode) -> Bool? {
        let observation = event.observation
        if episode.traces.count < IncidentRule.tracesMax { episode.traces.append(Trace(event)) }
        if !(episode.confidence >= observation.confidence) { episode.confidence = observation.confidence }
        if observation.floor != Int16.min { episode.floor = Int(observation.floor) }
        if event.person >= 0 { episode.person = event.person }
        if event.word >= 0 { episode.category = event.word }
        if event.text >= 0 { episode.text = event.text }
        if event.by >= 0 { episode.by = event.by }
        if let fit = event.fit, episode.fit?.falls != true { episode.fit = fit }
        if !settings.match.mustFall || event.fit?.falls ?? true { episode.isCertain = true }
        if observation.marks.contains(.mismatched) { episode.isMismatched = true }
        let isDanger = addsDanger(event, to: episode)
        episode.kinds |= 1 << UInt64(observation.kind.rawValue)
        if let known = episode.devices.firstIndex(where: { $0.device == event.device }) {
            episode.devices[known].last = max(episode.devices[known].last, time)
            return isDanger ? true : nil
        }
        guard episode.devices.count < IncidentRule.devicesMax else { return isDanger ? true : nil }
        episode.devices.append((event.device, time))
        return isDanger
    }

    /// Who is told of smoke may find fire there; of gas they must be told.
    private func addsDanger(_ event: Event, to episode: Episode) -> Bool {
        let kind: UInt64 = 1 << UInt64(event.observation.kind.rawValue)
        return settings.kind == .smokeFire && IncidentRule.unseen & kind & ~episode.kinds != 0
    }

    func finding(
        _ change: Finding.Change, _ key: Int32, _ episode: Episode, _ session: Sessions.Session, _ event: Event
    ) -> Finding {
        finding(change, key, episode, count: session.count, event)
    }

    /// - Parameter pace: of a device that is stuck in alarm.
    func finding(
        _ change: Finding.Change, _ key: Int32, _ episode: Episode, count: Int, pace: Milliseconds? = nil,
        _ event: Event
    ) -> Finding {
        let detail: Finding.Detail =
            settings.kind == .report
            ? .report(category: episode.category, text: episode.text, by: episode.by)
            : .sighting(
                count: count, devices: episode.devices.map(\.device), confidence: episode.confidence,
                floor: episode.floor, fit: episode.fit, alarm: alarm(of: episode, pace: pace))
        var finding = Finding(
            rule: rule, change: change, severity: settings.severity, key: keyer[key], started: episode.started,
            detected: episode.detected ?? event.now, at: event.now,
            place: episode.place < 0 ? nil : .init(index: episode.place), residents: [],
            device: episode.devices.first?.device ?? event.device, lastEvidence: Trace(event), evidence: episode.traces,
            detail: detail, isTold: change == .raised, raisedBy: episode.formerName)
        finding.person = episode.person
        if event.observation.marks.contains(.retained) {
            finding.age = .standing
        } else if event.observation.arrival - event.observation.time > Milliseconds.minutes(1) {
            finding.age = .late
        }
        if isLifeSafety, event.isClockTrusted, event.now - event.observation.time > IncidentRule.oldAge {
            finding.severity = settings.severity.lower
        }
        if settings.match.mustFall, !episode.isCertain { finding.verdict = .suspected }
        return finding
    }

    /// Episodes whose session is remembered no more, and what was suspected or quiet long ago.
    private mutating func forget(at now: Instant) {
        guard episodes.count > forgetAt else { return }
        var live: Set<Int64> = []
        for other in 0..<keyer.count { live.formUnion(sessions.sessions(other).map(\.serial)) }
        episodes = episodes.filter { live.contains($0.key) }
        forgetAt = max(IncidentRule.forgetLeast, 2 * episodes.count)
        quietUntil = quietUntil.filter { $0.value > now }
        suspected = suspected.filter { now - $0.value <= IncidentRule.secondTime }
        tracks = tracks.filter { !$0.value.isEmpty && now - $0.value[$0.value.count - 1].at < IncidentRule.swarmSpan }
    }

    /// Nothing joins it any more: what comes next is another incident.
    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        take(key: key, started: started, at: now)
        let number = keyer.find(key)
        for pace in paces.keys where pace.key == number { paces[pace]?.episodes.removeAll { $0.started == started } }
    }

    /// Somebody has taken it in hand: what is told next is another call, unless its device is stuck in alarm.
    package mutating func take(key: String, started: Instant, at now: Instant) {
        let number = keyer.find(key)
        guard number >= 0 else { return }
        if isLifeSafety { remember(start: started, of: number) }
        for session in sessions.sessions(Int(number)) where episodes[session.serial]?.started == started {
            sessions.end(Int(number), serial: session.serial)
            episodes[session.serial] = nil
            if settings.cooldown > .zero { quietUntil[number] = now + settings.cooldown }
        }
    }

    // MARK: Actuations

    private mutating func hold(
        _ event: Event, _ serial: Int64, _ context: RuleContext, _ output: inout RuleOutput
    ) {
        guard let publish = settings.publish, let fresh = freshUntil(event, publish.fresh) else { return }
        guard !context.hasEmergency(near: event), allow(event.device, at: event.now) else {
            actuationsDropped += 1
            return
        }
        let device = context.deviceName(event.device)
        output.actuations.append(
            Actuation(topic: fill(publish.topic, device), payload: fill(publish.payload, device), freshUntil: fresh))
        guard publish.release != nil else { return }
        let until = event.now + publish.max
        holds[event.device] = Hold(serial: serial, until: until, release: until)
    }

    /// Until when the observation is fresh; nil where it is not. Live it counts from its arrival. While the broker
    /// hands over its backlog every arrival is now, so the payload's own time counts; without one its age is unknown,
    /// and nothing is done.
    private func freshUntil(_ event: Event, _ fresh: Milliseconds) -> Instant? {
        guard event.isSettling || event.isHistory else { return event.observation.arrival + fresh }
        guard event.observation.marks.contains(.ownTime) else { return nil }
        let until = event.observation.time + fresh
        return until >= event.now ? until : nil
    }

    private mutating func allow(_ device: Int32, at now: Instant) -> Bool {
        var times = actuated[device, default: []]
        times.removeAll { now - $0 >= Milliseconds.minutes(1) }
        defer { actuated[device] = times }
        guard times.count < IncidentRule.actuationsPerMinute else { return false }
        times.append(now)
        return true
    }

    /// A device's hold is over: its session has ended, or the hold has lasted as long as it may.
    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        release(timer.key, context, &output)
    }

    /// A fire or a call for help has come: what is held in its building is released at once.
    package mutating func releaseForEmergency(
        at now: Instant, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        for device in holds.keys.sorted()
        where context.hasEmergency(at: context.place(ofDevice: device), now) {
            timers.others.disarm(.init(owner: owner, key: device))
            release(device, context, &output)
        }
    }

    private mutating func release(_ device: Int32, _ context: RuleContext, _ output: inout RuleOutput) {
        guard holds.removeValue(forKey: device) != nil, let publish = settings.publish, let release = publish.release
        else { return }
        let name = context.deviceName(device)
        output.actuations.append(
            Actuation(topic: fill(publish.topic, name), payload: fill(release, name), freshUntil: nil))
    }

    private func fill(_ text: String, _ device: String) -> String { text.replacing("{device}", with: device) }
}

extension IncidentRule {
    package func status(ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
        let number = keyer.find(key)
        guard number >= 0 else { return [] }
        var told: [RuleStatus] = []
        for session in sessions.sessions(Int(number)) {
            guard let episode = episodes[session.serial] else { continue }
            let ago = (now - session.last).spoken
            if episode.detected != nil {
                told.append(
                    RuleStatus(
                        zh: "已报警；最近一次在 \(ago.zh)前，间隔不超过 \(settings.merge.spoken.zh)的并入同一预警",
                        en: "raised; the last event was \(ago.en) ago, and what comes within "
                            + "\(settings.merge.spoken.en) of it joins"))
                continue
            }
            told.append(missing(of: episode, session, ago))
        }
        if let until = quietUntil[number], until > now {
            let left = (until - now).spoken
            told.append(
                RuleStatus(zh: "结案后静默，还有 \(left.zh)", en: "quiet after the last one for \(left.en) more"))
        }
        if told.isEmpty { told.append(RuleStatus(zh: "近期没有符合条件的记录", en: "no record of late that it looks at")) }
        return told
    }

    private func missing(of episode: Episode, _ session: Sessions.Session, _ ago: LocalizedText) -> RuleStatus {
        let confirm = settings.confirm
        if confirm.count > 1 || confirm.devices > 1 {
            let within = confirm.within.spoken
            return RuleStatus(
                zh: "\(ago.zh)前见到 \(session.count) 次、\(episode.devices.count) 个设备；需要 \(within.zh)内 "
                    + "\(confirm.count) 次、\(confirm.devices) 个设备",
                en:
                    "\(session.count) by \(episode.devices.count) devices \(ago.en) ago; it takes \(confirm.count) by "
                    + "\(confirm.devices) within \(within.en)")
        }
        if !episode.isCertain {
            return RuleStatus(
                zh: "\(ago.zh)前见到，但轨迹不像坠落；需要另一摄像头 3 秒内或 10 分钟内再次见到",
                en:
                    "seen \(ago.en) ago, but the path is no fall's; it takes another camera within 3 s or another "
                    + "event within 10 min")
        }
        return RuleStatus(
            zh: "\(ago.zh)前见到，但不在生效时段或仍在静默期", en: "seen \(ago.en) ago, outside of the calendar or in the quiet time")
    }
}

extension IncidentRule {
    /// The key; a call for help that has none stands for its device.
    mutating func number(of event: Event, _ context: RuleContext) -> Int32 {
        let number = keyer.number(of: event, context)
        guard number < 0, isLifeSafety else { return number }
        let name = context.deviceName(event.device)
        return keyer.number(ofText: name.isEmpty ? context.topicName(event.topic) : name)
    }

    mutating func remember(start: Instant, of key: Int32) {
        guard !(taken[key]?.contains(start) ?? false) else { return }
        taken[key, default: []].append(start)
        if taken[key, default: []].count > IncidentRule.takenMax { taken[key]?.removeFirst() }
    }

    /// Whether a call is what a device that is stuck in alarm goes on telling: then it joins the newest alert that the
    /// device called and nobody has closed; with none, it is no more than that within the hour after the last.
    private mutating func joinsItsOwn(
        _ event: Event, _ key: Int32, _ context: RuleContext, _ output: inout RuleOutput
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
        if episode.traces.count < IncidentRule.tracesMax { episode.traces.append(Trace(event)) }
        pace.episodes[pace.episodes.count - 1] = episode
        var joined = finding(.updated, key, episode, count: pace.count, pace: pace.pace, event)
        joined.isTold = isDanger || event.now - pace.told >= CallPace.toldEvery
        joined.countsOnly = !joined.isTold
        if joined.isTold { pace.told = event.now }
        output.findings.append(joined)
        return true
    }

    /// A call has raised an alert, or joined one.
    private mutating func noteCall(_ event: Event, _ key: Int32, _ session: Sessions.Session, _ episode: Episode) {
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
    private func alarm(of episode: Episode, pace: Milliseconds?) -> Finding.Alarm {
        var alarm = Finding.Alarm()
        alarm.pace = pace
        alarm.isMismatched = episode.isMismatched
        if settings.kind == .smokeFire {
            alarm.of = ObservationKind.allCases.filter { episode.kinds & 1 << UInt64($0.rawValue) != 0 }
        }
        return alarm
    }
}
