package import Alerts
package import Community
package import Feeds
package import RecordLog
import Rules
package import SiteConfiguration
package import Timekeeping

/// Replays logs to tell why an alert was raised: the alert's changes, and the records that it rests on.
package struct Explanation {
    /// A record that an alert names as its evidence.
    package struct Record {
        /// From 1, in the order of the logs.
        package var number: Int64
        package var arrival: Instant
        package var observation: Observation
        /// Has the record's names.
        package var batch: DecodedBatch
    }

    /// In the order in which they were made.
    package private(set) var changes: [AlertChange] = []
    package private(set) var records: [Record] = []
    /// Other alerts that the short id stands for as well.
    package private(set) var others: [String] = []

    /// - Parameters:
    ///   - prefix: of the alert's id, at least one digit; case does not count.
    ///   - logs: gives the logs anew at each call, since they are read twice.
    package init(
        alert prefix: String, settings: Settings, registry: Registry, threads: Int, logs: () throws -> [LogArgument]
    ) throws {
        let wanted = prefix.lowercased()
        var options = Replay.Options()
        options.threads = threads
        var found: [AlertChange] = []
        var replay = Replay(settings: settings, registry: registry, options: options)
        _ = replay.run(
            logs: try logs(), give: { if $0.id.hasPrefix(wanted) { found.append($0) } }, progress: { _, _ in })
        guard let first = found.first else { return }
        changes = found.filter { $0.id == first.id }
        others = Set(found.map(\.id)).subtracting([first.id]).sorted()
        let plan = FeedPlan(settings: settings, registry: registry, zones: Pipeline.zones(of: settings))
        find(evidenceOf: changes, in: try logs(), plan, threads: threads)
    }

    /// What an item of evidence and its record have in common.
    private struct Mark: Hashable {
        var at: Instant
        var topic: String
    }

    private mutating func find(
        evidenceOf changes: [AlertChange], in logs: [LogArgument], _ plan: FeedPlan, threads: Int
    ) {
        let marks = Set(changes.flatMap(\.evidence).map { Mark(at: $0.at, topic: $0.topic) })
        let merge = LogMerge(logs: logs, pool: ReaderPool(threads: threads)) { piece in
            Decoder.decode(piece, plan: plan)
        }
        var number: Int64 = 0
        // Evidence has the time that was believed, which is another than was told where a clock was wrong.
        var clocks = DeviceClocks()
        while let run = merge.next() {
            let topics = (0..<run.batch.topics.count).map { run.batch.topics[Int32($0)] }
            let isNamed = topics.map { topic in marks.contains { $0.topic == topic } }
            for index in run.range {
                number += 1
                let record = run.batch.records[index]
                let first = Int(record.firstObservation)
                for place in first..<first + Int(record.observationCount) {
                    var observation = run.batch.observations[place]
                    if observation.marks.contains(.ownTime), let device = observation.device.known {
                        observation.time =
                            clocks.believe(
                                device: Int(device), told: observation.time, arrival: observation.arrival
                            ).time
                    }
                    let topic = Int(record.topic)
                    guard isNamed[topic], marks.contains(Mark(at: observation.time, topic: topics[topic])) else {
                        continue
                    }
                    // The journal's own number, where it has one: retention may have taken its beginning.
                    let own = run.batch.firstNumber.map { $0 + Int64(index) }
                    records.append(
                        Record(
                            number: own ?? number, arrival: observation.arrival, observation: observation,
                            batch: run.batch))
                }
            }
        }
    }
}
