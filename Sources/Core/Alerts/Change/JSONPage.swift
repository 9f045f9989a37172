import RecordLog

/// A JSON value with what it takes to write it again: the text of an object stays as it was. Strict (RFC 8259), at most
/// ``depthMax`` deep.
///
/// Read by hand: what an alert's page is read for is the text of its `detail`, byte for byte, which the parser of
/// payloads has only for what stands in a record.
enum JSONPage {
    static let depthMax = 64

    case text(String)
    /// As it was written.
    case number(String)
    case truth(Bool)
    case null
    case list([JSONPage])
    /// In their order, and the text with its braces.
    case object([(key: String, value: JSONPage)], text: String)

    /// - Returns: nil where the bytes are no JSON value, or more than one.
    init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        do throws(Reader.Malformed) {
            self = try reader.value(depth: 0)
            reader.skipBlanks()
        } catch {
            return nil
        }
        if reader.at != bytes.count { return nil }
    }

    /// The last member with this name; nil where there is none, or this is no object.
    subscript(key: String) -> JSONPage? {
        guard case .object(let members, _) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var truth: Bool? { if case .truth(let truth) = self { truth } else { nil } }

    private struct Reader {
        struct Malformed: Error {}

        let bytes: [UInt8]
        var at = 0

        private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

        mutating func skipBlanks() {
            while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
        }

        private mutating func take(_ byte: UInt8) throws(Malformed) {
            guard next == byte else { throw Malformed() }
            at += 1
        }

        private mutating func skip(_ byte: UInt8) -> Bool {
            guard next == byte else { return false }
            at += 1
            return true
        }

        mutating func value(depth: Int) throws(Malformed) -> JSONPage {
            guard depth < depthMax else { throw Malformed() }
            skipBlanks()
            switch next {
            case UInt8(ascii: "{"): return try object(depth: depth)
            case UInt8(ascii: "["): return try list(depth: depth)
            case UInt8(ascii: "\""): return .text(try string())
            case UInt8(ascii: "t"): return try word("true", .truth(true))
            case UInt8(ascii: "f"): return try word("false", .truth(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            default: return .number(try number())
            }
        }

        private mutating func word(_ word: StaticString, _ value: JSONPage) throws(Malformed) -> JSONPage {
            for byte in "\(word)".utf8 { try take(byte) }
            return value
        }

        private mutating func object(depth: Int) throws(Malformed) -> JSONPage {
            let begin = at
            var members: [(key: String, value: JSONPage)] = []
            try take(UInt8(ascii: "{"))
            skipBlanks()
            if !skip(UInt8(ascii: "}")) {
                repeat {
                    skipBlanks()
                    let key = try string()
                    skipBlanks()
                    try take(UInt8(ascii: ":"))
                    members.append((key, try value(depth: depth + 1)))
                    skipBlanks()
                } while skip(UInt8(ascii: ","))
                try take(UInt8(ascii: "}"))
            }
            return .object(members, text: try text(begin..<at))
        }

        private mutating func list(depth: Int) throws(Malformed) -> JSONPage {
            var values: [JSONPage] = []
            try take(UInt8(ascii: "["))
            skipBlanks()
            if skip(UInt8(ascii: "]")) { return .list([]) }
            repeat {
                values.append(try value(depth: depth + 1))
                skipBlanks()
            } while skip(UInt8(ascii: ","))
            try take(UInt8(ascii: "]"))
            return .list(values)
        }

        private mutating func string() throws(Malformed) -> String {
            try take(UInt8(ascii: "\""))
            let begin = at
            while let byte = next, byte != UInt8(ascii: "\"") {
                if byte < 0x20 { throw Malformed() }
                at += byte == UInt8(ascii: "\\") ? 2 : 1
            }
            let raw = begin..<min(at, bytes.count)
            try take(UInt8(ascii: "\""))
            guard bytes[raw].contains(UInt8(ascii: "\\")) else { return try text(raw) }
            // The buffer lives as long as the closure, and the stretch lies within it.
            let unescaped = unsafe bytes.withUnsafeBufferPointer { all in
                unsafe JSONText.unescaped(UnsafeBufferPointer(rebasing: all[raw]))
            }
            guard let unescaped, let text = String(validating: unescaped, as: UTF8.self) else { throw Malformed() }
            return text
        }

        private func text(_ range: Range<Int>) throws(Malformed) -> String {
            guard let text = String(validating: bytes[range], as: UTF8.self) else { throw Malformed() }
            return text
        }

        private mutating func number() throws(Malformed) -> String {
            let begin = at
            _ = skip(UInt8(ascii: "-"))
            if !skip(UInt8(ascii: "0")) { try digits() }
            if skip(UInt8(ascii: ".")) { try digits() }
            if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
                _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
                try digits()
            }
            return try text(begin..<at)
        }

        private mutating func digits() throws(Malformed) {
            let begin = at
            while let byte = next, (48...57).contains(byte) { at += 1 }
            if at == begin { throw Malformed() }
        }
    }
}
