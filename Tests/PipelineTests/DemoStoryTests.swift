import Alerts
import Community
import FileIO
import ConfigReading
import Diagnostics
import Feeds
import RecordLog
import Simulation
import SiteConfiguration
import Testing
import Timekeeping

@testable import Pipeline
import Vocabulary

/// What `shouwang demo` shows, without its clock: the demo's community and script through the pipeline.
@Suite struct DemoStoryTests {
    private static let start = Instant(milliseconds: 1_772_402_400_000)

    private static func hours(_ instant: Instant) -> Double { Double((instant - start).count) / 3_600_000 }

    /// - Parameter act: what a worker found at the hour of the kill, as the record's payload.
    private func changes(act: String? = nil) throws -> [AlertChange] {
        let community = DemoCommunity()
        let yaml = community.configuration(broker: 1883, receiver: 8080)
        let (settings, _) = Settings.parse(Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc") {
            (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
        }
        let site = try #require(settings)
        var files = RegistryFiles()
        for (name, text) in [
            ("places", community.places), ("devices", community.devices), ("residents", community.residents),
            ("workers", community.workers),
        ] { files.files.append((name: name + ".csv", path: name + ".csv", bytes: Array(text.utf8))) }
        let (registry, problems) = Registry.load(files)
        #expect(problems.filter { $0.severity == .error }.isEmpty)
        var lines = DemoScript(start: DemoStoryTests.start, hours: 90, seed: 7).messages.map { message in
            (message.at, message.topic, "\"ts\":\(message.at.milliseconds),\(message.body)")
        }
        let kill = DemoStoryTests.start + .hours(Int64(DemoScript.killAt))
        if let act { lines.append((kill, "$shouwang/act", act)) }
        lines.sort { $0.0 < $1.0 }
        let text = lines.map { "{\"tst\":\($0.milliseconds),\"topic\":\"\($1)\",\"payload\":{\($2)}}\n" }.joined()
        let plan = FeedPlan(settings: site, registry: registry, zones: Pipeline.zones(of: site))
        let batch = Decoder.decode(Chunk(text: Array(text.utf8), file: "demo"), plan: plan)
        #expect(batch.refusals.isEmpty && batch.recordCount == lines.count)
        var pipeline = Pipeline(settings: site, registry: registry)
        var effects = Effects()
        pipeline.step(batch, 0..<batch.recordCount, firstNumber: 1, into: &effects)
        return effects.changes
    }

    @Test func `a home where nothing moves is told from one with dead sensors, and a visit ends an alert`() throws {
        let nextDoor = DemoCommunity.home(DemoCommunity.nextDoor)
        let before = try changes().filter { $0.key == nextDoor }
        let raised = try #require(before.first)
        #expect(raised.change == .raised && raised.verdict == .sensorDead)
        #expect(DemoStoryTests.hours(raised.at) < DemoScript.killAt)

        let all = try changes(
            act: "\"alert\":\"\(raised.id)\",\"verb\":\"close\",\"actor\":\"w1\",\"found\":\"well\"")
        let found = all.filter { $0.key == nextDoor }
        #expect(found.map(\.change) == [.raised, .closed])
        #expect(found.last?.found == "well" && found.last?.actor == "w1" && found.last?.isTold == true)

        let luo = all.filter { $0.key == DemoCommunity.home(DemoCommunity.auntLuo) }
        #expect(luo.map(\.change) == [.raised, .updated, .resolved])
        #expect(luo.prefix(2).map(\.verdict) == [.notMoving, .notMoving])
        #expect(luo.map(\.severity) == [.medium, .high, .high])
        // Besides these two homes: the throw that two cameras saw, and the e-bike; never the bird.
        #expect(Set(all.map(\.key)).count == 4, "\(Set(all.map(\.key)))")
        #expect(all.filter { $0.kind == .thrownObject }.map(\.key).allSatisfy { $0 == "1栋" })
    }
}
