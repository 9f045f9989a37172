import Diagnostics

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
    func filled(with values: [(name: String, value: String)]) throws(UnplacedDiagnostic) -> SourceLine {
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
