import Diagnostics
import RecordLog
package import StateCoding
package import Timekeeping

/// What stands at the front of a snapshot (docs/architecture.md, "State is kept by name, and only to save time").
///
/// Form: eight bytes of ``magic``; the format's version; a 64-bit hash of all that follows; then sections: `HEAD`
/// (record, clock, configuration, context), `NAME` (the names behind all numbers), one `RULE` a rule (name, kind,
/// fingerprint, state), `STAT` (the rest), and, where people have acted, `ACTS` (what is over).
package struct SnapshotHeader: Equatable, Sendable {
    static let magic: [UInt8] = Array("SWSNAP\r\n".utf8)
    /// The form of the whole. A section's own form has a version of its own.
    static let version: UInt64 = 1
    static let checksummed = 24

    /// The last record that the state has taken in.
    package var record: Int64
    package var clock: Instant
    /// The hash of the configuration, as the one who wrote it named it.
    package var configuration: String
    /// The writer's own, not looked at.
    package var context: [UInt8]

    /// Reads the front alone, after the whole was checked. About a millisecond for 10 MB.
    package static func read(_ bytes: [UInt8]) throws(StateError) -> SnapshotHeader {
        var reader = try SnapshotHeader.checked(bytes)
        return try SnapshotHeader(from: &reader)
    }

    /// A reader that stands behind the checksum, of bytes that are what was written.
    static func checked(_ bytes: [UInt8]) throws(StateError) -> StateReader {
        var reader = StateReader(bytes)
        for byte in magic where try reader.byte() != byte { throw .damaged(at: 0, expected: "a snapshot") }
        let version = try reader.word()
        guard version == SnapshotHeader.version else {
            throw .otherVersion(
                of: "snapshot", found: Int(clamping: version), expected: Int(SnapshotHeader.version))
        }
        guard try reader.word() == checksum(bytes) else {
            throw .damaged(at: checksummed - 8, expected: "the checksum of what follows")
        }
        return reader
    }

    static func checksum(_ bytes: [UInt8]) -> UInt64 {
        // The buffer lives as long as the closure, and is read within its own count alone.
        unsafe bytes.withUnsafeBufferPointer { all in
            unsafe ByteHash.hash(UnsafeBufferPointer(rebasing: all.dropFirst(checksummed)))
        }
    }

    /// Writes the checksum into bytes that are complete but for it.
    static func seal(_ bytes: inout [UInt8]) {
        let sum = checksum(bytes)
        for index in 0..<8 { bytes[checksummed - 8 + index] = UInt8(truncatingIfNeeded: sum >> UInt64(8 * index)) }
    }

    init(record: Int64, clock: Instant, configuration: String, context: [UInt8]) {
        self.record = record
        self.clock = clock
        self.configuration = configuration
        self.context = context
    }

    init(from reader: inout StateReader) throws(StateError) {
        let section = try reader.open("HEAD", version: 1)
        record = try reader.naturalWord()
        clock = try reader.instant()
        configuration = try reader.text()
        context = try reader.blob()
        try reader.close(section)
    }

    func write(to writer: inout StateWriter) {
        let section = writer.open("HEAD", version: 1)
        writer.word(record)
        writer.instant(clock)
        writer.text(configuration)
        writer.blob(context)
        writer.close(section)
    }
}
