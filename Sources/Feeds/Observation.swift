package import SiteConfiguration
package import Timekeeping

/// Something that has a name: a number in the registry, a name that only the batch knows, or nothing.
package struct Reference: Hashable, Sendable {
    /// From 0: the registry's number. −1: nothing. From −2 down: −2 − the number in the batch's `names`.
    package var raw: Int32

    package init(raw: Int32) { self.raw = raw }
    package static let none = Reference(raw: -1)
    /// Something that the registry has, by its number there.
    package static func known(_ index: Int32) -> Reference { Reference(raw: index) }
    /// Something that only the batch has a name for, by that name's number.
    package static func unknown(_ name: Int32) -> Reference { Reference(raw: -2 - name) }

    package var isNone: Bool { raw == -1 }
    /// The registry's number; nil for what it does not know.
    package var known: Int32? { raw >= 0 ? raw : nil }
    /// The number in the batch's names; nil for what the registry knows.
    package var unknown: Int32? { raw <= -2 ? -2 - raw : nil }
}

/// What a sensor says of the world: on, off, or nothing that can be read as either.
package enum Reading: Int8, Sendable {
    case unknown = -1
    case off = 0
    case on = 1
}

/// The typed, normalised meaning of a record. Plain numbers: 64 B, no reference.
package struct Observation: Sendable {
    /// What is true of an observation besides what it tells.
    package struct Marks: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Handed over by the broker as its retained state: sets a state, is no event.
        package static let retained = Marks(rawValue: 1)
        /// The payload named a time that cannot be; the arrival stands in for it.
        package static let clockFault = Marks(rawValue: 2)
        /// The payload named its own time, and it is believed.
        package static let ownTime = Marks(rawValue: 4)
        /// A detection: evidence each time it says `on`. Without it the value is a state: evidence when it changes.
        package static let detection = Marks(rawValue: 8)
        package static let inward = Marks(rawValue: 16)
        package static let outward = Marks(rawValue: 32)
    }

    package var kind: ObservationKind
    package var marks: Marks
    package var reading: Reading
    /// What the record's device is.
    package var device: Reference
    package var person: Reference
    /// A zone that some rule names, by number in the plan; −1 none, −2 another.
    package var zone: Int16
    /// As the camera guesses it; Int16.min where it does not.
    package var floor: Int16
    /// 0…1; NaN where none was told.
    package var confidence: Float
    /// The number that was told (a temperature, litres, watts); NaN where none was.
    package var number: Double
    /// When it happened, by the payload where that can be, else by the arrival.
    package var time: Instant
    package var arrival: Instant

    package init(kind: ObservationKind, arrival: Instant) {
        self.kind = kind
        self.arrival = arrival
        time = arrival
        marks = []
        reading = .unknown
        device = .none
        person = .none
        zone = -1
        floor = Int16.min
        confidence = .nan
        number = .nan
    }
}
