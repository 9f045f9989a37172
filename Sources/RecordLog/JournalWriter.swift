import Glibc
package import Timekeeping

/// What went wrong with the journal, in which file, at which step.
package struct JournalError: Error, Equatable, CustomStringConvertible {
    package var path: String
    package var step: String
    package var reason: String

    package var description: String { "\(path): cannot \(step): \(reason)" }
}

/// Appends records to the journal. Used by one thread, the intake's.
///
/// Order of calls: `append…` any number of times, then ``write()``, then ``sync()``; only then may what was appended be
/// acknowledged. A failed write or sync leaves the writer closed for good (`fdatasync` reports an error once and a
/// second call would lie): the caller makes a new one, which cuts the file at its last whole line.
package final class JournalWriter {
    package let folder: String
    /// The number the next record will get; records are numbered from 1 and numbers are never used twice.
    package private(set) var nextNumber: Int64
    /// Lines appended since the last ``takeLines()``.
    private var lines: [UInt8] = []
    private var unwritten = 0
    private var descriptor: Int32 = -1
    private var path = ""
    private var size: Int64 = 0
    /// Bytes of the segment up to which everything was taken by the caller: what stays when a batch is given up.
    private var takenSize: Int64 = 0
    private let segmentSize: Int64
    private let line = JournalLine()

    /// Opens the journal, cuts off a line that a crash left torn, and goes on behind the last record.
    /// - Parameter segmentSize: bytes after which a new segment is begun.
    package init(folder: String, segmentSize: Int64) throws(JournalError) {
        self.folder = folder
        self.segmentSize = segmentSize
        nextNumber = 1
        if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST { throw JournalWriter.failure(folder, "make the folder") }
        let segments: [JournalFolder.Segment]
        do throws(LogError) { segments = try JournalFolder.segments(in: folder) } catch {
            throw JournalWriter.failure(folder, "list the segments")
        }
        guard let last = segments.last else { return }
        nextNumber = last.first
        guard !last.name.hasSuffix(".gz") else {
            throw JournalError(
                path: folder + "/" + last.name, step: "go on behind a packed segment",
                reason: "its plain form is missing")
        }
        try open(folder + "/" + last.name)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private static func failure(_ path: String, _ step: String) -> JournalError {
        JournalError(path: path, step: step, reason: unsafe String(cString: strerror(errno)))
    }

    /// Opens an existing segment: counts its lines and cuts off what stands behind the last line feed.
    private func open(_ path: String) throws(JournalError) {
        self.path = path
        descriptor = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalWriter.failure(path, "open") }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var whole: Int64 = 0
        var read: Int64 = 0
        while true {
            let n = unsafe buffer.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress, $0.count, Int(read))
            }
            guard n >= 0 else { throw JournalWriter.failure(path, "read") }
            if n == 0 { break }
            for index in 0..<n where buffer[index] == 0x0A {
                nextNumber += 1
                whole = read + Int64(index) + 1
            }
            read += Int64(n)
        }
        guard ftruncate(descriptor, Int(whole)) == 0 else { throw JournalWriter.failure(path, "cut the torn line") }
        guard lseek(descriptor, Int(whole), SEEK_SET) == Int(whole) else { throw JournalWriter.failure(path, "seek") }
        size = whole
        takenSize = whole
    }

    /// Begins a segment whose first record is the header.
    private func begin(at stamp: Instant) throws(JournalError) {
        if descriptor >= 0 {
            guard fdatasync(descriptor) == 0 else { throw JournalWriter.failure(path, "sync") }
            close(descriptor)
        }
        path = folder + "/" + JournalFolder.name(first: nextNumber)
        descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalWriter.failure(path, "make") }
        // The name must be as durable as the bytes behind it.
        let directory = unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0, fsync(directory) == 0 else { throw JournalWriter.failure(folder, "sync the folder") }
        close(directory)
        size = 0
        takenSize = 0
        appendOwn(stamp, name: "segment", json: "{\"first\":\(nextNumber),\"version\":1}")
    }

    /// Makes sure that there is a segment with room. To be called before the first append of a batch, never within one.
    package func prepare(at stamp: Instant) throws(JournalError) {
        if descriptor < 0 || size >= segmentSize { try begin(at: stamp) }
    }

    package func append(
        _ head: JournalLine.Head, topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>
    ) {
        unsafe line.append(head, topic: topic, payload: payload, to: &lines)
        nextNumber += 1
    }

    /// Appends a record of the daemon's own, `$shouwang/{name}`.
    package func appendOwn(_ stamp: Instant, name: String, json: String) {
        line.appendOwn(stamp, name: name, json: json, to: &lines)
        nextNumber += 1
    }

    /// Whether something was appended that ``write()`` has not written.
    package var hasUnwritten: Bool { unwritten < lines.count }

    /// Hands what was appended to the operating system.
    package func write() throws(JournalError) {
        while unwritten < lines.count {
            let n = unsafe lines.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress.map { unsafe $0 + unwritten }, bytes.count - unwritten)
            }
            if n < 0, errno == EINTR { continue }
            guard n > 0 else { throw JournalWriter.failure(path, "write") }
            unwritten += n
            size += Int64(n)
        }
    }

    /// Makes what was written durable.
    package func sync() throws(JournalError) {
        guard descriptor < 0 || fdatasync(descriptor) == 0 else { throw JournalWriter.failure(path, "sync") }
    }

    /// Takes back what was written since the last ``takeLines()``: after a failed write or sync nothing of the batch
    /// may stand in the journal, since it was neither acknowledged nor stepped over, and comes again. The writer is
    /// closed.
    package func abandon() {
        guard descriptor >= 0 else { return }
        // Where even this fails, the records come twice in the journal; an id makes that harmless.
        _ = ftruncate(descriptor, Int(takenSize))
        close(descriptor)
        descriptor = -1
    }

    /// The lines appended since the last call, exactly as they stand in the journal: what the pipeline is to step over.
    package func takeLines() -> [UInt8] {
        let taken = lines
        lines.removeAll(keepingCapacity: taken.count < 1 << 20)
        unwritten = 0
        takenSize = size
        return taken
    }
}
