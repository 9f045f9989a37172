import Alerts
import Community
import Feeds
import RecordLog
import SiteConfiguration
import Timekeeping
import Vocabulary
import Windowing

/// Finds in logs the records that an alert rests on: those that it names as its evidence; of a corroborated movement
/// the ones that corroborate it; of a silent device, or of the devices behind a silent hub, their last words before
/// it was told. One pass over the logs, up to the alert's last change.
struct EvidenceSearch {
    /// What an item of evidence and its record have in common.
    private struct Mark: Hashable {
        var at: Instant
        var topic: String
    }

    /// Movements of one home that corroborate each other.
    private struct Corroboration {
        var role: Explanation.Record.Role
        var home: PlaceID
        var kinds: [ObservationKind]
        var from: Instant
        var to: Instant
        var count: Int
        var found: [Explanation.Record] = []
    }

    /// The last records of a device, before its alert was told.
    private struct LastWords {
        var until: Instant
        var count: Int
        var found: [Explanation.Record] = []

        mutating func take(_ item: Explanation.Record) {
            guard item.arrival <= until, !item.observation.marks.contains(.retained) else { return }
            found.append(item)
            if found.count > count { found.removeFirst() }
        }
    }

    /// Of one device alone so many of its last records are shown; of each behind a hub one.
    static let wordsMax = 3
    static let devicesMax = 30

    private let registry: Registry
    private let last: Instant
    private var marks: [Mark: Explanation.Record.Role] = [:]
    private var corroborations: [Corroboration] = []
    private var words: [Int32: LastWords] = [:]
    /// A device that the registry does not know.
    private var strangers: [String: LastWords] = [:]
    private var states = DeviceStates()
    /// Evidence has the time that was believed, which is another than was told where a clock was wrong.
    private var clocks = DeviceClocks()
    private var named: [Explanation.Record] = []

    init(_ changes: [AlertChange], _ settings: Settings, _ registry: Registry) {
        self.registry = registry
        last = changes.map(\.at).max() ?? .distantPast
        for change in changes {
            // Of one that somebody has taken the end is an update; it has no facts.
            let role: Explanation.Record.Role = change.facts.isEmpty ? .ended : .led
            for item in change.evidence {
                let mark = Mark(at: item.at, topic: item.topic)
                if marks[mark] == nil {
                    marks[mark] = role
                    corroborate(item, role, change, settings)
                }
            }
        }
        if let raise = changes.first, raise.evidence.isEmpty { listen(to: raise) }
    }

    /// Everything that was found, in the order of the logs.
    var records: [Explanation.Record] {
        var seen: Set<Int64> = []
        let all = named + corroborations.flatMap(\.found) + words.values.flatMap(\.found)
        return (all + strangers.values.flatMap(\.found)).sorted { $0.number < $1.number }.filter {
            seen.insert($0.number).inserted
        }
    }

    // MARK: What is looked for

    /// A movement that counts only with others: those are looked for as well.
    private mutating func corroborate(
        _ item: EvidenceItem, _ role: Explanation.Record.Role, _ change: AlertChange, _ settings: Settings
    ) {
        guard change.kind == .noMovement, item.kind == .motion || item.kind == .presence,
            let rule = settings.allRules.first(where: { $0.name == change.rule || $0.was == change.rule }),
            rule.evidence.count > 1, let home = change.place.flatMap(registry.place)
        else { return }
        corroborations.append(
            Corroboration(
                role: role, home: home, kinds: rule.evidence.kinds.filter { $0 == .motion || $0 == .presence },
                from: item.at - rule.evidence.within, to: item.at, count: rule.evidence.count))
    }

    /// An alert about a device has no evidence: it is about what did not come, or about how it came.
    private mutating func listen(to raise: AlertChange) {
        switch raise.kind {
        case .upstreamSilent:
            for device in devices(behind: raise.key).prefix(EvidenceSearch.devicesMax) {
                words[device] = LastWords(until: raise.detected, count: 1)
            }
        case .deviceSilent, .deviceStuck, .deviceFlooding, .clockFault, .identityMismatch:
            let wanted = LastWords(until: raise.detected, count: EvidenceSearch.wordsMax)
            if let known = registry.device(raise.key) {
                words[known.index] = wanted
            } else {
                strangers[raise.key] = wanted
            }
        default: break
        }
    }

    /// By the name of a hub, or of the home that stands for one.
    private func devices(behind hub: String) -> [Int32] {
        let behind = registry.devices.indices.filter { registry.devices[$0].via == hub }
        if !behind.isEmpty { return behind.map { Int32($0) } }
        guard let home = registry.place(hub) else { return [] }
        return registry.devices.indices.filter { self.home(of: $0) == home }.map { Int32($0) }
    }

    private func home(of device: Int) -> PlaceID? {
        registry.devices[device].place.flatMap { registry.places[Int($0.index)].dwelling }
    }

    // MARK: Reading

    mutating func read(_ logs: [LogArgument], _ plan: FeedPlan, threads: Int) {
        let merge = LogMerge(logs: logs, pool: ReaderPool(threads: threads)) { chunk in
            Decoder.decode(chunk, plan: plan)
        }
        var number: Int64 = 0
        while let run = merge.next() {
            let topics = (0..<run.batch.topics.count).map { run.batch.topics[Int32($0)] }
            let isNamed = topics.map { topic in marks.keys.contains { $0.topic == topic } }
            for index in run.range {
                number += 1
                let record = run.batch.records[index]
                if Instant(microseconds: record.stampMicroseconds) > last { return }
                let first = Int(record.firstObservation)
                let topic = Int(record.topic)
                for place in first..<first + Int(record.observationCount) {
                    // The journal's own number, where it has one: retention may have taken its beginning.
                    let own = run.batch.firstNumber.map { $0 + Int64(index) }
                    let observation = believed(run.batch.observations[place])
                    let item = Explanation.Record(
                        role: .led, number: own ?? number, arrival: observation.arrival, observation: observation,
                        batch: run.batch)
                    look(at: item, topics[topic], isNamed: isNamed[topic])
                }
            }
        }
    }

    private mutating func believed(_ observation: Observation) -> Observation {
        guard observation.marks.contains(.ownTime), let device = observation.device.known else { return observation }
        var observation = observation
        observation.time =
            clocks.believe(device: Int(device), told: observation.time, arrival: observation.arrival).time
        return observation
    }

    private mutating func look(at item: Explanation.Record, _ topic: String, isNamed: Bool) {
        let observation = item.observation
        if isNamed, let role = marks[Mark(at: observation.time, topic: topic)] {
            var found = item
            found.role = role
            named.append(found)
        }
        if !corroborations.isEmpty { corroborate(item) }
        if words.isEmpty, strangers.isEmpty { return }
        if let device = observation.device.known {
            words[device]?.take(item)
        } else if let name = observation.device.unknown {
            strangers[item.batch.names[name]]?.take(item)
        }
    }

    /// Keeps the newest movements up to the one that was named, as many as corroborate each other.
    private mutating func corroborate(_ item: Explanation.Record) {
        let observation = item.observation
        guard let device = observation.device.known.map({ Int($0) }), let home = home(of: device) else { return }
        var isChange = false
        if let slot = DeviceStates.slot(of: observation.kind, observation.marks), observation.reading != .unknown {
            isChange = states.change(to: observation.reading, at: observation.time, slot, ofDevice: device)
        }
        let isDetection = observation.marks.contains(.detection)
        guard !observation.marks.contains(.retained), isDetection ? observation.reading == .on : isChange else {
            return
        }
        for index in corroborations.indices where corroborations[index].home == home {
            let wanted = corroborations[index]
            guard wanted.kinds.contains(observation.kind), observation.time > wanted.from,
                observation.time <= wanted.to,
                // A message that is handed over again is one.
                !wanted.found.contains(where: {
                    $0.observation.time == observation.time && $0.observation.device == observation.device
                })
            else { continue }
            var found = item
            found.role = wanted.role
            corroborations[index].found.append(found)
            corroborations[index].found.sort { $0.observation.time < $1.observation.time }
            if corroborations[index].found.count > wanted.count { corroborations[index].found.removeFirst() }
        }
    }
}
