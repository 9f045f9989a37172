import FileIO
import Glibc
package import Timekeeping

/// Appends records to the journal. Used by one thread, the intake's.
///
/// Order of calls: ``prepare(at:)``, `append…` any number of times, then ``write()``, then ``sync()``; only then may
/// what was appended be acknowledged; then ``takeLines()``. A failed call leaves the writer to be given up with
/// ``abandon()`` (`fdatasync` reports an error once and a second call would lie): the caller makes a new one, which
/// goes on in a new segment.
///
/// Each segment is a row of blocks of at most 64 KiB (or one longer line), each ended by a ``SumLine``; the sums are
/// records with numbers of their own.
package final class JournalWriter {
    /// What a crash, if there was one, had left.
    package struct Recovery: Equatable, Sendable {
        /// Bytes behind the last whole, valid line that were cut off, and torn segments removed with them.
        package var cutBytes: Int64 = 0
        /// Stamp of the journal's last record; nil where it is empty.
        package var lastStamp: Instant?
        /// The journal was ended by ``close()``, or is empty.
        package var isClean = true
        /// The last record that was found; 0 for none. A torn segment's name may stand for a higher number.
        package var lastNumber: Int64 = 0
    }

    package let folder: String
    package private(set) var recovery = Recovery()
    /// The number the next record will get; records are numbered from 1 and numbers are never used twice.
    package private(set) var nextNumber: Int64 = 1
    /// Behind the last line that was taken: where the pipeline stands, once it has stepped over what was taken.
    package private(set) var position: JournalPosition
    /// Lines appended since the last ``takeLines()``.
    private var lines: [UInt8] = []
    private var unwritten = 0
    private var descriptor: Int32 = -1
    private var path = ""
    private var segment: Int64 = 0
    private var size: Int64 = 0
    /// The stamp of the segment's header; nil where it cannot be read.
    private var begunAt: Instant?
    private var lastStamp = Instant.distantPast
    /// The block that is not sealed yet: its bytes and their checksum.
    private var blockBytes = 0
    private var crc: UInt32 = 0
    private var hasEnded = false
    private let segmentSize: Int64
    private let segmentSpan: Milliseconds
    private let line = JournalLine()

    /// Opens the journal, cuts off what a crash left torn, and goes on behind the last record. Reads the end of the
    /// last segment, whatever the journal's size.
    /// - Parameters:
    ///   - segmentSize: bytes after which a new segment is begun.
    ///   - segmentSpan: the time between the stamps of a segment's first record and of the first of a batch after
    ///     which a new segment is begun; 0 for never.
    ///   - startsNewSegment: nothing more is written to the last segment. To be set after a failed write or sync.
    ///   - number: the first record appended has at least this number; where the journal ends before it, a new
    ///     segment is begun with it.
    package init(
        folder: String, segmentSize: Int64, segmentSpan: Milliseconds = .days(1), startsNewSegment: Bool = false,
        atLeast number: Int64 = 1
    ) throws(JournalError) {
        self.folder = folder
        self.segmentSize = segmentSize
        self.segmentSpan = segmentSpan
        position = JournalPosition(segment: 1, offset: 0, number: 1)
        if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST { throw .last(folder, "make the folder") }
        let found: [JournalFolder.Segment]
        do throws(LogError) { found = try JournalFolder.segments(in: folder) } catch {
            throw .last(folder, "list the segments")
        }
        try recover(found)
        let startsNew = startsNewSegment || nextNumber < number
        nextNumber = max(nextNumber, number)
        if startsNew, descriptor >= 0 {
            Glibc.close(descriptor)
            descriptor = -1
        }
        // Where no segment goes on, the next one stands at its own number.
        if segment == 0 { segment = nextNumber }
        position = JournalPosition(segment: segment, offset: size, number: nextNumber)
        lastStamp = recovery.lastStamp ?? .distantPast
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    // MARK: Opening

    private func recover(_ found: [JournalFolder.Segment]) throws(JournalError) {
        for last in found.reversed() {
            nextNumber = max(nextNumber, last.first)
            if try last.isPacked ? recover(packed: last) : recover(plain: last) { return }
        }
    }

    /// - Returns: false where the segment has no whole line; it is removed then.
    private func recover(plain last: JournalFolder.Segment) throws(JournalError) -> Bool {
        let path = folder + "/" + last.name
        let opened = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard opened >= 0 else { throw .last(path, "open") }
        var keeps = false
        defer { if !keeps { Glibc.close(opened) } }
        let length = lseek(opened, 0, SEEK_END)
        guard length >= 0, let tail = SegmentTail.read(opened, size: length, first: last.first) else {
            throw .last(path, "read")
        }
        recovery.cutBytes += Int64(length - tail.length)
        guard tail.length > 0 else {
            guard unsafe unlink(path) == 0 else { throw .last(path, "remove the torn segment") }
            recovery.isClean = recovery.isClean && length == 0
            return false
        }
        if tail.length < length, ftruncate(opened, tail.length) != 0 { throw .last(path, "cut the torn end") }
        guard lseek(opened, tail.length, SEEK_SET) == tail.length else { throw .last(path, "seek") }
        recovery.isClean = tail.isClosed && recovery.cutBytes == 0
        recovery.lastStamp = tail.lastStamp
        recovery.lastNumber = tail.nextNumber - 1
        segment = last.first
        size = Int64(tail.length)
        let header = SegmentHeader(opened)
        // A segment of the first version has no sums, and behind a damaged one it is not gone on.
        keeps = nextNumber <= tail.nextNumber && !tail.isDamaged && header?.version != 1
        nextNumber = max(nextNumber, tail.nextNumber)
        guard keeps else { return true }
        self.path = path
        descriptor = opened
        begunAt = header?.stamp
        blockBytes = tail.blockBytes
        crc = tail.crc
        return true
    }

    /// The last segment was packed, and its plain form is gone: its records are counted, and a new one is begun.
    private func recover(packed last: JournalFolder.Segment) throws(JournalError) -> Bool {
        let path = folder + "/" + last.name
        let end = PackedSegment.end(of: path)
        guard let end else { throw JournalError(path: path, step: "count the records of the segment", code: EIO) }
        segment = last.first
        size = end.size
        nextNumber = max(nextNumber, end.nextNumber)
        recovery.lastStamp = end.lastStamp
        recovery.lastNumber = end.nextNumber - 1
        recovery.isClean = recovery.isClean && end.isClosed
        return true
    }

    // MARK: Segments

    /// Makes sure that there is a segment with room. To be called before the first append of a batch, never within one.
    package func prepare(at stamp: Instant) throws(JournalError) {
        guard !hasEnded else { throw JournalError(path: folder, step: "go on after the end", code: EBADF) }
        let isOld = segmentSpan > .zero && begunAt.map { stamp - $0 >= segmentSpan } ?? false
        if descriptor < 0 || size >= segmentSize || isOld { try begin(at: stamp) }
    }

    /// Ends the segment with its sum and begins one whose first record is the header.
    private func begin(at stamp: Instant) throws(JournalError) {
        if descriptor >= 0 {
            if blockBytes > 0 { seal(at: lines.count, isClosing: false) }
            try write()
            try sync()
        }
        let newPath = folder + "/" + JournalFolder.name(first: nextNumber)
        let new = unsafe open(newPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard new >= 0 else { throw .last(newPath, "make") }
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = new
        path = newPath
        segment = nextNumber
        size = 0
        begunAt = stamp
        blockBytes = 0
        crc = 0
        // The name must be as durable as the bytes behind it.
        try JournalFolder.sync(folder)
        appendOwn(stamp, name: "segment", json: "{\"first\":\(nextNumber),\"version\":\(SegmentHeader.version)}")
    }

    // MARK: Appending

    package func append(
        _ head: JournalLine.Head, topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>
    ) {
        let start = lines.count
        unsafe line.append(head, topic: topic, payload: payload, to: &lines)
        count(from: start, head.stamp)
    }

    /// Appends a record of the daemon's own, `$shouwang/{name}`.
    package func appendOwn(_ stamp: Instant, name: String, json: String) {
        let start = lines.count
        line.appendOwn(stamp, name: name, json: json, to: &lines)
        count(from: start, stamp)
    }

    /// Takes the line that was just appended into the block, or begins a new one with it.
    private func count(from start: Int, _ stamp: Instant) {
        var start = start
        if blockBytes > 0, blockBytes + lines.count - start > BlockChecksum.blockMax {
            start += seal(at: start, isClosing: false)
        }
        crc = Checksum.crc32c(lines, start..<lines.count, after: crc)
        blockBytes += lines.count - start
        lastStamp = stamp
        nextNumber += 1
    }

    /// Ends the block with its sum, stamped as the record before it, so that it moves no clock.
    /// - Parameter place: in `lines`; what stands behind it belongs to the next block.
    /// - Returns: the sum's length.
    @discardableResult
    private func seal(at place: Int, isClosing: Bool) -> Int {
        var sum: [UInt8] = []
        BlockChecksum.append(
            number: nextNumber, crc: crc, stamp: lastStamp, isClosing: isClosing, with: line, to: &sum)
        lines.insert(contentsOf: sum, at: place)
        nextNumber += 1
        blockBytes = 0
        crc = 0
        return sum.count
    }

    /// Whether something was appended that ``write()`` has not written.
    package var hasUnwritten: Bool { unwritten < lines.count }

    /// Hands what was appended to the operating system.
    package func write() throws(JournalError) {
        guard unwritten < lines.count else { return }
        // Sound: the lines live through the call, which reads their own count alone.
        let failure = unsafe lines.withUnsafeBytes { bytes in
            unsafe FileWriting.all(UnsafeRawBufferPointer(rebasing: bytes[unwritten...]), to: descriptor)
        }
        guard failure == 0 else { throw JournalError(path: path, step: "write", code: failure) }
        size += Int64(lines.count - unwritten)
        unwritten = lines.count
    }

    /// Makes what was written durable.
    package func sync() throws(JournalError) {
        guard descriptor < 0 || fdatasync(descriptor) == 0 else { throw .last(path, "sync") }
    }

    /// The lines appended since the last call, exactly as they stand in the journal: what the pipeline is to step over.
    /// The first of them has the number that ``position`` had before the call; those behind it follow one by one.
    package func takeLines() -> [UInt8] {
        let taken = lines
        lines.removeAll(keepingCapacity: taken.count < 1 << 20)
        unwritten = 0
        position = JournalPosition(segment: segment, offset: size, number: nextNumber)
        return taken
    }

    // MARK: Ending

    /// Ends the journal in order: seals the last block, writes and syncs. The sum can be taken still; nothing more can
    /// be appended.
    package func close() throws(JournalError) {
        guard descriptor >= 0, !hasEnded else { return hasEnded = true }
        hasEnded = true
        if blockBytes > 0 { seal(at: lines.count, isClosing: true) }
        try write()
        try sync()
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Takes back what was written since the last ``takeLines()``: after a failed write or sync nothing of the batch
    /// may stand in the journal, since it was neither acknowledged nor stepped over, and comes again. What was taken
    /// stays, synced or not: it was acknowledged, and its numbers are used. The writer has ended.
    package func abandon() {
        hasEnded = true
        guard descriptor >= 0 else { return }
        // Where even this fails, the records come twice in the journal; an id makes that harmless.
        _ = ftruncate(descriptor, segment == position.segment ? Int(position.offset) : 0)
        Glibc.close(descriptor)
        descriptor = -1
    }
}
