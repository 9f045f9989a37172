/// A 64-bit hash of bytes that is the same in every process and on every machine: it is part of the pipeline's state,
/// so Swift's own hashing, seeded again in each process, would break "same log, same alerts".
///
/// The mixing step is the 64 × 64 → 128 bit multiplication of wyhash (Wang Yi, public domain), eight bytes a step. Not
/// for anything that an attacker could gain from: a device that forges a collision only suppresses its own message.
package enum ByteHash {
    private static let p0: UInt64 = 0xA076_1D64_78BD_642F
    private static let p1: UInt64 = 0xE703_7ED1_A0B4_28DB

    /// Cost: about one nanosecond for eight bytes.
    package static func hash(_ bytes: UnsafeBufferPointer<UInt8>, seed: UInt64 = 0) -> UInt64 {
        var state = seed ^ p0
        let count = bytes.count
        guard count > 0, let base = unsafe UnsafeRawPointer(bytes.baseAddress) else { return mix(state ^ p1, p1) }
        var at = 0
        while at + 8 <= count {
            // Sound: at + 8 ≤ count.
            let word = unsafe base.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
            state = mix(state ^ word, p1)
            at += 8
        }
        var rest: UInt64 = 0
        if at < count, count >= 8 {
            // Sound: the last eight bytes, of which those behind `at` are wanted.
            let word = unsafe base.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self).littleEndian
            rest = word >> UInt64(8 * (8 - (count - at)))
        } else {
            while at < count {
                rest |= UInt64(unsafe bytes[at]) << UInt64(8 * at)
                at += 1
            }
        }
        return mix(mix(state ^ rest, p0) ^ UInt64(count), p1)
    }

    package static func combine(_ a: UInt64, _ b: UInt64) -> UInt64 { mix(a ^ p0, b ^ p1) }

    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
