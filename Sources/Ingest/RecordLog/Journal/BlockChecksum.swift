import CChecksum
import Glibc
import Timekeeping
import Vocabulary

/// The journal's checksum records.
///
/// A segment is a row of blocks; each ends with a `$shouwang/sum` line, always of this one form:
///
///     {"tst":"…","topic":"$shouwang/sum","qos":0,"retain":0,"payloadlen":39,
///     "payload":{"number":7,"crc32c":"9ae0daaf"}}                               (one line; the time has 32 bytes)
///
/// The digits are the CRC-32C of all bytes from the end of the last sum line (or the segment's start) up to the digits
/// themselves, so the sum line's own number is under the checksum as well. `number` is the sum record's number: numbers
/// are found again behind a block whose line feeds are not to be trusted. The sum of an orderly end has
/// `"closed":true` before the digits.
package struct BlockChecksum: Equatable, Sendable {
    /// A sum is written before the first line that would make a block longer.
    package static let blockMax = 64 << 10

    /// The sum record's own number.
    var number: Int64
    var crc: UInt32
    /// Bytes of the line in front of the digits, which the checksum covers.
    var covered: Int
    var isClosing: Bool

    private static let topicAt = 40
    private static let topic = Array("\",\"topic\":\"$shouwang/sum\",\"qos\":0,".utf8)
    static let tail = Array("\"}}\n".utf8)
    static let digitsName = Array("\"crc32c\":\"".utf8)
    private static let numberName = Array("\"payload\":{\"number\":".utf8)

    /// Whether a line's beginning is that of a sum: cheap, asked of each line.
    static func begins(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        // Sound: the topic's place is within the line.
        guard count > 120, count < 260, unsafe line[topicAt + 11] == 0x24 else { return false }
        return unsafe memcmp(line + topicAt, topic, topic.count) == 0
    }

    /// - Parameter line: with its line feed.
    /// - Returns: nil where the line is not exactly a sum.
    init?(_ line: UnsafeBufferPointer<UInt8>) {
        guard let base = line.baseAddress, unsafe BlockChecksum.begins(base, line.count) else { return nil }
        let digitsAt = line.count - BlockChecksum.tail.count - 8
        let nameAt = digitsAt - BlockChecksum.digitsName.count
        // Sound: a sum has more than 120 bytes, its end has 22.
        guard unsafe memcmp(base + digitsAt + 8, BlockChecksum.tail, BlockChecksum.tail.count) == 0,
            unsafe memcmp(base + nameAt, BlockChecksum.digitsName, BlockChecksum.digitsName.count) == 0
        else { return nil }
        var crc: UInt32 = 0
        for index in digitsAt..<digitsAt + 8 {
            let digit = unsafe line[index]
            switch digit {
            case 48...57: crc = crc << 4 | UInt32(digit - 48)
            case 97...102: crc = crc << 4 | UInt32(digit - 87)
            default: return nil
            }
        }
        guard let found = unsafe line.firstPlace(of: BlockChecksum.numberName, from: BlockChecksum.topicAt) else {
            return nil
        }
        var at = found + BlockChecksum.numberName.count
        let start = at
        var number: Int64 = 0
        // Eighteen digits fit, and the line goes on behind them.
        while at < nameAt, at - start < 18, unsafe (48...57).contains(line[at]) {
            number = number * 10 + Int64(unsafe line[at] - 48)
            at += 1
        }
        guard at > start, number > 0 else { return nil }
        self.number = number
        self.crc = crc
        covered = digitsAt
        isClosing = nameAt - at > 1
    }

    /// Appends a sum line to the lines of its block.
    /// - Parameter crc: of the block's bytes before it.
    static func append(
        number: Int64, crc: UInt32, stamp: Instant, isClosing: Bool, with line: JournalLine, to out: inout [UInt8]
    ) {
        let start = out.count
        let closed = isClosing ? ",\"closed\":true" : ""
        let json = "{\"number\":\(number)\(closed),\"crc32c\":\"00000000\"}"
        line.appendOwn(stamp, name: "sum", json: json, to: &out)
        let digitsAt = out.count - tail.count - 8
        let sum = Checksum.crc32c(out, start..<digitsAt, after: crc)
        for place in 0..<8 {
            out[digitsAt + place] = Hex.digit(UInt8(truncatingIfNeeded: sum >> UInt32(28 - 4 * place)))
        }
    }

    /// The last sum line in the bytes and the offset behind it.
    static func last(in bytes: UnsafeBufferPointer<UInt8>) -> (sum: BlockChecksum, end: Int)? {
        guard var feed = unsafe bytes.lastLineFeed(before: bytes.count) else { return nil }
        while true {
            let before = unsafe bytes.lastLineFeed(before: feed)
            let start = before.map { $0 + 1 } ?? 0
            if let sum = unsafe BlockChecksum(UnsafeBufferPointer(rebasing: bytes[start...feed])) {
                return (sum, feed + 1)
            }
            guard let before else { return nil }
            feed = before
        }
    }
}
