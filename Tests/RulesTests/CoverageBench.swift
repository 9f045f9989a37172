import Community
import Diagnostics
import Feeds
import Foundation
import RecordLog
import SiteConfiguration
import StateCoding
import Testing
import Timekeeping
import Vocabulary
import Windowing

@testable import Rules

/// Rules about silence on an invented site, driven by hand: what the pipeline does for them, and no more.
struct CoverageBench: Sendable {
    static let zone = Zone(identifier: "Asia/Shanghai") ?? .utc
    /// 2026-03-05T00:00:00+08:00.
    static let origin = Instant(milliseconds: 1_772_640_000_000)

    static let places = "id,kind,parent,name\nb3,building,,3栋\nb5,building,,5栋\ngates,area,,大门\n"
    static let devices = """
        id,place,kind,heartbeat,via,dir
        p1,3栋/1单元/101,pir,1h,,
        p2,3栋/1单元/101,pir,1h,,
        q1,3栋/1单元/102,pir,,,
        g1,gates,gate,1h,,1=in|2=out

        """
    static let residents = "id,dwelling,name,care,credentials\ne1,3栋/1单元/101,罗桂华,独居,c1\n"

    let registry: Registry
    var context: RuleContext
    var timers = Timers()
    var noMovements: [NoMovement] = []
    var healths = DeviceRules()
    /// By owner of the absences' timers and of the others: which rule, of which array.
    private var absenceOwners: [(isHealth: Bool, index: Int)] = []
    private var otherOwners: [Int] = []
    var output = RuleOutput()
    var clock = Instant.distantPast
    /// While it is true absence timers wait.
    var isSettling = false

    init(_ rules: [RuleSettings], devices: String = devices, residents: String = residents, places: String = places) {
        var files = RegistryFiles()
        for (name, text) in [("places", places), ("devices", devices), ("residents", residents)] {
            files.files.append((name: name + ".csv", path: name + ".csv", bytes: Array(text.utf8)))
        }
        let (registry, wrong) = Registry.load(files)
        let errors = wrong.filter { $0.severity == .error }.map { $0.rendered(in: .en) }
        precondition(errors.isEmpty, "the bench's files: \(errors)")
        self.init(rules, registry: registry, zone: CoverageBench.zone)
    }

    init(_ rules: [RuleSettings], registry: Registry, zone: Zone) {
        self.registry = registry
        context = RuleContext(
            registry: registry, zone: zone, days: SiteDays(), zones: NameTable(), words: NameTable())
        for (index, settings) in rules.enumerated() {
            let plan = RulePlan(
                rule: index, settings: settings, registry: registry, zone: zone, zones: NameTable(),
                words: NameTable())
            if settings.kind == .noMovement {
                noMovements.append(NoMovement(plan, timers: &timers))
                absenceOwners.append((false, noMovements.count - 1))
            } else {
                let place = healths.add(plan, &timers)
                if settings.kind == .deviceSilent || settings.kind == .upstreamSilent {
                    absenceOwners.append((true, place))
                } else {
                    otherOwners.append(place)
                }
            }
        }
    }

    // MARK: Rules

    static func noMovement(
        _ hours: [Int64] = [24], kinds: [ObservationKind] = [.motion, .contact, .pass, .power], count: Int = 1
    ) -> RuleSettings {
        var rule = RuleSettings(
            name: "quiet", kind: .noMovement, severity: .high, match: MatchSettings(kinds: kinds), keys: [.dwelling],
            window: .absence, position: Position(file: "test"))
        rule.stages = hours.map { StageSettings(after: .hours($0), severity: .high) }
        rule.evidence = EvidenceSettings(kinds: kinds, count: count, within: .minutes(15))
        return rule
    }

    static func device(_ kind: RuleKind, _ settings: DeviceSettings = DeviceSettings()) -> RuleSettings {
        RuleSettings(
            name: kind.rawValue, kind: kind, severity: .medium, match: MatchSettings(kinds: [.heartbeat]),
            keys: [.device], window: .device(settings), position: Position(file: "test"))
    }

    // MARK: Driving

    func at(_ offset: Milliseconds) -> Instant { CoverageBench.origin + offset }

    mutating func advance(to instant: Instant) {
        if clock == .distantPast {
            clock = instant
            context.coverage.begin(at: instant)
            for index in noMovements.indices { noMovements[index].begin(at: instant, context, timers: &timers) }
            for index in healths.indices { healths[index].begin(at: instant, context, timers: &timers) }
        }
        let now = max(clock, instant)
        while true {
            let other = timers.others.earliest() ?? .distantFuture
            let absence = isSettling ? .distantFuture : timers.absences.earliest() ?? .distantFuture
            guard min(other, absence) <= now else { break }
            if other <= absence, let due = timers.others.pop(upTo: now) {
                healths[otherOwners[Int(due.timer.owner)]].expire(
                    due.timer, deadline: due.deadline, now: now, context, timers: &timers, into: &output)
            } else if let due = timers.absences.pop(upTo: now) {
                let owner = absenceOwners[Int(due.timer.owner)]
                if owner.isHealth {
                    healths[owner.index].expire(
                        due.timer, deadline: due.deadline, now: now, context, timers: &timers, into: &output)
                } else {
                    noMovements[owner.index].expire(
                        due.timer, deadline: due.deadline, now: now, context, timers: &timers, into: &output)
                }
            }
        }
        clock = now
    }

    /// The last event, with what hearing it showed.
    var heard: Event?

    mutating func take(_ event: Event) {
        wake()
        var event = event
        context.heard(&event)
        heard = event
        for index in noMovements.indices {
            noMovements[index].step(event, context, timers: &timers, into: &output)
        }
        healths.step(event, context, timers: &timers, into: &output)
    }

    func event(_ kind: ObservationKind, of device: String, at time: Instant, arrival: Instant? = nil) -> Event {
        var observation = Observation(kind: kind, arrival: arrival ?? time)
        observation.time = time
        observation.reading = .on
        observation.marks = [.ownTime, .detection]
        var event = Event(observation: observation, now: max(clock, arrival ?? time))
        event.device = registry.device(device)?.index ?? -1
        let dwelling = context.place(ofDevice: event.device).flatMap { registry.places[Int($0.index)].dwelling }
        event.householdOfDevice = dwelling.map { registry.household(inDwelling: $0) } ?? -1
        event.isHistory = event.observation.arrival - time > .minutes(1)
        return event
    }

    /// An observation at a time after the origin; `late`: how long before its arrival it happened.
    mutating func hear(
        _ kind: ObservationKind, of device: String, at offset: Milliseconds, late: Milliseconds = .zero,
        person: String? = nil, change: (inout Event) -> Void = { _ in }
    ) {
        advance(to: at(offset))
        var event = event(kind, of: device, at: at(offset) - late, arrival: at(offset))
        if let person, let resident = registry.residentByCredential(person, device: nil, feed: nil) {
            event.resident = resident.index
            event.person = resident.index
            event.householdOfPerson = registry.household(of: resident)
        }
        change(&event)
        take(event)
    }

    /// As the pipeline does with each record.
    mutating func wake() {
        context.lastRecord = clock
        for index in noMovements.indices { noMovements[index].wake(at: clock, timers: &timers) }
        healths.wake(at: clock, timers: &timers)
    }

    /// Each of the devices reports every so often.
    mutating func beat(_ devices: [String], every gap: Milliseconds, from: Milliseconds, to: Milliseconds) {
        var at = from
        while at <= to {
            for device in devices { hear(.heartbeat, of: device, at: at) }
            at = at + gap
        }
    }

    /// `raised device_silent p1 +3h`: change, rule, key, and what was detected how long after the origin.
    var told: [String] { output.findings.map { brief($0) } }

    func brief(_ found: Finding) -> String {
        let name = found.verdict.map { " \($0.rawValue)" } ?? ""
        return "\(found.change.rawValue) \(found.key) \(found.detected - CoverageBench.origin)" + name
    }

    // MARK: Stopping and going on

    /// The bench as it is after all was written and read into a fresh one.
    /// - Parameter other: of another registry, where it has changed meanwhile.
    func restored(_ rules: [RuleSettings], over other: CoverageBench? = nil) throws -> CoverageBench {
        var writer = StateWriter()
        Renumbering.write(context, to: &writer)
        context.coverage.write(to: &writer)
        for rule in noMovements { rule.write(context, timers: timers, to: &writer) }
        for index in healths.indices { healths[index].write(context, timers: timers, to: &writer) }
        var fresh = other ?? CoverageBench(rules, registry: registry, zone: context.zone)
        var reader = StateReader(writer.bytes)
        var numbers = try Renumbering(from: &reader, into: fresh.context)
        var coverage = fresh.context.coverage
        try coverage.read(from: &reader, numbers)
        fresh.context.coverage = coverage
        fresh.context.blind = context.blind
        fresh.clock = clock
        for index in fresh.noMovements.indices {
            fresh.noMovements[index].begin(at: clock, fresh.context, timers: &fresh.timers)
            try fresh.noMovements[index].read(from: &reader, &numbers)
            fresh.noMovements[index].rearm(&fresh.timers)
        }
        for index in fresh.healths.indices {
            fresh.healths[index].begin(at: clock, fresh.context, timers: &fresh.timers)
            try fresh.healths[index].read(from: &reader, &numbers)
            fresh.healths[index].rearm(&fresh.timers)
        }
        fresh.output = output
        return fresh
    }
}

/// Real homes, where the data is there: it is no part of the project.
enum RealHomes {
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let data = root.appendingPathComponent("../shared/data").standardizedFileURL
    static let home0104 = data.appendingPathComponent("home-0104/home-0104.jsonl.gz").path
    static let tm000 = data.appendingPathComponent("casas-tm000/tm000.multiday_absence.txt.gz").path
    static var hasHome0104: Bool { FileManager.default.fileExists(atPath: home0104) }
    static var hasTM000: Bool { FileManager.default.fileExists(atPath: tm000) }

    /// Home 0104 under these rules, each record by way of its feed.
    /// - Parameters:
    ///   - devices: the sheet in place of the example's.
    ///   - each: gets the arrival of every record.
    static func replay0104(
        _ rules: [RuleSettings], devices: String? = nil, each: (Instant) -> Void = { _ in }
    ) throws -> CoverageBench {
        let file = root.appendingPathComponent("config/examples/home-0104/shouwang.yaml").path
        let site = try #require(Settings.load(file: file).settings)
        var files = try RegistryFiles.read(directory: site.registry)
        if let devices, let sheet = files.files.firstIndex(where: { $0.name == "devices.csv" }) {
            files.files[sheet].bytes = Array(devices.utf8)
        }
        let (registry, _) = Registry.load(files)
        var bench = CoverageBench(rules, registry: registry, zone: site.site.zone)
        let plan = FeedPlan(settings: site, registry: registry, zones: NameTable())
        let merge = LogMerge(logs: [try LogArgument(path: home0104)], pool: ReaderPool(threads: 2)) { piece in
            Decoder.decode(piece, plan: plan)
        }
        let home = try #require(registry.place("home").map { registry.household(inDwelling: $0) })
        while let run = merge.next() {
            for index in run.range {
                let record = run.batch.records[index]
                let first = Int(record.firstObservation)
                for observation in run.batch.observations[first..<first + Int(record.observationCount)] {
                    each(observation.arrival)
                    bench.advance(to: max(bench.clock, observation.arrival))
                    var event = Event(observation: observation, now: bench.clock)
                    event.device = observation.device.known ?? -1
                    event.householdOfDevice = home
                    event.isHistory = observation.arrival - observation.time > .minutes(1)
                    bench.take(event)
                }
            }
        }
        return bench
    }

    /// The text of a compressed file, by the system's own tool.
    static func unpacked(_ path: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "zcat \"$0\"", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    static func instant(_ text: String) -> Instant {
        guard case .instant(let micros)? = ISO8601.read(text) else { return .distantPast }
        return Instant(milliseconds: micros / 1000)
    }
}
