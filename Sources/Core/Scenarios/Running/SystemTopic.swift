import Feeds

/// System records as a scenario may write them (docs/scenarios.md, "System records"): all but the journal's
/// bookkeeping.
enum SystemTopic {
    /// The first field of those with `leading` may be told by its value alone: `own session lost`.
    static let forms = SystemRecordForm.all.filter { !$0.isBookkeeping }

    /// Of a clock that was set the lines behind it go by the new time.
    static let clock = "clock"
    /// With it a box that was down is up again.
    static let start = "start"
}
