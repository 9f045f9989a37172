import Community
import Diagnostics
import Feeds
import SiteConfiguration
import StateCoding
import TestSupport
import Testing
import Timekeeping
import Vocabulary
import Windowing

@testable import Rules

/// A small site for engines that count: two gates of one yard, a lobby door with two cameras, and some homes.
enum CountingSite {
    static let origin = Instant(seconds: 1_700_000_000)

    static let places = """
        id,kind,parent,name,grid
        s1,site,,甲小区,
        b7,building,s1,7栋,g1
        yard,area,s1,内院,g1
        east,area,yard,东门,g1
        west,area,yard,西门,g1
        lobby,area,b7,大堂,g1

        """
    static let devices = """
        id,place,kind,name,dir
        ge,east,gate,东门闸,
        gw,west,gate,西门闸,
        door,lobby,unit_door,大堂门,
        cam1,lobby,camera,大堂一,
        cam2,lobby,camera,大堂二,
        side,b7,facade,北侧,
        flat,7栋/1单元/301,unit_door,301门,

        """
    static let residents = "id,dwelling,name,care,credentials\nr1,7栋/1单元/301,王某,,k1\nr2,7栋/1单元/301,李某,,k2\n"

    static let registry: Registry = {
        var files = RegistryFiles()
        for (name, text) in [("places", places), ("devices", devices), ("residents", residents)] {
            files.files.append((name: name + ".csv", path: name + ".csv", bytes: Array(text.utf8)))
        }
        let (registry, told) = Registry.load(files)
        let errors = told.filter { $0.severity == .error }
        precondition(errors.isEmpty, "the site's files are right: \(errors)")
        return registry
    }()

    static func rule(
        _ kind: RuleKind, _ kinds: [ObservationKind], keys: [RuleKey], _ window: WindowSettings,
        change: (inout RuleSettings) -> Void = { _ in }
    ) -> RuleSettings {
        var settings = RuleSettings(
            name: "r", kind: kind, severity: .medium, match: MatchSettings(kinds: kinds), keys: keys, window: window,
            position: Position(file: "shouwang.yaml", line: 1, column: 1))
        change(&settings)
        return settings
    }
}

/// Where an engine is tried.
struct EngineSite: Sendable {
    var registry: Registry
    var zone: Zone
    /// What the times of records are counted from.
    var origin: Instant

    static let counting = EngineSite(registry: CountingSite.registry, zone: .utc, origin: CountingSite.origin)
    static let bench = EngineSite(registry: BenchSite.registry, zone: BenchSite.zone, origin: BenchSite.start)
}

/// Runs one engine over events whose times are milliseconds after the origin.
struct EngineBench<Engine: RuleEngine> {
    var context: RuleContext
    let site: EngineSite
    let plan: RulePlan
    var engine: Engine
    var timers = Timers()
    var told: [Finding] = []
    var actuations: [Actuation] = []
    /// Writes the engine and reads it into a fresh one after every event.
    var restarts = false
    /// Each deadline has a record of its own, as a quiet box writes it; else it is passed with the next event.
    var ticks = true
    /// The clock was moved by so much.
    var offset = Milliseconds.zero

    init(_ settings: RuleSettings, restarts: Bool = false, site: EngineSite = .counting) {
        self.site = site
        plan = RulePlan(
            rule: 0, settings: settings, registry: site.registry, zone: site.zone, zones: NameTable(),
            words: NameTable())
        context = RuleContext(
            registry: site.registry, zone: site.zone, days: SiteDays(), zones: plan.zones, words: plan.words)
        engine = Engine(plan, timers: &timers)
        engine.begin(at: site.origin, context, timers: &timers)
        self.restarts = restarts
    }

    /// - Parameters:
    ///   - at: the arrival.
    ///   - time: when it happened; nil: at the arrival.
    ///   - person: a resident's id, or any other name.
    mutating func send(
        _ kind: ObservationKind, _ device: String, at: Int64, time: Int64? = nil, person: String? = nil,
        change: (inout Event) -> Void = { _ in }
    ) {
        let now = site.origin + Milliseconds(at) + offset
        fire(upTo: now)
        var observation = Observation(kind: kind, arrival: now)
        observation.time = site.origin + Milliseconds(time ?? at) + offset
        var event = Event(observation: observation, now: now)
        event.device =
            context.registry.device(device)?.index ?? context.number(ofUnknownDevice: device)
        event.topic = context.number(ofTopic: "t/" + device)
        if let place = context.place(ofDevice: event.device) {
            let dwelling = plan.registry.places[Int(place.index)].dwelling
            event.householdOfDevice = dwelling.map { plan.registry.household(inDwelling: $0) } ?? -1
        }
        if let person {
            let resident = context.registry.resident(person)
            event.resident = resident?.index ?? -1
            event.householdOfPerson = resident.map { context.registry.household(of: $0) } ?? -1
            let known = Int32(context.registry.residents.count)
            event.person = resident?.index ?? known + context.number(ofWord: person)
        }
        change(&event)
        guard engine.kinds & 1 << UInt64(event.observation.kind.rawValue) != 0 else { return }
        var output = RuleOutput()
        engine.step(event, context, timers: &timers, into: &output)
        take(output)
    }

    /// A record of a law's log.
    mutating func send(_ record: LawRecord, at: Int64) {
        send(
            record.kind, record.device, at: at, time: at - record.late, person: record.person, change: record.change)
    }

    private mutating func take(_ output: RuleOutput) {
        told += output.findings
        actuations += output.actuations
        if restarts { restart() }
    }

    mutating func advance(to at: Int64) { fire(upTo: site.origin + Milliseconds(at) + offset) }

    private mutating func fire(upTo now: Instant) {
        while let due = timers.others.pop(upTo: now) ?? timers.absences.pop(upTo: now) {
            var output = RuleOutput()
            engine.expire(
                due.timer, deadline: due.deadline, now: ticks ? due.deadline : now, context, timers: &timers,
                into: &output)
            take(output)
        }
    }

    /// Everything is written, and a fresh engine goes on with what it reads.
    mutating func restart() {
        var writer = StateWriter()
        Renumbering.write(context, to: &writer)
        engine.write(context, timers: timers, to: &writer)
        var reader = StateReader(writer.bytes)
        timers = Timers()
        var fresh = Engine(plan, timers: &timers)
        do {
            var numbers = try Renumbering(
                from: &reader,
                into: RuleContext(
                    registry: plan.registry, zone: plan.zone, days: SiteDays(), zones: plan.zones,
                    words: plan.words))
            try fresh.read(from: &reader, &numbers)
            context = numbers.context
        } catch {
            Issue.record("what was written cannot be read: \(error)")
        }
        #expect(reader.remaining == 0)
        fresh.rearm(&timers)
        engine = fresh
    }

    /// Reads what the engine writes with some bytes changed, and goes on with it.
    /// - Returns: how often it was refused.
    func readDamaged(_ rounds: Int, _ random: SeededRandom) -> Int {
        var random = random
        var writer = StateWriter()
        engine.write(context, timers: timers, to: &writer)
        var refused = 0
        for _ in 0..<rounds {
            var bytes = writer.bytes
            for _ in 0...random.int(0...2) { bytes[random.int(13...bytes.count - 1)] ^= 1 << UInt8(random.int(0...7)) }
            var other = self
            var names = StateWriter()
            Renumbering.write(context, to: &names)
            var namesReader = StateReader(names.bytes)
            var reader = StateReader(bytes)
            do {
                var numbers = try Renumbering(from: &namesReader, into: context)
                other.engine = Engine(plan, timers: &other.timers)
                try other.engine.read(from: &reader, &numbers)
                other.context = numbers.context
                other.engine.rearm(&other.timers)
                other.engine.shift(by: .hours(-1))
                for kind in plan.settings.match.kinds {
                    other.send(kind, "ge", at: 1_000_000, person: "k1") { $0.observation.number = 20 }
                }
                other.advance(to: 9_000_000_000)
            } catch {
                refused += 1
            }
        }
        return refused
    }

    /// Goes on under other settings, with what was told under these.
    func changed(to settings: RuleSettings) -> EngineBench {
        var other = EngineBench(settings, site: site)
        other.engine.adopt(toldBy: engine)
        other.engine.rearm(&other.timers)
        other.offset = offset
        return other
    }

    /// Somebody closes the alert that was told last.
    mutating func close(at: Int64) {
        guard let last = told.last else { return }
        let now = site.origin + Milliseconds(at) + offset
        fire(upTo: now)
        engine.close(key: last.key, started: last.started, at: now, timers: &timers)
    }

    /// A step of the wall clock.
    mutating func moveClock(by length: Milliseconds) {
        engine.shift(by: length)
        timers.absences.shift(by: length)
        timers.others.shift(by: length)
        offset = offset + length
    }

    /// `raised lobby 0 60000`: change, key, start and time after the origin, by the clock of the beginning.
    var brief: [String] {
        told.map { "\($0.change.rawValue) \($0.key) \(after($0.started)) \(after($0.at))" }
    }
    /// Without the updates.
    var loud: [String] { brief.filter { !$0.hasPrefix("updated") } }

    private func after(_ instant: Instant) -> Int64 { (instant - site.origin - offset).count }
}

/// An event that is handed over late.
func asHistory(_ event: inout Event) { event.isHistory = true }
