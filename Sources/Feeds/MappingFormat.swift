import CSIMDJSON
import Community
import RecordLog
import SiteConfiguration
import Timekeeping

/// A vendor's format by declaration: the compiled form of a mapping file.
struct MappingFormat: Sendable {
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

        init(_ source: FieldSource) {
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

    struct Event: Sendable {
        var guards: [(source: Source, values: [[UInt8]])]
        var kind: ObservationKind
        var manner: MappedEvent.Manner
        var value: Source?
        var table: [(text: [UInt8], value: MappedValue)]?
        var confidence: Pointer?
        var zone: Pointer?
        var direction: Pointer?
        var credential: Pointer?
        var track: Pointer?
    }

    let levels: [LevelPattern]
    let device: [Piece]
    let person: [Piece]?
    let id: [Piece]?
    let time: Pointer?
    let events: [Event]

    init(_ settings: MappingSettings) {
        levels = settings.topic
        device = MappingFormat.pieces(settings.device)
        person = settings.person.map(MappingFormat.pieces)
        id = settings.id.map(MappingFormat.pieces)
        time = settings.time.map { Pointer($0.at) }
        events = settings.events.map { event in
            Event(
                guards: event.guards.map { (Source($0.source), $0.values.map { Array($0.utf8) }) }, kind: event.kind,
                manner: event.manner, value: event.value.map { Source($0.at) },
                table: event.value?.table.map { $0.map { (Array($0.key.utf8), $0.value) } },
                confidence: event.confidence.map(Pointer.init), zone: event.zone.map(Pointer.init),
                direction: event.dir.map(Pointer.init), credential: event.credential.map(Pointer.init),
                track: event.track.map(Pointer.init))
        }
    }

    private static func pieces(_ template: Template) -> [Piece] {
        template.pieces.map { piece in
            switch piece {
            case .literal(let text): .literal(Array(text.utf8))
            case .level(let index): .source(.level(index))
            case .pointer(let pointer): .source(.pointer(Pointer(pointer)))
            }
        }
    }
}

extension Decoder {
    /// One record while a mapping looks at it; the payload is parsed for deep pointers only when the first of them is
    /// asked for.
    @unsafe private struct Look {
        var view: RecordView
        var levels: [Range<Int>]
        var isOpen = false
        /// Why the payload cannot be parsed for deep pointers; then nothing of it is believed.
        var problem: String?
        var keeps: [[UInt8]] = []
    }

    mutating func mapped(
        _ view: RecordView, topic: Topic, levels: [Range<Int>], record: inout DecodedRecord
    ) throws(Refused) {
        guard case .mapping(let mapping) = plan.feeds[Int(topic.feed)].format else { return }
        guard unsafe Decoder.fits(mapping.levels, view.topic, levels) else {
            throw Refused("bad-topic", "the topic does not fit the mapping's \"topic\"")
        }
        if view.fieldsError > 0 { throw Decoder.notAnObject(view) }
        var look = unsafe Look(view: view, levels: levels)
        guard let event = mapping.events.first(where: { unsafe holds($0, &look) }) else {
            if let problem = unsafe look.problem {
                throw Refused("bad-payload", "the payload cannot be read: \(problem)")
            }
            throw Refused("no-event", "no event of the mapping fits")
        }
        var observation = Observation(kind: event.kind, arrival: Decoder.arrival(view))
        if view.retain { observation.marks.insert(.retained) }
        guard unsafe render(mapping.device, &look) else {
            throw Refused("no-device", "what names the device is not in the record")
        }
        let name = text
        observation.device = unsafe name.withUnsafeBufferPointer { unsafe self.device($0) }
        record.device = observation.device
        if let id = mapping.id, unsafe render(id, &look) { record.marks.insert(.hasID) }
        if let time = mapping.time {
            let told = unsafe scalar(.pointer(time), &look)
            unsafe Decoder.setTime(
                &observation, told: PayloadTime.read(told, zone: plan.zone),
                wasTold: told.kind != .absent && told.kind != .null)
        }
        try unsafe setMappedValue(&observation, event, &look)
        try unsafe setCamera(
            &observation, confidence: optional(event.confidence, &look), zone: optional(event.zone, &look),
            floor: .absent)
        unsafe setDirection(&observation, optional(event.direction, &look))
        unsafe observation.track = Decoder.track(optional(event.track, &look))
        let credential = unsafe optional(event.credential, &look)
        if let person = mapping.person, unsafe render(person, &look) {
            let name = text
            observation.person = unsafe name.withUnsafeBufferPointer {
                unsafe self.person($0, device: observation.device, feed: topic.feed)
            }
        } else if unsafe credential.kind == .text || credential.kind == .number {
            observation.person = unsafe self.person(credential.text, device: observation.device, feed: topic.feed)
        }
        if let problem = unsafe look.problem { throw Refused("bad-payload", "the payload cannot be read: \(problem)") }
        batch.observations.append(observation)
        // The scalars above point into what `look` keeps.
        withExtendedLifetime(unsafe look.keeps) {}
    }

    private static func fits(
        _ patterns: [LevelPattern], _ topic: UnsafeBufferPointer<UInt8>, _ levels: [Range<Int>]
    ) -> Bool {
        guard patterns.count == levels.count else { return false }
        for (pattern, level) in zip(patterns, levels) {
            if case .literal(let text) = pattern, unsafe !topic[level].elementsEqual(text.utf8) { return false }
        }
        return true
    }

    private func holds(_ event: MappingFormat.Event, _ look: inout Look) -> Bool {
        for condition in event.guards {
            let value = unsafe scalar(condition.source, &look)
            guard unsafe value.kind != .absent, unsafe value.kind != .other else { return false }
            let matches = condition.values.contains { unsafe Decoder.same(value, $0) }
            if !matches { return false }
        }
        return true
    }

    /// A string is compared as it is; a number, true, false and null as JSON writes them.
    private static func same(_ value: JSONScalar, _ text: [UInt8]) -> Bool {
        switch unsafe value.kind {
        case .truth: unsafe text.elementsEqual((value.truth ? "true" : "false").utf8)
        case .null: text.elementsEqual("null".utf8)
        default: unsafe text.elementsEqual(value.text)
        }
    }

    private mutating func setMappedValue(
        _ observation: inout Observation, _ event: MappingFormat.Event, _ look: inout Look
    ) throws(Refused) {
        guard let source = event.value else {
            try unsafe setValue(&observation, .absent, manner: event.manner)
            return
        }
        let value = unsafe scalar(source, &look)
        guard let table = event.table else {
            try unsafe setValue(&observation, value, manner: event.manner)
            return
        }
        guard
            let entry = unsafe value.kind == .absent ? nil : table.first(where: { unsafe Decoder.same(value, $0.text) })
        else {
            throw Refused("bad-value", "the value \(unsafe value.excerpt) is not in the mapping's table")
        }
        switch entry.value {
        case .on: observation.reading = .on
        case .off: observation.reading = .off
        case .number(let number):
            observation.number = number
            observation.reading = number > 0 ? .on : .off
        }
        if event.manner == .detection { observation.marks.insert(.detection) }
    }

    private func optional(_ pointer: MappingFormat.Pointer?, _ look: inout Look) -> JSONScalar {
        guard let pointer else { return unsafe .absent }
        return unsafe scalar(.pointer(pointer), &look)
    }

    /// A value of the record, wherever the mapping says that it is.
    private func scalar(_ source: MappingFormat.Source, _ look: inout Look) -> JSONScalar {
        switch source {
        case .level(let index):
            var result = unsafe JSONScalar.absent
            unsafe result.kind = .text
            unsafe result.text = UnsafeBufferPointer(rebasing: look.view.topic[look.levels[index]])
            return unsafe result
        case .pointer(let pointer):
            if let key = pointer.key, unsafe look.view.fieldsError == 0 { return unsafe flat(key, &look) }
            return unsafe deep(pointer.path, &look)
        }
    }

    private func flat(_ key: [UInt8], _ look: inout Look) -> JSONScalar {
        guard let base = unsafe look.view.fieldBase else { return unsafe .absent }
        for index in unsafe look.view.fields.indices {
            let field = unsafe look.view.fields[index]
            guard Int(field.key_length) == key.count else { continue }
            let name = unsafe UnsafeBufferPointer(start: base + Int(field.key_at), count: key.count)
            guard unsafe name.elementsEqual(key) else { continue }
            var keep: [UInt8] = []
            let value = unsafe look.view.scalar(field.value, keep: &keep)
            if !keep.isEmpty { unsafe look.keeps.append(keep) }
            return unsafe value
        }
        return unsafe .absent
    }

    private func deep(_ path: String, _ look: inout Look) -> JSONScalar {
        if unsafe !look.isOpen {
            if unsafe look.problem != nil { return unsafe .absent }
            unsafe look.problem = parser.open(look.view.payload)
            if unsafe look.problem != nil { return unsafe .absent }
            unsafe look.isOpen = true
        }
        let found = unsafe parser.find(path)
        var result = unsafe JSONScalar.absent
        switch unsafe Int(found.value.kind) {
        case CSJ_STRING:
            unsafe result.kind = .text
            unsafe result.text = found.text
        case CSJ_NUMBER:
            unsafe result.kind = .number
            unsafe result.number = found.value.number
            let isInteger = unsafe found.value.is_integer != 0
            unsafe result.integer = isInteger ? found.value.integer : nil
            // The parser keeps no text of a number; a whole one is written anew, so that it can be compared.
            let written = unsafe Array((isInteger ? "\(found.value.integer)" : "\(found.value.number)").utf8)
            unsafe look.keeps.append(written)
            unsafe result.text = written.withUnsafeBufferPointer { unsafe $0 }
        case CSJ_TRUE, CSJ_FALSE:
            unsafe result.kind = .truth
            unsafe result.truth = Int(found.value.kind) == CSJ_TRUE
        case CSJ_NULL: unsafe result.kind = .null
        case CSJ_OBJECT, CSJ_ARRAY: unsafe result.kind = .other
        default: break
        }
        return unsafe result
    }

    /// Fills a template into `text`; false where one of its values is not there.
    private mutating func render(_ pieces: [MappingFormat.Piece], _ look: inout Look) -> Bool {
        text.removeAll(keepingCapacity: true)
        for piece in pieces {
            switch piece {
            case .literal(let bytes): text.append(contentsOf: bytes)
            case .source(let source):
                let value = unsafe scalar(source, &look)
                switch unsafe value.kind {
                case .text, .number: unsafe text.append(contentsOf: value.text)
                case .truth: unsafe text.append(contentsOf: (value.truth ? "true" : "false").utf8)
                default: return false
                }
            }
        }
        return !text.isEmpty
    }
}
