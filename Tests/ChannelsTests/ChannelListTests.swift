import ConfigReading
import Diagnostics
import SiteConfiguration
import Delivery
import Ledger
import Testing
import Timekeeping

@testable import Channels

/// What holds for every kind of channel, those that come as well.
@Suite struct ChannelListTests {
    @Test(arguments: Channels.built) func `a kind's example is read, holds each of its keys, and makes a channel`(
        kind: String
    ) throws {
        let type = try #require(Channels.kind(named: kind))
        let read = try configured(type.example)
        #expect(Swift.type(of: read.settings).kind == kind)
        for key in type.keys { #expect(type.example.contains("\(key.path): "), "\(key.path)") }
        let channel = try ready(type.example).channel
        let request = channel.request(for: message(entry(1)))
        #expect(channel.request(for: message(entry(1))) == request)
        #expect(channel.scrubbed("a\u{0}" + String(repeating: "b", count: 400)).count == 300)
        // Nobody answered, and nobody may have got it: every channel tries that again.
        #expect(channel.outcome(of: .unreachable(reason: "x"), at: noon) == .transient(TransientFailure("x")))
        #expect(read == (try configured(type.example)))
    }

    @Test(arguments: Channels.built) func `a secret that cannot be read is told with its key, and costs its channel`(
        kind: String
    ) throws {
        let type = try #require(Channels.kind(named: kind))
        let (channels, problems) = ConfiguredChannel.ready([try configured(type.example)], site: "hgs") {
            (place) throws(SecretError) in throw .empty(place: "\(place)")
        }
        guard let key = type.keys.first(where: { $0.form == .secret }) else {
            #expect(channels.count == 1)
            return
        }
        #expect(channels.isEmpty)
        #expect(problems.first?.en.hasPrefix("channel a, \(key.path): ") == true)
        #expect(problems.first?.en.contains(" is empty; write it (mode 0600") == true)
    }

    @Test func `kinds have names of their own, which may be written`() {
        #expect(Set(Channels.built).count == Channels.built.count)
        #expect(Set(Channels.built).isSubset(of: Channels.names))
    }

    // MARK: Kinds that have a key of one name

    private struct Pager: Kind {
        static let kind = "pager"
        static let keys =
            [SettingKey("url", .web, zh: "网关", en: "the gateway").needed] + HTTPSettings.keys(base: "https://a.test")
            + [SettingKey("room", .text, zh: "群", en: "the group")]
    }

    private struct Siren: Kind {
        static let kind = "siren"
        static let keys =
            [SettingKey("url", .text, zh: "喇叭", en: "the loudspeaker")] + HTTPSettings.keys(base: "https://b.test")
            + [SettingKey("volume", .text, zh: "音量", en: "how loud")]
    }

    @Test func `what means the same is one row with the kinds and their defaults, what does not is a row each`() throws
    {
        let rows = ChannelKeys.merged([Pager.self, Siren.self], under: "channels.*")
        #expect(rows.map(\.name) == ["url", "url", "base_url", "timeout", "ca", "room", "volume"])
        #expect(
            rows.map(\.kinds) == [["pager"], ["siren"]] + Array(repeating: ["pager", "siren"], count: 3) + [
                ["pager"], ["siren"],
            ])
        #expect(rows[2].standardByKind == ["pager": "https://a.test", "siren": "https://b.test"])
        #expect(rows[2].standard == nil && rows[3].standard == "10s" && rows[3].standardByKind.isEmpty)
        #expect(rows.allSatisfy { $0.path == "channels.*.\($0.name)" })
    }

    @Test func `a section is read by its own kind's row`() throws {
        let rows = ChannelKeys.merged([Pager.self, Siren.self], under: "channels.*")
        let kindRow = SettingKey("channels.*.kind", .text, zh: "种类", en: "kind")
        let table = KeyTable([kindRow] + rows, kinds: ["channels.*": ["pager", "siren"]])
        func told(_ entries: [String: String]) -> (codes: [String], url: String?) {
            let findings = Findings()
            let place = Position(file: "f")
            let node = YAMLNode(
                content: .map(
                    entries.sorted { $0.key < $1.key }.map {
                        YAMLNode.Entry(
                            key: $0.key, keyPosition: place,
                            value: YAMLNode(content: .scalar($0.value), position: place))
                    }), position: place)
            let section = Section(node, path: "channels.*", title: "channels.a", table: table, findings: findings)
            return (findings.diagnostics.map(\.code), section?.text("url"))
        }
        #expect(told(["kind": "pager"]).codes == ["config.missing-key"])
        #expect(told(["kind": "siren"]).codes == [])
        #expect(told(["kind": "siren", "url": "x"]).url == "x")
        #expect(told(["kind": "siren", "room": "x"]).codes == ["channel.unused-parameter"])
        #expect(told(["kind": "pager", "url": "x", "rooom": "x"]).codes == ["config.unknown-key"])
    }
}

/// A kind with keys and nothing else.
private protocol Kind: ChannelSettings {
    init()
}

extension Kind {
    static var example: String { "{}" }
    static var takesChanges: Bool { false }
    init?(_ section: Section) { self.init() }
    func channel(in context: ChannelContext) throws(UnplacedDiagnostic) -> any Channel {
        MQTTChannel(try MQTTChannel.Options(topic: "a"))
    }
}
