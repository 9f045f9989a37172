import ConfigReading
package import Diagnostics
import Timekeeping
package import Vocabulary

/// The catalogue of rules: one table, from which parsing has its keys and defaults, `check` its plain sentences, the
/// reference pages their texts, and alerts their titles. A kind that is not here does not exist.
package enum RuleCatalogue {
    /// In the order in which people read it.
    package static let all: [RuleEntry] = people + building + doors + devices + own

    /// One more whenever what a built-in rule does without being written changes: it is part of the configuration's
    /// hash.
    package static let builtInVersion = 1

    private static let byKind = Dictionary(uniqueKeysWithValues: all.map { ($0.kind, $0) })

    /// - Returns: nil for ``RuleKind/boxFault`` alone, which is no rule.
    package static func entry(_ kind: RuleKind) -> RuleEntry? { byKind[kind] }

    /// The built kinds that take a key of their own, in the catalogue's order; `name` as in the table, below `rules.*`.
    static func kinds(taking name: String) -> [String] {
        all.filter { $0.isBuilt && $0.takes(name) }.map(\.kind.rawValue)
    }

    /// By kind, what a key is where it is left out, as it would be written.
    static func standards(of name: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: all.compactMap { e in e.standard(of: name).map { (e.kind.rawValue, $0) } })
    }
}

extension RuleKind {
    /// What people call an alert of the kind.
    package var title: LocalizedText {
        RuleCatalogue.entry(self)?.title ?? LocalizedText(zh: "系统故障", en: "Trouble of the box")
    }
}

extension MatchSettings {
    /// For the catalogue's rows.
    init(
        _ kinds: [ObservationKind], of deviceKinds: [String] = [], confidence: Double = 0,
        direction: Direction? = nil, person: PersonMatch? = nil, mustFall: Bool = false
    ) {
        self.init(kinds: kinds)
        self.deviceKinds = deviceKinds
        self.confidence = confidence
        self.direction = direction
        self.person = person
        self.mustFall = mustFall
    }
}
