import Feeds

/// Whether a message must not wait for the rest of its batch: one that may tell of a life in danger. Decided by words
/// in the bytes, before anything is parsed; a wrong yes costs a sync, a wrong no 50 ms.
enum Urgency {
    static func isLifeSafety(_ payload: UnsafeBufferPointer<UInt8>) -> Bool {
        // What tells of an alarm is short; pictures and histories are not searched.
        unsafe payload.count <= 4096 && CallWords.occur(in: payload)
    }
}
