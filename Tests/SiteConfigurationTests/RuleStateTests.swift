import Testing

@testable import ConfigReading
@testable import SiteConfiguration

@Suite struct RuleStateTests {
    private static let full = """
        {kind: thrown_object, title: t, severity: high, zone: [a, b], places: [p], devices: [c1, c2], device_kinds: [facade],
             confidence: 0.5, confirm: {count: 2, within: 3s}, merge: 10s, cooldown: 1m, calendar: "22:00-05:00",
             except: ["Mon 22:00-23:00"], key: building, publish: {topic: t, payload: x}}
        """

    @Test(arguments: [
        ("title: t", "title: u"), ("severity: high", "severity: low"), ("payload: x", "payload: y"),
        ("[a, b]", "[b, a]"), ("[c1, c2]", "[c2, c1]"), ("merge: 10s", "merge: 10000ms"), ("1m", "60s"),
    ])
    func `what does not change the meaning of a state leaves its description alone`(old: String, new: String) throws {
        #expect(try describe(RuleStateTests.full) == describe(change(old, new)))
    }

    @Test(arguments: [
        ("[a, b]", "[a]"), ("[a, b]", "['a, b']"), ("places: [p]", "places: [q]"), ("[c1, c2]", "[c1, c3]"),
        ("[facade]", "[lift]"), ("confidence: 0.5", "confidence: 0.51"), ("count: 2", "count: 3"),
        ("within: 3s", "within: 4s"), ("within: 3s", "within: 3s, devices: 2"), ("merge: 10s", "merge: 11s"),
        ("cooldown: 1m", "cooldown: 2m"), ("22:00-05:00", "22:00-06:00"), ("Mon 22", "Tue 22"),
        ("key: building", "key: place"), ("thrown_object", "ebike_in_building"),
    ])
    func `what changes it changes the description`(old: String, new: String) throws {
        #expect(try describe(RuleStateTests.full) != describe(change(old, new)))
    }

    @Test(arguments: [
        ("{kind: no_movement}", "{kind: no_movement, after: 24h}"),
        ("{kind: no_movement}", "{kind: no_movement, evidence: {count: 2}}"),
        ("{kind: no_movement}", "{kind: no_movement, evidence: {kinds: [motion]}}"),
        ("{kind: fever}", "{kind: fever, above: 37.4}"), ("{kind: fever}", "{kind: fever, back: 37}"),
        ("{kind: fever}", "{kind: fever, for: 1m}"), ("{kind: tailgating}", "{kind: tailgating, at_least: 3}"),
        ("{kind: tailgating}", "{kind: tailgating, within: 11s}"),
        ("{kind: gate_flow, passes: 3}", "{kind: gate_flow, passes: 4}"),
        ("{kind: gate_flow, passes: 3}", "{kind: gate_flow, inside: 3}"),
        ("{kind: gate_flow, passes: 3}", "{kind: gate_flow, passes: 3, back: 0.79}"),
        ("{kind: device_silent}", "{kind: device_silent, settle: 6m}"),
        ("{kind: door_held_open}", "{kind: door_held_open, gap: 1m}"),
        ("{kind: door_forced}", "{kind: door_forced, before: 4s}"),
        ("{kind: not_returned}", "{kind: not_returned, during: []}"),
        ("{kind: not_returned}", "{kind: not_returned, then: {kinds: [pass], person: watched}}"),
        ("{kind: access_denied_burst}", "{kind: access_denied_burst, once: 1s}"),
        ("{kind: crowded_dwelling}", "{kind: crowded_dwelling, at_least: 9}"),
        ("{kind: report}", "{kind: report, kinds: [dissuasion]}"),
        ("{kind: anti_passback}", "{kind: anti_passback, forget: 15h}"),
        ("{kind: anti_passback}", "{kind: anti_passback, repeat: 59s}"),
        ("{kind: anti_passback}", "{kind: anti_passback, key: person}"),
        ("{kind: door_forced}", "{kind: door_forced, without: {kinds: [fire]}}"),
        (
            "{kind: door_forced, without: {kinds: [fire]}}",
            "{kind: door_forced, without: {kinds: [fire], devices: [c1]}}"
        ),
    ])
    func `two rules that keep their state otherwise have two descriptions`(one: String, other: String) throws {
        #expect(try describe(one) != describe(other))
    }

    private func change(_ old: String, _ new: String) throws -> String {
        let changed = RuleStateTests.full.replacing(old, with: new)
        #expect(changed != RuleStateTests.full, "\(old)")
        return changed
    }

    private func describe(_ yaml: String) throws -> String { try RuleFixture.rule(yaml).stateDescription }
}
