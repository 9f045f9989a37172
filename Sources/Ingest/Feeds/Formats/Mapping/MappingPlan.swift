import TextForms
import Vocabulary

/// A mapping made ready for decoding. By reference: a record looks at it, and copies none of it.
final class MappingPlan: Sendable {
    /// A JSON pointer, and its key where it has one level: then the flat fields have it, without a second parse.
    struct Pointer: Sendable {
        var path: String
        var key: [UInt8]?

        init(_ pointer: JSONPointer) {
            path = pointer.description
            key = pointer.tokens.count == 1 ? Array(pointer.tokens[0].utf8) : nil
        }
    }

    enum Source: Sendable {
        case level(Int)
        case pointer(Pointer)

        init(_ source: MappingSettings.FieldSource) {
            switch source {
            case .level(let index): self = .level(index)
            case .pointer(let pointer): self = .pointer(Pointer(pointer))
            }
        }
    }

    enum Piece: Sendable {
        case literal([UInt8])
        case source(Source)
    }

    /// What a value is compared with: a text as it is, a number as an exact decimal.
    struct Comparand: Sendable {
        var text: [UInt8]
        private let isNumber: Bool

        init(_ text: String) {
            self.text = Array(text.utf8)
            isNumber = unsafe self.text.withUnsafeBufferPointer { unsafe ExactDecimal.isNumber($0) }
        }

        /// A string is compared as it is; true, false and null as JSON writes them.
        func equals(_ value: JSONScalar) -> Bool {
            switch unsafe value.kind {
            case .truth: return unsafe text.elementsEqual((value.truth ? "true" : "false").utf8)
            case .null: return text.elementsEqual("null".utf8)
            case .number:
                if unsafe text.elementsEqual(value.text) { return true }
                guard isNumber else { return false }
                let told = unsafe value.text
                return unsafe text.withUnsafeBufferPointer { unsafe ExactDecimal.areEqual($0, told) }
            default: return unsafe text.elementsEqual(value.text)
            }
        }
    }

    struct Event: Sendable {
        var guards: [(source: Source, values: [Comparand])]
        var kind: ObservationKind
        var manner: Decoder.Manner
        var value: Source?
        var table: [(word: Comparand, value: MappingSettings.Value)]?
        var confidence: Pointer?
        var zone: Pointer?
        var direction: Pointer?
        var credential: Pointer?
        var track: Pointer?
        /// nil: nothing stands beside it, as of most.
        var sides: Sides?

        /// Whether a guard that holds has told by the payload what the message is about.
        var isKnownByPayload: Bool {
            guards.contains { if case .pointer = $0.source { true } else { false } }
        }
    }

    /// Where an event has what may stand beside any kind. By reference: an event is copied for each record, and most
    /// have none of these.
    final class Sides: Sendable {
        let battery: Pointer?
        let celsius: Pointer?
        let count: Pointer?
        let floor: Pointer?
        let plate: Pointer?
        let visit: Pointer?

        /// - Returns: nil where none is told.
        init?(_ sides: MappingSettings.Event.SideFields) {
            if sides.isEmpty { return nil }
            battery = sides.battery.map(Pointer.init)
            celsius = sides.celsius.map(Pointer.init)
            count = sides.count.map(Pointer.init)
            floor = sides.floor.map(Pointer.init)
            plate = sides.plate.map(Pointer.init)
            visit = sides.visit.map(Pointer.init)
        }
    }

    let settings: MappingSettings
    let levels: [MappingSettings.LevelPattern]
    let device: [Piece]
    let person: [Piece]?
    let id: [Piece]?
    let time: Pointer?
    let events: [Event]
    /// Whether one of the events is a call for help.
    let isCalling: Bool

    init(_ settings: MappingSettings) {
        self.settings = settings
        levels = settings.topic
        device = MappingPlan.pieces(settings.device)
        person = settings.person.map(MappingPlan.pieces)
        id = settings.id.map(MappingPlan.pieces)
        time = settings.time.map { Pointer($0.at) }
        events = settings.events.map { event in
            Event(
                guards: event.guards.map { (Source($0.source), $0.values.map(Comparand.init)) }, kind: event.kind,
                manner: event.manner, value: event.value.map { Source($0.at) },
                table: event.value?.table.map { table in
                    // In one order: two words may be the same number.
                    table.sorted { $0.key < $1.key }.map { (Comparand($0.key), $0.value) }
                },
                confidence: event.confidence.map(Pointer.init), zone: event.zone.map(Pointer.init),
                direction: event.dir.map(Pointer.init), credential: event.credential.map(Pointer.init),
                track: event.track.map(Pointer.init), sides: Sides(event.sides))
        }
        isCalling = settings.events.contains(where: \.kind.isLifeSafety)
    }

    private static func pieces(_ template: MappingSettings.Template) -> [Piece] {
        template.pieces.map { piece in
            switch piece {
            case .literal(let text): .literal(Array(text.utf8))
            case .level(let index): .source(.level(index))
            case .pointer(let pointer): .source(.pointer(Pointer(pointer)))
            }
        }
    }
}
