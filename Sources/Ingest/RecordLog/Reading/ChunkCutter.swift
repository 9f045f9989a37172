import CSIMDJSON

/// Cuts the text of a log (one file, or the segments of a journal one after another) into chunks at line ends; that of
/// a journal behind its checksums, so that each chunk has whole blocks.
final class ChunkCutter {
    private var sources: [LogSource]
    private var file: OpenFile?
    /// The start of a line, or of a block, whose end has not been read yet.
    private var carry: [UInt8] = []
    private let size: Int
    private let pool: ReaderPool?

    /// What is known of the file that is being read.
    private struct OpenFile {
        var log: LogFile
        /// Lines in front of the next chunk.
        var lines = 0
        var segment: Int64?
        /// Whether the segment has checksums; known with its first line.
        var hasSums = false
        /// Bytes of the segment in front of the next chunk.
        var offset: Int64 = 0
        /// See `Chunk.Blocks`.
        var seed: UInt32? = 0
    }

    /// - Parameter pool: see ``LogFile``.
    init(sources: [LogSource], chunkSize: Int, pool: ReaderPool? = nil) {
        self.sources = sources.reversed()
        size = chunkSize
        self.pool = pool
    }

    convenience init(paths: [String], chunkSize: Int) {
        self.init(sources: paths.map { LogSource(path: $0) }, chunkSize: chunkSize)
    }

    /// - Returns: the next chunk; nil at the end of the last file.
    func next() -> Chunk? {
        while true {
            if file == nil {
                guard let source = sources.popLast() else { return nil }
                if let trouble = open(source) { return trouble }
            }
            if let chunk = fill() { return chunk }
            file = nil
        }
    }

    /// - Returns: a chunk that tells why the file cannot be read; nil where it can.
    private func open(_ source: LogSource) -> Chunk? {
        var current: OpenFile
        do throws(LogError) {
            current = OpenFile(log: try LogFile(path: source.path, pool: pool))
        } catch {
            guard let other = source.otherPath, let log = opened(other) else {
                return ChunkCutter.empty(source.path, Refusal(line: 0, code: "cannot-open", detail: "\(error)"))
            }
            current = OpenFile(log: log)
        }
        current.segment = source.segment
        if let segment = source.segment {
            current.lines = Int(source.number - segment)
            current.hasSums = true
        }
        if source.offset > 0 {
            let before = current.log.skip(source.offset, keeping: 2 * BlockChecksum.blockMax)
            guard let before else {
                let detail = "the segment ends before byte \(source.offset)"
                return ChunkCutter.empty(source.path, Refusal(line: 0, code: "damaged", detail: detail))
            }
            current.offset = source.offset
            current.seed = unsafe before.withUnsafeBufferPointer { bytes in
                if let last = unsafe BlockChecksum.last(in: bytes) {
                    return unsafe Checksum.crc32c(UnsafeBufferPointer(rebasing: bytes[last.end...]))
                }
                return unsafe before.count == source.offset ? Checksum.crc32c(bytes) : nil
            }
        }
        file = current
        return nil
    }

    private func opened(_ path: String) -> LogFile? {
        do throws(LogError) { return try LogFile(path: path, pool: pool) } catch { return nil }
    }

    private static func empty(_ name: String, _ refusal: Refusal) -> Chunk {
        Chunk(
            bytes: [UInt8](repeating: 0, count: Int(CSJ_PADDING)), length: 0, file: name, linesBefore: 0,
            problems: [refusal])
    }

    /// Reads one chunk's worth; nil where the file has ended and nothing is left of it.
    private func fill() -> Chunk? {
        guard let log = file?.log else { return nil }
        var target = max(size, carry.count * 2)
        var problems: [Refusal] = []
        while true {
            var (bytes, length, ended) = read(target, from: log, &problems)
            if ended, file?.segment != nil {
                // What has no line feed is not the journal's: the writer cuts it off.
                while length > 0, bytes[length - 1] != 0x0A { length -= 1 }
            }
            if length == 0, problems.isEmpty { return nil }
            if file?.offset == 0, file?.hasSums == true { file?.hasSums = !ChunkCutter.isFirstVersion(bytes) }
            guard let end = end(of: bytes, length, ended: ended) else {
                // A line or a block longer than the chunk: read on with more room.
                carry = Array(bytes[..<length])
                target *= 2
                continue
            }
            if end == 0, !ended { return skipLine(problems) }
            if !ended { carry = Array(bytes[end..<length]) }
            for i in end..<bytes.count { bytes[i] = 0 }
            return chunk(bytes, end, problems)
        }
    }

    private func read(
        _ target: Int, from log: LogFile, _ problems: inout [Refusal]
    ) -> (bytes: [UInt8], length: Int, ended: Bool) {
        var length = 0
        var ended = false
        let kept = carry
        carry = []
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: target + Int(CSJ_PADDING)) { buffer, count in
            unsafe _ = buffer.update(fromContentsOf: kept)
            length = kept.count
            while length < target, !ended {
                let room = unsafe UnsafeMutableBufferPointer(rebasing: buffer[length..<target])
                switch unsafe log.read(into: room) {
                case .bytes(let n): length += n
                case .end: ended = true
                case .failed(let reason):
                    ended = true
                    problems.append(Refusal(line: 0, code: "damaged", detail: reason))
                case .foreign(let form):
                    ended = true
                    problems.append(
                        Refusal(line: 0, code: Refusal.notALog, detail: "the file is \(form.name); \(form.remedy)"))
                }
            }
            unsafe (buffer.baseAddress.map { unsafe $0 + length })?.update(repeating: 0, count: Int(CSJ_PADDING))
            count = length + Int(CSJ_PADDING)
        }
        return (bytes, length, ended)
    }

    /// Where the chunk ends: behind the last sum, behind the last line feed where there are no sums, or at the file's
    /// end. 0 where one line is longer than a line may be; nil where more must be read to know.
    private func end(of bytes: [UInt8], _ length: Int, ended: Bool) -> Int? {
        if ended { return length }
        let blocksMax = Chunk.lineMax + 2 * BlockChecksum.blockMax
        if file?.hasSums == true {
            let last = unsafe bytes.withUnsafeBufferPointer {
                unsafe BlockChecksum.last(in: .init(rebasing: $0[..<length]))
            }
            if let last { return last.end }
            // So long without a sum: those that should be there are damaged.
            if length < blocksMax { return nil }
        }
        var end = length
        while end > 0, bytes[end - 1] != 0x0A { end -= 1 }
        return end == 0 && length < Chunk.lineMax ? nil : end
    }

    /// The first version's segments have no sums.
    private static func isFirstVersion(_ bytes: [UInt8]) -> Bool {
        let header = bytes.prefix(256).prefix { $0 != 0x0A }
        return String(decoding: header, as: UTF8.self).hasSuffix("\"version\":1}}")
    }

    private func chunk(_ bytes: [UInt8], _ end: Int, _ problems: [Refusal]) -> Chunk {
        guard var current = file else { preconditionFailure("a chunk is cut from an open file") }
        let lines = unsafe bytes.withUnsafeBufferPointer {
            unsafe UnsafeBufferPointer(rebasing: $0[..<end]).lineFeedCount()
        }
        var blocks: Chunk.Blocks?
        if current.hasSums, let segment = current.segment {
            blocks = Chunk.Blocks(segment: segment, offset: current.offset, seed: current.seed)
        }
        let chunk = Chunk(
            bytes: bytes, length: end, file: current.log.name, linesBefore: current.lines, problems: problems,
            firstNumber: current.segment.map { $0 + Int64(current.lines) }, blocks: blocks,
            spread: current.segment == nil ? SpreadBox() : nil)
        current.lines += lines
        current.offset += Int64(end)
        if let segment = current.segment, current.hasSums {
            let last = unsafe bytes.withUnsafeBufferPointer {
                unsafe BlockChecksum.last(in: .init(rebasing: $0[..<end]))
            }
            current.seed = last?.end == end ? 0 : nil
            // Where numbers and lines have parted, by a damaged line feed or a damaged number, the chunk is looked at
            // more closely here, once, so that the next one starts with the right number.
            if let last, last.sum.number != segment + Int64(current.lines) - 1 {
                let checked = chunk.verified()
                current.lines = unsafe checked.bytes.withUnsafeBufferPointer {
                    unsafe checked.linesBefore + UnsafeBufferPointer(rebasing: $0[..<end]).lineFeedCount()
                }
            }
        }
        file = current
        return chunk
    }

    /// Reads on to the end of a line that is too long; what stands behind it is kept.
    private func skipLine(_ problems: [Refusal]) -> Chunk? {
        guard var current = file else { return nil }
        let refusal = Refusal(
            line: 1, code: "line-too-long", detail: "a line of more than \(Chunk.lineMax >> 20) MiB")
        let chunk = Chunk(
            bytes: [UInt8](repeating: 0, count: Int(CSJ_PADDING)), length: 0, file: current.log.name,
            linesBefore: current.lines, problems: problems + [refusal])
        current.lines += 1
        current.seed = nil
        file = current
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let block = unsafe room.withUnsafeMutableBufferPointer { unsafe current.log.read(into: $0) }
            guard case .bytes(let n) = block else { return chunk }
            if let newline = room[..<n].firstIndex(of: 0x0A) {
                carry = Array(room[(newline + 1)..<n])
                return chunk
            }
        }
    }
}
