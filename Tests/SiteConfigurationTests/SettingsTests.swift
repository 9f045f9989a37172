import Channels
import Diagnostics
import Feeds
import Foundation
import Testing
import Timekeeping
import Vocabulary

@testable import ConfigReading
@testable import SiteConfiguration

@Suite struct SettingsTests {
    private func settings(_ text: String, files: [String: String] = [:]) throws -> Settings {
        let (settings, diagnostics) = parsed(text, files: files)
        let told = diagnostics.map { $0.rendered(in: .en) }.joined(separator: "\n")
        return try #require(settings, "\(told)")
    }

    @Test func `what is left out has the table's defaults`() throws {
        let s = try settings(BrokenSettings.good)
        #expect(s.site.id == "hgs")
        #expect(s.site.zone.identifier == "Asia/Shanghai")
        #expect(s.site.language == .zhHans)
        #expect(s.mqtt.broker == BrokerAddress(isTLS: false, host: "127.0.0.1", port: 1883))
        #expect(s.mqtt.clientID == "shouwang-hgs")
        #expect(s.mqtt.qos == 1)
        #expect(s.mqtt.version == .v311)
        #expect(s.mqtt.inflight == 1000)
        #expect(s.registry == "/etc/shouwang/registry")
        #expect(s.store.path == "/etc/shouwang/state")
        #expect(s.store.sync == .batch)
        #expect(s.store.keep == .days(30))
        #expect(s.store.max == 4 << 30)
        #expect(s.store.segment == 64 << 20)
        #expect(s.limits == LimitSettings(payload: 1 << 20, rejects: 1000, outbox: 100_000))
        #expect(s.console == nil)
        #expect(s.daily == DailySettings() && s.daily.at == 480 && s.heartbeat == nil)
        #expect(s.feeds.map(\.name) == ["native"])
        #expect(s.file == "shouwang.yaml")
    }

    @Test func `each kind of rule has its own defaults`() throws {
        let s = try settings(BrokenSettings.good.replacing("rules:", with: "rules:\n  bike: {kind: ebike_in_building}"))
        let bike = try #require(s.rules.first { $0.name == "bike" })
        #expect(bike.severity == .high)
        #expect(bike.confirm == ConfirmSettings(count: 2, within: .seconds(5), devices: 1))
        #expect(bike.merge == .seconds(60))
        #expect(bike.keys == [.device])
        #expect(bike.match.confidence == 0.6)
        let throwing = try #require(s.rules.first { $0.name == "throw" })
        #expect(throwing.severity == .critical)
        #expect(throwing.confirm.count == 1)
        #expect(throwing.merge == .seconds(10))
        #expect(throwing.keys == [.building])
        let quiet = try #require(s.rules.first { $0.name == "quiet" })
        #expect(quiet.severity == .high)
        #expect(quiet.keys == [.dwelling])
        #expect(
            quiet.stages == [
                StageSettings(after: .hours(24), severity: .medium), StageSettings(after: .hours(72), severity: .high),
            ])
        #expect(
            quiet.evidence
                == EvidenceSettings(
                    kinds: [.motion, .presence, .pass, .person, .contact, .bed, .power, .water, .sos], count: 3,
                    within: .minutes(15)))
        #expect(quiet.position == Position(file: "shouwang.yaml", line: 8, column: 3))
    }

    @Test func `after is the short form of one stage with the rule's severity`() throws {
        let text = BrokenSettings.good.replacing(
            "no_movement}\n", with: "no_movement, after: 72h, severity: critical}\n")
        #expect(try settings(text).rules.first?.stages == [StageSettings(after: .hours(72), severity: .critical)])
    }

    @Test func `a low rule's default stages do not fall`() throws {
        let text = BrokenSettings.good.replacing("no_movement}\n", with: "no_movement, severity: low}\n")
        #expect(try settings(text).rules.first?.stages.map(\.severity) == [.low, .low])
    }

    @Test func `the contract's example is read whole`() throws {
        let text = """
            site: {id: hgs, name: 红谷春天, timezone: Asia/Shanghai, language: zh-Hans}
            mqtt: {broker: "mqtts://127.0.0.1:8884", client_id: shouwang-hgs, username: box,
                   password: {file: /etc/shouwang/mqtt.password}, tls: {ca: ca.pem, cert: c.pem, key: k.pem}, qos: 0}
            registry: registry/
            feeds:  [{topic: "community/+/+/+", format: native}, {topic: "other/#", format: native, place: gate-north}]
            store:  {path: /var/lib/shouwang, journal: {sync: 250ms, keep: 30d, max: 4GB}}
            rules:
              no-movement: {kind: no_movement, stages: [{after: 24h, severity: medium}, {after: 72h, severity: high}]}
              lift-ebike:  {kind: ebike_in_building, zone: lift, confidence: 0.6, confirm: {count: 2, within: 5s},
                            severity: high, publish: {topic: "lift/{device}/hold", payload: '{"hold":true}',
                            release: '{"hold":false}', fresh: 10s, max: 60s}}
            routes:
              - {match: {kind: [no_movement]}, to: [grid_worker],
                 escalate: [{after: 5m, to: [community]}, {after: 15m, to: [street]}]}
              - {match: {kind: [thrown_object, ebike_in_building]}, to: [guard, worker:w7],
                 escalate: [{after: 3m, to: ["department:消防"]}]}
            channels:
              hook: {kind: webhook, url: "https://example.org/x", secret: {env: HOOK}}
              wecom-grid3: {kind: wecom, key: {credential: wecom}}
            console: {listen: "127.0.0.1:8420", public_url: "https://example.org", tokens: {file: tokens}}
            """
        let s = try settings(text)
        #expect(s.mqtt.broker.description == "mqtts://127.0.0.1:8884")
        #expect(s.mqtt.password == .file("/etc/shouwang/mqtt.password"))
        #expect(
            s.mqtt.tls
                == TLSSettings(ca: "/etc/shouwang/ca.pem", cert: "/etc/shouwang/c.pem", key: "/etc/shouwang/k.pem"))
        #expect(s.store.sync == .interval(Milliseconds(250)))
        #expect(s.feeds.map(\.name) == ["native", "native-2"])
        #expect(s.rules.last?.match.zones == ["lift"])
        #expect(s.rules.last?.publish?.payload == "{\"hold\":true}")
        #expect(s.routes.map(\.to) == [[.role("grid-worker")], [.role("guard"), .worker("w7")]])
        #expect(s.routes.last?.escalate == [EscalationSettings(after: .minutes(3), to: [.role("department:消防")])])
        #expect(s.channels.map(\.name) == ["hook", "wecom-grid3"])
        guard let wecom = s.channels.last?.settings as? WeComSettings else { throw Absent() }
        #expect(wecom.baseURL.text == "https://qyapi.weixin.qq.com")
        #expect(wecom.key == .credential("wecom"))
        #expect(wecom.http?.timeout == .seconds(10))
        #expect(s.console?.publicURL?.host == "example.org")
        let diagnostics = parsed(text).diagnostics
        #expect(diagnostics.map(\.code) == ["config.not-acted-on"])
        #expect(diagnostics.map(\.severity) == [.note])
        #expect(diagnostics.map(\.line) == [20])
    }

    @Test func `words that YAML 1.1 takes for booleans and numbers stay text`() throws {
        let text = BrokenSettings.good.replacing("{id: hgs, name: 红谷春天}", with: "{id: 3, name: no}")
            .replacing("quiet:", with: "on:").replacing("{path: state}", with: "{path: 1.10, journal: {sync: off}}")
        let s = try settings(text)
        #expect(s.site.id == "3")
        #expect(s.site.name == "no")
        #expect(s.rules.first?.name == "on")
        #expect(s.store.path.hasSuffix("/1.10"))
        #expect(s.store.sync == .off)
    }

    @Test(arguments: [
        ("http to another host", "https://example.org/a", "http://192.0.2.7/a", "config.not-encrypted"),
        (
            "an open console", "rules:", "console: {listen: \"0.0.0.0:8420\", insecure: true}\nrules:",
            "console.not-loopback"
        ),
        (
            "a password in the clear", "\"mqtt://127.0.0.1\"",
            "\"mqtt://192.0.2.7\", username: a, password: {env: P}", "mqtt.not-encrypted"
        ),
        (
            "feeds that share messages", "format: native}", "format: native}, {topic: \"community/#\", format: native}",
            "feed.overlap"
        ),
        (
            "a later stage of less urgency", "no_movement}\n",
            "no_movement, stages: [{after: 1h, severity: high}, {after: 2h, severity: low}]}\n", "rule.stage-falls"
        ),
        ("no rule", "rules:\n  quiet: {kind: no_movement}\n  throw: {kind: thrown_object}\n", "", "config.no-rules"),
    ])
    func `what is unwise is a warning and no error`(_ name: String, _ old: String, _ new: String, _ code: String) {
        let (settings, diagnostics) = parsed(BrokenSettings.good.replacing(old, with: new))
        #expect(settings != nil, "\(name)")
        #expect(diagnostics.map(\.code) == [code], "\(name)")
        #expect(diagnostics.map(\.severity) == [.warning], "\(name)")
    }

    @Test func `http on the same machine is no warning`() {
        for host in ["127.0.0.1:9000", "localhost", "[::1]:9000"] {
            let text = BrokenSettings.good.replacing("https://example.org/a", with: "http://\(host)/a")
            #expect(parsed(text).diagnostics.isEmpty, "\(host)")
        }
    }

    @Test func `a key without effect is told once, however often it is written`() {
        let route = "  - {to: [hook], group: all, mute: nights}\n"
        let text = BrokenSettings.good.replacing("routes:\n", with: "routes:\n" + route + route)
        #expect(parsed(text).diagnostics.map(\.code) == ["config.not-acted-on", "config.not-acted-on"])
    }

    @Test func `the shipped example has neither errors nor warnings`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../config/shouwang.yaml").standardizedFileURL.path
        let (settings, diagnostics) = Settings.load(file: file)
        let told = diagnostics.map { $0.rendered(in: .en) }.joined(separator: "\n")
        let s = try #require(settings, "\(told)")
        #expect(diagnostics.allSatisfy { $0.severity == .note }, "\(told)")
        #expect(s.mqtt.broker.isLoopback)
        #expect(s.registry.hasSuffix("/config/registry"))
        #expect(s.store.path.hasSuffix("/config/state"))
        #expect(s.rules.prefix(2).map(\.kind) == [.noMovement, .notReturned])
        #expect(Set(s.rules.map(\.kind)).count > 20)
        #expect(s.site.days.count > 30)
        #expect(s.feeds.map(\.name) == ["native", "mapping"])
    }
}

struct Absent: Error {
    @Test func `a console beyond loopback needs TLS: else check refuses it, and a daemon listens on loopback`() throws {
        let open = BrokenSettings.good.replacing("rules:", with: "console: {listen: \"0.0.0.0:9000\"}\nrules:")
        let (settings, diagnostics) = parsed(open)
        #expect(diagnostics.map(\.code) == ["console.not-encrypted"])
        #expect(diagnostics.map(\.severity) == [.error])
        #expect(settings?.console?.listen.description == "127.0.0.1:9000")
        #expect(settings?.dropped.map(\.code) == ["console.not-encrypted"])
        let encrypted = open.replacing(
            "0.0.0.0:9000\"", with: "0.0.0.0:9000\", trusted_proxies: 127.0.0.1, tls: {cert: c.pem, key: k.pem}")
        let (other, told) = parsed(encrypted)
        #expect(told.isEmpty && other?.console?.listen.description == "0.0.0.0:9000")
        #expect(other?.console?.tls?.cert?.hasSuffix("/c.pem") ?? false)
        #expect(other?.console?.trustedProxies == ["127.0.0.1"])
        let wrong = encrypted.replacing("trusted_proxies: 127.0.0.1", with: "trusted_proxies: proxy.example")
        #expect(parsed(wrong).1.map(\.code) == ["config.bad-address"])
    }
}
