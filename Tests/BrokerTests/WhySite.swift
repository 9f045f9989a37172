import Foundation
import Testing

/// An invented site with its log. 2026-03-05T00:00:00+08:00 is the log's beginning.
final class WhySite {
    static let origin: Int64 = 1_772_640_000_000
    let folder: String
    var config: String { folder + "/shouwang.yaml" }
    var log: String { folder + "/log.jsonl" }

    init(_ rules: String, away: String = "", language: String = "en") throws {
        folder = FileManager.default.temporaryDirectory.path + "/shouwang-why-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/registry", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: folder + "/state/journal", withIntermediateDirectories: true)
        try write("registry/places.csv", "id,kind,name\nb3,building,3栋\nnorth,area,北门\n")
        try write(
            "registry/devices.csv",
            """
            id,place,family,kind,heartbeat,name
            pir-1,3栋/2单元/502,elder,pir,1h,客厅红外
            gate-1,north,access,gate,,北门
            door-1,b3,access,unit_door,,
            side-1,b3,camera,facade,,

            """)
        try write(
            "registry/residents.csv",
            "id,dwelling,name,care,credentials,away_from,away_until\ne1,3栋/2单元/502,罗桂华,独居,c1,\(away)\n")
        try write(
            "shouwang.yaml",
            """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: \(language)}
            mqtt: {broker: "mqtt://127.0.0.1", client_id: t, qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state/}
            rules:
            \(rules)
            channels: {board: {kind: mqtt}}
            routes: [{match: {}, to: [board]}]

            """)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    /// - Parameter records: minutes after the beginning, path, and the payload's members.
    func tell(_ records: [(minute: Int64, path: String, body: String)]) throws {
        let lines = records.map { record in
            let topic = record.path.hasPrefix("$") ? record.path : "community/hgs/" + record.path
            let stamp = WhySite.origin + record.minute * 60_000
            return "{\"tst\":\(stamp),\"topic\":\"\(topic)\",\"payload\":{\(record.body)}}\n"
        }
        try write("log.jsonl", lines.joined())
    }

    func run(_ arguments: [String]) throws -> (code: Int32, output: String, talk: String) {
        try DaemonFixture.run(arguments + ["--config", config])
    }

    /// The changes that a replay gives, as far as they are looked at here.
    func replay(_ more: [String] = []) throws -> [WhyChange] {
        let replayed = try run(["replay", log, "--alerts", "-"] + more)
        #expect(replayed.code == 0, "\(replayed.talk)")
        return try WhyChange.all(in: replayed.output)
    }
}

struct WhyChange: Decodable {
    var change: String
    var id: String
    var rule: String
    var key: String
    var started: String
    var detected: String

    static func all(in lines: String) throws -> [WhyChange] {
        try lines.split(separator: "\n").map { try JSONDecoder().decode(WhyChange.self, from: Data($0.utf8)) }
    }
}

/// Courses of a home of one elder.
enum Quiet {
    static let rule = "  quiet: {kind: no_movement, stages: [{after: 24h, severity: medium}]}"

    /// Moved at eight in the morning, and not since; the sensor goes on.
    static func silence(hours: Int64) -> [(minute: Int64, path: String, body: String)] {
        (0...hours).map { (minute: $0 * 60, path: "elder/pir-1", body: "\"type\":\"heartbeat\"") }
            + [480, 481, 482].map { (minute: $0, path: "elder/pir-1", body: "\"type\":\"motion\"") }
    }

    static func sorted(
        _ records: [(minute: Int64, path: String, body: String)]
    ) -> [(minute: Int64, path: String, body: String)] { records.sorted { $0.minute < $1.minute } }
}
