import Glibc

/// The journal's folder: segments named by the number of their first record, twenty digits and `.jsonl` (`.jsonl.gz`
/// once they are closed and packed), so that the order of the names is the order of the records.
package enum JournalFolder {
    package struct Segment: Equatable, Sendable {
        package var first: Int64
        package var name: String
    }

    package static func name(first: Int64) -> String {
        let digits = String(first)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".jsonl"
    }

    /// The segments in order; a packed one whose plain one still stands beside it is left out, since packing was not
    /// finished.
    package static func segments(in folder: String) throws(LogError) -> [Segment] {
        guard let directory = unsafe opendir(folder) else {
            throw .cannotOpen(path: folder, reason: unsafe String(cString: strerror(errno)))
        }
        defer { unsafe closedir(directory) }
        var found: [Int64: String] = [:]
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard name.hasSuffix(".jsonl") || name.hasSuffix(".jsonl.gz"), let first = Int64(name.prefix(20)) else {
                continue
            }
            if name.hasSuffix(".gz"), found[first] != nil { continue }
            found[first] = name
        }
        return found.map { Segment(first: $0.key, name: $0.value) }.sorted { $0.first < $1.first }
    }
}
