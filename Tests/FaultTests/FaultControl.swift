import Foundation

/// The file through which a test tells the shim inside the daemon what to do (Tests/CFaultShim): slots of 64 bits.
struct FaultControl: Sendable {
    enum Slot: Int {
        /// So many calls of fdatasync and fsync fail with EIO.
        case syncsToFail = 0
        /// write, ftruncate and opening for writing fail with this errno; 0: none.
        case writeError = 1
        /// Added to the wall clock, ms.
        case clockOffset = 2
        /// Counted by the shim: syncs that failed; syncs of a file whose sync had failed before; writes that failed.
        case syncsFailed = 3
        case syncsRetried = 4
        case writesFailed = 5
        /// At this step of an act the process is killed (the steps of faultcontrol.h, 1 to 7); 0: never.
        case killStep = 6
        /// The last step that was passed; to be set to 0 before an act.
        case stepReached = 7
    }

    private static let substringAt = 128
    private static let size = 4096
    private let path: String

    /// - Parameter substring: faults hit the files whose path contains it.
    init(path: String, substring: String) throws {
        self.path = path
        var bytes = Data(count: FaultControl.size)
        bytes.replaceSubrange(
            FaultControl.substringAt..<FaultControl.substringAt + substring.utf8.count, with: substring.utf8)
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    /// What the daemon's environment needs.
    func environment() throws -> [String] {
        guard let shim = Site.beside("libFaultShim.so") else {
            throw LoopStore.Failure(description: "libFaultShim.so is not beside the tests")
        }
        return ["LD_PRELOAD=\(shim)", "SHOUWANG_FAULTS=\(path)"]
    }

    /// The file and the shim's mapping are the same memory.
    func set(_ slot: Slot, _ value: Int64) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seek(toOffset: UInt64(slot.rawValue * 8))
        try file.write(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
        try file.close()
    }

    func get(_ slot: Slot) -> Int64 {
        let bytes = FileManager.default.contents(atPath: path)?.dropFirst(slot.rawValue * 8).prefix(8) ?? Data()
        return bytes.enumerated().reduce(0) { $0 | Int64($1.element) << ($1.offset * 8) }
    }
}
