import Community
import Feeds
import Foundation
import SiteConfiguration
import TestSupport
import Testing
import Timekeeping

@testable import Rules
import Vocabulary

@Suite struct DeviceHealthTests {
    private static let rules = [CoverageBench.device(.deviceSilent), CoverageBench.device(.upstreamSilent)]
    private static let hub = """
        id,place,kind,heartbeat,via
        a1,3栋/1单元/101,pir,1h,hub
        a2,3栋/1单元/101,pir,1h,hub
        a3,3栋/1单元/102,pir,1h,hub
        a4,3栋/1单元/102,pir,1h,hub
        a5,3栋/1单元/102,contact,,hub

        """
    private static let all = ["a1", "a2", "a3", "a4"]

    private func silence(_ rules: [RuleSettings] = rules) -> CoverageBench {
        CoverageBench(rules, devices: DeviceHealthTests.hub)
    }

    @Test(arguments: [(-1, 0), (0, 1), (1, 1)] as [(Int64, Int)])
    func `the silence of one device is told five minutes after two and a half heartbeats, and ends with its word`(
        _ offset: Int64, _ count: Int
    ) {
        var bench = silence()
        bench.beat(DeviceHealthTests.all, every: .minutes(30), from: .zero, to: .hours(3))
        bench.beat(["a2", "a3", "a4"], every: .minutes(30), from: .minutes(210), to: .minutes(330))
        bench.advance(to: bench.at(.minutes(180 + 155)) + Milliseconds(offset))
        #expect(bench.told == [String](repeating: "raised a1 335m", count: count))
        #expect(bench.output.findings.first?.started == (count > 0 ? bench.at(.hours(3)) : nil))
        bench.hear(.motion, of: "a1", at: .minutes(340))
        #expect(bench.told == ["raised a1 335m", "resolved a1 335m"])
    }

    @Test func `a device that leaves a home unwatched names who lives there`() {
        var bench = CoverageBench(
            DeviceHealthTests.rules, devices: "id,place,kind,heartbeat\np1,3栋/1单元/101,pir,1h\n")
        bench.hear(.heartbeat, of: "p1", at: .zero)
        bench.advance(to: bench.at(.hours(3)))
        #expect(bench.told == ["raised p1 155m"])
        guard case .device(let facts)? = bench.output.findings.first?.detail else { return }
        #expect(facts.unwatched == [0] && facts.limit == .minutes(150) && !facts.isLearned)
        #expect(bench.output.findings.first?.residents.map(\.index) == [0])
    }

    @Test func `a slow clock behind a hub hides no dead device`() {
        var bench = CoverageBench(
            DeviceHealthTests.rules,
            devices: "id,place,kind,heartbeat,via\nz,3栋/1单元/101,pir,1m,hub\np,3栋/1单元/102,pir,1m,hub\n")
        for minute in 0..<Int64(180) {
            bench.hear(.heartbeat, of: "z", at: .minutes(minute), late: .minutes(5))
            if minute <= 60 { bench.hear(.heartbeat, of: "p", at: .minutes(minute)) }
        }
        #expect(bench.told.contains("raised p 68m") || bench.told.contains { $0.hasPrefix("raised p") })
    }

    @Test func `an upstream rule for a place looks at the hubs there, and ends with whoever speaks again`() {
        func rule(_ place: String) -> RuleSettings {
            var rule = CoverageBench.device(.upstreamSilent)
            rule.match.places = [place]
            return rule
        }
        for (place, count) in [("b3", 2), ("b5", 0)] {
            var bench = CoverageBench([rule(place)], devices: DeviceHealthTests.hub)
            bench.beat(DeviceHealthTests.all, every: .minutes(30), from: .zero, to: .hours(3))
            bench.advance(to: bench.at(.hours(9)))
            for device in DeviceHealthTests.all { bench.hear(.heartbeat, of: device, at: .hours(9)) }
            #expect(bench.told.count == count, "\(place): \(bench.told)")
        }
    }

    @Test func `a heartbeat that the registry gives after a restart is watched at once`() throws {
        let rules = [CoverageBench.device(.deviceSilent)]
        func site(_ heartbeat: String) -> String {
            "id,place,kind,heartbeat\nx,b3,lane,\(heartbeat)\nother,b3,lane,\n"
        }
        for before in ["", "24h"] {
            var bench = CoverageBench(rules, devices: site(before))
            // It tells movement alone but for its first word, and the registry's heartbeat holds from that on.
            bench.hear(.heartbeat, of: "x", at: .zero)
            for minute in 0..<Int64(60) { bench.hear(.motion, of: "x", at: .minutes(minute)) }
            bench = try bench.restored(rules, over: CoverageBench(rules, devices: site("10m")))
            for word in 0..<Int64(6) { bench.hear(.motion, of: "x", at: .minutes(60 + 9 * word)) }
            bench.hear(.motion, of: "other", at: .hours(5))
            #expect(bench.told == ["raised x 135m"], "\(before)")
        }
    }

    @Test func `one that never speaks is silent as well`() {
        var bench = CoverageBench(
            DeviceHealthTests.rules, devices: "id,place,kind,heartbeat\np1,3栋/1单元/101,pir,1h\nx,b3,lane,\n")
        bench.hear(.heartbeat, of: "x", at: .zero)
        bench.hear(.heartbeat, of: "x", at: .hours(9))
        #expect(bench.told == ["raised p1 155m"])
    }

    @Test func `a silent hub is one alert that later ones join, and nobody is told twice when it is back`() {
        var bench = silence()
        // The last words are up to an hour apart, and the hub dies behind them.
        for (index, device) in DeviceHealthTests.all.enumerated() {
            bench.beat(
                [device], every: .minutes(60), from: .minutes(Int64(15 * index)), to: .minutes(Int64(15 * index)))
        }
        for (index, device) in DeviceHealthTests.all.enumerated() {
            bench.hear(.heartbeat, of: device, at: .minutes(60 + Int64(15 * index)))
        }
        bench.advance(to: bench.at(.hours(20)))
        let raised = bench.output.findings
        #expect(bench.told == ["raised hub 4h", "updated hub 4h"])
        #expect(raised.map(\.isTold) == [true, false])
        #expect(raised.first?.rule == 1 && raised.first?.started == bench.at(.minutes(90)))
        guard case .device(let facts)? = raised.last?.detail else { return }
        #expect(facts.others.count == 4 && facts.unwatched == [0])
        bench.hear(.heartbeat, of: "a4", at: .hours(20))
        #expect(bench.told.last == "resolved hub 4h" && bench.told.count == 3)
        // a1 stays silent: it is told for itself, when it had its time.
        bench.beat(["a2", "a3", "a4"], every: .minutes(60), from: .minutes(1201), to: .hours(24))
        #expect(bench.told.dropFirst(3) == ["raised a1 1355m"])
    }

    @Test func `while the box does not listen nobody falls silent, and what came due waits for the backlog`() {
        var bench = silence()
        bench.beat(DeviceHealthTests.all, every: .minutes(30), from: .zero, to: .hours(3))
        bench.context.blind.add(from: bench.at(.hours(3)), to: bench.at(.hours(12)), .down)
        bench.isSettling = true
        bench.advance(to: bench.at(.hours(12)))
        for device in DeviceHealthTests.all { bench.hear(.heartbeat, of: device, at: .hours(12), late: .minutes(50)) }
        bench.isSettling = false
        bench.beat(DeviceHealthTests.all, every: .minutes(60), from: .minutes(730), to: .hours(30))
        #expect(bench.told == [])
    }

    @Test func `of half the devices behind a hub each is told for itself`() {
        var bench = silence()
        bench.beat(DeviceHealthTests.all, every: .minutes(30), from: .zero, to: .hours(3))
        bench.beat(["a3", "a4"], every: .minutes(30), from: .minutes(210), to: .hours(7))
        #expect(bench.told == ["raised a1 335m", "raised a2 335m"])
    }

    @Test func `a stuck sensor is told, and resolves with its first quiet hour`() {
        var bench = CoverageBench([CoverageBench.device(.deviceStuck)])
        bench.beat([], every: .hours(1), from: .zero, to: .zero)
        for index in 0...600 { bench.hear(.motion, of: "p1", at: .minutes(Int64(index * 5 + index % 3))) }
        #expect(bench.told == ["raised p1 48h"])
        #expect(bench.output.findings.first?.started == bench.at(.zero))
        let last = bench.clock
        bench.advance(to: last + .minutes(60) - Milliseconds(1))
        #expect(bench.told.count == 1)
        bench.advance(to: last + .minutes(60))
        #expect(bench.output.findings.last?.change == .resolved && bench.output.findings.last?.at == last + .hours(1))
    }

    @Test(arguments: [(600, 0), (601, 1)])
    func `a flood is more than so many in a minute, and resolves after a minute of fewer`(_ records: Int, _ told: Int) {
        var bench = CoverageBench([CoverageBench.device(.deviceFlooding)])
        for index in 0..<records { bench.hear(.motion, of: "p1", at: Milliseconds(Int64(index) * 90)) }
        #expect(bench.output.findings.count == told)
        bench.advance(to: bench.at(.minutes(2)) - Milliseconds(1))
        #expect(bench.output.findings.count == told)
        bench.advance(to: bench.at(.minutes(2)))
        #expect(bench.output.findings.map(\.change) == (told > 0 ? [.raised, .resolved] : []))
    }

    @Test func `three wrong times, however far apart, are a wrong clock until the first right one`() {
        var bench = CoverageBench([CoverageBench.device(.clockFault)])
        func wrong(_ minute: Int64) {
            bench.hear(.motion, of: "p1", at: .minutes(minute)) { $0.observation.marks = [.clockFault, .detection] }
        }
        for minute in [0, 6] as [Int64] { wrong(minute) }
        #expect(bench.told == [])
        wrong(14)
        #expect(bench.told == ["raised p1 14m"])
        wrong(15)
        bench.hear(.motion, of: "p1", at: .minutes(16)) { $0.observation.marks = [.detection] }
        #expect(bench.told.count == 1)
        bench.hear(.motion, of: "p1", at: .minutes(17))
        #expect(bench.told.last == "resolved p1 14m")
    }

    @Test func `a time that nothing can be compared with says nothing of the clock, right or wrong`() {
        for unsaying in [Observation.Marks.timeLost, .perhapsLate] {
            var bench = CoverageBench([CoverageBench.device(.clockFault)])
            func hear(_ minute: Int64, _ marks: Observation.Marks) {
                bench.hear(.motion, of: "p1", at: .minutes(minute)) { $0.observation.marks = marks }
            }
            for minute in 0..<9 as Range<Int64> { hear(minute, [.clockFault, unsaying]) }
            #expect(bench.told == [])
            for minute in 10..<13 as Range<Int64> { hear(minute, [.clockFault]) }
            #expect(bench.told == ["raised p1 12m"])
            hear(14, [.ownTime, unsaying])
            #expect(bench.told.count == 1)
            hear(15, [.ownTime])
            #expect(bench.told.last == "resolved p1 12m")
        }
    }

    @Test func `one that takes itself for another is told once, and resolves after an hour`() {
        var bench = CoverageBench([CoverageBench.device(.identityMismatch)])
        bench.advance(to: bench.at(.zero))
        for minute in [0, 30] as [Int64] {
            bench.advance(to: bench.at(.minutes(minute)))
            let event = bench.event(.motion, of: "p1", at: bench.clock)
            bench.healths[0].mismatched(event, bench.context, timers: &bench.timers, into: &bench.output)
        }
        bench.advance(to: bench.at(.hours(3)))
        #expect(bench.told == ["raised p1 0s", "resolved p1 0s"])
        #expect(bench.output.findings.last?.at == bench.at(.hours(3)))
    }

    /// Devices that die and come back, hubs that fail, a box that restarts.
    @Test func `stopped anywhere and read again the same is told`() throws {
        var random = SeededRandom(for: "stopped anywhere and read again the same is told")
        let rules =
            DeviceHealthTests.rules
            + [
                CoverageBench.device(.deviceStuck), CoverageBench.device(.clockFault),
                CoverageBench.noMovement([3, 9]),
            ]
        for _ in 0..<40 {
            var whole = silence(rules)
            var cut = silence(rules)
            var until: [String: Int64] = [:]
            var hub: Int64 = 0
            var raised = 0
            for minute in stride(from: 0, to: 6 * 1440, by: 20) as StrideTo<Int64> {
                if random.chance(1) { hub = minute + Int64(random.int(60...900)) }
                for device in DeviceHealthTests.all {
                    if random.chance(1) { until[device] = minute + Int64(random.int(60...1500)) }
                    guard minute >= hub, minute >= until[device] ?? 0, random.chance(70) else { continue }
                    let kind = random.pick([ObservationKind.heartbeat, .motion])
                    let isWrong = random.chance(2)
                    let second = Int64(random.int(0...59))
                    for isCut in [false, true] {
                        func change(_ event: inout Event) {
                            if isWrong { event.observation.marks = [.clockFault, .detection] }
                        }
                        let at = max(Milliseconds.seconds(minute * 60 + second), whole.clock - CoverageBench.origin)
                        if isCut {
                            cut.hear(kind, of: device, at: at, change: change)
                        } else if whole.clock <= whole.at(at) {
                            whole.hear(kind, of: device, at: at, change: change)
                        }
                    }
                }
                if random.chance(5) { cut = try cut.restored(rules) }
            }
            raised += whole.output.findings.count
            #expect(cut.told == whole.told)
            #expect(cut.output.findings.map(\.at) == whole.output.findings.map(\.at))
            #expect(raised > 0)
        }
    }

    /// Devices that are told to be offline at any second fall silent between two looks; a restart moves no look.
    @Test func `read again after each record the same is told of a hub whose devices go offline`() throws {
        var random = SeededRandom(for: "read again after each record the same is told of a hub")
        let all = (1...6).map { "a\($0)" }
        let site =
            "id,place,kind,heartbeat,via\n" + all.map { "\($0),3栋/1单元/101,pir,10m,hub\n" }.joined()
        var hubs = 0
        for round in 0..<60 {
            var whole = CoverageBench(DeviceHealthTests.rules, devices: site)
            var cut = whole
            var second: Int64 = 0
            var dead: Set<String> = []
            let offline = [5, 20, 35, 60][round % 4]
            let step = [30, 120, 400][round % 3]
            while second < 6 * 3600 {
                second += Int64(random.int(1...step))
                let device = random.pick(all)
                if random.chance(3) { dead = dead.isEmpty ? Set(all.filter { _ in random.chance(60) }) : [] }
                if dead.contains(device) { continue }
                let kind = random.chance(offline) ? ObservationKind.offline : .heartbeat
                whole.hear(kind, of: device, at: .seconds(second))
                cut.hear(kind, of: device, at: .seconds(second))
                cut = try cut.restored(DeviceHealthTests.rules)
            }
            whole.advance(to: whole.at(.hours(9)))
            cut.advance(to: cut.at(.hours(9)))
            #expect(cut.output.findings.map(\.at) == whole.output.findings.map(\.at))
            #expect(cut.told == whole.told)
            hubs += whole.output.findings.filter { $0.rule == 1 }.count
        }
        #expect(hubs > 60)
    }

    // MARK: A real home

    @Test(.enabled(if: RealHomes.hasHome0104, "the data of home 0104 is not beside the repository"))
    func `each outage of a real hub is one alert, and dead devices are told within two and a half heartbeats`() throws {
        var arrivals: [Instant] = []
        let bench = try RealHomes.replay0104(DeviceHealthTests.rules) { arrivals.append($0) }
        let sorted = arrivals.sorted()
        let gaps = zip(sorted, sorted.dropFirst()).filter { $1 - $0 > .minutes(15) }
        let raised = bench.output.findings.filter { $0.change == .raised }
        let hubs = raised.filter { $0.rule == 1 }
        let ended = bench.output.findings.filter { $0.rule == 1 && $0.change == .resolved }
        // Judged by the arrivals alone: none lies between the last word of all and the end.
        #expect(gaps.count { $0.1 - $0.0 > .hours(4) } == 9 && hubs.count == 9 && ended.count == 9)
        for (hub, end) in zip(hubs, ended) {
            let outage = try #require(gaps.first { $0.1 == end.at }, "no silence: \(bench.brief(hub))")
            #expect(hub.key == "hub")
            #expect(hub.started <= outage.0 + .seconds(5) && hub.started > outage.0 - .hours(2))
            #expect(hub.detected > outage.0 && hub.detected < outage.0 + .minutes(155))
        }
        #expect(gaps.filter { $0.1 - $0.0 > .hours(4) }.allSatisfy { gap in ended.contains { $0.at == gap.1 } })
        // The TV plug reports every five minutes, and dies.
        let plug = try #require(raised.first { $0.key == "living-tv" })
        guard case .device(let facts) = plug.detail else { return }
        #expect(
            facts.isLearned && facts.limit <= .minutes(30) && plug.detected - plug.started <= facts.limit + .minutes(5))
        #expect(plug.started == RealHomes.instant("2023-05-12T19:16:15.428Z"))
        // The living-room PIR, whose light changes every few hours at night; the hub that fell silent with it was back
        // on September 26th.
        let sensor = try #require(raised.first { $0.key == "living-living" })
        guard case .device(let known) = sensor.detail, let back = ended.last?.at else { return }
        #expect(known.isLearned && known.limit <= .hours(13) && sensor.detected - back <= known.limit + .minutes(10))
        // Nothing else: the contacts report their batteries because somebody uses them.
        #expect(raised.filter { $0.rule == 0 }.map(\.key) == ["living-tv", "living-living"])
    }

    @Test(.enabled(if: RealHomes.hasHome0104, "the data of home 0104 is not beside the repository"))
    func `with nothing but learned heartbeats an outage is one alert from the second day on`() throws {
        var arrivals: [Instant] = []
        let file = RealHomes.root.appendingPathComponent("config/examples/home-0104/registry/devices.csv")
        let sheet = try String(contentsOf: file, encoding: .utf8).replacingOccurrences(of: ",1h,", with: ",,")
        let bench = try RealHomes.replay0104(DeviceHealthTests.rules, devices: sheet) { arrivals.append($0) }
        let raised = bench.output.findings.filter { $0.change == .raised }
        let gaps = zip(arrivals.sorted(), arrivals.sorted().dropFirst()).filter { $1 - $0 > .minutes(15) }
        let ended = bench.output.findings.filter { $0.rule == 1 && $0.change == .resolved }
        // One that its devices showed, and not its pulse, ends with the first word of one of them.
        #expect(raised.count { $0.rule == 1 } == 8)
        #expect(ended.allSatisfy { end in gaps.contains { end.at >= $0.1 && end.at - $0.1 < .hours(1) } })
        #expect(raised.filter { $0.detected < RealHomes.instant("2023-01-26T00:00:00Z") }.isEmpty)
    }
}
