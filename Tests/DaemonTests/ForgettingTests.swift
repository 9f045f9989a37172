import Community
import ConfigReading
import Diagnostics
import FileIO
import Foundation
import Ledger
import SiteConfiguration
import SiteLoading
import Testing
import Timekeeping
import Vocabulary

@testable import Daemon

/// After somebody was forgotten no file of the store has their name or number, but for the journal, of which it is told
/// until when.
@Suite struct ForgettingTests {
    private static let now = Instant(milliseconds: 1_772_640_000_000)
    private static let words = ["罗桂华", "13800001111", "card-0042-9"]

    /// A store with everything that a daemon keeps, in which she is.
    private final class StoreFolder {
        let folder = FileManager.default.temporaryDirectory.path + "/forget-\(UUID().uuidString)"
        let settings: Settings
        let ledger: Ledger

        init(state: String = "closed") throws {
            try FileManager.default.createDirectory(atPath: folder + "/state", withIntermediateDirectories: true)
            settings = try StoreFolder.settings(folder)
            ledger = try Ledger(path: folder + "/state/shouwang.sqlite")
            for name in ["photos", "snapshots", "journal", "backups"] {
                try FileManager.default.createDirectory(
                    atPath: folder + "/state/" + name, withIntermediateDirectories: true)
            }
            #expect(configs.keep(source("luo,3栋/2单元/502,罗桂华,独居,13800001111,card-0042-9\n")))
            let json =
                #"{"person":"luo","place":"3栋/2单元/502","note":"罗桂华 13800001111","message":{"zh-Hans":"罗*华","en":"x"}}"#
            try ledger.commit(
                changes: [
                    LedgerChange(
                        record: 1, ordinal: 0, alert: "00112233445566aa", change: "closed", rule: "still",
                        kind: "no_movement", severity: .high, state: state, key: "3栋/2单元/502", at: ForgettingTests.now,
                        started: ForgettingTests.now, json: Array(json.utf8))
                ], notifications: [], applied: 1)
            try ledger.backup(into: folder + "/state/backups", stamp: ForgettingTests.now)
            try write("snapshots/00000000000000000001-20516.snapshot", "罗桂华")
            try write("snapshots/00000000000000000002-20517.snapshot", "nobody")
            try write("journal/00000000000000000001.jsonl", #"{"payload":{"credential":"card-0042-9"}}"#)
        }

        deinit { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record("\(error)") } }

        var configs: ConfigStore { ConfigStore(store: folder + "/state") }

        private static func settings(_ folder: String) throws -> Settings {
            let yaml = """
                site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai}
                mqtt: {broker: "mqtt://127.0.0.1"}
                registry: registry/
                feeds: [{topic: "community/+/+/+", format: native}]
                store: {path: state, journal: {keep: 30d}}
                rules: {still: {kind: no_movement}}
                channels: {board: {kind: mqtt}}
                routes: [{match: {}, to: [board]}]

                """
            let (settings, told) = Settings.parse(Array(yaml.utf8), file: folder + "/s.yaml", baseDirectory: folder) {
                (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
            }
            return try #require(settings, "\(told)")
        }

        /// The configuration with a sheet of residents.
        func source(_ rows: String) -> SiteSource {
            var files = Settings.SourceFiles()
            files.text = Array("site: {id: hgs}\n".utf8)
            let header = "id,dwelling,name,care,phone,credentials\n"
            let registry = RegistryFiles(files: [
                ("places.csv", folder + "/registry/places.csv", Array("id,kind,name\nb3,building,3栋\n".utf8)),
                ("residents.csv", folder + "/registry/residents.csv", Array((header + rows).utf8)),
            ])
            return SiteSource(config: folder + "/s.yaml", files: files, registry: registry)
        }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/state/" + name))
        }

        /// The files that have a word of hers.
        func marked() throws -> [String] {
            let all = FileManager.default.subpaths(atPath: folder) ?? []
            return try all.sorted().filter { name in
                var isFolder: ObjCBool = false
                let path = folder + "/" + name
                // Sound: the call writes into a value of this frame.
                let isThere = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                guard isThere, !isFolder.boolValue else { return false }
                let data = try Data(contentsOf: URL(fileURLWithPath: path))
                return ForgettingTests.words.contains { data.range(of: Data($0.utf8)) != nil }
            }
        }

        func subject(_ rows: String) -> ForgetSubject? {
            let (registry, _) = Registry.load(source(rows).registry)
            return ForgetSubject.find("luo", registry: registry, configs: configs)
        }
    }

    private func fates(_ report: ForgetReport) -> [String: ForgetReport.Fate] {
        Dictionary(uniqueKeysWithValues: report.items.map { ($0.place, $0.fate) })
    }

    @Test func `no file of the store but the journal has a word of hers, and the journal says until when`() throws {
        let store = try StoreFolder()
        // Her row is taken out, and a reload has kept the new sheet.
        #expect(store.configs.keep(store.source("other,3栋/2单元/501,张三,,,\n")))
        let subject = try #require(store.subject("other,3栋/2单元/501,张三,,,\n"))
        #expect(subject.line == nil && subject.words.words == ["card-0042-9", "13800001111", "罗桂华"])
        let before = try store.marked()
        #expect(before.contains { $0.contains("configs/") } && before.contains { $0.contains("backups/") })
        #expect(before.contains { $0.contains("shouwang.sqlite") } && before.contains { $0.contains("snapshots/") })

        let forgetting = Forgetting(subject, settings: store.settings, ledger: store.ledger)
        let plan = try forgetting.plan(now: ForgettingTests.now)
        #expect(!plan.isDone && plan.blockers.isEmpty)
        #expect(try store.marked() == before, "a plan changes nothing")
        let report = try forgetting.run(now: ForgettingTests.now)
        #expect(report.isDone && report.items == plan.items)
        #expect(
            fates(report) == [
                "registry": .nothing, "configs": .removed, "ledger": .removed, "backups": .removed,
                "snapshots": .removed,
                "photos": .nothing, "rejects": .nothing, "journal": .kept, "elsewhere": .people,
            ])
        #expect(report.items.first { $0.place == "journal" }?.until == ForgettingTests.now + .days(30))
        #expect(try store.marked() == ["state/journal/00000000000000000001.jsonl"])
        // What is in force, the newest snapshot and a backup stay.
        #expect(store.configs.accepted != nil)
        #expect(SnapshotStore(store: store.folder + "/state").entries.map(\.record) == [2])
        let backups = Store.names(in: store.folder + "/state/backups")
        #expect(backups.count == 1 && backups[0].hasPrefix("ledger-000002"))
        #expect(store.subject("other,3栋/2单元/501,张三,,,\n") == nil, "nobody knows of her any more")
    }

    @Test func `while her row stands in the sheet nothing is removed, and it says which line`() throws {
        let store = try StoreFolder()
        let row = "luo,3栋/2单元/502,罗桂华,独居,13800001111,card-0042-9\n"
        let before = try store.marked()
        let subject = try #require(store.subject(row))
        #expect(subject.line == 2)
        let report = try Forgetting(subject, settings: store.settings, ledger: store.ledger).run(
            now: ForgettingTests.now)
        #expect(!report.isDone && report.blockers.count == 1 && report.blockers[0].en.contains("line 2"))
        #expect(fates(report)["registry"] == .people)
        #expect(try store.marked() == before)
    }

    @Test func `while a case of hers is open nothing is removed, and it says which`() throws {
        let store = try StoreFolder(state: "acknowledged")
        #expect(store.configs.keep(store.source("")))
        let before = try store.marked()
        let subject = try #require(store.subject(""))
        let report = try Forgetting(subject, settings: store.settings, ledger: store.ledger).run(
            now: ForgettingTests.now)
        #expect(!report.isDone && report.blockers.map(\.en) == ["cases are open: 001122; close them first"])
        #expect(try store.marked() == before)
    }

    @Test func `a snapshot that a start needs stays, with what tells what to look for, until the next`() throws {
        let store = try StoreFolder()
        #expect(store.configs.keep(store.source("")))
        try store.write("snapshots/00000000000000000003-20517.snapshot", "罗桂华")
        let subject = try #require(store.subject(""))
        var report = try Forgetting(subject, settings: store.settings, ledger: store.ledger).run(
            now: ForgettingTests.now)
        #expect(fates(report)["snapshots"] == .kept && fates(report)["configs"] == .kept)
        try store.write("snapshots/00000000000000000004-20517.snapshot", "nobody")
        let again = try #require(store.subject(""))
        report = try Forgetting(again, settings: store.settings, ledger: store.ledger).run(now: ForgettingTests.now)
        #expect(report.isDone && fates(report)["snapshots"] == .removed)
        #expect(try store.marked() == ["state/journal/00000000000000000001.jsonl"])
    }

    @Test func `done twice, the second finds nobody; nobody at all is nobody`() throws {
        let store = try StoreFolder()
        let registry = Registry.empty
        #expect(ForgetSubject.find("nobody", registry: registry, configs: store.configs) == nil)
    }

    @Test func `programs get the report in one form`() throws {
        let store = try StoreFolder()
        #expect(store.configs.keep(store.source("")))
        let subject = try #require(store.subject(""))
        let report = try Forgetting(subject, settings: store.settings, ledger: store.ledger).plan(
            now: ForgettingTests.now)
        let json = String(decoding: report.json(zone: .utc, language: .en), as: UTF8.self)
        #expect(json.hasPrefix(#"{"resident":"luo","done":false,"blockers":[],"places":[{"place":"registry","path":""#))
        #expect(json.contains(#""fate":"kept","count":1,"bytes":40,"until":"2026-04-03T16:00:00.000+00:00""#))
        for word in ForgettingTests.words { #expect(!json.contains(word)) }
    }
}
