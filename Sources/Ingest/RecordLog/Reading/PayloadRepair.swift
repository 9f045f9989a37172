import TextForms

/// What devices put around their JSON, and write into it, is mended before it is read as strictly as ever: NULs and
/// blanks at its ends, a byte order mark, text that is not UTF-8.
///
/// Asked only where a payload could not be read as it is. What the record says that its payload is (for the journal,
/// for telling a redelivery) stays what was on the wire.
package enum PayloadRepair {
    /// Longer ones are read as they are: mending takes several times the room.
    package static let lengthMax = 4 << 20
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// - Returns: the payload as it is to be read; nil where there is nothing to mend.
    package static func mended(_ payload: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard payload.count <= lengthMax else { return nil }
        let inside = unsafe trimmed(payload)
        let text = unsafe utf8(inside)
        if text == nil, inside.count == payload.count { return nil }
        return unsafe text ?? Array(inside)
    }

    /// Whether ``trimmed(_:)`` could take anything off: a blank or a NUL at an end, or the begin of a byte order mark.
    @inline(__always)
    package static func mayBeTrimmed(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count > 0 else { return false }
        return unsafe text[0] <= 0x20 || text[0] == 0xEF || text[text.count - 1] <= 0x20
    }

    /// Without NULs and blanks at the ends, and without byte order marks in front.
    package static func trimmed(_ payload: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        if unsafe !mayBeTrimmed(payload) { return unsafe payload }
        var from = 0
        var to = payload.count
        while to > from, unsafe payload[to - 1] <= 0x20 { to -= 1 }
        while from < to {
            if unsafe payload[from] <= 0x20 {
                from += 1
            } else if unsafe to - from >= 3 && payload[from..<from + 3].elementsEqual(byteOrderMark) {
                from += 3
            } else {
                break
            }
        }
        return unsafe UnsafeBufferPointer(rebasing: payload[from..<to])
    }

    /// Bytes that are not UTF-8 as GB18030 where they are that, else with U+FFFD for what cannot be read; nil where
    /// they are UTF-8.
    static func utf8(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        if unsafe String(validating: text, as: UTF8.self) != nil { return nil }
        if let converted = unsafe GB18030.decode(Array(text)), converted.damaged == 0 { return converted.text }
        return unsafe Array(String(decoding: text, as: UTF8.self).utf8)
    }

    /// A log's line as it may be read after all; nil where there is nothing to mend.
    static func mendedLine(_ line: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard line.count <= lengthMax else { return nil }
        let text = unsafe utf8(line)
        let bytes = unsafe text ?? Array(line)
        let marks = bytes.indices.filter { bytes[$0] == 0xEF && bytes[$0...].starts(with: byteOrderMark) }
        guard !marks.isEmpty else { return text }
        var without: [UInt8] = []
        without.reserveCapacity(bytes.count)
        var from = 0
        for mark in marks {
            without.append(contentsOf: bytes[from..<mark])
            from = mark + byteOrderMark.count
        }
        without.append(contentsOf: bytes[from...])
        return without
    }
}
