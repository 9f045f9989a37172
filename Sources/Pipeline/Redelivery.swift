import Timekeeping
import Windowing

/// A redelivered message counts once (docs/architecture.md, "Time").
///
/// With an `id`: the same body of the same device among its last 256 messages, and less than 24 h ago: devices restart
/// their counters, so the same id with another body is new, and one that always tells the same id is heard again the
/// next day. What the broker tells out of its memory has no age: its backlog, and of calls for help a retained copy.
/// Without: the same message id, topic and body as one of the last 1,000 records before the session that was just
/// resumed, until it has settled.
/// State: 24 B a device and 9 B a remembered message, rings that grow with use; bounded by 256 a device. O(1).
struct Redelivery: Sendable {
    static let perDevice = 256
    static let beforeResume = 1000
    static let hours: UInt16 = 24

    var rings = Paged<Ring>()
    /// Calls for help have rings of their own: the broker tells a retained one again and again, however much else the
    /// device has told since.
    var calls = Paged<Ring>()
    var recent: ContiguousArray<UInt64> = []
    var recentNext = 0
    var resumed: Set<UInt64> = []

    /// The time that a body tells, as a feed reads it: by the same feed always the same of the same body.
    struct Told: Sendable {
        var time: Instant
        var feed: UInt8
    }

    /// Whether a body was seen of this device; if not, it is remembered.
    /// - Parameter told: nil where the body tells no time that is believed.
    mutating func isRepeated(device: Int, body: UInt64, told: Told?, at now: Instant, isBacklog: Bool) -> Bool {
        if device >= rings.count { rings.append(device + 1 - rings.count, of: Ring()) }
        return rings[device].isRepeated(body, told: told, in: Redelivery.hour(of: now), isMemory: isBacklog)
    }

    /// The same for a call for help. One of long ago that is in the backlog counts: rather twice than not at all.
    mutating func isRepeated(callOf device: Int, body: UInt64, at now: Instant, isRetained: Bool) -> Bool {
        if device >= calls.count { calls.append(device + 1 - calls.count, of: Ring()) }
        return calls[device].isRepeated(body, told: nil, in: Redelivery.hour(of: now), isMemory: isRetained)
    }

    private static func hour(of instant: Instant) -> UInt16 {
        UInt16(truncatingIfNeeded: instant.milliseconds / Milliseconds.hours(1).count)
    }

    /// The clock was moved. O(devices × remembered messages).
    mutating func shift(by length: Milliseconds) {
        let count = UInt16(truncatingIfNeeded: length.count / Milliseconds.hours(1).count)
        for device in rings.indices where !rings[device].isEmpty { rings[device].shift(by: count) }
        for device in calls.indices where !calls[device].isEmpty { calls[device].shift(by: count) }
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
