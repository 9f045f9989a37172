package import Community
package import Feeds
package import SiteConfiguration
package import Timekeeping

/// An observation as rules see it: with what the pipeline knows of its device, person and home. Plain numbers.
package struct Event: Sendable {
    package var observation: Observation
    /// By number among all devices, those that the registry does not know included; −1 none.
    package var device: Int32
    /// The registry's resident; −1 none or unknown.
    package var resident: Int32
    /// The home in which the device is, and the home of the person; −1 none.
    package var householdOfDevice: Int32
    package var householdOfPerson: Int32
    package var topic: Int32
    /// The engine clock.
    package var now: Instant
    /// A state that was told differs from the one known before.
    package var isChange: Bool
    /// It is not news: handed over late by the device, or by the broker's backlog. Then its own time counts.
    package var isHistory: Bool
    /// The broker is handing over its backlog.
    package var isSettling: Bool

    package init(observation: Observation, now: Instant) {
        self.observation = observation
        self.now = now
        device = -1
        resident = -1
        householdOfDevice = -1
        householdOfPerson = -1
        topic = -1
        isChange = false
        isHistory = false
        isSettling = false
    }

    /// The time in which windows under a minute are counted (docs/architecture.md, "Time"): device clocks differ by
    /// seconds.
    package func windowTime(for length: Milliseconds) -> Instant {
        length < Milliseconds.minutes(1) && !isHistory ? observation.arrival : observation.time
    }
}

/// A record that an alert rests on, as a number until somebody wants to read it.
package struct Trace: Equatable, Sendable {
    package var at: Instant
    package var topic: Int32
    package var device: Int32
    package var kind: ObservationKind
    package var isInward: Bool
    package var isOutward: Bool

    package init(_ event: Event) {
        at = event.observation.time
        topic = event.topic
        device = event.device
        kind = event.observation.kind
        isInward = event.observation.marks.contains(.inward)
        isOutward = event.observation.marks.contains(.outward)
    }
}

/// What a rule found: an episode began, got worse or ended. `Alerts` makes the change that people and programs get of
/// it.
package struct Finding: Sendable {
    /// What became of an episode.
    package enum Change: String, Sendable {
        case raised, updated, resolved
    }

    /// The kind's own facts.
    package enum Detail: Equatable, Sendable {
        /// Stage reached (from 1) and its length.
        case absence(stage: Int, after: Milliseconds)
        /// What cameras saw. `floor` is nil where none was told.
        case sighting(count: Int, devices: [Int32], confidence: Float, floor: Int?)
    }

    package var rule: Int
    package var change: Change
    package var severity: Severity
    /// The value of the rule's key.
    package var key: String
    package var started: Instant
    package var detected: Instant
    package var at: Instant
    package var place: PlaceID?
    package var residents: [ResidentID]
    package var device: Int32
    package var lastEvidence: Trace?
    package var evidence: [Trace]
    package var detail: Detail
    /// Whether people are told of it anew.
    package var isTold = true
    /// The name that the rule had when the episode was raised, where it is another: the alert's id goes by it.
    package var raisedBy: String?
}

/// A hand on a machine, for the live driver alone.
package struct Action: Equatable, Sendable {
    package var topic: String
    package var payload: String
    /// After this it is not done any more; a release has no such limit.
    package var freshUntil: Instant?
}

/// What stepping leaves: the caller owns and reuses it.
package struct RuleOutput: Sendable {
    package var findings: [Finding] = []
    package var actions: [Action] = []

    package init() {}

    /// Empties both, keeping the room they have.
    package mutating func removeAll() {
        findings.removeAll(keepingCapacity: true)
        actions.removeAll(keepingCapacity: true)
    }
}
