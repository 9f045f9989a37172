import MQTTIntake
import Pipeline
import RecordLog
import SiteConfiguration
import Timekeeping

/// What the daemon puts beside a snapshot's state: where in the journal it stands, and which releases are unconfirmed.
struct SnapshotPlace {
    var position: JournalPosition
    var releases: PendingReleases

    static func encode(_ draft: SnapshotDraft) -> [UInt8] {
        let position = draft.position
        return Array("\(position.segment) \(position.offset) \(position.number)\n".utf8) + draft.releases
    }

    init?(_ bytes: [UInt8]) {
        let end = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
        let parts = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ").map { Int64($0) }
        guard parts.count == 3, let segment = parts[0], let offset = parts[1], let number = parts[2] else { return nil }
        position = JournalPosition(segment: segment, offset: offset, number: number)
        releases = PendingReleases(Array(bytes[end...].dropFirst()))
    }
}
