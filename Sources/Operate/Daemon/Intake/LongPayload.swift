/// Payloads that are too long for a line of the journal.
enum LongPayload {
    /// Whatever its bytes are, a payload of this length fits a line that can be read again: in a JSON string a byte
    /// takes six at most, and a line is read up to 64 MiB.
    static let lineMax = 10 << 20
    /// Texts up to here stay.
    private static let textMax = 4096

    /// The payload with each JSON string of more than 4 KiB replaced by its length: what is that long is a picture, and
    /// what tells of an alarm is short. Bytes in strings alone are cut, so that JSON stays JSON; O(n).
    static func shortened(_ payload: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        var out: [UInt8] = []
        /// Where the string began that runs now, in `out`; nil outside of one.
        var start: Int?
        var length = 0
        var isEscaped = false
        for index in 0..<payload.count {
            let byte = unsafe payload[index]
            guard let begin = start else {
                if byte == quote {
                    start = out.count
                    length = 0
                }
                out.append(byte)
                continue
            }
            if byte == quote, !isEscaped {
                if length > textMax {
                    out.removeLast(out.count - begin - 1)
                    out.append(contentsOf: "[\(length) bytes]".utf8)
                }
                out.append(byte)
                start = nil
                continue
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            length += 1
            // What is beyond will be cut anyway.
            if length <= textMax + 1 { out.append(byte) }
        }
        return out
    }
}
