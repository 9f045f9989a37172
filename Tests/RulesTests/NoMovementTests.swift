import Community
import Feeds
import Foundation
import SiteConfiguration
import Testing
import Timekeeping
import Vocabulary
import Windowing

@testable import Rules

@Suite struct NoMovementTests {
    private static let home = "3栋/1单元/101"
    private static let rules = [CoverageBench.noMovement()]

    /// What is told of the first home, with its verdict: devices report each half an hour, or are dead.
    private func verdict(
        devices: String = CoverageBench.devices, residents: String = CoverageBench.residents,
        beating: [String] = ["p1", "p2"], until: Milliseconds = .hours(24),
        before: (inout CoverageBench) -> Void = { _ in }
    ) throws -> (verdict: Verdict, cover: Finding.Cover, isTold: Bool) {
        var bench = CoverageBench(NoMovementTests.rules, devices: devices, residents: residents)
        bench.advance(to: bench.at(.zero))
        before(&bench)
        for device in ["p1", "p2"] where !beating.isEmpty && bench.registry.device(device) != nil {
            bench.hear(.heartbeat, of: device, at: .minutes(1))
        }
        bench.beat(beating, every: .minutes(30), from: .minutes(30), to: until)
        bench.advance(to: bench.at(.hours(30)))
        let found = try #require(bench.output.findings.first { $0.change == .raised && $0.key != "quiet" })
        guard case .absence(_, _, let cover?) = found.detail else { throw NoCover() }
        return (try #require(found.verdict), cover, found.isTold)
    }

    private struct NoCover: Error {}

    // MARK: Verdicts

    @Test func `sensors that live and see nothing say that nobody moves`() throws {
        let found = try verdict()
        #expect(found.verdict == .notMoving && found.isTold)
        #expect(found.cover.watched > 0.99 && found.cover.blind == 0 && !found.cover.isUnsupervised)
        #expect(found.cover.devices.map(\.isAlive) == [true, true])
    }

    @Test(arguments: [(11, Verdict.sensorDead), (13, .notMoving)] as [(Int64, Verdict)])
    func `under half of it watched says that the sensors are dead, and which since when`(
        _ hours: Int64, _ expected: Verdict
    ) throws {
        let found = try verdict(until: .hours(hours))
        #expect(found.verdict == expected)
        #expect(found.cover.deadSince == CoverageBench.origin + .hours(hours))
        #expect(abs(found.cover.watched - Double(hours) / 24) < 0.01)
        #expect(found.cover.devices.map(\.isAlive) == [false, false])
        // One alive is enough.
        #expect(try verdict(beating: ["p2"]).verdict == .notMoving)
    }

    @Test func `time in which the box was blind is no dead sensor, and over half of it says so`() throws {
        func blind(_ from: Int64, _ to: Int64) throws -> (verdict: Verdict, cover: Finding.Cover, isTold: Bool) {
            try verdict(until: .hours(3)) {
                $0.context.blind.add(from: $0.at(.hours(from)), to: $0.at(.hours(to)), .down)
                $0.context.blind.add(from: $0.at(.hours(from)), to: $0.at(.hours(to)), .session)
            }
        }
        let most = try blind(3, 23)
        #expect(most.verdict == .boxBlind && abs(most.cover.blind - 20.0 / 24) < 1e-9)
        #expect(most.cover.blindFrom == CoverageBench.origin + .hours(3))
        // Dead and blind at once counts once.
        let half = try blind(4, 15)
        #expect(half.verdict == .sensorDead)
        #expect(abs(half.cover.blind + half.cover.watched + half.cover.dead - 1) < 1e-9)
        #expect(abs(half.cover.blind - 11.0 / 24) < 1e-9)
    }

    @Test func `a last pass out of an outer gate says that they went out, unless something was seen since`() throws {
        func out(_ direction: Observation.Marks, _ bench: inout CoverageBench) {
            bench.hear(.pass, of: "g1", at: .minutes(1), person: "c1") { $0.observation.marks.insert(direction) }
        }
        #expect(try verdict { out(.outward, &$0) }.verdict == .wentOut)
        #expect(try verdict { out(.inward, &$0) }.verdict == .notMoving)
        #expect(
            try verdict {
                out(.outward, &$0)
                $0.hear(.motion, of: "p1", at: .minutes(1))
                $0.hear(.motion, of: "p1", at: .minutes(2))
            }.verdict == .notMoving)
        // Of two who are watched one went out.
        let two = CoverageBench.residents + "e2,3栋/1单元/101,罗大海,高龄,c2\n"
        #expect(try verdict(residents: two) { out(.outward, &$0) }.verdict == .notMoving)
    }

    @Test func `where only gates could see somebody they were not seen, and without a credential nobody can be`() throws
    {
        let bare = "e1,,罗桂华,独居,c1\n"
        let header = "id,dwelling,name,care,credentials\n"
        #expect(try verdict(residents: header + bare, beating: []).verdict == .notSeen)
        let none = try verdict(residents: header + "e1,,罗桂华,独居,\n", beating: [])
        #expect(none.verdict == .uncovered && !none.isTold)
        // A button covers nobody: it says nothing of somebody who does not press it.
        let button = "id,place,kind\nb1,3栋/1单元/101,button\n"
        #expect(try verdict(devices: button, beating: []).verdict == .notSeen)
    }

    @Test func `sensors without a heartbeat are never dead, and the alert says that nobody knows`() throws {
        let devices = "id,place,kind\np1,3栋/1单元/101,pir\np2,3栋/1单元/101,contact\n"
        let found = try verdict(devices: devices, beating: []) { $0.hear(.motion, of: "p1", at: .minutes(1)) }
        #expect(found.verdict == .notMoving && found.cover.isUnsupervised)
        #expect(found.cover.devices.map(\.isAlive) == [nil, nil])
        // Beside one whose death is known they count with it, unless they outlived it.
        let mixed = "id,place,kind,heartbeat\np1,3栋/1单元/101,pir,1h\np2,3栋/1单元/101,contact,\n"
        let outlived = try verdict(devices: mixed, beating: ["p2"], until: .hours(1))
        #expect(outlived.verdict == .notMoving && outlived.cover.isUnsupervised, "\(outlived.cover)")
        #expect(outlived.cover.dead == 0)
        #expect(try verdict(devices: mixed, beating: ["p1", "p2"], until: .hours(2)).verdict == .sensorDead)
    }

    @Test func `a stuck sensor keeps nobody alive, and what it told is shown`() throws {
        var bench = CoverageBench(NoMovementTests.rules)
        for hour in 0...100 { bench.hear(.motion, of: "p1", at: .hours(Int64(hour))) }
        let raised = bench.output.findings.filter { $0.change == .raised }
        // Believed for two days, and a day after that.
        #expect(raised.map { $0.started - CoverageBench.origin } == [.hours(47)])
        guard case .absence(_, _, let cover?)? = raised.first?.detail else { return }
        #expect(cover.devices.first?.isWeak == true && cover.devices.first?.evidence == bench.at(.hours(70)))
        #expect(raised.first?.verdict == .sensorDead)
    }

    @Test(arguments: [false, true])
    func `a word at a time that nobody knows shows that a sensor does not only speak on its period`(_ isLost: Bool) {
        var bench = CoverageBench(NoMovementTests.rules)
        for hour in stride(from: Int64(0), through: 118, by: 2) {
            bench.hear(.motion, of: "p1", at: .hours(hour))
            // Its stamp was of another century, and it counts as one of now.
            if hour == 60 {
                bench.hear(.motion, of: "p1", at: .hours(hour)) {
                    if isLost { $0.observation.marks.insert(.timeLost) }
                }
            }
        }
        #expect(bench.output.findings.filter { $0.change == .raised }.isEmpty == isLost)
    }

    // MARK: One list

    @Test func `homes that nobody can be seen in are one list, at start and daily`() {
        let residents = "id,dwelling,name,care,credentials\ne1,,甲,独居,\ne2,,乙,独居,\ne3,,丙,独居,c3\n"
        var bench = CoverageBench(NoMovementTests.rules, residents: residents)
        for hour in 0...50 { bench.advance(to: bench.at(.hours(Int64(hour)))) }
        let list = bench.output.findings.filter { $0.key == "quiet" }
        #expect(list.map(\.change) == [.raised, .updated, .updated])
        #expect(list.allSatisfy { $0.verdict == .uncovered && $0.severity == .low && $0.isTold })
        #expect(list.first?.detail == .uncovered(homes: [0, 1]))
        let single = bench.output.findings.filter { $0.key != "quiet" && $0.change == .raised }
        #expect(single.map(\.isTold) == [false, false, true])
        // Somebody is seen there after all: the gate names them by their ids.
        for index in [0, 1] as [Int32] {
            bench.hear(.pass, of: "g1", at: .hours(51)) {
                $0.resident = index
                $0.householdOfPerson = index
            }
        }
        bench.advance(to: bench.at(.hours(72)))
        #expect(bench.output.findings.last { $0.key == "quiet" }?.change == .resolved)
    }

    // MARK: Visits

    private func visited(_ found: Visit.Found, at offset: Milliseconds, _ bench: inout CoverageBench, who: Int32? = nil)
    {
        bench.advance(to: bench.at(offset))
        bench.noMovements[0].visited(
            home: 0, resident: who.map { ResidentID(index: $0) }, Visit(found, at: bench.clock),
            timers: &bench.timers)
    }

    private func luo(_ residents: String = CoverageBench.residents) -> CoverageBench {
        var bench = CoverageBench([CoverageBench.noMovement([72])], residents: residents)
        bench.advance(to: bench.at(.zero))
        return bench
    }

    private func raised(_ bench: CoverageBench) -> [Milliseconds] {
        bench.output.findings.filter { $0.change == .raised }.map { $0.detected - CoverageBench.origin }
    }

    @Test func `whoever was found well is counted for anew, and raises again after 72 hours`() throws {
        var bench = luo()
        visited(.seen, at: .hours(73), &bench)
        #expect(bench.told == ["raised \(NoMovementTests.home) 72h sensor_dead"])
        bench = try bench.restored([CoverageBench.noMovement([72])])
        bench.advance(to: bench.at(.hours(73 + 72)) - Milliseconds(1))
        #expect(raised(bench) == [.hours(72)])
        bench.advance(to: bench.at(.hours(200)))
        #expect(raised(bench) == [.hours(72), .hours(145)])
        #expect(Set(bench.output.findings.map(\.started)).count == 2)
    }

    @Test func `whoever was found away is not missed until the end of that day, and without a day for fourteen`() throws
    {
        // The origin is a Thursday; found on Sunday, away until the Sunday after.
        let sunday = Day(year: 2026, month: 3, day: 15)
        var bench = luo()
        visited(.away(until: sunday), at: .hours(73), &bench)
        bench.hear(.motion, of: "p1", at: .hours(100))
        bench = try bench.restored([CoverageBench.noMovement([72])])
        bench.advance(to: bench.at(.days(14)) - Milliseconds(1))
        #expect(raised(bench) == [.hours(72)])
        bench.advance(to: bench.at(.days(14)))
        #expect(raised(bench) == [.hours(72), .days(14)])
        #expect(bench.output.findings.last?.lastEvidence?.at == bench.at(.hours(100)))
        #expect(!bench.output.findings.contains { $0.change == .resolved })

        var open = luo()
        visited(.away(until: nil), at: .hours(73), &open)
        open.advance(to: open.at(.days(30)))
        #expect(raised(open) == [.hours(72), .days(3 + 14 + 3)])
    }

    @Test func `of two the one who is not away is still watched, and one who died is not`() throws {
        let two = CoverageBench.residents + "e2,3栋/1单元/101,罗大海,高龄,c2\n"
        var bench = luo(two)
        visited(.away(until: nil), at: .hours(73), &bench, who: 0)
        bench.advance(to: bench.at(.hours(145)))
        #expect(raised(bench) == [.hours(72), .hours(145)])

        var gone = luo(two)
        visited(.deceased, at: .hours(73), &gone, who: 0)
        // Without a name it could be either: both go on being watched.
        visited(.deceased, at: .hours(73), &gone)
        gone = try gone.restored([CoverageBench.noMovement([72])])
        gone.advance(to: gone.at(.hours(145)))
        #expect(raised(gone) == [.hours(72), .hours(145)])
        #expect(gone.output.findings.last?.residents.map(\.index) == [1])
        visited(.deceased, at: .hours(146), &gone, who: 1)
        gone.advance(to: gone.at(.days(60)))
        #expect(raised(gone).count == 2)
    }

    @Test func `closing an alert starts the clock anew at the closing, and not that of a later one`() {
        var bench = luo()
        bench.advance(to: bench.at(.hours(80)))
        let started = bench.output.findings[0].started
        bench.noMovements[0].close(
            key: NoMovementTests.home, started: started, at: bench.clock, timers: &bench.timers)
        bench.advance(to: bench.at(.hours(152)))
        #expect(raised(bench) == [.hours(72), .hours(152)])
        bench.noMovements[0].close(
            key: NoMovementTests.home, started: started, at: bench.clock, timers: &bench.timers)
        bench.hear(.motion, of: "p1", at: .hours(160))
        #expect(bench.output.findings.last?.change == .resolved)
    }

    // MARK: A real home

    /// A week of a CASAS home: seven stray pulses in 67 hours away.
    @Test(
        .enabled(if: RealHomes.hasTM000, "the data of tm000 is not beside the repository"),
        arguments: [(3, true), (1, false)])
    func `stray pulses hide an absence of three days from a plain rule, and not from one that asks for three`(
        _ count: Int, _ isRaised: Bool
    ) throws {
        let zone = try #require(Zone(identifier: "America/Los_Angeles"))
        let lines = try RealHomes.unpacked(RealHomes.tm000).split(separator: "\n").map { $0.split(separator: "\t") }
        let names = Set(lines.map { String($0[1]) }).sorted()
        let sheet = "id,place,kind\n" + names.map { "\($0),3栋/1单元/101,pir\n" }.joined()
        let made = CoverageBench([], devices: sheet)
        var bench = CoverageBench([CoverageBench.noMovement(count: count)], registry: made.registry, zone: zone)
        for line in lines {
            let at = RealHomes.instant(line[0].replacingOccurrences(of: " ", with: "T") + "Z")
            let local = Instant(milliseconds: at.milliseconds - Int64(zone.offset(at: at)) * 1000)
            bench.advance(to: max(bench.clock, local))
            var event = bench.event(.motion, of: String(line[1]), at: local)
            event.observation.reading = line[2].hasPrefix("ON") ? .on : .off
            bench.take(event)
        }
        let told = bench.output.findings.filter { $0.key == NoMovementTests.home }
        #expect(told.map(\.change) == (isRaised ? [.raised, .resolved] : []))
        guard isRaised else { return }
        func local(_ text: String) -> Int64 { (RealHomes.instant(text) + .hours(7)).milliseconds / 1000 }
        #expect(told.first.map { $0.started.milliseconds / 1000 } == local("2016-07-13T07:35:46Z"))
        #expect(told.last.map { $0.at.milliseconds / 1000 } == local("2016-07-16T18:54:43Z"))
    }
}
