import Community
import RecordLog
import SiteConfiguration
import TextForms

/// What stands beside a record's type. What cannot be read costs itself alone, and is counted.
extension Decoder {
    /// Notes that a device told a field that cannot be read.
    @inline(never)
    mutating func note(unreadable key: NativeKey, of device: Reference) {
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
        keeps.append(written)
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
            note(unreadable: key, of: device)
            return nil
        }
        return unsafe batch.names.insert(PayloadRepair.trimmed(exact(told)))
    }

    // MARK: Numbers beside

    /// - Returns: NaN where none is told, or none that can be read.
    mutating func confidence(_ told: JSONScalar, of device: Reference) -> Float {
        if unsafe told.isEmpty { return .nan }
        if let read = unsafe ToldNumber.confidence(told) { return read }
        note(unreadable: .confidence, of: device)
        return .nan
    }

    /// The number of a field within its range; nil where none is told, or none that can be read.
    mutating func number(
        _ key: NativeKey, _ told: JSONScalar, of device: Reference, in range: ClosedRange<Double>,
        units: [StaticString] = []
    ) -> Double? {
        if unsafe told.isEmpty { return nil }
        if let number = unsafe ToldNumber.read(told, units: units), range.contains(number) { return number }
        note(unreadable: key, of: device)
        return nil
    }
}
