import AlertDispatch
import Alerts
import Diagnostics
import Feeds
import Ledger
import Logging
import Pipeline
import RecordLog
import SiteConfiguration
import SiteLoading
import StateCoding
import Terminal
import Timekeeping
import Vocabulary

/// Brings the pipeline to where the journal ends: the newest good snapshot that neither the ledger nor the journal is
/// behind, then the journal after it. Changes that the ledger does not have (a crash between the two) are committed;
/// what it has is recognised by its number.
///
/// Where no snapshot is good the whole journal is stepped over. Where rules or registry have changed since the
/// snapshot, what is new is warmed from the journal first, and the rest keeps its state. Where the ledger is new (its
/// file was lost) it is filled again from the journal, and nobody is told of what is older than an hour but of what is
/// still open.
struct Recovery {
    let site: Site
    let plan: FeedPlan
    let committer: Committer
    let stopRequest: StopRequest
    let faults: BoxFaults
    let watchdog: Watchdog
    let log: Logger

    struct State {
        var pipeline: Pipeline
        /// The last record in the snapshot that it came from; 0 for none.
        var snapshotRecord: Int64 = 0
        /// What was found and done on the way.
        var report = RecoveryReport()
        /// What may still have to be undone: see ``PendingReleases``.
        var releases = PendingReleases()
    }

    private var journal: String { site.settings.store.path + "/journal" }
    private var snapshots: SnapshotStore { SnapshotStore(store: site.settings.store.path) }

    /// - Parameters:
    ///   - applied: the last record whose changes the ledger has.
    ///   - end: the journal's last record.
    ///   - isNewLedger: it was made or restored just now.
    func run(applied: Int64, end: Int64, isNewLedger: Bool) throws -> State {
        guard end > 0 else { return State(pipeline: fresh()) }
        var report = RecoveryReport()
        let limit = isNewLedger ? end : min(applied, end)
        // A new ledger is filled from as far back as possible.
        let entries = isNewLedger ? snapshots.entries.reversed() : snapshots.entries
        let isWhole = try segments().first?.first ?? 1 <= 1
        for entry in entries where entry.record <= limit && !(isNewLedger && isWhole) {
            guard let restored = try restore(entry) else {
                report.passedOver += 1
                continue
            }
            report.snapshotRecord = entry.record
            report.restore = restored.report
            report.warmed = restored.warmed ?? 0
            var state = State(
                pipeline: restored.pipeline, snapshotRecord: entry.record, report: report,
                releases: restored.place.releases)
            log.info("restored the state", metadata: ["record": "\(entry.record)"])
            let known = try replay(
                &state, from: restored.place.position, applied: applied, isNewLedger: isNewLedger)
            // What was warmed may have fired at a record whose changes the ledger has already, without this one.
            if restored.warmed != nil, !isNewLedger, !stopRequest.isStop { try notifyNew(known, &state, upTo: end) }
            return state
        }
        var state = State(pipeline: fresh(), report: report)
        if ConfigStore(store: site.settings.store.path).isOfFormerVersion { state.pipeline.holdBuiltIns() }
        log.notice("no snapshot to start from; stepping over the whole journal", metadata: ["records": "\(end)"])
        let known = try replay(&state, from: nil, applied: applied, isNewLedger: isNewLedger)
        if !isNewLedger, !stopRequest.isStop { try notifyNew(known, &state, upTo: end) }
        return state
    }

    private func fresh() -> Pipeline { Pipeline(settings: site.settings, registry: site.registry) }

    private func segments() throws -> [JournalFolder.Segment] {
        do throws(LogError) { return try JournalFolder.segments(in: journal) } catch { throw unreadable("\(error)") }
    }

    private func unreadable(_ reason: String) -> any Error {
        StandardError.print("the store cannot be read: \(reason)")
        return Exit.inputOutput
    }

    // MARK: Snapshots

    private struct Restored {
        var pipeline: Pipeline
        var place: SnapshotPlace
        var report: RestoreReport
        /// Rules or homes are new since: so many records were stepped over for them.
        var warmed: Int64?
    }

    /// - Returns: nil where the snapshot cannot be used, which is told.
    private func restore(_ entry: SnapshotStore.Entry) throws -> Restored? {
        guard let bytes = snapshots.read(entry) else { return passOver(entry, "it cannot be read") }
        do throws(StateError) {
            let header = try SnapshotHeader.read(bytes)
            guard let place = SnapshotPlace(header.context), header.record == entry.record else {
                return passOver(entry, "it does not say where in the journal it stands")
            }
            do throws(LogError) { _ = try LogArgument(journal: journal, from: place.position) } catch {
                return passOver(entry, "the journal does not reach it: \(error)")
            }
            let needs = try Pipeline.plan(for: bytes, settings: site.settings, registry: site.registry)
            let warmed = needs.needsWarming ? warm(upTo: entry.record, needs) : nil
            let (pipeline, report) = try Pipeline.restored(
                from: bytes, settings: site.settings, registry: site.registry, over: warmed)
            if report.droppedHouseholds + report.droppedDevices > 0 {
                log.notice(
                    "state of what the registry does not know any more is dropped",
                    metadata: ["homes": "\(report.droppedHouseholds)", "devices": "\(report.droppedDevices)"])
            }
            return Restored(
                pipeline: pipeline, place: place, report: report,
                warmed: needs.needsWarming ? (warmed == nil ? 0 : entry.record) : nil)
        } catch {
            return passOver(entry, error.phrase.en)
        }
    }

    private func passOver(_ entry: SnapshotStore.Entry, _ reason: String) -> Restored? {
        log.error("the snapshot \(entry.name) is passed over: \(reason)")
        faults.report(
            .snapshot, .medium,
            LocalizedText(
                zh: "状态快照损坏，已改用更早的快照或由日志重建，没有丢失数据。请留意存储卡寿命。",
                en: "a state snapshot is damaged; an earlier one or the journal is used, nothing is lost. "
                    + "The storage may be wearing out."))
        return nil
    }

    /// What today's rules make of the journal up to a record; nothing of it is told.
    private func warm(upTo record: Int64, _ needs: RestorePlan) -> Pipeline? {
        log.notice(
            "warming what is new from the journal",
            metadata: ["rules": "\(needs.changedRules.joined(separator: ", "))", "homes": "\(needs.newHouseholds)"])
        var pipeline = fresh()
        var effects = Effects()
        do {
            _ = try step(&pipeline, from: nil, upTo: record, into: &effects) { effects, _ in effects.removeAll() }
        } catch {
            log.error("the journal cannot be read for warming; what is new starts cold")
            return nil
        }
        return pipeline
    }

    // MARK: The journal

    /// Steps over the journal from a position; after each stretch `then` gets what it made and the last record's
    /// number.
    ///
    /// - Parameter before: records up to here were there before built-in rules that are new.
    private func step(
        _ pipeline: inout Pipeline, from position: JournalPosition?, upTo last: Int64 = .max, before: Int64 = 0,
        into effects: inout Effects, then: (inout Effects, ClosedRange<Int64>) throws -> Void
    ) throws -> Int {
        let argument: LogArgument
        do throws(LogError) { argument = try LogArgument(journal: journal, from: position) } catch {
            throw unreadable("\(error)")
        }
        let plan = plan
        var damaged = 0
        let merge = LogMerge(logs: [argument], pool: ReaderPool(threads: 2)) { Decoder.decode($0, plan: plan) }
        while let run = merge.next(), !stopRequest.isStop {
            watchdog.beat()
            if run.range.lowerBound == 0 { damaged += reportDamage(run.batch, &pipeline) }
            // A piece that is damaged from its beginning to its end; behind it the journal goes on.
            if run.range.isEmpty { continue }
            let first = (run.batch.firstNumber ?? 1) + Int64(run.range.lowerBound)
            if first > last { return damaged }
            let count = min(Int64(run.range.count), last - first + 1)
            let range = run.range.lowerBound..<run.range.lowerBound + Int(count)
            let held = pipeline.holdsBuiltIns ? Int(max(0, min(count, before - first + 1))) : 0
            let middle = range.lowerBound + held
            pipeline.step(run.batch, range.lowerBound..<middle, firstNumber: first, into: &effects)
            if middle < range.upperBound, pipeline.holdsBuiltIns { pipeline.releaseBuiltIns() }
            pipeline.step(
                run.batch, middle..<range.upperBound, firstNumber: first + Int64(held), into: &effects)
            try then(&effects, first...first + count - 1)
        }
        return damaged
    }

    /// Refusals that tell of the journal itself: a block, a packed segment, a whole file that cannot be read.
    private static let damageCodes: Set<String> = ["damaged-block", "damaged", "cannot-open"]

    /// - Returns: how many parts are damaged.
    private func reportDamage(_ batch: DecodedBatch, _ pipeline: inout Pipeline) -> Int {
        pipeline.count(batch)
        var damaged = 0
        for refusal in batch.refusals where Recovery.damageCodes.contains(refusal.code) {
            damaged += 1
            log.error("the journal is damaged: \(refusal.detail)", metadata: ["file": "\(batch.file)"])
            faults.report(
                .journal, .high,
                LocalizedText(
                    zh: "原始流水中有损坏的段落，已跳过并记录。请留意存储卡寿命。",
                    en: "a part of the journal is damaged and was skipped. The storage may be wearing out."))
        }
        return damaged
    }

    /// - Returns: the last change of each alert whose changes the ledger had.
    private func replay(
        _ state: inout State, from position: JournalPosition?, applied: Int64, isNewLedger: Bool
    ) throws -> [String: AlertChange] {
        var effects = Effects()
        var known: [String: AlertChange] = [:]
        var untold: [AlertChange] = []
        var releases = state.releases
        var (stepped, changes): (Int64, Int) = (0, 0)
        var report = state.report
        report.damaged = try step(
            &state.pipeline, from: position, before: applied, into: &effects
        ) { effects, records in
            let last = records.upperBound
            stepped += Int64(records.count)
            for (_, actuation) in effects.actuations { releases.add(actuation) }
            let acts = effects.acts.filter { $0.record > applied }
            var missed: [AlertChange] = []
            for change in effects.changes {
                if change.record > applied { missed.append(change) } else { known[change.id] = change }
            }
            let shifts = effects.shifts.filter { $0.record > applied }
            effects.removeAll()
            changes += missed.count
            if isNewLedger {
                try commit(missed, acts, applied: last, isHistory: true)
                untold += missed
            } else if !missed.isEmpty || !acts.isEmpty || !shifts.isEmpty {
                let moved = shifts.map { DispatchInput.Shift(record: $0.record, length: $0.length) }
                try commit(missed, acts, applied: last, shifts: moved)
            }
        }
        state.releases = releases
        report.stepped = stepped
        report.changes = changes
        state.report = report
        state.pipeline.releaseBuiltIns()
        if isNewLedger, !stopRequest.isStop { try notifyOpen(untold, now: state.pipeline.clock) }
        return known
    }

    private func commit(
        _ changes: [AlertChange], _ acts: [ActOutcome] = [], applied: Int64, shifts: [DispatchInput.Shift] = [],
        isHistory: Bool = false
    ) throws {
        let item = LedgerQueue.Item(
            changes: changes, applied: applied, acts: acts, shifts: shifts, isHistory: isHistory)
        guard committer.commit(item) else { throw Exit.inputOutput }
    }

    /// Of a new ledger's history what people are still to be told.
    private func notifyOpen(_ changes: [AlertChange], now: Instant) throws {
        let told = Dispatcher.untold(of: changes, at: now)
        guard let end = told.last?.record else { return }
        guard committer.commit(LedgerQueue.Item(changes: told, applied: end, isOneTelling: true)) else {
            throw Exit.inputOutput
        }
    }

    /// Alerts that the journal gives with today's configuration and registry, that are open, and that the ledger never
    /// saw: somebody was added to the registry, a limit was lowered, and no snapshot tells the old state from the new.
    /// They are told now, under numbers that no record has.
    private func notifyNew(_ known: [String: AlertChange], _ state: inout State, upTo last: Int64) throws {
        do {
            // A built-in rule looks at what came since it was there: a call of before has been answered, or never will
            // be.
            let builtIn = Set(site.settings.builtInRules.map(\.name))
            let open = known.values.filter { $0.state == .open && !builtIn.contains($0.rule) }
            let unknown = try committer.ledger.unknown(of: open.map(\.id))
            var new = open.filter { unknown.contains($0.id) }
            guard !new.isEmpty else { return }
            new.sort { ($0.record, $0.ordinal) < ($1.record, $1.ordinal) }
            for index in new.indices {
                new[index].record = last
                new[index].ordinal = 1_000_000 + Int32(clamping: index)
            }
            try commit(new, applied: last)
            state.report.changes += new.count
        } catch let error as LedgerError {
            throw unreadable("\(error)")
        }
    }
}
