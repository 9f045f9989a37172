import Community
import Feeds
import SiteConfiguration
package import Timekeeping
package import Vocabulary
import Windowing

extension NoMovement {
    /// How a silence is to be read (docs/rules.md, "Verdicts"), in this order the first that holds: nobody can be
    /// seen there at all; the box did not listen for over half of it; the last that was seen of all is that they went
    /// out; there is no device, and the gates saw nobody; more of it is known to be dead than was watched; nothing
    /// moved.
    ///
    /// Watched is the time in which the box listened and a word of a covering device vouched for it. What nobody
    /// vouches for is neither watched nor dead: where it is the most, the cover says that nobody knows. An entrance
    /// door vouches for a home of which it is all that there is. O(devices of the home's hub).
    package func verdict(
        of home: Int, from: Instant, at deadline: Instant, _ context: RuleContext
    ) -> (verdict: Verdict, cover: Finding.Cover) {
        let covering = covering(home, context)
        var cover = cover(of: covering, from: from, to: deadline, context)
        if isUncovered(home) { return (.uncovered, cover) }
        if cover.blind > 0.5 { return (.boxBlind, cover) }
        if wentOut(home) { return (.wentOut, cover) }
        if covering.isEmpty { return (.notSeen, cover) }
        if cover.dead > cover.watched { return (.sensorDead, cover) }
        cover.isUnsupervised = 1 - cover.blind - cover.dead - cover.watched > cover.watched
        show(doorOf: home, from: from, in: &cover)
        return (.notMoving, cover)
    }

    /// The covering devices of a home that can give evidence that this rule believes in.
    private func covering(_ home: Int, _ context: RuleContext) -> [Int32] {
        context.coverage.covering(Int32(home)).filter {
            Coverage.evidence(of: registry.devices[Int($0)]) & kinds != 0
        }
    }

    /// Neither a covering device nor a credential, and nobody was ever seen.
    func isUncovered(_ home: Int) -> Bool { isBare[home] && last[home] == nil }

    /// Homes with sensors, of none of which anybody could tell that it is dead: neither they nor their hubs report by
    /// themselves. Empty for the first three days, in which that is found out. O(homes × devices of each).
    package func unsupervised(at now: Instant, _ context: RuleContext) -> [Int32] {
        let coverage = context.coverage
        guard coverage.began > .distantPast, now - coverage.began >= .days(3) else { return [] }
        return registry.households.indices.map { Int32($0) }.filter { home in
            let devices = covering(Int(home), context)
            return !devices.isEmpty && !isLeft(Int(home))
                && devices.allSatisfy { device in
                    coverage.heartbeat(device) == nil && coverage.pulse(of: coverage.group(of: device)) == nil
                }
        }
    }

    /// Homes in which nobody could be seen to move, and why. O(homes × devices of each).
    package func unseen(at now: Instant, _ context: RuleContext) -> [UnseenHome] {
        registry.households.indices.filter { !isLeft($0) }.compactMap { home in
            if isUncovered(home) { return UnseenHome(home: Int32(home), reason: .uncovered) }
            let devices = covering(home, context)
            let isDead = devices.allSatisfy { context.coverage.life($0, at: now, context.blind) == .silent }
            return devices.isEmpty || !isDead ? nil : UnseenHome(home: Int32(home), reason: .sensorsDead)
        }
    }

    static func bareHomes(_ registry: Registry, kinds: UInt64) -> [Bool] {
        var isBare = registry.households.map { home in
            home.residents.allSatisfy { registry.residents[Int($0.index)].credentials.isEmpty }
        }
        for device in registry.devices where Coverage.evidence(of: device) & kinds != 0 {
            let dwelling = device.place.flatMap { registry.places[Int($0.index)].dwelling }
            let home = dwelling.map { registry.household(inDwelling: $0) } ?? -1
            if home >= 0 { isBare[Int(home)] = false }
        }
        return isBare
    }

    /// The last evidence of all is a pass out at an outer gate; where several are watched, of each of them.
    private func wentOut(_ home: Int) -> Bool {
        // A visit, or the end of an absence, is later than what was seen before it.
        guard isOut(last[home]), let at = last[home]?.at, at >= absence.keys[home].start else { return false }
        let residents = registry.households[home].residents.filter { !deceased.contains($0.index) }
        return residents.count < 2 || residents.allSatisfy { isOut(lastOf[Int($0.index)]) }
    }

    private func isOut(_ trace: Trace?) -> Bool {
        guard let trace, trace.kind == .pass, trace.isOutward, registry.devices.indices.contains(Int(trace.device))
        else { return false }
        return registry.devices[Int(trace.device)].isOuterGate
    }

    private func cover(
        of devices: [Int32], from: Instant, to: Instant, _ context: RuleContext
    ) -> Finding.Cover {
        let coverage = context.coverage
        let blind = context.blind
        var cover = Finding.Cover()
        var states: [Stretches.Device] = []
        var deadTotals: [(device: Int32, length: Milliseconds, since: Instant)] = []
        let isDoorAlone = devices.allSatisfy { registry.devices[Int($0)].kind == Device.entrance }
        for device in devices {
            let spans = coverage.deadSpans(device, from: from, to: to, blind)
            let times = spans.map { (from: max($0.from, from), to: min($0.to, to)) }
            let isKnown = coverage.heartbeat(device) != nil
            let isDead = times.contains { $0.to >= to }
            // A door that opens in a home with other sensors is no movement there.
            let vouches = isDoorAlone || registry.devices[Int(device)].kind != Device.entrance
            states.append(
                Stretches.Device(
                    dead: spans,
                    unvouched: vouches ? coverage.unvouchedTimes(device, from: from, to: to, blind) : [(from, to)],
                    heard: isKnown ? nil : coverage.lastHeard(device) ?? .distantPast))
            if let first = times.map(\.from).min() {
                let since = times.filter { $0.to >= to }.map(\.from).min() ?? first
                deadTotals.append(
                    (device, Stretches.length(times), coverage.lastHeard(device).map { min($0, since) } ?? since))
            }
            var item = Finding.Cover.Device(
                device: device, last: coverage.lastHeard(device), isAlive: isKnown || isDead ? !isDead : nil)
            item.evidence = coverage.lastEvidence(device)
            item.isWeak = coverage.weakFrom(device) != nil
            cover.devices.append(item)
        }
        let length = Double(max(1, (to - from).count))
        let shares = Stretches.shares(of: blind, states, from: from, to: to)
        cover.blind = Double(shares.blind.count) / length
        cover.watched = Double(shares.watched.count) / length
        cover.dead = Double(shares.dead.count) / length
        // Of those that were dead for as long, the one that died first.
        if let worst = deadTotals.max(by: { ($0.length, $1.since) < ($1.length, $0.since) }) {
            cover.deadDevice = worst.device
            cover.deadSince = worst.since
        }
        if let longest = Stretches.longestBlind(blind, from: from, to: to) {
            cover.blindFrom = longest.from
            cover.blindTo = longest.to
        }
        cover.exitNotRecorded = !recordsExits
        return cover
    }

    /// Whether leaving leaves a trace: some outer gate tells who goes out.
    static func recordsExits(_ registry: Registry) -> Bool {
        registry.devices.contains { $0.isOuterGate && $0.direction.tells(.out) }
    }
}
