import Channels
import Community
import Diagnostics
package import SiteConfiguration

/// Routes whose targets nobody answers to, whatever the hour.
extension CrossCheck {
    /// Whether families and key holders could be told at all.
    package static func hasFamilyChannel(_ settings: Settings) -> Bool {
        settings.channels.contains { settings.familyChannels.contains(type(of: $0.settings).kind) }
    }

    static func routes(_ settings: Settings, _ registry: Registry) -> [Diagnostic] {
        settings.routes.flatMap { route -> [Diagnostic] in
            let later = route.escalate.flatMap(\.to) + (route.desk?.to ?? []) + route.check.by
            return unknownWorkers(route.to, .error, route, registry)
                + unknownWorkers(later, .warning, route, registry)
                + unreached(route, settings, registry) + unchecked(route, settings, registry)
        }
    }

    private static func unknownWorkers(
        _ targets: [Target], _ severity: Diagnostic.Severity, _ route: RouteSettings, _ registry: Registry
    ) -> [Diagnostic] {
        targets.compactMap { target in
            guard case .worker(let id) = target, registry.worker(id) == nil else { return nil }
            return diagnostic(
                severity, "route.unknown-worker", route.position,
                LocalizedText(zh: "登记表里没有网格员“\(id)”", en: "the registry has no worker \"\(id)\""),
                LocalizedText(zh: "请在 workers.csv 中登记", en: "add the worker to workers.csv"))
        }
    }

    /// Tiers that no worker of the sheet, or none with a channel, stands behind. An empty sheet is told elsewhere.
    private static func unreached(
        _ route: RouteSettings, _ settings: Settings, _ registry: Registry
    ) -> [Diagnostic] {
        guard !registry.workers.isEmpty else { return [] }
        var tiers: [(name: String, targets: [Target])] = [("to", route.to)]
        tiers += route.escalate.map { ("escalate \($0.after)", $0.to) }
        if let desk = route.desk { tiers.append(("desk", desk.to)) }
        return tiers.compactMap { name, targets in
            guard targets.allSatisfy({ !isReached($0, settings, registry) }) else { return nil }
            let names = targets.map(text(of:)).joined(separator: ", ")
            let isFamily = targets.contains { $0.isOfResident }
            let kinds = settings.familyChannels.joined(separator: ", ")
            return diagnostic(
                .warning, "route.reaches-nobody", route.position,
                LocalizedText(
                    zh: "\(name)：通知不到任何人（\(names)），到时直接通知下一级",
                    en: "\(name): it reaches nobody (\(names)), so the next tier is told at once"),
                isFamily
                    ? LocalizedText(
                        zh: "家属和钥匙保管人要有 \(kinds) 通道，并在 residents.csv 填“家属知情同意”",
                        en: "families and key holders need a channel of the kind \(kinds), and family_consent in "
                            + "residents.csv")
                    : LocalizedText(
                        zh: "请在 workers.csv 给该角色登记人员，并填能用的通道",
                        en: "add somebody of that role, with a channel, to workers.csv"))
        }
    }

    /// Routes to people of which nobody but the handler could check.
    private static func unchecked(
        _ route: RouteSettings, _ settings: Settings, _ registry: Registry
    ) -> [Diagnostic] {
        guard !registry.workers.isEmpty, !route.isSelfChecked else { return [] }
        let handlers = workers(behind: route.to + route.escalate.flatMap(\.to), settings, registry)
        guard !handlers.isEmpty else { return [] }
        let channels = route.check.by.contains { if case .channel = $0 { true } else { false } }
        let checkers = workers(behind: route.check.by, settings, registry)
        guard !channels, checkers.isEmpty || checkers.count == 1 && handlers == checkers else { return [] }
        let names = route.check.by.map(text(of:)).joined(separator: ", ")
        return [
            diagnostic(
                .warning, "route.nobody-checks", route.position,
                LocalizedText(
                    zh: "除处置人外没有人能核查（\(names)）", en: "nobody but the handler could check (\(names))"),
                LocalizedText(
                    zh: "请在 workers.csv 登记核查人员，或写 check.by，或写 self_check: true",
                    en: "add somebody to workers.csv, name others in check.by, or write self_check: true"))
        ]
    }

    private static func isReached(_ target: Target, _ settings: Settings, _ registry: Registry) -> Bool {
        if case .channel = target { return true }
        if target.isOfResident {
            return hasFamilyChannel(settings) && registry.residents.contains(where: \.mayTellFamily)
        }
        return !workers(behind: [target], settings, registry).isEmpty
    }

    /// Those with a channel of the configuration, by id.
    private static func workers(
        behind targets: [Target], _ settings: Settings, _ registry: Registry
    ) -> Set<String> {
        let known = Set(settings.channels.map(\.name))
        let found = registry.workers.filter { worker in
            worker.channels.contains { known.contains($0.channel) }
                && targets.contains { target in
                    switch target {
                    case .channel: false
                    case .role(let role): worker.role == role
                    case .worker(let id): worker.id == id
                    }
                }
        }
        return Set(found.map(\.id))
    }

    private static func text(of target: Target) -> String {
        switch target {
        case .channel(let name), .role(let name): name
        case .worker(let id): "worker:" + id
        }
    }
}
