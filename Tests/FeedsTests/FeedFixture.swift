import Community
import FileIO
import ConfigReading
import Diagnostics
import RecordLog
import SiteConfiguration
import Timekeeping

@testable import Feeds
import Vocabulary

/// A small invented site, and what its feeds make of one record.
struct FeedFixture {
    /// 2026-03-05T12:15:30Z, the arrival of every record unless a test says otherwise.
    static let arrival: Int64 = 1_772_712_930_000

    static let yaml = """
        site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai}
        mqtt: {broker: "mqtt://127.0.0.1"}
        registry: registry/
        feeds:
          - {topic: "community/+/+/+", format: native}
          - {topic: "vendor/#", format: mapping, mapping: vendor.yaml, place: b3}
          - {topic: "nears/+/+/+/+", format: mapping, mapping: nears.yaml}
        store: {path: state}
        limits: {payload: 64KB}
        rules:
          quiet: {kind: no_movement}
          bike: {kind: ebike_in_building, zone: lift}
        channels:
          board: {kind: mqtt}
        routes:
          - {match: {kind: [no_movement]}, to: [board]}

        """

    static let vendor = """
        topic: "vendor/{home}/+/{sensor}"
        device: "{home}-{/source/name}"
        person: "{/who}"
        id: "{/seq}"
        time: {at: /source/when, form: epoch}
        events:
          - when: {/sensor: [pir, radar], "{sensor}": motion}
            kind: motion
            value: {at: /state, table: {"1": on, "0": off, "true": on, LOUD: 7}}
          - when: {/armed: true, /level: 3}
            kind: presence
            as: detection
            value: /state
          - when: {/gone: "null"}
            kind: contact
            value: "{sensor}"
          - when: {/source/type: bike}
            kind: ebike
            confidence: /score
            zone: /area
          - when: {/source/type: room}
            kind: motion
            as: state
            value: /state
          - when: {/source/type: [door]}
            kind: pass
            dir: /way
            credential: /card

        """

    static let places = "id,kind,parent,name\nhgs,site,,红谷春天\nb3,building,hgs,3栋\ngates,area,hgs,大门\n"
    static let devices = """
        id,place,kind,identity,dir
        p1,3栋/2单元/502,pir,,
        g1,gates,gate,,1=in|2=out
        g2,gates,gate,,in
        g3,gates,gate,,
        lift3,b3,lift,,
        f3,b3,facade,cam-01,
        h1-porch,3栋/2单元/502,pir,,

        """
    static let residents = """
        id,dwelling,name,lives_alone,credentials
        e1,3栋/2单元/502,罗桂华,yes,c77|g1:22
        e2,3栋/2单元/501,王秀英,yes,04:a2:1b:9c
        e3,3栋/2单元/503,李德明,yes,12345678901234567890|3E12
        e4,3栋/2单元/504,李秀兰,yes,12-34-56-78

        """

    let plan: FeedPlan
    let problems: [String]

    init(nears: [UInt8]? = nil) {
        let mappings = [
            "vendor.yaml": Array(FeedFixture.vendor.utf8), "nears.yaml": nears ?? Array(FeedFixture.vendor.utf8),
        ]
        let (settings, told) = Settings.parse(
            Array(FeedFixture.yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc/shouwang"
        ) { path throws(FileError) in
            guard let bytes = mappings[path.split(separator: "/").last.map(String.init) ?? ""] else {
                throw FileError(reason: "none", isMissing: true)
            }
            return bytes
        }
        var files = RegistryFiles()
        for (name, text) in [
            ("places", FeedFixture.places), ("devices", FeedFixture.devices), ("residents", FeedFixture.residents),
        ] {
            files.files.append((name: name + ".csv", path: name + ".csv", bytes: Array(text.utf8)))
        }
        let (registry, wrong) = Registry.load(files)
        problems = (told + wrong).filter { $0.severity == .error }.map { $0.rendered(in: .en) }
        guard let settings else { preconditionFailure("the fixture's configuration: \(problems)") }
        var zones = NameTable()
        _ = zones.insert("lift")
        plan = FeedPlan(settings: settings, registry: registry, zones: zones)
    }

    func batch(_ topic: String, _ payload: [UInt8], arrival: Int64 = FeedFixture.arrival, retain: Bool = false)
        -> DecodedBatch
    {
        var text: [UInt8] = []
        let line = JournalLine()
        let head = JournalLine.Head(stamp: Instant(milliseconds: arrival), qos: 1, retain: retain, mid: 1)
        unsafe Array(topic.utf8).withUnsafeBufferPointer { topic in
            unsafe payload.withUnsafeBufferPointer { unsafe line.append(head, topic: topic, payload: $0, to: &text) }
        }
        return Decoder.decode(Chunk(text: text, file: "test"), plan: plan)
    }

    /// What a record says, in one line; `!code` where it is refused, `-` where it says nothing.
    func says(_ topic: String, _ payload: String, arrival: Int64 = FeedFixture.arrival, retain: Bool = false) -> String
    {
        says(topic, bytes: Array(payload.utf8), arrival: arrival, retain: retain)
    }

    func says(_ topic: String, bytes: [UInt8], arrival: Int64 = FeedFixture.arrival, retain: Bool = false) -> String {
        says(batch(topic, bytes, arrival: arrival, retain: retain))
    }

    /// What a log's one line says.
    func says(line: [UInt8]) -> String { says(Decoder.decode(Chunk(text: line + [0x0A], file: "test"), plan: plan)) }

    func says(_ batch: DecodedBatch) -> String {
        if let refusal = batch.refusals.first {
            let isMarked = batch.records.first?.marks.contains(.refused) == true && batch.observations.isEmpty
            return isMarked ? "!" + refusal.code : "!?" + refusal.code
        }
        if batch.records.count == 1, batch.observations.isEmpty { return "-" }
        guard batch.records.count == 1, batch.observations.count == 1, let observation = batch.observations.first else {
            return "\(batch.records.count) records, \(batch.observations.count) observations"
        }
        return words(observation, batch)
    }

    private func words(_ o: Observation, _ batch: DecodedBatch) -> String {
        var words = [o.kind.name]
        words.append(contentsOf: o.reading == .unknown ? [] : [o.reading == .on ? "on" : "off"])
        let marks: [(Observation.Marks, String)] = [
            (.retained, "retained"), (.clockFault, "clock-fault"), (.detection, "detection"), (.inward, "in"),
            (.outward, "out"), (.noCall, "no-call"), (.perhapsLate, "perhaps-late"),
        ]
        words += marks.filter { o.marks.contains($0.0) }.map(\.1)
        if o.marks.contains(.ownTime) { words.append("at\(o.time.milliseconds - o.arrival.milliseconds)") }
        if o.number.isFinite { words.append("number=\(o.number)") }
        if o.confidence.isFinite { words.append("confidence=\(o.confidence)") }
        if o.floor != Int16.min { words.append("floor=\(o.floor)") }
        // Below 0 it is none that a rule names.
        if o.zone >= 0 { words.append("zone=\(plan.zones[Int32(o.zone)])") }
        words.append(name(o.device, batch) { plan.registry.devices[Int($0)].id })
        if !o.person.isNone { words.append("person=" + name(o.person, batch) { plan.registry.residents[Int($0)].id }) }
        words += details(o, batch)
        if batch.records.first?.marks.contains(.hasID) == true { words.append("id") }
        if batch.records.first?.marks.contains(.spoofed) == true { words.append("spoofed") }
        words += batch.unreadable.keys.map { "unreadable=" + $0.field }.sorted()
        return words.joined(separator: " ")
    }

    private func details(_ o: Observation, _ batch: DecodedBatch) -> [String] {
        var words: [String] = []
        if !o.temperature.isNaN { words.append("temperature=\(o.temperature)") }
        if o.battery != -1 { words.append("battery=\(o.battery)") }
        if o.phase != .none { words.append("phase=\(o.phase)") }
        if o.method != .none { words.append("method=\(o.method)") }
        if o.count != -1 { words.append("count=\(o.count)") }
        if o.track != 0 { words.append("track") }
        for (name, number) in [
            ("plate", o.plate), ("visit", o.visit), ("word", o.word), ("text", o.text), ("by", o.by),
        ] where number != -1 { words.append("\(name)=\(batch.names[number])") }
        if o.place != -1 { words.append("place=\(plan.registry.places[Int(o.place)].id)") }
        if o.fit != -1 { words.append("fit=\(batch.fits[Int(o.fit)].points)") }
        return words
    }

    private func name(_ reference: Reference, _ batch: DecodedBatch, _ known: (Int32) -> String) -> String {
        if let index = reference.known { return known(index) }
        return reference.unknown.map { "?" + batch.names[$0] } ?? "-"
    }
}
