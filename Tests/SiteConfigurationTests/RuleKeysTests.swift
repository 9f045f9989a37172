import Diagnostics
import Testing
import Timekeeping
import Vocabulary

@testable import ConfigReading
@testable import SiteConfiguration

/// Each key reaches the settings of its rule.
@Suite struct RuleKeysTests {
    private func window(_ yaml: String) throws -> WindowSettings { try RuleFixture.rule(yaml).window }

    @Test func `lengths and counts are those that are written`() throws {
        #expect(
            try window("{kind: access_denied_burst, at_least: 3, within: 1h, once: 2s}")
                == .count(atLeast: 3, within: .hours(1), once: .seconds(2)))
        #expect(
            try window("{kind: crowded_dwelling, at_least: 3, within: 2d}")
                == .distinct(of: .person, atLeast: 3, within: .days(2)))
        #expect(
            try window("{kind: tailgating, at_least: 3, within: 20s}") == .excess(atLeast: 3, within: .seconds(20)))
        #expect(
            try window("{kind: gate_flow, within: 5m, inside: 9}")
                == .flow(passes: nil, within: .minutes(5), inside: 9, back: 0.8))
        #expect(
            try window("{kind: gate_flow, passes: 7, inside: 9}")
                == .flow(passes: 7, within: .minutes(10), inside: 9, back: 0.8))
        #expect(
            try window("{kind: anti_passback, forget: 8h, repeat: 5s}")
                == .passback(forget: .hours(8), again: .seconds(5)))
        #expect(try window("{kind: fire_lane_blocked, gap: 5m}") == .lasting(ends: nil, gap: .minutes(5)))
        #expect(
            try window("{kind: fever, above: 38.5, back: 38, for: 1m}")
                == .threshold(of: .temperature, isAbove: true, limit: 38.5, back: 38, lasting: .minutes(1)))
        #expect(
            try window("{kind: low_battery, below: 5, back: 50}")
                == .threshold(of: .battery, isAbove: false, limit: 5, back: 50, lasting: .zero))
    }

    @Test func `devices have their own numbers`() throws {
        var device = DeviceSettings()
        device.heartbeats = 4
        device.settle = .minutes(1)
        #expect(try window("{kind: device_silent, heartbeats: 4, settle: 1m}") == .device(device))
        device.share = 0.3
        device.least = 7
        #expect(
            try window("{kind: upstream_silent, heartbeats: 4, settle: 1m, share: 0.3, least: 7}") == .device(device))
        device = DeviceSettings()
        device.unquiet = .hours(72)
        #expect(try window("{kind: device_stuck, unquiet: 72h}") == .device(device))
        device = DeviceSettings()
        device.records = 9
        device.per = .seconds(2)
        #expect(try window("{kind: device_flooding, records: 9, per: 2s}") == .device(device))
    }

    @Test func `a sequence waits for what is written, else for the kind's own`() throws {
        func sequence(_ yaml: String) throws -> (then: MatchSettings, within: Milliseconds, before: Milliseconds) {
            guard case .sequence(let then, let within, true, let before) = try window(yaml) else {
                Issue.record("no sequence")
                return (MatchSettings([]), .zero, .zero)
            }
            return (then, within, before)
        }
        let forced = try sequence("{kind: door_forced, within: 6s, before: 0s}")
        #expect(forced.within == .seconds(6) && forced.before == .zero)
        let stays = try sequence("{kind: ebike_stays, after: 1h, then: {devices: [c9]}}")
        #expect(stays.within == .hours(1) && stays.then.kinds == [.ebike])
        // Who names the camera need not have given it a kind.
        #expect(stays.then.devices == ["c9"] && stays.then.deviceKinds == [])
        let gone = try sequence("{kind: not_returned, then: {kinds: [pass, person], device_kinds: [gate]}}")
        #expect(gone.then.kinds == [.pass, .person] && gone.then.deviceKinds == ["gate"])
        #expect(gone.then.direction == .inward)
    }

    @Test func `what it looks at can be limited`() throws {
        let match = try RuleFixture.rule(
            "{kind: fire_lane_blocked, places: [p], device_kinds: [Fire-Lane, lane], confidence: 0.4, kinds: vehicle}"
        ).match
        #expect(match.places == ["p"] && match.deviceKinds == ["fire_lane", "lane"])
        #expect(match.confidence == 0.4 && match.kinds == [.vehicle])
        #expect(try RuleFixture.rule("{kind: fire_lane_blocked, zone: z}").match.deviceKinds == [])
        #expect(try RuleFixture.rule("{kind: fire_lane_blocked, devices: c}").match.deviceKinds == [])
        #expect(try RuleFixture.rule("{kind: fire_lane_blocked, places: p}").match.deviceKinds == ["lane"])
        #expect(try RuleFixture.rule("{kind: fire_lane_blocked, zone: z, device_kinds: lane}").match.zones == ["z"])
        let report = try RuleFixture.rule("{kind: report, kinds: dissuasion, categories: [飞线, 维修]}").match
        #expect(report.kinds == [.dissuasion] && report.words == ["飞线", "维修"])
    }

    @Test func `keys, cooldown and other hours are read`() throws {
        let rule = try RuleFixture.rule(
            "{kind: visitor_overstay, key: person, cooldown: 2h, during: [{calendar: weekends, after: 5h}]}")
        #expect(rule.keys == [.person] && rule.cooldown == .hours(2))
        let weekends = try #require(WeekHours(text: "weekends", wholeDays: true))
        #expect(rule.during == [DuringSettings(calendar: RuleCalendar(hours: [weekends]), after: .hours(5))])
        #expect(try RuleFixture.rule("{kind: not_returned, during: []}").during.isEmpty)
        let denied = try RuleFixture.rule("{kind: access_denied_burst, key: [place, place, device]}")
        #expect(denied.keys == [.place, .device])
    }

    @Test func `an integrator's rule has the window that is written`() throws {
        let head = "{kind: expression, match: {kinds: [contact], reading: on}"
        let session = try RuleFixture.rule("\(head), session: {gap: 5s}, confirm: {count: 2}}")
        #expect(session.window == .session && session.merge == .seconds(5) && session.confirm.count == 2)
        #expect(session.match.reading == true && session.severity == .medium && session.keys == [.device])
        #expect(try RuleFixture.rule("\(head), session: {}}").merge == .seconds(60))
        #expect(
            try window("\(head), count: {at_least: 4, within: 1h}}")
                == .count(atLeast: 4, within: .hours(1), once: .zero))
        #expect(
            try window("\(head), distinct: {of: track, at_least: 4, within: 1h}}")
                == .distinct(of: .track, atLeast: 4, within: .hours(1)))
        let dwell = try RuleFixture.rule(
            "\(head), severity: high, dwell: {for: 10m, until: {kinds: contact, reading: off}}}")
        var closed = MatchSettings([.contact])
        closed.reading = false
        #expect(dwell.window == .lasting(ends: closed, gap: .zero))
        #expect(dwell.stages == [StageSettings(after: .minutes(10), severity: .high)])
        #expect(
            try window("\(head), sequence: {then: {kinds: pass, direction: in}, within: 1m}}")
                == .sequence(
                    then: MatchSettings([.pass], direction: .inward), within: .minutes(1), isMissing: false,
                    before: .zero))
        #expect(
            try window("\(head), sequence: {then: {kinds: pass}, within: 1m, missing: yes, before: 3s}}")
                == .sequence(then: MatchSettings([.pass]), within: .minutes(1), isMissing: true, before: .seconds(3)))
        #expect(
            try window("\(head), threshold: {of: count, above: 10}}")
                == .threshold(of: .count, isAbove: true, limit: 10, back: 10, lasting: .zero))
        #expect(
            try window("\(head), threshold: {of: value, below: -2.5, back: 0, for: 1h}}")
                == .threshold(of: .value, isAbove: false, limit: -2.5, back: 0, lasting: .hours(1)))
    }
}
