import Diagnostics
import Timekeeping

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

    private func rule(_ section: Section, name: String, at position: Position) -> RuleSettings? {
        guard let kind = section.choice("kind", as: RuleKind.self, code: "rule.unknown-kind") else { return nil }
        guard RuleKind.built.contains(kind) else {
            section.error(.ruleNotBuilt(kind), at: "kind")
            return nil
        }
        let title = title(section)
        let was = section.name("was")
        let severity = section.choice("severity", as: Severity.self)
        let stages = stages(section, kind: kind, severity: severity ?? .high)
        let evidence = evidence(section)
        let zone = section.texts("zone")
        let places = section.texts("places")
        let confidence = section.fraction("confidence")
        let confirm = confirm(section)
        let merge = kind == .noMovement ? Milliseconds.zero : section.duration("merge")
        let cooldown = section.duration("cooldown")
        let key = section.choice("key", as: RuleKey.self)
        let publish = publish(section)
        guard let severity, let evidence, let confidence, let confirm, let merge, let key else { return nil }
        return RuleSettings(
            name: name, kind: kind, title: title, was: was, severity: severity, stages: stages, evidence: evidence,
            zone: zone, places: places, confidence: confidence, confirm: confirm, merge: merge, cooldown: cooldown,
            key: key, publish: publish, position: position)
    }

    /// `title: {zh-Hans: …, en: …}`, or one text for both.
    private func title(_ section: Section) -> Phrase? {
        guard let node = section.node("title") else { return nil }
        switch node.content {
        case .scalar(let text): return Phrase(zh: text, en: text)
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
            return Phrase(zh: zh, en: texts[.en] ?? zh)
        case .list, .empty:
            findings.add(
                .error, .shape(section.title("title"), wanted: .map, found: node.what), at: node.position)
            return nil
        }
    }

    /// `after: 72h` is the short form of one stage with the rule's severity. By default the last stage has the rule's
    /// severity and an earlier one is medium, or lower where the rule is.
    private func stages(_ section: Section, kind: RuleKind, severity: Severity) -> [StageSettings] {
        guard kind == .noMovement else { return [] }
        if section.has("after"), section.has("stages") { section.error(.afterAndStages, at: "after") }
        if section.has("after") {
            return section.duration("after").map { [StageSettings(after: $0, severity: severity)] } ?? []
        }
        guard section.has("stages") else {
            return [
                StageSettings(after: .hours(24), severity: min(.medium, severity)),
                StageSettings(after: .hours(72), severity: severity),
            ]
        }
        let parts = section.sections("stages") ?? []
        if parts.isEmpty, case .list? = section.node("stages")?.content { section.error(.noStages, at: "stages") }
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
        if case .list(let nodes)? = part.node("kinds")?.content, nodes.isEmpty { part.error(.noEvidence, at: "kinds") }
        return EvidenceSettings(kinds: kinds, count: count, within: within)
    }

    private func confirm(_ section: Section) -> ConfirmSettings? {
        guard section.kind != RuleKind.noMovement.rawValue else {
            return ConfirmSettings(count: 1, within: .seconds(1), devices: 1)
        }
        guard let part = section.sectionOrEmpty("confirm") else { return nil }
        let count = part.integer("count")
        let within = part.duration("within")
        let devices = part.integer("devices")
        guard let count, let within, let devices else { return nil }
        return ConfirmSettings(count: count, within: within, devices: devices)
    }

    private func publish(_ section: Section) -> PublishSettings? {
        guard let part = section.section("publish") else { return nil }
        let topic = part.value("topic") { (text) throws(Fault) in
            try TopicFilter.check(published: text, names: SettingsTable.topicNames)
        }
        let payload = part.text("payload")
        let release = part.text("release")
        let fresh = part.duration("fresh")
        let max = part.duration("max")
        guard let topic, let payload, let fresh, let max else { return nil }
        return PublishSettings(topic: topic, payload: payload, release: release, fresh: fresh, max: max)
    }
}

extension Fault {
    fileprivate static let noRules = Fault(
        code: "config.no-rules",
        what: Phrase(zh: "没有任何规则,不会有预警", en: "there is no rule, so nothing is ever raised"),
        remedy: Phrase(
            zh: "至少写一条,如 rules: {no-movement: {kind: no_movement}}",
            en: "write at least one, as rules: {no-movement: {kind: no_movement}}"))

    fileprivate static func ruleNotBuilt(_ kind: RuleKind) -> Fault {
        let built = RuleKind.allCases.filter(RuleKind.built.contains).map(\.rawValue).joined(separator: ", ")
        return Fault(
            code: "rule.not-built",
            what: Phrase(
                zh: "本版本还没有 \(kind.rawValue) 规则", en: "this version does not have the rule \(kind.rawValue) yet"),
            remedy: Phrase(
                zh: "请先删除这条规则;现有:\(built)", en: "delete the rule for now; there are: \(built)"))
    }

    fileprivate static func wasTaken(_ name: String) -> Fault {
        Fault(
            code: "rule.was-taken",
            what: Phrase(zh: "was 指向的“\(name.shown)”仍是另一条规则", en: "was: \"\(name.shown)\" is a rule that still exists"),
            remedy: Phrase(zh: "请删除 was,或删除旧规则", en: "delete was, or the old rule"))
    }

    fileprivate static let afterAndStages = Fault(
        code: "rule.after-and-stages",
        what: Phrase(zh: "after 和 stages 不能同时写", en: "after and stages exclude each other"),
        remedy: Phrase(zh: "请删除其一", en: "delete one of them"))

    fileprivate static let noStages = Fault(
        code: "rule.no-stages", what: Phrase(zh: "没有任何一级", en: "there is no stage"),
        remedy: Phrase(
            zh: "写 [{after: 24h, severity: medium}],或删除 stages", en: "write [{after: 24h}], or delete stages"))

    fileprivate static func stagesOrder(_ last: Milliseconds) -> Fault {
        Fault(
            code: "rule.stages-order",
            what: Phrase(zh: "不晚于前一级的 \(last)", en: "it is not later than the stage before, \(last)"),
            remedy: Phrase(zh: "各级时间须递增", en: "stages must ascend"))
    }

    fileprivate static func stageFalls(_ last: Severity) -> Fault {
        Fault(
            code: "rule.stage-falls",
            what: Phrase(
                zh: "级别低于前一级的 \(last.rawValue)", en: "it is less urgent than the stage before, \(last.rawValue)"),
            remedy: Phrase(zh: "后一级应更紧急", en: "a later stage is the more urgent one"))
    }

    fileprivate static let noEvidence = Fault(
        code: "rule.no-evidence",
        what: Phrase(zh: "没有任何活动迹象,规则必然误报", en: "without evidence the rule always fires"),
        remedy: Phrase(zh: "请写出类型,或删除 kinds", en: "name some, or delete kinds"))
}
