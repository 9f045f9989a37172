import Logging
import Pipeline

/// What a start found and did on the way to the journal's end: a line of the log, and metrics until the next start.
struct RecoveryReport: Equatable, Sendable {
    /// The journal's last record, and bytes behind it that a crash had left torn.
    var records: Int64 = 0
    var cutBytes: Int64 = 0
    /// The last record in the snapshot that the state came from; 0 for none.
    var snapshotRecord: Int64 = 0
    /// Snapshots that could not be used.
    var passedOver = 0
    /// Records that were stepped over behind the snapshot …
    var stepped: Int64 = 0
    /// … and before, to warm what is new.
    var warmed: Int64 = 0
    /// Parts of the journal that are damaged and were skipped.
    var damaged = 0
    /// Alert changes that the ledger did not have.
    var changes = 0
    /// Of the snapshot: what was dropped, and what begins without a state.
    var restore: RestoreReport?

    var metadata: Logger.Metadata {
        var fields: [(String, Int64)] = [
            ("records", records), ("cut", cutBytes), ("snapshot", snapshotRecord), ("stepped", stepped),
            ("changes", Int64(changes)),
        ]
        // What is not so as a rule is told where it is so.
        fields += lost.filter { $0.count > 0 }.map { ($0.name, $0.count) }
        return Logger.Metadata(uniqueKeysWithValues: fields.map { ($0, "\($1)") })
    }

    /// What could not be used, or begins again.
    var lost: [(name: String, count: Int64)] {
        [
            ("warmed_records", warmed), ("damaged_parts", Int64(damaged)), ("snapshots_passed_over", Int64(passedOver)),
            ("warmed_rules", Int64(restore?.warmedRules.count ?? 0)),
            ("cold_rules", Int64(restore?.coldRules.count ?? 0)),
            ("dropped_rules", Int64(restore?.droppedRules.count ?? 0)),
            ("new_homes", Int64(restore?.newHouseholds ?? 0)),
            ("dropped_homes", Int64(restore?.droppedHouseholds ?? 0)),
            ("dropped_devices", Int64(restore?.droppedDevices ?? 0)),
        ]
    }
}
