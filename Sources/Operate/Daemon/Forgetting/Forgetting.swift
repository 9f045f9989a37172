import Diagnostics
import Glibc
package import Ledger
package import SiteConfiguration
package import Timekeeping

/// Forgets somebody who left: takes out of the store what names them, and says of the rest how long it stays and why.
///
/// Two conditions come first: their row is gone from the sheet in force, or the next reload would bring everything
/// back; and no case of theirs is open, since somebody is still to go there. The order is that of a crash: what is left
/// behind at any point is found by the same call again. In the daemon it runs on a thread that may wait for the disk,
/// with the daemon down on the store under its lock; seconds for 100 MB of ledger.
package struct Forgetting {
    private let settings: Settings
    private let ledger: Ledger
    private let subject: ForgetSubject
    private let search: StoreSearch
    private var store: String { settings.store.path }

    /// - Parameter ledger: the daemon's own, or one that is opened under the store's lock.
    package init(_ subject: ForgetSubject, settings: Settings, ledger: Ledger) {
        self.subject = subject
        self.settings = settings
        self.ledger = ledger
        search = StoreSearch(words: subject.words.words)
    }

    /// What would be done. Changes nothing.
    package func plan(now: Instant) throws(LedgerError) -> ForgetReport {
        try report(on: ledger.mentions(of: subject.words), now: now)
    }

    /// Does it, unless something stands in the way.
    package func run(now: Instant) throws(LedgerError) -> ForgetReport {
        let found = try ledger.mentions(of: subject.words)
        var report = report(on: found, now: now)
        guard report.blockers.isEmpty else { return report }
        for hash in found.photos { unsafe unlink(store + "/photos/" + hash) }
        if !found.isNothing { _ = try ledger.forget(subject.words) }
        // What was taken out before this call may stand in pages that are free, and in the -wal.
        guard try ledger.compact() else {
            report.blockers = [
                LocalizedText(
                    zh: "台账正被读取，旧页还没有清掉；请过一分钟再执行一次",
                    en: "the ledger is being read, so its old pages are not cleared; run it again in a minute")
            ]
            return report
        }
        try renewBackups(now: now)
        let (going, staying) = snapshots
        for file in going { unsafe unlink(file.path) }
        // Last, since the words to look for are read from there.
        if staying.isEmpty { for folder in configFolders { Store.removeFolder(folder) } }
        report.isDone = true
        return report
    }

    /// A backup of what the ledger is now first, then those before it go.
    private func renewBackups(now: Instant) throws(LedgerError) {
        let old = Store.names(in: backups).filter {
            $0.hasSuffix(".sqlite") && !search.files(under: backups + "/" + $0).isEmpty
        }
        guard !old.isEmpty else { return }
        try ledger.backup(into: backups, keep: Int.max, stamp: now)
        for name in old { unsafe unlink(backups + "/" + name) }
    }

    private var backups: String { store + "/backups" }

    // MARK: The report

    private func report(on found: ForgottenCount, now: Instant) -> ForgetReport {
        var report = ForgetReport(resident: subject.words.resident)
        report.blockers = blockers(found)
        report.items = [
            sheet, configs, ledgerItem(found), backupsItem(now), snapshotsItem(now), photosItem(found), rejects,
            journal(now), elsewhere,
        ]
        return report
    }

    private func blockers(_ found: ForgottenCount) -> [LocalizedText] {
        var blockers: [LocalizedText] = []
        if let line = subject.line {
            let sheet = settings.registry + "/residents.csv"
            blockers.append(
                LocalizedText(
                    zh: "\(sheet) 第 \(line) 行还在；请先删去这一行，执行 shouwang reload，再执行本命令",
                    en: "\(sheet) still has line \(line); take it out, run shouwang reload, then this again"))
        }
        if !found.open.isEmpty {
            let numbers = found.open.map { $0.prefix(6).uppercased() }.joined(separator: ", ")
            blockers.append(
                LocalizedText(
                    zh: "还有未结案的预警：\(numbers)；请先结案", en: "cases are open: \(numbers); close them first"))
        }
        return blockers
    }

    private var sheet: ForgetReport.Item {
        let path = settings.registry + "/residents.csv"
        guard let line = subject.line else {
            return .init(
                place: "registry", path: path, fate: .nothing,
                why: LocalizedText(zh: "登记表里已没有这一行", en: "the sheet has no such row any more"))
        }
        return .init(
            place: "registry", path: path, fate: .people, count: 1,
            why: LocalizedText(
                zh: "第 \(line) 行，由登记表的管理者删去；电子表格的旧副本也请删去",
                en: "line \(line): whoever keeps the sheet takes it out, and older copies of the sheet with it"))
    }

    /// Kept configurations that have a word, without the one in force.
    private var configFolders: [String] {
        let configs = ConfigStore(store: store)
        return Store.names(in: configs.folder).filter { $0.allSatisfy(\.isHexDigit) && $0 != configs.current }
            .map { configs.folder + "/" + $0 }.filter { !search.files(under: $0).isEmpty }
    }

    private var configs: ForgetReport.Item {
        let folders = configFolders
        let isKept = !snapshots.staying.isEmpty
        return .init(
            place: "configs", path: store + "/configs",
            fate: folders.isEmpty ? .nothing : isKept ? .kept : .removed, count: folders.count,
            bytes: folders.reduce(0) { $0 + StoreSearch.size(of: $1) },
            why: folders.isEmpty
                ? LocalizedText(zh: "没有", en: "nothing")
                : isKept
                    ? LocalizedText(
                        zh: "要靠它认出快照里的信息；等快照处理后再删",
                        en: "they tell what to look for in the snapshots, and go after these")
                    : LocalizedText(
                        zh: "含其姓名的旧配置副本；此后不能再按当时的配置重放",
                        en: "former configurations that have the name; a replay as it ran then is no longer possible"))
    }

    private func ledgerItem(_ found: ForgottenCount) -> ForgetReport.Item {
        let rows = found.alerts.count + found.events + found.deliveries + found.mentions.values.reduce(0, +)
        return .init(
            place: "ledger", path: ledger.path, fate: rows == 0 ? .nothing : .removed, count: rows,
            why: rows == 0
                ? LocalizedText(zh: "没有", en: "nothing")
                : LocalizedText(
                    zh: "\(found.alerts.count) 条预警去掉人、地点、依据和文字，保留规则、时间、处理人供统计；审计只留编号",
                    en: "\(found.alerts.count) alerts lose person, place, evidence and words; rule, times and workers "
                        + "stay for the figures; the audit keeps the id alone"))
    }

    private func backupsItem(_ now: Instant) -> ForgetReport.Item {
        let files = search.files(under: backups)
        return .init(
            place: "backups", path: backups, fate: files.isEmpty ? .nothing : .removed, count: files.count,
            bytes: files.reduce(0) { $0 + $1.bytes },
            why: files.isEmpty
                ? LocalizedText(zh: "没有", en: "nothing")
                : LocalizedText(
                    zh: "先做一份新的备份，再删去含其姓名的旧备份；拷到别处的备份请另行删去",
                    en:
                        "a new backup is made, then those with the name go; copies that lie elsewhere are yours "
                        + "to remove"
                ))
    }

    private func photosItem(_ found: ForgottenCount) -> ForgetReport.Item {
        .init(
            place: "photos", path: store + "/photos", fate: found.photos.isEmpty ? .nothing : .removed,
            count: found.photos.count,
            bytes: found.photos.reduce(0) { $0 + StoreSearch.size(of: store + "/photos/" + $1) },
            why: found.photos.isEmpty
                ? LocalizedText(zh: "没有", en: "nothing")
                : LocalizedText(zh: "只属于其预警的照片", en: "photographs that belong to no other case"))
    }

    private var rejects: ForgetReport.Item {
        .init(
            place: "rejects", path: store + "/rejects", fate: .nothing,
            why: LocalizedText(
                zh: "被拒的消息只计数，原文在流水里", en: "refused messages are counted; what they said is in the journal"))
    }

    /// Nothing is cut out of the journal: a line less breaks the checksum of its block, and a replay that was equal to
    /// the live run.
    private func journal(_ now: Instant) -> ForgetReport.Item {
        let folder = store + "/journal"
        let names = Store.names(in: folder)
        return .init(
            place: "journal", path: folder, fate: names.isEmpty ? .nothing : .kept, count: names.count,
            bytes: StoreSearch.size(of: folder), until: names.isEmpty ? nil : now + settings.store.keep,
            why: names.isEmpty
                ? LocalizedText(zh: "没有", en: "nothing")
                : LocalizedText(
                    zh: "原始流水有校验和，删一行就不能证明完整，也不能重放；到期（store.journal.keep）整段删除，最迟到所列时间",
                    en:
                        "its checksums and replays would not survive a line less; whole segments go when "
                        + "store.journal.keep "
                        + "has passed, the last of today at the time given"))
    }

    private var elsewhere: ForgetReport.Item {
        .init(
            place: "elsewhere", path: "", fate: .people,
            why: LocalizedText(
                zh: "已发到企业微信、短信、邮箱和网络钩子的内容不在本机；保留的 MQTT 消息在代理服务器上",
                en:
                    "what was sent over the channels lies with those who got it; retained MQTT messages lie at "
                    + "the broker"
            ))
    }

    // MARK: Snapshots

    /// Those with a word: what goes, and what stays since nothing newer is there to start from.
    private var snapshots: (going: [StoreSearch.Found], staying: [StoreSearch.Found]) {
        let kept = SnapshotStore(store: store)
        let all = kept.entries.map {
            (path: kept.folder + "/" + $0.name, found: search.files(under: kept.folder + "/" + $0.name))
        }
        let marked = all.flatMap(\.found)
        // The newest first: where that one has no word, everything behind it may go.
        guard let newest = all.first, newest.found.isEmpty else { return ([], marked) }
        return (marked, [])
    }

    private func snapshotsItem(_ now: Instant) -> ForgetReport.Item {
        let (going, staying) = snapshots
        let files = going + staying
        let isKept = !staying.isEmpty
        return .init(
            place: "snapshots", path: store + "/snapshots",
            fate: files.isEmpty ? .nothing : isKept ? .kept : .removed, count: files.count,
            bytes: files.reduce(0) { $0 + $1.bytes },
            until: isKept ? now + .days(Int64(SnapshotStore.daysKept)) : nil,
            why: files.isEmpty
                ? LocalizedText(zh: "没有", en: "nothing")
                : isKept
                    ? LocalizedText(
                        zh: "最新的快照还含有其信息，启动要用；下一份快照写好后请再执行一次，最迟到所列时间自行删除",
                        en:
                            "the newest still has them, and a start needs it; run this again when the next is "
                            + "written, or "
                            + "they go by themselves at the time given")
                    : LocalizedText(zh: "含其信息的旧快照", en: "former snapshots that have the words"))
    }
}
