import Glibc
import Timekeeping

/// What a segment's first line says.
struct SegmentHeader {
    /// 2: with sums. Segments of version 1 have none, and are believed line by line.
    static let version = 2

    var stamp: Instant
    var version: Int

    /// - Returns: nil where the first line is no header, or cannot be read.
    init?(_ descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: 512)
        let n = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard n > 0 else { return nil }
        self.init(bytes[..<n])
    }

    /// - Parameter bytes: the segment's beginning.
    init?(_ bytes: ArraySlice<UInt8>) {
        let line = bytes.prefix(512).prefix { $0 != 0x0A }
        let header: (stamp: Instant, isSecond: Bool)? = Chunk(text: Array(line), file: "").read(with: JSONParser()) {
            reader in
            guard case .record = reader.next(), unsafe reader.record.topic.elementsEqual("$shouwang/segment".utf8)
            else {
                return nil
            }
            let payload = unsafe String(decoding: reader.record.payload, as: UTF8.self)
            return (Instant(milliseconds: reader.record.stampMicroseconds / 1000), !payload.hasSuffix("\"version\":1}"))
        }
        guard let header else { return nil }
        stamp = header.stamp
        version = header.isSecond ? SegmentHeader.version : 1
    }
}
