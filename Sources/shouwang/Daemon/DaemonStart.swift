import Alerts
import ArgumentParser
import Community
import Crypto
import Feeds
import Ledger
import Logging
import Pipeline
import RecordLog
import SiteConfiguration
import Timekeeping

/// The daemon's state at its start: the journal opened and stepped over, the ledger brought up to it.
struct DaemonStart {
    static let version = "0.1.0"

    let settings: Settings
    let registry: Registry
    let plan: FeedPlan
    let journal: JournalWriter
    let ledger: Ledger
    var pipeline: Pipeline
    let clock: BoxClock
    let configHash: String
    /// A JSON member with the last record's stamp, where there was one.
    let downSince: String

    /// Reads the whole journal through the pipeline: the state in memory is what the journal says, and changes that the
    /// ledger does not have yet (a crash between the two) are committed now. What it has already is recognised by its
    /// number.
    init(settings: Settings, registry: Registry, config: String, channels: [String], demo: DemoClock?, log: Logger)
        throws
    {
        self.settings = settings
        self.registry = registry
        plan = FeedPlan(settings: settings, registry: registry, zones: Pipeline.zones(of: settings))
        configHash = DaemonStart.hash(ofFile: config)
        do throws(LedgerError) {
            ledger = try Ledger(path: settings.store.path + "/shouwang.sqlite", outboxMax: settings.limits.outbox)
        } catch {
            Talk.say("\(error)")
            throw Exit.inputOutput
        }
        do throws(JournalError) {
            journal = try JournalWriter(folder: settings.store.path + "/journal", segmentSize: settings.store.segment)
        } catch {
            Talk.say("\(error)")
            throw Exit.inputOutput
        }
        pipeline = Pipeline(settings: settings, registry: registry)
        let committer = Committer(
            settings: settings, registry: registry, channels: channels, ledger: ledger, state: DaemonState(), log: log)
        try DaemonStart.recover(
            into: &pipeline, plan: plan, folder: settings.store.path + "/journal", records: journal.nextNumber - 1,
            committer: committer)
        let last = pipeline.clock
        clock = BoxClock(last: last, demo: demo)
        downSince = last == .distantPast ? "" : ",\"down_since\":\"\(ISO8601.write(last, in: .utc))\""
        log.info("read the journal", metadata: ["records": "\(journal.nextNumber - 1)"])
    }

    private static func recover(
        into pipeline: inout Pipeline, plan: FeedPlan, folder: String, records: Int64, committer: Committer
    ) throws {
        guard records > 0 else { return }
        let applied: Int64
        let first: Int64
        let log: LogArgument
        do {
            applied = try committer.ledger.applied()
            first = try JournalFolder.segments(in: folder).first?.first ?? 1
            log = try LogArgument(path: folder)
        } catch {
            Talk.say("the store cannot be read: \(error)")
            throw Exit.inputOutput
        }
        let merge = LogMerge(logs: [log], pool: ReaderPool(threads: 2)) { Decoder.decode($0, plan: plan) }
        var effects = Effects()
        var known: [String: AlertChange] = [:]
        // Not 1 where the first segments have been removed.
        var number = first
        while let run = merge.next() {
            pipeline.count(refusals: run.batch.refusals)
            pipeline.step(run.batch, run.range, firstNumber: number, into: &effects)
            number += Int64(run.range.count)
            let missed = effects.changes.filter { $0.record > applied }
            for change in effects.changes where change.record <= applied { known[change.id] = change }
            if !missed.isEmpty, !committer.commit(.init(changes: missed, applied: number - 1)) {
                throw Exit.inputOutput
            }
            effects.removeAll()
        }
        try tellNew(known, upTo: number - 1, committer: committer)
    }

    /// Alerts that the journal gives with today's configuration and registry, that are open, and that the ledger never
    /// saw: somebody was added to the registry, a limit was lowered. They are told now, under numbers that no record
    /// has.
    private static func tellNew(_ known: [String: AlertChange], upTo last: Int64, committer: Committer) throws {
        do {
            var new: [AlertChange] = []
            for change in known.values where change.state == .open {
                if try committer.ledger.alert(id: change.id) == nil { new.append(change) }
            }
            guard !new.isEmpty else { return }
            new.sort { ($0.record, $0.ordinal) < ($1.record, $1.ordinal) }
            for index in new.indices {
                new[index].record = last
                new[index].ordinal = 1_000_000 + Int32(clamping: index)
            }
            guard committer.commit(.init(changes: new, applied: last)) else { throw Exit.inputOutput }
        } catch let error as LedgerError {
            Talk.say("\(error)")
            throw Exit.inputOutput
        }
    }
    private static func hash(ofFile path: String) -> String {
        let bytes = Store.read(path) ?? []
        let digits = Array("0123456789abcdef")
        return String(SHA256.hash(data: bytes).prefix(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
