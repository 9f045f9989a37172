import Community
import RecordLog
import TextForms
import Timekeeping
import Vocabulary

/// The fields that say what an observation is about, in whatever format they came.
extension Decoder {
    /// What a value is evidence of. Where a format does not say, the kind does.
    package enum Manner: String, Sendable, CaseIterable {
        /// Evidence each time it is told.
        case detection
        /// Evidence when it changes.
        case state
    }

    /// Reads `value` as the kind needs it.
    mutating func setValue(
        _ observation: inout Observation, _ value: JSONScalar, as manner: Manner?
    ) throws(DecodeError) {
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
    private mutating func setUse(_ observation: inout Observation, _ value: JSONScalar) throws(DecodeError) {
        if unsafe value.kind == .number, unsafe value.number.isFinite {
            observation.number = unsafe value.number
            observation.reading = unsafe value.number > 0 ? .on : .off
        } else {
            try unsafe setUnusualUse(&observation, value)
        }
    }

    @inline(never)
    private mutating func setUnusualUse(_ observation: inout Observation, _ value: JSONScalar) throws(DecodeError) {
        if unsafe value.isEmpty { return }
        if let number = unsafe PayloadNumber.read(value) {
            observation.number = number
            observation.reading = number > 0 ? .on : .off
        } else if unsafe value.kind == .number {
            // More than a double holds: how much is not known, that it is something is.
            observation.reading = unsafe value.number > 0 ? .on : .off
            report(unreadable: .value, of: observation.device)
        } else {
            observation.reading = try unsafe Decoder.reading(value)
        }
    }

    /// A value of a kind that needs none. Of a call for help it may say that it is none.
    @inline(never)
    private mutating func setOther(_ observation: inout Observation, _ value: JSONScalar) {
        if let number = unsafe PayloadNumber.read(value) { observation.number = number }
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
    static func reading(_ value: JSONScalar) throws(DecodeError) -> Reading {
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
        throw DecodeError("bad-value", "the value \(unsafe value.excerpt) is neither on nor off")
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
        if unsafe !zone.isEmpty { report(unreadable: .zone, of: observation.device) }
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

    mutating func setCelsius(_ observation: inout Observation, _ told: JSONScalar) {
        let device = observation.device
        let celsius = unsafe number(.temp_c, told, of: device, in: -1e6...1e6, units: PayloadNumber.degrees)
        if let celsius { observation.temperature = Float(celsius) }
    }

    mutating func setBattery(_ observation: inout Observation, _ told: JSONScalar) {
        let device = observation.device
        let percent = unsafe number(.battery, told, of: device, in: 0...100, units: PayloadNumber.percents)
        if let percent { observation.battery = Int8(percent.rounded()) }
    }

    mutating func setCount(_ observation: inout Observation, _ told: JSONScalar) {
        guard let count = unsafe number(.count, told, of: observation.device, in: 0...2_147_483_647) else { return }
        if let whole = Int32(exactly: count) {
            observation.count = whole
        } else {
            report(unreadable: .count, of: observation.device)
        }
    }

    /// The same for a name and for a number that is written the same.
    mutating func track(_ told: JSONScalar) -> UInt32 {
        guard unsafe told.kind == .text || told.kind == .number, unsafe !told.text.isEmpty else { return 0 }
        let hash = unsafe ByteHash.hash(exact(told))
        return max(1, UInt32(truncatingIfNeeded: hash >> 32))
    }

    /// - Returns: the number in the batch's names; −1 for what is neither a text nor a number, or is empty.
    mutating func word(_ told: JSONScalar, charactersMax: Int = .max) -> Int32 {
        guard unsafe told.kind == .text || told.kind == .number, unsafe !told.text.isEmpty else { return -1 }
        let text = unsafe exact(told)
        var end = 0
        var characters = 0
        // Characters are counted by their first bytes: the others are 10xxxxxx.
        while end < text.count {
            if unsafe text[end] & 0xC0 != 0x80 { characters += 1 }
            if characters > charactersMax { break }
            end += 1
        }
        return unsafe batch.names.insert(UnsafeBufferPointer(rebasing: text[..<end]))
    }
}

/// What stands beside a record's type. What cannot be read costs itself alone, and is counted.
extension Decoder {
    /// Reports that a device told a field that cannot be read.
    @inline(never)
    mutating func report(unreadable key: NativeKey, of device: Reference) {
        batch.unreadable[UnreadableField(device: device, field: key.name), default: 0] += 1
    }

    /// A text as it is; a number in its canonical form, so that 7 and 7.0 are one name. Valid until the next record.
    @inline(__always)
    mutating func exact(_ told: JSONScalar) -> UnsafeBufferPointer<UInt8> {
        if unsafe told.kind != .number || told.isPlain { return unsafe told.text }
        return unsafe canonical(told.text)
    }

    @inline(never)
    private mutating func canonical(_ number: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard let written = unsafe ExactDecimal.canonical(number) else { return unsafe number }
        unescaped.append(written)
        // Sound: the array is kept, unchanged, until the record is read.
        return unsafe written.withUnsafeBufferPointer { unsafe $0 }
    }

    /// The message's `id`: a text, or a number as an exact decimal.
    @inline(__always)
    mutating func setID(_ told: JSONScalar, _ record: inout DecodedRecord) {
        guard unsafe told.isTold, unsafe told.kind != .text || !told.isEmpty else { return }
        let kind = unsafe told.kind
        record.marks.insert(.hasID)
        record.id = unsafe Decoder.hash(ofID: exact(told), UInt64(kind.rawValue))
    }

    static func hash(ofID id: UnsafeBufferPointer<UInt8>, _ kind: UInt64) -> UInt64 {
        unsafe max(1, ByteHash.hash(id, seed: kind))
    }

    // MARK: Who is meant

    /// How surely a value is somebody's.
    private enum Likeness {
        case exact, form
    }

    /// Whom a record means. Every field that could name somebody is tried, as it is written before any is tried in
    /// another form: a device's own number in one field must not hide the card in the other. Who is known is meant,
    /// else the first that is told.
    mutating func who(
        _ person: JSONScalar, _ credential: JSONScalar, device: Reference, feed: Int32
    ) -> Reference {
        let isOther = unsafe credential.isTold
        if let known = unsafe resident(person, device, feed, .exact) { return .known(known) }
        if isOther, let known = unsafe resident(credential, device, feed, .exact) { return .known(known) }
        if let known = unsafe resident(person, device, feed, .form) { return .known(known) }
        if isOther, let known = unsafe resident(credential, device, feed, .form) { return .known(known) }
        if let name = unsafe stranger(person, .person, device) { return .unknown(name) }
        return unsafe stranger(credential, .credential, device).map { .unknown($0) } ?? .none
    }

    private mutating func resident(
        _ told: JSONScalar, _ device: Reference, _ feed: Int32, _ likeness: Likeness
    ) -> Int32? {
        guard unsafe told.kind == .text || told.kind == .number, unsafe !told.text.isEmpty else { return nil }
        let isNumber = unsafe told.kind == .number
        let name = unsafe exact(told)
        // Most values are no form of a credential, and end here.
        if likeness == .form, unsafe !Registry.mayBeForm(name) { return nil }
        let at = device.known.map { DeviceID(index: $0) }
        if likeness == .form {
            return unsafe plan.registry.residentByForm(
                name, device: at, feed: plan.feeds[Int(feed)].name, isNumber: isNumber)?.index
        }
        let feedName = plan.registry.hasScopedCredentials ? plan.feeds[Int(feed)].name : nil
        if let known = unsafe plan.registry.residentAsWritten(name, device: at, feed: feedName) { return known.index }
        // A code may look like a number with an exponent; a text may have blanks around it.
        if unsafe isNumber ? told.isPlain : !PayloadRepair.mayBeTrimmed(name) { return nil }
        let other = unsafe isNumber ? told.text : PayloadRepair.trimmed(told.text)
        guard !other.isEmpty, unsafe !other.elementsEqual(name) else { return nil }
        return unsafe plan.registry.residentAsWritten(other, device: at, feed: feedName)?.index
    }

    /// The number that a name which the registry does not know has in the batch; nil where none is told.
    private mutating func stranger(_ told: JSONScalar, _ key: NativeKey, _ device: Reference) -> Int32? {
        if unsafe told.isEmpty { return nil }
        guard unsafe told.kind == .text || told.kind == .number else {
            report(unreadable: key, of: device)
            return nil
        }
        return unsafe batch.names.insert(PayloadRepair.trimmed(exact(told)))
    }

    // MARK: Numbers beside

    /// - Returns: NaN where none is told, or none that can be read.
    mutating func confidence(_ told: JSONScalar, of device: Reference) -> Float {
        if unsafe told.isEmpty { return .nan }
        if let read = unsafe PayloadNumber.confidence(told) { return read }
        report(unreadable: .confidence, of: device)
        return .nan
    }

    /// The number of a field within its range; nil where none is told, or none that can be read.
    mutating func number(
        _ key: NativeKey, _ told: JSONScalar, of device: Reference, in range: ClosedRange<Double>,
        units: [StaticString] = []
    ) -> Double? {
        if unsafe told.isEmpty { return nil }
        if let number = unsafe PayloadNumber.read(told, units: units), range.contains(number) { return number }
        report(unreadable: key, of: device)
        return nil
    }
}
