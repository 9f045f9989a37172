import Community
import Diagnostics
import Feeds
import Foundation
import Logging
import SiteConfiguration
import Synchronization
import Testing
import Timekeeping

@testable import Daemon
@testable import SiteLoading

/// A configuration and a registry in files, a store that has accepted them, and what a start or a reload makes of
/// changes. No daemon, no clock.
private struct GuardedFolder {
    let path = FileManager.default.temporaryDirectory.path + "/guarded-\(UUID().uuidString)"
    var config: String { path + "/shouwang.yaml" }
    var configs: ConfigStore { ConfigStore(store: path + "/state") }

    static let start = Instant(milliseconds: 1_790_000_000_000)
    static let header = "id,dwelling,name,care\n"
    static func residents(_ numbers: some Sequence<Int>) -> String {
        header + numbers.map { "e\($0),3栋/2单元/\(500 + $0),罗桂华,独居\n" }.joined()
    }

    init() throws {
        for folder in ["", "/registry", "/state"] {
            try FileManager.default.createDirectory(atPath: path + folder, withIntermediateDirectories: true)
        }
        try settings()
        try write("registry/places.csv", "id,kind\n3栋,building\n")
        try write("registry/residents.csv", GuardedFolder.residents(1...12))
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    func settings(after: String = "24h", extra: String = "") throws {
        try write(
            "shouwang.yaml",
            """
            site: {id: hgs, name: Site, timezone: Asia/Shanghai, language: en}
            mqtt: {broker: "mqtt://127.0.0.1", client_id: t, qos: 1}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state}
            rules: {quiet: {kind: no_movement, after: \(after)}}
            \(extra)

            """)
    }

    /// As a start or a reload: what may be watched is in force, and kept.
    @discardableResult
    func ask(
        _ ask: GuardedSite.Ask, minutes: Int64 = 0, pause: () async -> Void = {}
    ) async -> GuardedSite {
        let now = GuardedFolder.start + .minutes(minutes)
        let read = await GuardedSite.read(config: config, ask: ask, now: now, pause: pause)
        if let site = read.files.usable { #expect(configs.keep(site.source)) }
        return read
    }

    func digits(_ read: GuardedSite) -> String {
        read.refused?.en.firstMatch(of: #/--accept ([0-9A-F]{6})/#).map { String($0.1) } ?? ""
    }
}

extension GuardedSite {
    fileprivate var watched: Int { files.registry.residents.count { $0.isWatched } }
}

@Suite struct GuardedSiteTests {
    @Test func `the first start takes what is there, an empty registry too`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        try folder.write("registry/residents.csv", "")
        let read = await folder.ask(.start)
        #expect(read.refused == nil && read.watched == 0)
        try folder.write("registry/residents.csv", GuardedFolder.residents(1...12))
        #expect(await folder.ask(.signal).watched == 12)
    }

    @Test(arguments: [GuardedSite.Ask.start, .signal])
    func `an emptied, a missing, a cut sheet is refused at starts and reloads alike`(_ ask: GuardedSite.Ask)
        async throws
    {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        let accepted = try #require(folder.configs.current)
        for text in [
            "", GuardedFolder.header, GuardedFolder.residents(1...11), GuardedFolder.residents(1...12) + "e13,3栋",
        ] {
            try folder.write("registry/residents.csv", text)
            let read = await folder.ask(ask)
            #expect(read.watched == 12, "\(text)")
            #expect(read.refused?.zh.contains("residents.csv") == true && folder.digits(read).count == 6)
            #expect(folder.configs.current == accepted, "the refused one never becomes the accepted one")
        }
        try FileManager.default.removeItem(atPath: folder.path + "/registry/residents.csv")
        #expect(await folder.ask(ask).watched == 12)
        try FileManager.default.removeItem(atPath: folder.path + "/registry")
        let unreadable = await folder.ask(ask)
        #expect(unreadable.watched == 12 && unreadable.refused != nil && folder.digits(unreadable) == "")
        #expect(folder.configs.current == accepted)
    }

    @Test func `a sheet that cannot be opened is refused, and cannot be taken`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        let path = folder.path + "/registry/residents.csv"
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let read = await folder.ask(.start)
        #expect(read.watched == 12 && read.refused?.en.contains("residents.csv") == true)
        #expect(await folder.ask(.signal, minutes: 5).watched == 12)
        #expect(await folder.ask(.accept("e3b0c4")).watched == 12)
    }

    @Test func `what is in force and wrong in it is counted`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        try folder.write(
            "registry/residents.csv", GuardedFolder.residents(1...12) + "x,9栋/1/1,罗,独居\ny,3栋/1/1,罗,独居,1,2\n")
        let site = try #require(await folder.ask(.start).files.usable)
        #expect(site.problems.errors == 2 && site.problems.warnings > 0)
        #expect(site.registry.residents.count { $0.isWatched } == 13 && site.registry.leftOut.map(\.line) == [14])
    }

    @Test func `a refusal names who would be unwatched, and is over when the sheet is back`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        try folder.write("registry/residents.csv", GuardedFolder.residents(4...12))
        let read = await folder.ask(.signal)
        let words = try #require(read.refused)
        let config = Store.realPath(folder.config)
        for text in [words.zh, words.en] {
            #expect(text.contains("3栋2单元501 罗*华") && !text.contains("罗桂华") && text.contains(config))
        }
        #expect(folder.configs.refusal != nil)
        try folder.write("registry/residents.csv", GuardedFolder.residents(1...12))
        let back = await folder.ask(.signal)
        #expect(back.refused == nil && folder.configs.refusal == nil)
    }

    @Test func `the same sheets are taken by a reload between one minute and thirty after their refusal`() async throws
    {
        for (minutes, isTaken) in [(0, false), (1, true), (30, true), (31, false)] as [(Int64, Bool)] {
            let folder = try GuardedFolder()
            defer { folder.remove() }
            await folder.ask(.start)
            try folder.write("registry/residents.csv", GuardedFolder.residents(6...12))
            #expect(await folder.ask(.signal).watched == 12)
            let second = await folder.ask(.signal, minutes: minutes)
            #expect((second.taken != nil) == isTaken && second.watched == (isTaken ? 7 : 12), "\(minutes)")
            // Too late, it is a refusal of its own, from which the minutes count again.
            if minutes == 31 { #expect(await folder.ask(.signal, minutes: 40).watched == 7) }
        }
    }

    @Test func `other sheets are another refusal, and the time counts from theirs`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        try folder.write("registry/residents.csv", GuardedFolder.residents(6...12))
        await folder.ask(.signal)
        try folder.write("registry/residents.csv", GuardedFolder.residents(7...12))
        #expect(await folder.ask(.signal, minutes: 10).watched == 12)
        #expect(await folder.ask(.signal, minutes: 10).watched == 12)
        #expect(await folder.ask(.signal, minutes: 12).watched == 6)
    }

    @Test func `a restart neither takes nor forgets, and the age of the refusal goes on`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        try folder.write("registry/residents.csv", GuardedFolder.residents(6...12))
        await folder.ask(.signal)
        #expect(await folder.ask(.start, minutes: 20).refused != nil)
        #expect(await folder.ask(.signal, minutes: 21).watched == 7)
    }

    @Test func `a clock behind the refusal takes nothing`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        try folder.write("registry/residents.csv", GuardedFolder.residents(6...12))
        await folder.ask(.signal, minutes: 100)
        #expect(await folder.ask(.signal).watched == 12)
        #expect(await folder.ask(.signal, minutes: 5).watched == 7)
    }

    @Test func `an empty sheet is taken by its digits alone, whatever the time`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        try folder.write("registry/residents.csv", GuardedFolder.header)
        let digits = folder.digits(await folder.ask(.signal))
        #expect(await folder.ask(.signal, minutes: 10).watched == 12)
        let wrong = await folder.ask(.accept("000000"))
        #expect(wrong.watched == 12 && wrong.notMeant != nil)
        #expect(await folder.ask(.accept(String(digits.prefix(5)))).watched == 12)
        let taken = await folder.ask(.accept(digits.lowercased()), minutes: 200)
        #expect(taken.watched == 0 && taken.taken != nil && taken.refused == nil)
        // It is the accepted one from now on.
        #expect(await folder.ask(.start).refused == nil)
        #expect(folder.configs.refusal == nil)
    }

    @Test func `what was taken stays so over a crash before it was in force`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        try folder.write("registry/residents.csv", GuardedFolder.residents(6...12))
        let digits = folder.digits(await folder.ask(.signal))
        let read = await GuardedSite.read(
            config: folder.config, ask: .accept(digits), now: GuardedFolder.start, pause: {})
        #expect(read.taken != nil)
        #expect(await folder.ask(.start, minutes: 500).watched == 7)
    }

    @Test func `a new configuration comes into force beside the old registry`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        let before = try #require(folder.configs.current)
        try folder.settings(after: "36h")
        try folder.write("registry/residents.csv", "")
        let read = await folder.ask(.signal)
        #expect(read.watched == 12 && read.refused != nil)
        #expect(read.files.settings?.rules.first?.stages.first?.after == .hours(36))
        #expect(folder.configs.current != before)
        let kept = try #require(folder.configs.accepted)
        #expect(kept.registry.bytes(of: .residents) == Array(GuardedFolder.residents(1...12).utf8))
    }

    @Test func `the yaml is not guarded, and one that does not pass changes nothing`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        try folder.write("shouwang.yaml", "site: {id: hgs\n")
        try folder.write("registry/residents.csv", "")
        let read = await folder.ask(.signal)
        #expect(read.files.usable == nil)
    }

    /// Hours of life safety and the broker's topics were taken by older versions.
    private static func outdated(_ folder: GuardedFolder) throws {
        try folder.settings()
        let yaml = try String(contentsOfFile: folder.config, encoding: .utf8)
        try folder.write(
            "shouwang.yaml",
            yaml.replacing("format: native}]", with: "format: native}, {topic: \"$SYS/#\", format: native}]").replacing(
                "rules: {", with: "rules: {kitchen-smoke: {kind: smoke_fire, calendar: \"06:00-22:00\"}, "))
    }

    @Test func `what an older version took costs itself, at a start, a reload and as the kept site`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        try GuardedSiteTests.outdated(folder)
        for ask in [GuardedSite.Ask.start, .signal] {
            let read = await folder.ask(ask)
            #expect(read.files.errorCount == 2, "errors of check: \(read.files.told)")
            let site = try #require(read.files.usable)
            #expect(site.settings.rules.map(\.name) == ["kitchen-smoke", "quiet"])
            #expect(site.settings.rules.first?.calendar == nil, "it always holds")
            #expect(site.settings.feeds.map(\.topic) == ["community/+/+/+"])
            #expect(site.settings.dropped.map(\.code).sorted() == ["feed.broker-topic", "rule.life-safety-hours"])
        }
        let kept = try #require(folder.configs.lastGood(of: folder.config))
        let site = try #require(SiteFiles(kept: kept).usable)
        #expect(site.settings.dropped.count == 2)
        let faults = BoxFaults()
        Daemon.raiseDropped(site, faults, Logger(label: "test"))
        #expect(faults.standing.map(\.key.text) == ["config:dropped"])
        #expect(faults.standing.first?.what.en.contains("shouwang.yaml:4:") == true)
        try folder.settings()
        Daemon.raiseDropped(try #require(SiteFiles(config: folder.config).usable), faults, Logger(label: "test"))
        #expect(faults.standing.isEmpty)
    }

    @Test func `who was watched is known although the kept configuration can no longer be read`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        var source = try #require(await folder.ask(.start).files.usable).source
        source.files.text = Array("site: {id: hgs, of: an older version}\n".utf8)
        #expect(folder.configs.keep(source))
        try folder.write("registry/residents.csv", GuardedFolder.residents(6...12))
        let read = await folder.ask(.start)
        #expect(read.watched == 12 && read.refused?.en.contains("5 of the 12") == true)
    }

    @Test func `a sheet that is being saved is read again until it stands still for a second`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        try folder.write("registry/residents.csv", "")
        let whole = GuardedFolder.residents(1...13)
        let pauses = Mutex(0)
        let read = await folder.ask(.signal) {
            let pause = pauses.withLock { count in
                count += 1
                return count
            }
            if pause <= 3 {
                try? Data(whole.utf8.prefix(whole.utf8.count * pause / 3)).write(
                    to: URL(fileURLWithPath: folder.path + "/registry/residents.csv"))
            }
        }
        #expect(read.refused == nil && read.watched == 13)
        #expect(pauses.withLock { $0 } == 4)
        #expect(read.diff?.residents.added == ["3栋2单元513 罗*华"])
        // What does not change is not waited for.
        await folder.ask(.signal) { pauses.withLock { $0 += 1 } }
        #expect(pauses.withLock { $0 } == 4)
    }

    @Test func `a refusal of the registry stands until what replaces it is in force`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        let running = try #require(await folder.ask(.start).files.usable)
        let faults = BoxFaults()
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        func reload() async -> ReloadReport {
            let reading = await Reload.read(
                config: folder.config, running: running, ask: .signal, now: GuardedFolder.start, pause: {})
            let report = ReloadReport(reading, running: running)
            report.send(log, faults)
            return report
        }
        try folder.write("registry/residents.csv", "")
        #expect(await reload().settled == nil)
        #expect(faults.stands(.registry))
        try folder.write("registry/residents.csv", GuardedFolder.residents(1...13))
        let taken = await reload()
        #expect(taken.answer.code == 0 && taken.settled?.en.contains("13") == true)
        #expect(faults.stands(.registry), "the old one is in force still")
        // Put back as it was: nothing is to come into force.
        try folder.write("registry/residents.csv", GuardedFolder.residents(1...12))
        #expect(await reload().settled != nil)
        #expect(!faults.stands(.registry))
    }

    @Test func `where a power cut took the mark, the newest that is whole is the accepted one`() async throws {
        let folder = try GuardedFolder()
        defer { folder.remove() }
        await folder.ask(.start)
        try folder.write("state/configs/current", "")
        try folder.write("registry/residents.csv", "")
        #expect(await folder.ask(.start).watched == 12)
    }
}
