/// Reads a line from left to right. Blanks and a comment (`#` at the beginning or behind a blank) stand between words.
struct LineScanner {
    private let line: SourceLine
    private var at = 0

    init(_ line: SourceLine) {
        self.line = line
        skipBlanks()
    }

    var column: Int { at < line.columns.count ? line.columns[at] : line.end }
    var first: Character? { at < line.characters.count ? line.characters[at] : nil }
    var isAtEnd: Bool { first == nil || first == "#" }

    mutating func skipBlanks() {
        while let character = first, character.isWhitespace { at += 1 }
    }

    /// What stands up to the next blank, and the blanks behind it.
    mutating func word() -> String {
        take { !$0.isWhitespace }
    }

    /// What stands as long as a condition holds, and the blanks behind it.
    mutating func take(while holds: (Character) -> Bool) -> String {
        let start = at
        while let character = first, holds(character) { at += 1 }
        defer { skipBlanks() }
        return String(line.characters[start..<at])
    }

    mutating func advance() { at += 1 }

    /// Moves past a character, if it is there.
    mutating func skip(_ character: Character) -> Bool {
        guard first == character else { return false }
        at += 1
        return true
    }

    /// The rest of the line up to a comment, without blanks at the end; the scanner stays.
    var restText: String {
        var scanner = self
        var text = ""
        var quote: Character?
        while let character = scanner.first {
            if quote == nil, character == "#", text.last?.isWhitespace ?? true { break }
            if character == "\\", quote == "\"" {
                text.append(character)
                scanner.advance()
                guard let next = scanner.first else { break }
                text.append(next)
                scanner.advance()
                continue
            }
            if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            }
            text.append(character)
            scanner.advance()
        }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
