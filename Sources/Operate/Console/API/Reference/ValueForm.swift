import JSONWriting
import Timekeeping

/// What a parameter or a field may be: one description, from which values are checked and the schema in the OpenAPI
/// file is written, so that the two cannot differ.
enum ValueForm: Equatable, Sendable {
    case text(max: Int)
    case choice([String])
    /// Words of a list, with commas between them.
    case choices([String])
    /// Names, with commas between them.
    case names
    case integer(ClosedRange<Int64>)
    case truth
    /// RFC 3339, as `2026-03-05T09:00:00+08:00`.
    case time
    /// `2026-03-08`.
    case day
    /// `10m`, `24h`, `3d`.
    case duration
    /// A day, or a time.
    case dayOrTime
    /// A day, a time, or a length of time.
    case until
    /// An alert's id, or its first six digits at least.
    case alert
    /// The id of a photograph.
    case hash
    /// Hashes of photographs.
    case hashes
    /// The id of a token.
    case token

    static let durationPattern = "^[1-9][0-9]{0,5}(s|m|h|d)$"
    static let alertPattern = "^[0-9A-Fa-f]{6,16}$"

    /// The JSON schema.
    var schema: String {
        switch self {
        case .text(let most): #"{"type":"string","minLength":1,"maxLength":\#(most)}"#
        case .choice(let words): #"{"type":"string","enum":[\#(ValueForm.list(words))]}"#
        case .choices(let words):
            #"{"type":"array","items":{"type":"string","enum":[\#(ValueForm.list(words))]},"minItems":1}"#
        case .names:
            #"{"type":"array","items":{"type":"string","pattern":"^[^,]{1,64}$"},"minItems":1,"maxItems":20}"#
        case .integer(let range):
            #"{"type":"integer","minimum":\#(range.lowerBound),"maximum":\#(range.upperBound)}"#
        case .truth: #"{"type":"boolean"}"#
        case .time: #"{"type":"string","format":"date-time"}"#
        case .day: #"{"type":"string","format":"date"}"#
        case .duration: #"{"type":"string","pattern":"\#(ValueForm.durationPattern)"}"#
        case .dayOrTime: #"{"anyOf":[{"type":"string","format":"date"},{"type":"string","format":"date-time"}]}"#
        case .until:
            #"{"anyOf":[{"type":"string","format":"date"},{"type":"string","format":"date-time"},"#
                + #"{"type":"string","pattern":"\#(ValueForm.durationPattern)"}]}"#
        case .alert: #"{"type":"string","pattern":"\#(ValueForm.alertPattern)"}"#
        case .hash: #"{"type":"string","pattern":"^[0-9a-f]{64}$"}"#
        case .hashes: #"{"type":"array","items":{"type":"string","pattern":"^[0-9a-f]{64}$"},"maxItems":6}"#
        case .token: #"{"type":"string","pattern":"^[0-9a-f]{12}$"}"#
        }
    }

    /// In words, for who sends something else.
    var words: String {
        switch self {
        case .text(let most): "a text of 1 to \(most) characters"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .choices(let words): "words of \(words.joined(separator: ", ")), with commas between them"
        case .names: "up to 20 names of 1 to 64 characters, with commas between them"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .truth: "true or false"
        case .time: "a time as 2026-03-05T09:00:00+08:00"
        case .day: "a day as 2026-03-08"
        case .duration: "a length of time as 10m, 24h or 3d"
        case .dayOrTime: "a day as 2026-03-08, or a time as 2026-03-05T09:00:00+08:00"
        case .until: "a day as 2026-03-08, a time as 2026-03-05T09:00:00+08:00, or a length of time as 3d"
        case .alert: "an alert's id, or its first six digits at least"
        case .hash: "64 hex digits in lower case"
        case .hashes: "a list of up to 6 hashes of 64 hex digits"
        case .token: "a token's id of 12 hex digits"
        }
    }

    private static func list(_ words: [String]) -> String {
        words.map(JSONString.quoted).joined(separator: ",")
    }
}

extension ValueForm {
    /// Whether a text of a path, a query or a field is of this form.
    func takes(_ text: String) -> Bool {
        switch self {
        case .text(let most): !text.isEmpty && text.unicodeScalars.count <= most
        case .choice(let words): words.contains(text)
        case .choices(let words): ValueForm.parts(text).allSatisfy { words.contains($0) }
        case .names:
            ValueForm.parts(text).count <= 20
                && ValueForm.parts(text).allSatisfy { !$0.isEmpty && $0.unicodeScalars.count <= 64 }
        case .integer(let range): ValueForm.integer(text).map { range.contains($0) } ?? false
        case .truth: text == "true" || text == "false"
        case .time: ValueForm.instant(text) != nil
        case .day: Day(iso8601: text) != nil
        case .duration: ValueForm.isDuration(text)
        case .dayOrTime: Day(iso8601: text) != nil || ValueForm.instant(text) != nil
        case .until: Day(iso8601: text) != nil || ValueForm.instant(text) != nil || ValueForm.isDuration(text)
        case .alert: (6...16).contains(text.utf8.count) && text.utf8.allSatisfy(ValueForm.isHex)
        case .hash: text.utf8.count == 64 && text.utf8.allSatisfy(ValueForm.isLowerHex)
        case .hashes: false
        case .token: text.utf8.count == 12 && text.utf8.allSatisfy(ValueForm.isLowerHex)
        }
    }

    /// Whether a value of a body is of this form.
    func takes(_ value: JSONValue) -> Bool {
        switch self {
        case .integer(let range): value.integer.map { range.contains($0) } ?? false
        case .truth: value.truth != nil
        case .hashes:
            value.list.map { list in list.count <= 6 && list.allSatisfy { $0.text.map(ValueForm.hash.takes) ?? false } }
                ?? false
        default: value.text.map(takes) ?? false
        }
    }

    /// What stands between commas.
    static func parts(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// A time with its offset; nil where it is none.
    static func instant(_ text: String) -> Instant? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
            case .instant(let microseconds)? = ISO8601.read(text.uppercased())
        else { return nil }
        return Instant(microseconds: microseconds)
    }

    private static func integer(_ text: String) -> Int64? {
        // A plus and leading zeros are no number of JSON's.
        guard let number = Int64(text), String(number) == text else { return nil }
        return number
    }

    private static func isDuration(_ text: String) -> Bool {
        guard let unit = text.last, "smhd".contains(unit), let first = text.first, first != "0" else { return false }
        let digits = text.dropLast()
        return (1...6).contains(digits.utf8.count) && digits.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isHex(_ byte: UInt8) -> Bool { isLowerHex(byte) || (0x41...0x46).contains(byte) }
}
