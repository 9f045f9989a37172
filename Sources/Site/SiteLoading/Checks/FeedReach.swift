package import Community
package import Diagnostics
import Feeds
package import SiteConfiguration
import Timekeeping
import Vocabulary

/// What a site's feeds can ever tell, so that `check` says which rules wait for what nobody tells.
///
/// Each format says of itself what it can tell (``FeedFormat/abilities(of:isOneWay:)``).
package struct FeedReach {
    private typealias Field = FeedAbility.Field

    private let abilities: [FeedAbility]
    /// The feeds of which a file of the site's own says what they tell, as people find them again.
    private let mapped: [(name: String, format: any FeedFormat)]

    package init(_ settings: Settings, _ registry: Registry) {
        let isOneWay = registry.devices.contains { if case .fixed = $0.direction { true } else { false } }
        abilities = settings.feeds.flatMap { $0.format.format.abilities(of: $0.topic, isOneWay: isOneWay) }
        mapped = settings.feeds.compactMap { feed in
            let format = feed.format.format
            return format.source.map { ("\(feed.name) (\($0))", format) }
        }
    }

    // MARK: What a rule needs

    /// What becomes of a rule where nobody tells what it needs.
    private enum Outcome { case neverFires, alwaysFires, neverEnds }

    private struct Need {
        var kinds: [ObservationKind]
        var fields: Set<Field> = []
        var outcome = Outcome.neverFires
    }

    /// One for each rule that waits for what no feed tells.
    package func problems(_ rules: [RuleSettings]) -> [Diagnostic] {
        rules.compactMap { rule in
            FeedReach.needs(of: rule).lazy.compactMap { need in
                missing(need).map { diagnostic(rule, need, $0) }
            }.first
        }
    }

    private static func needs(of rule: RuleSettings) -> [Need] {
        var own = need(of: rule.match)
        if rule.keys == [.visit] { own.fields.insert(.visit) }
        switch rule.window {
        case .absence: return [Need(kinds: rule.evidence.kinds, outcome: .alwaysFires)]
        case .session, .count: return [own]
        case .distinct(let field, _, _):
            switch field {
            case .person: own.fields.insert(.person)
            case .plate: own.fields.insert(.plate)
            case .track: own.fields.insert(.track)
            case .visit: own.fields.insert(.visit)
            case .device: break
            }
            return [own]
        case .lasting(let ends, let gap):
            guard let ends, gap == .zero else { return [own] }
            var end = need(of: ends)
            end.outcome = .neverEnds
            return [own, end]
        case .sequence(let then, _, let isMissing, _):
            var next = need(of: then)
            if isMissing { next.outcome = .alwaysFires }
            return [own, next]
        case .threshold(let field, _, _, _, _):
            own.fields.insert(Field(field))
            return [own]
        case .excess:
            own.kinds = [.person]
            return [own, Need(kinds: [.pass, .visitorPass, .exitButton], outcome: .alwaysFires)]
        case .flow(let passes, _, _, _):
            if passes == nil { own.fields.insert(.direction) }
            return [own]
        case .passback:
            own.fields.insert(.direction)
            return [own]
        case .device:
            if rule.kind == .clockFault { own.fields.insert(.time) }
            if rule.kind == .identityMismatch { own.fields.insert(.identity) }
            return [own]
        }
    }

    private static func need(of match: MatchSettings) -> Need {
        var need = Need(kinds: match.kinds)
        if match.direction != nil { need.fields.insert(.direction) }
        if match.person != nil { need.fields.insert(.person) }
        if !match.words.isEmpty { need.fields.insert(.word) }
        // A call for help without a confidence meets every threshold.
        if match.confidence > 0, !match.kinds.contains(where: \.isLifeSafety) { need.fields.insert(.confidence) }
        return need
    }

    /// - Returns: nil where a feed tells it all; else the fields that are missing, none where the kinds are.
    private func missing(_ need: Need) -> [Field]? {
        let able = abilities.filter { ability in need.kinds.contains { ability.kinds.contains($0) } }
        guard let best = able.map({ need.fields.subtracting(told($0)) }).min(by: { $0.count < $1.count }) else {
            return abilities.isEmpty || need.kinds.isEmpty ? nil : []
        }
        return best.isEmpty ? nil : Field.allCases.filter(best.contains)
    }

    /// A visitor is known by the code, or as whoever the record is about.
    private func told(_ ability: FeedAbility) -> Set<Field> {
        ability.fields.contains(.person) ? ability.fields.union([.visit]) : ability.fields
    }

    // MARK: Words

    private func diagnostic(_ rule: RuleSettings, _ need: Need, _ fields: [Field]) -> Diagnostic {
        let feeds = mapped.map(\.name).joined(separator: ", ")
        let kinds = need.kinds.prefix(4).map(\.name).joined(separator: ", ") + (need.kinds.count > 4 ? " …" : "")
        let isAny = need.kinds.count == ObservationKind.allCases.count
        let outcome = FeedReach.words(need.outcome)
        let what: LocalizedText
        let remedy: LocalizedText
        if fields.isEmpty {
            what = LocalizedText(zh: "没有数据源会报 \(kinds)", en: "no feed tells of \(kinds)")
            remedy =
                mapped.isEmpty
                ? LocalizedText(zh: "请添加会报它的数据源，或删除这条规则", en: "add a feed that tells of it, or delete the rule")
                : LocalizedText(
                    zh: "请在映射 \(feeds) 中添加 kind: \(need.kinds[0].name) 的事件，或删除这条规则",
                    en: "add an event with kind: \(need.kinds[0].name) to the mapping of \(feeds), or delete the rule")
        } else {
            let names = fields.map(\.phrase)
            what = LocalizedText(
                zh: "数据源 \(feeds) 报的\(isAny ? "消息" : " \(kinds) ")不带\(names.map(\.zh).joined(separator: "、"))",
                en: "what the feed \(feeds) tells\(isAny ? "" : " of \(kinds)") has no "
                    + names.map(\.en).joined(separator: " and no "))
            let keys = fields.compactMap { mapped.first?.format.key(of: $0) }
            remedy =
                keys.isEmpty
                ? LocalizedText(
                    zh: "映射文件不能报它，需要 native 数据源；或删除这条规则",
                    en: "a mapping cannot tell it: it takes a native feed; or delete the rule")
                : LocalizedText(
                    zh: "请在映射文件中补上 \(keys.joined(separator: "、"))",
                    en: "add to the mapping file: \(keys.joined(separator: ", "))")
        }
        return Diagnostic(
            .warning, code: outcome.code, file: rule.position.file, line: rule.position.line,
            column: rule.position.column,
            what: LocalizedText(
                zh: "规则“\(rule.name)”\(outcome.phrase.zh)：\(what.zh)",
                en: "rule \"\(rule.name)\" \(outcome.phrase.en): \(what.en)"),
            remedy: remedy)
    }

    private static func words(_ outcome: Outcome) -> (code: String, phrase: LocalizedText) {
        switch outcome {
        case .neverFires: ("rule.never-fires", LocalizedText(zh: "永远不会触发", en: "can never fire"))
        case .alwaysFires: ("rule.always-fires", LocalizedText(zh: "到时必定触发", en: "always fires in the end"))
        case .neverEnds: ("rule.never-ends", LocalizedText(zh: "触发后不会自行解除", en: "never ends by itself"))
        }
    }
}

extension FeedAbility.Field {
    fileprivate init(_ field: WindowSettings.NumberField) {
        switch field {
        case .value: self = .value
        case .temperature: self = .celsius
        case .battery: self = .battery
        case .count: self = .count
        case .confidence: self = .confidence
        case .floor: self = .floor
        }
    }

    fileprivate var phrase: LocalizedText {
        switch self {
        case .battery: LocalizedText(zh: "电量", en: "battery")
        case .celsius: LocalizedText(zh: "体温", en: "temperature")
        case .count: LocalizedText(zh: "人数", en: "count")
        case .confidence: LocalizedText(zh: "置信度", en: "confidence")
        case .floor: LocalizedText(zh: "楼层", en: "floor")
        case .value: LocalizedText(zh: "数值", en: "value")
        case .person: LocalizedText(zh: "人员", en: "person")
        case .direction: LocalizedText(zh: "方向", en: "direction")
        case .track: LocalizedText(zh: "跟踪号", en: "track")
        case .plate: LocalizedText(zh: "车牌", en: "number plate")
        case .visit: LocalizedText(zh: "访客码", en: "visitor's code")
        case .word: LocalizedText(zh: "类别或原因", en: "category or reason")
        case .time: LocalizedText(zh: "自己的时间", en: "time of its own")
        case .identity: LocalizedText(zh: "自报的设备名", en: "name of the device in the payload")
        }
    }
}
