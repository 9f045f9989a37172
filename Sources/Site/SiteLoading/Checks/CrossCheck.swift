import Channels
package import Community
import Delivery
package import Diagnostics
import Feeds
import Rules
package import SiteConfiguration
import Vocabulary

/// What only shows when configuration and registry are looked at together.
package enum CrossCheck {
    package static func problems(_ settings: Settings, _ registry: Registry) -> [Diagnostic] {
        unknownPlaces(settings, registry) + uncorroborated(settings, registry) + workers(settings, registry)
            + routes(settings, registry)
            + unmatchedRules(settings, registry) + absentDevices(settings, registry) + unheardKinds(settings, registry)
            + oneWayAreas(settings, registry)
            + FeedReach(settings, registry).problems(settings.rules) + atTheNumber(settings)
            + settings.channels.compactMap(\.authorityProblem)
    }

    /// For as long as the version is 0.1: before it `gate_flow` fired above its number (CHANGELOG.md).
    private static func atTheNumber(_ settings: Settings) -> [Diagnostic] {
        settings.rules.compactMap { rule in
            guard case .flow(let passes, _, let inside, _) = rule.window else { return nil }
            let number = passes ?? inside ?? 0
            return diagnostic(
                .note, "rule.at-the-number", rule.position,
                LocalizedText(
                    zh: "规则“\(rule.name)”从本版本起达到 \(number) 即触发；以前超过 \(number) 才触发",
                    en: "rule \"\(rule.name)\" fires at \(number) from this version on; before, only above \(number)"),
                LocalizedText(zh: "要和以前一样，请写 \(number + 1)", en: "for what was before, write \(number + 1)"))
        }
    }

    package static func diagnostic(
        _ severity: Diagnostic.Severity, _ code: String, _ position: Position, _ what: LocalizedText,
        _ remedy: LocalizedText
    ) -> Diagnostic {
        Diagnostic(
            severity, code: code, file: position.file, line: position.line, column: position.column, what: what,
            remedy: remedy)
    }

    /// Places that feeds, rules and routes name.
    private static func unknownPlaces(_ settings: Settings, _ registry: Registry) -> [Diagnostic] {
        var named: [(name: String, position: Position)] = []
        for feed in settings.feeds { if let place = feed.place { named.append((place, feed.position)) } }
        for rule in settings.rules {
            for place in Set(rule.matches.flatMap(\.places)).sorted() { named.append((place, rule.position)) }
        }
        for route in settings.routes { for place in route.match.place { named.append((place, route.position)) } }
        let known = registry.places.map(\.id)
        return named.compactMap { name, position in
            guard registry.place(name) == nil else { return nil }
            let nearest = SpellingSuggestion.name(to: name, among: known)
            return diagnostic(
                .error, "config.unknown-place", position,
                LocalizedText(zh: "登记表里没有场所“\(name)”", en: "the registry has no place \"\(name)\""),
                LocalizedText(
                    zh: nearest.map { "是不是 \($0)？" } ?? "请在 places.csv 中登记，或改用已有的编号",
                    en: nearest.map { "did you mean \($0)?" } ?? "add it to places.csv, or name one that is there"))
        }
    }

    /// docs/rules.md: `check` warns where a home's devices cannot reach the count of corroborating movements.
    private static func uncorroborated(_ settings: Settings, _ registry: Registry) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        var covered: [Int32: Int] = [:]
        for device in registry.devices {
            guard let dwelling = device.place.flatMap({ registry.places[Int($0.index)].dwelling }) else { continue }
            covered[dwelling.index, default: 0] += 1
        }
        for rule in settings.rules where rule.kind == .noMovement {
            let bare = registry.households.filter { home in
                let devices = home.dwelling.map { covered[$0.index] ?? 0 } ?? 0
                let credentials = home.residents.contains { !registry.residents[Int($0.index)].credentials.isEmpty }
                return devices == 0 && !credentials && !hasGate(registry)
            }
            guard !bare.isEmpty else { continue }
            let names = bare.prefix(5).map { home in registry.residents[Int(home.residents[0].index)].id }
            let list = names.joined(separator: ", ") + (bare.count > 5 ? " …" : "")
            problems.append(
                diagnostic(
                    .warning, "rule.uncovered", rule.position,
                    LocalizedText(
                        zh: "\(bare.count) 户没有任何能看到其活动的设备：\(list)",
                        en: "\(bare.count) homes have no device that could see life: \(list)"),
                    LocalizedText(zh: "请在 devices.csv 中为其登记设备", en: "register a device for them in devices.csv")))
        }
        return problems
    }

    private static func hasGate(_ registry: Registry) -> Bool {
        registry.devices.contains {
            $0.family == DeviceFamily.access.rawValue || $0.family == DeviceFamily.camera.rawValue
        }
    }

    /// Workers without a channel.
    private static func workers(_ settings: Settings, _ registry: Registry) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        let known = Set(settings.channels.map(\.name))
        for worker in registry.workers {
            for address in worker.channels where !known.contains(address.channel) {
                problems.append(
                    Diagnostic(
                        .warning, code: "workers.unknown-channel", file: "workers.csv", line: worker.line, column: 0,
                        what: LocalizedText(
                            zh: "网格员“\(worker.id)”的通道“\(address.channel)”没有配置",
                            en:
                                "worker \"\(worker.id)\" has the channel \"\(address.channel)\", which is not "
                                + "configured"
                        ),
                        remedy: LocalizedText(
                            zh: "请在配置的 channels 中添加，或改用：\(known.sorted().joined(separator: ", "))",
                            en: "add it under channels, or use one of: \(known.sorted().joined(separator: ", "))")))
            }
        }
        return problems
    }

    /// Rules that can never fire: nothing in the registry could make their observations.
    private static func unmatchedRules(_ settings: Settings, _ registry: Registry) -> [Diagnostic] {
        settings.rules.compactMap { rule in
            guard rule.kind == .noMovement, registry.households.isEmpty else { return nil }
            return diagnostic(
                .warning, "rule.never-fires", rule.position,
                LocalizedText(
                    zh: "规则“\(rule.name)”永远不会触发：登记表里没有需要关注的居民",
                    en: "rule \"\(rule.name)\" can never fire: nobody in the registry is watched"),
                LocalizedText(
                    zh: "请在 residents.csv 的“关爱类别”一栏填写，例如 独居",
                    en: "fill the column care in residents.csv, for example 独居"))
        }
    }

    /// Rules that look at kinds of device of which none is registered.
    private static func absentDevices(_ settings: Settings, _ registry: Registry) -> [Diagnostic] {
        let kinds = Set(registry.devices.map(\.kind))
        return settings.rules.compactMap { rule in
            let wanted = rule.match.deviceKinds
            guard !wanted.isEmpty, kinds.isDisjoint(with: wanted) else { return nil }
            let list = wanted.joined(separator: ", ")
            return diagnostic(
                .warning, "rule.no-device", rule.position,
                LocalizedText(
                    zh: "规则“\(rule.name)”永远不会触发：登记表里没有类型为 \(list) 的设备",
                    en: "rule \"\(rule.name)\" can never fire: the registry has no device of the kind \(list)"),
                LocalizedText(
                    zh: "请在 devices.csv 的“类型”一栏登记，或用 device_kinds、zone 指明",
                    en: "register one in devices.csv, or name others by device_kinds or zone"))
        }
    }

    /// What devices of the registry can tell and no rule looks at: it would come in and nobody would hear of it.
    private static func unheardKinds(_ settings: Settings, _ registry: Registry) -> [Diagnostic] {
        var heard: Set<ObservationKind> = [.heartbeat, .online, .offline]
        for rule in settings.allRules {
            if case .device = rule.window { continue }
            heard.formUnion(rule.matches.flatMap(\.kinds))
            if rule.kind == .noMovement { heard.formUnion(rule.evidence.kinds) }
            if rule.kind == .tailgating { heard.formUnion([.pass, .visitorPass, .exitButton]) }
        }
        var senders: [ObservationKind: [String]] = [:]
        for device in registry.devices {
            for kind in DeviceKinds.observations(of: device.kind, family: DeviceFamily(rawValue: device.family))
            where !heard.contains(kind) { senders[kind, default: []].append(device.id) }
        }
        let position = Position(file: settings.file)
        return ObservationKind.allCases.compactMap { kind in
            guard let devices = senders[kind] else { return nil }
            let names = devices.prefix(3).joined(separator: ", ") + (devices.count > 3 ? " …" : "")
            return diagnostic(
                .note, "rule.unheard-kind", position,
                LocalizedText(
                    zh: "没有规则关注 \(kind.name)（\(devices.count) 台设备可能上报：\(names)），报了也没有人知道",
                    en: "no rule looks at \(kind.name), which \(devices.count) devices may tell (\(names)): "
                        + "nobody would hear of it"),
                LocalizedText(
                    zh: "请添加一条规则；可用的种类见 docs/rules.zh-CN.md，其他用 expression",
                    en: "add a rule for it: the kinds are in docs/rules.md, or use expression"))
        }
    }
}

/// Areas that gates enclose.
extension CrossCheck {
    /// Rules of passes the same way, whose gates cannot tell both ways: they could not know who is in.
    package static func oneWayAreas(_ settings: Settings, _ registry: Registry) -> [Diagnostic] {
        settings.rules.compactMap { rule in
            guard rule.kind == .antiPassback else { return nil }
            let looksAt = Matcher.devices(rule.match, registry)
            let gates = zip(registry.devices, looksAt).filter(\.1).map(\.0)
            let tellsIn = gates.contains { $0.direction.tells(.in) }
            let tellsOut = gates.contains { $0.direction.tells(.out) }
            if tellsIn, tellsOut { return nil }
            let what =
                gates.isEmpty
                ? LocalizedText(zh: "其中没有大门", en: "there is no outer gate in it")
                : tellsIn
                    ? LocalizedText(zh: "其中的大门都只报进", en: "its gates tell the way in alone")
                    : LocalizedText(zh: "其中的大门都只报出", en: "its gates tell the way out alone")
            return diagnostic(
                .error, "rule.one-way", rule.position,
                LocalizedText(
                    zh: "规则“\(rule.name)”无法知道谁在区域内：\(what.zh)",
                    en: "rule \"\(rule.name)\" cannot know who is in: \(what.en)"),
                LocalizedText(
                    zh: "请在 devices.csv 登记两个方向的大门（类型 gate,dir 为 in、out 或 1=in|2=out），或改 places",
                    en: "register gates of both ways in devices.csv (kind gate; dir in, out or 1=in|2=out), or name "
                        + "other places"))
        }
    }
}
