import Foundation
import Simulation

/// Programs that are run to their end.
enum Program {
    /// - Returns: the exit code. What it says goes to the file `talk`, or nowhere.
    static func run(_ path: String, _ arguments: [String], talk: String? = nil) throws -> Int32 {
        try ChildProcess(path, arguments, output: talk).wait()
    }

    static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    /// A journal's segment, packed or not.
    static func plainText(_ path: String, in folder: String) throws -> [UInt8] {
        guard path.hasSuffix(".gz") else { return try Array(Data(contentsOf: URL(fileURLWithPath: path))) }
        let plain = folder + "/segment.jsonl"
        try Data().write(to: URL(fileURLWithPath: plain))
        _ = try run("/bin/gzip", ["-dc", path], talk: plain)
        return try Array(Data(contentsOf: URL(fileURLWithPath: plain)))
    }
}
