import Vocabulary

/// Reads one JSON text from its first byte to its last. Cost: O(bytes); what is nested is bounded, so no input can
/// crash it.
struct JSONReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The whole text as one value.
    mutating func document() throws(JSONValue.Problem) -> JSONValue {
        let value = try value(depth: 0)
        blanks()
        guard at == bytes.count else { throw wrong("something stands behind the value") }
        return value
    }

    /// The members of an object, each with its value as it stands in the text.
    static func members(of bytes: [UInt8]) throws(JSONValue.Problem) -> [(key: String, raw: ArraySlice<UInt8>)] {
        var reader = JSONReader(bytes)
        var members: [(key: String, raw: ArraySlice<UInt8>)] = []
        try reader.object { (reader, key) throws(JSONValue.Problem) in
            reader.blanks()
            let start = reader.at
            _ = try reader.value(depth: 1)
            members.append((key, reader.bytes[start..<reader.at]))
        }
        return members
    }

    private func wrong(_ what: String) -> JSONValue.Problem { JSONValue.Problem(what: what, at: at) }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func blanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: byte) else { return false }
        at += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONValue.Problem) -> JSONValue {
        guard depth <= JSONValue.depthMax else { throw wrong("it is nested too deep") }
        blanks()
        switch next {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "{"):
            var members: [JSONValue.Member] = []
            var keys: Set<String> = []
            try object { (reader, key) throws(JSONValue.Problem) in
                guard keys.insert(key).inserted else { throw reader.wrong("a key stands twice") }
                members.append(JSONValue.Member(key: key, value: try reader.value(depth: depth + 1)))
            }
            return .object(members)
        case UInt8(ascii: "["): return .list(try list(depth: depth))
        case UInt8(ascii: "t"): return try word("true", .truth(true))
        case UInt8(ascii: "f"): return try word("false", .truth(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw wrong("it ends too early")
        default: return .number(try number())
        }
    }

    private mutating func object(
        _ member: (inout JSONReader, String) throws(JSONValue.Problem) -> Void
    ) throws(JSONValue.Problem) {
        blanks()
        guard take("{") else { throw wrong("it is no object") }
        blanks()
        if take("}") { return }
        while true {
            blanks()
            guard next == UInt8(ascii: "\"") else { throw wrong("a key is needed") }
            let key = try string()
            blanks()
            guard take(":") else { throw wrong("a colon is needed") }
            try member(&self, key)
            blanks()
            if take("}") { return }
            guard take(",") else { throw wrong("a comma or } is needed") }
        }
    }

    private mutating func list(depth: Int) throws(JSONValue.Problem) -> [JSONValue] {
        at += 1
        var values: [JSONValue] = []
        blanks()
        if take("]") { return values }
        while true {
            values.append(try value(depth: depth + 1))
            blanks()
            if take("]") { return values }
            guard take(",") else { throw wrong("a comma or ] is needed") }
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONValue.Problem) -> JSONValue {
        let end = at + word.utf8.count
        guard end <= bytes.count, bytes[at..<end].elementsEqual(word.utf8) else { throw wrong("it is no value") }
        at = end
        return value
    }

    private mutating func number() throws(JSONValue.Problem) -> String {
        let start = at
        _ = take("-")
        if !take("0") { guard digits() else { throw wrong("it is no value") } }
        if take(".") { guard digits() else { throw wrong("a digit is needed") } }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() else { throw wrong("a digit is needed") }
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() -> Bool {
        let start = at
        while let byte = next, byte >= 0x30, byte <= 0x39 { at += 1 }
        return at > start
    }

    private mutating func string() throws(JSONValue.Problem) -> String {
        at += 1
        var text: [UInt8] = []
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else { throw wrong("a text is no UTF-8") }
                return text
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw wrong("a control character stands in a text")
            default: text.append(byte)
            }
        }
        throw wrong("it ends too early")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONValue.Problem) {
        guard let byte = next else { throw wrong("it ends too early") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try unit()
            if code >= 0xD800, code < 0xDC00 {
                guard take("\\"), take("u") else { throw wrong("half of a character is missing") }
                let low = try unit()
                guard low >= 0xDC00, low < 0xE000 else { throw wrong("half of a character is missing") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw wrong("half of a character is missing") }
            text.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: throw wrong("an escape is none")
        }
    }

    /// Four hex digits.
    private mutating func unit() throws(JSONValue.Problem) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw wrong("four hex digits are needed")
            }
            at += 1
            code = code << 4 | UInt32(digit)
        }
        return code
    }
}
