import CSIMDJSON
import Diagnostics
import JSONWriting
import RecordLog
import Timekeeping

/// Payloads and values as a scenario writes them: JSON with `@` for times and `$` for alerts in it, texts in single
/// quotes, bare words.
struct PayloadReader {
    let start: Instant
    let zone: Zone
    /// Rules of the site, since `$rule` names the alert that the rule raised last.
    let rules: [String]

    /// One payload as it is sent: `{…}` and `[…]` are JSON, `'…'` is the text inside, anything else the text itself.
    func payload(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> Payload {
        switch scanner.first {
        case "{", "[": return try json(&scanner)
        case "'": return Payload(parts: [.bytes(Array(try quoted(&scanner).utf8))])
        case "\"": return Payload(parts: [.bytes(Array(try string(&scanner).utf8))])
        default: return Payload(parts: [.bytes(Array(scanner.word().utf8))])
        }
    }

    /// A value of `name=value` as JSON: what is no JSON by itself is a string.
    func value(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> Payload {
        var payload = Payload()
        switch scanner.first {
        case "{", "[": return try json(&scanner)
        case "\"": payload.append(try string(&scanner))
        case "'": payload.append(JSONString.quoted(try quoted(&scanner)))
        case "@", "$":
            try special(&scanner, into: &payload)
            scanner.skipBlanks()
        default:
            let column = scanner.column
            let word = scanner.word()
            guard !word.isEmpty else {
                throw .missing(.init(zh: "值", en: "a value"), example: "value=1", column: column)
            }
            payload.append(PayloadReader.isJSON(word) ? word : JSONString.quoted(word))
        }
        return payload
    }

    /// `{…}` or `[…]` up to the bracket that closes it.
    private func json(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> Payload {
        let column = scanner.column
        var payload = Payload()
        var depth = 0
        repeat {
            guard let character = scanner.first else { throw .unclosed("{ [", column: column) }
            switch character {
            case "\"":
                payload.append(try rawString(&scanner))
                continue
            case "@", "$":
                try special(&scanner, into: &payload)
                continue
            case "{", "[": depth += 1
            case "}", "]": depth -= 1
            default: break
            }
            payload.append(String(character))
            scanner.advance()
        } while depth > 0
        let text = String(decoding: payload.bytes(alerts: [:]), as: UTF8.self)
        guard PayloadReader.isJSON(text) else { throw .notJSON(text, column: column) }
        scanner.skipBlanks()
        return payload
    }

    /// `@+5m` (epoch milliseconds), `@s+5m` (epoch seconds), `@iso+5m`; `$rule`.
    private func special(_ scanner: inout LineScanner, into payload: inout Payload) throws(UnplacedDiagnostic) {
        let column = scanner.column
        let isTime = scanner.first == "@"
        scanner.advance()
        var text = ""
        while let character = scanner.first, !character.isWhitespace, !",]}".contains(character) {
            text.append(character)
            scanner.advance()
        }
        guard isTime else {
            guard rules.contains(text) else {
                throw .unknown(
                    text, .init(zh: "规则", en: "rule"), known: rules, code: "unknown-rule", column: column)
            }
            payload.parts.append(.alert(rule: text))
            return
        }
        let form = text.hasPrefix("iso") ? "iso" : text.hasPrefix("s") ? "s" : ""
        let rest = String(text.dropFirst(form.count))
        guard let instant = TimeText.read(rest, start: start, zone: zone) else {
            throw .badTime("@" + text, column: column)
        }
        switch form {
        case "iso": payload.append("\"\(ISO8601.write(instant, in: zone))\"")
        case "s": payload.append("\(instant.milliseconds / 1000)")
        default: payload.append("\(instant.milliseconds)")
        }
    }

    /// `'…'`: the text inside, as it stands.
    func quoted(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> String {
        let column = scanner.column
        scanner.advance()
        var text = ""
        while let character = scanner.first, character != "'" {
            text.append(character)
            scanner.advance()
        }
        guard scanner.skip("'") else { throw .unclosed("'", column: column) }
        scanner.skipBlanks()
        return text
    }

    /// A JSON string with its quotes.
    private func string(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> String {
        let column = scanner.column
        let text = try rawString(&scanner)
        guard PayloadReader.isJSON(text) else { throw .notJSON(text, column: column) }
        scanner.skipBlanks()
        return text
    }

    /// What a JSON string says.
    func content(ofString scanner: inout LineScanner) throws(UnplacedDiagnostic) -> String {
        let column = scanner.column
        let raw = Array(try string(&scanner).utf8)
        // Sound: the buffer lives as long as the closure, and `string` has seen to the two quotes.
        let bytes = unsafe raw.withUnsafeBufferPointer { raw in
            unsafe JSONText.unescaped(UnsafeBufferPointer(rebasing: raw[1..<raw.count - 1]))
        }
        guard let bytes else { throw .notJSON(String(decoding: raw, as: UTF8.self), column: column) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func rawString(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> String {
        let column = scanner.column
        var text = "\""
        scanner.advance()
        while let character = scanner.first {
            text.append(character)
            scanner.advance()
            if character == "\"" { return text }
            if character == "\\", let next = scanner.first {
                text.append(next)
                scanner.advance()
            }
        }
        throw .unclosed("\"", column: column)
    }

    static func isJSON(_ text: String) -> Bool {
        var bytes = Array(text.utf8)
        let count = bytes.count
        bytes += [UInt8](repeating: 0, count: Int(CSJ_PADDING))
        // Sound: the padding that the parser may read stands behind the text.
        return unsafe bytes.withUnsafeBufferPointer {
            unsafe JSONParser().isValid(UnsafeBufferPointer(rebasing: $0[0..<count]))
        }
    }
}
