import Diagnostics
import Testing

@testable import SiteConfiguration

/// A configuration and a mapping in which each key of the table is written: what the table promises is read.
@Suite struct WholeTableTests {
    private let config = """
        site: {id: hgs, name: n, timezone: UTC, language: en}
        registry: /srv/registry
        heartbeat: {url: "https://example.org/alive", every: 1m}
        mqtt:
          broker: "mqtts://[2001:db8::1]:8884/"
          client_id: c
          username: u
          password: {env: P}
          tls: {ca: a, cert: b, key: c}
          qos: 1
          version: 5
          inflight: 20
        feeds:
          - {name: f, topic: a/+, format: mapping, place: p, mapping: m.yaml, strip: [/pic], redact: /phone}
        store: {path: s, journal: {sync: 1s, keep: 1d, max: 1GB, segment: 16MB}, snapshot: 5m}
        limits: {payload: 2MB, rejects: 10, outbox: 200}
        console: {listen: "[::1]:80", public_url: "https://example.org", tokens: {credential: t}}
        rules:
          a:
            kind: no_movement
            title: {zh-Hans: 静, en: still}
            was: b
            severity: critical
            places: [x, y]
            key: person
            cooldown: 1h
            calendar: nights
            stages: [{after: 1h, severity: low}]
            evidence: {kinds: motion, count: 1, within: 1m}
          c: {kind: no_movement, after: 5h}
          d:
            kind: thrown_object
            zone: [w]
            confidence: 0.5
            confirm: {count: 3, within: 4s, devices: 2}
            merge: 0s
            publish: {topic: "t/{site}", payload: p, release: r, fresh: 5s, max: 6s}
        routes:
          - match: {kind: sos, severity: [high], verdict: not_seen, place: x, calendar: nights}
            to: [hook, family]
            escalate: [{after: 10s, to: w}]
            continue: yes
            calendar: nights
            mute: days
            repeat: 1h
            group: place
            dispatch: desk
            desk_after: 5m
            offer: volunteers
            self_check: true
        channels:
          hook: {kind: webhook, url: "https://example.org", secret: {file: k}, base_url: "http://[::1]", timeout: 3s}
          w: {kind: wecom, key: {env: K}, base_url: "https://example.org", timeout: 3s, mention: ["@all"]}
          m: {kind: mqtt, topic: "x/{id}", retain: true}

        """

    private let mapping = """
        topic: a/{x}
        device: "{x}"
        person: "{/p}"
        id: "{/i}"
        time: {at: /t, form: epoch}
        events:
          - when: {"{x}": 1}
            kind: pass
            as: detection
            value: {at: "{x}", table: {a: 1.5}}
            confidence: /c
            zone: /z
            dir: /d
            credential: /e
            track: /f

        """

    private func paths(_ text: String, root: String) throws -> Set<String> {
        let tree = try #require(YAMLTree.parse(Array(text.utf8), file: "f", findings: Findings()))
        var found: Set<String> = []
        func walk(_ node: YAMLNode, _ path: String) {
            switch node.content {
            case .scalar, .empty: break
            case .list(let nodes): for node in nodes { walk(node, path + "[]") }
            case .map(let entries):
                let isNamed = SettingsTable.key(path)?.form == .named
                for entry in entries {
                    let next = Section.join(path, isNamed ? "*" : entry.key)
                    found.insert(next)
                    walk(entry.value, next)
                }
            }
        }
        walk(tree, root)
        return found
    }

    @Test func `a configuration with every key is read without error`() throws {
        let (settings, diagnostics) = parsed(config, files: ["/etc/shouwang/m.yaml": mapping])
        let told = diagnostics.filter { $0.severity != .note }.map { $0.rendered(in: .en) }
        #expect(told == [])
        let s = try #require(settings)
        #expect(s.mqtt.broker == BrokerAddress(isTLS: true, host: "2001:db8::1", port: 8884))
        #expect(s.mqtt.version == .v5)
        #expect(s.console?.listen == ListenAddress(host: "::1", port: 80))
        #expect(s.rules.first?.title == Phrase(zh: "静", en: "still"))
        #expect(s.rules.first?.evidence.kinds == [.motion])
        #expect(s.routes.first?.match.kind == [.sos])
        #expect(s.routes.first?.match.verdict == ["not_seen"])
        #expect(s.routes.first?.continue == true)
        #expect(s.routes.first?.escalate.first?.to == [.channel("w")])
        #expect(s.heartbeat?.url.host == "example.org")
        #expect(s.feeds.first?.mapping?.events.first?.track == JSONPointer(tokens: ["f"]))
        let written = try paths(config, root: "").union(paths(mapping, root: "mapping"))
        let missing = SettingsTable.all.map(\.path).filter { !written.contains($0) }
        #expect(missing == [])
        let later = SettingsTable.all.filter { !$0.isActedOn }.map(\.path)
        #expect(diagnostics.count == later.count)
    }

    @Test func `every key of the table refuses a value of the wrong shape, or says that it takes any`() {
        for key in SettingsTable.all where !key.path.hasPrefix("mapping") && key.form != .any {
            let lines = config.split(separator: "\n", omittingEmptySubsequences: false)
            let marker = "\(key.name): "
            // The first line on which the key is written with a value behind it; the value becomes a list of lists.
            guard let index = lines.firstIndex(where: { $0.contains(marker) }) else { continue }
            guard let range = lines[index].firstRange(of: marker) else { continue }
            var changed = lines
            changed[index] = lines[index][..<range.upperBound] + "[[oops]]"
            let (settings, diagnostics) = parsed(
                changed.joined(separator: "\n"), files: ["/etc/shouwang/m.yaml": mapping])
            #expect(settings == nil, "\(key.path)")
            #expect(diagnostics.contains { $0.severity == .error }, "\(key.path)")
        }
    }
}
