import Community
import SiteConfiguration
import StateCoding
import Testing
import Timekeeping

@testable import Rules
import Vocabulary

/// State as a version wrote it that learned heartbeats from reports that somebody caused.
@Suite struct FormerStateTests {
    /// The section of ``Coverage`` in its third form: of `q1` a heartbeat of an hour that was learned, of `p1` a dead
    /// time, and of the group that both are in, their dwelling's or their hub's.
    private func coverage3(_ bench: CoverageBench, _ writer: inout StateWriter) {
        let section = writer.open("COVR", version: 3)
        writer.instant(bench.at(.zero))
        writer.integer(2)
        for (name, dead) in [("p1", true), ("q1", false)] {
            writer.integer(bench.registry.device(name)?.index ?? -1)
            writer.instant(bench.at(.hours(100)))
            // Last, the day's beginning, six days' longest gaps in tens of seconds, how many there were.
            for number in [bench.at(.hours(100)).seconds32, bench.at(.hours(96)).seconds32] {
                writer.integer(Int(number))
            }
            for _ in 0..<6 { writer.integer(360) }
            writer.byte(4)
            writer.byte(0)
            // Period, evidence, period from, unquiet from, offline.
            for _ in 0..<5 { writer.integer(0) }
            let stretch = [bench.at(.hours(40)), bench.at(.hours(60))].map { dead ? Int($0.seconds32) : 0 }
            for number in stretch + [0, 0] { writer.integer(number) }
        }
        writer.integer(1)
        writer.text("d3栋/1单元/101")
        writer.instant(bench.at(.hours(100)))
        for _ in 0..<4 { writer.instant(.distantPast) }
        writer.integer(1)
        for at in [bench.at(.hours(10)), bench.at(.hours(12))] { writer.integer(Int(at.seconds32)) }
        writer.integer(0)
        writer.close(section)
    }

    @Test func `what was learned is forgotten, what was dead and the registry's heartbeats are not`() throws {
        let bench = CoverageBench([])
        var writer = StateWriter()
        Renumbering.write(bench.context, to: &writer)
        coverage3(bench, &writer)
        var reader = StateReader(writer.bytes)
        let numbers = try Renumbering(from: &reader, into: bench.context)
        var coverage = Coverage(registry: bench.registry)
        try coverage.read(from: &reader, numbers)
        let learned = try #require(bench.registry.device("q1")?.index)
        let given = try #require(bench.registry.device("p1")?.index)
        #expect(coverage.heartbeat(learned) == nil && coverage.lastHeard(learned) == bench.at(.hours(100)))
        #expect(coverage.heartbeat(given)?.length == .hours(1))
        let dead = coverage.deadTimes(given, from: bench.at(.zero), to: bench.at(.hours(101)), BlindIntervals())
        #expect(dead.map { $0.from - bench.at(.zero) } == [.hours(40), .hours(10)])
        #expect(coverage.pulse(of: coverage.group(of: given)) == nil)
    }

    /// The section of ``DeviceHealth`` in its third form, with one alert open.
    private func health3(_ bench: CoverageBench, open device: Int32, _ writer: inout StateWriter) {
        let section = writer.open("DEVH", version: 3)
        writer.instant(bench.at(.hours(103)))
        writer.integer(0)
        writer.integer(1)
        writer.integer(device)
        writer.instant(bench.at(.hours(100)))
        writer.instant(bench.at(.hours(102)))
        writer.integer(device)
        writer.integer(0)
        writer.integer(0)
        writer.instant(ifAny: nil)
        writer.truth(false)
        writer.text("device_silent")
        writer.integer(0)
        for _ in 0..<4 { writer.integer(0) }
        writer.close(section)
    }

    @Test(arguments: [("q1", ["resolved q1 102h"]), ("p1", [])])
    func `an alert of before keeps its start, and ends where it would not be one now`(
        _ name: String, _ told: [String]
    ) throws {
        let rules = [CoverageBench.device(.deviceSilent)]
        var bench = CoverageBench(rules)
        let device = try #require(bench.registry.device(name)?.index)
        var writer = StateWriter()
        Renumbering.write(bench.context, to: &writer)
        coverage3(bench, &writer)
        health3(bench, open: device, &writer)
        var reader = StateReader(writer.bytes)
        var numbers = try Renumbering(from: &reader, into: bench.context)
        try bench.context.coverage.read(from: &reader, numbers)
        bench.clock = bench.at(.hours(103))
        try bench.healths[0].read(from: &reader, &numbers)
        bench.healths[0].rearm(&bench.timers)
        bench.advance(to: bench.at(.hours(104)))
        let about = bench.told.filter { $0.contains(name) }
        #expect(about == told, "\(bench.told)")
        let ended = bench.output.findings.filter { $0.change == .resolved }
        #expect(ended.allSatisfy { $0.started == bench.at(.hours(100)) })
    }
}
