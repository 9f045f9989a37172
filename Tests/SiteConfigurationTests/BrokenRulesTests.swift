import Diagnostics
import Testing

@testable import ConfigReading
@testable import SiteConfiguration

/// A rule that is wrong at one place, which `▶` marks; what is told there, and a part of its English remedy.
struct BrokenRule: CustomTestStringConvertible, Sendable {
    var yaml: String
    var code: String
    var remedy: String

    init(_ yaml: String, _ code: String, _ remedy: String = "") {
        (self.yaml, self.code, self.remedy) = (yaml, code, remedy)
    }

    var testDescription: String { yaml }
}

@Suite struct BrokenRulesTests {
    static let keys: [BrokenRule] = [
        .init("{kind: sos, ▶confirm: {count: 2}}", "rule.unused-parameter", "merge"),
        .init("{kind: report, ▶publish: {topic: t, payload: x}}", "rule.unused-parameter", "categories"),
        .init("{kind: no_movement, ▶devices: [a]}", "rule.unused-parameter", "places"),
        .init("{kind: door_forced, ▶after: 5s}", "rule.unused-parameter", "within"),
        .init("{kind: fever, ▶below: 30}", "rule.unused-parameter", "above"),
        .init("{kind: expression, ▶places: [a], match: {kinds: pass}, session: {}}", "rule.unused-parameter", "match"),
        .init("{kind: door_held_open, ▶aftr: 5m}", "config.unknown-key", "after"),
        .init(
            "{kind: expression, match: {kinds: pass}, count: {▶atleast: 3, within: 1h}}", "config.unknown-key",
            "at_least"),
        .init("{kind: sos, key: ▶room}", "config.bad-value", "dwelling"),
        .init("{kind: sos, key: ▶[]}", "rule.no-key", "delete key"),
        .init("{kind: sos, key: ▶[device, place]}", "rule.one-key", "two rules"),
        .init("{kind: anti_passback, key: ▶place}", "rule.key-of-nobody", "credential"),
        .init("{kind: fever, ▶without: {kinds: fire}}", "rule.unused-parameter", "above"),
        .init("{kind: report, kinds: ▶[denied]}", "rule.foreign-kind", "expression"),
        .init("{kind: report, kinds: ▶[]}", "rule.no-kinds"),
        .init("{kind: report, kinds: [▶disuasion]}", "rule.unknown-observation", "dissuasion"),
        .init("{kind: gate_flow, inside: ▶[1]}", "config.wrong-type"),
    ]

    static let values: [BrokenRule] = [
        .init("{kind: not_returned, after: ▶0s}", "config.out-of-range", "1s"),
        .init("{kind: not_returned, after: ▶12 hours}", "config.bad-duration", "12h"),
        .init("{kind: fever, above: ▶hot}", "config.bad-number", "37.3"),
        .init("{kind: fever, above: ▶1e3}", "config.bad-number"),
        .init("{kind: tailgating, at_least: ▶0}", "config.out-of-range", "1 to"),
        .init("{kind: device_silent, heartbeats: ▶0.5}", "config.out-of-range", "1 to 100"),
        .init("{kind: upstream_silent, share: ▶2}", "config.out-of-range", "0 to 1"),
        .init("{kind: upstream_silent, least: ▶1}", "config.out-of-range"),
        .init("{kind: device_stuck, unquiet: ▶30m}", "config.out-of-range", "2h"),
        .init("{kind: device_flooding, records: ▶-1}", "config.out-of-range"),
        .init("{kind: gate_flow, passes: ▶0}", "config.out-of-range"),
        .init("{kind: anti_passback, forget: ▶30s}", "config.out-of-range", "1m"),
        .init("{kind: anti_passback, repeat: ▶31d}", "config.out-of-range", "30d"),
        .init("{kind: door_forced, without: {kinds: [▶flame]}}", "rule.unknown-observation", "fire"),
        .init("{kind: door_forced, without: ▶{zone: a}}", "config.missing-key", "observations"),
        .init(
            "{kind: expression, match: {kinds: pass}, sequence: {then: {kinds: denied}, within: 1m, without: ▶{}}}",
            "config.missing-key", "observations"),
        .init(
            "{kind: expression, match: {kinds: pass}, ▶without: {kinds: fire}, session: {}}", "rule.unused-parameter",
            "match"),
        .init("{kind: gate_flow, passes: 9, back: ▶0.009}", "config.out-of-range", "0.01"),
        .init("{kind: gate_flow, passes: 9, back: ▶1.1}", "config.out-of-range", "0.01"),
        .init("{kind: gate_flow, passes: 9, back: ▶80}", "config.out-of-range", "0.01"),
        .init("{kind: ebike_stays, then: {direction: ▶up}}", "config.bad-value", "in"),
        .init("{kind: ebike_stays, then: {person: ▶elder}}", "config.bad-value", "watched"),
        .init("{kind: expression, match: {kinds: contact, reading: ▶open}, session: {}}", "config.bad-value", "true"),
        .init("{kind: expression, match: {kinds: [▶moton]}, session: {}}", "rule.unknown-observation", "motion"),
        .init("{kind: expression, match: {kinds: ▶[]}, session: {}}", "rule.no-kinds"),
        .init(
            "{kind: expression, match: {kinds: pass}, distinct: {of: ▶name, at_least: 2, within: 1h}}",
            "config.bad-value",
            "person"),
        .init(
            "{kind: expression, match: {kinds: pass}, threshold: {of: ▶temp, above: 3}}", "config.bad-value", "temp_c"),
    ]

    static let hours: [BrokenRule] = [
        .init("{kind: tailgating, calendar: ▶nights}", "config.bad-hours", "Mon-Fri"),
        .init("{kind: tailgating, calendar: ▶22-05}", "config.bad-hours"),
        .init("{kind: tailgating, calendar: [workdays, ▶'Mon 25:00-26:00']}", "config.bad-hours"),
        .init("{kind: tailgating, except: ▶funday}", "config.bad-hours", "holidays"),
        .init("{kind: not_returned, during: [{calendar: ▶nacht, after: 1h}]}", "config.bad-hours"),
        .init("{kind: not_returned, during: [▶{calendar: workdays}]}", "config.missing-key"),
        .init("{kind: tailgating, calendar: workdays, except: ▶00:00-24:00}", "rule.never-holds", "shorter"),
    ]

    static let windows: [BrokenRule] = [
        .init("▶{kind: gate_flow}", "rule.no-limit", "inside"),
        .init("▶{kind: expression, match: {kinds: pass}}", "rule.no-window", "threshold"),
        .init("▶{kind: expression, session: {}}", "config.missing-key"),
        .init(
            "{kind: expression, match: {kinds: pass}, session: {}, ▶count: {at_least: 2, within: 1h}}",
            "rule.two-windows", "another rule"),
        .init("{kind: expression, match: {kinds: pass}, dwell: ▶{for: 1h}}", "rule.never-ends", "until"),
        .init("{kind: expression, match: {kinds: pass}, threshold: ▶{of: value}}", "rule.above-or-below"),
        .init(
            "{kind: expression, match: {kinds: pass}, threshold: ▶{of: value, above: 3, below: 2}}",
            "rule.above-or-below"),
        .init(
            "{kind: expression, match: {kinds: pass}, threshold: {of: value, above: 3, back: ▶4}}", "rule.back-beyond",
            "greater"),
        .init("{kind: fever, back: ▶37.4}", "rule.back-beyond", "greater"),
        .init("{kind: fever, above: ▶37}", "rule.back-beyond", "greater"),
        .init("{kind: low_battery, back: ▶10}", "rule.back-beyond", "less"),
        .init(
            "{kind: expression, match: {kinds: pass}, sequence: {then: {kinds: denied}, within: 1m, before: ▶1s}}",
            "rule.unused-parameter", "missing"),
        .init(
            "{kind: expression, match: {kinds: pass}, count: {at_least: 2, within: 1h}, ▶confirm: {count: 2}}",
            "rule.unused-parameter", "session"),
        .init(
            "{kind: expression, match: {kinds: pass}, session: {}, ▶during: []}", "rule.unused-parameter", "dwell"),
        .init("{kind: fire_lane_blocked, after: ▶5m, stages: [{after: 1m}]}", "rule.after-and-stages"),
        .init("{kind: fire_lane_blocked, stages: [{after: 5m}, {after: ▶5m}]}", "rule.stages-order"),
        .init("{kind: door_held_open, stages: ▶[]}", "rule.no-stages"),
        .init("{kind: fall, calendar: ▶workdays}", "rule.life-safety-hours", "for the routes"),
        .init("{kind: smoke_fire, except: ▶workdays}", "rule.life-safety-hours"),
    ]

    static let warnings: [BrokenRule] = [
        .init("{kind: sos, cooldown: ▶1h}", "rule.no-effect", "merge"),
        .init("{kind: thrown_object, devices: [c1], confirm: ▶{devices: 2}}", "rule.never-fires", "fewer"),
        .init("{kind: access_denied_burst, at_least: ▶5, within: 4s, once: 1s}", "rule.never-fires", "longer"),
        .init(
            "{kind: expression, match: {kinds: pass}, count: ▶{at_least: 3, within: 1m, once: 1m}}", "rule.never-fires"),
        .init("{kind: low_battery, below: ▶-1}", "rule.never-fires", "another limit"),
        .init("{kind: fever, above: ▶99}", "rule.never-fires"),
        .init("{kind: fire_lane_blocked, stages: [{after: 1m}, {after: 2m, severity: ▶low}]}", "rule.stage-falls"),
    ]

    @Test(arguments: keys + values + hours + windows)
    func `a wrong rule is refused, where it is wrong, with what to do`(_ broken: BrokenRule) {
        let (settings, diagnostics) = parsed(marked(RuleFixture.text(broken.yaml)).text)
        // Unless it costs its key alone (`what an older version took costs itself`).
        #expect(settings == nil || settings?.dropped.map(\.code) == [broken.code])
        check(broken, diagnostics, .error)
    }

    @Test(arguments: warnings)
    func `what a rule cannot do is a warning`(_ broken: BrokenRule) {
        let (settings, diagnostics) = parsed(marked(RuleFixture.text(broken.yaml)).text)
        #expect(settings != nil)
        check(broken, diagnostics, .warning)
    }

    private func check(_ broken: BrokenRule, _ diagnostics: [Diagnostic], _ severity: Diagnostic.Severity) {
        let (_, line, column) = marked(RuleFixture.text(broken.yaml))
        let told = diagnostics.map { $0.rendered(in: .en) }
        #expect(diagnostics.map(\.code) == [broken.code], "\(told)")
        guard let first = diagnostics.first else { return }
        #expect(first.severity == severity)
        #expect(first.line == line && first.column == column, "\(told)")
        #expect(first.remedy.en.contains(broken.remedy), "\(told)")
        #expect(!first.what.zh.isEmpty && !first.remedy.zh.isEmpty)
    }

    @Test func `all problems of all rules are told in one run`() {
        let yaml = """
            {kind: fever, above: hot, calendar: nights}
              s: {kind: door_forced, within: 0ms, before: x}
              t: {kind: expression, match: {kinds: [pas]}, count: {at_least: 0, within: 1}}
            """
        let codes = parsed(RuleFixture.text(yaml)).diagnostics.map(\.code)
        #expect(
            codes == [
                "config.bad-number", "config.bad-hours", "config.out-of-range", "config.bad-duration",
                "rule.unknown-observation", "config.out-of-range", "config.bad-duration",
            ])
    }

    @Test(arguments: [
        "{kind: access_denied_burst, at_least: 5, within: 5s, once: 1s}",
        "{kind: thrown_object, devices: [c1, c2], confirm: {devices: 2}}",
        "{kind: expression, match: {kinds: pass}, count: {at_least: 1, within: 1ms, once: 1h}}",
        "{kind: fever, above: 37.2}", "{kind: low_battery, below: 0, back: 0}",
        "{kind: access_denied_burst, key: credential}",
        "{kind: expression, match: {kinds: pass}, "
            + "distinct: {of: plate, at_least: 2, within: 1h}, key: [place, building]}",
    ])
    func `what just fits is not warned of`(yaml: String) {
        #expect(RuleFixture.read(yaml).codes == [])
    }
}
