package import Alerts
package import Community
import Feeds
package import RecordLog
package import Rules
package import SiteConfiguration
package import Timekeeping
import Vocabulary

/// The pipeline driven from logs. Reading and parsing is done by a pool of threads, stepping by the caller's.
package struct Replay {
    /// How far and how fast; the defaults replay everything on one thread.
    package struct Options: Sendable {
        package var threads = 1
        /// Changes before and after are worked out, since they warm the windows, but not given out.
        package var from = Instant.distantPast
        package var to = Instant.distantFuture
        /// Timers go on to fire until then, after the last record.
        package var through: Instant?
        /// As of then: no later record is stepped over, and where the logs end before, the clock goes on to then.
        package var asOf: Instant?
        /// Changes have their facts in words.
        package var tellsFacts = false

        package init() {}
    }

    /// What a replay came to.
    package struct Summary: Sendable {
        /// Refused lines that are told one by one; the rest are counted.
        package static let refusalsShown = 20

        package var lines = 0
        package var bytes = 0
        package var first: Instant?
        package var last: Instant?
        package var counters = Pipeline.Counters()
        package var inputs = InputCounts()
        /// Changes given out, by name.
        package var changes: [String: Int] = [:]
        /// Alerts raised, by kind.
        package var raised: [String: Int] = [:]
        /// The first refusals, with the file they are from.
        package var refusals: [(file: String, refusal: Refusal)] = []

        package var refusedCount: Int { counters.refused.values.reduce(0, +) }
    }

    private var pipeline: Pipeline
    private let plan: FeedPlan
    private let options: Options
    private var summary = Summary()
    private var effects = Effects()
    private var number: Int64 = 1

    package init(settings: Settings, registry: Registry, options: Options) {
        pipeline = Pipeline(settings: settings, registry: registry, tellsFacts: options.tellsFacts)
        plan = FeedPlan(settings: settings, registry: registry, zones: Pipeline.zones(of: settings))
        self.options = options
    }

    /// Steps over all records of the logs.
    /// - Parameters:
    ///   - give: gets each change, in order.
    ///   - progress: called after each stretch with the bytes read so far and the engine clock.
    package mutating func run(
        logs: [LogArgument], give: (AlertChange) -> Void, progress: (Int, Instant) -> Void
    ) -> Summary {
        let plan = plan
        let merge = LogMerge(logs: logs, pool: ReaderPool(threads: options.threads)) { chunk in
            Decoder.decode(chunk, plan: plan)
        }
        while let run = merge.next() {
            if run.range.lowerBound == 0 { take(run.batch) }
            let range = upToNow(run.range, of: run.batch)
            pipeline.step(run.batch, range, firstNumber: number, into: &effects)
            number += Int64(range.count)
            self.give(effects, to: give)
            progress(summary.bytes, pipeline.clock)
            if range.count < run.range.count { break }
        }
        if let through = options.asOf ?? options.through { tick(until: through, give) }
        if let asOf = options.asOf, pipeline.clock > .distantPast, pipeline.clock < asOf { tick(at: asOf, give) }
        summary.last = pipeline.clock == .distantPast ? nil : pipeline.clock
        summary.counters = pipeline.counters
        summary.inputs = pipeline.inputs
        return summary
    }

    /// The records that had arrived when it is looked at.
    private func upToNow(_ range: Range<Int>, of batch: DecodedBatch) -> Range<Int> {
        guard let asOf = options.asOf else { return range }
        let later = range.first { Instant(microseconds: batch.records[$0].stampMicroseconds) > asOf }
        return range.lowerBound..<(later ?? range.upperBound)
    }

    /// What a rule has of a key after the run; empty where it has met nothing of it.
    package func status(ofKey key: String, rule: String) -> [RuleStatus] { pipeline.status(ofKey: key, rule: rule) }

    private mutating func take(_ batch: DecodedBatch) {
        summary.lines += batch.lineCount
        summary.bytes += batch.byteCount
        if summary.first == nil, let first = batch.records.first {
            summary.first = Instant(microseconds: first.stampMicroseconds)
        }
        pipeline.count(batch)
        for refusal in batch.refusals where summary.refusals.count < Summary.refusalsShown {
            var placed = refusal
            placed.line += batch.linesBefore
            summary.refusals.append((batch.file, placed))
        }
    }

    private mutating func give(_ made: Effects, to give: (AlertChange) -> Void) {
        for change in made.changes where change.at >= options.from && change.at <= options.to {
            summary.changes[change.change.rawValue, default: 0] += 1
            if change.change == .raised, !change.isDrill { summary.raised[change.kind.rawValue, default: 0] += 1 }
            give(change)
        }
        effects.removeAll()
    }

    /// Goes on in quiet: at each deadline a tick, as the daemon writes it.
    private mutating func tick(until through: Instant, _ give: (AlertChange) -> Void) {
        guard pipeline.clock != .distantPast else { return }
        while let deadline = pipeline.nextDeadline(), deadline <= through {
            tick(at: max(deadline, pipeline.clock), give)
        }
    }

    private mutating func tick(at instant: Instant, _ give: (AlertChange) -> Void) {
        var text: [UInt8] = []
        JournalLine().append(.tick, at: instant, to: &text)
        let batch = Decoder.decode(Chunk(text: text, file: "tick"), plan: plan)
        pipeline.step(batch, 0..<batch.recordCount, firstNumber: number, into: &effects)
        number += 1
        self.give(effects, to: give)
    }
}
