import CSIMDJSON
import RecordLog
import TextForms
import Timekeeping

/// One value of a payload, wherever it was found: in the flat fields, by pointer, or in the topic.
@unsafe struct JSONScalar {
    enum Kind: UInt8 {
        case absent, text, number, truth, null, other

        /// Of a value of the parser's face.
        @inline(__always)
        init(_ kind: Int32) {
            switch Int(kind) {
            case CSJ_STRING, CSJ_ESCAPED: self = .text
            case CSJ_NUMBER: self = .number
            case CSJ_TRUE, CSJ_FALSE: self = .truth
            case CSJ_NULL: self = .null
            case CSJ_OBJECT, CSJ_ARRAY: self = .other
            default: self = .absent
            }
        }
    }

    var kind: Kind
    var truth: Bool
    private var isInteger: Bool
    /// Content of a text; of a number the way it was written. Valid as long as the record is.
    var text: UnsafeBufferPointer<UInt8>
    var number: Double
    private var whole: Int64

    /// Of a number that is a whole one and fits.
    var integer: Int64? {
        get { unsafe isInteger ? whole : nil }
        set {
            unsafe isInteger = newValue != nil
            unsafe whole = newValue ?? 0
        }
    }

    static var absent: JSONScalar { unsafe JSONScalar(.absent) }

    private init(_ kind: Kind) {
        unsafe self.kind = kind
        unsafe truth = false
        unsafe isInteger = false
        unsafe text = UnsafeBufferPointer(start: nil, count: 0)
        unsafe number = .nan
        unsafe whole = 0
    }

    /// - Parameters:
    ///   - value: without escapes.
    ///   - base: where its offset is counted from.
    @inline(__always)
    init(_ value: csj_value, base: UnsafePointer<UInt8>) {
        unsafe kind = Kind(value.kind)
        unsafe truth = Int(value.kind) == CSJ_TRUE
        let isNumber = Int(value.kind) == CSJ_NUMBER
        unsafe isInteger = isNumber && value.is_integer != 0
        unsafe text = UnsafeBufferPointer(start: base + Int(value.at), count: Int(value.length))
        unsafe number = isNumber ? value.number : .nan
        unsafe whole = value.integer
    }

    /// Whether there is a value at all: null is none.
    var isTold: Bool { unsafe kind != .absent && kind != .null }

    /// Whether there is nothing that says anything: no value, null, or a text of blanks alone.
    var isEmpty: Bool { unsafe !isTold || (kind == .text && PayloadRepair.trimmed(text).isEmpty) }

    /// Whether it is a number that is written in its canonical form, as nearly all whole ones are.
    @inline(__always)
    var isPlain: Bool { unsafe isInteger && (whole != 0 || text.count == 1) }

    /// Letters are compared without case, and blanks around them do not count; `word` is lower case ASCII.
    func isWord(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard unsafe kind == .text, unsafe text.count >= length else { return false }
        var content = unsafe text
        if content.count > length {
            guard unsafe content[0] <= 0x20 || content[content.count - 1] <= 0x20 else { return false }
            unsafe content = PayloadRepair.trimmed(content)
            guard content.count == length else { return false }
        }
        for index in 0..<length {
            let byte = unsafe content[index]
            let lower = byte >= 65 && byte <= 90 ? byte + 32 : byte
            if unsafe lower != word.utf8Start[index] { return false }
        }
        return true
    }

    /// Whether it is this number, told as a number or as a text, however it is written.
    func isNumber(_ number: StaticString) -> Bool {
        // Sound: a literal's bytes live as long as the program.
        let wanted = unsafe UnsafeBufferPointer(start: number.utf8Start, count: number.utf8CodeUnitCount)
        switch unsafe kind {
        case .number: return unsafe ExactDecimal.areEqual(text, wanted)
        case .text: return unsafe ExactDecimal.areEqual(PayloadRepair.trimmed(text), wanted)
        default: return false
        }
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
        guard Int(value.kind) == CSJ_ESCAPED else { return unsafe JSONScalar(value, base: base) }
        let raw = unsafe UnsafeBufferPointer(start: base + Int(value.at), count: Int(value.length))
        guard let text = unsafe JSONText.unescaped(raw) else { return unsafe .absent }
        keep = text
        var result = unsafe JSONScalar.absent
        unsafe result.kind = .text
        // Sound: the caller keeps the array, unchanged, while it looks at the scalar.
        unsafe result.text = keep.withUnsafeBufferPointer { unsafe $0 }
        return unsafe result
    }
}
