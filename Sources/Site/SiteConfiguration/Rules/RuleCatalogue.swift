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

/// A row of the catalogue.
package struct RuleEntry: Sendable {
    package var kind: RuleKind
    /// What people read above an alert.
    package var title: LocalizedText
    /// What it is for, one sentence.
    package var meaning: LocalizedText
    /// What it looks for, as a clause: "a door is open".
    var subject: LocalizedText
    /// Of a sequence: what ends the waiting, as a clause.
    var after: LocalizedText?
    package var severity: Severity
    package var keys: [RuleKey]
    /// nil: the configuration says it (`expression`).
    package var match: MatchSettings?
    /// Of a sequence: what ends the waiting.
    var then: MatchSettings?
    var window: Shape
    var stages: [StageSettings] = []
    var during: [DuringSettings] = []
    /// Which parts of ``match`` the configuration may say otherwise.
    var looks: [String]
    /// Keys of its own with their defaults, as they would be written; empty: none.
    var parameters: KeyValuePairs<String, String>
    /// A rule of this kind in YAML, below `rules`.
    package var example: String
    package var falseAlarms: [FalseAlarm]
    /// Whether its alerts end by themselves.
    package var resolves: Bool
    var isBuilt = true

    package var isLifeSafety: Bool { kind.isLifeSafety }

    /// Which primitive it is built on; numbers come from the configuration.
    enum Shape: Equatable, Sendable {
        case absence, session, count, missing, excess, flow, passback, device
        case distinct(WindowSettings.ValueField)
        case lasting(ends: MatchSettings?)
        case threshold(WindowSettings.NumberField, isAbove: Bool)
        /// As the configuration says.
        case open
    }

    /// Something that looks like a true alarm, and what to do about it.
    package struct FalseAlarm: Sendable {
        package var what: LocalizedText
        package var remedy: LocalizedText

        init(_ zh: String, _ zhRemedy: String, en: String, _ enRemedy: String) {
            what = LocalizedText(zh: zh, en: en)
            remedy = LocalizedText(zh: zhRemedy, en: enRemedy)
        }
    }

    /// What each rule takes, whatever its kind.
    static let everywhere = ["kind", "title", "was", "severity", "key", "cooldown", "calendar", "except"]

    func takes(_ name: String) -> Bool {
        RuleEntry.everywhere.contains(name) || looks.contains(name)
            || parameters.contains { $0.key == name || $0.key.hasPrefix(name + ".") }
    }

    func standard(of name: String) -> String? {
        func list(_ words: [String]?) -> String? { words.flatMap { $0.isEmpty ? nil : $0.joined(separator: ", ") } }
        if !takes(name) { return nil }
        switch name {
        case "severity": return severity.rawValue
        case "key": return list(keys.map(\.rawValue))
        case "kinds": return list(match?.kinds.map(\.name))
        case "device_kinds": return list(match?.deviceKinds)
        case "confidence": return match.map { "\(NumberText($0.confidence))" }
        case "stages": return list(stages.map { "\($0.after) \($0.severity.rawValue)" })
        case "during": return list(during.map { "\($0.calendar.hours[0]) \($0.after)" })
        default: return parameters.first { $0.key == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
        }
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
