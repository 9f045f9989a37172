import CSIMDJSON
import CZlib
import FileIO
import Glibc

/// The bytes of one file or of standard input, unpacked if they are gzip, one after another.
final class LogFile {
    let name: String
    private let descriptor: Int32
    private var inflater: Inflater?
    /// While the file is read in members, by several threads.
    private var members: GzipMemberReader?
    private let pool: ReaderPool?
    private let first: Int
    private var isFirst = true
    /// What failed is told once; behind it the log is at its end.
    private var hasFailed = false
    /// Read already, before it was known whether the file is packed.
    private var ahead: [UInt8] = []
    /// The beginning of the text, looked at and not handed over yet, and what stopped the reading of it.
    private var head: [UInt8] = []
    private var headStop: ReadBlock?
    private var isHeadRead: Bool

    /// - Parameters:
    ///   - path: a file, or `-` for standard input.
    ///   - start: bytes of the file, as it lies on disk, to leave out: up to the start of a gzip member.
    ///   - pool: what may unpack several members at once; none for standard input, which cannot be read by offset.
    init(path: String, from start: Int = 0, pool: ReaderPool? = nil) throws(LogError) {
        name = path == "-" ? "<stdin>" : path
        self.pool = path == "-" ? nil : pool
        first = start
        isHeadRead = start > 0
        descriptor = path == "-" ? 0 : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: unsafe String(cString: strerror(errno))) }
        if start > 0, lseek(descriptor, start, SEEK_SET) != start {
            let reason = unsafe String(cString: strerror(errno))
            close(descriptor)
            throw .notReadable(path: path, reason: reason)
        }
        if path != "-" { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
    }

    deinit { if descriptor > 0 { close(descriptor) } }

    enum ReadBlock {
        case bytes(Int)
        case end
        case failed(String)
        /// It is no log: nothing of it is read.
        case foreign(ForeignForm)
    }

    /// What the file is, where it is no log. To be called before the first read.
    func form() -> ForeignForm? {
        readHead()
        if case .foreign(let form)? = headStop { return form }
        return nil
    }

    /// Reads up to `room.count` bytes of the log's text.
    func read(into room: UnsafeMutableBufferPointer<UInt8>) -> ReadBlock {
        if hasFailed { return .end }
        if !isHeadRead { readHead() }
        if !head.isEmpty {
            let count = min(head.count, room.count)
            unsafe head.withUnsafeBufferPointer { head in
                _ = unsafe room.update(fromContentsOf: UnsafeBufferPointer(rebasing: head[..<count]))
            }
            head.removeFirst(count)
            return .bytes(count)
        }
        let chunk = if let headStop { headStop } else { unsafe unpacked(into: room) }
        switch chunk {
        case .failed, .foreign: hasFailed = true
        case .bytes, .end: break
        }
        return chunk
    }

    /// Looks at the beginning of the text: whether it is one, and whether it has a byte order mark, which is left out.
    private func readHead() {
        guard !isHeadRead else { return }
        isHeadRead = true
        fillHead(to: ForeignForm.headMax)
        if let form = ForeignForm.of(head), !isDamagedLog(form) {
            head = []
            headStop = .foreign(form)
        } else if head.starts(with: [0xEF, 0xBB, 0xBF]) {
            head.removeFirst(3)
        }
    }

    private func fillHead(to size: Int) {
        var have = head.count
        head.append(contentsOf: repeatElement(0, count: size - have))
        while have < size, headStop == nil {
            let chunk = unsafe head.withUnsafeMutableBufferPointer {
                unsafe unpacked(into: UnsafeMutableBufferPointer(rebasing: $0[have...]))
            }
            if case .bytes(let count) = chunk { have += count } else { headStop = chunk }
        }
        head.removeLast(size - have)
    }

    /// Whether records stand behind a beginning that looks random: a damaged sector costs its lines alone.
    private func isDamagedLog(_ form: ForeignForm) -> Bool {
        guard form == .binary else { return false }
        fillHead(to: ForeignForm.headMax + ForeignForm.searchMax)
        return ForeignForm.hasRecord(head[...])
    }

    /// Goes to a place in the log's text. To be called before the first read.
    /// - Returns: what stands in front of it, at most `kept` bytes; nil where the log is shorter or cannot be read.
    func skip(_ count: Int64, keeping kept: Int) -> [UInt8]? {
        // Places are counted in what was written, so nothing of it may be left out.
        isHeadRead = true
        var left = count
        let start = max(0, count - Int64(kept))
        var before: [UInt8] = []
        if !isPacked(), !hasFailed, lseek(descriptor, Int(start), SEEK_SET) == Int(start) {
            ahead = []
            left -= start
        }
        var room = [UInt8](repeating: 0, count: 1 << 18)
        while left > 0 {
            let wanted = Int(min(left, Int64(room.count)))
            let chunk = unsafe room.withUnsafeMutableBufferPointer {
                unsafe read(into: UnsafeMutableBufferPointer(rebasing: $0[..<wanted]))
            }
            guard case .bytes(let n) = chunk else { return nil }
            left -= Int64(n)
            before.append(contentsOf: room[..<n])
            if before.count > 2 * kept + room.count { before.removeFirst(before.count - kept) }
        }
        return Array(before.suffix(kept))
    }

    private func unpacked(into room: UnsafeMutableBufferPointer<UInt8>) -> ReadBlock {
        if let reason = start() { return .failed(reason) }
        if let members {
            let count = unsafe members.read(into: room)
            if count > 0 { return .bytes(count) }
            self.members = nil
            ahead = []
            guard lseek(descriptor, members.end, SEEK_SET) == members.end else {
                return .failed(unsafe String(cString: strerror(errno)))
            }
            inflater = Inflater(after: members.unpacked)
        }
        if let inflater {
            return unsafe inflater.read(into: room) { unsafe self.raw(into: $0) }
        }
        return unsafe raw(into: room)
    }

    /// Looks at the first bytes: whether the file is packed.
    /// - Returns: why they cannot be read.
    private func start() -> String? {
        guard isFirst else { return nil }
        isFirst = false
        ahead = [0, 0]
        var have = 0
        while have < 2 {
            let n = unsafe ahead.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + have }, 2 - have)
            }
            if n < 0 { return unsafe String(cString: strerror(errno)) }
            if n == 0 { break }
            have += n
        }
        ahead.removeLast(2 - have)
        if ahead == [0x1F, 0x8B] {
            inflater = Inflater()
            if let pool, pool.queues.count > 1 {
                members = GzipMemberReader(descriptor: descriptor, start: first, pool: pool)
            }
        }
        return nil
    }

    private func isPacked() -> Bool {
        hasFailed = start() != nil
        return inflater != nil
    }

    private func raw(into room: UnsafeMutableBufferPointer<UInt8>) -> ReadBlock {
        if !ahead.isEmpty {
            let n = min(ahead.count, room.count)
            for i in 0..<n { unsafe room[i] = ahead[i] }
            ahead.removeFirst(n)
            return .bytes(n)
        }
        let n = unsafe FileReading.part(of: descriptor, into: UnsafeMutableRawBufferPointer(room))
        if n < 0 { return .failed(FileWriting.reason(errno)) }
        return n == 0 ? .end : .bytes(n)
    }
}

/// Unpacks gzip, several members in one file included (rotated logs are joined with `cat`).
@safe private final class Inflater {
    /// zlib keeps a pointer back to its stream, so it must not move; freed with this object.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private var atMemberEnd: Bool
    private var unpacked: UInt64

    /// - Parameter unpacked: bytes of text of the members in front of the first that this is to read.
    init(after unpacked: Int = 0) {
        atMemberEnd = unpacked > 0
        self.unpacked = UInt64(unpacked)
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        unsafe input = .allocate(capacity: 1 << 16)
        unsafe input.initialize(repeating: 0)
        _ = unsafe shouwang_inflate_start(stream)
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
        unsafe input.deallocate()
    }

    func read(
        into room: UnsafeMutableBufferPointer<UInt8>,
        from source: (UnsafeMutableBufferPointer<UInt8>) -> LogFile.ReadBlock
    ) -> LogFile.ReadBlock {
        unsafe stream.pointee.next_out = room.baseAddress
        unsafe stream.pointee.avail_out = UInt32(clamping: room.count)
        while unsafe stream.pointee.avail_out > 0 {
            if unsafe stream.pointee.avail_in == 0 {
                switch unsafe source(input) {
                case .bytes(let n):
                    unsafe stream.pointee.next_in = unsafe input.baseAddress
                    unsafe stream.pointee.avail_in = UInt32(n)
                case .end: return unsafe produced(room, atMemberEnd ? .end : .failed(ending()))
                case .failed(let reason): return .failed(reason)
                case .foreign(let form): return .foreign(form)
                }
            }
            if atMemberEnd {
                unsafe inflateReset(stream)
                atMemberEnd = false
            }
            let code = unsafe inflate(stream, Z_NO_FLUSH)
            if code == Z_STREAM_END {
                atMemberEnd = true
            } else if code != Z_OK && code != Z_BUF_ERROR {
                return unsafe produced(room, .failed("the gzip data is damaged after \(unpacked) unpacked bytes"))
            }
        }
        return unsafe produced(room, .end)
    }

    private func ending() -> String { "the gzip data ends in the middle (the file was cut?)" }

    /// What came out goes first; the end or the damage is told by the next call, which produces nothing.
    private func produced(_ room: UnsafeMutableBufferPointer<UInt8>, _ otherwise: LogFile.ReadBlock)
        -> LogFile.ReadBlock
    {
        let n = unsafe room.count - Int(stream.pointee.avail_out)
        unpacked += UInt64(n)
        return n > 0 ? .bytes(n) : otherwise
    }
}
