import Feeds
import SiteConfiguration
import Timekeeping
import Windowing

extension Coverage {
    /// Takes in that a device was heard of. Every observation of every device comes by here, before the rules.
    package mutating func heard(_ event: Event, _ blind: BlindIntervals) {
        if began == .distantPast { began = event.now }
        guard isKept(event.device) else { return }
        let device = Int(event.device)
        let observation = event.observation
        let at = min(observation.time, event.now)
        if observation.kind == .offline {
            // Also as a retained last will: then since it was handed over. An old one tells nothing of now.
            if at >= rows[device].heard { rows[device].offline = max(1, at.seconds32) }
            return
        }
        if observation.marks.contains(.retained) { return }
        let before = rows[device].heard
        var isSure = before > .distantPast
        if at > before {
            if isSure, at - before > Coverage.shortest { isSure = revive(event.device, at: at, blind) }
            rows[device].heard = at
            if at.seconds32 >= rows[device].offline { rows[device].offline = 0 }
            let group = group(of: event.device)
            if group >= 0 { groups[Int(group)].heard = max(groups[Int(group)].heard, at) }
        }
        switch observation.kind {
        case .heartbeat: rows[device].beats.report(at: at.seconds32, isSure: isSure)
        case .power:
            rows[device].beats.report(at: at.seconds32, isSure: isSure)
            learnPlug(event)
        default: break
        }
        // Power below the plug's step is nobody's: it is no sign that the plug is stuck, either.
        let isIdle = observation.kind == .power && rows[device].flags & 1 != 0
        if !event.isHistory, !isIdle, NoMovement.isEvidence(event) { evidence(of: device, event, at: at.seconds32) }
    }

    /// No device is dead sooner, and no hub: the way to find out is spared for what comes often.
    static let shortest = Milliseconds.minutes(1)
    /// A hub behind which nobody speaks for so long may be dead, though the one that speaks again was not silent yet.
    static let doubtful = Milliseconds.minutes(10)

    /// The first word after a silence: remembers the silence if it was one.
    /// - Returns: whether the device could be heard all the while.
    private mutating func revive(_ device: Int32, at now: Instant, _ blind: BlindIntervals) -> Bool {
        let heard = rows[Int(device)].heard
        let group = Int(group(of: device))
        let wasSilent = silentFrom(device, blind).map { $0 <= now } ?? false
        var isSure = !blind.reaches(behind: heard)
        if group >= 0, wasSilent || now - groups[group].heard > Coverage.doubtful,
            let outage = outage(of: Int32(group), at: now, blind)
        {
            isSure = false
            if outage.isTotal {
                groups[group].back = now
                if groups[group].dead.count == Group.deadMax { groups[group].joinClosest() }
                groups[group].dead.append(Stretch(from: groups[group].heard.seconds32, to: now.secondsUp32))
            }
        }
        if wasSilent { rows[Int(device)].remember(Stretch(from: heard.seconds32, to: now.secondsUp32)) }
        return isSure
    }

    /// Evidence of a device: whether it is on a fixed period, and whether it ever rests.
    private mutating func evidence(of device: Int, _ event: Event, at second: UInt32) {
        let last = rows[device].evidence
        guard last > 0 else {
            rows[device].evidence = second
            return
        }
        guard second > last else { return }
        let gap = second - last
        rows[device].evidence = second
        let kind = event.observation.kind
        if kind == .motion || kind == .presence {
            let isQuiet = gap >= UInt32(Coverage.quiet.count / 1000)
            if isQuiet || rows[device].unquietFrom == 0 { rows[device].unquietFrom = isQuiet ? second : last }
        }
        let period = UInt32(rows[device].period)
        let isSame = gap < UInt32(UInt16.max) && max(gap, period) - min(gap, period) <= Coverage.periodSlack
        if !isSame {
            rows[device].periodFrom = 0
        } else if rows[device].periodFrom == 0 {
            rows[device].periodFrom = last - min(period, last - 1)
        }
        rows[device].period = UInt16(clamping: gap)
    }

    /// Readings that a plug's levels are learned from, before anything is held against it.
    static let plugReadings: Int32 = 100
    /// Watts: what never changes by more says nothing of people.
    static let plugStep: Float = 5

    /// The levels drift towards each other, slowly, so that what was once seen does not hold for ever.
    private mutating func learnPlug(_ event: Event) {
        let watts = Float(event.observation.number)
        guard watts.isFinite else { return }
        guard var plug = plugs[event.device] else {
            plugs[event.device] = Plug(low: watts, high: watts)
            return
        }
        let drift = (plug.high - plug.low) / 4096
        plug.low = min(watts, plug.low + drift)
        plug.high = max(watts, plug.high - drift)
        if plug.count < Coverage.plugReadings { plug.count += 1 }
        plugs[event.device] = plug
        let step = plug.high - plug.low
        let isUseless = step < max(Coverage.plugStep, plug.low)
        let isWeak = plug.count == Coverage.plugReadings && (isUseless || watts < plug.low + step / 4)
        rows[Int(event.device)].flags = isWeak ? 1 : 0
    }
}

extension BlindIntervals {
    /// Whether the box was blind at any time behind an instant. Allocates nothing, as ``blindTime(from:to:)`` may.
    func reaches(behind instant: Instant) -> Bool {
        if awaySince != nil { return true }
        for index in intervals.indices.reversed() where intervals[index].to > instant { return true }
        return false
    }
}

extension Coverage.Row {
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
    /// Takes in that a device was heard of. Every observation comes by here, before the rules.
    package mutating func heard(_ event: Event) { coverage.heard(event, blind) }
}
