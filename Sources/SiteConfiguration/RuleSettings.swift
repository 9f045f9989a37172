package import Diagnostics
package import Timekeeping

/// One rule. What its kind does not use has the default and is not read.
package struct RuleSettings: Equatable, Sendable {
    /// The rule's identity: part of alert ids.
    package var name: String
    package var kind: RuleKind
    /// What people read; nil: the kind's own title.
    package var title: Phrase?
    /// The name before a renaming.
    package var was: String?
    package var severity: Severity
    /// Not empty and ascending for `no_movement`; empty for others.
    package var stages: [StageSettings]
    package var evidence: EvidenceSettings
    /// Zones of cameras; empty: all.
    package var zone: [String]
    /// Ids of places, with what is inside them; empty: all.
    package var places: [String]
    /// 0…1; observations below it are not looked at.
    package var confidence: Double
    package var confirm: ConfirmSettings
    /// Events up to this far apart are one episode.
    package var merge: Milliseconds
    /// Not acted on yet.
    package var cooldown: Milliseconds?
    package var key: RuleKey
    package var publish: PublishSettings?
    package var position: Position

    package init(
        name: String, kind: RuleKind, title: Phrase? = nil, was: String? = nil, severity: Severity,
        stages: [StageSettings], evidence: EvidenceSettings, zone: [String], places: [String], confidence: Double,
        confirm: ConfirmSettings, merge: Milliseconds, cooldown: Milliseconds? = nil, key: RuleKey,
        publish: PublishSettings? = nil, position: Position
    ) {
        self.name = name
        self.kind = kind
        self.title = title
        self.was = was
        self.severity = severity
        self.stages = stages
        self.evidence = evidence
        self.zone = zone
        self.places = places
        self.confidence = confidence
        self.confirm = confirm
        self.merge = merge
        self.cooldown = cooldown
        self.key = key
        self.publish = publish
        self.position = position
    }
}

/// A silence of `after` gives the alert this severity.
package struct StageSettings: Equatable, Sendable {
    package var after: Milliseconds
    package var severity: Severity

    package init(after: Milliseconds, severity: Severity) {
        self.after = after
        self.severity = severity
    }
}

package struct EvidenceSettings: Equatable, Sendable {
    /// Not empty.
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
