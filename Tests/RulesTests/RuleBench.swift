import Diagnostics
import StateCoding
import Timekeeping
import Vocabulary
import Windowing

@testable import Community
@testable import Feeds
@testable import Rules
@testable import SiteConfiguration

/// One rule of a small site, with its timers: what a pipeline does with it, and a restart at will.
struct RuleBench<Engine: RuleEngine> {
    let plan: RulePlan
    var context: RuleContext
    var timers = Timers()
    var engine: Engine
    var now = Instant.distantPast
    var findings: [Finding] = []

    init(_ settings: RuleSettings) {
        var zones = NameTable()
        for zone in settings.match.zones { _ = zones.insert(zone) }
        plan = RulePlan(
            rule: 0, settings: settings, registry: BenchSite.registry, zone: BenchSite.zone, zones: zones,
            words: NameTable())
        context = RuleContext(
            registry: plan.registry, zone: plan.zone, days: .none, zones: zones, words: NameTable())
        engine = Engine(plan, timers: &timers)
    }

    /// Fires what is due by then.
    mutating func advance(to instant: Instant) {
        now = max(now, instant)
        var output = RuleOutput()
        while let due = timers.others.pop(upTo: now) ?? timers.absences.pop(upTo: now) {
            engine.expire(
                due.timer, deadline: due.deadline, now: now, context, timers: &timers, into: &output)
        }
        findings += output.findings
    }

    mutating func take(_ event: Event) {
        advance(to: event.now)
        var output = RuleOutput()
        engine.step(event, context, timers: &timers, into: &output)
        findings += output.findings
    }

    /// Writes everything and goes on from what was read.
    mutating func restart() throws {
        var writer = StateWriter()
        Renumbering.write(context, to: &writer)
        engine.write(context, timers: timers, to: &writer)
        var reader = StateReader(writer.bytes)
        var numbers = try Renumbering(
            from: &reader,
            into: RuleContext(
                registry: plan.registry, zone: plan.zone, days: .none, zones: plan.zones, words: plan.words))
        timers = Timers()
        engine = Engine(plan, timers: &timers)
        try engine.read(from: &reader, &numbers)
        let blind = context.blind
        context = numbers.context
        context.blind = blind
        engine.rearm(&timers)
    }

    mutating func shift(by length: Milliseconds) {
        engine.shift(by: length)
        timers.others.shift(by: length)
        timers.absences.shift(by: length)
        context.blind.intervals = []
    }

    /// What was told, in short: `raised low 0+120000`: started and how much later it was detected, in milliseconds.
    var told: [String] {
        findings.map { finding in
            let started = finding.started.milliseconds - BenchSite.start.milliseconds
            let detected = (finding.detected - finding.started).count
            let later = finding.change == .raised ? "" : " at \((finding.at - BenchSite.start).count)"
            return "\(finding.change) \(finding.severity) \(started)+\(detected)\(later)"
        }
    }

    // MARK: Events

    /// An observation of a device at a time in milliseconds since ``BenchSite/start``.
    func event(
        _ kind: ObservationKind, _ device: String, _ at: Int64, late: Int64 = 0, person: String? = nil,
        _ marks: Observation.Marks = [], _ change: (inout Event) -> Void = { _ in }
    ) -> Event {
        let time = BenchSite.start + Milliseconds(at)
        var observation = Observation(kind: kind, arrival: time + Milliseconds(late))
        observation.time = time
        observation.marks = marks
        var event = Event(observation: observation, now: observation.arrival)
        event.device = plan.registry.device(device)?.index ?? -1
        event.topic = -1
        if let place = context.place(ofDevice: event.device) {
            let dwelling = plan.registry.places[Int(place.index)].dwelling
            event.householdOfDevice = dwelling.map { plan.registry.household(inDwelling: $0) } ?? -1
        }
        if let person, let resident = plan.registry.resident(person) {
            event.person = resident.index
            event.resident = resident.index
            event.householdOfPerson = plan.registry.household(of: resident)
        }
        change(&event)
        return event
    }
}

/// An invented site.
enum BenchSite {
    /// 2024-03-05 10:00 in Shanghai, a Tuesday.
    static let start = Instant(seconds: 1_709_604_000)
    static let zone = Zone(identifier: "Asia/Shanghai")!
    static let registry = Registry.load(
        RegistryFiles(files: [
            file("places.csv", places), file("devices.csv", devices), file("residents.csv", residents),
        ])
    ).registry

    static let places = """
        id,kind,parent,name
        site,site,,云杉苑
        b1,building,site,1栋
        lane,area,site,消防通道
        gate,area,site,南门
        d101,dwelling,b1,101
        d102,dwelling,b1,102

        """
    static let devices = """
        id,place,family,kind
        cam-lane,lane,camera,lane
        cam-lane-2,lane,camera,lane
        cam-lift,b1,camera,lift
        cam-hall,b1,camera,lobby
        cam-gate,gate,camera,gate
        gate-reader,gate,access,gate
        door-1,b1,access,unit_door
        reader-1,b1,access,unit_door
        pir-101,d101,elder,pir
        pir-102,d102,elder,pir

        """
    static let residents = """
        id,dwelling,name,care
        r1,d101,任甲,独居
        r2,d102,任乙,独居
        r3,d102,任丙,

        """

    static func file(_ name: String, _ text: String) -> (name: String, path: String, bytes: [UInt8]) {
        (name, "registry/" + name, Array(text.utf8))
    }

    /// Every day from one hour to another.
    static func hours(_ from: Int, _ to: Int) -> RuleCalendar {
        RuleCalendar(hours: [
            WeekHours(span: WeekHours.Span(days: WeekHours.Days.all, start: from * 60, end: to * 60))
        ])
    }

    static func settings(
        _ kind: RuleKind, _ match: MatchSettings, key: RuleKey, _ window: WindowSettings,
        stages: [StageSettings] = []
    ) -> RuleSettings {
        var settings = RuleSettings(
            name: "rule", kind: kind, severity: .medium, match: match, keys: [key], window: window,
            position: Position(file: "site.yaml", line: 1, column: 1))
        settings.stages = stages
        return settings
    }
}
