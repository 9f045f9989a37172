import Alerts
import Rules
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

/// "Same log, same alerts" and "split anywhere" (docs/architecture.md, "One pipeline, two drivers") over a
/// random community.
@Suite struct LawTests {
    static let residents =
        Scene.luo
        + "e2,3栋/2单元/501,王秀英,高龄,c2,30h,,,\ne3,5栋/1单元/101,李四海,独居,c3,,2026-03-06,2026-03-07,\ne4,,赵六,病后,c4,,,,\n"

    static func scene() -> Scene {
        Scene(
            rules: [
                "quiet: {kind: no_movement}",
                "short: {kind: no_movement, after: 90m, severity: low, evidence: {count: 1}}",
            ]
                + [ThrownObjectTests.rule, EbikeTests.rule()], residents: residents)
    }

    /// A log with all that the pipeline tells apart: late, early and absurd times, copies, retained states, refused and
    /// foreign records, sessions, clocks that run back, and where asked for, clocks that are set.
    static func log(_ random: inout SeededRandom, count: Int, clock: Bool = false) -> [Line] {
        var lines: [Line] = []
        var at: Int64 = 0
        for n in 0..<count {
            at += Int64(random.pick([0, 1, 400, 5000, 60_000, 400_000, 400_000, 3_000_000]))
            if random.chance(2) { at += 20 * Scene.hour }
            let stamp = random.chance(3) ? at - 700_000 : at
            if clock, random.chance(1) {
                let to = at + random.pick([-14 * Scene.day, Scene.hour, -3000, 14 * Scene.day])
                lines.append(.clock(stamp, from: at, to: to, random.pick(["step", "step", "boot", "strange"])))
                at = to
                continue
            }
            if !lines.isEmpty, random.chance(5) {
                var copy = random.pick(lines.suffix(30).map { $0 })
                copy.at = stamp
                lines.append(copy)
                continue
            }
            lines.append(line(&random, n, stamp))
        }
        return lines
    }

    private static func line(_ random: inout SeededRandom, _ n: Int, _ at: Int64) -> Line {
        var fields = ""
        if random.chance(30) { fields += ",\"id\":\"\(n)\"" }
        if random.chance(40) {
            let age = random.pick([0, 500, 30_000, 90_000, 4_000_000, 100_000_000, -60_000, -500_000])
            fields += ",\"ts\":\(Scene.origin + at - Int64(age))"
        }
        let qos = random.int(0...1)
        let mid = qos * random.int(1...40)
        func native(_ path: String, _ type: String, _ more: String = "", retain: Bool = false) -> Line {
            .native(at, path, type, fields + more, retain: retain, qos: qos, mid: mid)
        }
        switch random.int(0...15) {
        case 0...3:
            return native(
                "elder/" + random.pick(["p1", "p1", "p2", "p3", "ghost"]), "motion",
                random.pick(["", "", ",\"value\":0"]))
        case 4:
            return native(
                "elder/d1", "contact", ",\"value\":\"\(random.pick(["open", "closed"]))\"", retain: random.chance(20))
        case 5, 6:
            return native(
                "access/north", "pass", ",\"person\":\"\(random.pick(["c1", "c2", "c3", "c4", "x9"]))\",\"dir\":\"1\"")
        case 7, 8:
            return native(
                "camera/" + random.pick(["f3a", "f3b", "f5", "odd"]), "thrown_object",
                ",\"confidence\":0.\(random.int(3...9))")
        case 9, 10, 11:
            return native(
                "camera/" + random.pick(["lift3", "lift3", "lift5"]), "ebike", ",\"confidence\":0.\(random.int(5...9))")
        case 12: return native("elder/p9", "heartbeat")
        case 13:
            let since = "{\"down_since\":\(Scene.origin + at - Int64(random.pick([400_000, 9_000_000])))}"
            return random.pick([
                .own(at, random.pick(["tick", "start", "sum", "strange"])), .own(at, "start", since),
                .own(at, "lost", "{\"from\":\(n),\"to\":\(n + 3)}"),
            ])
        case 14:
            let states = [
                SettlingTests.connected, SettlingTests.settled, SettlingTests.lost,
                "{\"state\":\"connected\",\"present\":false}",
            ]
            return .own(at, "session", random.pick(states))
        default:
            return random.pick([
                native("robot/x", "motion"), native("elder/p1", "nonsense"),
                .init(at: at, topic: "other/x", payload: "on"),
            ])
        }
    }

    @Test func `a log cut anywhere into batches gives the same bytes`() {
        var random = SeededRandom(for: "LawTests")
        let scene = LawTests.scene()
        var kinds: Set<String> = []
        for _ in 0..<3 {
            let lines = LawTests.log(&random, count: 2000)
            let whole = scene.run(lines)
            let expected = scene.json(whole)
            kinds.formUnion(whole.changes.map { $0.change.rawValue + " " + $0.rule })
            let records = whole.changes.map { [$0.record, Int64($0.ordinal)] }
            for sizes in [[1], [7], (0..<400).map { _ in random.int(1...12) } + [500], [1999, 1], [1, 1999]] {
                let cut = scene.run(lines, batches: sizes)
                #expect(scene.json(cut) == expected, "seed \(random.seed)")
                #expect(cut.changes.map { [$0.record, Int64($0.ordinal)] } == records, "seed \(random.seed)")
                #expect(cut.does == whole.does, "seed \(random.seed)")
                #expect(cut.counters == whole.counters, "seed \(random.seed)")
            }
        }
        let met = [
            "raised quiet", "raised short", "resolved short", "updated short", "raised throw", "updated throw",
            "raised bike",
        ]
        // Chance may leave one out of three logs; that forty more have none means that the log cannot meet it.
        for _ in 0..<40 where !Set(met).isSubset(of: kinds) {
            let more = scene.run(LawTests.log(&random, count: 2000))
            kinds.formUnion(more.changes.map { $0.change.rawValue + " " + $0.rule })
        }
        #expect(Set(met).isSubset(of: kinds), "the log must meet what it tests: \(kinds.sorted())")
    }

    @Test func `ticks between the records change nothing but when a timer is noticed`() {
        var random = SeededRandom(for: "LawTests ticks")
        let scene = LawTests.scene()
        var lines = LawTests.log(&random, count: 800)
        // A clock that runs back would put ticks before records that were there first.
        lines = lines.filter { !$0.topic.hasPrefix("$shouwang/") }
        lines.sort { $0.at < $1.at }
        var ticked: [Line] = []
        for line in lines {
            if let last = ticked.last, line.at - last.at > 10_000 {
                ticked += (1...random.int(1...4)).map { .own(last.at + (line.at - last.at) * Int64($0) / 5, "tick") }
            }
            ticked.append(line)
        }
        func essence(_ result: Scene.Result) -> [String] {
            result.changes.map {
                "\($0.change.rawValue) \($0.id) \($0.severity) \($0.started) \($0.detected) \($0.detail)"
            }
        }
        #expect(essence(scene.run(ticked)) == essence(scene.run(lines)), "seed \(random.seed)")
    }

    @Test func `messages with an id that are delivered twice change nothing`() {
        var random = SeededRandom(for: "LawTests twice")
        let scene = LawTests.scene()
        var lines: [Line] = []
        for (n, line) in LawTests.log(&random, count: 1000).enumerated()
        where line.topic.hasPrefix("community/") && !line.retain {
            var copy = line
            // The last of two ids counts: each message has one of its own.
            copy.payload = line.payload.dropLast() + ",\"seq\":\(n),\"id\":\"u\(n)\"}"
            lines.append(copy)
        }
        var twice: [Line] = []
        for line in lines {
            twice.append(line)
            if random.chance(50) { twice.append(line) }
        }
        let (told, expected) = (scene.json(scene.run(twice)), scene.json(scene.run(lines)))
        // The first difference alone is told: the whole lists are long.
        let differs = zip(told, expected).first { $0 != $1 }
        #expect(differs?.0 == differs?.1, "seed \(random.seed)")
        #expect(told.count == expected.count, "seed \(random.seed)")
    }

    @Test func `one alert an episode: raised once, resolved at most once, and the id never changes in between`() {
        var random = SeededRandom(for: "LawTests episodes")
        let scene = LawTests.scene()
        let result = scene.run(LawTests.log(&random, count: 3000))
        var open: [String: String] = [:]
        var raised: Set<String> = []
        for change in result.changes {
            let isCondition = change.kind.rawValue == "no_movement"
            let who = change.rule + "|" + change.key
            switch change.change.rawValue {
            case "raised":
                #expect(!isCondition || open[who] == nil, "\(who) raised over an open one, seed \(random.seed)")
                // Two sessions of events may begin with the same message; two conditions may not begin twice.
                #expect(
                    raised.insert(change.id).inserted || !isCondition, "\(change.id) raised twice, seed \(random.seed)")
                open[who] = change.id
            case "resolved":
                #expect(isCondition && open[who] == change.id, "seed \(random.seed)")
                open[who] = nil
            default:
                #expect(raised.contains(change.id) && (!isCondition || open[who] == change.id), "seed \(random.seed)")
            }
            #expect(
                change.id == AlertChange.id(site: "hgs", rule: change.rule, key: change.key, started: change.started),
                "seed \(random.seed)")
            // A payload's own time is believed to two minutes ahead of its arrival.
            #expect(change.detected <= change.at && change.started <= change.at + .minutes(2), "seed \(random.seed)")
        }
        #expect(raised.count > 100)
    }
}
