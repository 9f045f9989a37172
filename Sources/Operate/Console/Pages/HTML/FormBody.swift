/// The fields of a form as a browser sends them (`application/x-www-form-urlencoded`), read strictly: what is no such
/// body is nil, of a field that comes twice the first counts.
struct FormBody {
    /// A page's form is far smaller.
    static let bytesMax = 16 * 1024
    private static let fieldsMax = 64

    private let fields: [String: String]

    /// O(bytes).
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= FormBody.bytesMax else { return nil }
        var fields: [String: String] = [:]
        let parts = bytes.split(separator: UInt8(ascii: "&"))
        guard parts.count <= FormBody.fieldsMax else { return nil }
        for part in parts {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = FormBody.decoded(pair[0]), let value = FormBody.decoded(pair.count > 1 ? pair[1] : [])
            else { return nil }
            if fields[name] == nil { fields[name] = value }
        }
        self.fields = fields
    }

    /// Without blanks around it; nil where it is empty or not there.
    subscript(name: String) -> String? {
        guard let value = fields[name] else { return nil }
        let trimmed = PageText.piece(value, most: 2000)
        return trimmed.isEmpty ? nil : trimmed
    }

    private static func decoded(_ text: ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard index + 2 < text.endIndex, let high = digit(text[index + 1]), let low = digit(text[index + 2])
                else { return nil }
                bytes.append(high << 4 | low)
                index += 2
            default: bytes.append(text[index])
            }
            index += 1
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
