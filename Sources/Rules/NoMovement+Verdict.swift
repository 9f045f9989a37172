import Community
import Feeds
package import SiteConfiguration
package import Timekeeping
import Windowing

extension NoMovement {
    /// How a silence is to be read (docs/rules.md, "No movement"), in this order the first that holds: nobody can be
    /// seen there at all; the box did not listen for over half of it; the last that was seen of all is that they went
    /// out; under half of it was watched; there is no device, and the gates saw nobody; nothing moved.
    ///
    /// Watched is the time in which the box listened and a covering device was alive. Devices whose heartbeat nobody
    /// knows are never dead, but count for nothing beside one whose heartbeat is known; where there is no other, the
    /// time is taken as watched, and the cover says that nobody knows. O(devices of the home's hub).
    package func verdict(
        of home: Int, from: Instant, at deadline: Instant, _ surroundings: Surroundings
    ) -> (verdict: VerdictName, cover: Finding.Cover) {
        let covering = covering(home, surroundings)
        let cover = cover(of: covering, from: from, to: deadline, surroundings)
        if isUncovered(home) { return (.uncovered, cover) }
        if cover.blind > 0.5 { return (.boxBlind, cover) }
        if wentOut(home) { return (.wentOut, cover) }
        if covering.isEmpty { return (.notSeen, cover) }
        return (cover.watched < 0.5 ? .sensorDead : .notMoving, cover)
    }

    /// The covering devices of a home that can give evidence that this rule believes in.
    private func covering(_ home: Int, _ surroundings: Surroundings) -> [Int32] {
        surroundings.coverage.covering(Int32(home)).filter {
            Coverage.evidence(of: registry.devices[Int($0)]) & kinds != 0
        }
    }

    /// Neither a covering device nor a credential, and nobody was ever seen.
    func isUncovered(_ home: Int) -> Bool { isBare[home] && last[home] == nil }

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
        of devices: [Int32], from: Instant, to: Instant, _ surroundings: Surroundings
    ) -> Finding.Cover {
        let coverage = surroundings.coverage
        let blind = surroundings.blind
        var cover = Finding.Cover()
        var dead: [[(from: Instant, to: Instant)]] = []
        var deadTotals: [(device: Int32, length: Milliseconds, since: Instant)] = []
        for device in devices {
            let times = coverage.deadTimes(device, from: from, to: to, blind)
            let isKnown = coverage.heartbeat(device) != nil
            if isKnown || !times.isEmpty { dead.append(times) }
            let isDead = times.contains { $0.to >= to }
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
        let shares = Stretches.shares(of: blind, dead: dead, hasDevices: !devices.isEmpty, from: from, to: to)
        cover.blind = Double(shares.blind.count) / length
        cover.watched = Double(shares.watched.count) / length
        cover.dead = devices.isEmpty ? 0 : max(0, 1 - cover.blind - cover.watched)
        cover.isUnsupervised = !devices.isEmpty && dead.isEmpty
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
        registry.devices.contains { device in
            guard device.isOuterGate else { return false }
            return switch device.direction {
            case .payload: true
            case .fixed(let direction): direction == .out
            case .table(let entries): entries.contains { $0.direction == .out }
            }
        }
    }
}

/// Unions and intersections of stretches of time.
enum Stretches {
    typealias Stretch = (from: Instant, to: Instant)

    /// The length of the union.
    static func length(_ stretches: [Stretch]) -> Milliseconds {
        var total = Milliseconds.zero
        var counted = Instant.distantPast
        for stretch in stretches.sorted(by: { $0.from < $1.from }) where stretch.to > counted {
            total = total + (stretch.to - max(stretch.from, counted))
            counted = stretch.to
        }
        return total
    }

    /// How much of a stretch was blind, and how much of the rest had a living device: what is both blind and dead is
    /// blind alone.
    /// - Parameter dead: of each device that something is known of; without one all the rest counts as watched.
    static func shares(
        of blind: BlindIntervals, dead: [[Stretch]], hasDevices: Bool, from: Instant, to: Instant
    ) -> (blind: Milliseconds, watched: Milliseconds) {
        let isBlind = blindTimes(blind, from: from, to: to)
        let blindLength = length(isBlind)
        guard hasDevices else { return (blindLength, .zero) }
        guard !dead.isEmpty else { return (blindLength, to - from - blindLength) }
        // Between two neighbouring bounds nothing changes.
        let bounds = Set(([from, to] + (dead + [isBlind]).flatMap { $0 }.flatMap { [$0.from, $0.to] })).sorted()
        var watched = Milliseconds.zero
        for (begin, end) in zip(bounds, bounds.dropFirst()) {
            func covers(_ stretch: Stretch) -> Bool { stretch.from <= begin && stretch.to >= end }
            if isBlind.contains(where: covers) || dead.allSatisfy({ $0.contains(where: covers) }) { continue }
            watched = watched + (end - begin)
        }
        return (blindLength, watched)
    }

    static func longestBlind(_ blind: BlindIntervals, from: Instant, to: Instant) -> Stretch? {
        // Whole, not only what lies within: people are told when the box was down.
        let whole = blind.intervals.filter { $0.to > from && $0.from < to }.map { ($0.from, $0.to) }
        let away = blind.awaySince.flatMap { $0 < to ? [($0, to)] : nil } ?? []
        return (whole + away).max { $0.1 - $0.0 < $1.1 - $1.0 }
    }

    private static func blindTimes(_ blind: BlindIntervals, from: Instant, to: Instant) -> [Stretch] {
        var times: [Stretch] = blind.intervals.map { (max($0.from, from), min($0.to, to)) }
        if let away = blind.awaySince { times.append((max(away, from), to)) }
        return times.filter { $0.from < $0.to }
    }
}
