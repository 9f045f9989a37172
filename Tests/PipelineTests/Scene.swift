import Alerts
import Community
import FileIO
import ConfigReading
import Diagnostics
import Feeds
import RecordLog
import Rules
import SiteConfiguration
import Timekeeping

@testable import Pipeline
import Vocabulary

/// One record of a scene, as a recorder would have written it.
struct Line: Sendable {
    /// Milliseconds after ``Scene/origin``.
    var at: Int64
    var topic: String
    var payload: String
    var retain = false
    var qos = 0
    var mid = 0

    /// `%J`: the payload is the JSON itself; a text is quoted by hand.
    var text: String {
        let isJSON = payload.hasPrefix("{")
        let value = isJSON ? payload : "\"" + payload + "\""
        let mid = qos > 0 ? ",\"mid\":\(mid)" : ""
        return "{\"tst\":\(Scene.origin + at),\"topic\":\"\(topic)\",\"qos\":\(qos),\"retain\":\(retain ? 1 : 0),"
            + "\"payloadlen\":\(payload.utf8.count)\(mid),\"payload\":\(value)}\n"
    }

    /// A record of the native feed; `fields` stand behind the type, as `,"value":1`.
    static func native(
        _ at: Int64, _ path: String, _ type: String, _ fields: String = "", retain: Bool = false, qos: Int = 0,
        mid: Int = 0
    ) -> Line {
        Line(
            at: at, topic: "community/hgs/" + path, payload: "{\"type\":\"\(type)\"\(fields)}", retain: retain,
            qos: qos, mid: mid)
    }

    static func own(_ at: Int64, _ name: String, _ payload: String = "{}") -> Line {
        Line(at: at, topic: "$shouwang/" + name, payload: payload)
    }

    /// The wall clock was set, where `from` and `to` are after the origin as well.
    static func clock(_ at: Int64, from: Int64, to: Int64, _ why: String) -> Line {
        own(
            at, "clock", "{\"from\":\(Scene.origin + from),\"to\":\(Scene.origin + to),\"why\":\"\(why)\"}")
    }

    /// Something that is evidence of nothing, to move the clock.
    static func quiet(_ at: Int64) -> Line { .native(at, "elder/p9", "heartbeat") }
}

/// An invented site with a set of rules, and what the pipeline makes of records there.
struct Scene {
    /// 2026-03-05T00:00:00+08:00.
    static let origin: Int64 = 1_772_640_000_000
    static let second: Int64 = 1000
    static let minute: Int64 = 60_000
    static let hour: Int64 = 3_600_000
    static let day: Int64 = 86_400_000

    static let places = """
        id,kind,parent,name,grid
        hgs,site,,红谷春天,
        b3,building,hgs,3栋,g3
        b5,building,hgs,5栋,g5
        gates,area,hgs,大门,g0

        """
    static let devices = """
        id,place,kind,name,dir
        p1,3栋/2单元/502,pir,客厅红外,
        d1,3栋/2单元/502,contact,,
        w1,3栋/2单元/502,meter,,
        p2,3栋/2单元/501,pir,,
        p3,5栋/1单元/101,pir,,
        p9,gates,pir,,
        north,gates,gate,北门,1=in|2=out
        f3a,b3,facade,东侧一,
        f3b,b3,facade,东侧二,
        f5,b5,facade,,
        lift3,b3,lift,3栋电梯,
        lift5,b5,lift,,

        """
    static let residents = "id,dwelling,name,care,credentials,inactive_after,away_from,away_until,since\n"
    static let luo = "e1,3栋/2单元/502,罗桂华,独居,c1,,,,\n"

    let settings: Settings
    let registry: Registry
    let plan: FeedPlan

    /// - Parameters:
    ///   - rules: the lines under `rules:`, without indent.
    ///   - residents: rows under the header of ``residents``.
    ///   - devices: the whole sheet.
    ///   - top: further lines of the configuration.
    init(
        rules: [String], residents: String = Scene.luo, devices: String = Scene.devices, top: [String] = []
    ) {
        let yaml = """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai}
            mqtt: {broker: "mqtt://127.0.0.1"}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state}
            \(top.joined(separator: "\n"))
            rules:\(rules.isEmpty ? " {}" : "")
            \(rules.map { "  " + $0 + "\n" }.joined())
            channels: {board: {kind: mqtt}}
            routes: [{match: {kind: [no_movement]}, to: [board]}]

            """
        let (settings, told) = Settings.parse(Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc") {
            (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
        }
        var files = RegistryFiles()
        for (name, text) in [
            ("places", Scene.places), ("devices", devices), ("residents", Scene.residents + residents),
        ] {
            files.files.append((name: name + ".csv", path: name + ".csv", bytes: Array(text.utf8)))
        }
        let (registry, wrong) = Registry.load(files)
        let errors = (told + wrong).filter { $0.severity == .error }.map { $0.rendered(in: .en) }
        guard let settings, errors.isEmpty else { preconditionFailure("the scene's files: \(errors)") }
        self.settings = settings
        self.registry = registry
        plan = FeedPlan(settings: settings, registry: registry, zones: Pipeline.zones(of: settings))
    }

    /// What came of records.
    struct Result {
        var changes: [AlertChange] = []
        var actuations: [(record: Int64, actuation: Actuation)] = []
        var counters = Pipeline.Counters()

        /// `raised 3栋/2单元/502 medium +0 +86400000`: change, key, severity, started and detected after the origin.
        var brief: [String] {
            changes.map {
                "\($0.change.rawValue) \($0.key) \($0.severity.rawValue) "
                    + "\(Result.offset($0.started)) \(Result.offset($0.detected))"
            }
        }

        /// The engine time of each change, after the origin.
        var times: [Int64] { changes.map { Result.offset($0.at) } }
        var does: [String] { actuations.map { "\($0.record) \($0.actuation.topic) \($0.actuation.payload)" } }

        private static func offset(_ instant: Instant) -> Int64 { instant.milliseconds - Scene.origin }
    }

    /// Decodes and steps the records in batches of the sizes given, the last size repeated.
    func run(_ lines: [Line], batches: [Int] = [Int.max]) -> Result {
        var pipeline = Pipeline(settings: settings, registry: registry)
        var effects = Effects()
        var result = Result()
        var number: Int64 = 1
        var rest = lines[...]
        var sizes = batches[...]
        while !rest.isEmpty {
            let size = max(1, sizes.count > 1 ? sizes.removeFirst() : sizes.first ?? 1)
            let text = rest.prefix(size).map(\.text).joined()
            rest = rest.dropFirst(size)
            let batch = Decoder.decode(Chunk(text: Array(text.utf8), file: "scene"), plan: plan)
            // A batch is stepped in two stretches, as a merge of logs does.
            let middle = batch.recordCount / 2
            for range in [0..<middle, middle..<batch.recordCount] {
                pipeline.step(batch, range, firstNumber: number, into: &effects)
                number += Int64(range.count)
            }
            pipeline.count(batch)
            result.changes += effects.changes
            result.actuations += effects.actuations
            effects.removeAll()
        }
        result.counters = pipeline.counters
        return result
    }

    func decoded(_ lines: some Sequence<Line>) -> DecodedBatch {
        Decoder.decode(Chunk(text: Array(lines.map(\.text).joined().utf8), file: "scene"), plan: plan)
    }

    /// Steps over the records one by one; after each the pipeline goes through `between`.
    /// - Parameter pipeline: where it begins; nil: with nothing.
    func run(
        _ lines: [Line], on pipeline: Pipeline? = nil, between: (inout Pipeline) throws -> Void
    ) rethrows -> (result: Result, pipeline: Pipeline) {
        var pipeline = pipeline ?? Pipeline(settings: settings, registry: registry)
        var effects = Effects()
        var number = pipeline.record
        for start in stride(from: 0, to: lines.count, by: 500) {
            let batch = decoded(lines[start..<min(start + 500, lines.count)])
            for index in 0..<batch.recordCount {
                number += 1
                pipeline.step(batch, index..<index + 1, firstNumber: number, into: &effects)
                try between(&pipeline)
            }
            pipeline.count(batch)
        }
        let result = Result(changes: effects.changes, actuations: effects.actuations, counters: pipeline.counters)
        return (result, pipeline)
    }

    /// The pipeline after these records.
    func pipeline(after lines: [Line]) -> Pipeline { run(lines) { _ in }.pipeline }

    func restored(_ bytes: [UInt8], over warmed: Pipeline? = nil) throws -> (
        pipeline: Pipeline, report: RestoreReport
    ) {
        try Pipeline.restored(from: bytes, settings: settings, registry: registry, over: warmed)
    }

    func json(_ result: Result) -> [String] {
        result.changes.map { String(decoding: $0.json(zone: settings.site.zone), as: UTF8.self) }
    }
}
