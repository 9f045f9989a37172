public import Timekeeping
public import Vocabulary

/// The typed, normalised meaning of a record. Plain numbers: 112 B, no reference.
public struct Observation: Sendable {
    /// What is true of an observation besides what it tells.
    public struct Marks: OptionSet, Sendable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// Handed over by the broker as its retained state: sets a state, is no event.
        public static var retained: Marks { Marks(rawValue: 1) }
        /// The payload named a time that cannot be; the arrival stands in for it.
        public static var clockFault: Marks { Marks(rawValue: 2) }
        /// The payload named its own time, and it is believed.
        public static var ownTime: Marks { Marks(rawValue: 4) }
        /// A detection: evidence each time it says `on`. Without it the value is a state: evidence when it changes.
        public static var detection: Marks { Marks(rawValue: 8) }
        public static var inward: Marks { Marks(rawValue: 16) }
        public static var outward: Marks { Marks(rawValue: 32) }
        /// Its time was set right after decoding, by what is known of its device's clock.
        public static var corrected: Marks { Marks(rawValue: 64) }
        /// A call for help or an alarm that the device says is none (`value: false`): a word of the device, no call.
        public static var noCall: Marks { Marks(rawValue: 128) }
        /// A call for help whose payload names another device than its topic; it counts for the topic's.
        public static var mismatched: Marks { Marks(rawValue: 256) }
        /// When it came nobody knows: it shows that the device does not only speak on its period.
        public static var timeLost: Marks { Marks(rawValue: 512) }
        /// Beside ``clockFault``: in a log of before 2020 what was handed in late has such a time, too, so it is not
        /// held against the device's clock.
        public static var perhapsLate: Marks { Marks(rawValue: 1024) }
    }

    /// Where a camera is in what it tracks.
    public enum Phase: UInt8, Sendable {
        case none, start, update, end
    }

    /// By what a door was opened, or was to be.
    public enum Method: UInt8, Sendable {
        case none, face, card, code, qr, phone, button
        /// Told, in a word that is not known.
        case other
    }

    public var kind: ObservationKind
    public var marks: Marks
    public var reading: Reading
    public var phase: Phase
    public var method: Method
    /// Percent; −1 where none was told.
    public var battery: Int8
    /// What the record's device is.
    public var device: Reference
    public var person: Reference
    /// A zone that some rule names, by number in the plan; −1 none, −2 another.
    public var zone: Int16
    /// As the camera guesses it; Int16.min where it does not.
    public var floor: Int16
    /// 0…1; NaN where none was told.
    public var confidence: Float
    /// Of the person who passed, in °C; NaN where none was told.
    public var temperature: Float
    /// How many a camera counts; −1 where it does not.
    public var count: Int32
    /// A hash of what the camera calls the track, equal where the names are; 0 where it names none.
    public var track: UInt32
    /// A number plate. This and the next four: by number in the batch's `names`, −1 none.
    public var plate: Int32
    /// What a visit was announced as.
    public var visit: Int32
    /// Why a person was denied; of a report its category.
    public var word: Int32
    /// A report's text, at most ``Decoder/textMax`` characters of it.
    public var text: Int32
    /// Who reported.
    public var by: Int32
    /// The registry's place that a report names; −1 where it names none, or one that is not there.
    public var place: Int32
    /// By number in the batch's `fits`; −1 where there was no path that can be fitted.
    public var fit: Int32
    /// The number that was told (a temperature, litres, watts); NaN where none was.
    public var number: Double
    /// When it happened, by the payload where that can be, else by the arrival.
    public var time: Instant
    public var arrival: Instant

    public init(kind: ObservationKind, arrival: Instant) {
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
    public var hasWords: Bool { plate & visit & word & text & by != -1 }
}
