import Pipeline
import RecordLog

/// A pipeline's state on its way to the disk. The copy costs nothing until the intake changes what it shares.
struct SnapshotDraft: Sendable {
    var pipeline: Pipeline
    /// The last record in it, and where the journal goes on.
    var record: Int64
    var position: JournalPosition
    var config: String
    /// Releases that the broker has not acknowledged, ``PendingReleases/text``.
    var releases: [UInt8]
}
