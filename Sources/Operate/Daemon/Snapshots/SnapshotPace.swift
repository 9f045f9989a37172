import Pipeline
import RecordLog

/// When the pipeline's state is to be kept: every so often, and after a million records, so that a start has little to
/// step over.
struct SnapshotPace {
    static let recordsMax: Int64 = 1_000_000

    private let every: Int64
    private var record: Int64
    private var at: Int64

    /// - Parameters:
    ///   - every: milliseconds.
    ///   - record: the last record in the newest snapshot.
    ///   - at: milliseconds of CLOCK_BOOTTIME.
    init(every: Int64, record: Int64, at: Int64) {
        self.every = every
        self.record = record
        self.at = at
    }

    func isDue(record now: Int64, at time: Int64) -> Bool {
        now > record && (time - at >= every || now - record >= SnapshotPace.recordsMax)
    }

    mutating func taken(record: Int64, at: Int64) {
        self.record = record
        self.at = at
    }
}
