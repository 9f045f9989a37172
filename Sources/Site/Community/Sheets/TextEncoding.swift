import TextForms

/// The bytes of a file that a person saved, as UTF-8. Valid UTF-8 is taken as such, with or without a byte order mark;
/// anything else is read as GB18030, in which Chinese spreadsheet programs save by default.
enum TextEncoding {
    /// Why a file's bytes are no text at all.
    enum Refusal: Error, Equatable {
        /// A zip: the new workbook format under the name of a CSV.
        case xlsx
        /// A compound document: the old workbook format.
        case xls
        case utf16
        /// The machine's C library has no GB18030 table.
        case noConverter
    }

    /// What stands in the text where bytes could not be read.
    static let replacement = GB18030.replacement
    /// 锟斤拷, which is what two replacement characters become when they are saved as UTF-8 and read as GBK.
    static let doubleDamage: [UInt8] = [0xE9, 0x94, 0x9F, 0xE6, 0x96, 0xA4, 0xE6, 0x8B, 0xB7]

    /// - Returns: UTF-8 without a byte order mark. Bytes that are neither UTF-8 nor GB18030 become U+FFFD, in that
    ///   reading of the two that has fewer of them, so that one broken cell does not cost the whole file.
    static func decode(_ bytes: [UInt8]) throws(Refusal) -> [UInt8] {
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { throw .xlsx }
        if bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) { throw .xls }
        if isUTF16(bytes) { throw .utf16 }
        let marked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let body = marked ? Array(bytes[3...]) : bytes
        if String(validating: body, as: UTF8.self) != nil { return body }
        let repaired = Array(String(decoding: body, as: UTF8.self).utf8)
        // Who writes the mark means UTF-8.
        if marked { return repaired }
        guard let converted = GB18030.decode(body) else { throw .noConverter }
        return converted.damaged <= occurrences(of: replacement, in: repaired) ? converted.text : repaired
    }

    private static func isUTF16(_ bytes: [UInt8]) -> Bool {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return true }
        // Without a mark: the separators and letters of a header line have a zero as every other byte.
        let head = bytes.prefix(64)
        return head.count >= 8 && head.count(where: { $0 == 0 }) * 3 > head.count
    }

    private static func occurrences(of pattern: [UInt8], in text: [UInt8]) -> Int {
        var found = 0
        for i in text.indices where text[i] == pattern[0] && text[i...].starts(with: pattern) { found += 1 }
        return found
    }
}
