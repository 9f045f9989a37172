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
    /// Who it is about: a resident's number, or their count plus a stranger's among the words; −1 nobody.
    package var person: Int32
    /// Numbers among the words: the plate, the code of the visit, the reason or category, the text, who reported; −1
    /// none.
    package var plate: Int32
    package var visit: Int32
    package var word: Int32
    package var text: Int32
    package var by: Int32
    /// How the path fits a fall; nil where none was told.
    package var fit: FallFit?
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
    /// The device has told right times lately: what it calls old is old.
    package var isClockTrusted: Bool

    // What ``Surroundings/heard(_:)`` finds.
    /// A word in time of a device that is alive, by a clock that is right.
    package internal(set) var isRoutine: Bool
    /// It shows somebody's life (docs/rules.md, "Evidence of life"), …
    package internal(set) var showsLife: Bool
    /// … and its device is believed.
    package internal(set) var isBelieved: Bool

    package init(observation: Observation, now: Instant) {
        self.observation = observation
        self.now = now
        device = -1
        resident = -1
        person = -1
        plate = -1
        visit = -1
        word = -1
        text = -1
        by = -1
        householdOfDevice = -1
        householdOfPerson = -1
        topic = -1
        isChange = false
        isHistory = false
        isSettling = false
        isClockTrusted = false
        isRoutine = false
        showsLife = false
        isBelieved = false
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

    /// How old news is told, where it is not new.
    package enum Age: Sendable {
        /// It happens now.
        case news
        /// It was handed over late.
        case late
        /// The broker had it as its retained state: it was so when we came.
        case standing
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
    package var verdict: VerdictName?
    package var age = Age.news
    /// Who it is about, by number as ``Event/person``, where `residents` are not told; −1 nobody.
    package var person: Int32 = -1
    /// When a state truly began that the rule's calendar let begin only later; nil where that is `started`.
    package var since: Instant?
    /// Whether people are told of it anew.
    package var isTold = true
    /// An update that says no more than that there is more of it: written at most once a minute and alert.
    package var countsOnly = false
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

    /// Puts what was found into the configuration's order of the rules; what one rule found keeps its own.
    package mutating func sort() {
        let places = findings.indices.sorted { (findings[$0].rule, $0) < (findings[$1].rule, $1) }
        findings = places.map { findings[$0] }
    }

    /// Empties both, keeping the room they have.
    package mutating func removeAll() {
        findings.removeAll(keepingCapacity: true)
        actions.removeAll(keepingCapacity: true)
    }
}
