package import Diagnostics
package import Vocabulary

/// How a vendor's messages become observations, without code: the contents of a mapping file.
package struct MappingSettings: Equatable, Sendable {
    /// The levels of the topics that it reads; a topic of another length does not fit.
    package var topic: [LevelPattern]
    package var device: Template
    package var person: Template?
    package var id: Template?
    /// nil: the time of arrival.
    package var time: TimeSource?
    /// Not empty. The first whose guards all hold is taken; where none does, the record is refused.
    package var events: [Event]
    package var file: String

    package init(
        topic: [LevelPattern], device: Template, person: Template? = nil, id: Template? = nil,
        time: TimeSource? = nil, events: [Event], file: String
    ) {
        self.topic = topic
        self.device = device
        self.person = person
        self.id = id
        self.time = time
        self.events = events
        self.file = file
    }
}

extension MappingSettings {
    /// One level of the topics.
    package enum LevelPattern: Equatable, Sendable {
        case literal(String)
        case any
        case named(String)
    }

    /// Text with places to fill in.
    package struct Template: Equatable, Sendable {
        /// Text as it stands, or a place to fill in.
        package enum Piece: Equatable, Sendable {
            case literal(String)
            /// An index into the topic's levels; always within ``MappingSettings/topic``.
            case level(Int)
            case pointer(JSONPointer)
        }

        /// Not empty.
        package var pieces: [Piece]

        package init(pieces: [Piece]) {
            self.pieces = pieces
        }
    }

    /// One value of a message.
    package enum FieldSource: Equatable, Sendable {
        /// An index into the topic's levels.
        case level(Int)
        case pointer(JSONPointer)
    }

    /// How a time is written.
    package enum TimeForm: String, Sendable, CaseIterable {
        /// ISO 8601; without offset it is local.
        case iso
        /// Seconds or milliseconds since 1970, told apart by magnitude.
        case epoch
        /// `yyyy-MM-dd HH:mm:ss` in the site's zone.
        case local
    }

    /// Where a message has its time.
    package struct TimeSource: Equatable, Sendable {
        package var at: JSONPointer
        package var form: TimeForm

        package init(at: JSONPointer, form: TimeForm) {
            self.at = at
            self.form = form
        }
    }

    /// One kind of message.
    package struct Event: Equatable, Sendable {
        /// All must hold; none: always.
        package var guards: [Guard]
        package var kind: ObservationKind
        package var manner: Decoder.Manner
        /// nil: the observation has no value.
        package var value: ValueSource?
        package var confidence: JSONPointer?
        package var zone: JSONPointer?
        package var dir: JSONPointer?
        package var credential: JSONPointer?
        package var track: JSONPointer?
        package var sides: SideFields
        package var position: Position

        package init(
            guards: [Guard], kind: ObservationKind, manner: Decoder.Manner, value: ValueSource? = nil,
            confidence: JSONPointer? = nil, zone: JSONPointer? = nil, dir: JSONPointer? = nil,
            credential: JSONPointer? = nil, track: JSONPointer? = nil, sides: SideFields = SideFields(),
            position: Position
        ) {
            self.guards = guards
            self.kind = kind
            self.manner = manner
            self.value = value
            self.confidence = confidence
            self.zone = zone
            self.dir = dir
            self.credential = credential
            self.track = track
            self.sides = sides
            self.position = position
        }

        /// What may stand beside any kind, by the names of the native feed. nil: the event does not tell it.
        package struct SideFields: Equatable, Sendable {
            /// Per cent.
            package var battery: JSONPointer?
            /// A person's temperature.
            package var celsius: JSONPointer?
            package var count: JSONPointer?
            package var floor: JSONPointer?
            package var plate: JSONPointer?
            package var visit: JSONPointer?

            package init() {}

            package var isEmpty: Bool { self == SideFields() }
        }
    }

    /// Holds where the source's value is one of `values`. They are text: a JSON string is compared as it is, a number
    /// as an exact decimal, `true`, `false` or `null` as JSON writes it. What is absent holds for none.
    package struct Guard: Equatable, Sendable {
        package var source: FieldSource
        /// Not empty.
        package var values: [String]

        package init(source: FieldSource, values: [String]) {
            self.source = source
            self.values = values
        }
    }

    /// What a word of the vendor means.
    package enum Value: Equatable, Sendable {
        case on
        case off
        case number(Double)
    }

    /// Where a message has its value.
    package struct ValueSource: Equatable, Sendable {
        package var at: FieldSource
        /// nil: numbers, true/false, and on/off/open/closed in any case. With it, a value that is not in it is refused,
        /// but for a call for help.
        package var table: [String: Value]?

        package init(at: FieldSource, table: [String: Value]? = nil) {
            self.at = at
            self.table = table
        }
    }
}
