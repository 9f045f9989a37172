import Foundation

/// Files by their whole path, as tests use them.
enum Files {
    static func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    static func write(_ path: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    static func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }

    /// A fresh copy of a folder; what was there before is gone.
    static func copy(_ folder: String, to path: String) throws {
        if FileManager.default.fileExists(atPath: path) { try remove(path) }
        try FileManager.default.copyItem(atPath: folder, toPath: path)
    }

    /// What gzip itself makes of a file; the file where it is not packed.
    static func unpacked(_ path: String) throws -> [UInt8] {
        guard path.hasSuffix(".gz") else { return try read(path) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = Array(try pipe.fileHandleForReading.readToEnd() ?? Data())
        process.waitUntilExit()
        return process.terminationStatus == 0 ? bytes : []
    }
}
