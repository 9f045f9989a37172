package import Timekeeping
import Windowing

extension Coverage {
    /// A hub or gateway behind which the devices are silent together.
    package struct Outage: Equatable, Sendable {
        /// The last word of any of those that are silent.
        package var since: Instant
        /// When it was known: so many were silent, and over the share.
        package var known: Instant
        /// Ascending.
        package var silent: [Int32]
        /// Nothing at all came through since the last word of any, and those that are silent would have spoken since:
        /// what else stands behind it is dead as well, whatever its own heartbeat.
        package var isTotal: Bool
    }

    /// Whether a hub is silent: for 2.5 of its pulses without any word, or its devices are silent together: over the
    /// share of those of which anything is known, and so many at least. Known is of a device that it is silent, or that
    /// it was heard after the silent ones; one without a heartbeat, or with one so long that it cannot be silent yet,
    /// says neither. O(devices of the group).
    package func outage(
        of group: Int32, at now: Instant, missed: Double = Coverage.missed, share: Double = Coverage.share,
        least: Int = Coverage.least, handingIn: Bool = false, _ blind: BlindIntervals
    ) -> Outage? {
        guard groups.indices.contains(Int(group)), groups[Int(group)].members.count >= least else { return nil }
        let byShare = outageByShare(
            of: group, at: now, missed: missed, share: share, least: least, handingIn: handingIn, blind)
        guard let from = pulseEnds(group, missed: missed, handingIn: handingIn, blind), from <= now else {
            return byShare
        }
        let members = groups[Int(group)].members.filter { lastHeard($0) != nil }
        var total = Outage(since: groupHeard[Int(group)], known: from, silent: members, isTotal: true)
        if let byShare {
            total.known = min(from, byShare.known)
            total.silent = Set(members + byShare.silent).sorted()
        }
        return total
    }

    /// How often a hub lets something through that nobody causes; nil where nobody knows.
    package func pulse(of group: Int32) -> Milliseconds? {
        pulses.indices.contains(Int(group)) ? pulses[Int(group)].length : nil
    }

    /// When the pulse of a hub has been missed for so often that it is silent, if nothing comes. Nil where nobody knows
    /// its pulse, or the box does not listen.
    package func pulseEnds(
        _ group: Int32, missed: Double = Coverage.missed, handingIn: Bool = false, _ blind: BlindIntervals
    ) -> Instant? {
        guard let pulse = pulse(of: group) else { return nil }
        let limit = Coverage.limit(of: pulse, missed: missed)
        var from = groupHeard[Int(group)]
        if handingIn { from = max(from, groups[Int(group)].handedIn) }
        return blind.listened(limit, from: from, grace: pulse)
    }

    private func outageByShare(
        of group: Int32, at now: Instant, missed: Double, share: Double, least: Int, handingIn: Bool,
        _ blind: BlindIntervals
    ) -> Outage? {
        let groupHeard = groupHeard[Int(group)]
        let group = groups[Int(group)]
        var since = Instant.distantPast
        var silent: [(device: Int32, from: Instant)] = []
        var together = 0
        for device in group.members {
            guard let from = silentFrom(device, missed: missed, handingIn: handingIn, blind), from <= now else {
                continue
            }
            let heard = countedFrom(device)
            silent.append((device, from))
            since = max(since, heard)
            if missedFrom(device, heard) >= groupHeard { together += 1 }
        }
        guard silent.count >= least else { return nil }
        var heardSince = 0
        for device in group.members where heartbeat(device) != nil {
            if let heard = lastHeard(device), heard > since { heardSince += 1 }
        }
        guard Double(silent.count) > share * Double(silent.count + heardSince) else { return nil }
        let known = silent.map(\.from).sorted()
        let enough = max(least, Int((share * Double(silent.count + heardSince)).rounded(.down)) + 1)
        return Outage(
            since: since, known: known[min(enough, known.count) - 1], silent: silent.map(\.device),
            isTotal: together >= least)
    }

    /// When its next word was due.
    private func missedFrom(_ device: Int32, _ heard: Instant) -> Instant {
        heard + (heartbeat(device)?.length ?? .zero)
    }

    /// Whether the silence of a device is its own: somebody else behind the same hub was heard after its next word was
    /// due. Else it may be the hub's, as long as it is not yet time for enough others to be silent as well; after that
    /// it is its own again.
    /// - Returns: nil where it is its own; else until when nobody knows, if nothing comes.
    package func doubtful(
        _ device: Int32, missed: Double = Coverage.missed, least: Int = Coverage.least, _ blind: BlindIntervals
    ) -> Instant? {
        let number = group(of: device)
        guard number >= 0 else { return nil }
        let heard = countedFrom(device)
        let group = groups[Int(number)]
        guard group.members.count >= least, rows[Int(device)].offline == 0 else { return nil }
        // Its own word counts for nothing here, and what came with it shows no more.
        let groupHeard = groupHeard[Int(number)]
        if groupHeard > max(missedFrom(device, heard), heard) { return nil }
        // The sooner of the two ways in which a hub's silence would show.
        let ofPulse = pulseEnds(number, missed: missed, blind)
        let beats = group.members.compactMap { heartbeat($0)?.length }.sorted()
        guard beats.count >= least else { return ofPulse }
        let limit = Coverage.limit(of: beats[least - 1], missed: missed)
        let ofShare = blind.listened(limit, from: groupHeard, grace: beats[least - 1])
        guard let ofPulse, let ofShare else { return ofShare ?? ofPulse }
        return min(ofPulse, ofShare)
    }

    /// Up to when the last word of a device vouches: one heartbeat of listening behind it; without a heartbeat up to
    /// the next word, if that comes in time.
    /// - Parameter next: when it spoke again; nil where it has not.
    func vouchedUntil(_ device: Int32, next: Instant?, _ blind: BlindIntervals) -> Instant {
        let heard = rows[Int(device)].heard
        if let beat = heartbeat(device)?.length {
            return min(next ?? .distantFuture, blind.listened(beat, from: heard) ?? .distantFuture)
        }
        guard let next, next - heard - blind.blindTime(from: heard, to: next) <= Coverage.vouching else { return heard }
        return next
    }

    /// The times within a stretch, up to its end, that no word of a device vouches for, whether it was dead or not. May
    /// overlap, in no order.
    package func unvouchedTimes(
        _ device: Int32, from: Instant, to: Instant, _ blind: BlindIntervals
    ) -> [(from: Instant, to: Instant)] {
        guard isKept(device), rows[Int(device)].heard > .distantPast else { return [(from, to)] }
        var times: [(from: Instant, to: Instant)] = []
        func add(_ begin: Instant, _ end: Instant) {
            let begin = max(begin, from)
            let end = min(end, to)
            if begin < end { times.append((begin, end)) }
        }
        for stretch in past[Int(device)].unvouched {
            add(Instant(seconds32: stretch.from), Instant(seconds32: stretch.to))
        }
        add(vouchedUntil(device, next: nil, blind), to)
        return times
    }

    /// The dead times of a device within a stretch, up to its end: its own, its hub's, and since when it is weak. May
    /// overlap, in no order. Of an unsupervised device the hub's alone.
    package func deadTimes(
        _ device: Int32, from: Instant, to: Instant, _ blind: BlindIntervals
    ) -> [(from: Instant, to: Instant)] {
        deadSpans(device, from: from, to: to, blind).map { (max($0.from, from), min($0.to, to)) }
    }

    /// The same from where each began, be it before the stretch.
    func deadSpans(
        _ device: Int32, from: Instant, to: Instant, _ blind: BlindIntervals
    ) -> [(from: Instant, to: Instant)] {
        guard isKept(device) else { return [] }
        let row = rows[Int(device)]
        var spans: [(from: Instant, to: Instant)] = []
        func add(_ begin: Instant, _ end: Instant) {
            if max(begin, from) < min(end, to) { spans.append((begin, end)) }
        }
        func add(_ stretch: Stretch) { add(Instant(seconds32: stretch.from), Instant(seconds32: stretch.to)) }
        for stretch in past[Int(device)].dead { add(stretch) }
        if heartbeat(device) != nil, row.heard == .distantPast { add(min(began, from), to) }
        if let silent = silentFrom(device, blind), silent <= to { add(row.heard, to) }
        if let weak = weakFrom(device) { add(weak, to) }
        let number = group(of: device)
        guard number >= 0 else { return spans }
        let group = groups[Int(number)]
        for stretch in group.dead { add(stretch) }
        if let outage = outage(of: number, at: to, blind), outage.isTotal { add(groupHeard[Int(number)], to) }
        return spans
    }
}
