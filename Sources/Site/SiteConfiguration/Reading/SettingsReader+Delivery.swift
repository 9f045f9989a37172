import Channels
import ConfigReading
import Diagnostics
import Timekeeping
import Vocabulary

extension SettingsReader {
    func channels(_ named: [(name: String, position: Position, section: Section)]) -> [ConfiguredChannel] {
        named.compactMap { name, position, section in
            let folded = name.replacing("_", with: "-")
            if Target.roles.contains(folded) { findings.add(.error, .roleName(name), at: position) }
            guard let word = section.choice("kind", code: "channel.unknown-kind") else { return nil }
            guard let kind = Channels.kind(named: word) else {
                section.error(.channelNotBuilt(word), at: "kind")
                return nil
            }
            guard let settings = kind.init(section) else { return nil }
            return ConfiguredChannel(name: name, settings: settings, position: position)
        }
    }

    func routes(_ root: Section, channels: [String]) -> [RouteSettings] {
        (root.sections("routes") ?? []).map { section in
            let match = match(section)
            let to = targets(section, channels: channels)
            var escalate: [EscalationSettings] = []
            for step in section.sections("escalate") ?? [] {
                let to = targets(step, channels: channels)
                guard let after = step.duration("after") else { continue }
                if let last = escalate.last, after <= last.after { step.error(.escalateOrder(last.after), at: "after") }
                escalate.append(EscalationSettings(after: after, to: to))
            }
            // Without effect yet, but a malformed value is told today.
            _ = section.text("offer")
            _ = section.duration("offer_for")
            var route = RouteSettings(
                match: match, to: to, escalate: escalate, continue: section.boolean("continue") ?? false,
                position: section.position)
            route.desk = desk(section, channels: channels)
            route.repeat = section.duration("repeat")
            route.check = check(section, channels: channels)
            route.isSelfChecked = section.boolean("self_check") ?? false
            return route
        }
    }

    private func match(_ section: Section) -> RouteMatch {
        var match = RouteMatch()
        if let part = section.section("match") {
            let kinds = part.choices("kind", code: "route.unknown-kind") ?? []
            match.kind = kinds.compactMap(RuleKind.init(rawValue:))
            match.rule = part.texts("rule")
            match.severity = (part.choices("severity") ?? []).compactMap(Severity.init(rawValue:))
            match.verdict = part.choices("verdict") ?? []
            match.category = part.texts("category")
            match.place = part.texts("place")
            match.grid = part.texts("grid")
            match.care = part.texts("care")
            match.calendar.hours = hours(part, "calendar")
        }
        // Beside `match` it means the same.
        if match.calendar.hours.isEmpty { match.calendar.hours = hours(section, "calendar") }
        return match
    }

    /// Nil where the route says `auto`, or nothing.
    private func desk(_ section: Section, channels: [String]) -> DeskSettings? {
        var desk = DeskSettings()
        if let after = section.duration("desk_after") { desk.after = after }
        if let part = section.section("desk") {
            let to = targets(part, channels: channels)
            if !to.isEmpty { desk.to = to }
            if let after = part.duration("after") { desk.after = after }
        }
        return section.choice("dispatch") == "desk" ? desk : nil
    }

    private func check(_ section: Section, channels: [String]) -> CheckSettings {
        var check = CheckSettings()
        guard let part = section.section("check") else { return check }
        let by = targets(part, key: "by", channels: channels)
        if !by.isEmpty { check.by = by }
        if let within = part.duration("within") { check.within = within }
        return check
    }

    private func targets(_ section: Section, key: String = "to", channels: [String]) -> [Target] {
        let targets =
            section.list(key) { (text) throws(UnplacedDiagnostic) in try Target(text: text, channels: channels) } ?? []
        if case .list(let nodes)? = section.node(key)?.content, nodes.isEmpty { section.error(.nobody, at: key) }
        return targets
    }
}

extension Target {
    /// - Parameter channels: the names of the channels of this configuration.
    init(text: String, channels: [String]) throws(UnplacedDiagnostic) {
        if channels.contains(text) {
            self = .channel(text)
        } else if let person = Target(person: text) {
            self = person
        } else {
            throw UnplacedDiagnostic.unknownName(
                text, known: channels + Target.roles + ["department:NAME", "partner:NAME", "worker:ID"],
                code: "route.unknown-target")
        }
    }
}

extension UnplacedDiagnostic {
    fileprivate static func roleName(_ name: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "channel.role-name",
            what: LocalizedText(zh: "通道名“\(name)”与角色同名", en: "the channel \"\(name)\" has the name of a role"),
            remedy: LocalizedText(zh: "请换个名称", en: "give it another name"))
    }

    fileprivate static func channelNotBuilt(_ kind: String) -> UnplacedDiagnostic {
        let built = Channels.built.joined(separator: ", ")
        return UnplacedDiagnostic(
            code: "channel.not-built",
            what: LocalizedText(
                zh: "本版本还没有 \(kind) 通道", en: "this version does not have the channel \(kind) yet"),
            remedy: LocalizedText(
                zh: "现有：\(built)；webhook 可经别的程序转发",
                en: "there are: \(built); a webhook can be handed on by another program"))
    }

    fileprivate static func escalateOrder(_ last: Milliseconds) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "route.escalate-order",
            what: LocalizedText(zh: "不晚于前一步的 \(last)", en: "it is not later than the step before, \(last)"),
            remedy: LocalizedText(zh: "各步时间须递增", en: "steps must ascend"))
    }

    fileprivate static let nobody = UnplacedDiagnostic(
        code: "route.nobody", what: LocalizedText(zh: "没有收件人", en: "nobody is told"),
        remedy: LocalizedText(zh: "写通道名、角色或 worker:ID", en: "name a channel, a role or worker:ID"))
}
