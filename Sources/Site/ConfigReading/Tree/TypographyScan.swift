import Diagnostics

/// Finds what a Chinese input method, a spreadsheet or a web page puts into YAML and what YAML then misreads or refuses
/// with words that help nobody: tabs and wide blanks as indentation, full-width colons, commas, quotes and brackets,
/// control characters; and bounds what would make the parser work without end (nesting, aliases).
///
/// A scan of the text, not of the parsed tree, since the text often does not parse. It follows quotes, comments, block
/// scalars and brackets only as far as it must to leave people's own texts alone: `name: 你好，世界` is right.
package struct TypographyScan {
    /// More would only repeat itself.
    package static let findingsMax = 20
    /// Thirty aliases, however they are nested, cannot stand for more than 3^10 copies of anything.
    package static let aliasesMax = 30
    package static let depthMax = 64

    private let file: String
    private let findings: Findings
    private var brackets: [Unicode.Scalar] = []
    /// The quote that is open at the end of a line, if one is.
    private var quote: Unicode.Scalar?
    /// The indentation of the line that opened a block scalar (`|`, `>`).
    private var block: Int?
    private var line = 0
    package private(set) var count = 0

    /// - Returns: how many errors were found and added.
    package static func run(_ text: String, file: String, findings: Findings) -> Int {
        var scan = TypographyScan(file: file, findings: findings)
        scan.countAliases(text)
        for row in lines(of: text) {
            scan.line += 1
            scan.scan(row)
            if scan.count >= findingsMax { break }
        }
        return scan.count
    }

    private init(file: String, findings: Findings) {
        self.file = file
        self.findings = findings
    }

    private static func lines(of text: String) -> [[Unicode.Scalar]] {
        var rows: [[Unicode.Scalar]] = [[]]
        var last: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where last == "\r": break
            case "\n", "\r": rows.append([])
            default: rows[rows.count - 1].append(scalar)
            }
            last = scalar
        }
        return rows
    }

    private mutating func report(_ fault: UnplacedDiagnostic, column: Int) {
        count += 1
        findings.add(.error, fault, at: Position(file: file, line: line, column: column + 1))
    }

    private mutating func countAliases(_ text: String) {
        var aliases = 0
        for row in TypographyScan.lines(of: text) where row.first(where: { $0 != " " }) != "#" {
            for (i, scalar) in row.enumerated() where scalar == "*" {
                let before = i == 0 ? " " : row[i - 1]
                let after = i + 1 < row.count ? row[i + 1] : " "
                if " [{,:\t".unicodeScalars.contains(before), after.isASCIIWord { aliases += 1 }
            }
        }
        if aliases > TypographyScan.aliasesMax {
            line = 0
            count += 1
            findings.add(.error, .tooManyAliases(aliases), at: Position(file: file))
        }
    }

    private mutating func scan(_ row: [Unicode.Scalar]) {
        for (i, scalar) in row.enumerated() where !scalar.isYAMLPrintable {
            return report(.controlCharacter(scalar), column: i)
        }
        let indent = row.prefix { $0 == " " }.count
        let isBlank = row.allSatisfy { $0 == " " || $0 == "\t" }
        if let opened = block {
            if isBlank || indent > opened { return }
            block = nil
        }
        if quote != nil { return scanTokens(row, from: 0, indent: indent) }
        // A tab is refused before a comment and on an empty line too.
        if let first = row[indent...].first, first == "\t" && brackets.isEmpty || first.isWideBlank {
            return report(first == "\t" ? .tab : .wideBlank(first), column: indent)
        }
        guard !isBlank else { return }
        scanTokens(row, from: indent, indent: indent)
    }

    private mutating func scanTokens(_ row: [Unicode.Scalar], from start: Int, indent: Int) {
        var at = start
        var isKeyPlace = true
        var isTokenStart = true
        while at < row.count {
            if quote != nil {
                at = closeQuote(row, from: at)
                if quote == nil, isKeyPlace, at < row.count, row[at] == "：" {
                    report(.fullWidth("：", ":"), column: at)
                }
                isTokenStart = false
                continue
            }
            let scalar = row[at]
            let next = at + 1 < row.count ? row[at + 1] : " "
            if scalar == "#", at == 0 || row[at - 1] == " " || row[at - 1] == "\t" { return }
            let isBlank = scalar == " " || scalar == "\t"
            let isDash = brackets.isEmpty && (scalar == "-" || scalar == "?") && next == " "
            if isTokenStart, isBlank || isDash {
                // Still before a token.
            } else if isTokenStart, startsToken(scalar, row: row, at: at, indent: indent, isKey: isKeyPlace) {
                // Behind a bracket a token begins again, and perhaps a key.
                isTokenStart = quote == nil
                isKeyPlace = isKeyPlace || quote == nil
            } else if !brackets.isEmpty, scalar == "," || scalar == "]" || scalar == "}" {
                if scalar != "," { brackets.removeLast() }
                isTokenStart = scalar == ","
                isKeyPlace = scalar == ","
            } else if scalar == ":", next == " " {
                isTokenStart = true
                isKeyPlace = false
            } else {
                if !brackets.isEmpty, scalar == "，" || scalar == "、", separates(row, at: at) {
                    report(.fullWidth(scalar, ","), column: at)
                }
                isTokenStart = false
            }
            at += 1
        }
    }

    /// Looks at the first character of a token.
    /// - Returns: whether it opened a bracket or a quote, so that the caller steps over it.
    private mutating func startsToken(
        _ scalar: Unicode.Scalar, row: [Unicode.Scalar], at: Int, indent: Int, isKey: Bool
    ) -> Bool {
        switch scalar {
        case "\"", "'":
            quote = scalar
            return true
        case "[", "{":
            brackets.append(scalar)
            if brackets.count == TypographyScan.depthMax + 1 { report(.tooDeep, column: at) }
            return true
        case "|", ">":
            if brackets.isEmpty { block = indent }
        case "“", "”", "‘", "’", "「", "＂", "＇":
            report(.fullWidth(scalar, "\""), column: at)
        case "｛", "［", "【":
            report(.fullWidth(scalar, scalar == "｛" ? "{" : "["), column: at)
        default:
            if isKey { checkKey(row, from: at) }
        }
        return false
    }

    /// A key is followed by an ASCII colon and a plain blank.
    private mutating func checkKey(_ row: [Unicode.Scalar], from start: Int) {
        var at = start
        while at < row.count, row[at].isASCIIWord { at += 1 }
        guard at > start, at < row.count else { return }
        if row[at] == "：" {
            report(.fullWidth("：", ":"), column: at)
        } else if row[at] == ":", at + 1 < row.count, row[at + 1].isWideBlank {
            report(.wideBlank(row[at + 1]), column: at + 1)
        }
    }

    /// A full-width comma between things that look like values of a list, not inside a person's sentence.
    private func separates(_ row: [Unicode.Scalar], at: Int) -> Bool {
        func isEdge(_ scalar: Unicode.Scalar?) -> Bool {
            guard let scalar else { return true }
            return scalar.isASCIIWord || "\"'[]{}".unicodeScalars.contains(scalar)
        }
        let before = row[..<at].last { $0 != " " }
        let after = row[(at + 1)...].first { $0 != " " }
        return isEdge(before) && isEdge(after)
    }

    /// - Returns: the index behind the closing quote, or the end of the row with the quote still open.
    private mutating func closeQuote(_ row: [Unicode.Scalar], from start: Int) -> Int {
        var at = start
        while at < row.count {
            if quote == "\"", row[at] == "\\" {
                at += 2
            } else if row[at] == quote {
                if quote == "'", at + 1 < row.count, row[at + 1] == "'" {
                    at += 2
                } else {
                    quote = nil
                    return at + 1
                }
            } else {
                at += 1
            }
        }
        return row.count
    }
}

extension Unicode.Scalar {
    /// A letter, digit, `-`, `_` or `.` of ASCII: what the keys of a configuration are made of.
    fileprivate var isASCIIWord: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
        default: false
        }
    }

    /// A blank that people see and YAML does not.
    fileprivate var isWideBlank: Bool {
        switch value {
        case 0xA0, 0x1680, 0x2000...0x200B, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// YAML 1.1 §5.1; a byte order mark inside the text is none.
    fileprivate var isYAMLPrintable: Bool {
        switch value {
        case 0x09, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}

extension UnplacedDiagnostic {
    fileprivate static func fullWidth(_ found: Unicode.Scalar, _ wanted: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.full-width",
            what: LocalizedText(zh: "这里是全角符号“\(found)”", en: "a full-width \"\(found)\" stands here"),
            remedy: LocalizedText(
                zh: "请改成半角 \(wanted)\(wanted == "\"" ? "" : "（后面空一格）")",
                en: "write the ASCII \(wanted)\(wanted == "\"" ? "" : " followed by a blank")"))
    }

    fileprivate static let tab = UnplacedDiagnostic(
        code: "config.tab",
        what: LocalizedText(zh: "用了制表符（Tab）缩进，YAML 不允许", en: "a tab is used for indentation, which YAML forbids"),
        remedy: LocalizedText(zh: "请用空格缩进", en: "indent with blanks"))

    fileprivate static func wideBlank(_ found: Unicode.Scalar) -> UnplacedDiagnostic {
        let name = "U+" + String(found.value, radix: 16, uppercase: true)
        return UnplacedDiagnostic(
            code: "config.wide-blank",
            what: LocalizedText(
                zh: "这里是全角空格或不换行空格（\(name)），YAML 不当作空格",
                en: "a wide or no-break space (\(name)) stands here, which YAML does not take for a blank"),
            remedy: LocalizedText(zh: "请改成普通空格", en: "write plain blanks"))
    }

    fileprivate static func controlCharacter(_ found: Unicode.Scalar) -> UnplacedDiagnostic {
        let name = "U+" + String(found.value, radix: 16, uppercase: true)
        return UnplacedDiagnostic(
            code: "config.control-character",
            what: LocalizedText(zh: "文件里有控制字符 \(name)", en: "the file holds the control character \(name)"),
            remedy: LocalizedText(
                zh: "请删除它；若整行如此，文件可能已损坏", en: "delete it; where whole lines are so, the file is damaged"))
    }

    fileprivate static let tooDeep = UnplacedDiagnostic(
        code: "config.too-large",
        what: LocalizedText(
            zh: "括号嵌套超过 \(TypographyScan.depthMax) 层",
            en: "brackets are nested more than \(TypographyScan.depthMax) deep"),
        remedy: LocalizedText(zh: "请检查是否漏了右括号", en: "look for a closing bracket that is missing"))

    fileprivate static func tooManyAliases(_ count: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.too-many-aliases",
            what: LocalizedText(zh: "文件用了 \(count) 个别名（*名称）", en: "the file uses \(count) aliases (*name)"),
            remedy: LocalizedText(
                zh: "最多 \(TypographyScan.aliasesMax) 个，请直接写出内容",
                en: "at most \(TypographyScan.aliasesMax) are read; write the values out"))
    }
}
