import CZlib
import Dispatch
import Glibc
import Synchronization

/// Unpacks a file that was packed in members (``PackedSegment``), several of them at once on the threads that parse,
/// and hands their text over in order.
///
/// It ends, without a word, before the first member that is not of this form or is not whole: from there on the file is
/// to be read as any other gzip, which tells what is wrong with it. So what is read is the same, byte by byte.
final class GzipMemberReader {
    private final class Slot: Sendable {
        let start: Int
        let text = Mutex<[UInt8]?>(nil)
        let isDone = DispatchSemaphore(value: 0)

        init(start: Int) { self.start = start }
    }

    /// Where the member stands in the file from which on this does not read.
    private(set) var end: Int
    /// Bytes of text that were handed over.
    private(set) var unpacked = 0

    private let descriptor: Int32
    private let pool: ReaderPool
    private var slots: [Slot] = []
    private var dealt = 0
    private var hasEnded = false
    /// Of the member at hand, and how much of it was handed over.
    private var text: [UInt8] = []
    private var given = 0

    /// - Parameters:
    ///   - descriptor: lent; read by offset, so that its own place in the file stays.
    ///   - start: of a member.
    init(descriptor: Int32, start: Int, pool: ReaderPool) {
        self.descriptor = descriptor
        self.pool = pool
        end = start
    }

    /// Blocks while the next member is being unpacked.
    /// - Returns: bytes that were read; 0 at the end.
    func read(into room: UnsafeMutableBufferPointer<UInt8>) -> Int {
        while given == text.count {
            // One more than there are threads: while one is handed over all are at work. A member is about 1 MiB.
            while !hasEnded, slots.count <= pool.queues.count { deal() }
            guard !slots.isEmpty else { return 0 }
            let slot = slots.removeFirst()
            slot.isDone.wait()
            guard let next = slot.text.withLock({ $0 }) else {
                end = slot.start
                hasEnded = true
                slots = []
                return 0
            }
            text = next
            given = 0
        }
        let count = min(text.count - given, room.count)
        unsafe text.withUnsafeBufferPointer { text in
            let part = unsafe UnsafeBufferPointer(rebasing: text[given..<given + count])
            _ = unsafe room.update(fromContentsOf: part)
        }
        given += count
        unpacked += count
        return count
    }

    private func deal() {
        guard let packed = PackedSegment.member(descriptor, at: end) else {
            hasEnded = true
            return
        }
        let slot = Slot(start: end)
        slots.append(slot)
        end += packed.count
        let worker = pool.queues[dealt % pool.queues.count]
        dealt += 1
        worker.async {
            let text = PackedSegment.text(ofMember: packed)
            slot.text.withLock { $0 = text }
            slot.isDone.signal()
        }
    }
}

extension PackedSegment {
    /// A longer member is not this program's: its lines would be longer than a line may be.
    private static let packedMax = 2 * Chunk.lineMax

    /// The bytes of the member that starts there; nil where there is none that tells its length, or not all of it.
    static func member(_ descriptor: Int32, at start: Int) -> [UInt8]? {
        guard let length = memberLength(descriptor, at: start), length <= packedMax else { return nil }
        var have = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            while have < length, let room = buffer.baseAddress {
                // Sound: `have` is below the buffer's length.
                let n = unsafe pread(descriptor, room + have, length - have, start + have)
                if n <= 0 { break }
                have += n
            }
            count = have
        }
        return have == length ? bytes : nil
    }

    /// What a member says; nil where it is damaged or is not one member exactly.
    static func text(ofMember packed: [UInt8]) -> [UInt8]? {
        // The last four bytes tell the text's length. No text packs to less than a 1,032nd.
        let told = packed.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard packed.count > 4, told > 0, told <= packed.count * 1032 else { return nil }
        // zlib keeps a pointer back to its stream, so it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        defer { unsafe stream.deallocate() }
        guard unsafe shouwang_inflate_start(stream) == Z_OK else { return nil }
        defer { unsafe inflateEnd(stream) }
        var isWhole = false
        var input = packed
        // Sound: zlib uses both buffers during this call alone.
        let text = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe stream.pointee.next_in = input.baseAddress
            unsafe stream.pointee.avail_in = UInt32(clamping: input.count)
            return unsafe [UInt8](unsafeUninitializedCapacity: told) { out, count in
                unsafe stream.pointee.next_out = out.baseAddress
                unsafe stream.pointee.avail_out = UInt32(clamping: told)
                let code = unsafe inflate(stream, Z_FINISH)
                count = unsafe Int(stream.pointee.total_out)
                isWhole = unsafe code == Z_STREAM_END && stream.pointee.avail_in == 0 && count == told
            }
        }
        return isWhole ? text : nil
    }
}
