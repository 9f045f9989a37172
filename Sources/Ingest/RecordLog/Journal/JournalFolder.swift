import FileIO
import Glibc

/// The journal's folder: segments named by the number of their first record, twenty digits and `.jsonl` (`.jsonl.gz`
/// once they are closed and packed), so that the order of the names is the order of the records.
package enum JournalFolder {
    package struct Segment: Equatable, Sendable {
        package var first: Int64
        package var name: String
        var isPacked: Bool { name.hasSuffix(".gz") }
    }

    package static func name(first: Int64) -> String {
        let digits = String(first)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".jsonl"
    }

    /// The number in a segment's name; nil where the name is no segment's.
    static func first(ofName name: some StringProtocol) -> Int64? {
        let stem = name.hasSuffix(".gz") ? name.dropLast(3) : name[...]
        guard stem.utf8.count == 26, stem.hasSuffix(".jsonl"), let first = Int64(stem.prefix(20)), first > 0 else {
            return nil
        }
        return first
    }

    /// The segments in order; a packed one whose plain one still stands beside it is left out, since packing was not
    /// finished.
    package static func segments(in folder: String) throws(LogError) -> [Segment] {
        var found: [Int64: String] = [:]
        for name in try names(in: folder) {
            guard let first = JournalFolder.first(ofName: name) else { continue }
            if name.hasSuffix(".gz"), found[first] != nil { continue }
            found[first] = name
        }
        return found.map { Segment(first: $0.key, name: $0.value) }.sorted { $0.first < $1.first }
    }

    /// Makes names that were made, changed or removed durable.
    static func sync(_ folder: String) throws(JournalError) {
        let failure = FileWriting.sync(folder)
        guard failure == 0 else { throw JournalError(path: folder, step: "sync the folder", code: failure) }
    }

    /// The names of all files in the folder.
    static func names(in folder: String) throws(LogError) -> [String] {
        guard let directory = unsafe opendir(folder) else {
            throw .cannotOpen(path: folder, reason: unsafe String(cString: strerror(errno)))
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            names.append(
                unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                    unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
                })
        }
        return names
    }
}
