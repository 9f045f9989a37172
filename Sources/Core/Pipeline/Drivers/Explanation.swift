package import Alerts
package import Community
package import Feeds
package import RecordLog
import Rules
package import SiteConfiguration
package import Timekeeping
import Vocabulary

/// Replays logs to tell why an alert was raised: the alert's changes with their facts, and the records that it rests
/// on.
package struct Explanation {
    /// A record that led to an alert, or that ended it.
    package struct Record {
        /// What it did.
        package enum Role: Sendable {
            /// The alert rests on it; of a device that fell silent, it is among its last words.
            case led
            /// It ended the alert.
            case ended
        }

        package var role: Role
        /// From 1, in the order of the logs.
        package var number: Int64
        package var arrival: Instant
        package var observation: Observation
        /// Has the record's names.
        package var batch: DecodedBatch
    }

    /// In the order in which they were made, each with its facts.
    package private(set) var changes: [AlertChange] = []
    /// In the order of the logs.
    package private(set) var records: [Record] = []
    /// Other alerts that the short id stands for as well.
    package private(set) var others: [String] = []

    /// What was told before anything ended it, last; the shares of a silence are those of its raise.
    package var raise: AlertChange? { changes.first { $0.change == .raised } ?? changes.first }

    /// - Parameters:
    ///   - prefix: of the alert's id, at least one digit; case does not count.
    ///   - through: as of then: later records are not looked at, and where the logs end before, the clock goes on.
    ///   - logs: gives the logs again at each call, since they are read twice.
    package init(
        alert prefix: String, settings: Settings, registry: Registry, threads: Int, through: Instant? = nil,
        logs: () throws -> [LogArgument]
    ) throws {
        let wanted = prefix.lowercased()
        var options = Replay.Options()
        options.threads = threads
        options.asOf = through
        options.tellsFacts = true
        var found: [AlertChange] = []
        var replay = Replay(settings: settings, registry: registry, options: options)
        _ = replay.run(
            logs: try logs(), give: { if $0.id.hasPrefix(wanted) { found.append($0) } }, progress: { _, _ in })
        guard let first = found.first else { return }
        changes = found.filter { $0.id == first.id }
        others = Set(found.map(\.id)).subtracting([first.id]).sorted()
        let plan = FeedPlan(settings: settings, registry: registry, zones: Pipeline.zones(of: settings))
        var search = EvidenceSearch(changes, settings, registry)
        search.read(try logs(), plan, threads: threads)
        records = search.records
    }
}
