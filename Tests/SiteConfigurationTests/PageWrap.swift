/// Wraps the paragraphs of a page that is made from a table, so that a word that changes is a line that changes.
/// Tables, headings and code stay as they are. English breaks at blanks; Chinese behind its marks, where the blank that
/// a renderer makes of a line's end is not seen.
enum PageWrap {
    static let columnsMax = 110

    static func wrapped(_ page: String) -> String {
        var isCode = false
        var lines: [String] = []
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") { isCode.toggle() }
            let stays = isCode || ["#", "|", "<!--", "```"].contains { line.hasPrefix($0) }
            lines += stays ? [String(line)] : paragraph(line)
        }
        return lines.joined(separator: "\n")
    }

    private static func paragraph(_ line: Substring) -> [String] {
        let indent = line.hasPrefix("> ") ? "> " : line.hasPrefix("* ") ? "  " : ""
        var lines: [String] = []
        var current = ""
        for piece in pieces(line) {
            let isFull = width(current) + width(piece.trimmed) > columnsMax
            // A mark of Markdown at the beginning of a line would be read as one.
            if isFull, !current.isEmpty, !["*", "-", "+", "#", "|", ">"].contains(piece.prefix(1)) {
                lines.append(current.trimmed)
                current = indent
            }
            current += piece
        }
        lines.append(current.trimmed)
        return lines
    }

    /// Parts that are not broken: up to a blank, or behind a Chinese mark; code spans and links whole.
    private static func pieces(_ line: Substring) -> [String] {
        var found: [String] = []
        var piece = ""
        var isSpan = false
        var last: Character = " "
        for character in line {
            let isLate = "，。；：、！？）”》,.;:)".contains(character)
            let isBehindMark = "，。；：、！？）”》".contains(last) && !isLate && character != " "
            if !isSpan, !piece.isEmpty, last == " " && !isLate || isBehindMark {
                found.append(piece)
                piece = ""
            }
            if character == "`" { isSpan.toggle() }
            piece.append(character)
            last = character
        }
        if !piece.isEmpty { found.append(piece) }
        return found
    }

    /// Chinese characters are two columns wide.
    private static func width(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { sum, scalar in
            let isWide = (0x2E80...0x9FFF).contains(scalar.value) || (0xFF00...0xFF60).contains(scalar.value)
            return sum + (isWide ? 2 : 1)
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
