import ConfigReading
package import Diagnostics
import Timekeeping
import Vocabulary

extension RuleCatalogue {
    /// A rule in one plain sentence, with its numbers: what `check` says it will do.
    package static func explanation(of rule: RuleSettings) -> LocalizedText {
        let explanation = RuleExplanation(rule)
        var parts = [explanation.core] + explanation.limits
        parts.append(explanation.key)
        parts += explanation.times
        return LocalizedText(
            zh: parts.map(\.zh).joined(separator: "；") + "。",
            en: parts.map(\.en).joined(separator: "; ").withCapital + ".")
    }
}

/// Makes the parts of ``RuleCatalogue/explanation(of:)``.
private struct RuleExplanation {
    private let rule: RuleSettings
    private let entry: RuleEntry?

    init(_ rule: RuleSettings) {
        self.rule = rule
        entry = RuleCatalogue.entry(rule.kind)
    }

    /// What it looks for: the catalogue's clause, or what an integrator's own match says.
    private var subject: LocalizedText {
        if rule.kind != .expression, let entry { return entry.subject }
        return LocalizedText(zh: "出现\(rule.match.phrase.zh)", en: "there is \(rule.match.phrase.en)")
    }

    private var alert: LocalizedText { rule.severity.alert }

    /// When it fires.
    var core: LocalizedText {
        switch rule.window {
        case .absence: return absence
        case .session: return session
        case .count(let least, let within, let once):
            let apart =
                once == .zero
                ? LocalizedText(zh: "", en: "")
                : LocalizedText(
                    zh: "（相隔不超过 \(once.phrase.zh)算一次）", en: " (those up to \(once.phrase.en) apart count as one)")
            return LocalizedText(
                zh: "\(within.phrase.zh)内\(subject.zh)达 \(least) 次\(apart.zh)，发出\(alert.zh)",
                en: "\(alert.en) when \(subject.en) \(least) times within \(within.phrase.en)\(apart.en)")
        case .distinct(let field, let least, let within):
            let isOwn = rule.kind == .expression
            let what =
                isOwn ? LocalizedText(zh: rule.match.phrase.zh, en: "are told by \(rule.match.phrase.en)") : subject
            return LocalizedText(
                zh: "\(within.phrase.zh)内\(what.zh)的不同\(field.phrase.zh)达 \(least) 个，发出\(alert.zh)",
                en: "\(alert.en) when \(least) different \(field.phrase.en) \(what.en) within \(within.phrase.en)")
        case .lasting(let ends, let gap): return lasting(ends, gap)
        case .sequence(let then, let within, let isMissing, let before):
            return sequence(then, within, isMissing, before)
        case .threshold(let field, let isAbove, let limit, let back, let length):
            return threshold(field, isAbove, NumberText(limit), NumberText(back), length)
        case .excess(let least, let within):
            return LocalizedText(
                zh: "\(within.phrase.zh)内\(subject.zh)至少 \(least) 个，发出\(alert.zh)",
                en: "\(alert.en) when within \(within.phrase.en) at least \(least) \(subject.en)")
        case .flow(let passes, let within, let inside, let back): return flow(passes, within, inside, back)
        case .passback(let forget, let again): return passback(forget, again)
        case .device(let settings): return device(settings)
        }
    }

    private var absence: LocalizedText {
        let evidence = rule.evidence
        let kinds = evidence.kinds.map(\.phrase)
        let proof =
            evidence.count == 1
            ? LocalizedText(zh: "", en: "")
            : LocalizedText(
                zh: "，红外和存在须 \(evidence.within.phrase.zh)内 \(evidence.count) 次",
                en: "; of motion and presence \(evidence.count) within \(evidence.within.phrase.en)")
        return LocalizedText(
            zh: "\(subject.zh)（\(kinds.map(\.zh).joined(separator: "、"))\(proof.zh)）满 \(stages.zh)",
            en: "\(stages.en) in which \(subject.en) (\(kinds.map(\.en).joined(separator: ", "))\(proof.en))")
    }

    /// "24 hours medium, 72 hours high".
    private var stages: LocalizedText {
        LocalizedText(
            zh: rule.stages.map { "\($0.after.phrase.zh)发出\($0.severity.alert.zh)" }.joined(separator: "，满 "),
            en: rule.stages.map { "\($0.severity.alert.en) after \($0.after.phrase.en)" }.joined(separator: ", "))
    }

    private var session: LocalizedText {
        let confirm = rule.confirm
        var zh = subject.zh
        var en = "\(alert.en) as soon as \(subject.en)"
        if confirm.count > 1 || confirm.devices > 1 {
            let count = max(confirm.count, confirm.devices)
            zh = "\(confirm.within.phrase.zh)内 \(count) 次\(subject.zh)"
            en = "\(alert.en) when \(subject.en) \(count) times within \(confirm.within.phrase.en)"
            if confirm.devices > 1 {
                zh += "（来自 \(confirm.devices) 台设备）"
                en += " by \(confirm.devices) devices"
            }
        }
        zh += "，发出\(alert.zh)"
        return LocalizedText(zh: zh, en: en)
    }

    private func lasting(_ ends: MatchSettings?, _ gap: Milliseconds) -> LocalizedText {
        var zh = "\(subject.zh)满 \(stages.zh)"
        var en = "\(stages.en) in which \(subject.en)"
        if let ends {
            zh += "，出现\(ends.phrase.zh)即结束"
            en += ", until there is \(ends.phrase.en)"
        }
        if gap > .zero {
            zh += "，\(ends == nil ? "" : "或 ")\(gap.phrase.zh)没有再出现即结束"
            en += "\(ends == nil ? ", until" : " or") nothing came for \(gap.phrase.en)"
        }
        return LocalizedText(zh: zh, en: en)
    }

    private func sequence(
        _ then: MatchSettings, _ within: Milliseconds, _ isMissing: Bool, _ before: Milliseconds
    ) -> LocalizedText {
        let without = rule.without?.phrase
        guard isMissing else {
            return LocalizedText(
                zh: "\(subject.zh)，\(within.phrase.zh)内又有\(then.phrase.zh)"
                    + (without.map { "、其间没有\($0.zh)" } ?? "") + "，发出\(alert.zh)",
                en: "\(alert.en) when \(subject.en) and then \(then.phrase.en) within \(within.phrase.en)"
                    + (without.map { " without \($0.en) between" } ?? ""))
        }
        let unless = LocalizedText(
            zh: without.map { "（出现\($0.zh)的不算）" } ?? "", en: without.map { ", unless there is \($0.en)" } ?? "")
        let span =
            before == .zero
            ? LocalizedText(zh: "\(within.phrase.zh)内", en: "within \(within.phrase.en)")
            : LocalizedText(
                zh: "前 \(before.phrase.zh)、后 \(within.phrase.zh)内",
                en: "from \(before.phrase.en) before to \(within.phrase.en) after")
        guard let after = entry?.after else {
            return LocalizedText(
                zh: "\(subject.zh)，\(span.zh)没有\(then.phrase.zh)\(unless.zh)，发出\(alert.zh)",
                en: "\(alert.en) when \(subject.en) and not \(then.phrase.en) \(span.en)\(unless.en)")
        }
        return LocalizedText(
            zh: "\(subject.zh)，\(span.zh)\(after.zh)\(unless.zh)，发出\(alert.zh)",
            en: "\(alert.en) when \(subject.en) and \(after.en) \(span.en)\(unless.en)")
    }

    private func threshold(
        _ field: WindowSettings.NumberField, _ isAbove: Bool, _ limit: NumberText, _ back: NumberText,
        _ length: Milliseconds
    ) -> LocalizedText {
        let what =
            rule.kind == .expression
            ? LocalizedText(
                zh: "\(rule.match.phrase.zh)的 \(field.rawValue) ",
                en: "the \(field.rawValue) of \(rule.match.phrase.en)")
            : subject
        let lasting =
            length == .zero
            ? LocalizedText(zh: "", en: "")
            : LocalizedText(zh: " 持续 \(length.phrase.zh)", en: " for \(length.phrase.en)")
        return LocalizedText(
            zh: "\(what.zh)\(isAbove ? "≥" : "≤") \(limit)\(lasting.zh)，发出\(alert.zh)，"
                + "\(isAbove ? "≤" : "≥") \(back) 时解除",
            en: "\(alert.en) when \(what.en) is \(limit) or \(isAbove ? "more" : "less")\(lasting.en), until it is "
                + "\(back) or \(isAbove ? "less" : "more")")
    }

    private func passback(_ forget: Milliseconds, _ again: Milliseconds) -> LocalizedText {
        LocalizedText(
            zh: "\(subject.zh)，发出\(alert.zh)，\(forget.phrase.zh)没有通行即不再判，同一设备同一方向\(again.phrase.zh)内算一次",
            en: "\(alert.en) when \(subject.en), by what it did within \(forget.phrase.en) (the same way by the same "
                + "device within \(again.phrase.en) is one pass)")
    }

    private func flow(_ passes: Int?, _ within: Milliseconds, _ inside: Int?, _ back: Double) -> LocalizedText {
        let limits = [
            passes.map {
                LocalizedText(
                    zh: "\(within.phrase.zh)内通行达 \($0) 人次", en: "\($0) people pass within \(within.phrase.en)")
            },
            inside.map { LocalizedText(zh: "区域内达 \($0) 人", en: "\($0) people are inside") },
        ].compactMap(\.self)
        // 0.07 × 100 is a little more than 7.
        let share = NumberText((back * 1e6).rounded() / 1e4)
        return LocalizedText(
            zh: limits.map(\.zh).joined(separator: "或") + "，发出\(alert.zh)，低于其 \(share)% 满 \(within.phrase.zh)解除",
            en: "\(alert.en) when " + limits.map(\.en).joined(separator: " or ")
                + ", until it is below \(share) % of that for \(within.phrase.en)")
    }

    private func device(_ settings: DeviceSettings) -> LocalizedText {
        let beats = NumberText(settings.heartbeats)
        let facts: LocalizedText =
            switch rule.kind {
            case .deviceSilent:
                LocalizedText(
                    zh: "设备超过 \(beats) 个心跳没有消息，再过 \(settings.settle.phrase.zh)",
                    en: "a device is silent for \(beats) heartbeats and \(settings.settle.phrase.en)")
            case .upstreamSilent:
                LocalizedText(
                    zh: "同一网关后有 \(settings.least) 台以上、超过 \(NumberText(settings.share * 100))% 的设备超过 \(beats) 个心跳没有消息，"
                        + "再过 \(settings.settle.phrase.zh)",
                    en:
                        "\(settings.least) or more, and over \(NumberText(settings.share * 100)) %, of the devices "
                        + "behind one hub are silent for \(beats) heartbeats and \(settings.settle.phrase.en)")
            case .deviceStuck:
                LocalizedText(
                    zh: "传感器 \(settings.unquiet.phrase.zh)没有安静过一小时",
                    en: "a sensor has no quiet hour for \(settings.unquiet.phrase.en)")
            case .deviceFlooding:
                LocalizedText(
                    zh: "一台设备 \(settings.per.phrase.zh)内超过 \(settings.records) 条消息",
                    en: "a device sends more than \(settings.records) records within \(settings.per.phrase.en)")
            case .clockFault:
                LocalizedText(zh: "设备的时钟一直偏离", en: "a device's clock is off by a constant")
            default:
                LocalizedText(zh: "消息里的设备名和主题里的不同", en: "a payload names another device than its topic")
            }
        return LocalizedText(zh: "\(facts.zh)，发出\(alert.zh)", en: "\(alert.en) when \(facts.en)")
    }

    // MARK: What narrows it

    var limits: [LocalizedText] {
        let match = rule.match
        var limits: [LocalizedText] = []
        if rule.merge > .zero {
            let gap = rule.merge.phrase
            limits.append(
                LocalizedText(zh: "\(gap.zh)内再来的并作一条", en: "what comes within \(gap.en) of the last joins it"))
        }
        if match.mustFall { limits.append(LocalizedText(zh: "有轨迹的须真在下落", en: "what has a path must fall")) }
        func add(_ zh: String, _ en: String, _ names: [String]) {
            if names.isEmpty { return }
            limits.append(LocalizedText(zh: zh + names.joined(separator: "、"), en: en + names.joined(separator: ", ")))
        }
        if let whole = entry?.match, whole.kinds != match.kinds, rule.kind != .noMovement {
            limits.append(LocalizedText(zh: "只看\(match.kinds.zh)", en: "only \(match.kinds.en)"))
        }
        add("只看位置 ", "only in ", match.places)
        add("只看画面区域 ", "only in zone ", match.zones)
        add("只看种类为 ", "only devices of kind ", match.deviceKinds)
        add("只看设备 ", "only the devices ", match.devices)
        add("只看类别 ", "only of ", match.words)
        if match.confidence > 0 {
            let least = NumberText(match.confidence)
            limits.append(LocalizedText(zh: "置信度不低于 \(least)", en: "at a confidence of \(least) or more"))
        }
        return limits
    }

    var key: LocalizedText {
        if rule.kind == .upstreamSilent { return LocalizedText(zh: "每个网关一条", en: "one alert a hub") }
        let names = rule.keys.map(\.phrase)
        return LocalizedText(
            zh: "每\(names.map(\.zh).joined(separator: "一条，每"))一条",
            en: "one alert a \(names.map(\.en).joined(separator: ", and one a "))")
    }

    var times: [LocalizedText] {
        var times = rule.during.map { during in
            LocalizedText(
                zh: "\(during.calendar.chinese) 时为 \(during.after.phrase.zh)",
                en: "\(during.after.phrase.en) \(during.calendar.english)")
        }
        if let calendar = rule.calendar {
            if !calendar.hours.isEmpty {
                times.append(LocalizedText(zh: "只在\(calendar.chinese)", en: "only \(calendar.english)"))
            }
            let except = RuleCalendar(hours: calendar.except)
            if !calendar.except.isEmpty {
                times.append(LocalizedText(zh: "\(except.chinese) 除外", en: "not \(except.english)"))
            }
        }
        if rule.cooldown > .zero, !rule.kind.isLifeSafety {
            times.append(
                LocalizedText(zh: "结束后静默 \(rule.cooldown.phrase.zh)", en: "then quiet for \(rule.cooldown.phrase.en)"))
        }
        if let publish = rule.publish {
            times.append(LocalizedText(zh: "并发布到 \(publish.topic)", en: "it publishes to \(publish.topic)"))
        }
        return times
    }
}
