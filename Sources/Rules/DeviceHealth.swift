import Community
import Feeds
import SiteConfiguration
package import Timekeeping
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
    /// By the same: until when nothing is raised anew.
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
    package mutating func begin(at now: Instant, _ surroundings: Surroundings, timers: inout Timers) {
        looked = now
        rearm(&timers)
    }

    package mutating func step(
        _ event: Event, _ surroundings: Surroundings, timers: inout Timers, into output: inout RuleOutput
    ) {
        // A retained status tells whether a device is there; else a retained copy is no word of it.
        let isStatus = event.observation.kind == .offline || event.observation.kind == .online && kind == .deviceSilent
        guard event.device >= 0, !event.observation.marks.contains(.retained) || isStatus,
            isOfHubs || looksAt(event.device)
        else { return }
        switch kind {
        case .deviceSilent: stepSilent(event, surroundings, &timers, &output)
        case .upstreamSilent: stepUpstream(event, surroundings, &timers, &output)
        case .deviceStuck: stepStuck(event, surroundings, &timers, &output)
        case .deviceFlooding: stepFlooding(event, surroundings, &timers, &output)
        case .clockFault: stepClock(event, surroundings, &timers, &output)
        default: break
        }
    }

    package mutating func expire(
        _ timer: TimerQueue.Timer, deadline: Instant, now: Instant, _ surroundings: Surroundings,
        timers: inout Timers, into output: inout RuleOutput
    ) {
        switch kind {
        case .deviceSilent: expireSilent(timer, deadline, now, surroundings, &timers, &output)
        case .upstreamSilent: expireUpstream(timer, deadline, now, surroundings, &timers, &output)
        case .deviceStuck: expireStuck(timer, deadline, now, surroundings, &timers, &output)
        case .deviceFlooding, .identityMismatch, .clockFault:
            if let waits = waiting[timer.key] {
                look(timer.key, ends: waits.ends, deadline, now, surroundings, &timers, &output)
            } else {
                resolve(timer.key, at: now, surroundings, &output)
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
        _ event: Event, _ surroundings: Surroundings, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let device = event.device
        guard Int(device) < isWatched.count else { return }
        let from = surroundings.coverage.silentFrom(
            device, missed: settings.heartbeats, handingIn: true, surroundings.blind)
        if !open.isEmpty, open[device] != nil {
            if let from, from <= event.now { return }
            resolve(device, at: event.now, surroundings, &output)
        }
        guard let from else { return }
        let due = from + settings.settle
        // What is handed in may end long before the last look: then the next look is soon enough, and not all between.
        timers.absences.arm(.init(owner: owner, key: device), at: due > looked ? due : nextLook(looked))
    }

    /// Looks at a device when its silence may be told, and after that whenever a multiple of `settle` has passed: all
    /// devices of a hub at once, and at the same instants whether there was a restart or not.
    private mutating func expireSilent(
        _ timer: TimerQueue.Timer, _ deadline: Instant, _ now: Instant, _ surroundings: Surroundings,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let device = timer.key
        asleep.remove(device)
        let coverage = surroundings.coverage
        let blind = surroundings.blind
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
            if !isSilent { resolve(device, at: now, surroundings, &output) }
        }
        guard open[device] == nil, looksAt(device) else { return }
        guard let from else {
            // The box does not listen now; of one without a heartbeat nothing is waited for.
            if coverage.heartbeat(device) != nil { sleep(device, until: nil, &timers) }
            return
        }
        guard deadline == from + settings.settle || isLook(deadline) || isOpening(deadline, surroundings) else {
            timers.absences.arm(timer, at: nextLook(deadline))
            return
        }
        // Which are silent only grows without a record, so a hub's silence stays one.
        if outage(of: coverage.group(of: device), at: deadline, surroundings) != nil {
            return sleep(device, until: nil, &timers)
        }
        if let doubt = doubt(device, surroundings), doubt > deadline {
            return sleep(device, until: look(from: doubt), &timers)
        }
        guard mayBegin(device, at: deadline, surroundings) else {
            let begins = begins(device, after: deadline, surroundings)
            return sleep(device, until: begins.map { look(from: $0, surroundings) }, &timers)
        }
        let condition = Condition(started: coverage.countedFrom(device), detected: deadline, device: device)
        raise(device, condition, at: now, surroundings, &output)
    }

    /// Until when nobody knows whether the silence is the device's own, if nothing comes; nil where it is.
    private func doubt(_ device: Int32, _ surroundings: Surroundings) -> Instant? {
        surroundings.coverage.doubtful(
            device, missed: settings.heartbeats, least: settings.least, surroundings.blind
        ).map { $0 + settings.settle }
    }

    // MARK: Telling

    func mayBegin(_ key: Int32, at now: Instant, _ surroundings: Surroundings) -> Bool {
        if let until = quietUntil[key], now < until { return false }
        return calendar?.covers(now, zone: zone, days: surroundings.days) ?? true
    }

    mutating func raise(
        _ key: Int32, _ condition: Condition, at now: Instant, _ surroundings: Surroundings,
        _ output: inout RuleOutput
    ) {
        open[key] = condition
        quietUntil[key] = nil
        output.findings.append(finding(key, condition, .raised, at: now, surroundings))
    }

    /// What is open ends then, if nothing more comes.
    mutating func end(_ key: Int32, at instant: Instant, _ timers: inout Timers) {
        guard var condition = open[key] else { return }
        condition.ends = instant
        open[key] = condition
        timers.others.arm(.init(owner: owner, key: key), at: instant)
    }

    mutating func resolve(
        _ key: Int32, at now: Instant, _ surroundings: Surroundings, _ output: inout RuleOutput
    ) {
        guard let condition = open.removeValue(forKey: key) else { return }
        if cooldown > .zero {
            if quietUntil.count >= 4096 { quietUntil = quietUntil.filter { $0.value > now } }
            quietUntil[key] = now + cooldown
        }
        if condition.isClosed { return }
        output.findings.append(finding(key, condition, .resolved, at: now, surroundings))
    }
}
