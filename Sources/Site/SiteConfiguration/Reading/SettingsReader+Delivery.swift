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
            var match = RouteMatch()
            if let part = section.section("match") {
                let kinds = part.choices("kind", code: "route.unknown-kind") ?? []
                match.kind = kinds.compactMap(RuleKind.init(rawValue:))
                match.severity = (part.choices("severity") ?? []).compactMap(Severity.init(rawValue:))
                match.verdict = part.choices("verdict") ?? []
                match.place = part.texts("place")
            }
            let to = targets(section, channels: channels)
            var escalate: [EscalationSettings] = []
            for step in section.sections("escalate") ?? [] {
                let to = targets(step, channels: channels)
                guard let after = step.duration("after") else { continue }
                if let last = escalate.last, after <= last.after { step.error(.escalateOrder(last.after), at: "after") }
                escalate.append(EscalationSettings(after: after, to: to))
            }
            // Without effect yet, but a malformed value is told today.
            _ = section.choice("dispatch")
            _ = section.duration("desk_after")
            _ = section.boolean("self_check")
            _ = section.text("offer")
            return RouteSettings(
                match: match, to: to, escalate: escalate, continue: section.boolean("continue") ?? false,
                position: section.position)
        }
    }

    private func targets(_ section: Section, channels: [String]) -> [Target] {
        let targets =
            section.list("to") { (text) throws(UnplacedDiagnostic) in try Target(text: text, channels: channels) } ?? []
        if case .list(let nodes)? = section.node("to")?.content, nodes.isEmpty { section.error(.nobody, at: "to") }
        return targets
    }
}

extension Target {
    /// - Parameter channels: the names of the channels of this configuration.
    init(text: String, channels: [String]) throws(UnplacedDiagnostic) {
        let folded = text.replacing("_", with: "-")
        if channels.contains(text) {
            self = .channel(text)
        } else if Target.roles.contains(folded) {
            self = .role(folded)
        } else if text.hasPrefix("department:"), text.count > 11 {
            self = .role(text)
        } else if text.hasPrefix("worker:"), text.count > 7 {
            self = .worker(String(text.dropFirst(7)))
        } else {
            throw UnplacedDiagnostic.unknownName(
                text, known: channels + Target.roles + ["department:NAME", "worker:ID"], code: "route.unknown-target")
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
