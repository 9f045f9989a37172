/// A line of a scenario with the column of each character, which stays that of the file when a value of the case's
/// table was put in.
struct SourceLine: Sendable {
    let number: Int
    private(set) var characters: [Character]
    private(set) var columns: [Int]
    /// Behind the last character.
    let end: Int

    init(number: Int, _ text: Substring) {
        self.number = number
        characters = Array(text)
        columns = Array(1..<characters.count + 1)
        end = characters.count + 1
    }

    /// What stands behind the first characters.
    func dropping(_ count: Int) -> SourceLine {
        var line = self
        line.characters.removeFirst(count)
        line.columns.removeFirst(count)
        return line
    }

    /// Puts values in for `<name>`; what is not a known name in angle brackets is a fault.
    func filled(with values: [(name: String, value: String)]) throws(ScenarioFault) -> SourceLine {
        guard !values.isEmpty else { return self }
        var line = self
        line.characters = []
        line.columns = []
        var at = 0
        while at < characters.count {
            guard characters[at] == "<", let name = name(after: at) else {
                line.characters.append(characters[at])
                line.columns.append(columns[at])
                at += 1
                continue
            }
            guard let value = values.first(where: { $0.name == name })?.value else {
                throw .unknownColumn(name, known: values.map(\.name), column: columns[at])
            }
            line.characters += value
            line.columns += Array(repeating: columns[at], count: value.count)
            at += name.count + 2
        }
        return line
    }

    /// `<name>` at this place.
    private func name(after start: Int) -> String? {
        let rest = characters[(start + 1)...]
        let name = rest.prefix { $0.isLetter || $0.isASCIIDigit || $0 == "_" || $0 == "-" }
        guard !name.isEmpty, rest.dropFirst(name.count).first == ">" else { return nil }
        return String(name)
    }
}

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
