import Community
import Feeds
import SiteConfiguration
import Testing
import TestSupport
import Timekeeping

@testable import Rules
import Vocabulary

@Suite struct CoverageTests {
    private static let bench = CoverageBench([])

    private func number(_ device: String) -> Int32 { CoverageTests.bench.registry.device(device)?.index ?? -1 }

    // MARK: Heartbeats

    /// What is learned from reports with these gaps, in seconds.
    private func learned(_ gaps: [Int]) -> Milliseconds? {
        var beats = Heartbeats()
        var at: UInt32 = 1_000_000
        beats.report(at: at, isSure: true)
        for gap in gaps {
            at += UInt32(gap)
            beats.report(at: at, isSure: true)
        }
        return beats.length
    }

    @Test func `a heartbeat is the second longest of the daily longest gaps`() {
        let hourly = [Int](repeating: 3600, count: 24)
        #expect(learned(hourly) == .hours(1))
        #expect(learned(hourly + hourly + hourly) == .hours(1))
        // One bad day of three is ignored; two are not.
        #expect(learned(hourly + hourly + [7200] + hourly) == .hours(1))
        #expect(learned(hourly + [7200] + hourly + [7200] + hourly) == .hours(2))
        // A plug that tells each two minutes while somebody cooks, and then not before the next morning.
        let kitchen = (0..<4).flatMap { _ in [Int](repeating: 120, count: 30) + [82_800] }
        #expect(learned(kitchen) == .seconds(82_800))
    }

    @Test func `on its first day a heartbeat is cautious, and four reports in three days are the least`() {
        #expect(learned([300, 300]) == nil)
        #expect(learned([300, 1, 1, 300]) == nil)
        #expect(learned([300, 300, 300]) == .hours(1))
        #expect(learned([1200, 300, 300]) == .minutes(80))
        // One report a day is no heartbeat, though it was one before.
        #expect(learned([Int](repeating: 86_400, count: 30)) == nil)
        #expect(learned([Int](repeating: 3600, count: 100) + [90_000, 90_000, 90_000]) == nil)
        #expect(learned([Int](repeating: 86_400, count: 3) + [3600, 3600, 3600]) != nil)
    }

    /// An outage of weeks, and another in the same week, is no slower beat; a beat that has become slower is learned.
    @Test func `a gap that was told as a silence counts as what it took to tell it`() {
        let hourly = [Int](repeating: 3600, count: 30)
        #expect(learned(hourly + hourly + [2_000_000] + hourly) == .hours(1))
        #expect(learned(hourly + hourly + [2_000_000] + hourly + [1_700_000] + hourly) == .hours(24))
        var pulse = Pulse()
        var at: UInt32 = 1_000_000
        for gap in hourly + hourly + [2_000_000] + hourly + [1_700_000] + hourly {
            at += UInt32(gap)
            for device in 0..<Int32(3) {
                let from = pulse.gapFrom
                _ = pulse.report(of: device, at: at, gap: from > 0 ? at - from : nil)
            }
        }
        #expect(pulse.length == .minutes(150))
        let slower = learned(hourly + hourly + [Int](repeating: 6 * 3600, count: 40))
        #expect(slower == .hours(6))
    }

    @Test func `a heartbeat is never longer than the longest gap that was sure`() {
        var random = SeededRandom(for: "a heartbeat is never longer than the longest gap that was sure")
        for _ in 0..<300 {
            var beats = Heartbeats()
            var at = UInt32(random.int(1...1_000_000))
            var longest: UInt32 = 0
            beats.report(at: at, isSure: false)
            for _ in 0..<random.int(1...200) {
                let gap = UInt32(random.int(0...7) == 0 ? random.int(1...200_000) : random.int(1...4000))
                let isSure = random.chance(80)
                beats.report(at: at + gap, isSure: isSure)
                // One that comes late changes nothing.
                beats.report(at: at, isSure: true)
                at += gap
                if isSure { longest = max(longest, gap) }
            }
            guard let length = beats.length else { continue }
            let most = Milliseconds.seconds(Int64(longest) + 10)
            #expect(length <= max(.hours(1), Milliseconds(most.count * 4)))
            #expect(length >= .seconds(10))
        }
    }

    /// Reports of q1 each hour for two days, an event of its own so long after each (before, where negative), in
    /// seconds; nil: none.
    private func learned(eventsAt offset: Int64?, _ kind: ObservationKind = .contact) -> Milliseconds? {
        var bench = CoverageTests.bench
        for hour in 1...48 {
            let report = Milliseconds.hours(Int64(hour))
            if let offset, offset < 0 { bench.hear(kind, of: "q1", at: report + .seconds(offset)) }
            bench.hear(.heartbeat, of: "q1", at: report)
            if let offset, offset >= 0 { bench.hear(kind, of: "q1", at: report + .seconds(offset)) }
        }
        return bench.context.coverage.heartbeat(number("q1"))?.length
    }

    @Test func `no heartbeat is learned from reports that an event of the device is near`() {
        #expect(learned(eventsAt: nil) == .hours(1))
        for offset in [Int64(-90), -1, 0, 1, 90] { #expect(learned(eventsAt: offset) == nil, "\(offset)") }
        for offset in [Int64(-91), 91, 1800] { #expect(learned(eventsAt: offset) == .hours(1), "\(offset)") }
        // The end of a movement, tampering and a call are events; a word of the connection is none.
        for kind in [ObservationKind.motion, .tamper, .sos, .presence, .bed] {
            #expect(learned(eventsAt: 30, kind) == nil, "\(kind)")
        }
        #expect(learned(eventsAt: 30, .online) == .hours(1))
    }

    @Test func `the last report waits for an event, and counts when none has come`() {
        var bench = CoverageTests.bench
        for hour in 1...4 { bench.hear(.heartbeat, of: "q1", at: .hours(Int64(hour))) }
        #expect(bench.context.coverage.heartbeat(number("q1"))?.length == .hours(4))
        bench.hear(.motion, of: "q1", at: .hours(4) + .seconds(90))
        #expect(bench.context.coverage.heartbeat(number("q1")) == nil)
    }

    @Test func `time in which nobody heard is no gap, whatever came behind it`() {
        var bench = CoverageTests.bench
        for hour in 1...30 { bench.hear(.heartbeat, of: "q1", at: .hours(Int64(hour))) }
        bench.context.blind.add(from: bench.at(.hours(31)), to: bench.at(.hours(40)), .down)
        // A movement first, and the report long after it.
        bench.hear(.motion, of: "q1", at: .hours(41))
        for hour in 42...80 { bench.hear(.heartbeat, of: "q1", at: .hours(Int64(hour))) }
        bench.context.blind.add(from: bench.at(.hours(81)), to: bench.at(.hours(90)), .down)
        bench.hear(.motion, of: "q1", at: .hours(91))
        for hour in 92...130 { bench.hear(.heartbeat, of: "q1", at: .hours(Int64(hour))) }
        #expect(bench.context.coverage.heartbeat(number("q1"))?.length == .hours(1))
    }

    @Test func `blind time is left out behind a movement that no report waits before`() {
        var bench = CoverageTests.bench
        var hour: Int64 = 0
        for _ in 0..<4 {
            for _ in 0..<26 {
                hour += 1
                bench.hear(.heartbeat, of: "q1", at: .hours(hour))
            }
            // Two movements before the box goes blind, and one behind it: the first takes the last report in.
            bench.hear(.motion, of: "q1", at: .hours(hour) + .minutes(20))
            bench.hear(.motion, of: "q1", at: .hours(hour) + .minutes(25))
            let from = bench.at(.hours(hour) + .minutes(30))
            bench.context.blind.add(from: from, to: from + .hours(9), .down)
            hour += 10
            bench.hear(.motion, of: "q1", at: .hours(hour) - .minutes(20))
        }
        #expect(bench.context.coverage.heartbeat(number("q1"))?.length == .hours(1))
    }

    /// Three devices of one dwelling that report, the first each minute and the others each two hours: when the first
    /// falls silent the others keep the pulse.
    @Test func `a pulse is what is left without its most talkative device`() {
        let devices = "id,place,kind\n" + ["a", "b", "c"].map { "\($0),3栋/1单元/102,pir\n" }.joined()
        var bench = CoverageBench([CoverageBench.device(.upstreamSilent)], devices: devices)
        for minute in 0..<Int64(6 * 1440) {
            if minute < 3 * 1440 { bench.hear(.heartbeat, of: "a", at: .minutes(minute)) }
            if minute % 120 == 3 { bench.hear(.heartbeat, of: "b", at: .minutes(minute)) }
            if minute % 120 == 63 { bench.hear(.heartbeat, of: "c", at: .minutes(minute)) }
        }
        #expect(bench.told.isEmpty)
        #expect(bench.context.coverage.pulse(of: 0) ?? .zero >= .hours(1))
        bench.advance(to: bench.at(.days(7)))
        #expect(bench.told.count == 1, "and then nothing came at all: \(bench.told)")
    }

    @Test func `an outage is no slower pulse, and a slower pulse is learned within days`() {
        let devices = "id,place,kind\n" + ["a", "b", "c"].map { "\($0),3栋/1单元/102,pir\n" }.joined()
        func pulse(_ gaps: [Int64]) -> Milliseconds? {
            var bench = CoverageBench([], devices: devices)
            var minute: Int64 = 0
            for gap in gaps {
                minute += gap
                for device in ["a", "b", "c"] { bench.hear(.heartbeat, of: device, at: .minutes(minute)) }
            }
            return bench.context.coverage.pulse(of: 0)
        }
        let hourly = [Int64](repeating: 60, count: 30)
        #expect(pulse(hourly + hourly + [30_000] + hourly + [2000] + hourly) == .hours(1))
        #expect(pulse(hourly + hourly + [Int64](repeating: 360, count: 30)) == .hours(6))
    }

    // MARK: Alive or not

    @Test(arguments: [(-1, Coverage.Life.alive), (0, .silent), (1, .silent)] as [(Int64, Coverage.Life)])
    func `a device is silent after two and a half heartbeats`(_ offset: Int64, _ life: Coverage.Life) {
        var bench = CoverageTests.bench
        bench.hear(.heartbeat, of: "p1", at: .hours(1))
        let now = bench.at(.minutes(60 + 150)) + Milliseconds(offset)
        #expect(bench.context.coverage.life(number("p1"), at: now, BlindIntervals()) == life)
    }

    @Test func `movement shows that a device lives, and never how often it should speak`() {
        var bench = CoverageTests.bench
        for hour in 0..<200 { bench.hear(.motion, of: "q1", at: .hours(Int64(hour))) }
        let coverage = bench.context.coverage
        #expect(coverage.heartbeat(number("q1")) == nil)
        #expect(coverage.life(number("q1"), at: bench.at(.days(90)), BlindIntervals()) == .unsupervised)
        #expect(coverage.lastHeard(number("q1")) == bench.at(.hours(199)))
        // The registry's heartbeat holds from the first report on, and then movement puts silence off.
        bench.hear(.motion, of: "p1", at: .hours(199))
        #expect(
            bench.context.coverage.life(number("p1"), at: bench.at(.days(90)), BlindIntervals()) == .unsupervised)
        bench.hear(.heartbeat, of: "p1", at: .hours(199))
        bench.hear(.motion, of: "p1", at: .hours(200))
        #expect(bench.context.coverage.life(number("p1"), at: bench.at(.hours(202)), BlindIntervals()) == .alive)
    }

    @Test func `time in which the box did not listen is no silence`() {
        var bench = CoverageTests.bench
        bench.hear(.heartbeat, of: "p1", at: .hours(1))
        var blind = BlindIntervals()
        blind.add(from: bench.at(.hours(2)), to: bench.at(.hours(7)), .down)
        blind.add(from: bench.at(.hours(6)), to: bench.at(.hours(8)), .session)
        #expect(bench.context.coverage.silentFrom(number("p1"), blind) == bench.at(.minutes(60 + 150 + 360)))
        blind.sessionIsAway(since: bench.at(.hours(9)))
        #expect(bench.context.coverage.silentFrom(number("p1"), blind) == nil)
    }

    @Test func `a status of offline silences at once, any live word ends it, and a retained word does not`() {
        var bench = CoverageTests.bench
        bench.hear(.heartbeat, of: "q1", at: .hours(1))
        bench.hear(.offline, of: "q1", at: .hours(2)) { $0.observation.marks.insert(.retained) }
        let device = number("q1")
        #expect(bench.context.coverage.life(device, at: bench.at(.hours(2)), BlindIntervals()) == .silent)
        bench.hear(.motion, of: "q1", at: .hours(3)) { $0.observation.marks.insert(.retained) }
        #expect(bench.context.coverage.life(device, at: bench.at(.hours(3)), BlindIntervals()) == .silent)
        bench.hear(.online, of: "q1", at: .hours(4))
        #expect(bench.context.coverage.life(device, at: bench.at(.hours(4)), BlindIntervals()) == .unsupervised)
    }

    @Test func `a device's row is 64 bytes`() {
        #expect(MemoryLayout<Coverage.Row>.stride == 64)
    }

    // MARK: Dead times

    /// However often a device dies and comes back: no moment that was dead counts as watched.
    @Test func `nobody is told to have been watched who was not`() {
        var random = SeededRandom(for: "nobody is told to have been watched who was not")
        for _ in 0..<200 {
            var bench = CoverageTests.bench
            var heard: [String: [Instant]] = [:]
            var blind = BlindIntervals()
            bench.hear(.heartbeat, of: "p1", at: .zero)
            bench.hear(.heartbeat, of: "p2", at: .zero)
            var minute: Int64 = 0
            while minute < 5 * 1440 {
                minute += Int64(random.chance(6) ? random.int(100...900) : random.int(1...60))
                let device = random.pick(["p1", "p2"])
                bench.hear(.heartbeat, of: device, at: .minutes(minute))
                heard[device, default: [bench.at(.zero)]].append(bench.clock)
                if random.chance(3) {
                    let from = bench.clock + .minutes(1)
                    minute += Int64(random.int(10...600))
                    blind.add(from: from, to: bench.at(.minutes(minute)), .down)
                    bench.context.blind = blind
                }
            }
            let to = bench.at(.minutes(minute))
            let from = to - .hours(Int64(random.int(1...96)))
            let coverage = bench.context.coverage
            let devices = ["p1", "p2"].map { device in
                Stretches.Device(
                    dead: coverage.deadSpans(number(device), from: from, to: to, blind),
                    unvouched: coverage.unvouchedTimes(number(device), from: from, to: to, blind), heard: nil)
            }
            let shares = Stretches.shares(of: blind, devices, from: from, to: to)
            func isBlind(_ at: Instant) -> Bool { blind.blindTime(from: at, to: at + .minutes(1)) > .zero }
            // By the minute: silent after 150 in which the box listened, and 60 behind each time in which it did not.
            func isSilent(_ last: Instant, _ next: Instant) -> Bool {
                var rest = 150
                var at = last
                while at < next, rest > 0 {
                    if isBlind(at) { rest = max(rest, 60) } else { rest -= 1 }
                    at = at + .minutes(1)
                }
                return rest == 0
            }
            // It counts as watched where the box listened and some device had spoken within its heartbeat.
            var watched = Milliseconds.zero
            var at = from
            while at < to {
                let middle = at + .seconds(30)
                let isAlive = heard.values.contains { times in
                    guard let last = times.last(where: { $0 <= middle }) else { return false }
                    let next = times.first { $0 > middle } ?? to
                    return middle - last - blind.blindTime(from: last, to: middle) <= .hours(1)
                        && !isSilent(last, next)
                }
                if !isBlind(at), isAlive { watched = watched + .minutes(1) }
                at = at + .minutes(1)
            }
            #expect(shares.watched <= watched + .minutes(3), "\(shares) against \(watched)")
            #expect(shares.blind + shares.watched + shares.dead <= to - from)
        }
    }

    // MARK: One hub

    private static let hub = """
        id,place,kind,heartbeat,via
        a1,3栋/1单元/101,pir,1h,hub
        a2,3栋/1单元/101,pir,1h,hub
        a3,3栋/1单元/102,pir,1h,hub
        a4,3栋/1单元/102,pir,1h,hub
        a5,3栋/1单元/102,contact,,hub
        a6,3栋/1单元/102,contact,24h,hub

        """

    @Test(arguments: [(2, false), (3, true), (4, true)] as [(Int, Bool)])
    func `a hub is silent when over half of the devices behind it are, and three at least`(
        _ dead: Int, _ isOutage: Bool
    ) {
        var bench = CoverageBench([], devices: CoverageTests.hub)
        let all = ["a1", "a2", "a3", "a4"]
        bench.beat(all + ["a5", "a6"], every: .minutes(30), from: .zero, to: .hours(3))
        bench.beat(Array(all.dropFirst(dead)), every: .minutes(30), from: .minutes(210), to: .hours(6))
        let outage = bench.context.coverage.outage(of: 0, at: bench.at(.hours(6)), BlindIntervals())
        #expect((outage != nil) == isOutage)
        #expect(outage?.silent.count == (isOutage ? dead : nil))
        #expect(outage?.since == (isOutage ? bench.at(.hours(3)) : nil))
        #expect(outage?.isTotal == (isOutage ? dead == 4 : nil))
    }

    @Test
    func `behind a dead hub also those are dead that cannot be silent yet, and all get their time when it is back`() {
        var bench = CoverageBench([], devices: CoverageTests.hub)
        bench.beat(["a1", "a2", "a3", "a4", "a5", "a6"], every: .minutes(30), from: .zero, to: .hours(3))
        let now = bench.at(.hours(9))
        let contact = bench.registry.device("a6")?.index ?? -1
        let dead = bench.context.coverage.deadTimes(contact, from: bench.at(.zero), to: now, BlindIntervals())
        #expect(dead.map(\.from) == [bench.at(.hours(3))] && dead.map(\.to) == [now])
        bench.hear(.heartbeat, of: "a6", at: .hours(9))
        #expect(bench.context.coverage.outage(of: 0, at: now, BlindIntervals()) == nil)
        let first = bench.registry.device("a1")?.index ?? -1
        #expect(bench.context.coverage.silentFrom(first, BlindIntervals()) == now + .minutes(150))
        let later = bench.context.coverage.deadTimes(
            contact, from: bench.at(.zero), to: bench.at(.hours(10)), BlindIntervals())
        #expect(later.map(\.from) == [bench.at(.hours(3))] && later.map(\.to) == [now])
    }

    // MARK: Weak evidence

    @Test func `evidence on a fixed period is believed for two days, and again once it is not`() {
        var bench = CoverageTests.bench
        var weak: [Int64] = []
        for hour in 0...60 {
            bench.hear(.motion, of: "p1", at: .hours(Int64(hour)))
            if bench.heard?.isBelieved != true { weak.append(Int64(hour)) }
        }
        #expect(weak == Array(48...60))
        bench.hear(.motion, of: "p1", at: .minutes(61 * 60 + 7))
        #expect(bench.context.coverage.weakFrom(number("p1")) == nil)
        #expect(bench.context.coverage.lastEvidence(number("p1")) == bench.clock)
    }

    @Test func `a sensor without a quiet hour for two days is not believed, nor power below the step of its plug`() {
        var bench = CoverageTests.bench
        var random = SeededRandom(for: "a sensor without a quiet hour")
        var minute: Int64 = 0
        while minute < 3000 {
            minute += Int64(random.int(1...59))
            bench.hear(.motion, of: "p1", at: .minutes(minute))
        }
        #expect(bench.context.coverage.weakFrom(number("p1")) != nil)
        bench.hear(.motion, of: "p1", at: .minutes(minute + 60))
        #expect(bench.context.coverage.weakFrom(number("p1")) == nil)

        func isBelieved(_ watts: Double) -> Bool {
            minute += Int64(random.int(3...9))
            bench.hear(.power, of: "q1", at: .minutes(minute)) { $0.observation.number = watts }
            return bench.heard?.isBelieved == true
        }
        for _ in 0..<120 { _ = isBelieved(random.chance(70) ? 2 : 80) }
        #expect(!isBelieved(2))
        #expect(isBelieved(80))
        #expect(!isBelieved(3))
    }
}
