import Feeds
import SiteConfiguration
import Timekeeping
import Windowing

extension DeviceHealth {
    // MARK: Silence of a hub

    mutating func stepUpstream(
        _ event: Event, _ surroundings: Surroundings, _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let group = surroundings.coverage.group(of: event.device)
        guard group >= 0, looksAt(group: group, surroundings.coverage) else { return }
        let timer = TimerQueue.Timer(owner: owner, key: group)
        if !open.isEmpty, open[group] != nil, found(group, at: event.now, surroundings) == nil {
            resolve(group, at: event.now, surroundings, &output)
            // While it was told only the looks counted; now every silence does.
            timers.absences.arm(timer, at: event.now + Milliseconds(1))
        }
        let ofDevice = surroundings.coverage.silentFrom(
            event.device, missed: settings.heartbeats, handingIn: true, surroundings.blind)
        let ofPulse = pulseEnds(group, surroundings)
        guard ofDevice != nil || ofPulse != nil else { return }
        let from = min(ofDevice ?? .distantFuture, ofPulse ?? .distantFuture)
        if from <= looked, open[group] != nil { return }
        let isAtOnce = from > looked && (open[group] == nil || isLook(from))
        let at = isAtOnce ? from : nextLook(max(from, looked))
        if timers.absences.deadline(of: timer).map({ at < $0 }) ?? true { timers.absences.arm(timer, at: at) }
    }

    private func pulseEnds(_ group: Int32, _ surroundings: Surroundings) -> Instant? {
        surroundings.coverage.pulseEnds(group, missed: settings.heartbeats, handingIn: true, surroundings.blind)
    }

    /// Looks at a hub whenever its pulse, or one of its devices, falls silent; while its silence is told, at the next
    /// look after that.
    mutating func expireUpstream(
        _ timer: TimerQueue.Timer, _ deadline: Instant, _ now: Instant, _ surroundings: Surroundings,
        _ timers: inout Timers, _ output: inout RuleOutput
    ) {
        let group = timer.key
        asleep.remove(group)
        let coverage = surroundings.coverage
        looked = max(looked, deadline)
        guard coverage.groups.indices.contains(Int(group)), looksAt(group: group, coverage) else { return }
        var isSilenceNow = false
        var next: Instant?
        let silences = coverage.groups[Int(group)].members.map { device in
            coverage.silentFrom(device, missed: settings.heartbeats, handingIn: true, surroundings.blind)
        }
        for case let from? in silences + [pulseEnds(group, surroundings)] {
            if from == deadline { isSilenceNow = true }
            if from > deadline { next = min(next ?? from, from) }
        }
        let isAway = surroundings.blind.awaySince != nil
        let isTime = isLook(deadline) || isSilenceNow || isOpening(deadline, surroundings)
        let outage = isTime || looksAtOpen || open[group] == nil ? found(group, at: deadline, surroundings) : nil
        if looksAtOpen, !isAway, open[group] != nil, outage == nil {
            // Found by another meaning of silence, before a restart.
            resolve(group, at: now, surroundings, &output)
        }
        var isHeldBack = false
        if !isTime, open[group] == nil, outage != nil {
            // The clock was moved meanwhile, and with it this look away from the others.
            next = min(next ?? .distantFuture, nextLook(deadline))
        }
        if isTime, let outage {
            if open[group] != nil {
                join(group, outage.silent, at: now, surroundings, &output)
            } else if mayBegin(group, at: deadline, surroundings) {
                var condition = Condition(started: outage.since, detected: deadline, device: -1)
                condition.others = outage.silent
                raise(group, condition, at: now, surroundings, &output)
            } else {
                isHeldBack = true
            }
        }
        if isHeldBack || isAway {
            let begins =
                isHeldBack ? begins(group, after: deadline, surroundings).map { look(from: $0, surroundings) } : nil
            let at = min(next ?? .distantFuture, begins ?? .distantFuture)
            sleep(group, until: at < .distantFuture ? at : nil, &timers)
        } else if let next {
            timers.absences.arm(timer, at: open[group] == nil ? next : look(from: next))
        }
    }

    /// More devices are silent behind a hub that was told: the alert is kept right, and nobody is woken.
    private mutating func join(
        _ group: Int32, _ silent: [Int32], at now: Instant, _ surroundings: Surroundings, _ output: inout RuleOutput
    ) {
        let known = Set(open[group]?.others ?? [])
        let more = silent.filter { !known.contains($0) }
        guard !more.isEmpty else { return }
        open[group]?.others.append(contentsOf: more)
        guard let condition = open[group], !condition.isClosed else { return }
        var joined = finding(group, condition, .updated, at: now, surroundings)
        joined.isTold = false
        joined.countsOnly = true
        output.findings.append(joined)
    }

    /// What ``Coverage`` says of a hub, remembered while several of its devices are looked at.
    mutating func outage(
        of group: Int32, at instant: Instant, _ surroundings: Surroundings
    ) -> Coverage.Outage? {
        guard group >= 0 else { return nil }
        let heard = surroundings.coverage.groupHeard[Int(group)]
        if let outage, outage.group == group, outage.at == instant, outage.heard == heard { return outage.found }
        let found = found(group, at: instant, surroundings)
        outage = (group, instant, heard, found)
        return found
    }

    func found(_ group: Int32, at instant: Instant, _ surroundings: Surroundings) -> Coverage.Outage? {
        surroundings.coverage.outage(
            of: group, at: instant, missed: settings.heartbeats, share: settings.share, least: settings.least,
            handingIn: true, surroundings.blind)
    }
}
