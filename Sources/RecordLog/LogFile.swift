import CSIMDJSON
import CZlib
import Glibc
import Synchronization

/// What cannot be opened or read at all; a damaged part inside a log is a ``Refusal``.
package enum LogError: Error, Equatable {
    case cannotOpen(path: String, reason: String)
    case notReadable(path: String, reason: String)
    case noSegments(path: String)
}

/// The bytes of one file or of standard input, unpacked if they are gzip, one after another.
final class LogFile {
    let name: String
    private let descriptor: Int32
    private var inflater: Inflater?
    private var isFirst = true
    /// What failed is told once; behind it the log is at its end.
    private var hasFailed = false
    /// Read already, before it was known whether the file is packed.
    private var ahead: [UInt8] = []

    /// - Parameter path: a file, or `-` for standard input.
    init(path: String) throws(LogError) {
        name = path == "-" ? "<stdin>" : path
        descriptor = path == "-" ? 0 : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: unsafe String(cString: strerror(errno))) }
        if path != "-" { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
    }

    deinit { if descriptor > 0 { close(descriptor) } }

    enum Chunk {
        case bytes(Int)
        case end
        case failed(String)
    }

    /// Reads up to `room.count` bytes of the log's text.
    func read(into room: UnsafeMutableBufferPointer<UInt8>) -> Chunk {
        if hasFailed { return .end }
        let chunk = unsafe unpacked(into: room)
        if case .failed = chunk { hasFailed = true }
        return chunk
    }

    private func unpacked(into room: UnsafeMutableBufferPointer<UInt8>) -> Chunk {
        if isFirst {
            isFirst = false
            ahead = [0, 0]
            var have = 0
            while have < 2 {
                let n = unsafe ahead.withUnsafeMutableBytes { buffer in
                    unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + have }, 2 - have)
                }
                if n < 0 { return .failed(unsafe String(cString: strerror(errno))) }
                if n == 0 { break }
                have += n
            }
            ahead.removeLast(2 - have)
            if ahead == [0x1F, 0x8B] { inflater = Inflater() }
        }
        if let inflater {
            return unsafe inflater.read(into: room) { unsafe self.raw(into: $0) }
        }
        return unsafe raw(into: room)
    }

    private func raw(into room: UnsafeMutableBufferPointer<UInt8>) -> Chunk {
        if !ahead.isEmpty {
            let n = min(ahead.count, room.count)
            for i in 0..<n { unsafe room[i] = ahead[i] }
            ahead.removeFirst(n)
            return .bytes(n)
        }
        while true {
            let n = unsafe Glibc.read(descriptor, room.baseAddress, room.count)
            if n > 0 { return .bytes(n) }
            if n == 0 { return .end }
            if errno != EINTR { return .failed(unsafe String(cString: strerror(errno))) }
        }
    }
}

/// Unpacks gzip, several members in one file included (rotated logs are joined with `cat`).
@safe private final class Inflater {
    /// zlib keeps a pointer back to its stream, so it must not move; freed with this object.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private var atMemberEnd = false
    private var unpacked: UInt64 = 0

    init() {
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
        from source: (UnsafeMutableBufferPointer<UInt8>) -> LogFile.Chunk
    ) -> LogFile.Chunk {
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
    private func produced(_ room: UnsafeMutableBufferPointer<UInt8>, _ otherwise: LogFile.Chunk) -> LogFile.Chunk {
        let n = unsafe room.count - Int(stream.pointee.avail_out)
        unpacked += UInt64(n)
        return n > 0 ? .bytes(n) : otherwise
    }
}

/// Cuts the text of a log (one file, or the segments of a journal one after another) into pieces at line ends.
final class PieceCutter {
    private var paths: [String]
    private var file: LogFile?
    /// The start of a line whose end has not been read yet.
    private var carry: [UInt8] = []
    private var lines = 0
    private let size: Int

    init(paths: [String], pieceSize: Int) {
        self.paths = paths.reversed()
        size = pieceSize
    }

    /// - Returns: the next piece; nil at the end of the last file.
    func next() -> Piece? {
        while true {
            if file == nil {
                guard let path = paths.popLast() else { return nil }
                lines = 0
                do throws(LogError) {
                    file = try LogFile(path: path)
                } catch {
                    return trouble(path, "cannot-open", "\(error)")
                }
            }
            guard let current = file else { return nil }
            if let piece = fill(from: current) { return piece }
            file = nil
        }
    }

    private func trouble(_ name: String, _ code: String, _ detail: String) -> Piece {
        let refusal = Refusal(line: 0, code: code, detail: detail)
        return Piece(
            bytes: [UInt8](repeating: 0, count: Int(CSJ_PADDING)), length: 0, file: name, linesBefore: lines,
            problems: [refusal])
    }

    /// Reads one piece's worth; nil where the file has ended and nothing is left of it.
    private func fill(from file: LogFile) -> Piece? {
        var target = max(size, carry.count * 2)
        var problems: [Refusal] = []
        while true {
            var length = 0
            var ended = false
            let kept = carry
            var bytes = unsafe [UInt8](unsafeUninitializedCapacity: target + Int(CSJ_PADDING)) { buffer, count in
                unsafe _ = buffer.update(fromContentsOf: kept)
                length = kept.count
                while length < target {
                    let room = unsafe UnsafeMutableBufferPointer(rebasing: buffer[length..<target])
                    switch unsafe file.read(into: room) {
                    case .bytes(let n): length += n
                    case .end: ended = true
                    case .failed(let reason):
                        ended = true
                        problems.append(Refusal(line: 0, code: "damaged", detail: reason))
                    }
                    if ended { break }
                }
                unsafe (buffer.baseAddress.map { unsafe $0 + length })?.update(repeating: 0, count: Int(CSJ_PADDING))
                count = length + Int(CSJ_PADDING)
            }
            if length == 0, problems.isEmpty { return nil }
            var end = length
            if !ended {
                while end > 0, bytes[end - 1] != 0x0A { end -= 1 }
            }
            if end == 0, !ended, length < Piece.lineMax {
                // One line longer than the piece: read on with more room.
                carry = Array(bytes[..<length])
                target *= 2
                continue
            }
            if end == 0, !ended {
                problems.append(
                    Refusal(line: 1, code: "line-too-long", detail: "a line of more than \(Piece.lineMax >> 20) MiB"))
                skipLine(file)
                carry = []
                lines += 1
                return Piece(
                    bytes: [UInt8](repeating: 0, count: Int(CSJ_PADDING)), length: 0, file: file.name,
                    linesBefore: lines - 1, problems: problems)
            }
            carry = Array(bytes[end..<length])
            for i in end..<bytes.count { bytes[i] = 0 }
            let before = lines
            lines += PieceCutter.lineFeeds(bytes, upTo: end)
            return Piece(bytes: bytes, length: end, file: file.name, linesBefore: before, problems: problems)
        }
    }

    private static func lineFeeds(_ bytes: [UInt8], upTo end: Int) -> Int {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard var at = buffer.baseAddress else { return 0 }
            // Sound: the search stays within the first `end` bytes.
            let limit = unsafe at + end
            var count = 0
            while let found = unsafe memchr(at, 0x0A, limit - at) {
                count += 1
                unsafe at = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) + 1
            }
            return count
        }
    }

    /// Reads on to the end of a line that is too long; what stands behind it is kept.
    private func skipLine(_ file: LogFile) {
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let chunk = unsafe room.withUnsafeMutableBufferPointer { unsafe file.read(into: $0) }
            guard case .bytes(let n) = chunk else { return }
            if let newline = room[..<n].firstIndex(of: 0x0A) {
                carry = Array(room[(newline + 1)..<n])
                return
            }
        }
    }
}
