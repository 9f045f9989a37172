import Foundation

/// An alert that must be told exactly once: what the publisher knows for certain.
struct Expected: Hashable, Comparable, CustomStringConvertible {
    var kind: String
    var key: String
    /// Wall time in ms of the message that the alert began with.
    var started: Int64

    static func < (a: Expected, b: Expected) -> Bool { (a.started, a.kind, a.key) < (b.started, b.kind, b.key) }
    var description: String { "\(kind) \(key) \(started)" }
}

/// The community of the fault tests and its configuration. Lengths are chosen so that the truth is certain whatever
/// the moment of a fault, as long as the daemon is never behind by more than ``lagMax``: absences outlast that lag, two
/// sightings of one throw stay together under it, and two throws stay apart.
struct Town: Sendable {
    struct Ports: Sendable {
        var broker: UInt16
        var receiver: UInt16
        var console: UInt16
    }

    /// Longest time in ms from a publication to its record in the journal for which the truth below holds.
    static let lagMax: Int64 = 15_000
    /// Silence in ms that raises `no_movement`: the longest pause of somebody who lives, and the lag, and some more.
    static let silence: Int64 = 30_000
    /// A hold of a lift is allowed for so long after the e-bike was seen, in ms.
    static let fresh: Int64 = 2000
    static let buildings = 8
    static let lifts = 6
    /// Only seen while the daemon is away for longer than ``fresh``: never to be held.
    static let staleLift = "lift-stale"

    var elders = 40
    /// `batch`, `250ms` or `off`.
    var sync = "batch"

    func write(into folder: String, store: String, ports: Ports) throws {
        try FileManager.default.createDirectory(atPath: folder + "/registry", withIntermediateDirectories: true)
        var places = "id,kind,parent,name\ngate,area,,North gate\n"
        var devices = "id,place,family,kind\ngate-1,gate,access,gate\n\(Town.staleLift),b1,camera,lift\n"
        var residents = "id,dwelling,name,lives_alone\n"
        for building in 1...Town.buildings {
            places += "b\(building),building,,\(building)栋\n"
            for side in 1...2 { devices += "facade-\(building)-\(side),b\(building),camera,facade\n" }
        }
        for lift in 0..<Town.lifts { devices += "lift-\(lift),b\(lift + 1),camera,lift\n" }
        for elder in 0..<elders {
            places += "d\(elder),dwelling,b\(elder % Town.buildings + 1),\(elder)\n"
            devices += "pir-\(elder),d\(elder),elder,pir\ndoor-\(elder),d\(elder),elder,contact\n"
            residents += "e\(elder),d\(elder),李阿\(elder)婆,yes\n"
        }
        let files = [
            "registry/places.csv": places, "registry/devices.csv": devices, "registry/residents.csv": residents,
            "shouwang.yaml": yaml(store: store, ports: ports),
        ]
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }
    }

    private func yaml(store: String, ports: Ports) -> String {
        """
        site: {id: t, name: Fault, timezone: Asia/Shanghai, language: en}
        mqtt: {broker: "mqtt://127.0.0.1:\(ports.broker)", client_id: shouwang-fault, qos: 1}
        registry: registry/
        feeds: [{topic: "community/+/+/+", format: native}]
        store: {path: "\(store)", snapshot: 2s, journal: {sync: \(sync), segment: 4MB, max: 1GB}}
        rules:
          no-movement:
            kind: no_movement
            after: \(Town.silence / 1000)s
            severity: high
            evidence: {count: 1, within: 15m}
          throw: {kind: thrown_object, merge: 20s}
          lift-ebike:
            kind: ebike_in_building
            zone: lift
            publish:
              topic: "lift/{device}/hold"
              payload: '{"hold":true}'
              release: '{"hold":false}'
              fresh: \(Town.fresh / 1000)s
              max: 5s
        routes:
          - {match: {kind: [no_movement, thrown_object, ebike_in_building]}, to: [hook]}
        channels:
          hook: {kind: webhook, url: "http://127.0.0.1:\(ports.receiver)/alerts", timeout: 2s}
        console: {listen: "127.0.0.1:\(ports.console)"}

        """
    }
}
