import Feeds
import SiteConfiguration
import Timekeeping
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
        if marks.contains(.retained) { return }
        let before = rows[device].heard
        var isSure = before > .distantPast
        let wasHeard = isSure && rows[device].offline == 0
        let given = self.given[device]
        let group = Int(groupOf[device])
        if isSure, at - before > Coverage.shortest {
            // Nothing makes it silent before its limit but its last will; most words come long before.
            let isEarly = given > 0 && (at - before).count < 2 * given && rows[device].offline == 0
            let isDoubtful = group >= 0 && at - groupHeard[group] > Coverage.doubtful
            isSure =
                !isEarly || isDoubtful
                ? revive(event.device, isEarly: isEarly, at: at, blind) : !blind.reaches(behind: before)
        }
        if group >= 0, at > before, groupHeard[group] < at { groupHeard[group] = at }
        if event.isHistory { noteHandIn(event, max(before, at)) }
        // Power below the plug's step is nobody's: it is no sign that the plug is stuck, either.
        let isIdle = kind == .power && learnPlug(event)
        let isShown = event.showsLife && !event.isHistory
        // All in one change in place: each looks for other owners of the page.
        if marks.contains(.timeLost) { rows[device].breakPeriod() }
        let isWeak = rows[device].hear(kind, at: at, isSure: isSure, showsLife: isShown && !isIdle)
        if isShown { event.isBelieved = !isIdle && !isWeak }
        guard wasHeard, !event.isHistory, !marks.contains(.clockFault), !marks.contains(.corrected) else { return }
        // No learned limit is under ten seconds, and only these two are learned from.
        event.isRoutine =
            given > 0
            ? (at - before).count < given
            : kind != .heartbeat && kind != .power && at - before < Milliseconds.seconds(10)
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
    static let handInOver = Milliseconds.hours(1)

    /// No device is dead sooner, and no hub: the way to find out is spared for what comes often.
    static let shortest = Milliseconds.minutes(1)
    /// A hub behind which nobody speaks for so long may be dead, though the one that speaks again was not silent yet.
    static let doubtful = Milliseconds.minutes(10)

    /// The first word after a silence: remembers the silence if it was one.
    /// - Returns: whether the device could be heard all the while.
    private mutating func revive(
        _ device: Int32, isEarly: Bool, at now: Instant, _ blind: BlindIntervals
    ) -> Bool {
        let heard = rows[Int(device)].heard
        let group = Int(group(of: device))
        let wasSilent = !isEarly && silentFrom(device, blind).map { $0 <= now } ?? false
        var isSure = !blind.reaches(behind: heard)
        if group >= 0, wasSilent || now - groupHeard[group] > Coverage.doubtful,
            let outage = outage(of: Int32(group), at: now, blind)
        {
            isSure = false
            if outage.isTotal {
                groups[group].back = now
                if groups[group].dead.count == Group.deadMax { groups[group].joinClosest() }
                groups[group].dead.append(Stretch(from: groupHeard[group].seconds32, to: now.secondsUp32))
            }
        }
        if wasSilent { rows[Int(device)].remember(Stretch(from: heard.seconds32, to: now.secondsUp32)) }
        return isSure
    }

    /// Readings that a plug's levels are learned from, before anything is held against it.
    static let plugReadings: Int32 = 100
    /// Watts: what never changes by more says nothing of people.
    static let plugStep: Float = 5

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
        rows[device].flags = isWeak ? 1 : 0
        return isWeak
    }
}

extension Coverage.Row {
    fileprivate var isIdle: Bool { flags & 1 != 0 }

    /// The device was heard of.
    /// - Returns: whether what shows life is not believed.
    fileprivate mutating func hear(_ kind: ObservationKind, at: Instant, isSure: Bool, showsLife: Bool) -> Bool {
        let second = at.seconds32
        if at > heard {
            heard = at
            if second >= offline { offline = 0 }
        }
        if kind == .heartbeat || kind == .power { beats.report(at: second, isSure: isSure) }
        guard showsLife else { return false }
        take(evidence: kind, at: second)
        return weakFrom(after: Coverage.unquietSeconds) != nil
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

    /// Keeps two; a third is joined to the second.
    mutating func remember(_ stretch: Coverage.Stretch) {
        if dead.1.to > 0, dead.0.to > 0 {
            if stretch.from - min(stretch.from, dead.1.to) < dead.1.from - min(dead.1.from, dead.0.to) {
                dead.1.to = stretch.to
                return
            }
            dead.0.to = dead.1.to
            dead.1 = stretch
        } else if dead.0.to > 0 {
            dead.1 = stretch
        } else {
            dead.0 = stretch
        }
    }
}

extension Coverage.Group {
    /// Joins the two dead times that lie closest: more dead time than there was, never less.
    mutating func joinClosest() {
        let gaps = zip(dead, dead.dropFirst()).map { Int64($1.from) - Int64($0.to) }
        guard let least = gaps.min(), let first = gaps.firstIndex(of: least) else { return }
        dead[first].to = dead[first + 1].to
        dead.remove(at: first + 1)
    }
}

extension Surroundings {
    /// Takes in that a device was heard of, and tells the event what that shows. Every observation comes by here,
    /// before the rules.
    package mutating func heard(_ event: inout Event) { coverage.heard(&event, blind) }

    /// Asks for the memory of a device that is heard soon.
    package mutating func prefetch(_ device: Int32) { coverage.rows.prefetch(Int(device)) }
}
