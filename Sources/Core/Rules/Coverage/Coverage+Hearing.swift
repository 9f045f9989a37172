import Feeds
import SiteConfiguration
import Timekeeping
import Vocabulary
import Windowing

extension Coverage {
    /// Takes in that a device was heard of. Every observation of every device comes by here, before the rules.
    ///
    /// Routine is news of a device that was not silent, not even by one heartbeat, whose limit is what it was, and
    /// whose clock is right: all that it can do to the silence of its device is to put it off.
    package mutating func heard(_ event: inout Event, _ blind: BlindIntervals) {
        if began == .distantPast { began = event.now }
        event.showsLife = NoMovement.isEvidence(event)
        event.isBelieved = event.showsLife
        guard isKept(event.device) else { return }
        let device = Int(event.device)
        let kind = event.observation.kind
        let at = min(event.observation.time, event.now)
        if kind == .offline {
            // Also as a retained last will: then since it was handed over. An old one tells nothing of now.
            if at >= rows[device].heard { rows[device].offline = max(1, at.seconds32) }
            return
        }
        let marks = event.observation.marks
        if marks.contains(.retained) {
            // The broker's own state: no word of the device, and its last will is not its last.
            if kind == .online { rows[device].offline = 0 }
            return
        }
        let before = rows[device].heard
        var isSure = before > .distantPast
        let wasHeard = isSure && rows[device].offline == 0
        // The registry's heartbeat holds once it has reported.
        let given = rows[device].flags & Row.reports != 0 ? self.given[device] : 0
        let group = Int(groupOf[device])
        var isBlind = false
        if isSure, at - before > Coverage.shortest {
            // Nothing makes it silent before its limit but its last will; most words come in time.
            let isEarly = given > 0 && (at - before).count <= given && rows[device].offline == 0
            let isDoubtful = group >= 0 && at - groupHeard[group] > Coverage.doubtful
            if !isEarly || isDoubtful { isSure = revive(event.device, isEarly: isEarly, at: at, blind) }
            // What the broker kept is no time in which nobody heard.
            isBlind = !event.isSettling && blind.reaches(behind: before)
        } else if !isSure, group >= 0, at - groupHeard[group] > Coverage.doubtful, groupHeard[group] > .distantPast {
            // The first word of a device is a word of its hub.
            _ = reviveGroup(group, at: at, blind)
        }
        if group >= 0, at > before, groupHeard[group] < at { groupHeard[group] = at }
        if event.isHistory { noteHandIn(event, max(before, at)) }
        // Power below the plug's step is nobody's: it is no sign that the plug is stuck, either.
        let isIdle = kind == .power && learnPlug(event)
        let isShown = event.showsLife && !event.isHistory
        let word = word(of: event, isIdle: isIdle)
        var hasLearned = (word == .report || rows[device].waiting > 0) && learn(event, word, at, blind)
        if isBlind { rows[device].leaveOut(blind.blindTime(from: before, to: at), upTo: at.seconds32) }
        // All in one change in place: each looks for other owners of the page.
        if marks.contains(.timeLost) { rows[device].breakPeriod() }
        let isWaiting = rows[device].waiting > 0
        let isWeak = rows[device].hear(kind, word, at: at, isSure: isSure, showsLife: isShown && !isIdle)
        // The report that waited is none, and its silence may be due sooner.
        if isWaiting, rows[device].waiting == 0 { hasLearned = true }
        if isShown { event.isBelieved = !isIdle && !isWeak }
        let isDoubted = event.isHistory || !marks.isDisjoint(with: [.clockFault, .corrected])
        guard wasHeard, !hasLearned, !isDoubted else { return }
        // No learned limit is under ten seconds, and only reports are learned from.
        event.isRoutine =
            given > 0 ? (at - before).count < given : word == .event && at - before < Milliseconds.seconds(10)
    }

    /// What a word is to the heartbeat: only reports are learned from, and only where no event is near.
    enum Word: Sendable {
        case report, event, other
    }

    private mutating func word(of event: Event, isIdle: Bool) -> Word {
        switch event.observation.kind {
        case .heartbeat: .report
        case .power: notePower(isInUse: event.showsLife && !isIdle, of: Int(event.device))
        case .online: .other
        default: event.observation.marks.contains(.noCall) ? .other : .event
        }
    }

    /// Power that is switched on or off, or in use, is somebody's; what a plug draws in standby it tells by itself.
    private mutating func notePower(isInUse: Bool, of device: Int) -> Word {
        let wasInUse = rows[device].flags & Row.inUse != 0
        if isInUse { rows[device].flags |= Row.inUse } else { rows[device].flags &= ~Row.inUse }
        return isInUse || wasInUse ? .event : .report
    }

    /// Takes the reports whose time is over: no event was near them.
    /// - Returns: whether a heartbeat or the hub's pulse may be another now.
    private mutating func learn(
        _ event: Event, _ word: Word, _ at: Instant, _ blind: BlindIntervals
    ) -> Bool {
        let device = Int(event.device)
        let second = at.seconds32
        var isNew = false
        // Of hubs first: they ask for the last event of a device, which this one may be.
        let group = Int(groupOf[device])
        if group >= 0 {
            while let report = pulses[group].next(before: second) {
                guard !rows[Int(report.device)].isNearEvent(report.at) else { continue }
                let gap = pulseGap(group, to: report.at, blind)
                if pulses[group].report(of: report.device, at: report.at, gap: gap) { isNew = true }
            }
            if word == .report { pulses[group].wait(event.device, at: second) }
        }
        while rows[device].waiting > 0, second > rows[device].waiting,
            second - rows[device].waiting > Coverage.near
        {
            if rows[device].takeWaiting(), given[device] == 0 { isNew = true }
        }
        return isNew
    }

    /// In seconds, the time without a report of any device but the one that spoke last, less what was blind of it; nil
    /// where that was much of it.
    private mutating func pulseGap(_ group: Int, to second: UInt32, _ blind: BlindIntervals) -> UInt32? {
        let from = pulses[group].gapFrom(back: groups[group].back.seconds32)
        guard from > 0, second > from else { return from > 0 ? 0 : nil }
        let begin = Instant(seconds32: from)
        let lost = UInt32(clamping: blind.blindTime(from: begin, to: Instant(seconds32: second)).count / 1000)
        return lost > (second - from) / Coverage.blindShare ? nil : second - from - lost
    }

    /// By what it says it is silent still, and yet it speaks.
    private mutating func noteHandIn(_ event: Event, _ heard: Instant) {
        let group = Int(groupOf[Int(event.device)])
        guard group >= 0, let limit = limit(event.device), heard + limit <= event.now else { return }
        var told = groups[group]
        if told.toldOld == .distantPast || event.now - told.toldOld > Coverage.handInOver {
            told.handingSince = event.now
        }
        told.toldOld = event.now
        // What goes on for longer is no backlog but a clock that is slow, and hides nobody behind the same hub.
        if event.now - told.handingSince <= Coverage.handInMax { told.handedIn = event.now }
        groups[group] = told
    }

    /// A hub takes so long for two weeks of backlog at most (docs/rules.md: 17 min).
    static let handInMax = Milliseconds.minutes(20)
    /// Nothing old for so long: the next is another backlog.
    private static let handInOver = Milliseconds.hours(1)

    /// No device is dead sooner, and no hub: the way to find out is spared for what comes often.
    private static let shortest = Milliseconds.minutes(1)
    /// A hub behind which nobody speaks for so long may be dead, though the one that speaks again was not silent yet.
    static let doubtful = Milliseconds.minutes(10)

    /// The first word after a silence: remembers the silence if it was one.
    /// - Returns: whether its hub let it be heard all the while.
    private mutating func revive(
        _ device: Int32, isEarly: Bool, at now: Instant, _ blind: BlindIntervals
    ) -> Bool {
        let heard = rows[Int(device)].heard
        let group = Int(group(of: device))
        // Most words come within a heartbeat: it is worked out once.
        let beat = isEarly ? nil : heartbeat(device)?.length ?? Coverage.vouching
        let isInTime = beat.map { now - heard <= $0 && rows[Int(device)].offline == 0 } ?? true
        let wasSilent = !isInTime && silentFrom(device, blind).map { $0 <= now } ?? false
        let isDoubtful = group >= 0 && (wasSilent || now - groupHeard[group] > Coverage.doubtful)
        let wasOut = isDoubtful && reviveGroup(group, at: now, blind)
        if wasSilent {
            past[Int(device)].dead.remember(
                Stretch(from: heard.seconds32, to: now.secondsUp32), most: Past.deadMost)
        } else if !isInTime {
            let from = vouchedUntil(device, next: now, blind)
            if from < now {
                past[Int(device)].unvouched.remember(
                    Stretch(from: from.seconds32, to: now.secondsUp32), most: Past.unvouchedMost)
            }
        }
        return !wasOut
    }

    /// The first word behind a hub after a while: remembers its silence, if it was one.
    /// - Returns: whether it was.
    private mutating func reviveGroup(_ group: Int, at now: Instant, _ blind: BlindIntervals) -> Bool {
        guard let outage = outage(of: Int32(group), at: now, blind) else { return false }
        if outage.isTotal {
            groups[group].back = now
            groups[group].dead.remember(
                Stretch(from: groupHeard[group].seconds32, to: now.secondsUp32), most: Group.deadMost)
        }
        return true
    }

    /// Readings that a plug's levels are learned from, before anything is held against it.
    private static let plugReadings: Int32 = 100
    /// Watts: what never changes by more says nothing of people.
    private static let plugStep: Float = 5

    /// The levels drift towards each other, slowly, so that what was once seen does not hold for ever.
    /// - Returns: whether the power that was told last is below the plug's step.
    private mutating func learnPlug(_ event: Event) -> Bool {
        let device = Int(event.device)
        let watts = Float(event.observation.number)
        guard watts.isFinite else { return rows[device].isIdle }
        guard var plug = plugs[event.device] else {
            plugs[event.device] = Plug(low: watts, high: watts)
            return rows[device].isIdle
        }
        let drift = (plug.high - plug.low) / 4096
        plug.low = min(watts, plug.low + drift)
        plug.high = max(watts, plug.high - drift)
        if plug.count < Coverage.plugReadings { plug.count += 1 }
        plugs[event.device] = plug
        let step = plug.high - plug.low
        let isUseless = step < max(Coverage.plugStep, plug.low)
        let isWeak = plug.count == Coverage.plugReadings && (isUseless || watts < plug.low + step / 4)
        let others = rows[device].flags & ~Row.idle
        rows[device].flags = isWeak ? others | Row.idle : others
        return isWeak
    }
}

extension Coverage.Row {
    fileprivate var isIdle: Bool { flags & Coverage.Row.idle != 0 }

    /// The device was heard of.
    /// - Returns: whether what shows life is not believed.
    fileprivate mutating func hear(
        _ kind: ObservationKind, _ word: Coverage.Word, at: Instant, isSure: Bool, showsLife: Bool
    ) -> Bool {
        let second = at.seconds32
        if at > heard {
            heard = at
            if second >= offline { offline = 0 }
        }
        if !isSure { flags |= waiting > 0 ? Coverage.Row.unsureSince : Coverage.Row.unsure }
        if word == .report {
            flags |= Coverage.Row.reports
            wait(second)
        } else if word == .event {
            if waiting > 0, isNear(second, waiting) { forgetWaiting() }
            event = max(event, second)
        }
        guard showsLife else { return false }
        take(evidence: kind, at: second)
        return weakFrom(after: Coverage.unquietSeconds) != nil
    }

    /// A report is taken when ``Coverage/near`` has passed without an event. Of those that come meanwhile the last is
    /// enough: what counts is how long nothing comes behind it.
    private mutating func wait(_ second: UInt32) {
        if waiting > 0 {
            if second > waiting { waitingFor = UInt8(clamping: second - waiting) }
        } else if second > beats.last, !isNear(event, second) {
            waiting = second
        }
    }

    func isNearEvent(_ second: UInt32) -> Bool { event > 0 && isNear(event, second) }

    /// So much since its last word was blind: it is no part of the gap that runs, or, where it is much of it, nobody
    /// knows how long that is.
    fileprivate mutating func leaveOut(_ length: Milliseconds, upTo second: UInt32) {
        let lost = UInt32(clamping: length.count / 1000)
        guard lost > 0, waiting == 0, beats.last > 0, second > beats.last else { return }
        if lost > (second - beats.last) / Coverage.blindShare {
            flags |= Coverage.Row.unsure
        } else {
            beats.last += lost
        }
    }

    private func isNear(_ a: UInt32, _ b: UInt32) -> Bool { max(a, b) - min(a, b) <= Coverage.near }

    /// An event was near: it is no clean report.
    private mutating func forgetWaiting() {
        waiting = 0
        waitingFor = 0
        if flags & Coverage.Row.unsureSince != 0 { flags |= Coverage.Row.unsure }
        flags &= ~Coverage.Row.unsureSince
    }

    /// - Returns: whether the heartbeat may be another now.
    fileprivate mutating func takeWaiting() -> Bool {
        let isNew = beats.report(at: waiting, isSure: flags & Coverage.Row.unsure == 0)
        let isUnsure = flags & Coverage.Row.unsureSince != 0
        flags &= ~(Coverage.Row.unsure | Coverage.Row.unsureSince)
        if isUnsure { flags |= Coverage.Row.unsure }
        waiting = waitingFor > 0 ? waiting &+ UInt32(waitingFor) : 0
        waitingFor = 0
        return isNew
    }

    /// It spoke at a time that nobody knows, and so not on its period alone.
    fileprivate mutating func breakPeriod() {
        period = 0
        periodFrom = 0
    }

    /// Evidence of a device: whether it is on a fixed period, and whether it ever rests.
    mutating func take(evidence kind: ObservationKind, at second: UInt32) {
        let last = evidence
        guard last > 0 else {
            evidence = second
            return
        }
        guard second > last else { return }
        let gap = second - last
        evidence = second
        if kind == .motion || kind == .presence {
            let isQuiet = gap >= UInt32(Coverage.quiet.count / 1000)
            if isQuiet || unquietFrom == 0 { unquietFrom = isQuiet ? second : last }
        }
        let before = UInt32(period)
        let isSame = gap < UInt32(UInt16.max) && max(gap, before) - min(gap, before) <= Coverage.periodSlack
        if !isSame {
            periodFrom = 0
        } else if periodFrom == 0 {
            periodFrom = last - min(before, last - 1)
        }
        period = UInt16(clamping: gap)
    }
}

extension [Coverage.Stretch] {
    /// Keeps a stretch that is over, and of those before what ended within ``Coverage/kept``. Of more than there is
    /// room for the two that lie closest are joined: more than there was, never less.
    mutating func remember(_ stretch: Coverage.Stretch, most: Int) {
        let limit = stretch.from - Swift.min(stretch.from, Coverage.kept)
        if let first, first.to < limit { removeAll { $0.to < limit } }
        append(stretch)
        guard count > most else { return }
        let gaps = zip(self, dropFirst()).map { Int64($1.from) - Int64($0.to) }
        guard let least = gaps.min(), let first = gaps.firstIndex(of: least) else { return }
        self[first].to = Swift.max(self[first].to, self[first + 1].to)
        remove(at: first + 1)
    }
}

extension RuleContext {
    /// Takes in that a device was heard of, and tells the event what that shows. Every observation comes by here,
    /// before the rules.
    package mutating func heard(_ event: inout Event) { coverage.heard(&event, blind) }

    /// Asks for the memory of a device that is heard soon.
    package mutating func prefetch(_ device: Int32) { coverage.rows.prefetch(Int(device)) }
}
