import Alerts
import CMallocCount
import Community
import ConfigReading
import Diagnostics
import Feeds
import FileIO
import Pipeline
import RecordLog
import SiteConfiguration
import Timekeeping
import Vocabulary

// The pipeline alone with the whole catalogue on, records decoded and in memory: nanoseconds of processor time a record
// on one core, the median of five runs with the least and the most, and the calls of malloc and its kin while no alert
// changes. The town goes about its day: movement, doors, meters, heartbeats, passes, cars that stop for a moment.
//
//   Catalogue [HOMES] [RECORDS]      2,000 homes and 1,000,000 records unless told otherwise

let homes = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2000
let count = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 1_000_000

/// SplitMix64.
struct Random {
    var state: UInt64 = 20_260_305

    mutating func next(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(limit))
    }
}

func town() -> (settings: Settings, registry: Registry) {
    var rules = ""
    for kind in RuleKind.allCases where RuleKind.built.contains(kind) && kind != .expression {
        rules += "  \(kind.rawValue): {kind: \(kind.rawValue)\(kind == .gateFlow ? ", passes: 100000" : "")}\n"
    }
    let yaml = """
        site: {id: hgs, name: Town, timezone: Asia/Shanghai}
        mqtt: {broker: "mqtt://127.0.0.1"}
        registry: registry/
        feeds: [{topic: "community/+/+/+", format: native}]
        store: {path: state}
        rules:
        \(rules)
        channels: {board: {kind: mqtt}}
        routes: [{match: {}, to: [board]}]

        """
    let (settings, told) = Settings.parse(Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc") {
        (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
    }
    guard let settings else { fatalError("\(told.map { $0.rendered(in: .en) })") }
    var places = "id,kind,parent,name\n"
    var devices = "id,place,family,kind,heartbeat,via\n"
    var residents = "id,dwelling,name,care,credentials\n"
    for building in 0...homes / 50 {
        places += "b\(building),building,,\n"
        devices += "gate\(building),b\(building),access,gate,,\nlane\(building),b\(building),camera,lane,,\n"
        devices += "door\(building),b\(building),access,unit_door,,\nlift\(building),b\(building),camera,lift,,\n"
    }
    for home in 0..<homes {
        places += "h\(home),dwelling,b\(home / 50),\n"
        devices +=
            "pir\(home),h\(home),elder,pir,1h,hub\(home / 10)\nmag\(home),h\(home),elder,contact,1h,hub\(home / 10)\n"
        residents += "e\(home),h\(home),Resident,独居,c\(home)\n"
    }
    var files = RegistryFiles()
    for (name, text) in [("places", places), ("devices", devices), ("residents", residents)] {
        files.files.append((name: name + ".csv", path: name + ".csv", bytes: Array(text.utf8)))
    }
    return (settings, Registry.load(files).registry)
}

/// A stretch of the town's life as a log.
func log(
    _ records: Int, from first: Int64, step: Int64, _ random: inout Random, _ outside: inout Int?
) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(records * 180)
    for record in 0..<records {
        let at = first + Int64(record) * step
        let home = random.next(below: homes)
        let building = home / 50
        let (path, payload): (String, String)
        switch random.next(below: 100) {
        case 0..<55:
            (path, payload) = (
                "elder/pir\(home)", "{\"type\":\"motion\",\"value\":1,\"ts\":\(at),\"id\":\"\(record)\"}"
            )
        case 55..<65:
            (path, payload) = (
                "elder/mag\(home)", "{\"type\":\"contact\",\"value\":\(record & 1),\"ts\":\(at),\"battery\":80}"
            )
        case 65..<80: (path, payload) = ("elder/mag\(home)", "{\"type\":\"heartbeat\",\"ts\":\(at),\"battery\":80}")
        case 80..<92:
            // Who went out comes back with the next pass: a resident who stays out would be an alert.
            let who = outside ?? home
            let way = outside == nil ? "out" : "in"
            outside = outside == nil ? home : nil
            (path, payload) = (
                "access/gate\(who / 50)",
                "{\"type\":\"pass\",\"person\":\"e\(who)\",\"dir\":\"\(way)\",\"temp_c\":36.5,\"ts\":\(at)}"
            )
        case 92..<96:
            (path, payload) = (
                "camera/lane\(building)",
                "{\"type\":\"vehicle\",\"confidence\":0.4,\"plate\":\"P\(record / 25 % 97)\",\"ts\":\(at)}"
            )
        default: (path, payload) = ("camera/lift\(building)", "{\"type\":\"ebike\",\"confidence\":0.3,\"ts\":\(at)}")
        }
        text += "{\"tst\":\(at),\"topic\":\"community/hgs/\(path)\",\"qos\":0,\"retain\":0,\"payloadlen\":".utf8
        text += "\(payload.utf8.count),\"payload\":\(payload)}\n".utf8
    }
    return text
}

/// The town's pipeline, and the log that it steps over.
struct Course {
    let plan: FeedPlan
    var pipeline: Pipeline
    var effects = Effects()
    var number: Int64 = 1
    var random = Random()
    var outside: Int?
    var now: Int64 = 1_772_676_000_000
    var changes = 0
    var byKind: [String: Int] = [:]
    // Each home is heard of about every two minutes.
    let step = max(1, Int64(120_000 / max(homes, 1)))

    mutating func batches(_ records: Int) -> [DecodedBatch] {
        var made: [DecodedBatch] = []
        var left = records
        while left > 0 {
            let part = min(left, 20_000)
            let text = log(part, from: now, step: step, &random, &outside)
            made.append(Decoder.decode(Chunk(text: text, file: "made"), plan: plan))
            now += Int64(part) * step
            left -= part
        }
        return made
    }

    /// Never inlined: a profile of it alone leaves out what is made before.
    @inline(never) mutating func measured(_ batches: [DecodedBatch]) { run(batches) }

    mutating func run(_ batches: [DecodedBatch]) {
        for batch in batches {
            pipeline.step(batch, 0..<batch.recordCount, firstNumber: number, into: &effects)
            number += Int64(batch.recordCount)
            changes += effects.changes.count
            for change in effects.changes { byKind["\(change.kind) \(change.change)", default: 0] += 1 }
            effects.removeAll()
        }
    }
}

let (settings, registry) = town()
var course = Course(
    plan: FeedPlan(settings: settings, registry: registry, zones: Pipeline.zones(of: settings)),
    pipeline: Pipeline(settings: settings, registry: registry))
course.run(course.batches(max(count, 40 * homes)))
var times: [Double] = []
var calls: [Int] = []
for _ in 0..<5 {
    let made = course.batches(count)
    course.changes = 0
    let allocations = malloc_count()
    let began = processor_nanoseconds()
    course.measured(made)
    times.append(Double(processor_nanoseconds() - began) / Double(count))
    calls.append(Int(malloc_count() - allocations))
    print(course.byKind.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }); course.byKind = [:]
    print(
        "run: \(Int(times[times.count - 1])) ns a record, \(calls[calls.count - 1]) allocations, "
            + "\(course.changes) changes")
}
times.sort()
print(
    "\(homes) homes, \(settings.rules.count) rules: \(Int(times[2])) ns a record (\(Int(times[0]))–\(Int(times[4]))), "
        + "\(Int(1e9 / times[2])) records a second, at least \(calls.min() ?? 0) allocations in \(count) records")
