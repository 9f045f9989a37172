/// Dividing cells and comparing texts as bytes. A registry has a hundred thousand cells, and comparing strings by
/// character would cost more than all the rest of loading.
enum CellList {
    /// What separates the values of a cell.
    enum Separators {
        /// The bar and the full-width bar.
        case bars
        /// Bars, semicolons, commas and their full-width forms, the enumeration comma.
        case any
        /// As `any`, and blanks and slashes: for words that have neither.
        case words
        /// Slashes.
        case slashes
    }

    /// The values, without blanks around them; empty ones are dropped unless they are kept.
    static func divide(
        _ cell: ArraySlice<UInt8>, at separators: Separators, keepsEmpty: Bool = false
    ) -> [ArraySlice<UInt8>] {
        var values: [ArraySlice<UInt8>] = []
        var start = cell.startIndex
        var at = start
        while at < cell.endIndex {
            let width = separatorWidth(cell[at...], separators)
            if width == 0 {
                at += 1
                continue
            }
            append(cell[start..<at], to: &values, keepsEmpty: keepsEmpty)
            at += width
            start = at
        }
        append(cell[start...], to: &values, keepsEmpty: keepsEmpty)
        return values
    }

    private static func append(
        _ piece: ArraySlice<UInt8>, to values: inout [ArraySlice<UInt8>], keepsEmpty: Bool
    ) {
        let value = trimmed(piece)
        if keepsEmpty || !value.isEmpty { values.append(value) }
    }

    /// How many bytes the separator has that stands at the front; 0 where none stands there.
    private static func separatorWidth(_ rest: ArraySlice<UInt8>, _ separators: Separators) -> Int {
        guard let first = rest.first else { return 0 }
        if first < 0x80 {
            let isOne =
                switch separators {
                case .bars: first == 0x7C
                case .any: first == 0x7C || first == 0x3B || first == 0x2C
                case .words: first == 0x7C || first == 0x3B || first == 0x2C || first == 0x2F || first == 0x20
                case .slashes: first == 0x2F
                }
            return isOne ? 1 : 0
        }
        guard first == 0xEF || first == 0xE3, rest.count >= 3 else { return 0 }
        let second = rest[rest.startIndex + 1]
        let third = rest[rest.startIndex + 2]
        let isOne =
            switch (first, second, third) {
            case (0xEF, 0xBD, 0x9C): separators != .slashes  // U+FF5C, the bar.
            case (0xEF, 0xBC, 0x9B), (0xEF, 0xBC, 0x8C): separators == .any || separators == .words  // U+FF1B, U+FF0C.
            case (0xE3, 0x80, 0x81): separators == .any || separators == .words  // U+3001.
            case (0xE3, 0x80, 0x80): separators == .words  // U+3000, the blank.
            case (0xEF, 0xBC, 0x8F): separators == .slashes || separators == .words  // U+FF0F.
            default: false
            }
        return isOne ? 3 : 0
    }

    /// What stands before and after the first colon, full-width ones included; without a colon, all is before.
    static func pair(_ item: ArraySlice<UInt8>) -> (before: ArraySlice<UInt8>, after: ArraySlice<UInt8>?) {
        for i in item.indices {
            if item[i] == 0x3A { return (trimmed(item[..<i]), trimmed(item[(i + 1)...])) }
            if item[i] == 0xEF, item[i...].starts(with: [0xEF, 0xBC, 0x9A]) {
                return (trimmed(item[..<i]), trimmed(item[(i + 3)...]))
            }
        }
        return (item, nil)
    }

    /// Whether two texts are the same but for the case of ASCII letters.
    static func isSame(_ a: ArraySlice<UInt8>, _ b: StaticString) -> Bool {
        guard a.count == b.utf8CodeUnitCount else { return false }
        // A static string's buffer lives for ever.
        return b.withUTF8Buffer { unsafe zip(a, $0).allSatisfy { lower($0) == $1 } }
    }

    static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte | 0x20 : byte }

    static func ends(_ text: some Sequence<UInt8>, with suffix: StaticString) -> Bool {
        let bytes = Array(text)
        // A static string's buffer lives for ever.
        return suffix.withUTF8Buffer { unsafe bytes.suffix($0.count).elementsEqual($0) }
    }
}
