import Feeds
import Ledger
import Pipeline
import Rules
import Timekeeping

/// Since when each home is counted, kept in the ledger as well: with journal and snapshots lost, a home in which
/// nothing has moved for two days is still one in which nothing has moved for two days.
///
/// Written once an hour at most, and only what has changed, for the sake of the flash: what is taken over may so be an
/// hour and a snapshot's pace too early (where the ledger is a restored backup a day), and an alert by as much. Read
/// where a start finds no snapshot: what the ledger knows of homes of which the journal knows nothing is written into
/// the journal, as records `$shouwang/seen`, so that a replay tells the same.
struct LastSeenBackup {
    static let every = Milliseconds.hours(1)

    private struct Place: Hashable {
        var rule: String
        var home: String
    }

    /// What the ledger has; nil before the first record of this watch, which replaces all of it.
    private var recorded: [Place: Instant]?
    private var next: Int64 = 0

    init() {}

    /// Records what has changed, if it is time.
    /// - Parameter now: ``SystemClock/boot``.
    mutating func record(_ pipeline: Pipeline, in ledger: Ledger, at now: Int64) throws(LedgerError) {
        guard now >= next else { return }
        var counted: [Place: Instant] = [:]
        for (rule, home) in pipeline.counted { counted[Place(rule: rule, home: home.home)] = home.since }
        // What is not counted any more must not come back with an old time.
        let before = recorded.flatMap { recorded in recorded.keys.allSatisfy { counted[$0] != nil } ? recorded : nil }
        let changed = counted.filter { before?[$0.key] != $0.value }.map { place, since in
            Ledger.Evidence(rule: place.rule, key: place.home, at: since)
        }
        try ledger.noteEvidence(changed, replacesAll: before == nil)
        recorded = counted
        next = now + LastSeenBackup.every.count
    }

    /// What the ledger knows of earlier times than the pipeline, which was brought to the journal's end from nothing.
    /// - Returns: records for the journal.
    static func records(for pipeline: Pipeline, from ledger: Ledger) throws(LedgerError) -> [SystemRecord] {
        var known: [String: [String: Instant]] = [:]
        var records: [SystemRecord] = []
        for (rule, home) in pipeline.counted where home.isFromBeginning {
            if known[rule] == nil { known[rule] = try ledger.evidence(rule: rule) }
            guard let since = known[rule]?[home.home], since < home.since else { continue }
            records.append(.seen(rule: rule, home: home.home, since: since))
        }
        return records
    }
}
