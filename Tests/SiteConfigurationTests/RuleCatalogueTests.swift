import Diagnostics
import Testing
import Timekeeping
import Vocabulary

@testable import ConfigReading
@testable import SiteConfiguration

/// The defaults of a kind, as the design's table has them.
struct RuleDefaults: CustomTestStringConvertible, Sendable {
    var kind: RuleKind
    var severity: Severity
    var keys: [RuleKey]
    var window: WindowSettings
    var kinds: [ObservationKind]
    var deviceKinds: [String] = []
    var merge = Milliseconds.zero
    var confidence = 0.0
    var confirm = 1

    var testDescription: String { kind.rawValue }

    private static func then(
        _ kinds: [ObservationKind], of deviceKinds: [String] = [], _ direction: MatchSettings.Direction? = nil
    ) -> MatchSettings {
        MatchSettings(kinds, of: deviceKinds, direction: direction)
    }

    private static func missing(
        _ then: MatchSettings, _ within: Milliseconds, before: Milliseconds = .zero
    ) -> WindowSettings {
        .sequence(then: then, within: within, isMissing: true, before: before)
    }

    private static func device(_ kind: RuleKind, _ severity: Severity) -> RuleDefaults {
        RuleDefaults(
            kind: kind, severity: severity, keys: [.device], window: .device(DeviceSettings()),
            kinds: ObservationKind.allCases)
    }

    private static func session(
        _ kind: RuleKind, _ severity: Severity, _ key: RuleKey, _ kinds: [ObservationKind], merge: Int64 = 60,
        confidence: Double = 0, confirm: Int = 1
    ) -> RuleDefaults {
        RuleDefaults(
            kind: kind, severity: severity, keys: [key], window: .session, kinds: kinds, merge: .seconds(merge),
            confidence: confidence, confirm: confirm)
    }

    static let sessions: [RuleDefaults] = [
        session(.sos, .critical, .dwelling, [.sos]), session(.fall, .critical, .dwelling, [.fall]),
        session(.smokeFire, .critical, .place, [.smoke, .fire, .gas, .carbonMonoxide]),
        session(.leak, .medium, .place, [.leak]),
        session(.liftTrapped, .critical, .device, [.liftTrapped]), session(.liftFault, .high, .device, [.liftFault]),
        session(.thrownObject, .critical, .building, [.thrownObject], merge: 10, confidence: 0.6),
        session(.ebikeInBuilding, .high, .device, [.ebike], confidence: 0.6, confirm: 2),
        session(.report, .low, .report, [.residentReport, .patrolReport, .dissuasion]),
    ]

    static let windows: [RuleDefaults] = [
        .init(
            kind: .notReturned, severity: .high, keys: [.person],
            window: missing(then([.pass], .inward), .hours(12)), kinds: [.pass], deviceKinds: ["gate"]),
        .init(
            kind: .thrownObjectRepeat, severity: .high, keys: [.building],
            window: .count(atLeast: 3, within: .days(7), once: .seconds(10)), kinds: [.thrownObject], confidence: 0.6),
        .init(
            kind: .ebikeStays, severity: .high, keys: [.building],
            window: missing(then([.ebike], of: ["lobby", "unit_door", "gate"]), .minutes(10)), kinds: [.ebike],
            deviceKinds: ["lift"], confidence: 0.6),
        .init(
            kind: .fireLaneBlocked, severity: .high, keys: [.vehicle], window: .lasting(ends: nil, gap: .seconds(90)),
            kinds: [.vehicle, .ebike], deviceKinds: ["lane"]),
        .init(
            kind: .doorHeldOpen, severity: .medium, keys: [.device],
            window: .lasting(ends: then([.doorClose]), gap: .zero), kinds: [.doorOpen]),
        .init(
            kind: .doorForced, severity: .high, keys: [.place],
            window: missing(then([.pass, .exitButton, .visitorPass]), .seconds(5), before: .seconds(5)),
            kinds: [.doorOpen]),
        .init(
            kind: .accessDeniedBurst, severity: .medium, keys: [.device, .credential],
            window: .count(atLeast: 5, within: .minutes(10), once: .zero), kinds: [.denied]),
        .init(
            kind: .tailgating, severity: .low, keys: [.place], window: .excess(atLeast: 2, within: .seconds(10)),
            kinds: [.person, .pass, .visitorPass, .exitButton]),
        .init(
            kind: .fever, severity: .medium, keys: [.person],
            window: .threshold(of: .temperature, isAbove: true, limit: 37.3, back: 37.2, lasting: .zero),
            kinds: [.pass, .denied, .visitorPass]),
        .init(
            kind: .crowdedDwelling, severity: .low, keys: [.dwelling],
            window: .distinct(of: .person, atLeast: 8, within: .days(14)), kinds: [.pass, .visitorPass, .person]),
        .init(
            kind: .visitorOverstay, severity: .low, keys: [.visit],
            window: missing(then([.visitorPass], .outward), .hours(2)), kinds: [.visitorPass]),
        .init(
            kind: .antiPassback, severity: .medium, keys: [.credential],
            window: .passback(forget: .hours(16), again: .seconds(60)), kinds: [.pass, .visitorPass],
            deviceKinds: ["gate"]),
        .init(
            kind: .lowBattery, severity: .low, keys: [.device],
            window: .threshold(of: .battery, isAbove: false, limit: 15, back: 20, lasting: .zero),
            kinds: ObservationKind.allCases),
    ]

    static let devices: [RuleDefaults] = [
        device(.deviceSilent, .medium), device(.upstreamSilent, .high), device(.deviceStuck, .low),
        device(.deviceFlooding, .medium), device(.clockFault, .low), device(.identityMismatch, .high),
    ]
}

@Suite struct RuleCatalogueTests {
    @Test func `every kind but the box's own trouble stands in the catalogue once, with texts`() {
        #expect(RuleCatalogue.all.count == RuleKind.allCases.count - 1)
        #expect(Set(RuleCatalogue.all.map(\.kind)) == Set(RuleKind.allCases).subtracting([.boxFault]))
        #expect(Set(RuleCatalogue.all.filter(\.isBuilt).map(\.kind)) == RuleKind.built)
        for entry in RuleCatalogue.all {
            for language in Language.allCases {
                #expect(!entry.title.text(in: language).isEmpty, "\(entry.kind)")
                #expect(!entry.meaning.text(in: language).isEmpty, "\(entry.kind)")
                #expect(RuleReference.markdown(language).contains("## \(entry.kind.rawValue)\n"))
                for alarm in entry.falseAlarms {
                    #expect(!alarm.what.text(in: language).isEmpty && !alarm.remedy.text(in: language).isEmpty)
                }
            }
            #expect(entry.isBuilt == !entry.falseAlarms.isEmpty, "\(entry.kind)")
            let isCritical = entry.severity == .critical || entry.kind == .leak
            #expect(!entry.isLifeSafety || isCritical && !entry.resolves, "\(entry.kind)")
        }
        #expect(RuleKind.boxFault.title.en == "Trouble of the box")
        #expect(RuleKind.notReturned.title.zh == "外出未归")
    }

    @Test(arguments: RuleDefaults.sessions + RuleDefaults.windows + RuleDefaults.devices)
    func `what is left out has the kind's defaults`(_ expected: RuleDefaults) throws {
        let rule = try RuleFixture.rule(RuleFixture.shortest(expected.kind))
        #expect(rule.severity == expected.severity)
        #expect(rule.keys == expected.keys)
        #expect(rule.window == expected.window)
        #expect(rule.match.kinds == expected.kinds)
        #expect(rule.match.deviceKinds == expected.deviceKinds)
        #expect(rule.match.confidence == expected.confidence)
        #expect(rule.match.mustFall == (expected.kind == .thrownObject))
        #expect(rule.merge == expected.merge)
        #expect(rule.confirm.count == expected.confirm && rule.confirm.devices == 1)
        #expect(rule.cooldown == .zero && rule.calendar == nil && rule.publish == nil)
    }

    @Test func `whom not_returned waits for, and which visitor, goes by direction and person`() throws {
        let gone = try RuleFixture.rule("{kind: not_returned}").match
        #expect(gone.direction == .outward && gone.person == .watched)
        let night = try #require(WeekHours(text: "22:00-05:00"))
        #expect(
            try RuleFixture.rule("{kind: not_returned}").during
                == [DuringSettings(calendar: RuleCalendar(hours: [night]), after: .minutes(30))])
        #expect(try RuleFixture.rule("{kind: visitor_overstay}").match.direction == .inward)
    }

    @Test func `stages are the kind's, none more urgent than the rule but the last`() throws {
        func stages(_ yaml: String) throws -> [StageSettings] { try RuleFixture.rule(yaml).stages }
        #expect(
            try stages("{kind: fire_lane_blocked}") == [
                StageSettings(after: .minutes(2), severity: .low),
                StageSettings(after: .minutes(10), severity: .medium),
                StageSettings(after: .minutes(30), severity: .high),
            ])
        #expect(try stages("{kind: fire_lane_blocked, severity: low}").map(\.severity) == [.low, .low, .low])
        #expect(
            try stages("{kind: fire_lane_blocked, severity: critical}").map(\.severity) == [.low, .medium, .critical])
        #expect(try stages("{kind: door_held_open}") == [StageSettings(after: .minutes(3), severity: .medium)])
        #expect(
            try stages("{kind: door_held_open, after: 5m, severity: high}")
                == [StageSettings(after: .minutes(5), severity: .high)])
        #expect(try stages("{kind: sos}").isEmpty)
    }

    @Test(arguments: RuleCatalogue.all.filter(\.isBuilt))
    func `each kind's example passes, and is of its kind`(entry: RuleEntry) {
        let text = RuleFixture.text("{kind: sos}").replacing("  r: {kind: sos}", with: indented(entry.example))
        let (settings, diagnostics) = parsed(text)
        #expect(diagnostics.map { $0.rendered(in: .en) } == [], "\(entry.kind)")
        #expect(settings?.rules.allSatisfy { $0.kind == entry.kind } == true, "\(entry.kind)")
        #expect(RuleReference.example(entry).map(\.name) == settings?.rules.map(\.name))
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    }

    @Test func `each key that a kind takes stands in the table of settings, and each there is taken`() {
        let known = Set(SettingsTable.table.keys(of: "rules.*").map(\.name))
        for entry in RuleCatalogue.all {
            for name in entry.looks + entry.parameters.map(\.key) {
                let top = String(name.prefix { $0 != "." })
                #expect(known.contains(top), "\(entry.kind): \(name)")
                #expect(SettingsTable.table.key("rules.*.\(name)") != nil, "\(entry.kind): \(name)")
            }
        }
        for name in known { #expect(RuleCatalogue.all.contains { $0.isBuilt && $0.takes(name) }, "\(name)") }
    }
}
