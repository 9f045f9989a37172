import CSIMDJSON
import Community
import RecordLog
import SiteConfiguration
import Timekeeping

/// The product's own feed (docs/commands.md, "The native feed"): topics `community/{site}/{family}/{device}`, with
/// `…/status` for the last will; a JSON object as payload. Unknown fields are left alone: they stay in the journal as
/// evidence.
extension Decoder {
    /// The fields that have a meaning here, as they were found.
    @unsafe private struct Fields {
        var type = unsafe JSONScalar.absent
        var time = unsafe JSONScalar.absent
        var id = unsafe JSONScalar.absent
        var device = unsafe JSONScalar.absent
        var value = unsafe JSONScalar.absent
        var person = unsafe JSONScalar.absent
        var credential = unsafe JSONScalar.absent
        var direction = unsafe JSONScalar.absent
        var confidence = unsafe JSONScalar.absent
        var zone = unsafe JSONScalar.absent
        var floor = unsafe JSONScalar.absent
    }

    mutating func nativeTopic(_ topic: UnsafeBufferPointer<UInt8>, _ result: inout Topic) {
        let levels = result.levels
        let isStatus = levels.count == 5 ? unsafe topic[levels[4]].elementsEqual("status".utf8) : false
        guard levels.count == 4 || isStatus else {
            result.meaning = .refused(
                Refused(
                    "bad-topic", "a native topic is community/{site}/{family}/{device}, with /status for a last will"))
            return
        }
        let family = unsafe String(decoding: topic[levels[2]], as: UTF8.self)
        guard let known = Family(rawValue: family) else {
            let names = Family.allCases.map(\.rawValue).joined(separator: ", ")
            result.meaning = .refused(Refused("unknown-family", "\"\(family)\" is no family; known are \(names)"))
            return
        }
        guard !levels[3].isEmpty else {
            result.meaning = .refused(Refused("no-device", "the topic names no device"))
            return
        }
        result.family = known
        result.isStatus = isStatus
        result.device = unsafe device(UnsafeBufferPointer(rebasing: topic[levels[3]]))
    }

    mutating func native(_ view: RecordView, topic: Topic, feed: FeedPlan.Feed, record: inout DecodedRecord)
        throws(Refused)
    {
        record.device = topic.device
        var observation = Observation(kind: .heartbeat, arrival: Decoder.arrival(view))
        observation.device = topic.device
        if view.retain { observation.marks.insert(.retained) }
        if topic.isStatus {
            observation.kind = try Decoder.status(view)
            batch.observations.append(observation)
            return
        }
        guard view.fieldsError == 0 else { throw Decoder.notAnObject(view) }
        // Strings with escapes are unescaped into arrays of their own, one a field, so that none overwrites another.
        var keeps = [[UInt8]](repeating: [], count: 0)
        var fields = unsafe Fields()
        for index in unsafe view.fields.indices {
            let field = unsafe view.fields[index]
            unsafe pick(field, view, &fields, &keeps)
        }
        observation.kind = try unsafe kind(fields.type, family: topic.family)
        if unsafe fields.device.kind != .absent { try unsafe refuseSpoofing(fields.device, topic) }
        if unsafe fields.id.kind != .absent, unsafe fields.id.kind != .null { record.marks.insert(.hasID) }
        let wasTold = unsafe fields.time.kind != .absent && fields.time.kind != .null
        unsafe setTime(
            &observation, told: wasTold ? PayloadTime.read(fields.time, zone: plan.zone) : nil, wasTold: wasTold)
        try unsafe setValue(&observation, fields.value, manner: nil)
        try unsafe setCamera(&observation, confidence: fields.confidence, zone: fields.zone, floor: fields.floor)
        unsafe setDirection(&observation, fields.direction)
        let name = unsafe fields.person.kind == .absent ? fields.credential : fields.person
        if unsafe name.kind == .text || name.kind == .number {
            observation.person = unsafe person(name.text, device: topic.device, feed: feed)
        }
        batch.observations.append(observation)
        withExtendedLifetime(keeps) {}
    }

    private func pick(_ field: csj_field, _ view: RecordView, _ fields: inout Fields, _ keeps: inout [[UInt8]]) {
        func scalar() -> JSONScalar {
            var keep: [UInt8] = []
            let value = unsafe view.scalar(field.value, keep: &keep)
            if !keep.isEmpty { keeps.append(keep) }
            return unsafe value
        }
        switch field.key_length {
        case 2:
            if view.key(field, is: "ts") { unsafe fields.time = scalar() }
            if view.key(field, is: "id") { unsafe fields.id = scalar() }
        case 3: if view.key(field, is: "dir") { unsafe fields.direction = scalar() }
        case 4:
            if view.key(field, is: "type") { unsafe fields.type = scalar() }
            if view.key(field, is: "zone") { unsafe fields.zone = scalar() }
        case 5:
            if view.key(field, is: "value") { unsafe fields.value = scalar() }
            if view.key(field, is: "floor") { unsafe fields.floor = scalar() }
        case 6:
            if view.key(field, is: "person") { unsafe fields.person = scalar() }
            if view.key(field, is: "device") { unsafe fields.device = scalar() }
        case 10:
            if view.key(field, is: "confidence") { unsafe fields.confidence = scalar() }
            if view.key(field, is: "credential") { unsafe fields.credential = scalar() }
        default: break
        }
    }

    // MARK: Parts

    /// `online` or `offline`, as text or as a JSON string.
    private static func status(_ view: RecordView) throws(Refused) -> ObservationKind {
        let text = unsafe String(decoding: view.payload.prefix(40), as: UTF8.self)
        switch text.trimmingQuotes.lowercased() {
        case "online": return .online
        case "offline": return .offline
        default: throw Refused("bad-status", "a status is online or offline, not \"\(text)\"")
        }
    }

    static func notAnObject(_ view: RecordView) -> Refused {
        if unsafe view.payload.isEmpty { return Refused("empty-payload", "the payload is empty") }
        if view.fieldsError > 0 {
            return Refused("bad-payload", "the payload cannot be read: \(JSONParser.message(view.fieldsError))")
        }
        return Refused("bad-payload", "the payload is not a JSON object")
    }

    private func kind(_ type: JSONScalar, family: Family?) throws(Refused) -> ObservationKind {
        guard unsafe type.kind == .text else {
            throw Refused("no-type", "the payload has no \"type\" that is a string")
        }
        guard let kind = unsafe NativeTypes.kind(type.text) else {
            throw Refused("unknown-type", "\(unsafe type.excerpt) is no type of the native feed")
        }
        guard let family, NativeTypes.belongs(kind, to: family) else {
            throw Refused("wrong-family", "a \(kind.name) does not come from the family \(family?.rawValue ?? "")")
        }
        return kind
    }

    private func refuseSpoofing(_ told: JSONScalar, _ topic: Topic) throws(Refused) {
        let same: Bool
        if let index = topic.device.known {
            let device = plan.registry.devices[Int(index)]
            same = unsafe told.text.elementsEqual((device.identity ?? device.id).utf8)
        } else if let index = topic.device.unknown {
            same = unsafe batch.names.find(told.text) == index
        } else {
            same = false
        }
        if unsafe !(told.kind == .text || told.kind == .number) || !same {
            throw Refused(
                "spoofed-device", "the payload says that it is device \(unsafe told.excerpt), the topic names another")
        }
    }

    /// Reads `value` as the kind needs it.
    func setValue(_ observation: inout Observation, _ value: JSONScalar, manner: MappedEvent.Manner?) throws(Refused) {
        switch observation.kind {
        case .motion:
            // Without a value it is a detection (docs/commands.md).
            let isUntold = unsafe value.kind == .absent || value.kind == .null
            observation.reading = isUntold ? .on : try unsafe Decoder.reading(value)
            if manner != .state { observation.marks.insert(.detection) }
        case .contact, .presence, .bed:
            observation.reading = try unsafe Decoder.reading(value)
            if manner == .detection { observation.marks.insert(.detection) }
        case .power, .water:
            if unsafe value.kind == .number {
                observation.number = unsafe value.number
                observation.reading = unsafe value.number > 0 ? .on : .off
            } else {
                observation.reading = unsafe value.kind == .absent ? .unknown : try unsafe Decoder.reading(value)
            }
            observation.marks.insert(.detection)
        default:
            if unsafe value.kind == .number { observation.number = unsafe value.number }
        }
    }

    /// On and off in the words that sensors use.
    static func reading(_ value: JSONScalar) throws(Refused) -> Reading {
        switch unsafe value.kind {
        case .truth: return unsafe value.truth ? .on : .off
        case .number where unsafe value.number == 1: return .on
        case .number where unsafe value.number == 0: return .off
        case .text:
            for word in ["on", "open", "true", "1", "occupied", "yes", "in", "detected"] as [StaticString]
            where unsafe value.isWord(word) { return .on }
            for word in ["off", "closed", "close", "false", "0", "clear", "no", "out", "empty"] as [StaticString]
            where unsafe value.isWord(word) { return .off }
        default: break
        }
        throw Refused("bad-value", "the value \(unsafe value.excerpt) is neither on nor off")
    }

    func setCamera(
        _ observation: inout Observation, confidence: JSONScalar, zone: JSONScalar, floor: JSONScalar
    ) throws(Refused) {
        if unsafe confidence.kind != .absent, unsafe confidence.kind != .null {
            guard unsafe confidence.kind == .number, unsafe (0...1).contains(confidence.number) else {
                throw Refused("bad-confidence", "the confidence \(unsafe confidence.excerpt) is not within 0…1")
            }
            observation.confidence = unsafe Float(confidence.number)
        }
        if unsafe floor.kind == .number, let number = unsafe Int16(exactly: floor.number.rounded()) {
            observation.floor = number
        }
        if unsafe zone.kind == .text {
            let known = unsafe plan.zones.find(zone.text)
            observation.zone = known >= 0 ? Int16(known) : -2
        } else if let device = observation.device.known {
            // A camera that does not say where it looks looks at what the registry says it is: lift, facade, lane.
            observation.zone = plan.zoneOfDevice[Int(device)]
        }
    }

    func setDirection(_ observation: inout Observation, _ told: JSONScalar) {
        if let device = observation.device.known {
            switch plan.registry.devices[Int(device)].direction {
            case .fixed(let direction):
                observation.marks.insert(direction == .in ? .inward : .outward)
                return
            case .table(let entries):
                guard unsafe told.kind == .text || told.kind == .number else { return }
                for entry in entries where unsafe told.text.elementsEqual(entry.value.utf8) {
                    observation.marks.insert(entry.direction == .in ? .inward : .outward)
                }
                return
            case .payload: break
            }
        }
        if unsafe told.isWord("in") { observation.marks.insert(.inward) }
        if unsafe told.isWord("out") { observation.marks.insert(.outward) }
    }
}

extension String {
    fileprivate var trimmingQuotes: Substring {
        count >= 2 && hasPrefix("\"") && hasSuffix("\"") ? dropFirst().dropLast() : self[...]
    }
}

/// The types of the native feed, found by their bytes.
enum NativeTypes {
    /// By length, so that at most a few names are compared.
    private static let byLength: [[(name: [UInt8], kind: ObservationKind)]] = {
        var table = [[(name: [UInt8], kind: ObservationKind)]](repeating: [], count: 20)
        for kind in ObservationKind.allCases { table[kind.name.utf8.count].append((Array(kind.name.utf8), kind)) }
        return table
    }()

    static func kind(_ text: UnsafeBufferPointer<UInt8>) -> ObservationKind? {
        guard text.count < byLength.count else { return nil }
        for entry in byLength[text.count] where unsafe text.elementsEqual(entry.name) { return entry.kind }
        return nil
    }

    static func belongs(_ kind: ObservationKind, to family: Family) -> Bool {
        switch kind {
        case .heartbeat, .online, .offline: true
        case .pass, .denied, .doorOpen, .doorClose, .exitButton, .visitorPass, .tamper: family == .access
        case .thrownObject, .ebike, .vehicle, .person, .smoke, .fire, .crowd: family == .camera
        case .fall: family == .camera || family == .elder
        case .motion, .contact, .presence, .power, .water, .bed, .sos: family == .elder
        case .residentReport, .patrolReport, .dissuasion, .liftFault, .liftTrapped: family == .report
        }
    }
}
