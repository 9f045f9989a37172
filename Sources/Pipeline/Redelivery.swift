import Windowing

/// A redelivered message counts once (docs/architecture.md, "Time").
///
/// With an `id`: the same body of the same device among its last 256 messages (devices restart their counters, so the
/// same id with another body is new). Without: the same message id, topic and body as one of the last 1,000 records
/// before the session that was just resumed, until it has settled.
/// State: 9 B a remembered message, rings that grow with use; bounded by 256 a device. O(1), about 10 ns.
struct Redelivery: Sendable {
    static let perDevice = 256
    static let beforeResume = 1000

    struct Ring: Sendable {
        /// One byte of each hash: thirty-two are compared at once, and the full hash only where a byte is equal.
        private var bytes: [SIMD32<UInt8>] = []
        private(set) var hashes: [UInt64] = []
        private(set) var next = 0

        init() {}

        /// - Parameters:
        ///   - hashes: at most ``perDevice``.
        ///   - next: which of them gives way first, once there are so many.
        init(hashes: [UInt64], next: Int) {
            for hash in hashes { append(hash) }
            self.next = next
        }

        /// Whether a body was seen; if not, it is remembered.
        mutating func isRepeated(_ body: UInt64) -> Bool {
            if contains(body) { return true }
            if hashes.count < Redelivery.perDevice {
                append(body)
            } else {
                hashes[next] = body
                bytes[next >> 5][next & 31] = Ring.byte(of: body)
                next = (next + 1) % Redelivery.perDevice
            }
            return false
        }

        private static func byte(of body: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: body >> 56) }

        private mutating func append(_ body: UInt64) {
            let at = hashes.count
            if at & 31 == 0 { bytes.append(SIMD32()) }
            bytes[at >> 5][at & 31] = Ring.byte(of: body)
            hashes.append(body)
        }

        private static func isAny(_ mask: SIMDMask<SIMD32<Int8>>) -> Bool {
            // Both are 32 bytes without a meaning of their own. `any(_:)` of the library is called, not inlined.
            let words = unsafe unsafeBitCast(mask, to: SIMD4<UInt64>.self)
            return words.x | words.y | words.z | words.w != 0
        }

        private func contains(_ body: UInt64) -> Bool {
            let wanted = SIMD32<UInt8>(repeating: Ring.byte(of: body))
            for block in bytes.indices where Ring.isAny(bytes[block] .== wanted) {
                // The last block may have places that stand for nothing yet.
                for at in block << 5..<min(block << 5 + 32, hashes.count) where hashes[at] == body { return true }
            }
            return false
        }
    }

    var rings = Paged<Ring>()
    /// Calls for help have rings of their own: the broker tells a retained one again and again, however much else the
    /// device has told since.
    var calls = Paged<Ring>()
    var recent: ContiguousArray<UInt64> = []
    var recentNext = 0
    var resumed: Set<UInt64> = []

    /// Whether a body was seen of this device; if not, it is remembered.
    mutating func isRepeated(device: Int, body: UInt64) -> Bool {
        if device >= rings.count { rings.append(device + 1 - rings.count, of: Ring()) }
        return rings[device].isRepeated(body)
    }

    /// The same for a call for help.
    mutating func isRepeated(callOf device: Int, body: UInt64) -> Bool {
        if device >= calls.count { calls.append(device + 1 - calls.count, of: Ring()) }
        return calls[device].isRepeated(body)
    }

    /// Remembers a record without an id, in case the session breaks behind it.
    /// - Returns: whether it is one that the broker hands over again after a resumption.
    mutating func isRepeated(withoutID record: UInt64) -> Bool {
        if !resumed.isEmpty, resumed.remove(record) != nil { return true }
        if recent.count < Redelivery.beforeResume {
            recent.append(record)
        } else {
            recent[recentNext] = record
            recentNext = (recentNext + 1) % Redelivery.beforeResume
        }
        return false
    }

    mutating func sessionResumed() { resumed = Set(recent) }
    mutating func sessionSettled() { resumed = [] }
}
