package import Diagnostics
package import Timekeeping
package import Vocabulary

/// One rule, as the configuration and the catalogue's defaults give it. What its window does not use is not read.
package struct RuleSettings: Equatable, Sendable {
    /// The rule's identity: part of alert ids.
    package var name: String
    package var kind: RuleKind
    /// What people read; nil: the kind's own title.
    package var title: LocalizedText?
    /// The name before a renaming.
    package var was: String?
    package var severity: Severity
    /// What it looks at.
    package var match: MatchSettings
    /// What it counts for; a rule that counts for several counts each apart. Never empty.
    package var keys: [RuleKey]
    /// How the observations make an episode.
    package var window: WindowSettings
    /// Ascending lengths with their severities: of `no_movement`, and of what lasts. Empty where there is one alone.
    package var stages: [StageSettings]
    /// Of `no_movement` alone.
    package var evidence: EvidenceSettings
    /// How many observations of how many devices it takes.
    package var confirm: ConfirmSettings
    /// Events up to this far apart are one episode.
    package var merge: Milliseconds
    /// After an episode has ended the key stays quiet for so long. Life safety does not look at it.
    package var cooldown: Milliseconds
    /// When the rule holds; nil: always.
    package var calendar: RuleCalendar?
    /// Other lengths at other times: the first whose calendar holds.
    package var during: [DuringSettings]
    /// Of a sequence: what undoes its first event, if it comes before the second; with one that is missing, within
    /// the window.
    package var without: MatchSettings?
    package var publish: PublishSettings?
    /// Not written in the configuration: the rule of a kind of life safety, for what no written rule of that kind has
    /// in its scope.
    package var isBuiltIn = false
    /// What a built-in rule leaves to the written ones: their scopes.
    package var leaves: [MatchSettings] = []
    package var position: Position

    package init(
        name: String, kind: RuleKind, severity: Severity, match: MatchSettings, keys: [RuleKey], window: WindowSettings,
        position: Position
    ) {
        self.name = name
        self.kind = kind
        self.severity = severity
        self.match = match
        self.keys = keys
        self.window = window
        self.position = position
        stages = []
        evidence = RuleSettings.noEvidence
        confirm = RuleSettings.noConfirmation
        merge = .zero
        cooldown = .zero
        during = []
    }

    static let noEvidence = EvidenceSettings(kinds: [], count: 1, within: .minutes(15))
    static let noConfirmation = ConfirmSettings(count: 1, within: .seconds(1), devices: 1)
}

extension RuleSettings {
    /// What it looks at, in all parts of its window.
    package var matches: [MatchSettings] {
        switch window {
        case .lasting(let ends?, _): [match, ends]
        case .sequence(let then, _, _, _): [match, then] + (without.map { [$0] } ?? [])
        default: [match]
        }
    }
}

extension RuleSettings {
    /// Everything that changes what the rule's state means, in one canonical text: two rules with the same may go on
    /// with one another's state. Not the name, texts, severities, and what is done to machines. Lists whose order means
    /// nothing are sorted; names are quoted, so that no two rules share a text. Times are in milliseconds.
    package var stateDescription: String {
        var parts = [kind.rawValue, match.stateDescription, "key \(keys.map(\.rawValue).sorted())"]
        parts.append(window.stateDescription)
        parts.append("stages \(stages.map(\.after.count))")
        if kind == .noMovement {
            let kinds = evidence.kinds.map(\.rawValue).sorted()
            parts.append("evidence \(kinds) \(evidence.count) \(evidence.within.count)")
        }
        parts.append("confirm \(confirm.count) \(confirm.within.count) \(confirm.devices)")
        parts.append("merge \(merge.count) cooldown \(cooldown.count)")
        parts.append("calendar \(calendar?.stateDescription ?? "always")")
        if let without { parts.append("without \(without.stateDescription)") }
        if isBuiltIn { parts.append("built in, leaves \(leaves.map(\.stateDescription))") }
        parts.append("during \(during.map { "\($0.calendar.stateDescription) \($0.after.count)" })")
        return parts.joined(separator: "\n")
    }
}

extension RuleCalendar {
    var stateDescription: String { "\(hours.map(\.description)) except \(except.map(\.description))" }
}
