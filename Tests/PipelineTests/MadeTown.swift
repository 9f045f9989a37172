import SiteConfiguration
import TestSupport

/// An invented community with a rule of each kind, hours and cooldowns among them, and a log in which much happens:
/// what a law over all engines is tried on.
struct MadeTown {
    private static let devices = """
        id,place,kind,name,dir,heartbeat,via
        p1,3栋/2单元/502,pir,客厅红外,,10m,hub
        p2,3栋/2单元/501,pir,,,10m,hub
        p3,3栋/2单元/601,pir,,,10m,hub
        p4,5栋/1单元/101,pir,,,,
        d1,3栋/2单元/502,contact,,,,
        w1,3栋/2单元/502,meter,,,,
        b1,5栋/1单元/101,bed,,,,
        p9,gates,pir,,,,
        north,gates,gate,北门,,30m,
        south,gates,gate,南门,1=in|2=out,,
        cam,gates,camera,,,,
        u3,b3,unit_door,,,,
        u5,b5,unit_door,,,,
        lane,b3,lane,,,,
        f3a,b3,facade,东侧一,,,
        f3b,b3,facade,东侧二,,,
        lift3,b3,lift,3栋电梯,,,
        lobby3,b3,lobby,,,,

        """
    private static let residents =
        Scene.luo
        + "e2,3栋/2单元/501,王秀英,高龄,c2,30h,,,\ne3,5栋/1单元/101,李四海,独居,c3,,2026-03-08,2026-03-09,\n"
        + "e6,3栋/2单元/502,孙八,,c6,,,,\ne4,5栋/9单元/901,赵六,独居,,,,,\ne5,,钱七,病后,c5,,,,\n"

    private static let people = [
        "quiet: {kind: no_movement, stages: [{after: 90m, severity: low}, {after: 5h}], evidence: {count: 1}, cooldown: 30m}",
        "by-day: {kind: no_movement, stages: [{after: 2h}, {after: 8h}], evidence: {count: 2}, calendar: \"07:00-22:00\"}",
        "away: {kind: not_returned, after: 1h, cooldown: 40m, without: {kinds: [sos]}}",
        "fever: {kind: fever, for: 5m, calendar: \"08:00-20:00\"}", "warm: {kind: fever, cooldown: 1h}",
        "crowd: {kind: crowded_dwelling, at_least: 2, within: 2h}", "report: {kind: report, cooldown: 10m}",
    ]
    private static let buildings = [
        "throw: {kind: thrown_object}", "again: {kind: thrown_object_repeat, at_least: 2, within: 1d, cooldown: 1h}",
        "bike: {kind: ebike_in_building, publish: {topic: \"lift/{device}/hold\", payload: h, release: r}}",
        "bike-stays: {kind: ebike_stays, after: 10m}",
        "lane: {kind: fire_lane_blocked, except: [\"07:00-09:00\"], cooldown: 5m}",
        "lane-late: {kind: fire_lane_blocked, stages: [{after: 3m}, {after: 20m}], calendar: \"20:00-06:00\"}",
        "lift: {kind: lift_fault, cooldown: 20m}",
    ]
    private static let doors = [
        "door: {kind: door_held_open, stages: [{after: 3m}, {after: 40m}], except: [\"07:00-09:00\"], cooldown: 10m}",
        "door-gap: {kind: door_held_open, after: 5m, gap: 30m, during: [{calendar: \"22:00-06:00\", after: 1m}]}",
        "forced: {kind: door_forced, cooldown: 5m}",
        "denied: {kind: access_denied_burst, at_least: 2, within: 30m, cooldown: 10m}",
        "tail: {kind: tailgating, at_least: 1, within: 20s}", "visitor: {kind: visitor_overstay, after: 30m}",
        "flow: {kind: gate_flow, passes: 5, within: 20m, inside: 6}",
        "back: {kind: anti_passback, places: [gates], forget: 8h}",
    ]
    private static let machines = [
        "silent: {kind: device_silent, settle: 1m, cooldown: 1h}",
        "silent-by-day: {kind: device_silent, calendar: \"09:00-17:00\"}", "hub: {kind: upstream_silent, least: 2}",
        "stuck: {kind: device_stuck, unquiet: 2h, calendar: \"09:00-17:00\"}",
        "flood: {kind: device_flooding, records: 3, per: 1m, calendar: \"09:00-17:00\"}",
        "flood-ever: {kind: device_flooding, records: 4, per: 1m, cooldown: 10m}",
        "battery: {kind: low_battery, for: 10m, calendar: \"09:00-17:00\"}",
        "clocks: {kind: clock_fault, cooldown: 1h}", "posing: {kind: identity_mismatch, calendar: \"09:00-17:00\"}",
    ]
    private static let own = [
        "x-session: {kind: expression, match: {kinds: tamper}, session: {gap: 5m}, cooldown: 10m}",
        "x-count: {kind: expression, match: {kinds: denied}, count: {at_least: 3, within: 2h, once: 10s}, key: place}",
        "x-distinct: {kind: expression, match: {kinds: pass}, key: place, distinct: {of: person, at_least: 3, within: 1h}}",
        "x-dwell: {kind: expression, match: {kinds: bed, reading: true}, key: dwelling, "
            + "dwell: {for: 2h, until: {kinds: bed, reading: false}}, calendar: \"00:00-12:00\", cooldown: 30m}",
        "x-then: {kind: expression, match: {kinds: denied}, key: place, "
            + "sequence: {then: {kinds: door_open}, without: {kinds: pass}, within: 10m}}",
        "x-missing: {kind: expression, match: {kinds: door_open}, key: place, cooldown: 15m, "
            + "sequence: {then: {kinds: door_close}, without: {kinds: tamper}, within: 12m, missing: true}}",
        "x-water: {kind: expression, match: {kinds: water}, key: dwelling, "
            + "threshold: {of: value, above: 5, back: 1, for: 30m}, calendar: \"06:00-22:00\", cooldown: 20m}",
    ]

    static let scene = Scene(
        rules: people + buildings + doors + machines + own, residents: residents, devices: devices)

    /// In the order of arrival; no stamp is before the one in front of it, but behind a clock that was set back.
    private(set) var lines: [Line] = []
    /// By line, whether time could pass before it: not while the box was off.
    private(set) var isAwakeBefore: [Bool] = []

    init(count: Int, clocks: Bool = false, _ random: inout SeededRandom) {
        var at: Int64 = 0
        add(.quiet(0))
        while lines.count < count {
            at += Int64(random.pick([0, 1, 700, 5_000, 20_000, 20_000, 60_000, 90_000, 200_000, 900_000]))
            if random.chance(1) { at += Int64(random.int(1...10)) * Scene.hour }
            switch random.int(0...149) {
            case 0: outage(&at, &random)
            case 1: down(&at, &random)
            case 2 where clocks: set(&at, &random)
            default: happen(at, &random)
            }
        }
    }

    private mutating func add(_ line: Line, isAwake: Bool = true) {
        lines.append(line)
        isAwakeBefore.append(isAwake)
    }

    private mutating func own(_ at: Int64, _ name: String, _ fields: String, isAwake: Bool = true) {
        add(.own(at, name, "{\(fields)}"), isAwake: isAwake)
    }

    /// The line goes, and comes again; at times again and again, so that no time to wait is left.
    private mutating func outage(_ at: inout Int64, _ random: inout SeededRandom) {
        for _ in 0...random.int(0...3) {
            own(at, "session", "\"state\":\"lost\"")
            at += Int64(random.pick([2_000, 40_000, 600_000, 5_000_000]))
            own(at, "session", "\"state\":\"connected\",\"present\":\(random.chance(70))")
            backlog(&at, &random)
        }
    }

    /// The box was off.
    private mutating func down(_ at: inout Int64, _ random: inout SeededRandom) {
        let since = at
        at += Int64(random.pick([30_000, 400_000, 4_000_000, 30_000_000]))
        own(at, "start", "\"version\":\"0\",\"down_since\":\(Scene.origin + since)", isAwake: false)
        if random.chance(80) {
            at += Int64(random.int(1...5_000))
            own(at, "session", "\"state\":\"connected\",\"present\":true")
        }
        backlog(&at, &random)
    }

    private mutating func backlog(_ at: inout Int64, _ random: inout SeededRandom) {
        for _ in 0...random.int(0...12) {
            at += Int64(random.int(1...9_000))
            happen(at, late: Int64(random.int(0...3_000_000)), &random)
        }
        if random.chance(70) { own(at, "session", "\"state\":\"settled\"") }
    }

    private mutating func set(_ at: inout Int64, _ random: inout SeededRandom) {
        let to = at + random.pick([-2 * Scene.hour, -3000, 4000, 3 * Scene.hour])
        add(.clock(at, from: at, to: to, "step"))
        at = to
    }

    // MARK: What happens

    private mutating func happen(_ at: Int64, late: Int64 = 0, _ random: inout SeededRandom) {
        let hour = (at + late) / Scene.hour % 24
        let isNight = hour < 6
        var fields = late > 0 ? ",\"ts\":\(Scene.origin + at - late)" : ""
        if late == 0, random.chance(10) { fields = ",\"ts\":\(Scene.origin + at - Int64(random.int(0...50_000)))" }
        func native(_ path: String, _ type: String, _ more: String = "") -> Line {
            .native(at, path, type, fields + more)
        }
        let line: Line
        switch random.int(0...39) {
        case 0...6:
            let pir = isNight ? "p4" : random.pick(["p1", "p2", "p3", "p4"])
            line = native("elder/" + pir, random.pick(["motion", "motion", "heartbeat"]))
        case 7...10: line = native("elder/" + random.pick(["p1", "p2", "p3"]), "heartbeat", battery(&random))
        case 11: line = native("elder/d1", "contact", ",\"value\":\"\(random.pick(["open", "closed"]))\"")
        case 12: line = native("elder/w1", "water", ",\"value\":\(random.pick([0, 0, 3, 9, 9]))")
        case 13: line = native("elder/b1", "bed", ",\"value\":\(random.int(0...1))")
        case 14: line = native("elder/" + random.pick(["b1", "p1"]), "sos")
        case 15...21: line = native("access/" + gate(&random).path, pass(&random).type, pass(&random).fields)
        case 22: line = native("access/north", "heartbeat")
        case 23, 24: line = native("access/" + random.pick(["u3", "u5", "north"]), "denied", person(&random))
        case 25...27: line = native("access/" + random.pick(["u3", "u5"]), random.pick(["door_open", "door_close"]))
        case 28: line = native("access/" + random.pick(["u3", "u5"]), random.pick(["exit_button", "tamper"]))
        case 29...31: line = native("camera/lane", "vehicle", ",\"plate\":\"\(random.pick(["A1", "B2"]))\"")
        case 32: line = native("camera/" + random.pick(["f3a", "f3b"]), "thrown_object", ",\"confidence\":0.9")
        case 33, 34:
            line = native("camera/" + random.pick(["lift3", "lift3", "lobby3"]), "ebike", ",\"confidence\":0.9")
        case 35: line = native("camera/cam", "person", ",\"count\":\(random.int(1...4))")
        case 36: line = native("report/x", random.pick(["resident_report", "lift_fault"]), ",\"place\":\"b3\"")
        case 37: line = native("access/u5", "heartbeat", ",\"device\":\"other\"")
        case 38: line = native("elder/p3", "motion", late > 0 ? "" : ",\"ts\":\(Scene.origin + at - 8 * Scene.hour)")
        default: line = native("camera/lane/status", random.pick(["offline", "online"]))
        }
        add(line)
    }

    private func battery(_ random: inout SeededRandom) -> String { ",\"battery\":\(random.pick([5, 9, 50, 90, 90]))" }
    private func person(_ random: inout SeededRandom) -> String {
        ",\"person\":\"\(random.pick(["c1", "c6", "c2", "c3", "c5", "x9", "x8"]))\""
    }
    private func gate(_ random: inout SeededRandom) -> (path: String, way: String) {
        (random.pick(["north", "south", "u3"]), "")
    }
    private func pass(_ random: inout SeededRandom) -> (type: String, fields: String) {
        let way = random.pick(["in", "out", "1", "2"])
        let degrees = random.chance(20) ? ",\"temp_c\":\(random.pick([36.5, 37.5, 38.2]))" : ""
        let visit = random.chance(10)
        return (
            visit ? "visitor_pass" : "pass",
            (visit ? ",\"visit\":\"V\(random.int(1...4))\"" : person(&random)) + ",\"dir\":\"\(way)\"" + degrees
        )
    }

    // MARK: Ticks

    /// The log with so many more ticks, at any instants at which the box was on; half of them at the stamps of records.
    func ticked(_ count: Int, _ random: inout SeededRandom) -> [Line] {
        var ticks: [Int: [Int64]] = [:]
        var placed = 0
        while placed < count {
            let place = random.int(1...lines.count - 1)
            let (from, to) = (lines[place - 1].at, lines[place].at)
            guard isAwakeBefore[place], from <= to else { continue }
            let at = random.chance(50) ? Int64(random.int(Int(from)...Int(to))) : random.pick([from, to])
            ticks[place, default: []].append(at)
            placed += 1
        }
        var all: [Line] = []
        for (place, line) in lines.enumerated() {
            for at in (ticks[place] ?? []).sorted() { all.append(.own(at, "tick")) }
            all.append(line)
        }
        return all
    }
}
