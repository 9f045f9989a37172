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
        /// One byte of each hash: sixteen are compared at once, and the full hash only where a byte is equal.
        var bytes: [UInt8] = []
        var hashes: [UInt64] = []
        var next = 0

        /// Whether a body was seen; if not, it is remembered.
        mutating func isRepeated(_ body: UInt64) -> Bool {
            let byte = UInt8(truncatingIfNeeded: body >> 56)
            if contains(body, byte) { return true }
            if hashes.count < Redelivery.perDevice {
                hashes.append(body)
                bytes.append(byte)
            } else {
                hashes[next] = body
                bytes[next] = byte
                next = (next + 1) % Redelivery.perDevice
            }
            return false
        }

        private func contains(_ body: UInt64, _ byte: UInt8) -> Bool {
            let count = bytes.count
            var index = 0
            let wanted = SIMD16<UInt8>(repeating: byte)
            while index + 16 <= count {
                let chunk = SIMD16<UInt8>(bytes[index..<index + 16])
                if any(chunk .== wanted) {
                    for at in index..<index + 16 where hashes[at] == body { return true }
                }
                index += 16
            }
            while index < count {
                if hashes[index] == body { return true }
                index += 1
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
