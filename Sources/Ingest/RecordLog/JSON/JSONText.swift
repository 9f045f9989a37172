/// JSON strings as bytes: taking escapes out (RFC 8259 §7). What puts them in is `JSONString`.
package enum JSONText {
    /// Appends the bytes that a string's raw text (between the quotes) stands for.
    /// - Returns: false where an escape is not well formed or a surrogate stands alone; then `out` holds a part.
    static func unescape(_ raw: UnsafeBufferPointer<UInt8>, into out: ScratchBytes) -> Bool {
        var at = 0
        let count = raw.count
        while at < count {
            let byte = unsafe raw[at]
            at += 1
            guard byte == 0x5C else {
                out.append(byte)
                continue
            }
            guard at < count else { return false }
            let kind = unsafe raw[at]
            at += 1
            switch kind {
            case 0x22, 0x5C, 0x2F: out.append(kind)
            case 0x62: out.append(8)
            case 0x66: out.append(12)
            case 0x6E: out.append(10)
            case 0x72: out.append(13)
            case 0x74: out.append(9)
            case 0x75:
                guard let scalar = unsafe unicode(raw, &at) else { return false }
                for byte in String(scalar).utf8 { out.append(byte) }
            default: return false
            }
        }
        return true
    }

    private static func unicode(_ raw: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Unicode.Scalar? {
        guard let first = unsafe hex4(raw, &at) else { return nil }
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard at + 6 <= raw.count, unsafe raw[at] == 0x5C, unsafe raw[at + 1] == 0x75 else { return nil }
        at += 2
        guard let second = unsafe hex4(raw, &at), (0xDC00..<0xE000).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private static func hex4(_ raw: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> UInt32? {
        guard at + 4 <= raw.count else { return nil }
        var value: UInt32 = 0
        for i in at..<at + 4 {
            let byte = unsafe raw[i]
            switch byte {
            case 48...57: value = value << 4 | UInt32(byte - 48)
            case 65...70: value = value << 4 | UInt32(byte - 55)
            case 97...102: value = value << 4 | UInt32(byte - 87)
            default: return nil
            }
        }
        at += 4
        return value
    }

    /// The bytes that a string's raw text (between the quotes) stands for; nil where an escape is not well formed.
    package static func unescaped(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let scratch = ScratchBytes(capacity: max(raw.count, 1))
        guard unsafe unescape(raw, into: scratch) else { return nil }
        return unsafe Array(scratch.bytes)
    }
}
