import Timekeeping
package import Vocabulary

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

extension MatchSettings {
    var stateDescription: String {
        let lists = [zones, places, deviceKinds, devices, words].map { "\($0.sorted())" }.joined(separator: " ")
        let direction = direction?.rawValue ?? "any"
        let reading = reading.map { $0 ? "on" : "off" } ?? "any"
        let person = person?.rawValue ?? "any"
        return "match \(kinds.map(\.rawValue).sorted()) \(lists) \(confidence) \(direction) \(reading) \(person) "
            + (mustFall ? "falls" : "any")
    }
}
