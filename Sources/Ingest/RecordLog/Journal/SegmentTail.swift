import FileIO
import Glibc
import Timekeeping

/// The end of a segment as a start of the daemon finds it.
struct SegmentTail {
    /// Bytes up to the end of the last whole, valid line; 0 where there is none.
    var length = 0
    /// Number of the record behind it.
    var nextNumber: Int64
    var lastStamp: Instant?
    /// The bytes behind the last sum, and their checksum.
    var blockBytes = 0
    var crc: UInt32 = 0
    /// The last line is the sum of an orderly end.
    var isClosed = false
    /// The last sum does not fit its block: what is appended could not be told from the damage.
    var isDamaged = false

    /// Looks at the last mebibyte, or at as much more as it takes to find a sum.
    /// - Parameter first: the segment's number.
    /// - Returns: nil where the file cannot be read; `errno` tells why.
    static func read(_ descriptor: Int32, size: Int, first: Int64) -> SegmentTail? {
        var room = 1 << 20
        while true {
            let from = max(0, size - room)
            guard let bytes = FileReading.bytes(of: descriptor, from: from, count: size - from) else { return nil }
            let sum = unsafe bytes.withUnsafeBufferPointer { unsafe lastGoodSum(in: $0, isWhole: from == 0) }
            if sum != nil || from == 0 {
                var tail = SegmentTail(bytes, sum: sum, from: from, first: first)
                unsafe bytes.withUnsafeBufferPointer { bytes in
                    guard let last = unsafe BlockChecksum.last(in: bytes), last.end != sum?.end else { return }
                    tail.isDamaged = true
                    // Its line feeds may be what was damaged: no number that it may have had is given again.
                    let behind = unsafe bytes[min(last.end, max(tail.length - from, 0))..<max(tail.length - from, 0)]
                    let lines = unsafe Int64(UnsafeBufferPointer(rebasing: behind).lineFeedCount())
                    tail.nextNumber = max(tail.nextNumber, last.sum.number + 1 + lines)
                }
                return tail
            }
            room *= 4
        }
    }

    /// The last sum whose block is whole: only its number is to be trusted.
    private static func lastGoodSum(
        in bytes: UnsafeBufferPointer<UInt8>, isWhole: Bool
    ) -> (sum: BlockChecksum, end: Int)? {
        var limit = bytes.count
        while let last = unsafe BlockChecksum.last(in: UnsafeBufferPointer(rebasing: bytes[..<limit])) {
            let lineAt = unsafe bytes.lastLineFeed(before: last.end - 1).map { $0 + 1 } ?? 0
            let before = unsafe BlockChecksum.last(in: UnsafeBufferPointer(rebasing: bytes[..<lineAt]))
            guard before != nil || isWhole else { return nil }
            let block = unsafe UnsafeBufferPointer(rebasing: bytes[(before?.end ?? 0)..<lineAt + last.sum.covered])
            if unsafe Checksum.crc32c(block) == last.sum.crc { return last }
            limit = lineAt
        }
        return nil
    }

    /// - Parameters:
    ///   - bytes: of the segment from `from` on.
    ///   - sum: the last good one and the place in the bytes behind it; nil where the bytes are the whole segment.
    private init(_ bytes: [UInt8], sum: (sum: BlockChecksum, end: Int)?, from: Int, first: Int64) {
        let start = sum?.end ?? 0
        nextNumber = sum.map { $0.sum.number + 1 } ?? first
        // From the last sum's own line on, for its stamp.
        let textStart = unsafe bytes.withUnsafeBufferPointer {
            unsafe sum == nil ? 0 : $0.lastLineFeed(before: start - 1).map { $0 + 1 } ?? 0
        }
        let text = Array(bytes[textStart...])
        // The last line that is a record, among those that are whole.
        let whole = unsafe text.withUnsafeBufferPointer { unsafe $0.lastLineFeed(before: $0.count) }.map { $0 + 1 } ?? 0
        let last: (line: Int, stamp: Int64)? = Chunk(text: Array(text[..<whole]), file: "").read(with: JSONParser()) {
            reader in
            var last: (line: Int, stamp: Int64)?
            while true {
                switch reader.next() {
                case .record: last = (reader.line, reader.record.stampMicroseconds)
                case .refused: continue
                case .end: return last
                }
            }
        }
        guard let last else { return }
        lastStamp = Instant(milliseconds: last.stamp / 1000)
        var end = 0
        for _ in 0..<last.line { end = (text[end...].firstIndex(of: 0x0A) ?? text.count - 1) + 1 }
        length = from + textStart + end
        nextNumber += Int64(last.line - (sum == nil ? 0 : 1))
        blockBytes = textStart + end - start
        crc = Checksum.crc32c(bytes, start..<textStart + end)
        isClosed = sum?.sum.isClosing == true && blockBytes == 0
    }
}
