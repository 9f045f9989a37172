import Community
import CSIMDJSON
import RecordLog
import TextForms
import Vocabulary

extension Decoder {
    /// One record while a mapping looks at it; the payload is parsed for deep pointers only when the first of them is
    /// asked for.
    @unsafe private struct Look {
        var view: RecordView
        var levels: [Range<Int>]
        var isOpen = false
        /// Why the payload cannot be parsed; then nothing of it is believed.
        var problem: String?
        /// Whether an event was passed over whose condition is in a payload that cannot be parsed.
        var isUncertain = false
        var keeps: [[UInt8]] = []
    }

    mutating func readMapped(
        _ view: RecordView, by mapping: MappingPlan, feed: Int32, record: inout DecodedRecord
    ) throws(DecodeError) {
        let levels = topicDetails[Int(record.topic)].levels
        guard unsafe Decoder.fits(mapping.levels, view.topic, levels) else {
            throw DecodeError("bad-topic", "the topic does not fit the mapping's \"topic\"")
        }
        var look = unsafe Look(view: view, levels: levels)
        if view.fieldsError > 0 { unsafe look.problem = JSONParser.message(view.fieldsError) }
        guard let event = mapping.events.first(where: { unsafe holds($0, &look) }) else {
            if let problem = unsafe look.problem { throw Decoder.unreadable(problem) }
            throw DecodeError("no-event", "no event of the mapping fits")
        }
        // What the topic alone says is a call for help is one, whatever the payload is.
        if let problem = unsafe look.problem, unsafe look.isUncertain || !event.kind.isLifeSafety {
            throw Decoder.unreadable(problem)
        }
        var observation = Observation(kind: event.kind, arrival: Decoder.arrival(view))
        if view.retain { observation.marks.insert(.retained) }
        observation.device = try unsafe device(mapping, event.kind, &look)
        record.device = observation.device
        if let id = mapping.id, unsafe render(id, &look) {
            record.marks.insert(.hasID)
            record.id = unsafe text.withUnsafeBufferPointer {
                unsafe Decoder.hash(ofID: $0, UInt64(JSONScalar.Kind.text.rawValue))
            }
        }
        if let time = mapping.time {
            let told = unsafe scalar(.pointer(time), &look)
            unsafe Decoder.setTime(
                &observation, told: PayloadTime.read(told, zone: plan.zone),
                wasTold: told.isTold)
        }
        try unsafe setMappedValue(&observation, event, &look)
        unsafe setCamera(
            &observation, confidence: optional(event.confidence, &look), zone: optional(event.zone, &look),
            floor: optional(event.sides?.floor, &look))
        unsafe setDirection(&observation, optional(event.direction, &look))
        unsafe observation.track = track(optional(event.track, &look))
        unsafe setPerson(&observation, mapping, event, &look, feed: feed)
        if let sides = event.sides { unsafe setSides(&observation, sides, &look) }
        if let problem = unsafe look.problem, !event.kind.isLifeSafety { throw Decoder.unreadable(problem) }
        batch.observations.append(observation)
        // The scalars above point into what `look` keeps.
        withExtendedLifetime(unsafe look.keeps) {}
    }

    private static func unreadable(_ problem: String) -> DecodeError {
        DecodeError("bad-payload", "the payload cannot be read: \(problem)")
    }

    /// Who sent it. A call for help that does not name its device is the topic's own.
    private mutating func device(
        _ mapping: MappingPlan, _ kind: ObservationKind, _ look: inout Look
    ) throws(DecodeError) -> Reference {
        if unsafe render(mapping.device, &look) {
            let name = text
            return unsafe name.withUnsafeBufferPointer { unsafe device($0) }
        }
        guard kind.isLifeSafety else { throw DecodeError("no-device", "what names the device is not in the record") }
        return unsafe device(look.view.topic)
    }

    private mutating func setPerson(
        _ observation: inout Observation, _ mapping: MappingPlan, _ event: MappingPlan.Event, _ look: inout Look,
        feed: Int32
    ) {
        var person = unsafe JSONScalar.absent
        if let template = mapping.person, unsafe render(template, &look) {
            let name = text
            unsafe look.keeps.append(name)
            unsafe person.kind = .text
            // Sound: `look` keeps the array, unchanged.
            unsafe person.text = name.withUnsafeBufferPointer { unsafe $0 }
        }
        let credential = unsafe optional(event.credential, &look)
        if unsafe person.isTold || credential.isTold {
            observation.person = unsafe who(person, credential, device: observation.device, feed: feed)
        }
    }

    /// What stands beside the event; what cannot be read costs itself alone.
    @inline(never)
    private mutating func setSides(
        _ observation: inout Observation, _ sides: MappingPlan.Sides, _ look: inout Look
    ) {
        unsafe setCelsius(&observation, optional(sides.celsius, &look))
        unsafe setBattery(&observation, optional(sides.battery, &look))
        unsafe setCount(&observation, optional(sides.count, &look))
        unsafe observation.plate = word(optional(sides.plate, &look))
        unsafe observation.visit = word(optional(sides.visit, &look))
    }

    private static func fits(
        _ patterns: [MappingSettings.LevelPattern], _ topic: UnsafeBufferPointer<UInt8>, _ levels: [Range<Int>]
    ) -> Bool {
        guard patterns.count == levels.count else { return false }
        for (pattern, level) in zip(patterns, levels) {
            if case .literal(let text) = pattern, unsafe !topic[level].elementsEqual(text.utf8) { return false }
        }
        return true
    }

    private func holds(_ event: MappingPlan.Event, _ look: inout Look) -> Bool {
        var isKnown = true
        for condition in event.guards {
            let value = unsafe scalar(condition.source, &look)
            if case .pointer = condition.source, unsafe look.problem != nil {
                isKnown = false
                continue
            }
            guard unsafe value.kind != .absent, unsafe value.kind != .other else { return false }
            let matches = condition.values.contains { unsafe $0.equals(value) }
            if !matches { return false }
        }
        if !isKnown { unsafe look.isUncertain = true }
        return isKnown
    }

    private mutating func setMappedValue(
        _ observation: inout Observation, _ event: MappingPlan.Event, _ look: inout Look
    ) throws(DecodeError) {
        guard let source = event.value else {
            try unsafe setValue(&observation, .absent, as: event.manner)
            return
        }
        let value = unsafe scalar(source, &look)
        // By this value the event is known: a message without it is about something else. One that cannot be read may
        // have it.
        if unsafe value.kind == .absent, observation.kind.isLifeSafety, !event.isKnownByPayload,
            unsafe look.problem == nil
        {
            throw DecodeError("no-event", "the payload has no value of the event \(event.kind.name)", isNoCall: true)
        }
        guard let table = event.table else {
            try unsafe setValue(&observation, value, as: event.manner)
            return
        }
        guard
            let entry = unsafe value.kind == .absent ? nil : table.first(where: { unsafe $0.word.equals(value) })
        else {
            guard observation.kind.isLifeSafety else {
                throw DecodeError("bad-value", "the value \(unsafe value.excerpt) is not in the mapping's table")
            }
            return unsafe setUnlisted(&observation, value)
        }
        switch entry.value {
        case .on: observation.reading = .on
        case .off: observation.reading = .off
        case .number(let number):
            observation.number = number
            observation.reading = number > 0 ? .on : .off
        }
        if event.manner == .detection { observation.marks.insert(.detection) }
        if observation.kind.isLifeSafety { Decoder.setCall(&observation, entry.value) }
    }

    /// A word for no in the table denies a call for help.
    private static func setCall(_ observation: inout Observation, _ value: MappingSettings.Value) {
        observation.reading = .unknown
        switch value {
        case .off, .number(0): observation.marks.insert(.noCall)
        case .on, .number: break
        }
    }

    /// A value that the table does not have: a call for help is one unless the value itself says no.
    private mutating func setUnlisted(_ observation: inout Observation, _ value: JSONScalar) {
        if unsafe Decoder.isDenied(value) {
            observation.marks.insert(.noCall)
        } else if unsafe !value.isEmpty {
            report(unreadable: .value, of: observation.device)
        }
    }

    private func optional(_ pointer: MappingPlan.Pointer?, _ look: inout Look) -> JSONScalar {
        guard let pointer else { return unsafe .absent }
        return unsafe scalar(.pointer(pointer), &look)
    }

    /// A value of the record, wherever the mapping says that it is.
    private func scalar(_ source: MappingPlan.Source, _ look: inout Look) -> JSONScalar {
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
            unsafe look.problem = open(look.view.text, &look)
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
            unsafe result.integer = found.value.is_integer != 0 ? found.value.integer : nil
            // The parser's own text of a number lives until its next use.
            let written = unsafe Array(found.text)
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

    /// Parses a payload; one that cannot be read as it is, with what devices put into it mended.
    /// - Returns: nil, or why it cannot be read.
    private func open(_ payload: UnsafeBufferPointer<UInt8>, _ look: inout Look) -> String? {
        guard let problem = unsafe parser.open(payload) else { return nil }
        guard var mended = unsafe PayloadRepair.mended(payload), !mended.isEmpty else { return problem }
        let count = mended.count
        mended.append(contentsOf: repeatElement(0, count: Int(CSJ_PADDING)))
        unsafe look.keeps.append(mended)
        // Sound: `look` keeps the array, unchanged, and its end is padding.
        return unsafe mended.withUnsafeBufferPointer {
            unsafe parser.open(UnsafeBufferPointer(rebasing: $0[..<count]))
        }
    }

    /// Fills a template into `text`; false where one of its values is not there.
    private mutating func render(_ pieces: [MappingPlan.Piece], _ look: inout Look) -> Bool {
        text.removeAll(keepingCapacity: true)
        for piece in pieces {
            switch piece {
            case .literal(let bytes): text.append(contentsOf: bytes)
            case .source(let source):
                let value = unsafe scalar(source, &look)
                switch unsafe value.kind {
                case .text: unsafe text.append(contentsOf: value.text)
                case .number where unsafe value.isPlain: unsafe text.append(contentsOf: value.text)
                case .number: unsafe text.append(contentsOf: ExactDecimal.canonical(value.text) ?? Array(value.text))
                case .truth: unsafe text.append(contentsOf: (value.truth ? "true" : "false").utf8)
                default: return false
                }
            }
        }
        return !text.isEmpty
    }
}
