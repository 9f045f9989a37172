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

/// Which observations a rule looks at: all that is named must hold. What an observation does not tell is unknown.
package struct MatchSettings: Equatable, Sendable {
    /// Not empty.
    package var kinds: [ObservationKind]
    /// Zones of cameras; empty: all.
    package var zones: [String] = []
    /// Ids of places, with what is inside them; empty: all.
    package var places: [String] = []
    /// Kinds of device, as the registry has them; empty: all.
    package var deviceKinds: [String] = []
    /// Ids of devices; empty: all.
    package var devices: [String] = []
    /// 0…1; observations below it are not looked at, those without any are unknown. 0: all.
    package var confidence = 0.0
    /// `in` or `out`; nil: both, and those that do not say.
    package var direction: Direction?
    /// What a sensor must say; nil: anything.
    package var reading: Bool?
    /// Who it must be about; nil: anybody or nobody.
    package var person: PersonMatch?
    /// Categories of reports, reasons of refusals; empty: all.
    package var words: [String] = []
    /// Of `thrown_object`: what has a path must fall, else it is only suspected.
    package var mustFall = false

    package init(kinds: [ObservationKind]) { self.kinds = kinds }

    /// Where a rule looks, whatever it asks of what it sees there.
    var scope: MatchSettings {
        var scope = MatchSettings(kinds: kinds)
        scope.zones = zones
        scope.places = places
        scope.deviceKinds = deviceKinds
        scope.devices = devices
        return scope
    }

    /// Whether a rule looks everywhere.
    var isUnlimited: Bool { zones.isEmpty && places.isEmpty && deviceKinds.isEmpty && devices.isEmpty }

    package enum Direction: String, Sendable, CaseIterable {
        case inward = "in"
        case outward = "out"
    }

    /// Who an observation is about: of the registry, under care, somebody else, or any of them.
    package enum PersonMatch: String, Sendable, CaseIterable {
        case resident, watched, stranger, anybody
    }
}

/// How observations make an episode: a primitive of `Windowing` with its numbers.
package enum WindowSettings: Equatable, Sendable {
    /// Nobody watched gave a sign of life: `stages`, `evidence`.
    case absence
    /// Events up to `merge` apart, confirmed.
    case session
    /// At least so many events within a time; events up to `once` apart count as one.
    case count(atLeast: Int, within: Milliseconds, once: Milliseconds)
    /// At least so many different values of a field within a time.
    case distinct(of: ValueField, atLeast: Int, within: Milliseconds)
    /// A state that lasts: from what matches until what `ends` matches, or until nothing came for `gap` (zero: it ends
    /// by `ends` alone). Each of `stages` is reached so long after its beginning.
    case lasting(ends: MatchSettings?, gap: Milliseconds)
    /// What matches, and `then` within a time; or, `isMissing`, what matches and nothing of `then` until `within` after
    /// it, nor from `before` before it.
    case sequence(then: MatchSettings, within: Milliseconds, isMissing: Bool, before: Milliseconds)
    /// A number beyond a limit for so long, until it is back at `back`.
    case threshold(of: NumberField, isAbove: Bool, limit: Double, back: Double, lasting: Milliseconds)
    /// More people seen at a door than passed it.
    case excess(atLeast: Int, within: Milliseconds)
    /// People in and out: so many passes within a time, or so many people inside; nil: no limit. Over when below the
    /// share `back` of them for one `within`.
    case flow(passes: Int?, within: Milliseconds, inside: Int?, back: Double)
    /// Who goes in while in, or out while out: what was so long ago is no longer known, and what is told again by the
    /// same device within `again` is the same pass.
    case passback(forget: Milliseconds, again: Milliseconds)
    /// The state of devices themselves.
    case device(DeviceSettings)

    /// What may be counted by its different values.
    package enum ValueField: String, Sendable, CaseIterable {
        case person, device, plate, track, visit
    }

    /// What may be compared with a limit.
    package enum NumberField: String, Sendable, CaseIterable {
        case value, temperature = "temp_c", battery, count, confidence, floor
    }
}

/// Of the rules about devices: lengths and counts. What a kind does not use has its default.
package struct DeviceSettings: Equatable, Sendable {
    /// So many heartbeats may be missed.
    package var heartbeats = 2.5
    /// Silence is told so long after it is known, so that several at once can be told as one.
    package var settle = Milliseconds.minutes(5)
    /// Of the devices behind one hub, this share and number must be silent.
    package var share = 0.5
    package var least = 3
    /// Without a quiet hour for so long a movement sensor is stuck.
    package var unquiet = Milliseconds.hours(48)
    /// Records within `per` above which a device floods.
    package var records = 600
    package var per = Milliseconds.minutes(1)

    package init() {}
}

/// A silence, or a state, of `after` gives the alert this severity.
package struct StageSettings: Equatable, Sendable {
    package var after: Milliseconds
    package var severity: Severity

    package init(after: Milliseconds, severity: Severity) {
        self.after = after
        self.severity = severity
    }
}

/// While the calendar holds the rule's length is another.
package struct DuringSettings: Equatable, Sendable {
    package var calendar: RuleCalendar
    package var after: Milliseconds

    package init(calendar: RuleCalendar, after: Milliseconds) {
        self.calendar = calendar
        self.after = after
    }
}

package struct EvidenceSettings: Equatable, Sendable {
    /// Not empty for `no_movement`.
    package var kinds: [ObservationKind]
    /// How many motions and presences within ``within`` corroborate each other; at least 1.
    package var count: Int
    package var within: Milliseconds

    package init(kinds: [ObservationKind], count: Int, within: Milliseconds) {
        self.kinds = kinds
        self.count = count
        self.within = within
    }
}

/// `count` observations of at least `devices` devices within `within`.
package struct ConfirmSettings: Equatable, Sendable {
    package var count: Int
    package var within: Milliseconds
    package var devices: Int

    package init(count: Int, within: Milliseconds, devices: Int) {
        self.count = count
        self.within = within
        self.devices = devices
    }
}

/// A hand on a machine. Topics may hold `{device}` and the other names of the settings reference.
package struct PublishSettings: Equatable, Sendable {
    package var topic: String
    package var payload: String
    /// What undoes it.
    package var release: String?
    /// How old the observation may be.
    package var fresh: Milliseconds
    /// The longest hold.
    package var max: Milliseconds

    package init(topic: String, payload: String, release: String? = nil, fresh: Milliseconds, max: Milliseconds) {
        self.topic = topic
        self.payload = payload
        self.release = release
        self.fresh = fresh
        self.max = max
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

extension MatchSettings {
    fileprivate var stateDescription: String {
        let lists = [zones, places, deviceKinds, devices, words].map { "\($0.sorted())" }.joined(separator: " ")
        let direction = direction?.rawValue ?? "any"
        let reading = reading.map { $0 ? "on" : "off" } ?? "any"
        let person = person?.rawValue ?? "any"
        return "match \(kinds.map(\.rawValue).sorted()) \(lists) \(confidence) \(direction) \(reading) \(person) "
            + (mustFall ? "falls" : "any")
    }
}

extension WindowSettings {
    fileprivate var stateDescription: String {
        switch self {
        case .absence: "absence"
        case .session: "session"
        case .count(let least, let within, let once): "count \(least) \(within.count) \(once.count)"
        case .distinct(let field, let least, let within): "distinct \(field.rawValue) \(least) \(within.count)"
        case .lasting(let ends, let gap): "lasting \(gap.count) \(ends?.stateDescription ?? "")"
        case .sequence(let then, let within, let isMissing, let before):
            "\(isMissing ? "missing" : "sequence") \(within.count) \(before.count) \(then.stateDescription)"
        case .threshold(let field, let isAbove, let limit, let back, let lasting):
            "threshold \(field.rawValue) \(isAbove ? "above" : "below") \(limit) \(back) \(lasting.count)"
        case .excess(let least, let within): "excess \(least) \(within.count)"
        case .flow(let passes, let within, let inside, let back):
            // Without the default: a state of before there was the key goes on.
            "flow \(passes.map(String.init) ?? "-") \(within.count) \(inside.map(String.init) ?? "-")"
                + (back == 0.8 ? "" : " \(back)")
        case .passback(let forget, let again): "passback \(forget.count) \(again.count)"
        case .device(let d):
            "device \(d.heartbeats) \(d.settle.count) \(d.share) \(d.least) \(d.unquiet.count) "
                + "\(d.records) \(d.per.count)"
        }
    }
}

extension RuleCalendar {
    fileprivate var stateDescription: String { "\(hours.map(\.description)) except \(except.map(\.description))" }
}
