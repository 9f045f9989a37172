package import Diagnostics

/// Bytes of a file to text. A configuration is UTF-8, with or without a byte order mark; what spreadsheets and old
/// editors write instead is named, with the command that converts it.
package enum SourceText {
    /// No configuration of a real community comes near; a log file given by mistake does.
    package static let bytesMax = 1 << 20

    package static func decode(_ bytes: [UInt8], file: String, findings: Findings) -> String? {
        if bytes.count > bytesMax {
            findings.add(.error, .tooLarge(bytes.count), at: Position(file: file))
            return nil
        }
        if let width = wideEncoding(bytes) {
            findings.add(.error, .encoding(width, command: width), at: Position(file: file, line: 1, column: 1))
            return nil
        }
        var body = bytes[...]
        if body.starts(with: [0xEF, 0xBB, 0xBF]) { body = body.dropFirst(3) }
        if let text = String(validating: body, as: UTF8.self) { return text }
        let good = validPrefix(body)
        let rest = body.dropFirst(good.utf8.count)
        // A pair of GBK may happen to be a short UTF-8 sequence, but Chinese that reads well was written as UTF-8.
        if isGBK(rest), good.unicodeScalars.allSatisfy({ $0.value < 0x800 }) {
            let ascii = String(good.unicodeScalars.prefix { $0.isASCII })
            findings.add(.error, .encoding("GBK", command: "GBK"), at: position(after: ascii, file: file))
        } else {
            findings.add(.error, .brokenUTF8(rest.first ?? 0), at: position(after: good, file: file))
        }
        return nil
    }

    /// UTF-16 and UTF-32 by their mark, or by the zero bytes that ASCII leaves in them.
    private static func wideEncoding(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        let head = bytes.prefix(64)
        guard head.count >= 8 else { return nil }
        var zeros = [0, 0]
        for (i, byte) in head.enumerated() where byte == 0 { zeros[i % 2] += 1 }
        let most = max(zeros[0], zeros[1])
        guard most * 4 >= head.count else { return nil }
        return zeros[0] > zeros[1] ? "UTF-16BE" : "UTF-16LE"
    }

    private static func validPrefix(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { text.unicodeScalars.append(scalar) }
        return text
    }

    private static func position(after text: String, file: String) -> Position {
        var position = Position(file: file, line: 1, column: 1)
        for scalar in text.unicodeScalars {
            if scalar == "\n" {
                position.line += 1
                position.column = 1
            } else {
                position.column += 1
            }
        }
        return position
    }

    /// Whether all bytes beyond ASCII stand in the pairs (or fours) of GB18030, of which GBK is a part.
    private static func isGBK(_ bytes: ArraySlice<UInt8>) -> Bool {
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            if byte < 0x80 { continue }
            guard (0x81...0xFE).contains(byte), let second = iterator.next() else { return false }
            if (0x30...0x39).contains(second) {
                guard let third = iterator.next(), (0x81...0xFE).contains(third), let fourth = iterator.next(),
                    (0x30...0x39).contains(fourth)
                else { return false }
            } else if !(0x40...0xFE).contains(second) || second == 0x7F {
                return false
            }
        }
        return true
    }
}

extension UnplacedDiagnostic {
    package static func tooLarge(_ count: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.too-large",
            what: LocalizedText(
                zh: "文件有 \(count) 字节，不像配置文件", en: "the file has \(count) bytes, which no configuration has"),
            remedy: LocalizedText(
                zh: "请检查是否指错了文件；上限 \(SourceText.bytesMax) 字节",
                en: "check that this is the right file; the limit is \(SourceText.bytesMax) bytes"))
    }

    package static func encoding(_ name: String, command: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.encoding",
            what: LocalizedText(zh: "文件是 \(name) 编码，不是 UTF-8", en: "the file is \(name), not UTF-8"),
            remedy: LocalizedText(
                zh: "请转成 UTF-8:iconv -f \(command) -t UTF-8 旧文件 > 新文件",
                en: "convert it: iconv -f \(command) -t UTF-8 OLD > NEW"))
    }

    package static func brokenUTF8(_ byte: UInt8) -> UnplacedDiagnostic {
        let hex = String(byte, radix: 16, uppercase: true)
        return UnplacedDiagnostic(
            code: "config.encoding",
            what: LocalizedText(zh: "这里的字节 0x\(hex) 不是 UTF-8 文字", en: "the byte 0x\(hex) here is not UTF-8 text"),
            remedy: LocalizedText(
                zh: "请用编辑器按 UTF-8 重新保存文件", en: "save the file again as UTF-8 with your editor"))
    }
}
