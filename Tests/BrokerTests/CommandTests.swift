import Foundation
import Testing

/// The commands as a person or a script meets them: standard output, standard error, exit code.
@Suite(.timeLimit(.minutes(5)))
struct CommandTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/shouwang-command-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private func write(_ path: String, _ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test func `the shipped configurations pass check --strict`() throws {
        for config in ["config/shouwang.yaml", "config/examples/home-0104/shouwang.yaml"] {
            let checked = try DaemonFixture.run(["check", "--config", Self.root + "/" + config, "--strict", "--who"])
            #expect(checked.code == 0, "\(config): \(checked.output)\(checked.talk)")
        }
    }

    @Test func `check tells every problem of configuration and registry in one run`() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createDirectory(atPath: path + "/registry", withIntermediateDirectories: true)
        try write(
            path + "/shouwang.yaml",
            """
            site: {id: t, name: t, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1", client_id: t, qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native, place: nort-gate}]
            store: {path: state/}
            rules:
              a: {kind: no_movement}
            routes: [{match: {kind: [no_movement]}, to: [worker:w9]}]
            channels: {board: {kind: mqtt}}

            """.utf8)
        try write(path + "/registry/places.csv", "id,kind,parent\nnorth-gate,area,\na,building,b\nb,building,a\n".utf8)
        try write(path + "/registry/residents.csv", "id,dwelling,name,care\n3.70102E+14,,x,yes\n".utf8)
        let checked = try DaemonFixture.run(["check", "--config", path + "/shouwang.yaml"])
        #expect(checked.code == 78)
        #expect(checked.output.contains("shouwang.yaml:4:") && checked.output.contains("did you mean north-gate?"))
        #expect(checked.output.contains("w9"))
        #expect(checked.output.contains("places.csv:") && checked.output.contains("residents.csv:2:1: column A \"id\""))
        let json = try DaemonFixture.run(["check", "--config", path + "/shouwang.yaml", "--format", "json"])
        for line in json.output.split(separator: "\n") {
            #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
        }
    }

    @Test func `bad lines are refused, named and counted, and cost only themselves`() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        func line(_ second: Int, _ topic: String, _ payload: String) -> [UInt8] {
            let stamp = "2026-03-05T12:00:\(second < 10 ? "0" : "")\(second).000000Z+0000"
            return Array(
                "{\"tst\":\"\(stamp)\",\"topic\":\"\(topic)\",\"qos\":1,\"retain\":0,\"mid\":1,\"payload\":\(payload)}\n"
                    .utf8)
        }
        let good = "{\"type\":\"pass\",\"person\":\"x\"}"
        var log = line(1, "community/t/access/gate-1", good)
        log += line(2, "community/t/access/gate-1", good).prefix(70) + [0x0A]
        log += [0, 0, 0, 0] + line(3, "community/t/access/gate-1", good)
        log += line(
            4, "community/t/access/gate-1",
            "{\"type\":\"pass\",\"x\":" + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
                + "}")
        log += line(
            5, "community/t/access/gate-1",
            "{\"type\":\"pass\",\"x\":\"" + String(repeating: "y", count: 10_000_000) + "\"}")
        log += line(6, "community/t/access/gate-1", "\"a").dropLast(3) + [0xFF, 0xFE, 0x22, 0x7D, 0x0A]
        log += line(7, "elsewhere/t/x", good)
        log += line(8, "community/t/kitchen/gate-1", good)
        log += [0x0A, 0x0D, 0x0A] + Array("Error: Message payload is not valid JSON on topic x\n".utf8)
        log += line(9, "community/t/access/gate-1", good)
        try write(path + "/bad.jsonl", log)
        let arguments = [
            "replay", path + "/bad.jsonl", "--config", Self.root + "/config/shouwang.yaml", "--summary", "json",
        ]
        let result = try DaemonFixture.run(arguments)
        #expect(result.code == 0, "\(result.talk)")
        let summary = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(summary["observations"] as? Int == 3)
        let refused = try #require(summary["refused_by"] as? [String: Int])
        #expect(refused["bad-json"] == 2, "cut in the middle; nested too deep: \(refused)")
        #expect(refused["payload-too-long"] == 1)
        #expect(refused["bad-payload"] == 1, "not UTF-8")
        #expect(refused["no-feed"] == 1 && refused["unknown-family"] == 1 && refused["not-a-record"] == 1)
        #expect(try DaemonFixture.run(arguments + ["--strict"]).code == 65)
    }

    @Test func `exit codes tell usage, missing input and broken configuration apart`() throws {
        #expect(
            try DaemonFixture.run(["replay", "x", "--config", Self.root + "/config/shouwang.yaml", "--threads", "0"])
                .code == 64)
        #expect(try DaemonFixture.run(["frobnicate"]).code == 64)
        #expect(
            try DaemonFixture.run(["replay", "/nonexistent.jsonl", "--config", Self.root + "/config/shouwang.yaml"])
                .code == 66)
        #expect(try DaemonFixture.run(["run", "--config", "/nonexistent.yaml"]).code == 78)
        #expect(try DaemonFixture.run(["check", "--config", "/nonexistent.yaml"]).code == 78)
        #expect(try DaemonFixture.run(["--version"]).code == 0)
    }

    @Test func `compare shows what another rule set changes and exits 1`() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var log: [UInt8] = []
        for hour in [0, 30] {
            let day = 5 + hour / 24
            log += Array(
                "{\"tst\":\"2026-03-0\(day)T0\(hour % 24):00:00Z\",\"topic\":\"community/demo/access/gate-1\",\"payload\":{\"type\":\"pass\"}}\n"
                    .utf8)
        }
        try write(path + "/log.jsonl", log)
        let base = ["replay", path + "/log.jsonl", "--config", Self.root + "/config/shouwang.yaml"]
        let first = try DaemonFixture.run(base + ["--alerts", path + "/a.jsonl"])
        #expect(first.code == 0, "\(first.talk)")
        #expect(try DaemonFixture.run(base + ["--compare", path + "/a.jsonl"]).code == 0)
        try write(path + "/a.jsonl", [])
        let differs = try DaemonFixture.run(base + ["--compare", path + "/a.jsonl"])
        #expect(differs.code == 1 && differs.output.contains("added no-movement"))
    }

    private static let head = """
        site: {id: t, name: t, timezone: Asia/Shanghai, language: en}
        mqtt: {broker: "mqtt://127.0.0.1", client_id: t, qos: 1}
        registry: registry/
        store: {path: state/}
        routes: [{match: {kind: [thrown_object]}, to: [board]}]
        channels: {board: {kind: mqtt}}

        """

    private func site(_ path: String, _ rest: String) throws -> [String] {
        try FileManager.default.createDirectory(atPath: path + "/registry", withIntermediateDirectories: true)
        try write(path + "/registry/places.csv", "id,kind\nb1,building\nb2,building\n".utf8)
        try write(path + "/site.yaml", (Self.head + rest).utf8)
        return ["--config", path + "/site.yaml"]
    }

    @Test func `nothing starts with a registry that cannot be read, or with a place that is not there`() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write(path + "/log.jsonl", "{\"tst\":1772712930,\"topic\":\"a/b\",\"payload\":1}\n".utf8)
        let feeds = "feeds: [{topic: \"community/+/+/+\", format: native}]\n"
        let config = try site(path, feeds + "rules: {throw: {kind: thrown_object, places: [b3]}}\n")
        let unknown = try DaemonFixture.run(["replay", path + "/log.jsonl"] + config)
        #expect(unknown.code == 78 && unknown.talk.contains("b3"))
        try write(path + "/site.yaml", (Self.head + feeds + "rules: {throw: {kind: thrown_object}}\n").utf8)
        #expect(try DaemonFixture.run(["replay", path + "/log.jsonl"] + config).code == 0)
        try FileManager.default.removeItem(atPath: path + "/registry")
        #expect(try DaemonFixture.run(["replay", path + "/log.jsonl"] + config).code == 78)
    }

    @Test func `where an unknown camera is does not depend on how the log is cut`() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let config = try site(
            path,
            """
            feeds:
              - {topic: "north/+/+/+", format: native, place: b1}
              - {topic: "south/+/+/+", format: native, place: b2}
            rules: {throw: {kind: thrown_object, places: [b1]}}

            """)
        let beat = "{\"tst\":1772712930,\"topic\":\"north/t/camera/c\",\"payload\":{\"type\":\"heartbeat\"}}\n"
        let thrown =
            "{\"tst\":1772712931,\"topic\":\"south/t/camera/c\","
            + "\"payload\":{\"type\":\"thrown_object\",\"confidence\":0.9}}\n"
        try write(path + "/ab.jsonl", (beat + thrown).utf8)
        try write(path + "/a.jsonl", beat.utf8)
        try write(path + "/b.jsonl", thrown.utf8)
        let whole = try DaemonFixture.run(["replay", path + "/ab.jsonl", "--alerts", "-"] + config)
        let cut = try DaemonFixture.run(["replay", path + "/a.jsonl", path + "/b.jsonl", "--alerts", "-"] + config)
        #expect(whole.output.contains("\"place\":\"b1\"") && whole.output == cut.output)
    }

    @Test func `a payload that cannot be parsed for a deep pointer is refused, and counts as nothing`() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let config = try site(
            path,
            "feeds: [{topic: \"v/+\", format: mapping, mapping: v.yaml}]\nrules: {throw: {kind: thrown_object}}\n")
        try write(
            path + "/v.yaml",
            "topic: \"v/{d}\"\ndevice: \"{d}\"\nevents: [{kind: motion, as: detection, value: {at: /a/b}}]\n".utf8)
        let line = "{\"tst\":1772712930,\"topic\":\"v/1\",\"payload\":{\"n\":\"\\udc00\",\"a\":{\"b\":0}}}\n"
        try write(path + "/log.jsonl", line.utf8)
        let result = try DaemonFixture.run(["replay", path + "/log.jsonl", "--summary", "json"] + config)
        #expect(
            result.output.contains("\"observations\":0") && result.output.contains("\"bad-payload\":1"), "\(result)")
    }

    @Test func `a time of thirteen digits is milliseconds, and never ends the process`() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let config = try site(
            path,
            "feeds: [{topic: \"community/+/+/+\", format: native}]\nrules: {throw: {kind: thrown_object}}\n")
        let lines = "9999999999999 community/t/elder/p {}\n1772712930116 community/t/elder/p {\"type\":\"motion\"}\n"
        try write(path + "/log.txt", lines.utf8)
        let result = try DaemonFixture.run(["replay", path + "/log.txt"] + config)
        #expect(result.code == 0 && result.output.contains("observations 1"), "\(result)")
    }
}
