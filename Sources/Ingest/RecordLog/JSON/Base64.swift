/// Base64 with padding (RFC 4648, part 4), over bytes: Foundation's would copy through Data for every record.
package enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) {
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let a = unsafe bytes[index]
            let b = left > 1 ? unsafe bytes[index + 1] : 0
            let c = left > 2 ? unsafe bytes[index + 2] : 0
            out.append(letters[Int(a >> 2)])
            out.append(letters[Int((a & 3) << 4 | b >> 4)])
            out.append(left > 1 ? letters[Int((b & 15) << 2 | c >> 6)] : 0x3D)
            out.append(left > 2 ? letters[Int(c & 63)] : 0x3D)
            index += 3
        }
    }

    /// - Returns: false where the text is not whole groups of four of the alphabet with at most two `=` at the end.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, into out: ScratchBytes) -> Bool {
        guard text.count % 4 == 0 else { return false }
        var padding = 0
        var group: UInt32 = 0
        for index in 0..<text.count {
            let byte = unsafe text[index]
            let value: UInt8
            switch byte {
            case 65...90: value = byte - 65
            case 97...122: value = byte - 71
            case 48...57: value = byte + 4
            case 0x2B: value = 62
            case 0x2F: value = 63
            case 0x3D where index >= text.count - 2:
                padding += 1
                value = 0
            default: return false
            }
            if padding > 0, byte != 0x3D { return false }
            group = group << 6 | UInt32(value)
            guard index % 4 == 3 else { continue }
            out.append(UInt8(truncatingIfNeeded: group >> 16))
            if padding < 2 { out.append(UInt8(truncatingIfNeeded: group >> 8)) }
            if padding < 1 { out.append(UInt8(truncatingIfNeeded: group)) }
            group = 0
        }
        return true
    }
}
