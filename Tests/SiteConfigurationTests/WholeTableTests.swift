import Channels
import Diagnostics
import Testing
import Vocabulary

@testable import ConfigReading
@testable import Feeds
@testable import SiteConfiguration

/// A configuration and a mapping in which each key of the table is written: what the table promises is read.
@Suite struct WholeTableTests {
    private let config = """
        site: {id: hgs, name: n, timezone: UTC, language: en, holidays: h.csv}
        registry: /srv/registry
        heartbeat: {url: "https://example.org/alive", every: 1m}
        daily: {at: "07:30", to: [property]}
        life_safety: {off: []}
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
        limits:
          payload: 2MB
          rejects: 10
          outbox: 200
          critical: {ack: 1m, arrive: 9m, handle: 50m, case: 20h, time: urgent}
          high: {ack: 2m, arrive: 9m, handle: 50m, case: 20h, time: urgent}
          medium: {ack: 3m, arrive: 9m, handle: 50m, case: 2d, time: natural_day}
          low: {ack: 2h, arrive: 3h, handle: 4h, case: 20h, time: work_hour}
          kinds: {lift_fault: {ack: 1h, arrive: 2h, handle: 3h, case: 24h, time: natural_day}}
          categories: {飞线: {ack: 1d, arrive: 1d, handle: 1d, case: 3d, time: work_day}}
        work: "Mon-Fri 08:00-17:00"
        console:
          listen: "[::1]:80"
          public_url: "https://example.org"
          tokens: {credential: t}
          tls: {cert: c, key: k}
          trusted_proxies: [127.0.0.1, "::1"]
          insecure: true
        rules:
          a:
            kind: no_movement
            title: {zh-Hans: 静, en: still}
            was: b
            severity: critical
            places: [x, y]
            key: person
            cooldown: 1h
            calendar: [workdays 08:00-18:00, weekends]
            except: "Mon 12:00-13:00"
            stages: [{after: 1h, severity: low}]
            evidence: {kinds: motion, count: 1, within: 1m}
          c: {kind: no_movement, after: 5h}
          d:
            kind: thrown_object
            zone: [w]
            device_kinds: facade
            devices: [c1, c2]
            confidence: 0.5
            confirm: {count: 3, within: 4s, devices: 2}
            merge: 0s
            publish: {topic: "t/{site}", payload: p, release: r, fresh: 5s, max: 6s}
          e: {kind: report, kinds: [dissuasion], categories: 飞线}
          f:
            kind: ebike_stays
            after: 20m
            during: [{calendar: "22:00-05:00", after: 5m}]
            then:
              kinds: [ebike]
              zone: z
              places: p
              device_kinds: lobby
              devices: [c2]
              confidence: 0.1
              direction: out
              reading: true
              person: stranger
              words: w
          g:
            kind: door_forced
            within: 6s
            before: 7s
            without:
              kinds: pass
              zone: z
              places: p
              device_kinds: lobby
              devices: [c2]
              confidence: 0.1
              direction: out
              reading: false
              person: anybody
              words: w
          g2: {kind: anti_passback, forget: 8h, repeat: 5s}
          h: {kind: door_held_open, gap: 1m}
          i: {kind: access_denied_burst, at_least: 3, within: 1h, once: 1s, key: [device, person]}
          j: {kind: fever, above: 38, back: 37, for: 1s}
          k: {kind: low_battery, below: 10, back: 30}
          l: {kind: gate_flow, passes: 3, inside: 4, back: 0.7}
          n: {kind: upstream_silent, heartbeats: 3.5, settle: 1m, share: 0.4, least: 5}
          o: {kind: device_stuck, unquiet: 72h}
          p: {kind: device_flooding, records: 10, per: 1s}
          q:
            kind: expression
            match:
              kinds: [motion, pass]
              zone: z
              places: p
              device_kinds: pir
              devices: [c2]
              confidence: 0.1
              direction: in
              reading: false
              person: resident
              words: w
            session: {gap: 5s}
          r: {kind: expression, match: {kinds: pass}, count: {at_least: 2, within: 1h, once: 1s}}
          s: {kind: expression, match: {kinds: pass}, distinct: {of: plate, at_least: 2, within: 1h}}
          t:
            kind: expression
            match: {kinds: contact, reading: true}
            dwell:
              for: 1h
              gap: 2h
              until:
                kinds: contact
                zone: z
                places: p
                device_kinds: lobby
                devices: [c2]
                confidence: 0.1
                direction: out
                reading: false
                person: watched
                words: w
          u:
            kind: expression
            match: {kinds: pass}
            sequence:
              within: 1m
              missing: true
              before: 2s
              then:
                kinds: pass
                zone: z
                places: p
                device_kinds: lobby
                devices: [c2]
                confidence: 0.1
                direction: out
                reading: false
                person: anybody
                words: w
              without:
                kinds: pass
                zone: z
                places: p
                device_kinds: lobby
                devices: [c2]
                confidence: 0.1
                direction: out
                reading: false
                person: anybody
                words: w
          v: {kind: expression, match: {kinds: water}, threshold: {of: value, above: 5, back: 4, for: 1m}}
          w: {kind: expression, match: {kinds: water}, threshold: {of: value, below: 5}}
        family_channels: [sms]
        routes:
          - match:
              kind: sos
              severity: [high]
              verdict: not_seen
              place: x
              calendar: "22:00-05:00"
              rule: [s]
              grid: [g1]
              category: [飞线]
              care: [独居]
            to: [webhook, family]
            escalate: [{after: 10s, to: wecom}]
            continue: yes
            calendar: "22:00-05:00"
            mute: days
            repeat: 1h
            group: place
            dispatch: desk
            desk_after: 5m
            desk: {to: [property], after: 5m}
            offer: volunteers
            offer_for: 10m
            check: {by: [community], within: 24h}
            self_check: true
        channels:

        """ + Channels.all.map { "  \($0.kind): \($0.example)\n" }.joined()

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
            battery: /g
            temp_c: /h
            count: /i
            floor: /j
            plate: /k
            visit: /l

        """

    private var files: [String: String] {
        ["/etc/shouwang/m.yaml": mapping, "/etc/shouwang/h.csv": "date,kind\n2026-10-01,holiday\n"]
    }

    private func paths(_ text: String, root: String) throws -> Set<String> {
        let tree = try #require(YAMLTree.parse(Array(text.utf8), file: "f", findings: Findings()))
        var found: Set<String> = []
        func walk(_ node: YAMLNode, _ path: String) {
            switch node.content {
            case .scalar, .empty: break
            case .list(let nodes): for node in nodes { walk(node, path + "[]") }
            case .map(let entries):
                let isNamed = SettingsTable.table.key(path)?.form == .named
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
        let (settings, diagnostics) = parsed(config, files: files)
        let told = diagnostics.filter { $0.severity != .note }.map { $0.rendered(in: .en) }
        #expect(told == [])
        let s = try #require(settings)
        #expect(s.mqtt.broker == BrokerAddress(isTLS: true, host: "2001:db8::1", port: 8884))
        #expect(s.mqtt.version == .v5)
        #expect(s.console?.listen == ListenAddress(host: "::1", port: 80))
        #expect(s.console?.trustedProxies == ["127.0.0.1", "::1"])
        #expect(s.rules.first?.title == LocalizedText(zh: "静", en: "still"))
        #expect(s.rules.first?.evidence.kinds == [.motion])
        #expect(s.routes.first?.match.kind == [.sos])
        #expect(s.routes.first?.match.verdict == ["not_seen"])
        #expect(s.routes.first?.continue == true)
        #expect(s.routes.first?.escalate.first?.to == [.channel("wecom")])
        #expect(s.heartbeat?.url.host == "example.org")
        #expect(s.daily.at == 450 && s.daily.to == [.role("property")] && s.daily.isWritten)
        let feed = s.feeds.first?.format.format as? MappingFormat
        #expect(feed?.settings.events.first?.track == JSONPointer(tokens: ["f"]))
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
                changed.joined(separator: "\n"), files: files)
            #expect(settings == nil, "\(key.path)")
            #expect(diagnostics.contains { $0.severity == .error }, "\(key.path)")
        }
    }
}
