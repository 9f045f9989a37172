import Glibc

/// Whether a message must not wait for the rest of its batch: one that may tell of a life in danger. Decided by words
/// in the bytes, before anything is parsed; a wrong yes costs a sync, a wrong no 50 ms.
enum Urgency {
    private static let words: [StaticString] = ["sos", "fall", "smoke", "fire", "trapped"]

    static func isLifeSafety(_ payload: UnsafeBufferPointer<UInt8>) -> Bool {
        // What tells of an alarm is short; pictures and histories are not searched.
        guard payload.count <= 4096 else { return false }
        for word in words where unsafe contains(payload, word) { return true }
        return false
    }

    /// Whether a payload that is longer than payloads may be can tell of such a thing: the same words, and those of a
    /// smoke detector's relatives, in any case of letters. What it says is decided where it is decoded. O(n).
    static func mayTellOfLife(_ payload: UnsafeBufferPointer<UInt8>) -> Bool {
        let wanted = words.map(bytes) + [Array("gas".utf8), Array("\"co\"".utf8)]
        for index in 0..<payload.count {
            let first = unsafe payload[index] | 0x20
            for word in wanted where first == word[0] | 0x20 && payload.count - index >= word.count {
                var isFound = true
                for (offset, letter) in word.enumerated() where isFound {
                    isFound = unsafe payload[index + offset] | 0x20 == letter | 0x20
                }
                if isFound { return true }
            }
        }
        return false
    }

    private static func bytes(_ word: StaticString) -> [UInt8] {
        // Sound: a literal's bytes live as long as the program.
        unsafe Array(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    private static func contains(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard var at = text.baseAddress, text.count >= length else { return false }
        // Sound: the search ends where the word no longer fits behind `at`.
        let limit = unsafe at + (text.count - length + 1)
        while let found = unsafe memchr(at, Int32(word.utf8Start[0]), limit - at) {
            if unsafe memcmp(found, word.utf8Start, length) == 0 { return true }
            unsafe at = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) + 1
        }
        return false
    }
}
