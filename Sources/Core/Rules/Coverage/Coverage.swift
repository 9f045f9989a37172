package import Community
import Feeds
import SiteConfiguration
package import Timekeeping
import Vocabulary
package import Windowing

/// Which devices can be believed in their silence: of each when it was heard, what it may keep silent for, and when it
/// was dead; who covers what; and what stands behind one hub.
///
/// A device is *silent* when the box listened for 2.5 of its heartbeats and did not hear it, or when it was told to be
/// offline. Without a heartbeat, given or learned, it is *unsupervised*: never silent. It is *weak* when its evidence
/// comes on a fixed period, or without a quiet hour, for 48 h, or its power stays below the plug's step: then it shows
/// no life. Anything but a retained record shows that a device is alive. The heartbeat is learned from reports with no
/// event of the device's own within 90 s before or after them: from movement, or from the battery that a door contact
/// tells whenever it is opened, a fallen person would look like a dead sensor. For the same reason the registry's
/// heartbeat holds from the first report on, and of what was never heard at all: not of what told movement alone.
///
/// A hub has a *pulse*: all such reports of its devices, pooled, of three devices at least (``Pulse``). It is silent
/// when 2.5 pulses pass without any word, or when most of its devices are.
///
/// Each word *vouches* for one heartbeat of listening behind it; of a device without one two words vouch for the time
/// between them, up to 12 h. What nobody vouches for is neither watched nor dead.
///
/// Laws: what is kept of dead times, and of times that nobody vouched for, never tells of less than there was in the
/// last ``kept``, so nobody is told to have been watched who was not. All answers are functions of what was heard and
/// of the instant they are asked for: no timer, no order of calls. Devices that the registry does not know are not
/// kept.
/// Cost: 64 B a device and 16 B that are seldom touched, 130 B a group; O(1) an observation and no allocation, but for
/// the first word after a silence: O(devices of the group).
package struct Coverage: Sendable {
    /// So many heartbeats may be missed.
    package static let missed = 2.5
    /// Of the devices behind one hub more than this share, and so many at least, are silent: then it is the hub.
    package static let share = 0.5
    package static let least = 3
    /// Without a quiet stretch of an hour for so long, or on a fixed period for so long, evidence is weak.
    package static let unquiet = Milliseconds.hours(48)
    package static let quiet = Milliseconds.hours(1)
    static let unquietSeconds: UInt32 = 48 * 3600
    /// Two gaps that differ by no more are the same: seconds, for devices tell no more exactly.
    static let periodSlack: UInt32 = 1
    /// So many equal gaps at least are a fixed period.
    private static let periods: UInt32 = 24
    /// A report so near to an event of the device's own, in seconds, is caused by it.
    static let near: UInt32 = 90
    /// A gap of which more than this part was blind tells nothing of how often something reports.
    static let blindShare: UInt32 = 4
    /// Two words of a device without a heartbeat vouch for what lies between them, up to so much.
    package static let vouching = Milliseconds.hours(12)
    /// Dead times that are over for longer are forgotten.
    static let kept: UInt32 = 40 * 86_400

    /// What is known of a device at an instant.
    package enum Life: Sendable {
        case alive, silent, unsupervised
    }

    /// From a second up to another.
    struct Stretch: Equatable, Sendable {
        var from: UInt32 = 0
        var to: UInt32 = 0
    }

    /// What is kept of one device and touched by nearly every word: 64 B. Seconds since the epoch; 0 never.
    struct Row: Equatable, Sendable {
        /// The last power that was told is below the plug's step.
        static let idle: UInt8 = 1
        /// Between the last report that was taken and the one that waits, or since then while none waits, nobody could
        /// hear for a while; and the same behind the one that waits.
        static let unsure: UInt8 = 2
        static let unsureSince: UInt8 = 4
        /// It told something that was no event: from then on the registry's heartbeat holds.
        static let reports: UInt8 = 8
        /// The last power that was told is somebody's.
        static let inUse: UInt8 = 16

        var heard = Instant.distantPast
        var beats = Heartbeats()
        var flags: UInt8 = 0
        /// Seconds between its last two pieces of evidence; 0 none, and 65,535 for more.
        var period: UInt16 = 0
        /// Of the reports within ``Coverage/near`` behind the one that waits, how long behind it the last is; 0 none.
        var waitingFor: UInt8 = 0
        /// Its last evidence of life, believed or not.
        var evidence: UInt32 = 0
        /// Since when its evidence comes on that period, and since when without a quiet hour.
        var periodFrom: UInt32 = 0
        var unquietFrom: UInt32 = 0
        /// When it was told to be offline; holds while nothing was heard since.
        var offline: UInt32 = 0
        /// Its last event, of life or not.
        var event: UInt32 = 0
        /// The report that waits for ``Coverage/near`` to pass without an event.
        var waiting: UInt32 = 0

        /// Since when its evidence is not believed, if it has been unquiet, or on its period, for so many seconds.
        func weakFrom(after least: UInt32) -> Instant? {
            if unquietFrom > 0, evidence - unquietFrom >= least { return Instant(seconds32: unquietFrom) }
            guard periodFrom > 0, evidence - periodFrom >= max(least, UInt32(period) * Coverage.periods) else {
                return nil
            }
            return Instant(seconds32: periodFrom)
        }

        /// How often it reports, the report that waits counted in: who asks about silence asks later than it waits,
        /// and an event meanwhile would have taken it out. As long as events show that it lives, it reports no more
        /// often than it has not reported since; for three days, then it reports no more.
        var learned: Milliseconds? {
            var all = beats
            if waiting > beats.last {
                all.report(at: waiting, isSure: flags & Row.unsure == 0)
                if waitingFor > 0 { all.report(at: waiting &+ UInt32(waitingFor), isSure: true) }
            }
            guard let length = all.length else { return nil }
            // What lies behind an outage of the hub or the box says nothing of how often.
            let unsure = waiting > beats.last ? Row.unsureSince : Row.unsure
            let second = heard.seconds32
            guard flags & unsure == 0, second > all.last, second - all.last > Heartbeats.unit else { return length }
            if second - all.last > Heartbeats.gapsWithin * Heartbeats.unit { return nil }
            return max(length, .seconds(Int64(second - all.last)))
        }
    }

    /// What is over of a device: 16 B, and more where there is something. The older first.
    struct Past: Equatable, Sendable {
        static let deadMost = 8
        static let unvouchedMost = 48

        var dead: [Stretch] = []
        /// When no word vouched for it, though it was not dead as far as anybody knows.
        var unvouched: [Stretch] = []
    }

    /// Devices behind one hub or gateway, or in one dwelling where none is named.
    package struct Group: Sendable {
        /// The hub, or the dwelling's id.
        package var name: String
        package var isHub: Bool
        /// Ascending.
        package var members: [Int32]
        /// When somebody was heard again after all were dead.
        package internal(set) var back = Instant.distantPast
        /// When a device last told what is so old that by it the device would be silent: its hub hands in what it kept.
        var handedIn = Instant.distantPast
        /// When that began, and when a device last told something so old.
        var handingSince = Instant.distantPast
        var toldOld = Instant.distantPast
        /// Times in which nothing came through, the oldest first.
        var dead: [Stretch] = []

        static let deadMost = 8

        /// A hub and a dwelling may have the same name.
        var key: String { (isHub ? "v" : "d") + name }
    }

    /// The levels of a plug: what it draws in standby and in use.
    struct Plug: Equatable, Sendable {
        var low: Float
        var high: Float
        var count: Int32 = 1
    }

    var rows: Paged<Row>
    var past: Paged<Past>
    /// The first that was heard of anything: what was never heard is silent from then on.
    package internal(set) var began = Instant.distantPast
    package internal(set) var groups = Paged<Group>()
    /// By group, the last word of any of its devices: apart, since nearly every record changes it.
    package internal(set) var groupHeard: ContiguousArray<Instant> = []
    /// By group.
    var pulses = Paged<Pulse>()
    /// By device; −1 none.
    let groupOf: ContiguousArray<Int32>
    /// By device, the heartbeat that the registry gives, in ms; 0 none.
    let given: ContiguousArray<Int64>
    /// By household, the devices in its dwelling that can give evidence at all.
    private let coveringOf: [[Int32]]
    var plugs: [Int32: Plug] = [:]

    package init(registry: Registry) {
        rows = Paged(repeating: Row(), count: registry.devices.count)
        past = Paged(repeating: Past(), count: registry.devices.count)
        given = ContiguousArray(registry.devices.map { $0.heartbeat?.count ?? 0 })
        var names: [String: Int32] = [:]
        var groupOf = ContiguousArray<Int32>()
        var coveringOf = [[Int32]](repeating: [], count: registry.households.count)
        for (index, device) in registry.devices.enumerated() {
            let dwelling = device.place.flatMap { registry.places[Int($0.index)].dwelling }
            let name = device.via ?? dwelling.map { registry.places[Int($0.index)].id }
            guard let name else {
                groupOf.append(-1)
                continue
            }
            let new = Group(name: name, isHub: device.via != nil, members: [])
            let group = names[new.key] ?? Int32(groups.count)
            names[new.key] = group
            if Int(group) == groups.count {
                groups.append(new)
                groupHeard.append(.distantPast)
                pulses.append(Pulse())
            }
            groups[Int(group)].members.append(Int32(index))
            groupOf.append(group)
            guard let dwelling, Coverage.evidence(of: device) != 0 else { continue }
            let home = registry.household(inDwelling: dwelling)
            if home >= 0 { coveringOf[Int(home)].append(Int32(index)) }
        }
        self.groupOf = groupOf
        self.coveringOf = coveringOf
    }

    /// The first record: what is never heard is silent from now on.
    package mutating func begin(at now: Instant) {
        if began == .distantPast { began = now }
    }

    // MARK: Who covers what

    /// The kinds of evidence that a device in a dwelling can give, as bits; none for gates, cameras and buttons: a
    /// button says nothing of somebody who does not press it.
    package static func evidence(of device: Device) -> UInt64 {
        func bits(_ kinds: ObservationKind...) -> UInt64 { kinds.reduce(0) { $0 | 1 << UInt64($1.rawValue) } }
        guard device.family == "elder" || device.family.isEmpty else { return 0 }
        switch device.kind {
        case "button", "gate", "unit_door", "lift", "facade", "lane", "camera", "hub", "gateway": return 0
        case "pir", "presence", "radar": return bits(.motion, .presence)
        case "contact", Device.entrance: return bits(.contact)
        case "bed": return bits(.bed, .presence)
        case "meter", "power", "plug", "water": return bits(.power, .water)
        default:
            return device.family.isEmpty ? 0 : bits(.motion, .presence, .contact, .bed, .power, .water)
        }
    }

    /// The devices that cover a home. O(1).
    package func covering(_ home: Int32) -> [Int32] {
        coveringOf.indices.contains(Int(home)) ? coveringOf[Int(home)] : []
    }

    /// The group of a device; −1 none.
    package func group(of device: Int32) -> Int32 { isKept(device) ? groupOf[Int(device)] : -1 }

    func isKept(_ device: Int32) -> Bool { device >= 0 && Int(device) < rows.count }

    // MARK: Of one device

    /// Nil where it was never heard.
    package func lastHeard(_ device: Int32) -> Instant? {
        guard isKept(device), rows[Int(device)].heard > .distantPast else { return nil }
        return rows[Int(device)].heard
    }

    /// What its silence is counted from: when it was heard, or, where it never was, when anything was.
    package func countedFrom(_ device: Int32) -> Instant { lastHeard(device) ?? began }

    /// Its last evidence of life, to the second, believed or not; nil where there was none.
    package func lastEvidence(_ device: Int32) -> Instant? {
        guard isKept(device), rows[Int(device)].evidence > 0 else { return nil }
        return Instant(seconds32: rows[Int(device)].evidence)
    }

    /// How often it reports: as the registry says, or as it was learned; nil where nobody knows.
    package func heartbeat(_ device: Int32) -> (length: Milliseconds, isLearned: Bool)? {
        guard isKept(device) else { return nil }
        let given = given[Int(device)]
        if given > 0, rows[Int(device)].flags & Row.reports != 0 || rows[Int(device)].heard == .distantPast {
            return (Milliseconds(given), false)
        }
        return rows[Int(device)].learned.map { ($0, true) }
    }

    /// How long it may be silent; nil where nobody knows.
    package func limit(_ device: Int32, missed: Double = Coverage.missed) -> Milliseconds? {
        heartbeat(device).map { Coverage.limit(of: $0.length, missed: missed) }
    }

    static func limit(of beat: Milliseconds, missed: Double) -> Milliseconds {
        Milliseconds(Int64((Double(beat.count) * missed).rounded(.up)))
    }

    /// Since when it is silent, if nothing comes: when the box has listened for its limit. Nil where it is
    /// unsupervised, or the box does not listen, or never did.
    ///
    /// - Parameter handingIn: a device whose hub hands in what it kept has its whole limit from then on to tell newer
    ///   things. So it is for who asks whether a device is dead, and not for who asks up to when a home was watched.
    package func silentFrom(
        _ device: Int32, missed: Double = Coverage.missed, handingIn: Bool = false, _ blind: BlindIntervals
    ) -> Instant? {
        guard isKept(device), began > .distantPast else { return nil }
        let heard = countedFrom(device)
        let offline = rows[Int(device)].offline
        if offline > 0 { return max(heard, Instant(seconds32: offline)) }
        guard let beat = heartbeat(device)?.length else { return nil }
        let group = groupOf[Int(device)]
        var from = group >= 0 ? max(heard, groups[Int(group)].back) : heard
        if handingIn, group >= 0 { from = max(from, groups[Int(group)].handedIn) }
        return blind.listened(Coverage.limit(of: beat, missed: missed), from: from, grace: beat)
    }

    /// Whether a device is alive at an instant; without a heartbeat nobody knows.
    package func life(_ device: Int32, at now: Instant, _ blind: BlindIntervals) -> Life {
        guard isKept(device), heartbeat(device) != nil || rows[Int(device)].offline > 0 else { return .unsupervised }
        guard let from = silentFrom(device, blind) else { return .alive }
        return from <= now ? .silent : .alive
    }

    /// Since when its evidence is not believed, if it is not: see ``unquiet``. The device's own clock counts.
    package func weakFrom(_ device: Int32, after length: Milliseconds = Coverage.unquiet) -> Instant? {
        guard isKept(device) else { return nil }
        return rows[Int(device)].weakFrom(after: UInt32(clamping: length.count / 1000))
    }

    /// When a device that is weak has been quiet for long enough to be believed again.
    package func quietFrom(_ device: Int32) -> Instant {
        guard isKept(device) else { return .distantPast }
        let row = rows[Int(device)]
        let period = row.periodFrom > 0 ? Milliseconds.seconds(2 * Int64(row.period)) : .zero
        return Instant(seconds32: row.evidence) + max(Coverage.quiet, period)
    }
}

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
