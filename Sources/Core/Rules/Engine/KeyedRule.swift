import Community
import Diagnostics
import Feeds
import SiteConfiguration
import StateCoding
import Timekeeping
import Vocabulary
import Windowing

/// What the engines share that have one episode a key: the match, the keys, the episodes, and when the rule holds.
///
/// A rule may count for several things, each apart: a key's number here is the keyer's number × keyers + which keyer.
///
/// It is in the engines of levels, counts, flows, tailgating, durations and sequences. Not in those whose episodes are
/// another thing: of an incident (one a session, several a key), of passes (none is kept), of homes and of devices
/// (their keys are the registry's numbers); each says so in its head.
struct KeyedRule: Sendable {
    let rule: Int
    let settings: RuleSettings
    let matcher: Matcher
    /// Of its timers, in `timers.absences`.
    let owner: Int32
    private(set) var keyers: [Keyer]
    /// Keyers that stand in where one before has no key for an observation.
    private let standIns: Int
    var episodes: Episodes

    /// - Parameters:
    ///   - standIn: counts for the device where nobody is known.
    ///   - hasOneKey: counts for the first thing alone that the settings name.
    init(_ plan: RulePlan, standIn: Bool = false, hasOneKey: Bool = false, timers: inout Timers) {
        rule = plan.rule
        settings = plan.settings
        matcher = Matcher(plan.settings.match, plan)
        owner = timers.absences.addOwner(keys: 0)
        let hasStandIn = standIn && !plan.settings.keys.contains(.device)
        standIns = hasStandIn ? 1 : 0
        let keys = hasOneKey ? Array(plan.settings.keys.prefix(1)) : plan.settings.keys
        keyers = keys.map { Keyer($0) } + (hasStandIn ? [Keyer(.device)] : [])
        episodes = Episodes(cooldown: plan.settings.cooldown)
    }

    /// How many things the rule counts for: a key for each of an observation's.
    var lanes: Int { keyers.count - standIns }

    /// One more than the largest key that was given.
    var keyCount: Int { (keyers.map(\.count).max() ?? 0) * keyers.count }

    /// - Returns: −1 where the observation has no such key.
    mutating func key(_ lane: Int, of event: Event, _ context: RuleContext) -> Int32 {
        var lane = lane
        var number = keyers[lane].number(of: event, context)
        if number < 0, standIns > 0 {
            lane = keyers.count - 1
            number = keyers[lane].number(of: event, context)
        }
        return number < 0 ? -1 : combined(number, lane)
    }

    /// The key of the first keyer.
    /// - Parameter person: who it is about, where that is known better than the event tells.
    mutating func key(of event: Event, by person: Int32, _ context: RuleContext) -> Int32 {
        let number = keyers[0].number(of: event, by: person, context)
        return number < 0 ? -1 : combined(number, 0)
    }

    /// The key of a text of the first keyer.
    mutating func key(ofText text: String) -> Int32 { combined(keyers[0].number(ofText: text), 0) }

    func text(_ key: Int32) -> String { keyers[lane(key)][key / Int32(keyers.count)] }

    private func isAboutPerson(_ key: Int32) -> Bool {
        let kind = keyers[lane(key)].key
        return kind == .person || kind == .credential
    }

    private func lane(_ key: Int32) -> Int { Int(key) % keyers.count }
    private func combined(_ number: Int32, _ lane: Int) -> Int32 { number * Int32(keyers.count) + Int32(lane) }

    func timer(_ key: Int32) -> TimerQueue.Timer { TimerQueue.Timer(owner: owner, key: key) }

    // MARK: When the rule holds

    /// Whether an episode may begin at an instant.
    func mayBegin(at instant: Instant, _ context: RuleContext) -> Bool {
        settings.calendar?.covers(instant, zone: context.zone, days: context.days) ?? true
    }

    /// When a state that has lasted since an instant begins for the rule; nil where it never does.
    func opening(from instant: Instant, _ context: RuleContext) -> Instant? {
        settings.opening(from: instant, context.zone, context.days)
    }

    /// The rule's length, or the one that holds at an instant.
    func length(_ usual: Milliseconds, at instant: Instant, _ context: RuleContext) -> Milliseconds {
        for other in settings.during
        where other.calendar.covers(instant, zone: context.zone, days: context.days) { return other.after }
        return usual
    }

    /// The longest of all its lengths.
    static func longest(_ usual: Milliseconds, _ settings: RuleSettings) -> Milliseconds {
        settings.during.reduce(usual) { max($0, $1.after) }
    }

    // MARK: Findings

    func finding(
        _ change: Finding.Change, _ key: Int32, _ episode: Episodes.Episode, at now: Instant, last: Trace?,
        detail: Finding.Detail, _ context: RuleContext
    ) -> Finding {
        let isResident =
            isAboutPerson(key) && episode.person >= 0 && Int(episode.person) < context.registry.residents.count
        var finding = Finding(
            rule: rule, change: change, severity: settings.severity, key: text(key), started: episode.started,
            detected: episode.detected ?? now, at: now, place: episode.place,
            residents: isResident ? [ResidentID(index: episode.person)] : [], device: episode.devices.first ?? -1,
            lastEvidence: last, evidence: episode.traces, detail: detail, isTold: change != .updated,
            raisedBy: episode.formerName)
        // An update of what is counted tells the new count and nothing else.
        finding.countsOnly = change == .updated
        if isAboutPerson(key) { finding.person = episode.person }
        return finding
    }

    // MARK: State

    /// The keys that are told by this text.
    func keys(ofText text: String) -> [Int32] {
        keyers.indices.compactMap { lane in
            let number = keyers[lane].find(text)
            return number < 0 ? nil : combined(number, lane)
        }
    }

    /// The key of an open episode by what its alert says.
    func find(key text: String, started: Instant) -> Int32? {
        keys(ofText: text).first { key in
            guard let episode = episodes[key] else { return false }
            return episode.isOpen && episode.started == started
        }
    }

    func write(_ context: RuleContext, to writer: inout StateWriter) {
        writeKeys(context, to: &writer)
        writeEpisodes(context, to: &writer)
    }

    /// Reads what was written with the same keys.
    mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        try readKeys(from: &reader, numbers)
        try readEpisodes(from: &reader, &numbers)
    }

    // In the form of some engines their windows stand between the two.

    func writeKeys(_ context: RuleContext, to writer: inout StateWriter) {
        for keyer in keyers { keyer.write(context, to: &writer) }
    }

    func writeEpisodes(_ context: RuleContext, to writer: inout StateWriter) {
        episodes.write(raisedBy: settings.name, context, to: &writer)
    }

    mutating func readKeys(from reader: inout StateReader, _ numbers: Renumbering) throws(StateError) {
        for lane in keyers.indices {
            keyers[lane] = Keyer(keyers[lane].key)
            try keyers[lane].read(from: &reader, numbers)
        }
    }

    /// Behind the keys, which bound what numbers there are.
    mutating func readEpisodes(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        episodes = Episodes(cooldown: settings.cooldown)
        try episodes.read(from: &reader, &numbers, name: settings.name, keys: keyCount)
    }

    /// Reads the number of a key that was written.
    func readKey(from reader: inout StateReader) throws(StateError) -> Int32 {
        let key = try reader.integer32()
        guard (0..<keyCount).contains(Int(key)) else { throw reader.damaged("a key of the rule") }
        return key
    }

    /// Instants by key.
    func readInstants(from reader: inout StateReader) throws(StateError) -> [Int32: Instant] {
        try reader.instants { (reader) throws(StateError) in try readKey(from: &reader) }
    }

    /// Takes over the episodes that were told under other settings; keys are found again by what they are counted for.
    /// - Returns: the keys taken.
    mutating func adopt(_ other: KeyedRule) -> [Int32] {
        let name = other.settings.name
        var own = episodes
        let taken = own.adopt(other.episodes) { key in
            let kind = other.keyers[other.lane(key)].key
            let lane = keyers.firstIndex { $0.key == kind } ?? 0
            return combined(keyers[lane].number(ofText: other.text(key)), lane)
        }
        if name != settings.name {
            for key in taken where own[key]?.formerName == nil { own[key]?.formerName = name }
        }
        episodes = own
        return taken
    }
}

extension Episodes.Episode {
    /// Keeps as evidence no more than the newest traces that are left.
    mutating func keep(_ traces: [Trace]) {
        self.traces = Array(traces.suffix(Episodes.tracesMax))
        devices = []
        for trace in self.traces where trace.device >= 0 && !devices.contains(trace.device) {
            devices.append(trace.device)
        }
    }
}

extension KeyedRule {
    /// What each of the keys with this text has: that it is told, or quiet, or what `missing` says.
    func status(ofKey text: String, at now: Instant, missing: (Int32) -> RuleStatus?) -> [RuleStatus] {
        keys(ofText: text).compactMap { key in
            if let episode = episodes[key], episode.isOpen {
                let ago = (now - episode.last).spoken
                return RuleStatus(zh: "已报警；最近一次在 \(ago.zh)前", en: "raised; the last of it was \(ago.en) ago")
            }
            if episodes.isQuiet(key, at: now) {
                return RuleStatus(zh: "结案后静默中", en: "quiet after the last one")
            }
            return missing(key)
        }
    }
}
