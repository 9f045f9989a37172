import ConfigReading
package import Diagnostics
import Timekeeping
package import Vocabulary

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
