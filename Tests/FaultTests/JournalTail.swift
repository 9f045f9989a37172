import Glibc
import RecordLog

/// Follows a journal that somebody else writes, and tells the numbers of the town's messages in it.
struct JournalTail {
    let folder: String
    /// The largest number seen; −1 before the first. The broker keeps the order, so that what is smaller is in as well,
    /// or lost.
    private(set) var last = -1
    private var segment: Int64 = -1
    private var descriptor: Int32 = -1
    private var offset = 0

    init(folder: String) { self.folder = folder }

    /// Reads what was appended since the last call.
    mutating func poll() {
        while true {
            read()
            if isUnlinked {
                // Packed, or empty when its writer was killed: then the next writer makes one of the same name.
                segment -= 1
                close()
            }
            guard let segments = try? JournalFolder.segments(in: folder),
                let next = segments.first(where: { $0.first > segment && $0.name.hasSuffix(".jsonl") })
            else { return }
            close()
            segment = next.first
            offset = 0
            descriptor = unsafe open(folder + "/" + next.name, O_RDONLY | O_CLOEXEC)
        }
    }

    private var isUnlinked: Bool {
        var status = stat()
        // Sound: the call writes one status.
        return unsafe descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_nlink == 0
    }

    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private mutating func read() {
        guard descriptor >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            // Sound: the call writes at most the buffer's length.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress, $0.count, offset)
            }
            guard count > 0 else { return cutBack() }
            guard let end = buffer[..<count].lastIndex(of: 0x0A) else { return }
            JournalTail.numbers(in: buffer[...end]) { last = max(last, $0) }
            offset += end + 1
        }
    }

    /// A writer that failed cuts off what it could not make durable.
    private mutating func cutBack() {
        var status = stat()
        // Sound: the call writes one status.
        if unsafe fstat(descriptor, &status) == 0, status.st_size < offset { offset = Int(status.st_size) }
    }

    /// The numbers in `"id":"m…"`, as the publisher writes them. The searches are C's: a journal has millions of them.
    static func numbers(in text: ArraySlice<UInt8>, _ found: (Int) -> Void) {
        let ended = text + [0]
        let mark = "\"id\":\"m"
        // Sound: the text ends with a NUL, and nothing reads behind it.
        unsafe ended.withUnsafeBytes { ended in
            var rest = unsafe ended.baseAddress?.assumingMemoryBound(to: CChar.self)
            while let start = unsafe rest, let hit = unsafe strstr(start, mark) {
                var end: UnsafeMutablePointer<CChar>?
                unsafe found(strtol(hit + mark.utf8.count, &end, 10))
                unsafe rest = end.map { unsafe UnsafePointer($0) }
            }
        }
    }

    static func lines(in text: [UInt8]) -> Int64 {
        var count: Int64 = 0
        // Sound: memchr looks at no more than what is left.
        unsafe text.withUnsafeBytes { text in
            var at = 0
            while at < text.count, let start = text.baseAddress,
                let hit = unsafe memchr(start + at, 0x0A, text.count - at)
            {
                count += 1
                at = unsafe start.distance(to: UnsafeRawPointer(hit)) + 1
            }
        }
        return count
    }
}
