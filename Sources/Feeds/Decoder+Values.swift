import Community
import RecordLog
import SiteConfiguration
import TextForms

/// The fields that say what an observation is about, in whatever format they came.
extension Decoder {
    /// Reads `value` as the kind needs it.
    mutating func setValue(
        _ observation: inout Observation, _ value: JSONScalar, manner: MappedEvent.Manner?
    ) throws(Refused) {
        switch observation.kind {
        case .motion:
            // Without a value it is a detection (docs/feeds.md).
            let isUntold = unsafe value.kind == .absent || value.isEmpty
            observation.reading = isUntold ? .on : try unsafe Decoder.reading(value)
            if manner != .state { observation.marks.insert(.detection) }
        case .contact, .presence, .bed:
            observation.reading = try unsafe Decoder.reading(value)
            if manner == .detection { observation.marks.insert(.detection) }
        case .power, .water:
            try unsafe setUse(&observation, value)
            observation.marks.insert(.detection)
        default: if unsafe value.kind != .absent { unsafe setOther(&observation, value) }
        }
    }

    /// A number as a number or as a text: any that is more than nothing is use. Else the words of a state.
    @inline(__always)
    private mutating func setUse(_ observation: inout Observation, _ value: JSONScalar) throws(Refused) {
        if unsafe value.kind == .number, unsafe value.number.isFinite {
            observation.number = unsafe value.number
            observation.reading = unsafe value.number > 0 ? .on : .off
        } else {
            try unsafe setUnusualUse(&observation, value)
        }
    }

    @inline(never)
    private mutating func setUnusualUse(_ observation: inout Observation, _ value: JSONScalar) throws(Refused) {
        if unsafe value.isEmpty { return }
        if let number = unsafe ToldNumber.read(value) {
            observation.number = number
            observation.reading = number > 0 ? .on : .off
        } else if unsafe value.kind == .number {
            // More than a double holds: how much is not known, that it is something is.
            observation.reading = unsafe value.number > 0 ? .on : .off
            note(unreadable: .value, of: observation.device)
        } else {
            observation.reading = try unsafe Decoder.reading(value)
        }
    }

    /// A value of a kind that needs none. Of a call for help it may say that it is none.
    @inline(never)
    private mutating func setOther(_ observation: inout Observation, _ value: JSONScalar) {
        if let number = unsafe ToldNumber.read(value) { observation.number = number }
        if observation.kind.isLifeSafety, unsafe Decoder.isDenied(value) { observation.marks.insert(.noCall) }
    }

    /// Whether a value says no: false, 0, or the words that sensors use for it. Null, empty and anything else does not.
    static func isDenied(_ value: JSONScalar) -> Bool {
        switch unsafe value.kind {
        case .truth: unsafe !value.truth
        case .number: unsafe ExactDecimal.isZero(value.text)
        case .text:
            unsafe value.isWord("false") || value.isWord("off") || value.isWord("no")
                || ExactDecimal.isZero(PayloadRepair.trimmed(value.text))
        default: false
        }
    }

    /// On and off in the words that sensors use.
    static func reading(_ value: JSONScalar) throws(Refused) -> Reading {
        switch unsafe value.kind {
        case .truth: return unsafe value.truth ? .on : .off
        case .number:
            if unsafe value.isPlain, let whole = unsafe value.integer {
                if whole == 1 { return .on }
                if whole == 0 { return .off }
            } else {
                if unsafe value.isNumber("1") { return .on }
                if unsafe value.isNumber("0") { return .off }
            }
        case .text:
            for word in ["on", "open", "true", "1", "occupied", "yes", "in", "detected"] as [StaticString]
            where unsafe value.isWord(word) { return .on }
            for word in ["off", "closed", "close", "false", "0", "clear", "no", "out", "empty"] as [StaticString]
            where unsafe value.isWord(word) { return .off }
            if unsafe value.isNumber("1") { return .on }
            if unsafe value.isNumber("0") { return .off }
        default: break
        }
        throw Refused("bad-value", "the value \(unsafe value.excerpt) is neither on nor off")
    }

    mutating func setCamera(
        _ observation: inout Observation, confidence told: JSONScalar, zone: JSONScalar, floor: JSONScalar
    ) {
        if unsafe told.kind == .number, unsafe (0...1).contains(told.number) {
            observation.confidence = unsafe Float(told.number)
        } else if unsafe told.kind != .absent {
            observation.confidence = unsafe confidence(told, of: observation.device)
        }
        if unsafe floor.kind != .absent {
            let number = unsafe number(.floor, floor, of: observation.device, in: -32_767...32_767)
            if let number { observation.floor = Int16(number.rounded()) }
        }
        if unsafe zone.kind == .text || zone.kind == .number, unsafe !zone.isEmpty {
            let known = unsafe plan.zones.find(PayloadRepair.trimmed(exact(zone)))
            observation.zone = known >= 0 ? Int16(known) : -2
            return
        }
        if unsafe !zone.isEmpty { note(unreadable: .zone, of: observation.device) }
        if let device = observation.device.known {
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
        for entry in entries where unsafe Decoder.same(told, entry.value) {
            observation.marks.insert(entry.direction == .in ? .inward : .outward)
        }
    }

    /// A text is compared as it is, but for blanks around it; a number as an exact decimal.
    private static func same(_ told: JSONScalar, _ name: String) -> Bool {
        if unsafe told.text.elementsEqual(name.utf8) { return true }
        if unsafe told.kind == .text { return unsafe PayloadRepair.trimmed(told.text).elementsEqual(name.utf8) }
        var name = name
        return name.withUTF8 { unsafe ExactDecimal.areEqual(told.text, $0) }
    }
}
