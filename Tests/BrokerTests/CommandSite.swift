import Foundation
import Testing

/// A folder with a small site and a log of two calls for help, and a shell to run commands in it.
final class CommandSite: Sendable {
    let folder: String

    static let log = [line("08:00:00", "sos"), line("08:00:30", "motion"), line("09:30:00", "sos")].joined()

    static func line(_ time: String, _ type: String, day: String = "2026-03-05") -> String {
        "{\"tst\":\"\(day)T\(time).000000Z+0000\",\"topic\":\"community/t/elder/b-1\",\"qos\":1,\"retain\":0,"
            + "\"mid\":1,\"payload\":{\"type\":\"\(type)\"}}\n"
    }

    /// - Parameter more: lines of the configuration besides those that each has.
    init(_ more: String = "channels: {board: {kind: mqtt}}\nroutes: [{match: {}, to: [board]}]\n") throws {
        folder = FileManager.default.temporaryDirectory.path + "/shouwang-command-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/registry", withIntermediateDirectories: true)
        try write(
            "site.yaml",
            """
            site: {id: t, name: t, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1:1", client_id: t, qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state/}
            rules: {sos: {kind: sos}}
            \(more)
            """)
        try write("registry/places.csv", "id,kind\nb1,building\n")
        try write("registry/devices.csv", "id,place,family,kind\nb-1,b1,elder,button\n")
        try write("registry/residents.csv", "id,dwelling\nr1,b1/1/101\n")
        try write("registry/workers.csv", "id,name,role\nw1,x,guard\n")
        try write("log.jsonl", CommandSite.log)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record("\(folder) stays: \(error)") }
    }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)), as: UTF8.self)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: folder + "/" + name) }
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder + "/" + name) }
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } }

    /// Runs a line of the shell in the folder; `$S` is the program.
    /// - Returns: the shell's exit code, standard output and standard error.
    @discardableResult
    func shell(_ line: String, input: String = "") throws -> (code: Int32, output: String, talk: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", line]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ["S": DaemonFixture.program, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"]
        return try process.outcome(of: input)
    }
}
