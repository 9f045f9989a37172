import CSIMDJSON
import RecordLog
import Timekeeping

/// One value of a payload, wherever it was found: in the flat fields, by pointer, or in the topic.
@unsafe struct JSONScalar {
    enum Kind { case absent, text, number, truth, null, other }

    var kind: Kind
    /// Content of a text; of a number the way it was written. Valid as long as the record is.
    var text: UnsafeBufferPointer<UInt8>
    var number: Double
    var integer: Int64?
    var truth: Bool

    static var absent: JSONScalar {
        unsafe JSONScalar(kind: .absent, text: .init(start: nil, count: 0), number: .nan, integer: nil, truth: false)
    }

    /// Letters are compared without case; `word` is lower case ASCII.
    func isWord(_ word: StaticString) -> Bool {
        guard unsafe kind == .text, unsafe text.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<(unsafe text.count) {
            let byte = unsafe text[index]
            let lower = byte >= 65 && byte <= 90 ? byte + 32 : byte
            if unsafe lower != word.utf8Start[index] { return false }
        }
        return true
    }

    /// A short quotation for a message.
    var excerpt: String {
        switch unsafe kind {
        case .absent: "nothing"
        case .text: unsafe "\"" + String(decoding: text.prefix(40), as: UTF8.self) + "\""
        case .number: unsafe String(decoding: text.prefix(40), as: UTF8.self)
        case .truth: unsafe truth ? "true" : "false"
        case .null: "null"
        case .other: "an object or a list"
        }
    }
}

extension RecordView {
    /// A field's value; a string with escapes is unescaped into `keep`, which must live as long as the scalar.
    func scalar(_ value: csj_value, keep: inout [UInt8]) -> JSONScalar {
        guard let base = unsafe fieldBase else { return unsafe .absent }
        let raw = unsafe UnsafeBufferPointer(start: base + Int(value.at), count: Int(value.length))
        var result = unsafe JSONScalar.absent
        unsafe result.text = raw
        switch Int(value.kind) {
        case CSJ_STRING: unsafe result.kind = .text
        case CSJ_ESCAPED:
            guard let text = unsafe JSONText.unescaped(raw) else { return unsafe .absent }
            keep = text
            unsafe result.kind = .text
            // Sound: the caller keeps the array, unchanged, while it looks at the scalar.
            unsafe result.text = keep.withUnsafeBufferPointer { unsafe $0 }
        case CSJ_NUMBER:
            unsafe result.kind = .number
            unsafe result.number = value.number
            unsafe result.integer = value.is_integer != 0 ? value.integer : nil
        case CSJ_TRUE, CSJ_FALSE:
            unsafe result.kind = .truth
            unsafe result.truth = Int(value.kind) == CSJ_TRUE
        case CSJ_NULL: unsafe result.kind = .null
        case CSJ_OBJECT, CSJ_ARRAY: unsafe result.kind = .other
        default: break
        }
        return unsafe result
    }
}

/// The time that a payload names.
enum PayloadTime {
    /// Reads epoch seconds or milliseconds (told by magnitude: devices that document one send the other), as a number
    /// or as digits in a string, or ISO 8601; without offset it is the site's local time. nil where it is none of
    /// these.
    static func read(_ scalar: JSONScalar, zone: Zone) -> Instant? {
        switch unsafe scalar.kind {
        case .number: return unsafe epoch(scalar.number)
        case .text:
            if let reading = unsafe ISO8601.read(scalar.text) {
                switch reading {
                case .instant(let microseconds): return Instant(milliseconds: floorDivide(microseconds, 1000))
                case .local(let civil): return zone.instant(civil)
                }
            }
            guard let number = unsafe Double(String(decoding: scalar.text.prefix(32), as: UTF8.self)) else {
                return nil
            }
            return epoch(number)
        default: return nil
        }
    }

    private static func epoch(_ number: Double) -> Instant? {
        guard number.isFinite, number >= 0, number < 1e16 else { return nil }
        return Instant(milliseconds: Int64(number >= 1e11 ? number : (number * 1000).rounded()))
    }

    static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }
}
