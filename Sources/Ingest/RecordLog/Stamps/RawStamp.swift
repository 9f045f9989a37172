import Timekeeping

/// A record's own stamp, and where it stands.
struct RawStamp: Equatable, Sendable {
    /// Of its chunk, from 1.
    var line: Int
    /// Microseconds since the epoch.
    var stamp: Int64
    /// Bytes of the log up to the end of its line.
    var end: Int64
}
