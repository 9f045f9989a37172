import Community
import Diagnostics
import Feeds
import SiteConfiguration
import StateCoding
package import Timekeeping
import Vocabulary
package import Windowing

/// The rules about devices themselves: `device_silent`, `upstream_silent`, `device_stuck`, `device_flooding`,
/// `clock_fault` and `identity_mismatch` (docs/rules.md). All are conditions: they resolve when they end.
///
/// What silence is, and whose it is, ``Coverage`` alone says; no rule asks another. A device's silence is told `settle`
/// after it is known, unless it belongs to a hub's, and not before somebody else behind the same hub was heard after
/// its next word was due, or it is certain that nobody will tell. A hub's silence is one alert, told at the moment in
/// which enough devices are silent; what falls silent later joins it. Whoever is silent still when the hub is back has
/// its whole limit to speak again.
///
/// Timers of silence are `timers.absences`, though silence is a condition: one that came due while the box was down
/// must wait for the backlog, which may hold the word that was missed. The others are `timers.others`.
/// A key is a device or a hub, by the registry's number, and what holds is a ``Condition``: it is no ``KeyedRule``.
/// Cost: O(1) a record, and a look at all devices behind a hub where one of them falls silent or speaks again; 16 B a
/// device for a flood, nothing for the others while all is well.
package struct DeviceHealth: RuleEngine {
    /// A condition that holds.
    struct Condition: Equatable, Sendable {
        var started: Instant
        var detected: Instant
        /// The device that stands for it.
        var device: Int32
        /// Of a hub, the devices that were told to be silent with it.
        var others: [Int32] = []
        var count = 0
        /// When it is over, if nothing more comes; nil where only a record ends it.
        var ends: Instant?
        /// Somebody closed it: that it goes on, and at last is over, is nobody's news.
        var isClosed = false
        /// When it truly began, where the rule's calendar let it begin only later.
        var since: Instant?
        /// Of what waits for the calendar, or for the end of a cooldown: when it is looked at next.
        var opens: Instant?
        /// Of `device_stuck`: so many of its last messages said that they are the same; 0 where it is stuck otherwise.
        var repeatedIDs = 0
        /// The rule's name when it was raised, where that was another.
        var formerName: String?
    }

    /// Records of a device in a minute that began with one.
    struct Minute: Equatable, Sendable {
        var from = Instant.distantPast
        var count: Int32 = 0

        /// Counts a record; returns how many there are in its minute.
        mutating func take(_ at: Instant, every length: Milliseconds) -> Int32 {
            if at < from || at - from >= length { self = Minute(from: at, count: 0) }
            if count < Int32.max { count += 1 }
            return count
        }
    }

    /// In which of the last 60 minutes a device told what was old.
    struct HandIn: Equatable, Sendable {
        /// Of the epoch, the newest in which it did.
        var minute: Int64 = 0
        /// Bit n: n minutes before that.
        var minutes: UInt64 = 0

        static let hour: UInt64 = 1 << 60 - 1

        /// Takes in something old; returns in how many minutes of the last hour something was.
        mutating func take(_ at: Instant) -> Int {
            let now = at.milliseconds / 60_000
            if now > minute { minutes = now - minute < 60 ? minutes << UInt64(now - minute) & HandIn.hour : 0 }
            minute = max(minute, now)
            if minute - now < 60 { minutes |= 1 << UInt64(minute - now) }
            return minutes.nonzeroBitCount
        }

        func isOver(at instant: Instant) -> Bool { instant.milliseconds / 60_000 - minute >= 60 }
    }

    /// So many impossible times, and no right one between them, are a wrong clock.
    static let faultsLeast = 3
    /// A device that was not taken for another for so long is itself again.
    static let impostureOver = Milliseconds.hours(1)

    let rule: Int
    let name: String
    let kind: RuleKind
    /// Kept, since a comparison of kinds is a call of another module.
    private let isOfHubs: Bool
    let severity: Severity
    let settings: DeviceSettings
    let cooldown: Milliseconds
    let calendar: RuleCalendar?
    let registry: Registry
    let zone: Zone
    package let kinds: UInt64
    let owner: Int32
    let rests: Rest
    /// By device of the registry, whether the rule looks at it.
    private let isWatched: ContiguousArray<Bool>
    /// It looks at every device, those included that the registry does not know.
    private let isOfAll: Bool
    /// By number of a device, of `upstream_silent` of a group.
    var open: [Int32: Condition] = [:]
    /// By the same: what holds and may not be told yet. Of silence nothing: that is looked at when it may.
    var waiting: [Int32: Condition] = [:]
    /// By the same: until when nothing is raised again.
    var quietUntil: [Int32: Instant] = [:]
    var minutes = Paged<Minute>()
    /// Of `device_flooding`, by device that handed in what was old.
    var handIns: [Int32: HandIn] = [:]
    /// By device that has told no right time since: when wrong ones came, while they are few.
    var faults: [Int32: [Instant]] = [:]
    /// Up to when silence was looked at.
    var looked = Instant.distantPast
    /// As it was read: when the silence of each is looked at next.
    var resumed: [Int32: Instant]?
    /// What is open was found by another meaning of silence: it is looked at once more.
    var looksAtOpen = false
    /// Devices or hubs whose next look waits for the next record, or for the instant at which it is armed: nothing
    /// else can change what was found.
    var asleep: Set<Int32> = []
    /// What was found of a hub last.
    var outage: (group: Int32, at: Instant, heard: Instant, found: Coverage.Outage?)?

    package init(_ plan: RulePlan, timers: inout Timers) {
        rule = plan.rule
        name = plan.settings.name
        kind = plan.settings.kind
        isOfHubs = kind == .upstreamSilent
        severity = plan.settings.severity
        if case .device(let settings) = plan.settings.window {
            self.settings = settings
        } else {
            settings = DeviceSettings()
        }
        cooldown = plan.settings.cooldown
        calendar = plan.settings.calendar
        registry = plan.registry
        zone = plan.zone
        let match = plan.settings.match
        isWatched = Matcher.devices(match, plan.registry)
        isOfAll = match.deviceKinds.isEmpty && match.devices.isEmpty && match.places.isEmpty
        kinds = ObservationKind.allCases.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
        rests =
            switch plan.settings.kind {
            case .deviceSilent, .upstreamSilent: settings.heartbeats >= 1 ? .routine : []
            case .deviceStuck: settings.unquiet >= Coverage.unquiet ? .healthy : []
            case .clockFault: .routine
            case .identityMismatch: .all
            default: []
            }
        let isSilence = kind == .deviceSilent || isOfHubs
        owner =
            isSilence
            ? timers.absences.addOwner(keys: plan.registry.devices.count)
            : timers.others.addOwner(keys: plan.registry.devices.count)
    }

    /// A device that never speaks is silent as well: it is looked at after its limit.
    package mutating func begin(at now: Instant, _ context: RuleContext, timers: inout Timers) {
        looked = now
        rearm(&timers)
    }

    package mutating func step(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        // A retained status tells whether a device is there; else a retained copy is no word of it.
        let isStatus = event.observation.kind == .offline || event.observation.kind == .online && kind == .deviceSilent
        guard event.device >= 0, !event.observation.marks.contains(.retained) || isStatus,
            isOfHubs || looksAt(event.device)
        else { return }
        switch kind {
        case .deviceSilent: stepSilent(event, context, &timers, &output)
        case .upstreamSilent: stepUpstream(event, context, &timers, &output)
        case .deviceStuck: stepStuck(event, context, &timers, &output)
        case .deviceFlooding: stepFlooding(event, context, &timers, &output)
        case .clockFault: stepClock(event, context, &timers, &output)
        default: break
        }
    }

    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ context: RuleContext,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        switch kind {
        case .deviceSilent: expireSilent(timer, deadline, now, context, &timers, &output)
        case .upstreamSilent: expireUpstream(timer, deadline, now, context, &timers, &output)
        case .deviceStuck: expireStuck(timer, deadline, now, context, &timers, &output)
        case .deviceFlooding, .identityMismatch, .clockFault:
            if let waits = waiting[timer.key] {
                look(timer.key, ends: waits.ends, deadline, now, context, &timers, &output)
            } else {
                resolve(timer.key, at: now, context, &output)
            }
        default: break
        }
    }

    package func kinds(of device: Int32) -> UInt64 { looksAt(device) ? kinds : 0 }

    func looksAt(_ device: Int32) -> Bool {
        device >= 0 && Int(device) < isWatched.count ? isWatched[Int(device)] : isOfAll
    }

    /// Whether some device behind a hub is one that the rule looks at: then it is about the hub, and all behind it.
    func looksAt(group: Int32, _ coverage: Coverage) -> Bool {
        isOfAll || coverage.groups[Int(group)].members.contains(where: looksAt)
    }

    // MARK: Silence of a device

    private mutating func stepSilent(
        _ event: Event, _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let device = event.device
        guard Int(device) < isWatched.count else { return }
        let from = context.coverage.silentFrom(
            device, missed: settings.heartbeats, handingIn: true, context.blind)
        if !open.isEmpty, open[device] != nil {
            if let from, from <= event.now { return }
            resolve(device, at: event.now, context, &output)
        }
        guard let from else { return }
        let due = from + settings.settle
        // What is handed in may end long before the last look: then the next look is soon enough, and not all between.
        timers.absences.arm(.init(owner: owner, key: device), at: due > looked ? due : nextLook(looked))
    }

    /// Looks at a device when its silence may be told, and after that whenever a multiple of `settle` has passed: all
    /// devices of a hub at once, and at the same instants whether there was a restart or not.
    private mutating func expireSilent(
        _ timer: TimerQueue.Timer, _ deadline: Instant, _ now: Instant, _ context: RuleContext,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let device = timer.key
        asleep.remove(device)
        let coverage = context.coverage
        let blind = context.blind
        let from = coverage.silentFrom(device, missed: settings.heartbeats, handingIn: true, blind)
        if let from, from + settings.settle > deadline, open[device] == nil, looksAt(device) {
            // It was heard since the timer was set: no look.
            timers.absences.arm(timer, at: from + settings.settle)
            return
        }
        looked = max(looked, deadline)
        if looksAtOpen, open[device] != nil {
            // Found by another meaning of silence, before a restart.
            let isSilent = from.map { $0 <= deadline } ?? (blind.awaySince != nil)
            if !isSilent { resolve(device, at: now, context, &output) }
        }
        guard open[device] == nil, looksAt(device) else { return }
        guard let from else {
            // The box does not listen now; of one without a heartbeat nothing is waited for.
            if coverage.heartbeat(device) != nil { sleep(device, until: nil, &timers) }
            return
        }
        guard deadline == from + settings.settle || isLook(deadline) || isOpening(deadline, context) else {
            timers.absences.arm(timer, at: nextLook(deadline))
            return
        }
        // Which are silent only grows without a record, so a hub's silence stays one.
        if outage(of: coverage.group(of: device), at: deadline, context) != nil {
            return sleep(device, until: nil, &timers)
        }
        if let doubt = doubt(device, context), doubt > deadline {
            return sleep(device, until: look(from: doubt), &timers)
        }
        guard mayBegin(device, at: deadline, context) else {
            let begins = begins(device, after: deadline, context)
            return sleep(device, until: begins.map { look(from: $0, context) }, &timers)
        }
        let condition = Condition(started: coverage.countedFrom(device), detected: deadline, device: device)
        raise(device, condition, at: now, context, &output)
    }

    /// Until when nobody knows whether the silence is the device's own, if nothing comes; nil where it is.
    private func doubt(_ device: Int32, _ context: RuleContext) -> Instant? {
        context.coverage.doubtful(
            device, missed: settings.heartbeats, least: settings.least, context.blind
        ).map { $0 + settings.settle }
    }

    // MARK: Telling

    func mayBegin(_ key: Int32, at now: Instant, _ context: RuleContext) -> Bool {
        if let until = quietUntil[key], now < until { return false }
        return calendar?.covers(now, zone: zone, days: context.days) ?? true
    }

    mutating func raise(
        _ key: Int32, _ condition: Condition, at now: Instant, _ context: RuleContext,
        _ output: inout RuleOutput
    ) {
        open[key] = condition
        quietUntil[key] = nil
        output.findings.append(finding(key, condition, .raised, at: now, context))
    }

    /// What is open ends then, if nothing more comes.
    mutating func end(_ key: Int32, at instant: Instant, _ timers: inout Timers) {
        guard var condition = open[key] else { return }
        condition.ends = instant
        open[key] = condition
        timers.others.arm(.init(owner: owner, key: key), at: instant)
    }

    mutating func resolve(
        _ key: Int32, at now: Instant, _ context: RuleContext, _ output: inout RuleOutput
    ) {
        guard let condition = open.removeValue(forKey: key) else { return }
        if cooldown > .zero {
            if quietUntil.count >= 4096 { quietUntil = quietUntil.filter { $0.value > now } }
            quietUntil[key] = now + cooldown
        }
        if condition.isClosed { return }
        output.findings.append(finding(key, condition, .resolved, at: now, context))
    }
}

// When silence is looked at: at whole multiples of `settle`, so that all devices of a hub are looked at at once, and at
// the same instants whether there was a restart or not; and not at all while nothing can change.

extension DeviceHealth {
    private var lookEvery: Int64 { max(settings.settle, Milliseconds.minutes(1)).count }
    func isLook(_ instant: Instant) -> Bool { instant.milliseconds % lookEvery == 0 }
    func nextLook(_ instant: Instant) -> Instant {
        Instant(milliseconds: (instant.milliseconds / lookEvery + 1) * lookEvery)
    }

    /// When silence is looked at next, by device or hub, as the timers have it: what is worked out again can be another
    /// instant than the one that is waited for. The distant future where nothing is waited for.
    func nextLooks(_ context: RuleContext, _ timers: Timers) -> [(key: Int32, at: Instant)] {
        let keys =
            switch kind {
            case .upstreamSilent: Int32(context.coverage.groups.count)
            case .deviceSilent: Int32(registry.devices.count)
            default: Int32(0)
            }
        return (0..<keys).compactMap { key in
            if kind == .deviceSilent, open[key] != nil || !looksAt(key) { return nil }
            return (key, timers.absences.deadline(of: .init(owner: owner, key: key)) ?? .distantFuture)
        }
    }

    // MARK: Sleep

    package var isAsleep: Bool { !asleep.isEmpty }

    /// Nothing can change before the next record, or before `until`: no looks between.
    mutating func sleep(_ key: Int32, until: Instant?, _ timers: inout Timers) {
        asleep.insert(key)
        let timer = TimerQueue.Timer(owner: owner, key: key)
        if let until { timers.absences.arm(timer, at: until) } else { timers.absences.disarm(timer) }
    }

    /// A record has come: all are looked at again at the next look.
    package mutating func wake(at now: Instant, timers: inout Timers) {
        guard !asleep.isEmpty else { return }
        // As if each look had been.
        looked = max(looked, Instant(milliseconds: now.milliseconds - now.milliseconds % lookEvery))
        for key in asleep {
            let timer = TimerQueue.Timer(owner: owner, key: key)
            let at = nextLook(now)
            if timers.absences.deadline(of: timer).map({ at < $0 }) ?? true { timers.absences.arm(timer, at: at) }
        }
        asleep.removeAll(keepingCapacity: true)
    }

    /// When an episode may begin that may not now; nil where it never may.
    func begins(_ key: Int32, after instant: Instant, _ context: RuleContext) -> Instant? {
        let from = max(instant, quietUntil[key] ?? instant)
        guard let calendar, from == instant || !calendar.covers(from, zone: zone, days: context.days) else {
            return from
        }
        return calendar.next(after: from, zone: zone, days: context.days)
    }

    /// Whether the calendar begins at an instant: then all that waited for it is looked at, whatever the looks are.
    func isOpening(_ instant: Instant, _ context: RuleContext) -> Bool {
        guard let calendar, calendar.covers(instant, zone: zone, days: context.days) else { return false }
        return !calendar.covers(instant - Milliseconds(1), zone: zone, days: context.days)
    }

    /// The first look at an instant or behind it, or the instant itself where the calendar begins then.
    func look(from instant: Instant, _ context: RuleContext) -> Instant {
        isOpening(instant, context) ? instant : look(from: instant)
    }

    /// The first look at an instant or behind it.
    func look(from instant: Instant) -> Instant { isLook(instant) ? instant : nextLook(instant) }
}

extension DeviceHealth {
    package func status(ofKey key: String, at now: Instant, _ context: RuleContext) -> [RuleStatus] {
        let coverage = context.coverage
        if kind == .upstreamSilent {
            guard let group = coverage.groups.indices.first(where: { coverage.groups[$0].name == key }) else {
                return []
            }
            if let told = open[Int32(group)] { return [DeviceHealth.told(told, now)] }
            return [
                RuleStatus(
                    zh: "其下 \(coverage.groups[group].members.count) 个设备",
                    en: "\(coverage.groups[group].members.count) devices behind it")
            ]
        }
        guard
            let device = context.registry.deviceByIdentity(key)?.index ?? context.registry.device(key)?.index
        else { return [] }
        if let told = open[device] { return [DeviceHealth.told(told, now)] }
        if let until = quietUntil[device], until > now {
            let left = (until - now).spoken
            return [RuleStatus(zh: "结案后静默，还有 \(left.zh)", en: "quiet after the last one for \(left.en) more")]
        }
        guard kind == .deviceSilent else { return [RuleStatus(zh: "未见异常", en: "nothing is wrong with it")] }
        guard let limit = coverage.limit(device, missed: settings.heartbeats) else {
            return [
                RuleStatus(
                    zh: "没有登记心跳，也还没学到，无法判断失联",
                    en: "no heartbeat is registered and none was learned yet, so it is never silent")
            ]
        }
        let heard = (now - coverage.countedFrom(device)).spoken
        return [
            RuleStatus(
                zh: "\(heard.zh)前有数据，\(limit.spoken.zh)无数据才算失联",
                en: "heard of \(heard.en) ago; it is silent after \(limit.spoken.en)",
                due: coverage.silentFrom(
                    device, missed: settings.heartbeats, handingIn: true, context.blind
                ).map { $0 + settings.settle })
        ]
    }

    private static func told(_ condition: Condition, _ now: Instant) -> RuleStatus {
        let since = (now - condition.started).spoken
        return RuleStatus(zh: "已报警，已持续\(since.zh)", en: "raised; it has lasted \(since.en)")
    }
}

// States of devices and the rule's calendar: what began outside of it, and still holds when it next does, begins then.
// Silence has no part in this: it runs on, and is looked at when it may be told.

extension DeviceHealth {
    /// A condition holds: it is raised, or it waits until it may be.
    mutating func begin(
        _ key: Int32, _ condition: Condition, at now: Instant, _ context: RuleContext, _ timers: inout Timers,
        _ output: inout RuleOutput
    ) {
        if mayBegin(key, at: now, context) {
            if !waiting.isEmpty { forget(waiting: key, &timers) }
            raise(key, condition, at: now, context, &output)
            return
        }
        // One that was over before goes on with nothing.
        if let known = waiting[key], known.ends.map({ $0 >= now }) ?? true {
            waiting[key]?.count = kind == .identityMismatch ? known.count + 1 : max(known.count, condition.count)
            return
        }
        guard let opens = begins(key, after: now, context) else { return }
        var condition = condition
        condition.opens = opens
        waiting[key] = condition
        timers.others.arm(.init(owner: owner, key: key), at: opens)
    }

    /// What waited is over.
    mutating func forget(waiting key: Int32, _ timers: inout Timers) {
        guard waiting.removeValue(forKey: key) != nil else { return }
        timers.others.disarm(.init(owner: owner, key: key))
    }

    /// The calendar begins, or a cooldown is over: what still holds begins.
    /// - Parameter ends: when it was or will be over if nothing more comes; nil where only a record ends it.
    mutating func look(
        _ key: Int32, ends: Instant?, _ deadline: Instant, _ now: Instant, _ context: RuleContext,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        guard var condition = waiting.removeValue(forKey: key) else { return }
        if let ends, ends <= deadline { return }
        guard mayBegin(key, at: deadline, context) else {
            guard let opens = begins(key, after: deadline, context) else { return }
            condition.opens = opens
            waiting[key] = condition
            timers.others.arm(.init(owner: owner, key: key), at: opens)
            return
        }
        if let calendar, !calendar.covers(condition.started, zone: zone, days: context.days) {
            condition.since = condition.started
            let opening = calendar.next(after: condition.started, zone: zone, days: context.days)
            condition.started = min(opening ?? deadline, deadline)
        }
        condition.opens = nil
        condition.ends = nil
        condition.detected = deadline
        raise(key, condition, at: now, context, &output)
        if let ends { end(key, at: ends, &timers) }
    }

    // MARK: State

    func writeWaiting(_ context: RuleContext, to writer: inout StateWriter) {
        writer.word(context.days.checksum)
        writer.dictionary(waiting) { writer, device, condition in
            writer.integer(device)
            condition.write(raisedBy: name, to: &writer)
        }
    }

    mutating func readWaiting(
        from reader: inout StateReader, _ numbers: Renumbering, _ version: UInt8
    ) throws(StateError) {
        waiting = [:]
        if version < 4 { return }
        let isSame = try reader.word() == numbers.context.days.checksum
        waiting = try reader.dictionary(ofSize: 20) { (reader) throws(StateError) in
            let device = numbers.device(try reader.integer32())
            var condition = try Condition(from: &reader, numbers, name: name, version)
            // With another sheet of holidays it is looked at again.
            if !isSame { condition.opens = condition.started }
            return device < 0 ? nil : (device, condition)
        }
    }

    /// The clock was set, and a calendar opens by the clock: what waits is looked at with the next record.
    package mutating func lookAtCalendar(timers: inout Timers) {
        for (key, condition) in waiting {
            timers.others.arm(.init(owner: owner, key: key), at: condition.started)
        }
    }
}
