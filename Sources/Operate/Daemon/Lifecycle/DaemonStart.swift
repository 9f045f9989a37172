import Diagnostics
import Feeds
import Glibc
import Ledger
import Logging
import MQTTIntake
import Pipeline
import RecordLog
import SiteConfiguration
import SiteLoading
import Terminal
import Timekeeping
import Vocabulary

/// The daemon's state at the start of a watch: ledger and journal opened, the pipeline brought to the journal's end.
struct DaemonStart {
    let site: Site
    let plan: FeedPlan
    let journal: JournalWriter
    let ledger: Ledger
    let pipeline: Pipeline
    let clock: BoxClock
    let configHash: String
    /// The last record in the snapshot that the state came from; 0 for none.
    let snapshotRecord: Int64
    let releases: PendingReleases
    /// The site's key for links to workers' pages; nil where none can be kept.
    let linkKey: LinkKey?
    /// How messages get such links; nil: they get none.
    let links: LinkMint.Source?
    /// The last watch did not end in order.
    let wasUnclean: Bool
    /// The records that this watch begins with.
    let opening: [SystemRecord]

    init(
        site: Site, channels: [String], demo: DemoClock?, isReload: Bool, stopRequest: StopRequest,
        shared: DaemonState, faults: BoxFaults,
        watchdog: Watchdog, log: Logger
    ) throws {
        self.site = site
        let settings = site.settings
        let store = settings.store.path
        plan = FeedPlan(settings: settings, registry: site.registry, zones: Pipeline.zones(of: settings))
        configHash = site.source.hash
        DaemonStart.checkDisk(store, faults, log)
        let opened = try DaemonStart.openLedger(settings, faults, log)
        ledger = opened.ledger
        let applied = try DaemonStart.ask { () throws(LedgerError) in try opened.ledger.applied() }
        let (journal, end) = try DaemonStart.openJournal(settings, applied: applied)
        self.journal = journal
        faults.clear(.journal)
        var random = SystemRandomNumberGenerator()
        linkKey = LinkKeyFile.key(store: store, random: &random, log)
        links = LinkMint.Source(settings.console, key: linkKey)
        let committer = Committer(
            settings: settings, registry: site.registry, channels: channels, ledger: opened.ledger,
            state: shared, faults: faults, links: links, log: log)
        let recovery = Recovery(
            site: site, plan: plan, committer: committer, stopRequest: stopRequest, faults: faults, watchdog: watchdog,
            log: log)
        let filling = LedgerFilling(store: store)
        let from = try filling.begin(applied: applied, end: end)
        let state = try recovery.run(applied: from ?? applied, end: end, isNewLedger: from != nil)
        if !stopRequest.isStop { filling.end() }
        pipeline = state.pipeline
        snapshotRecord = state.snapshotRecord
        releases = state.releases
        wasUnclean = !opened.endedCleanly
        let last = state.pipeline.clock
        let reading = BoxClock.Reading.atStart
        clock = BoxClock(last: last, at: reading, demo: demo)
        if reading.isUnsynchronised {
            log.warning("nothing sets the kernel's clock (no NTP); times may be off, nothing waits for it")
        }
        // Where a snapshot was good it knows more than the ledger.
        let lastSeen = state.snapshotRecord > 0 ? [] : DaemonStart.lastSeen(state.pipeline, ledger, log)
        let configs = ConfigStore(store: store)
        let before = configs.current
        if !configs.keep(site.source) { log.error("the configuration could not be kept as the last good one") }
        opening =
            DaemonStart.opening(
                lost: end < applied ? (end + 1, applied) : nil, before: before, hash: configHash, isReload: isReload,
                last: last) + lastSeen
        var report = state.report
        report.records = end
        report.cutBytes = journal.recovery.cutBytes
        shared.recovered(report)
        log.info("read the journal", metadata: report.metadata)
    }

    /// What the ledger knows of homes and the journal does not. Without it the watch goes on nevertheless.
    private static func lastSeen(
        _ pipeline: Pipeline, _ ledger: Ledger, _ log: Logger
    ) -> [SystemRecord] {
        do throws(LedgerError) {
            let records = try LastSeenBackup.records(for: pipeline, from: ledger)
            if !records.isEmpty {
                log.notice("homes are counted on from what the ledger knows", metadata: ["homes": "\(records.count)"])
            }
            return records
        } catch {
            log.error("since when homes were counted cannot be read: \(error)")
            return []
        }
    }

    private static func opening(
        lost: (Int64, Int64)?, before: String?, hash: String, isReload: Bool, last: Instant
    ) -> [SystemRecord] {
        var records: [SystemRecord] = []
        if let lost { records.append(.lost(from: lost.0, to: lost.1)) }
        if let before, before != hash {
            records.append(.config(hash: hash, why: isReload ? .reload : .start))
        }
        guard !isReload else { return records }
        let downSince = last == .distantPast ? nil : last
        records.append(.start(version: ProgramVersion.current, config: hash, downSince: downSince))
        return records
    }

    // MARK: The stores

    /// With blocks smaller than SQLite's pages of shared memory, a disk that fills up ends the process (SIGBUS): SQLite
    /// makes sure of one byte of each 4,096, which is not the whole page there.
    private static func checkDisk(_ store: String, _ faults: BoxFaults, _ log: Logger) {
        let size = Store.blockSize(store)
        guard size > 0, size < 4096 else { return }
        let what = LocalizedText(
            zh: "存储所在文件系统的块为\(size)字节；磁盘写满时守望会被终止。请用 mkfs.ext4 -b 4096 重新格式化。",
            en: "the store's file system has blocks of \(size) bytes, where a full disk ends the daemon; "
                + "make it anew with mkfs.ext4 -b 4096.")
        log.warning("\(what.en)")
        faults.raise(.disk, .medium, what)
    }

    private static func openLedger(_ settings: Settings, _ faults: BoxFaults, _ log: Logger) throws -> Ledger.Opened {
        let store = settings.store.path
        let filling = LedgerFilling(store: store)
        let opened = try ask { () throws(LedgerError) in
            try Ledger.open(
                path: store + "/shouwang.sqlite", backups: store + "/backups",
                stamp: Instant(milliseconds: SystemClock.wall), outboxMax: settings.limits.outbox,
                beforeReplacing: filling.mark)
        }
        // What stood against the file before this one, or before this opening, is over.
        faults.clear(.ledger)
        if let path = opened.backupOfFormer { log.notice("the ledger is of a former version; kept as \(path)") }
        if let trouble = opened.backupProblem {
            log.error("the ledger is of a former version, and could not be kept before it was brought up: \(trouble)")
        }
        guard let problem = opened.problem else { return opened }
        log.error(
            "the ledger was damaged: \(problem); moved aside",
            metadata: ["files": "\(opened.movedAside.joined(separator: ", "))", "now": "\(opened.outcome)"])
        faults.report(
            .ledger, .high,
            LocalizedText(
                zh: "台账文件损坏，已移开并恢复；当前未结预警会重新通知一次。请留意存储卡寿命。",
                en: "the ledger was damaged; it was moved aside and restored, open alerts are told once more. "
                    + "The storage may be wearing out."))
        return opened
    }

    /// - Returns: the journal, and its last record. Where that is before the ledger's (a power cut took what was not
    ///   synced), numbering goes on behind the ledger's.
    private static func openJournal(_ settings: Settings, applied: Int64) throws -> (JournalWriter, end: Int64) {
        func open(atLeast: Int64) throws(JournalError) -> JournalWriter {
            try JournalWriter(
                folder: settings.store.path + "/journal", segmentSize: settings.store.segment, atLeast: atLeast)
        }
        do throws(JournalError) {
            let journal = try open(atLeast: 1)
            let end = journal.recovery.lastNumber
            return (end < applied ? try open(atLeast: applied + 1) : journal, end)
        } catch {
            StandardError.print(error.phrase.text(in: settings.site.language))
            throw Exit.inputOutput
        }
    }

    private static func ask<T>(_ body: () throws(LedgerError) -> T) throws -> T {
        do throws(LedgerError) { return try body() } catch {
            StandardError.print("\(error)")
            throw Exit.inputOutput
        }
    }
}
