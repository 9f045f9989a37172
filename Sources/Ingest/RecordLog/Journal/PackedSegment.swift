import CZlib
import FileIO
import Glibc
import Timekeeping

/// A closed segment as gzip: members of whole blocks of about 1 MiB, each with its own packed length in the header's
/// extra field (subfield `SW`, four bytes, little endian), so that a reader finds a member without unpacking those
/// before it. `zcat` reads it as any other.
enum PackedSegment {
    /// Unpacked bytes of a member, about.
    static let memberSize = 1 << 20
    /// Where a member's packed length stands: behind ten bytes of gzip header, the extra field's length, `SW` and the
    /// subfield's length.
    private static let lengthAt = 16

    /// What its last member says.
    struct End {
        var size: Int64
        var nextNumber: Int64
        var lastStamp: Instant?
        var isClosed: Bool
    }

    /// Counts the records, which takes unpacking all.
    /// - Returns: nil where the file cannot be read to its end.
    static func end(of path: String) -> End? {
        guard let first = LogSource(path: path).segment else { return nil }
        let cutter = ChunkCutter(paths: [path], chunkSize: 4 * memberSize)
        var end = End(size: 0, nextNumber: first, isClosed: false)
        while let next = cutter.next() {
            guard !next.problems.contains(where: { $0.code == "damaged" || $0.code == "cannot-open" }) else {
                return nil
            }
            let chunk = next.verified()
            let lines = unsafe chunk.bytes.withUnsafeBufferPointer {
                unsafe UnsafeBufferPointer(rebasing: $0[..<chunk.length]).lineFeedCount()
            }
            end.size += Int64(chunk.length)
            end.nextNumber = (chunk.firstNumber ?? end.nextNumber) + Int64(lines)
            end.lastStamp = chunk.lastStamp() ?? end.lastStamp
            end.isClosed = unsafe chunk.bytes.withUnsafeBufferPointer { bytes in
                let last = unsafe BlockChecksum.last(in: UnsafeBufferPointer(rebasing: bytes[..<chunk.length]))
                return last?.end == chunk.length && last?.sum.isClosing == true
            }
        }
        return end
    }

    /// The stamp of a segment's last record, plain or packed; reads its end alone where it was packed in members.
    static func lastStamp(of path: String) -> Instant? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { Glibc.close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        guard path.hasSuffix(".gz") else {
            return SegmentTail.read(descriptor, size: size, first: 1)?.lastStamp
        }
        guard let start = lastMember(descriptor, size: size) else { return end(of: path)?.lastStamp }
        let file: LogFile
        do throws(LogError) { file = try LogFile(path: path, from: start) } catch { return nil }
        var text: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 18)
        while case .bytes(let n) = unsafe room.withUnsafeMutableBufferPointer({ unsafe file.read(into: $0) }) {
            text.append(contentsOf: room[..<n])
        }
        return Chunk(text: text, file: path).lastStamp()
    }

    /// - Returns: nil where the file was not packed in members.
    private static func lastMember(_ descriptor: Int32, size: Int) -> Int? {
        var at = 0
        while at < size {
            guard let length = memberLength(descriptor, at: at), at + length <= size else { return nil }
            if at + length == size { return at }
            at += length
        }
        return nil
    }

    /// The packed length that a member's header tells; nil where none starts there that does.
    static func memberLength(_ descriptor: Int32, at start: Int) -> Int? {
        var head = [UInt8](repeating: 0, count: lengthAt + 4)
        let n = unsafe head.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, start) }
        guard n == head.count, head[0] == 0x1F, head[1] == 0x8B, head[3] == 4, head[12...13].elementsEqual("SW".utf8)
        else { return nil }
        let length = head[lengthAt...].reversed().reduce(0) { $0 << 8 | Int($1) }
        return length > head.count ? length : nil
    }

    /// Packs a segment into a file that must not exist yet, and syncs it.
    /// - Parameters:
    ///   - level: of zlib, 1…9.
    ///   - isCancelled: asked before each member.
    /// - Returns: false where it was cancelled: the file is then not whole.
    @discardableResult
    static func pack(
        _ plain: String, into packed: String, level: Int32, isCancelled: () -> Bool = { false }
    ) throws(JournalError) -> Bool {
        let source: LogFile
        do throws(LogError) { source = try LogFile(path: plain) } catch { throw .last(plain, "open") }
        let target = unsafe open(packed, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard target >= 0 else { throw .last(packed, "make") }
        defer { Glibc.close(target) }
        var text: [UInt8] = []
        var room = [UInt8](repeating: 0, count: memberSize)
        while true {
            let chunk = unsafe room.withUnsafeMutableBufferPointer { unsafe source.read(into: $0) }
            switch chunk {
            case .bytes(let n): text.append(contentsOf: room[..<n])
            case .failed, .foreign: throw JournalError(path: plain, step: "read", code: EIO)
            case .end:
                if !text.isEmpty { try write(try member(text, level, packed), to: target, packed) }
                guard fsync(target) == 0 else { throw .last(packed, "sync") }
                return true
            }
            guard text.count >= memberSize else { continue }
            if isCancelled() { return false }
            let end = unsafe text.withUnsafeBufferPointer { unsafe BlockChecksum.last(in: $0)?.end } ?? text.count
            try write(try member(Array(text[..<end]), level, packed), to: target, packed)
            text.removeFirst(end)
        }
    }

    private static func write(_ bytes: [UInt8], to target: Int32, _ path: String) throws(JournalError) {
        let failure = FileWriting.all(bytes, to: target)
        guard failure == 0 else { throw JournalError(path: path, step: "write", code: failure) }
    }

    private static func member(_ text: [UInt8], _ level: Int32, _ path: String) throws(JournalError) -> [UInt8] {
        // zlib keeps a pointer back to its stream, so it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        defer { unsafe stream.deallocate() }
        guard unsafe shouwang_gzip_start(stream, level) == Z_OK else {
            throw JournalError(path: path, step: "pack", code: ENOMEM)
        }
        defer { unsafe deflateEnd(stream) }
        var header = unsafe gz_header()
        var extra: [UInt8] = Array("SW".utf8) + [4, 0, 0, 0, 0, 0]
        var input = text
        // Sound: zlib uses these buffers during these calls alone, and its bound is for all of the input.
        var packed = unsafe extra.withUnsafeMutableBufferPointer { extra in
            unsafe input.withUnsafeMutableBufferPointer { input in
                unsafe withUnsafeMutablePointer(to: &header) { header in
                    unsafe header.pointee.extra = extra.baseAddress
                    unsafe header.pointee.extra_len = UInt32(extra.count)
                    unsafe deflateSetHeader(stream, header)
                    unsafe stream.pointee.next_in = input.baseAddress
                    unsafe stream.pointee.avail_in = UInt32(input.count)
                    let bound = unsafe Int(deflateBound(stream, UInt(input.count)))
                    return unsafe [UInt8](unsafeUninitializedCapacity: bound) { out, count in
                        unsafe stream.pointee.next_out = out.baseAddress
                        unsafe stream.pointee.avail_out = UInt32(bound)
                        let isWhole = unsafe deflate(stream, Z_FINISH) == Z_STREAM_END
                        count = isWhole ? unsafe Int(stream.pointee.total_out) : 0
                    }
                }
            }
        }
        guard packed.count > lengthAt + 4 else { throw JournalError(path: path, step: "pack", code: EIO) }
        for byte in 0..<4 { packed[lengthAt + byte] = UInt8(truncatingIfNeeded: packed.count >> (8 * byte)) }
        return packed
    }
}
