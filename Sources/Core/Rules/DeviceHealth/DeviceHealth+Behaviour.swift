import Community
import Feeds
import SiteConfiguration
package import Timekeeping
import Vocabulary
import Windowing

// What a device does wrong while it speaks: it is stuck, it floods, its clock is wrong, it takes itself for another.

extension DeviceHealth {
    // MARK: Stuck

    mutating func stepStuck(
        _ event: Event, _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        guard event.showsLife, !event.isHistory else { return }
        let device = event.device
        let weak = context.coverage.weakFrom(device, after: settings.unquiet)
        if weak == nil, open.isEmpty, waiting.isEmpty { return }
        if let known = open[device] {
            // What its ids say is another matter.
            if known.repeatedIDs > 0 { return }
            if weak == nil {
                resolve(device, at: event.now, context, &output)
                timers.others.disarm(.init(owner: owner, key: device))
            } else {
                end(device, at: context.coverage.quietFrom(device), &timers)
            }
        } else if let weak {
            let condition = Condition(started: weak, detected: event.now, device: device)
            begin(device, condition, at: event.now, context, &timers, &output)
            end(device, at: context.coverage.quietFrom(device), &timers)
        } else if waiting[device]?.repeatedIDs == 0 {
            forget(waiting: device, &timers)
        }
    }

    mutating func expireStuck(
        _ timer: TimerQueue.Timer, _ deadline: Instant, _ now: Instant, _ context: RuleContext,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let quiet = context.coverage.quietFrom(timer.key)
        if let waits = waiting[timer.key] {
            let ends = waits.repeatedIDs > 0 ? nil : quiet
            look(timer.key, ends: ends, deadline, now, context, &timers, &output)
            return
        }
        if quiet > deadline {
            end(timer.key, at: quiet, &timers)
        } else {
            resolve(timer.key, at: now, context, &output)
        }
    }

    /// So many of a device's last messages say by their ids that they are the same as others, and are left out.
    package mutating func idsRepeat(
        _ event: Event, _ dropped: Int, _ context: RuleContext, timers: inout Timers,
        into output: inout RuleOutput
    ) {
        guard kind == .deviceStuck, looksAt(event.device) else { return }
        let isStuck = 2 * dropped > DeviceHealth.watchedIDs
        if let known = open[event.device] {
            if known.repeatedIDs > 0, !isStuck { resolve(event.device, at: event.now, context, &output) }
        } else if isStuck {
            var condition = Condition(started: event.now, detected: event.now, device: event.device)
            condition.repeatedIDs = dropped
            begin(event.device, condition, at: event.now, context, &timers, &output)
        } else if let waits = waiting[event.device], waits.repeatedIDs > 0 {
            forget(waiting: event.device, &timers)
        }
    }

    /// Of so many of a device's last messages it is known whether they were left out.
    package static let watchedIDs = 20

    // MARK: Flooding

    mutating func stepFlooding(
        _ event: Event, _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let device = Int(event.device)
        let at = event.observation.arrival
        if event.isHistory, isBacklog(event, at) { return }
        if device >= minutes.count {
            minutes.append(max(device + 1, context.deviceCount) - minutes.count, of: .init())
        }
        // Not taken out and put back: most often its page is looked for once, and only its count is changed.
        let count = Int(minutes[device].take(at, every: settings.per))
        if count > settings.records { flood(event, count, context, &timers, &output) }
    }

    /// What a broker or a hub kept and hands over is no flood, for as long as a backlog can last: while the session
    /// settles, and in 20 minutes of an hour.
    private mutating func isBacklog(_ event: Event, _ at: Instant) -> Bool {
        if event.isSettling { return true }
        // Put back whole: a dictionary's change in place allocates.
        var known = handIns[event.device] ?? HandIn()
        let count = known.take(at)
        if handIns[event.device] == nil, handIns.count >= DeviceHealth.handInsMax {
            handIns = handIns.filter { !$0.value.isOver(at: at) }
        }
        handIns[event.device] = known
        return count <= DeviceHealth.handInMinutes
    }

    /// As long as a backlog can last.
    private static let handInMinutes = Int(Coverage.handInMax.count / 60_000)
    private static let handInsMax = 4096

    private mutating func flood(
        _ event: Event, _ count: Int, _ context: RuleContext, _ timers: inout Timers,
        _ output: inout RuleOutput
    ) {
        let device = Int(event.device)
        if var known = open[event.device] {
            // Put back whole: a dictionary's change in place allocates.
            if known.count < count {
                known.count = count
                open[event.device] = known
            }
        } else {
            var condition = Condition(started: minutes[device].from, detected: event.now, device: event.device)
            condition.count = count
            begin(event.device, condition, at: event.now, context, &timers, &output)
        }
        // Over after a minute in which fewer came.
        let end = minutes[device].from + settings.per + settings.per
        waiting[event.device]?.ends = max(end, event.now)
        if open[event.device]?.ends != end { self.end(event.device, at: max(end, event.now), &timers) }
    }

    // MARK: A wrong clock

    mutating func stepClock(
        _ event: Event, _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let marks = event.observation.marks
        let device = event.device
        // Where nobody knows when it came, or it may have come late, the time it tells agrees with nothing and
        // contradicts nothing.
        if !marks.isDisjoint(with: [.timeLost, .perhapsLate]) { return }
        guard marks.contains(.clockFault) || marks.contains(.corrected) else {
            // The first right time. What tells no time says nothing; what is handed in late may be of before.
            guard marks.contains(.ownTime), !event.isHistory else { return }
            if !faults.isEmpty { faults[device] = nil }
            if !waiting.isEmpty { forget(waiting: device, &timers) }
            if !open.isEmpty { resolve(device, at: event.now, context, &output) }
            return
        }
        guard open[device] == nil, waiting[device] == nil else { return }
        var times = faults[device] ?? []
        if times.count < DeviceHealth.faultsLeast { times.append(event.now) }
        faults[device] = times
        // An offset that stays was found over several records already.
        guard marks.contains(.corrected) || times.count >= DeviceHealth.faultsLeast else { return }
        faults[device] = nil
        var condition = Condition(started: times[0], detected: event.now, device: device)
        condition.count = times.count
        begin(device, condition, at: event.now, context, &timers, &output)
    }

    // MARK: An impostor

    /// A record came on this device's topic whose payload says that it is another device. The rule is told so by the
    /// pipeline: such a record is refused, and no observation. Resolves after an hour without another.
    package mutating func mismatched(
        _ event: Event, _ context: RuleContext, timers: inout Timers, into output: inout RuleOutput
    ) {
        guard kind == .identityMismatch, event.device >= 0, looksAt(event.device) else { return }
        if open[event.device] != nil {
            open[event.device]?.count += 1
        } else {
            var condition = Condition(started: event.now, detected: event.now, device: event.device)
            condition.count = 1
            begin(event.device, condition, at: event.now, context, &timers, &output)
        }
        waiting[event.device]?.ends = event.now + DeviceHealth.impostureOver
        end(event.device, at: event.now + DeviceHealth.impostureOver, &timers)
    }

    // MARK: Closed by somebody

    /// Somebody closed it: what still holds is not raised again before it has ended.
    package mutating func close(key: String, started: Instant, at now: Instant, timers: inout Timers) {
        for (number, condition) in open where condition.started == started && isNamed(number, condition, key) {
            open[number]?.isClosed = true
        }
    }

    /// Whether a condition is that of a device or hub of this name; of a device that the registry does not know its
    /// start must do.
    private func isNamed(_ number: Int32, _ condition: Condition, _ key: String) -> Bool {
        func row(_ device: Int32) -> Device? {
            registry.devices.indices.contains(Int(device)) ? registry.devices[Int(device)] : nil
        }
        guard kind == .upstreamSilent else { return row(number).map { $0.id == key } ?? true }
        guard let member = condition.others.first.flatMap(row) else { return false }
        let dwelling = member.place.flatMap { registry.places[Int($0.index)].dwelling }
        return (member.via ?? dwelling.map { registry.places[Int($0.index)].id }) == key
    }

    // MARK: What people are told

    func finding(
        _ key: Int32, _ condition: Condition, _ change: Finding.Change, at now: Instant, _ context: RuleContext
    ) -> Finding {
        let coverage = context.coverage
        let isHub = kind == .upstreamSilent
        var facts = Finding.DeviceFacts(
            since: condition.since ?? condition.started, limit: limit(key, condition, coverage))
        facts.isLearned = !isHub && coverage.heartbeat(key)?.isLearned ?? false
        facts.count = condition.count
        facts.repeatedIDs = condition.repeatedIDs
        facts.others = condition.others
        if change != .resolved {
            facts.unwatched = unwatched(by: gone(key, condition, context), at: condition.detected, context)
        }
        let place =
            isHub ? commonPlace(of: condition.others, context) : context.place(ofDevice: condition.device)
        return Finding(
            rule: rule, change: change, severity: severity,
            key: isHub ? coverage.groups[Int(key)].name : context.deviceName(key), started: condition.started,
            detected: condition.detected, at: now, place: place,
            residents: facts.unwatched.flatMap { registry.households[Int($0)].residents },
            device: isHub
                ? context.registry.device(coverage.groups[Int(key)].name)?.index ?? -1 : condition.device,
            lastEvidence: nil, evidence: [], detail: .device(facts), verdict: nil, raisedBy: condition.formerName)
    }

    private func limit(_ key: Int32, _ condition: Condition, _ coverage: Coverage) -> Milliseconds {
        switch kind {
        case .deviceSilent: coverage.limit(key, missed: settings.heartbeats) ?? .zero
        case .deviceStuck: condition.repeatedIDs > 0 ? .zero : settings.unquiet
        case .deviceFlooding: settings.per
        default: .zero
        }
    }

    /// The devices that nobody hears of while it holds: behind a hub that is dead all, also those that are not silent
    /// yet.
    private func gone(_ key: Int32, _ condition: Condition, _ context: RuleContext) -> [Int32] {
        switch kind {
        case .deviceSilent: [key]
        case .upstreamSilent:
            found(key, at: condition.detected, context)?.isTotal ?? false
                ? context.coverage.groups[Int(key)].members : condition.others
        default: []
        }
    }

    /// Homes of these devices in which no covering device is left that is alive, or of which nobody knows better.
    private func unwatched(by devices: [Int32], at now: Instant, _ context: RuleContext) -> [Int32] {
        let coverage = context.coverage
        let gone = Set(devices)
        var homes: [Int32] = []
        for device in devices {
            let dwelling = registry.devices[Int(device)].place.flatMap { registry.places[Int($0.index)].dwelling }
            let home = dwelling.map { registry.household(inDwelling: $0) } ?? -1
            guard home >= 0, !homes.contains(home) else { continue }
            let covering = coverage.covering(home)
            guard covering.contains(device) else { continue }
            let isLeft = covering.allSatisfy {
                gone.contains($0) || coverage.life($0, at: now, context.blind) == .silent
            }
            if isLeft { homes.append(home) }
        }
        return homes
    }

    /// Where all of them are: one dwelling, or one building.
    private func commonPlace(of devices: [Int32], _ context: RuleContext) -> PlaceID? {
        let places = devices.compactMap { context.place(ofDevice: $0) }
        guard let first = places.first else { return nil }
        let dwelling = registry.places[Int(first.index)].dwelling
        if let dwelling, places.allSatisfy({ registry.places[Int($0.index)].dwelling == dwelling }) { return dwelling }
        let building = registry.places[Int(first.index)].building
        if let building, places.allSatisfy({ registry.places[Int($0.index)].building == building }) { return building }
        return nil
    }
}

extension DeviceHealth {
    // MARK: Silence of a hub

    mutating func stepUpstream(
        _ event: Event, _ context: RuleContext, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let group = context.coverage.group(of: event.device)
        guard group >= 0, looksAt(group: group, context.coverage) else { return }
        let timer = TimerQueue.Timer(owner: owner, key: group)
        if !open.isEmpty, open[group] != nil, found(group, at: event.now, context) == nil {
            resolve(group, at: event.now, context, &output)
            // While it was told only the looks counted; now every silence does.
            timers.absences.arm(timer, at: event.now + Milliseconds(1))
        }
        let ofDevice = context.coverage.silentFrom(
            event.device, missed: settings.heartbeats, handingIn: true, context.blind)
        let ofPulse = pulseEnds(group, context)
        guard ofDevice != nil || ofPulse != nil else { return }
        let from = min(ofDevice ?? .distantFuture, ofPulse ?? .distantFuture)
        if from <= looked, open[group] != nil { return }
        let isAtOnce = from > looked && (open[group] == nil || isLook(from))
        let at = isAtOnce ? from : nextLook(max(from, looked))
        if timers.absences.deadline(of: timer).map({ at < $0 }) ?? true { timers.absences.arm(timer, at: at) }
    }

    private func pulseEnds(_ group: Int32, _ context: RuleContext) -> Instant? {
        context.coverage.pulseEnds(group, missed: settings.heartbeats, handingIn: true, context.blind)
    }

    /// Looks at a hub whenever its pulse, or one of its devices, falls silent; while its silence is told, at the next
    /// look after that.
    mutating func expireUpstream(
        _ timer: TimerQueue.Timer, _ deadline: Instant, _ now: Instant, _ context: RuleContext,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let group = timer.key
        asleep.remove(group)
        let coverage = context.coverage
        looked = max(looked, deadline)
        guard coverage.groups.indices.contains(Int(group)), looksAt(group: group, coverage) else { return }
        var isSilenceNow = false
        var next: Instant?
        let silences = coverage.groups[Int(group)].members.map { device in
            coverage.silentFrom(device, missed: settings.heartbeats, handingIn: true, context.blind)
        }
        for case let from? in silences + [pulseEnds(group, context)] {
            if from == deadline { isSilenceNow = true }
            if from > deadline { next = min(next ?? from, from) }
        }
        let isAway = context.blind.awaySince != nil
        let isTime = isLook(deadline) || isSilenceNow || isOpening(deadline, context)
        let outage = isTime || looksAtOpen || open[group] == nil ? found(group, at: deadline, context) : nil
        if looksAtOpen, !isAway, open[group] != nil, outage == nil {
            // Found by another meaning of silence, before a restart.
            resolve(group, at: now, context, &output)
        }
        var isHeldBack = false
        if !isTime, open[group] == nil, outage != nil {
            // The clock was moved meanwhile, and with it this look away from the others.
            next = min(next ?? .distantFuture, nextLook(deadline))
        }
        if isTime, let outage {
            if open[group] != nil {
                join(group, outage.silent, at: now, context, &output)
            } else if mayBegin(group, at: deadline, context) {
                var condition = Condition(started: outage.since, detected: deadline, device: -1)
                condition.others = outage.silent
                raise(group, condition, at: now, context, &output)
            } else {
                isHeldBack = true
            }
        }
        if isHeldBack || isAway {
            let begins =
                isHeldBack ? begins(group, after: deadline, context).map { look(from: $0, context) } : nil
            let at = min(next ?? .distantFuture, begins ?? .distantFuture)
            sleep(group, until: at < .distantFuture ? at : nil, &timers)
        } else if let next {
            timers.absences.arm(timer, at: open[group] == nil ? next : look(from: next))
        }
    }

    /// More devices are silent behind a hub that was told: the alert is kept right, and nobody is woken.
    private mutating func join(
        _ group: Int32, _ silent: [Int32], at now: Instant, _ context: RuleContext, _ output: inout RuleOutput
    ) {
        let known = Set(open[group]?.others ?? [])
        let more = silent.filter { !known.contains($0) }
        guard !more.isEmpty else { return }
        open[group]?.others.append(contentsOf: more)
        guard let condition = open[group], !condition.isClosed else { return }
        var joined = finding(group, condition, .updated, at: now, context)
        joined.isTold = false
        joined.countsOnly = true
        output.findings.append(joined)
    }

    /// What ``Coverage`` says of a hub, remembered while several of its devices are looked at.
    mutating func outage(
        of group: Int32, at instant: Instant, _ context: RuleContext
    ) -> Coverage.Outage? {
        guard group >= 0 else { return nil }
        let heard = context.coverage.groupHeard[Int(group)]
        if let outage, outage.group == group, outage.at == instant, outage.heard == heard { return outage.found }
        let found = found(group, at: instant, context)
        outage = (group, instant, heard, found)
        return found
    }

    func found(_ group: Int32, at instant: Instant, _ context: RuleContext) -> Coverage.Outage? {
        context.coverage.outage(
            of: group, at: instant, missed: settings.heartbeats, share: settings.share, least: settings.least,
            handingIn: true, context.blind)
    }
}
