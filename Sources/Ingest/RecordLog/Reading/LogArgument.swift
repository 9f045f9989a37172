import Glibc

/// One log as it was named on the command line: a file, standard input, or a journal's folder.
package struct LogArgument: Sendable {
    let sources: [LogSource]
    package var paths: [String] { sources.map(\.path) }

    /// A journal, read from a position on, or from its start. Reading on in the middle of a block, what stands of the
    /// block in front of the position is read as well, for the checksum alone.
    package init(journal folder: String, from position: JournalPosition? = nil) throws(LogError) {
        sources = try LogArgument.segments(folder, from: position)
    }

    /// The newest segments of a journal: those that begin within so many bytes of its files from their end.
    package init(newestOf folder: String, bytesMax: Int) throws(LogError) {
        let all = try LogArgument.segments(folder, from: nil)
        var bytes = 0
        var count = 0
        for source in all.reversed() where bytes < bytesMax {
            var status = stat()
            if unsafe stat(source.path, &status) == 0 { bytes += Int(status.st_size) }
            count += 1
        }
        sources = all.suffix(count)
    }

    private static func segments(
        _ folder: String, from position: JournalPosition?
    ) throws(LogError) -> [LogSource] {
        let segments = try JournalFolder.segments(in: folder)
        guard !segments.isEmpty else { throw .noSegments(path: folder) }
        guard let position else { return segments.map { LogSource(path: folder + "/" + $0.name) } }
        let wanted = segments.drop { $0.first < position.segment }
        var sources = wanted.map { LogSource(path: folder + "/" + $0.name) }
        guard let first = wanted.first else { throw .positionGone(folder: folder, position: position) }
        // The position may be the end of a segment that is gone.
        if first.first == position.number { return sources }
        guard first.first == position.segment else { throw .positionGone(folder: folder, position: position) }
        var status = stat()
        if !first.isPacked, unsafe stat(sources[0].path, &status) == 0, status.st_size < position.offset {
            throw .positionGone(folder: folder, position: position)
        }
        sources[0] = LogSource(path: sources[0].path, position: position)
        return sources
    }

    /// - Parameter path: a file, `-`, or a folder with journal segments, which are joined by number.
    package init(path: String) throws(LogError) {
        guard path != "-" else {
            sources = [LogSource(path: path)]
            return
        }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw .cannotOpen(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            guard unsafe access(path, R_OK) == 0 else {
                throw .notReadable(path: path, reason: unsafe String(cString: strerror(errno)))
            }
            sources = [LogSource(path: path)]
            return
        }
        sources = try LogArgument.segments(path, from: nil)
    }

    /// Bytes of text to come, for a progress figure; 0 where it cannot be told without reading (packed, standard
    /// input).
    package var byteCount: Int {
        var sum = 0
        for path in paths {
            var status = stat()
            guard path != "-", !path.hasSuffix(".gz"), unsafe stat(path, &status) == 0 else { return 0 }
            sum += Int(status.st_size)
        }
        return sum
    }

    /// What the log is, where it is none, as far as that can be told before reading it: of files, not of pipes.
    package func foreignForm() -> (path: String, form: ForeignForm)? {
        for source in sources where source.segment == nil && source.path != "-" {
            var status = stat()
            guard unsafe stat(source.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            do throws(LogError) {
                if let form = try LogFile(path: source.path).form() { return (source.path, form) }
            } catch {
                // Told where it is read.
                continue
            }
        }
        return nil
    }

    /// The stamp at which the first record counts, or the smallest number where it cannot be told without reading
    /// further.
    func firstStamp() -> Int64 {
        guard let first = sources.first, first.path != "-" else { return Int64.min }
        // As much as mostly has the records by which the first stamp is believed.
        let cutter = ChunkCutter(sources: [first], chunkSize: 1 << 18)
        let filter = LeapFilter<FirstStamp>(transform: FirstStamp.init) {
            cutter.next().map { Unsettled($0, FirstStamp($0.verified())) }
        }
        guard let chunk = filter.next() else { return Int64.max }
        return chunk.stamp ?? Int64.min
    }
}

/// All that is wanted of a chunk to know where its log begins.
private struct FirstStamp: StampedBatch {
    private(set) var stamp: Int64?

    var recordCount: Int { stamp == nil ? 0 : 1 }
    func stamp(at index: Int) -> Int64 { stamp ?? Int64.min }

    init(_ chunk: Chunk) {
        stamp = chunk.read(with: JSONParser()) { reader in
            var first: Int64?
            while true {
                switch reader.next() {
                case .record:
                    if first == nil { first = reader.record.stampMicroseconds }
                    // The rest is read for the spread of its stamps alone.
                    if chunk.spread == nil { return first }
                case .refused: continue
                case .end: return first
                }
            }
        }
    }
}
