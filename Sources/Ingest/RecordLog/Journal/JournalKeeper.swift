import FileIO
import Glibc
package import Timekeeping

/// Keeps the journal within its bounds: packs closed segments and removes the oldest. Called from a thread of its own,
/// beside a writer and any number of readers: it never touches the newest segment, and a reader that finds a segment
/// packed under its hands opens the packed form.
package struct JournalKeeper: Sendable {
    /// Segments older than this go: now less the stamp of their last record.
    package var keep: Milliseconds
    /// Bytes on disk above which the oldest go.
    package var max: Int64
    /// Of zlib. 1 is the fastest; a higher one saves a few hundredths of the disk.
    static let level: Int32 = 1

    package struct Removed: Equatable, Sendable {
        package var name: String
        package var first: Int64
        package var last: Int64
        package var bytes: Int64
    }

    package struct Report: Equatable, Sendable {
        /// Names of the segments that were packed, as they were before.
        package var packed: [String] = []
        package var removed: [Removed] = []
        /// On disk, all segments together, at the end.
        package var bytesNow: Int64 = 0
        /// What could not be packed or removed; tried again by the next call.
        package var failures: [JournalError] = []
    }

    private let folder: String

    package init(folder: String, keep: Milliseconds, max: Int64) {
        self.folder = folder
        self.keep = keep
        self.max = max
    }

    /// Packs what is closed, then removes what is too old or too much.
    /// - Parameters:
    ///   - now: by the clock that stamps records.
    ///   - protectedFrom: no segment with this record or a later one is removed.
    ///   - isCancelled: asked between chunks of a segment, tenths of a second each on slow flash.
    /// - Throws: where the folder cannot be listed.
    package func run(
        now: Instant, protectedFrom: Int64, isCancelled: () -> Bool = { false }
    ) throws(LogError) -> Report {
        var report = Report()
        removeLeftovers(try JournalFolder.names(in: folder), &report)
        for segment in try JournalFolder.segments(in: folder).dropLast() where !segment.isPacked && !isCancelled() {
            do throws(JournalError) {
                if try pack(segment.name, isCancelled) { report.packed.append(segment.name) }
            } catch {
                // A full disk fails here, and is helped below.
                report.failures.append(error)
                _ = unsafe unlink(path(segment.name) + ".gz.tmp")
                break
            }
        }
        try removeOldest(now, protectedFrom, &report)
        return report
    }

    private func path(_ name: String) -> String { folder + "/" + name }

    /// What a crash left: a segment half packed, and the plain form of one whose packed form has its name already.
    private func removeLeftovers(_ names: [String], _ report: inout Report) {
        let all = Set(names)
        for name in names {
            let isHalf = name.hasSuffix(".jsonl.gz.tmp")
            let isPacked = JournalFolder.first(ofName: name) != nil && all.contains(name + ".gz")
            if isHalf || isPacked, unsafe unlink(path(name)) != 0 {
                report.failures.append(.last(path(name), "remove"))
            }
        }
    }

    /// Each step is durable before the next, so that one whole form of the segment stands whenever the power goes.
    /// - Returns: false where it was cancelled.
    private func pack(_ name: String, _ isCancelled: () -> Bool) throws(JournalError) -> Bool {
        let packed = path(name) + ".gz"
        guard
            try PackedSegment.pack(
                path(name), into: packed + ".tmp", level: JournalKeeper.level, isCancelled: isCancelled)
        else {
            unsafe unlink(packed + ".tmp")
            return false
        }
        let failure = FileWriting.move(packed + ".tmp", to: packed)
        guard failure == 0 else { throw JournalError(path: packed, step: "rename", code: failure) }
        guard unsafe unlink(path(name)) == 0 else { throw .last(path(name), "remove") }
        try JournalFolder.sync(folder)
        return true
    }

    private func removeOldest(_ now: Instant, _ protectedFrom: Int64, _ report: inout Report) throws(LogError) {
        let segments = try JournalFolder.segments(in: folder)
        let sizes = segments.map { size($0.name) }
        report.bytesNow = sizes.reduce(0, +)
        for index in segments.indices.dropLast() {
            let segment = segments[index]
            let last = segments[index + 1].first - 1
            guard last < protectedFrom else { break }
            // One whose end cannot be read is taken for young: it goes by size at the latest.
            let age = PackedSegment.lastStamp(of: path(segment.name)).map { now - $0 } ?? .zero
            guard age > keep || report.bytesNow > max else { break }
            guard unsafe unlink(path(segment.name)) == 0 else {
                report.failures.append(.last(path(segment.name), "remove"))
                break
            }
            report.bytesNow -= sizes[index]
            report.removed.append(
                Removed(name: segment.name, first: segment.first, last: last, bytes: sizes[index]))
        }
        guard !report.removed.isEmpty else { return }
        do throws(JournalError) { try JournalFolder.sync(folder) } catch { report.failures.append(error) }
    }

    private func size(_ name: String) -> Int64 {
        var status = stat()
        return unsafe stat(path(name), &status) == 0 ? Int64(status.st_size) : 0
    }
}
