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

/// The typed, normalised meaning of a record. Plain numbers: 112 B, no reference.
package struct Observation: Sendable {
    /// What is true of an observation besides what it tells.
    package struct Marks: OptionSet, Sendable {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }

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
        /// Its time was set right after decoding, by what is known of its device's clock.
        package static let corrected = Marks(rawValue: 64)
    }

    /// Where a camera is in what it tracks.
    package enum Phase: UInt8, Sendable {
        case none, start, update, end
    }

    /// By what a door was opened, or was to be.
    package enum Method: UInt8, Sendable {
        case none, face, card, code, qr, phone, button
        /// Told, in a word that is not known.
        case other
    }

    package var kind: ObservationKind
    package var marks: Marks
    package var reading: Reading
    package var phase: Phase
    package var method: Method
    /// Percent; −1 where none was told.
    package var battery: Int8
    /// What the record's device is.
    package var device: Reference
    package var person: Reference
    /// A zone that some rule names, by number in the plan; −1 none, −2 another.
    package var zone: Int16
    /// As the camera guesses it; Int16.min where it does not.
    package var floor: Int16
    /// 0…1; NaN where none was told.
    package var confidence: Float
    /// Of the person who passed, in °C; NaN where none was told.
    package var temperature: Float
    /// How many a camera counts; −1 where it does not.
    package var count: Int32
    /// A hash of what the camera calls the track, equal where the names are; 0 where it names none.
    package var track: UInt32
    /// A number plate. This and the next four: by number in the batch's `names`, −1 none.
    package var plate: Int32
    /// What a visit was announced as.
    package var visit: Int32
    /// Why a person was denied; of a report its category.
    package var word: Int32
    /// A report's text, at most ``Decoder/textMax`` characters of it.
    package var text: Int32
    /// Who reported.
    package var by: Int32
    /// The registry's place that a report names; −1 where it names none, or one that is not there.
    package var place: Int32
    /// By number in the batch's `fits`; −1 where there was no path that can be fitted.
    package var fit: Int32
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
        phase = .none
        method = .none
        battery = -1
        temperature = .nan
        count = -1
        track = 0
        plate = -1
        visit = -1
        word = -1
        text = -1
        by = -1
        place = -1
        fit = -1
    }

    /// Whether it has any name besides device and person. False for most, so that they cost one look.
    package var hasWords: Bool { plate & visit & word & text & by != -1 }
}
