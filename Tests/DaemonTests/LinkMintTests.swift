import AlertDispatch
import Alerts
import Community
import ConfigReading
import Diagnostics
import FileIO
import Foundation
import Ledger
import Logging
import SiteConfiguration
import Testing
import Timekeeping
import Vocabulary

@testable import Daemon

/// Links to workers' pages in the texts of a batch, and the key that they are made with.
@Suite struct LinkMintTests {
    private static let noon = Instant(milliseconds: 1_790_128_800_000)
    private static let sheet = """
        id,name,role,phone,channels
        wang,王,grid-worker,13800001234,robot:u-wang|group
        li,李,property,13800005678,group

        """
    private let registry: Registry
    private let key: LinkKey
    private let source: LinkMint.Source

    init() throws {
        var files = RegistryFiles()
        files.files.append((name: "workers.csv", path: "workers.csv", bytes: Array(LinkMintTests.sheet.utf8)))
        registry = Registry.load(files).0
        key = try #require(LinkKey(Array(repeating: 3, count: LinkKey.size)))
        var console = ConsoleSettings(listen: try ListenAddress(text: "127.0.0.1:8420"))
        #expect(LinkMint.Source(console, key: key) == nil && LinkMint.Source(nil, key: key) == nil)
        console.publicURL = WebAddress("https://box.example/shouwang/")
        source = try #require(LinkMint.Source(console, key: key))
    }

    private func mint(_ known: [String: [Link]] = [:], hasSource: Bool = true) -> LinkMint {
        LinkMint(
            source: hasSource ? source : nil, recipients: LinkRecipients(registry: registry), language: .en,
            known: known)
    }

    private func change(_ number: Int, _ kind: ChangeKind = .raised, _ state: AlertState = .open) -> AlertChange {
        AlertChange(
            record: 7, ordinal: Int32(number), change: kind, at: LinkMintTests.noon, id: "a\(number)b2c3d4e5f60718",
            rule: "quiet", kind: .noMovement, severity: .high, site: "hgs", key: "k", started: LinkMintTests.noon,
            detected: LinkMintTests.noon, state: state, detail: "{}", evidence: [],
            message: LocalizedText(zh: "文", en: "text \(number). No. A\(number)B2C3"), isTold: true)
    }

    private func text(
        _ mint: inout LinkMint, _ changes: [AlertChange], channel: String = "robot", to recipient: String = "u-wang",
        at now: Instant = LinkMintTests.noon
    ) throws -> String {
        var random = SystemRandomNumberGenerator()
        let dispatched = try notification(changes, channel, recipient)
        return mint.text(of: dispatched, at: now, random: &random)
    }

    private func notification(
        _ changes: [AlertChange], _ channel: String, _ recipient: String
    ) throws -> AlertNotification {
        let yaml = """
            site: {id: hgs, language: en}
            mqtt: {broker: "mqtt://127.0.0.1"}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state}
            rules: {}
            channels: {robot: {kind: wecom, key: {env: K}}}
            routes: [{to: [robot]}]

            """
        let settings = try #require(
            Settings.parse(Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc") {
                (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
            }.settings)
        let dispatcher = Dispatcher(settings: settings, registry: .empty, channels: ["robot"])
        var told = try #require(dispatcher.decide([changes[0]]).notifications.first)
        (told.channel, told.recipient, told.changes) = (channel, recipient, changes)
        return told
    }

    @Test func `a message ends with its link, the same for the same worker, another for everybody else`() throws {
        var mint = mint()
        let first = try text(&mint, [change(1)])
        let prefix = "text 1. No. A1B2C3\nhttps://box.example/shouwang/w/"
        #expect(first.hasPrefix(prefix))
        let token = try #require(LinkToken(first.dropFirst(prefix.count)))
        let link = try #require(mint.changes.made.first)
        #expect(key.opens(token, link) && link.hash == token.hash)
        #expect(link.recipient == Link.Recipient(name: "wang", isGroup: false, role: "grid-worker"))
        #expect(try text(&mint, [change(1)]) == first)
        #expect(try text(&mint, [change(1)], channel: "group", to: "") != first)
        #expect(mint.changes.made.map(\.recipient.name) == ["wang", "group"])
        #expect(mint.changes.made[1].recipient == Link.Recipient(name: "group", isGroup: true, role: ""))
        // Another batch, with what the ledger has.
        var later = self.mint(["a1b2c3d4e5f60718": mint.changes.made])
        #expect(try text(&later, [change(1)], at: LinkMintTests.noon + .days(5)) == first)
        #expect(try text(&later, [change(1)], at: LinkMintTests.noon + .days(6)) != first, "too little is left of it")
        #expect(later.changes.made.count == 1)
    }

    @Test func `an end has none, nor has any message where nobody knows how the box is reached`() throws {
        var mint = mint()
        for state in [AlertState.resolved, .closed] {
            #expect(try text(&mint, [change(1, .resolved, state)]) == "text 1. No. A1B2C3")
        }
        var without = self.mint(hasSource: false)
        #expect(try text(&without, [change(1)]) == "text 1. No. A1B2C3")
        var bare = change(1)
        bare.message = LocalizedText(zh: "文", en: "text")
        #expect(try text(&without, [bare]) == "text\nNo. A1B2C3")
        #expect(mint.changes == LinkChanges() && without.changes == LinkChanges())
    }

    @Test func `a digest has one for each alert, while they fit`() throws {
        var mint = mint()
        let few = try text(&mint, (1...4).map { change($0) })
        #expect(
            few.split(separator: "\n").suffix(4).map { $0.prefix(7) } == ["A1B2C3 ", "A2B2C3 ", "A3B2C3 ", "A4B2C3 "])
        #expect(mint.changes.made.count == 4)
        var long = (1...8).map { change($0) }
        for index in long.indices {
            long[index].message = LocalizedText(zh: "", en: long[index].message.en + String(repeating: "x", count: 180))
        }
        var full = self.mint()
        let told = try text(&full, long)
        #expect(told.utf8.count <= 1900 && (1...7).contains(full.changes.made.count))
        #expect(told.components(separatedBy: "/w/").count - 1 == full.changes.made.count)
    }

    @Test func `who hands back, and everybody else where it is given to one, loses the link`() throws {
        var mint = mint()
        for (channel, recipient) in [("robot", "wang"), ("robot", "li"), ("group", "")] {
            _ = try text(&mint, [change(1)], channel: channel, to: recipient)
        }
        let made = mint.changes.made
        #expect(made.map(\.recipient.name) == ["wang", "li", "group"])
        var returned = change(1, .returned)
        returned.actor = "wang"
        var first = self.mint(["a1b2c3d4e5f60718": made])
        first.withdraw(for: returned)
        #expect(first.changes.withdrawn == [made[0].hash])
        #expect(try text(&first, [change(1)]) != text(&mint, [change(1)]), "who gets it again gets another link")
        var given = change(1, .dispatched, .dispatched)
        given.assignee = "wang"
        var second = self.mint(["a1b2c3d4e5f60718": made])
        second.withdraw(for: given)
        #expect(second.changes.withdrawn == [made[1].hash])
        given.assignee = "community"
        var third = self.mint(["a1b2c3d4e5f60718": made])
        third.withdraw(for: given)
        #expect(third.changes.withdrawn.isEmpty, "a role is nobody alone")
    }

    @Test func `the site's key is made once, for the daemon's user alone; a damaged one is replaced`() throws {
        let folder = NSTemporaryDirectory() + "/key-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        var random = SystemRandomNumberGenerator()
        func token() throws -> String {
            let key = try #require(LinkKeyFile.key(store: folder, random: &random, log))
            let recipient = Link.Recipient(name: "wang", isGroup: false, role: "")
            return key.mint(alert: "a", recipient: recipient, salt: [1], at: LinkMintTests.noon).token.text
        }
        let first = try token()
        #expect(try token() == first)
        let path = folder + "/" + LinkKeyFile.name
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try Data("short".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try token() != first)
        #expect(LinkKeyFile.key(store: folder + "/none", random: &random, log) == nil)
    }

    @Test func `what was minted is in the ledger with the message`() throws {
        let folder = NSTemporaryDirectory() + "/mint-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try Ledger(path: folder + "/shouwang.sqlite")
        let yaml = """
            site: {id: hgs, language: en}
            mqtt: {broker: "mqtt://127.0.0.1"}
            registry: registry/
            feeds: [{topic: "community/+/+/+", format: native}]
            store: {path: state}
            rules: {}
            channels: {robot: {kind: wecom, key: {env: K}}, group: {kind: wecom, key: {env: K}}}
            routes: [{to: [grid-worker]}]

            """
        let settings = try #require(
            Settings.parse(Array(yaml.utf8), file: "shouwang.yaml", baseDirectory: "/etc") {
                (_) throws(FileError) in throw FileError(reason: "none", isMissing: true)
            }.settings)
        let committer = Committer(
            settings: settings, registry: registry, channels: ["robot", "group"], ledger: ledger, state: DaemonState(),
            faults: BoxFaults(), links: source, log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let item = LedgerQueue.Item(changes: [change(1)], applied: 7)
        #expect(committer.commit(item) && committer.commit(item))
        let links = try ledger.openLinks(alert: change(1).id)
        #expect(Set(links.map(\.recipient.name)) == ["wang", "group"] && links.count == 2)
        for delivery in try ledger.deliveries() {
            let token = try #require(delivery.entry.body.split(separator: "/w/").last.flatMap { LinkToken($0) })
            #expect(links.contains { key.opens(token, $0) })
        }
    }
}
