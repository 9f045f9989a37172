import Diagnostics

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
                let section = Section(node, path: "rules.*", title: "rules.\(name)", findings: findings),
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
