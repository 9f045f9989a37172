import ConfigReading
import Diagnostics
import Timekeeping
import Vocabulary

extension SettingsReader {
    func rules(_ root: Section) -> [RuleSettings] {
        let rules = (root.named("rules") ?? []).compactMap { rule($0.section, name: $0.name, at: $0.position) }
        if !root.has("rules") || rules.isEmpty && !findings.hasErrors {
            findings.add(.warning, .noRules, at: root.has("rules") ? root.keyPlace("rules") : root.position)
        }
        let names = Set(rules.map(\.name))
        for rule in rules {
            if let was = rule.was, names.contains(was) { findings.add(.error, .wasTaken(was), at: rule.position) }
        }
        return rules
    }

    func rule(_ section: Section, name: String, at position: Position) -> RuleSettings? {
        guard let kind = section.choice("kind", as: RuleKind.self, code: "rule.unknown-kind") else { return nil }
        guard let entry = RuleCatalogue.entry(kind), entry.isBuilt else {
            section.error(.ruleNotBuilt(kind), at: "kind")
            return nil
        }
        let title = title(section)
        let was = section.name("was")
        let severity = section.choice("severity", as: Severity.self)
        let keys = keys(section, entry)
        let evidence = entry.takes("evidence") ? evidence(section) : RuleSettings.noEvidence
        let match = match(section, entry, evidence: evidence)
        let window = window(section, entry)
        let stages = stages(section, entry, severity: severity ?? entry.severity, length: window?.length)
        let confirm = entry.takes("confirm") ? confirm(section) : RuleSettings.noConfirmation
        let cooldown = section.duration("cooldown")
        let calendar = calendar(section, entry)
        let during = during(section, entry)
        let publish = publish(section)
        guard let severity, let keys, let evidence, let match, let window, let confirm, let cooldown, let calendar
        else { return nil }
        var rule = RuleSettings(
            name: name, kind: kind, severity: severity, match: match, keys: keys, window: window.settings,
            position: position)
        rule.title = title
        rule.was = was
        rule.stages = stages
        rule.evidence = evidence
        rule.confirm = confirm
        rule.merge = window.merge
        rule.cooldown = cooldown
        rule.calendar = calendar == RuleCalendar() ? nil : calendar
        rule.during = during
        rule.without = window.without
        rule.publish = publish
        warnOfVanity(rule, section)
        return rule
    }

    /// What counts may count for several keys, each apart; everything else has one.
    private func keys(_ section: Section, _ entry: RuleEntry) -> [RuleKey]? {
        guard let names = section.choices("key") else { return nil }
        var keys: [RuleKey] = []
        for key in names.compactMap(RuleKey.init(rawValue:)) where !keys.contains(key) { keys.append(key) }
        if section.isEmptyList("key") { section.error(.noKey, at: "key") }
        if keys.isEmpty { return nil }
        let counts =
            switch entry.window {
            case .count, .distinct: true
            case .open: section.has("count") || section.has("distinct")
            default: false
            }
        if entry.window == .passback, let other = keys.first(where: { $0 != .credential && $0 != .person }) {
            section.error(.keyOfNobody(other), at: "key")
            return nil
        }
        if keys.count > 1, !counts {
            section.error(.oneKey, at: "key")
            return nil
        }
        return keys
    }

    /// - Returns: what always holds where nothing is written.
    private func calendar(_ section: Section, _ entry: RuleEntry) -> RuleCalendar? {
        let calendar = RuleCalendar(hours: hours(section, "calendar"), except: hours(section, "except"))
        if entry.isLifeSafety, calendar != RuleCalendar() {
            section.error(.lifeSafetyHours, at: section.has("calendar") ? "calendar" : "except")
            // Where it is run with, the rule always holds.
            return RuleCalendar()
        }
        if calendar.isNever {
            section.error(.neverHolds, at: "except")
            return nil
        }
        return calendar
    }

    func hours(_ section: Section, _ key: String) -> [WeekHours] {
        section.list(key) { (text) throws(UnplacedDiagnostic) in try ScalarReading.hours(text) } ?? []
    }

    private func during(_ section: Section, _ entry: RuleEntry) -> [DuringSettings] {
        guard entry.takes("during"), section.has("during") else { return entry.during }
        return (section.sections("during") ?? []).compactMap { part in
            let calendar = RuleCalendar(hours: hours(part, "calendar"))
            guard let after = part.duration("after"), !calendar.hours.isEmpty else { return nil }
            return DuringSettings(calendar: calendar, after: after)
        }
    }

    /// `title: {zh-Hans: …, en: …}`, or one text for both.
    private func title(_ section: Section) -> LocalizedText? {
        guard let node = section.node("title") else { return nil }
        switch node.content {
        case .scalar(let text): return LocalizedText(zh: text, en: text)
        case .map(let entries):
            var texts: [Language: String] = [:]
            for entry in entries {
                guard let language = Language(rawValue: entry.key) else {
                    let known = SettingsTable.names(Language.self)
                    findings.add(
                        .error,
                        .unknownName(entry.key, known: known, code: "config.unknown-key").at(section.title("title")),
                        at: entry.keyPosition)
                    continue
                }
                guard case .scalar(let text) = entry.value.content, !text.isEmpty else {
                    findings.add(
                        .error, .shape(section.title("title"), wanted: .scalar, found: entry.value.what),
                        at: entry.value.position)
                    continue
                }
                texts[language] = text
            }
            guard let zh = texts[.zhHans] ?? texts[.en] else { return nil }
            return LocalizedText(zh: zh, en: texts[.en] ?? zh)
        case .list, .empty:
            findings.add(
                .error, .shape(section.title("title"), wanted: .map, found: node.what), at: node.position)
            return nil
        }
    }

    /// `after: 72h` is the short form of one stage with the rule's severity. By default the last stage has the rule's
    /// severity and an earlier one its own, or lower where the rule is.
    /// - Parameter length: of a dwell of an integrator's own, which has one stage.
    private func stages(
        _ section: Section, _ entry: RuleEntry, severity: Severity, length: Milliseconds?
    ) -> [StageSettings] {
        if let length { return [StageSettings(after: length, severity: severity)] }
        guard entry.takes("stages") else { return [] }
        if section.has("after"), section.has("stages") { section.error(.afterAndStages, at: "after") }
        if section.has("after") {
            return section.duration("after").map { [StageSettings(after: $0, severity: severity)] } ?? []
        }
        guard section.has("stages") else {
            return entry.stages.enumerated().map { index, stage in
                let isLast = index == entry.stages.count - 1
                return StageSettings(
                    after: stage.after, severity: isLast ? severity : min(stage.severity, severity))
            }
        }
        let parts = section.sections("stages") ?? []
        if section.isEmptyList("stages") { section.error(.noStages, at: "stages") }
        var stages: [StageSettings] = []
        for part in parts {
            let own = part.has("severity") ? part.choice("severity", as: Severity.self) : severity
            guard let after = part.duration("after"), let own else { continue }
            if let last = stages.last {
                if after <= last.after { part.error(.stagesOrder(last.after), at: "after") }
                if own < last.severity { part.warning(.stageFalls(last.severity), at: "severity") }
            }
            stages.append(StageSettings(after: after, severity: own))
        }
        return stages
    }

    private func evidence(_ section: Section) -> EvidenceSettings? {
        guard let part = section.sectionOrEmpty("evidence") else { return nil }
        let kinds = part.choices("kinds", code: "rule.unknown-observation")?.compactMap(ObservationKind.init(name:))
        let count = part.integer("count")
        let within = part.duration("within")
        guard let kinds, let count, let within else { return nil }
        if part.isEmptyList("kinds") { part.error(.noEvidence, at: "kinds") }
        return EvidenceSettings(kinds: kinds, count: count, within: within)
    }

    private func confirm(_ section: Section) -> ConfirmSettings? {
        guard let part = section.sectionOrEmpty("confirm") else { return nil }
        let count = part.integer("count")
        let within = part.duration("within")
        let devices = part.integer("devices")
        guard let count, let within, let devices else { return nil }
        return ConfirmSettings(count: count, within: within, devices: devices)
    }

    private func publish(_ section: Section) -> PublishSettings? {
        guard let part = section.section("publish") else { return nil }
        let topic = part.value("topic") { (text) throws(UnplacedDiagnostic) in
            try ScalarReading.publishedTopic(text, names: ScalarReading.topicNames)
        }
        let payload = part.text("payload")
        let release = part.text("release")
        let fresh = part.duration("fresh")
        let max = part.duration("max")
        guard let topic, let payload, let fresh, let max else { return nil }
        return PublishSettings(topic: topic, payload: payload, release: release, fresh: fresh, max: max)
    }
}

/// What a rule cannot do as it is written, though each value is in its range.
extension SettingsReader {
    private func warnOfVanity(_ rule: RuleSettings, _ section: Section) {
        if rule.kind.isLifeSafety, rule.cooldown > .zero { section.warning(.lifeSafetyCooldown, at: "cooldown") }
        let named = rule.match.devices.count
        if named > 0, rule.confirm.devices > named {
            section.warning(.tooFewDevices(named, rule.confirm.devices), at: "confirm")
        }
        switch rule.window {
        case .count(let least, let within, let once):
            // Each must be more than `once` after the one before, and all within less than `within`.
            guard least > 1, Int64(least - 1) > (within.count - 1) / (once.count + 1) else { break }
            section.warning(.tooManyFor(least, within, once), at: section.has("count") ? "count" : "at_least")
        case .distinct(of: .device, let least, _) where named > 0 && least > named:
            section.warning(.tooFewDevices(named, least), at: "distinct")
        case .threshold(let field, let isAbove, let limit, _, _):
            guard let range = field.range, isAbove ? limit > range.upperBound : limit < range.lowerBound else { break }
            section.warning(
                .outside(field, range), at: section.has("threshold") ? "threshold" : isAbove ? "above" : "below")
        default: break
        }
    }
}

extension WindowSettings.NumberField {
    /// What its values can be; nil: anything.
    fileprivate var range: ClosedRange<Double>? {
        switch self {
        case .battery: 0...100
        case .confidence: 0...1
        case .temperature: -90...60
        case .value, .count, .floor: nil
        }
    }
}

/// The built-in rules of life safety: a call for help, a fall, a fire, somebody trapped in a lift or a leak that no
/// written rule of its kind has in its scope is raised by one of these, with the catalogue's defaults.
extension SettingsReader {
    /// A kind that a written rule looks at everywhere has none: it would never see anything.
    func builtInRules(_ root: Section, beside written: [RuleSettings]) -> [RuleSettings] {
        let off = switchedOff(root)
        return RuleKind.allCases.filter { $0.isLifeSafety && !off.contains($0) }.compactMap { kind in
            guard let entry = RuleCatalogue.entry(kind), let match = entry.match else { return nil }
            let own = written.filter { $0.kind == kind }
            let covered = own.filter(\.match.isUnlimited).flatMap(\.match.kinds)
            if Set(match.kinds).isSubset(of: covered) { return nil }
            let taken = written.contains { $0.name == kind.rawValue || $0.was == kind.rawValue }
            let kindNode = YAMLNode(content: .scalar(kind.rawValue), position: root.position)
            let node = YAMLNode(
                content: .map([.init(key: "kind", keyPosition: root.position, value: kindNode)]),
                position: root.position)
            let name = taken ? "built-in-" + kind.rawValue : kind.rawValue
            guard
                let section = Section(
                    node, path: "rules.*", title: "rules.\(name)", table: SettingsTable.table, findings: findings),
                var rule = rule(section, name: name, at: root.position)
            else { return nil }
            rule.isBuiltIn = true
            rule.leaves = own.map(\.match.scope)
            return rule
        }
    }

    private func switchedOff(_ root: Section) -> Set<RuleKind> {
        guard let section = root.section("life_safety") else { return [] }
        let off = (section.choices("off") ?? []).compactMap(RuleKind.init(rawValue:))
        for kind in off { section.warning(.lifeSafetyOff(kind), at: "off") }
        return Set(off)
    }
}
