import Glibc

/// Raw bytes to dense numbers: open addressing with linear probing over one arena of bytes.
///
/// Names are compared as bytes, without Unicode normalisation, because that is how they arrive in topics and payloads.
/// The law: `insert` gives 0, 1, 2 … to new names and the same number ever after; `find` gives that number, or −1.
/// A look-up reads one slot of 8 bytes and the name itself, and allocates nothing. The table is at most half full, so
/// a miss probes about 1.5 slots.
package struct NameTable: Sendable {
    /// The upper half of the hash stands beside the number: a foreign name is refused without reading its bytes.
    private struct Slot {
        var tag: UInt32
        var index: Int32
    }

    private var arena: [UInt8] = []
    /// `ends[i]` is where name i ends in the arena; it begins where the one before ends.
    private var ends: [Int] = []
    /// A power of two many; empty until the first insert.
    private var slots: [Slot] = []

    package init() {}

    /// How many different names there are.
    package var count: Int { ends.count }

    /// - Returns: the name's number, −1 where it was never inserted.
    package func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
        if slots.isEmpty { return -1 }
        // Reads the caller's buffer within its own count alone.
        return unsafe find(bytes, hash: NameTable.hash(bytes))
    }

    /// - Returns: the name's number, −1 where it was never inserted.
    package func find(_ text: String) -> Int32 {
        var copy = text
        // The buffer lives as long as the closure.
        return copy.withUTF8 { unsafe find($0) }
    }

    package func find(_ bytes: ArraySlice<UInt8>) -> Int32 {
        // The buffer lives as long as the closure.
        unsafe bytes.withUnsafeBufferPointer { unsafe find($0) }
    }

    /// - Returns: the number that the name has, or the next free one. Amortised O(length).
    package mutating func insert(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
        if (ends.count + 1) * 2 > slots.count { grow() }
        // Both read the caller's buffer within its own count alone.
        let hash = unsafe NameTable.hash(bytes)
        let known = unsafe find(bytes, hash: hash)
        if known >= 0 { return known }
        let index = Int32(ends.count)
        // A copy of the caller's bytes; the buffer is not kept.
        unsafe arena.append(contentsOf: bytes)
        ends.append(arena.count)
        place(Slot(tag: UInt32(truncatingIfNeeded: hash >> 32), index: index), hash: hash)
        return index
    }

    /// - Returns: the number that the name has, or the next free one.
    package mutating func insert(_ text: String) -> Int32 {
        var copy = text
        // The buffer lives as long as the closure.
        return copy.withUTF8 { unsafe insert($0) }
    }

    package mutating func insert(_ bytes: ArraySlice<UInt8>) -> Int32 {
        // The buffer lives as long as the closure.
        unsafe bytes.withUnsafeBufferPointer { unsafe insert($0) }
    }

    /// The name with a number, which must be one that `insert` gave. Bytes that are no UTF-8 are shown as U+FFFD.
    package subscript(_ index: Int32) -> String { String(decoding: arena[range(index)], as: UTF8.self) }

    /// The name with a number as it came, as ``subscript(_:)``; allocates nothing.
    package func bytes(_ index: Int32) -> ArraySlice<UInt8> { arena[range(index)] }

    private func range(_ index: Int32) -> Range<Int> {
        let i = Int(index)
        return (i == 0 ? 0 : ends[i - 1])..<ends[i]
    }

    private func find(_ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int32 {
        let mask = slots.count - 1
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        var at = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[at]
            if slot.index < 0 { return -1 }
            // Reads the caller's buffer within its own count alone.
            if slot.tag == tag, unsafe holds(slot.index, bytes) { return slot.index }
            at = (at + 1) & mask
        }
    }

    private func holds(_ index: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = range(index)
        guard range.count == bytes.count else { return false }
        guard let wanted = bytes.baseAddress, !range.isEmpty else { return true }
        return unsafe arena.withUnsafeBufferPointer { arena in
            guard let base = arena.baseAddress else { return false }
            // `range` lies inside the arena, and both sides have `range.count` bytes.
            return unsafe memcmp(base + range.lowerBound, wanted, range.count) == 0
        }
    }

    private mutating func place(_ slot: Slot, hash: UInt64) {
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: hash) & mask
        while slots[at].index >= 0 { at = (at + 1) & mask }
        slots[at] = slot
    }

    private mutating func grow() {
        slots = [Slot](repeating: Slot(tag: 0, index: -1), count: max(16, slots.count * 2))
        for i in ends.indices {
            let index = Int32(i)
            // The buffer lives as long as the closure.
            let hash = unsafe arena[range(index)].withUnsafeBufferPointer { unsafe NameTable.hash($0) }
            place(Slot(tag: UInt32(truncatingIfNeeded: hash >> 32), index: index), hash: hash)
        }
    }

    /// Eight bytes at a time through a multiplication whose halves are folded (as in wyhash). The seed is fixed: keys
    /// come from files of ours, and a strange name on the wire is only looked up, which no choice of bytes makes slow.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let count = bytes.count
        var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
        guard let base = bytes.baseAddress, count > 0 else { return fold(hash, 0xE703_7ED1_A0B4_28DB) }
        // Used below only within `count` bytes, while the caller holds the buffer.
        let raw = unsafe UnsafeRawPointer(base)
        var at = 0
        while at + 8 <= count {
            // `at + 8` is at most the buffer's count.
            let word = unsafe raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            hash = fold(hash ^ word, 0xA076_1D64_78BD_642F)
            at += 8
        }
        if at < count {
            var tail: UInt64 = 0
            // Both branches stay inside the buffer: the last 8 bytes where there are 8, else byte by byte.
            if count >= 8 {
                tail = unsafe raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            } else {
                while at < count {
                    tail = unsafe tail << 8 | UInt64(bytes[at])
                    at += 1
                }
            }
            hash = fold(hash ^ tail, 0xA076_1D64_78BD_642F)
        }
        return fold(hash ^ 0x8EBC_6AF0_9C88_C6E3, 0xE703_7ED1_A0B4_28DB)
    }

    private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
