/// The words that name a kind of observation that tells of a life in danger, looked for in bytes before, or although,
/// these cannot be read. A word decides whether a record is synced at once and whether its refusal is told; it never
/// makes an alert.
package enum CallWords {
    /// The letters with which one of the words begins, a as the lowest bit.
    private static let firstLetters: UInt32 = "cfgls".utf8.reduce(0) { $0 | 1 << UInt32($1 - 0x61) }

    /// Whether one of the words stands in the bytes, in small letters or capitals, with neither a letter nor a digit at
    /// its ends. O(length).
    package static func occur(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let firstLetters = firstLetters
        for index in 0..<bytes.count {
            let letter = unsafe (bytes[index] | 0x20) &- 0x61
            guard letter < 26, firstLetters >> UInt32(letter) & 1 != 0 else { continue }
            if index > 0, unsafe isWordByte(bytes[index - 1]) { continue }
            if unsafe begins(bytes, index, letter + 0x61) { return true }
        }
        return false
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
    }

    /// The same where the bytes may be of a text with two bytes a letter: its NULs are stepped over.
    static func occur(inAny bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if unsafe occur(in: bytes) { return true }
        guard bytes.count <= 1 << 20, unsafe bytes.contains(0) else { return false }
        let letters = unsafe bytes.filter { $0 != 0 }
        return unsafe letters.withUnsafeBufferPointer { unsafe occur(in: $0) }
    }

    private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ first: UInt8) -> Bool {
        switch first {
        case UInt8(ascii: "s"): unsafe stands("sos", bytes, at) || stands("smoke", bytes, at)
        case UInt8(ascii: "f"): unsafe stands("fall", bytes, at) || stands("fire", bytes, at)
        case UInt8(ascii: "g"): unsafe stands("gas", bytes, at)
        case UInt8(ascii: "c"): unsafe stands("co", bytes, at)
        case UInt8(ascii: "l"): unsafe stands("leak", bytes, at) || stands("lift_trapped", bytes, at)
        default: false
        }
    }

    private static func stands(_ word: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        let length = word.utf8CodeUnitCount
        guard at + length <= bytes.count else { return false }
        // Sound: the word ends within the bytes.
        for index in 1..<length {
            let byte = unsafe bytes[at + index]
            let lower = byte == 0x5F ? byte : byte | 0x20
            if unsafe lower != word.utf8Start[index] { return false }
        }
        guard at + length < bytes.count else { return true }
        return unsafe !isWordByte(bytes[at + length])
    }
}
