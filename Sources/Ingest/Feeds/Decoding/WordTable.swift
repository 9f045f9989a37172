import RecordLog

/// A few short words by their bytes, as they are written: a look into a table and two comparisons of numbers.
///
/// The law: a word gives its place in the list that the table was made of, anything else −1. Of a word of at most 16
/// bytes the first and the last eight say everything, so nothing else is compared. 24 bytes a slot, at most half of the
/// slots taken.
struct WordTable: Sendable {
    private struct Slot {
        var head: UInt64 = 0
        var tail: UInt64 = 0
        var length: Int32 = -1
        var place: Int32 = -1
    }

    private var slots: ContiguousArray<Slot>

    /// - Parameter words: each of 1…16 bytes, none twice.
    init(_ words: [String]) {
        var size = 16
        while size < 2 * words.count { size *= 2 }
        slots = ContiguousArray(repeating: Slot(), count: size)
        for (place, word) in words.enumerated() {
            precondition((1...16).contains(word.utf8.count), "\(word) is too long for the table")
            let (head, tail) = unsafe Array(word.utf8).withUnsafeBufferPointer { unsafe WordTable.ends($0) }
            var at = start(head, word.utf8.count)
            while slots[at].length >= 0 { at = (at + 1) & (size - 1) }
            slots[at] = Slot(head: head, tail: tail, length: Int32(word.utf8.count), place: Int32(place))
        }
    }

    func find(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        guard text.count > 0, text.count <= 16 else { return -1 }
        let (head, tail) = unsafe WordTable.ends(text)
        var at = start(head, text.count)
        while slots[at].length >= 0 {
            let slot = slots[at]
            if slot.head == head, slot.tail == tail, slot.length == text.count { return Int(slot.place) }
            at = (at + 1) & (slots.count - 1)
        }
        return -1
    }

    @inline(__always)
    private func start(_ head: UInt64, _ length: Int) -> Int {
        let mixed = (head ^ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32) & (slots.count - 1)
    }

    /// The first and the last eight bytes; of a shorter text what tells it from all others of its length.
    @inline(__always)
    private static func ends(_ text: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64) {
        let count = text.count
        guard count > 0, let base = unsafe UnsafeRawPointer(text.baseAddress) else { return (0, 0) }
        // Sound: all that is read is within the count.
        if count >= 8 {
            return unsafe (
                base.loadUnaligned(as: UInt64.self), base.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            )
        }
        if count >= 4 {
            let first = unsafe base.loadUnaligned(as: UInt32.self)
            let last = unsafe base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
            return (UInt64(first) | UInt64(last) << 32, 0)
        }
        let bytes = unsafe (UInt64(text[0]), UInt64(text[count / 2]), UInt64(text[count - 1]))
        return (bytes.0 | bytes.1 << 8 | bytes.2 << 16, 0)
    }
}
