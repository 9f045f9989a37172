import Timekeeping
import Windowing

/// A redelivered message counts once (docs/architecture.md, "Time").
///
/// With an `id`: the same body of the same device among its last 256 messages, and less than 24 h ago: devices restart
/// their counters, so the same id with another body is new, and one that always tells the same id is heard again the
/// next day. What the broker tells out of its memory has no age: its backlog, and of calls for help a retained copy.
/// Without: the same message id, topic and body as one of the last 1,000 records before the session that was just
/// resumed, until it has settled.
/// State: 11 B a remembered message, rings that grow with use; bounded by 256 a device. O(1), about 10 ns.
struct Redelivery: Sendable {
    static let perDevice = 256
    static let beforeResume = 1000
    static let hours: UInt16 = 24

    struct Ring: Sendable {
        /// One byte of each hash: thirty-two are compared at once, and the full hash only where a byte is equal.
        private var bytes: [SIMD32<UInt8>] = []
        private(set) var hashes: [UInt64] = []
        /// Of each the hour in which it came, the last 16 bits of it.
        private(set) var hours: [UInt16] = []
        private(set) var next = 0

        init() {}

        /// - Parameters:
        ///   - hashes: at most ``perDevice``.
        ///   - hours: as many.
        ///   - next: which of them gives way first, once there are so many.
        init(hashes: [UInt64], hours: [UInt16], next: Int) {
            for (hash, hour) in zip(hashes, hours) { append(hash, hour) }
            self.next = next
        }

        /// Whether a body was seen; if not, it is remembered.
        /// - Parameter isMemory: the broker told it out of its memory, which has no age.
        mutating func isRepeated(_ body: UInt64, in hour: UInt16, isMemory: Bool) -> Bool {
            if let known = find(body) {
                if isMemory || hour &- hours[known] < Redelivery.hours { return true }
                hours[known] = hour
                return false
            }
            if hashes.count < Redelivery.perDevice {
                append(body, hour)
            } else {
                hashes[next] = body
                hours[next] = hour
                bytes[next >> 5][next & 31] = Ring.byte(of: body)
                next = (next + 1) % Redelivery.perDevice
            }
            return false
        }

        private static func byte(of body: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: body >> 56) }

        mutating func shift(by count: UInt16) { for index in hours.indices { hours[index] &+= count } }

        private mutating func append(_ body: UInt64, _ hour: UInt16) {
            let at = hashes.count
            hours.append(hour)
            if at & 31 == 0 { bytes.append(SIMD32()) }
            bytes[at >> 5][at & 31] = Ring.byte(of: body)
            hashes.append(body)
        }

        private static func isAny(_ mask: SIMDMask<SIMD32<Int8>>) -> Bool {
            // Both are 32 bytes without a meaning of their own. `any(_:)` of the library is called, not inlined.
            let words = unsafe unsafeBitCast(mask, to: SIMD4<UInt64>.self)
            return words.x | words.y | words.z | words.w != 0
        }

        private func find(_ body: UInt64) -> Int? {
            let wanted = SIMD32<UInt8>(repeating: Ring.byte(of: body))
            for block in bytes.indices where Ring.isAny(bytes[block] .== wanted) {
                // The last block may have places that stand for nothing yet.
                for at in block << 5..<min(block << 5 + 32, hashes.count) where hashes[at] == body { return at }
            }
            return nil
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
    mutating func isRepeated(device: Int, body: UInt64, at now: Instant, isBacklog: Bool) -> Bool {
        if device >= rings.count { rings.append(device + 1 - rings.count, of: Ring()) }
        return rings[device].isRepeated(body, in: Redelivery.hour(of: now), isMemory: isBacklog)
    }

    /// The same for a call for help. One of long ago that is in the backlog counts: rather twice than not at all.
    mutating func isRepeated(callOf device: Int, body: UInt64, at now: Instant, isRetained: Bool) -> Bool {
        if device >= calls.count { calls.append(device + 1 - calls.count, of: Ring()) }
        return calls[device].isRepeated(body, in: Redelivery.hour(of: now), isMemory: isRetained)
    }

    private static func hour(of instant: Instant) -> UInt16 {
        UInt16(truncatingIfNeeded: instant.milliseconds / Milliseconds.hours(1).count)
    }

    /// The clock was moved. O(devices × remembered messages).
    mutating func shift(by length: Milliseconds) {
        let count = UInt16(truncatingIfNeeded: length.count / Milliseconds.hours(1).count)
        for device in rings.indices where !rings[device].hashes.isEmpty { rings[device].shift(by: count) }
        for device in calls.indices where !calls[device].hashes.isEmpty { calls[device].shift(by: count) }
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
