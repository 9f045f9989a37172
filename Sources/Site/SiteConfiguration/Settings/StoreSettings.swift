import ConfigReading
package import Timekeeping

package struct StoreSettings: Equatable, Sendable {
    package enum Sync: Equatable, Sendable {
        /// Each batch is on disk before it is acknowledged.
        case batch
        /// At most this much is lost in a power cut.
        case interval(Milliseconds)
        case off
    }

    package var path: String
    package var sync: Sync
    package var keep: Milliseconds
    /// Bytes that the journal may take.
    package var max: Int64
    /// Bytes of one segment; at most a quarter of ``max``.
    package var segment: Int64
    /// How often the state is kept, so that a start need not step over the whole journal.
    package var snapshot: Milliseconds

    package init(
        path: String, sync: Sync, keep: Milliseconds, max: Int64, segment: Int64, snapshot: Milliseconds = .minutes(10)
    ) {
        self.path = path
        self.sync = sync
        self.keep = keep
        self.max = max
        self.segment = segment
        self.snapshot = snapshot
    }
}
