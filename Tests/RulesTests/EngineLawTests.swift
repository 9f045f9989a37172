import Feeds
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import Rules

/// The laws that every engine keeps (``EngineLaws``), each tried with a log of its own.
///
/// Homes and silent devices live by what ``Coverage`` hears, and have a bench that has one: their restarts are tried in
/// `DeviceHealthTests`, and those of all rules in the pipeline's `SnapshotTests` and `TickLawTests`.
@Suite struct EngineLawTests {
    static let all: [any EngineLawCase] = levels + counts + sequences + durations + others

    @Test(arguments: all) func `a restart after every record changes nothing`(_ laws: any EngineLawCase) throws {
        try laws.restartsChangeNothing()
    }

    @Test(arguments: all) func `a step of the clock changes nothing`(_ laws: any EngineLawCase) throws {
        try laws.stepsOfTheClockChangeNothing()
    }

    @Test(arguments: all) func `of an alert that somebody closed nothing more is told`(
        _ laws: any EngineLawCase
    ) throws {
        try laws.whatIsClosedIsNotToldAgain()
    }

    @Test(arguments: all) func `an engine that saw nothing says nothing`(_ laws: any EngineLawCase) throws {
        try laws.whatSawNothingSaysNothing()
    }

    @Test(arguments: all) func `a damaged state is refused or taken up, and nothing more`(
        _ laws: any EngineLawCase
    ) throws {
        try laws.damageIsRefusedOrTakenUp()
    }

    // MARK: Levels and counts

    private static let levels: [any EngineLawCase] = [
        LevelRuleTests.fever, LevelRuleTests.battery, LevelRuleTests.warm,
    ].map { level in
        EngineLaws<LevelRule>(name: "level \(level.kind)", alertsLeast: 30) { round in
            var rule = level
            if round % 3 == 1 { rule.cooldown = .minutes(30) }
            return rule
        } record: { random, rule, _ in
            let after = Int64(random.pick([1000, 60_000, 700_000]))
            let kind = random.pick(rule.match.kinds)
            let isHistory = random.chance(10)
            let level = random.int(0...3)
            return LawRecord(
                kind: kind, device: random.pick(["ge", "flat", "nowhere"]), after: after,
                late: random.chance(20) ? Int64(random.int(0...900_000)) : 0,
                person: random.pick([nil, "r1", "x1"])
            ) {
                $0.observation.temperature = [Float.nan, 36.5, 37.25, 38][level]
                $0.observation.battery = [-1, 50, 17, 9][level]
                $0.observation.number = [Double.nan, 20, 90, 150][level]
                $0.isHistory = isHistory
            }
        }
    }

    private static let counts: [any EngineLawCase] = [
        CountRuleTests.throwRule, CountRuleTests.deniedRule, CountRuleTests.crowdRule,
    ].map { count in
        EngineLaws<CountRule>(name: "count \(count.kind)", alertsLeast: 20) { round in
            var rule = count
            if round % 3 == 1 { rule.cooldown = .hours(2) }
            if round % 3 == 2 { rule.during = [DuringSettings(calendar: RuleCalendar(), after: .minutes(700))] }
            return rule
        } record: { random, rule, _ in
            let within = rule.kind == .accessDeniedBurst ? 10 * CountRuleTests.minute : 10 * CountRuleTests.day
            let isHistory = random.chance(10)
            let confidence = random.pick([Float.nan, 0.5, 0.8, 0.9])
            return LawRecord(
                kind: random.pick(rule.match.kinds), device: random.pick(["ge", "side", "flat", "nowhere"]),
                after: within / Int64(random.pick([3, 4, 10, 30, 1000])),
                late: random.chance(30) ? Int64(random.int(0...900_000)) : 0,
                person: random.pick([nil, "r1", "r2", "x1", "x2", "x3"])
            ) {
                $0.observation.confidence = confidence
                $0.isHistory = isHistory
            }
        }
    }

    // MARK: Sequences and durations

    private static let sequences: [any EngineLawCase] = [
        ("not_returned", SequenceRuleTests.notReturned { $0.cooldown = .hours(1) }.plan.settings, 20),
        ("not_returned, one length", SequenceRuleTests.notReturned { $0.during = [] }.plan.settings, 5),
        ("door_forced", SequenceRuleTests.forced { $0.cooldown = .minutes(1) }.plan.settings, 20),
        ("then", SequenceRuleTests.expression(isMissing: false).plan.settings, 20),
        ("missing", SequenceRuleTests.expression(isMissing: true) { $0.cooldown = .minutes(10) }.plan.settings, 20),
    ].map { name, rule, least in
        EngineLaws<SequenceRule>(name: "sequence \(name)", site: .bench, rounds: 4, records: 200, alertsLeast: least) {
            _ in
            rule
        } record: { random, rule, _ in
            let isOfDays = rule.kind == .notReturned
            let after = random.pick([0, 500, 3_000, 60_000, 290_000, 1_000_000, isOfDays ? 20_000_000 : 7])
            let late = Int64(random.pick([0, 0, 300, 4_000, 100_000]))
            let kind: ObservationKind = random.pick([.pass, .pass, .doorOpen, .motion, .contact])
            let device =
                switch kind {
                case .pass: isOfDays ? "gate-reader" : "reader-1"
                case .doorOpen: "door-1"
                default: random.pick(["pir-101", "pir-102"])
                }
            let isHistory = late > 1_000 && random.chance(50)
            let way: Observation.Marks = random.chance(50) ? .inward : .outward
            return LawRecord(
                kind: kind, device: device, after: Int64(after), late: late,
                person: kind == .pass ? random.pick(["r1", "r2"]) : nil
            ) {
                $0.observation.marks = way
                $0.observation.reading = .on
                $0.isHistory = isHistory
            }
        }
    }

    private static let durations: [any EngineLawCase] = [
        ("lane", DurationRuleTests.lane { $0.cooldown = .minutes(5) }.plan.settings),
        ("door", DurationRuleTests.door { $0.cooldown = .minutes(5) }.plan.settings),
    ].map { name, rule in
        EngineLaws<DurationRule>(name: "duration \(name)", site: .bench, rounds: 6, records: 250, alertsLeast: 30) {
            _ in
            rule
        } record: { random, _, _ in
            let after = Int64(random.pick([0, 500, 20_000, 60_000, 85_000, 100_000, 240_000]))
            let late = Int64(random.pick([0, 0, 300, 5_000, 70_000]))
            let kind: ObservationKind = random.pick([
                .vehicle, .vehicle, .vehicle, .vehicle, .doorOpen, .doorOpen, .doorClose, .offline, .heartbeat,
            ])
            let isDoor = kind == .doorOpen || kind == .doorClose
            let isHistory = late > 1_000 && random.chance(50)
            return LawRecord(
                kind: kind, device: random.pick(isDoor ? ["door-1", "reader-1"] : ["cam-lane", "cam-lane-2"]),
                after: after, late: late
            ) {
                $0.observation.confidence = 0.9
                $0.isHistory = isHistory
            }
        }
    }

    // MARK: One each

    private static let others: [any EngineLawCase] = [flow, tailgating, passback, incident, call, flood]

    private static let flow = EngineLaws<FlowRule>(name: "flow", records: 300, alertsLeast: 50) { round in
        var rule = FlowRuleTests.rule(passes: 6, inside: round % 2 == 0 ? 9 : nil)
        if round % 4 < 2 { rule.match.places = ["yard"] }
        if round % 3 == 1 { rule.cooldown = .minutes(20) }
        if round % 3 == 2 { rule.calendar = try FlowRuleTests.days }
        return rule
    } record: { random, _, _ in
        let way = random.pick([Observation.Marks.inward, .outward, []])
        let isHistory = random.chance(10)
        return LawRecord(
            kind: .pass, device: random.pick(["ge", "gw", "nowhere"]),
            after: Int64(random.pick([1000, 20_000, 400_000])),
            late: random.chance(20) ? Int64(random.int(0...900_000)) : 0
        ) {
            $0.observation.marks = way
            $0.isHistory = isHistory
        }
    }

    private static let tailgating = EngineLaws<TailgatingRule>(name: "tailgating", alertsLeast: 100) { round in
        var rule = TailgatingRuleTests.rule
        if round % 3 == 1 { rule.merge = .seconds(30) }
        if round % 3 == 2 { rule.cooldown = .minutes(2) }
        return rule
    } record: { random, _, _ in
        let isPass = random.chance(40)
        let track = UInt32(random.int(0...5))
        let count = Int32(random.int(-1...4))
        let isHistory = random.chance(10)
        return LawRecord(
            kind: isPass ? .pass : .person, device: isPass ? "door" : random.pick(["cam1", "cam2", "nowhere"]),
            after: Int64(random.pick([200, 3000, 12_000, 40_000])),
            late: isHistory ? Int64(random.int(0...100_000)) : 0
        ) {
            $0.observation.track = track
            $0.observation.count = count
            $0.isHistory = isHistory
        }
    }

    private static let passback = EngineLaws<Passback>(name: "passback", alertsLeast: 50) { round in
        CountingSite.rule(
            .antiPassback, [.pass], keys: [.person], .passback(forget: .hours(8), again: .seconds(30))
        ) { if round % 2 == 1 { $0.cooldown = .hours(1) } }
    } record: { random, _, _ in
        let way = random.pick([Observation.Marks.inward, .outward, .inward, .outward, []])
        return LawRecord(
            kind: .pass, device: random.pick(["ge", "gw"]),
            after: Int64(random.pick([1000, 20_000, 400_000, 4_000_000])),
            late: random.chance(20) ? Int64(random.int(0...90_000)) : 0, person: random.pick([nil, "r1", "x1", "x2"])
        ) { $0.observation.marks = way }
    }

    private static let incident = EngineLaws<IncidentRule>(name: "incident", alertsLeast: 50) { round in
        CountingSite.rule(.thrownObject, [.thrownObject], keys: [.building], .session) {
            $0.merge = .minutes(1)
            if round % 3 == 1 { $0.cooldown = .minutes(10) }
            if round % 3 == 2 {
                $0.confirm.count = 2
                $0.confirm.within = .minutes(2)
            }
        }
    } record: { random, _, _ in
        let track = UInt32(random.int(0...3))
        let isHistory = random.chance(10)
        return LawRecord(
            kind: .thrownObject, device: random.pick(["side", "cam1", "nowhere"]),
            after: Int64(random.pick([400, 5_000, 50_000, 100_000, 900_000])),
            late: random.chance(20) ? Int64(random.int(0...90_000)) : 0
        ) {
            $0.observation.confidence = 0.9
            $0.observation.track = track
            $0.isHistory = isHistory
        }
    }

    /// Life safety, with devices that are stuck in alarm among them.
    private static let call = EngineLaws<IncidentRule>(name: "call", alertsLeast: 50) { _ in
        CountingSite.rule(.sos, [.sos], keys: [.person], .session) { $0.merge = .minutes(2) }
    } record: { random, _, round in
        let isEven = round % 2 == 0
        return LawRecord(
            kind: .sos, device: isEven ? "cam1" : random.pick(["cam1", "cam2", "nowhere"]),
            after: isEven && random.chance(97) ? 150_000 : Int64(random.pick([1_000, 60_000, 700_000])),
            person: isEven ? "r1" : random.pick([nil, "r1", "x1"]))
    }

    private static let flood = EngineLaws<DeviceHealth>(name: "flood", alertsLeast: 30) { round in
        var settings = DeviceSettings()
        settings.records = 3
        return CountingSite.rule(.deviceFlooding, [.pass], keys: [.device], .device(settings)) {
            if round % 2 == 1 { $0.cooldown = .minutes(5) }
        }
    } record: { random, _, _ in
        LawRecord(
            kind: .pass, device: random.pick(["ge", "gw"]), after: Int64(random.pick([500, 5_000, 20_000, 200_000])))
    }
}
