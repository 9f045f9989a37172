import CSIMDJSON
import Community
import RecordLog
import SiteConfiguration
import Timekeeping

/// The product's own feed (docs/commands.md, "The native feed"): topics `community/{site}/{family}/{device}`, with
/// `…/status` for the last will; a JSON object as payload. Unknown fields are left alone: they stay in the journal as
/// evidence.
extension Decoder {
    /// What a topic of a native feed means; `result` is of a feed.
    mutating func nativeTopic(
        _ topic: UnsafeBufferPointer<UInt8>, _ levels: [Range<Int>], _ result: inout Topic
    ) throws(Refused) {
        let isStatus = levels.count == 5 ? unsafe topic[levels[4]].elementsEqual("status".utf8) : false
        guard levels.count == 4 || isStatus else {
            throw Refused(
                "bad-topic", "a native topic is community/{site}/{family}/{device}, with /status for a last will")
        }
        let family = unsafe String(decoding: topic[levels[2]], as: UTF8.self)
        guard let known = Family(rawValue: family) else {
            let names = Family.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refused("unknown-family", "\"\(family)\" is no family; known are \(names)")
        }
        guard !levels[3].isEmpty else { throw Refused("no-device", "the topic names no device") }
        result.meaning = isStatus ? .status : .native
        result.family = known
        result.kinds = NativeTypes.kinds(of: known)
        result.device = unsafe device(UnsafeBufferPointer(rebasing: topic[levels[3]]))
    }

    mutating func native(_ view: borrowing RecordView, topic: Topic, record: inout DecodedRecord) throws(Refused) {
        record.device = topic.device
        var observation = Observation(kind: .heartbeat, arrival: Decoder.arrival(view))
        observation.device = topic.device
        if view.retain { observation.marks.insert(.retained) }
        if topic.meaning == .status {
            observation.kind = try Decoder.status(view)
            batch.observations.append(observation)
            return
        }
        guard view.fieldsError == 0 else { throw Decoder.notAnObject(view) }
        let fields = NativeFields(view, plan.keys)
        observation.kind = try unsafe kind(scalar(.type, fields, view), topic)
        if fields.has(.device) { try refuseSpoofing(fields, view, topic) }
        if fields.has(.id), unsafe scalar(.id, fields, view).isTold { record.marks.insert(.hasID) }
        if fields.has(.ts) {
            let time = unsafe scalar(.ts, fields, view)
            let told = unsafe time.isTold ? PayloadTime.read(time, zone: plan.zone) : nil
            unsafe Decoder.setTime(&observation, told: told, wasTold: time.isTold)
        }
        try unsafe setValue(&observation, scalar(.value, fields, view), manner: nil)
        try unsafe setCamera(
            &observation, confidence: scalar(.confidence, fields, view), zone: scalar(.zone, fields, view),
            floor: scalar(.floor, fields, view))
        unsafe setDirection(&observation, scalar(.dir, fields, view))
        var name = unsafe scalar(.person, fields, view)
        if unsafe name.kind == .absent { unsafe name = scalar(.credential, fields, view) }
        if unsafe name.kind == .text || name.kind == .number {
            observation.person = unsafe person(name.text, device: topic.device, feed: topic.feed)
        }
        if fields.hasDetails { setDetails(&observation, fields, view, family: topic.family) }
        batch.observations.append(observation)
    }

    // MARK: Parts

    /// `online` or `offline`, as text or as a JSON string.
    private static func status(_ view: borrowing RecordView) throws(Refused) -> ObservationKind {
        let text = unsafe String(decoding: view.payload.prefix(40), as: UTF8.self)
        switch text.trimmingQuotes.lowercased() {
        case "online": return .online
        case "offline": return .offline
        default: throw Refused("bad-status", "a status is online or offline, not \"\(text)\"")
        }
    }

    static func notAnObject(_ view: borrowing RecordView) -> Refused {
        if unsafe view.payload.isEmpty { return Refused("empty-payload", "the payload is empty") }
        if view.fieldsError > 0 {
            return Refused("bad-payload", "the payload cannot be read: \(JSONParser.message(view.fieldsError))")
        }
        return Refused("bad-payload", "the payload is not a JSON object")
    }

    private mutating func kind(_ type: JSONScalar, _ topic: Topic) throws(Refused) -> ObservationKind {
        guard unsafe type.kind == .text else {
            throw Refused("no-type", "the payload has no \"type\" that is a string")
        }
        let found = unsafe plan.types.find(type.text)
        guard found >= 0 else {
            throw Refused("unknown-type", "\(unsafe type.excerpt) is no type of the native feed")
        }
        let kind = plan.kinds[found]
        guard topic.kinds >> UInt64(kind.rawValue) & 1 != 0 else {
            throw Refused(
                "wrong-family", "a \(kind.name) does not come from the family \(topic.family?.rawValue ?? "")")
        }
        return kind
    }

    private mutating func refuseSpoofing(
        _ fields: borrowing NativeFields, _ view: borrowing RecordView, _ topic: Topic
    ) throws(Refused) {
        let told = unsafe scalar(.device, fields, view)
        if unsafe told.kind == .absent { return }
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
    mutating func setValue(
        _ observation: inout Observation, _ value: JSONScalar, manner: MappedEvent.Manner?
    ) throws(Refused) {
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

    mutating func setCamera(
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

    mutating func setDirection(_ observation: inout Observation, _ told: JSONScalar) {
        if let device = observation.device.known {
            switch plan.directions[Int(device)] {
            case .inward:
                observation.marks.insert(.inward)
                return
            case .outward:
                observation.marks.insert(.outward)
                return
            case .table: return unsafe setDirection(&observation, told, of: Int(device))
            case .payload: break
            }
        }
        guard unsafe told.kind == .text else { return }
        if unsafe told.isWord("in") { observation.marks.insert(.inward) }
        if unsafe told.isWord("out") { observation.marks.insert(.outward) }
    }

    /// By the registry's table for this device, which says what the device calls in and out.
    private mutating func setDirection(_ observation: inout Observation, _ told: JSONScalar, of device: Int) {
        guard unsafe told.kind == .text || told.kind == .number,
            case .table(let entries) = plan.registry.devices[device].direction
        else { return }
        for entry in entries where unsafe told.text.elementsEqual(entry.value.utf8) {
            observation.marks.insert(entry.direction == .in ? .inward : .outward)
        }
    }
}

extension String {
    fileprivate var trimmingQuotes: Substring {
        count >= 2 && hasPrefix("\"") && hasSuffix("\"") ? dropFirst().dropLast() : self[...]
    }
}

enum NativeTypes {
    /// The kinds that a device of the family may tell of, as bits by their numbers.
    static func kinds(of family: Family) -> UInt64 {
        ObservationKind.allCases.reduce(0) { belongs($1, to: family) ? $0 | 1 << UInt64($1.rawValue) : $0 }
    }

    /// Whether a device of the family may say so.
    private static func belongs(_ kind: ObservationKind, to family: Family) -> Bool {
        switch kind {
        case .heartbeat, .online, .offline: true
        case .pass, .denied, .doorOpen, .doorClose, .exitButton, .visitorPass, .tamper: family == .access
        case .thrownObject, .ebike, .vehicle, .person, .fire, .crowd: family == .camera
        case .fall, .smoke: family == .camera || family == .elder
        case .motion, .contact, .presence, .power, .water, .bed, .sos, .gas, .carbonMonoxide, .leak:
            family == .elder
        case .residentReport, .patrolReport, .dissuasion, .liftFault, .liftTrapped: family == .report
        }
    }
}
