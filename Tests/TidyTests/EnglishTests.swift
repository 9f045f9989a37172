import Testing

/// Words of comments and texts for which plain English has another.
@Suite struct EnglishTests {
    private let words: [(pattern: Regex<Substring>, what: String)] = [
        (#/\b[Aa]new\b/#, "again"),
        (#/\b(?:no|by|pure|is|like) chance\b|\bchance (?:alone|of|leaves)\b/#, "randomness, at random"),
        (#/\b(?:has|have|had) no more\b/#, "no longer has"),
        (#/\bown records?\b/#, "system record"),
        (#/\bhand on a machine\b/#, "actuation"),
    ]

    @Test func `texts are plain English`() {
        var found: [Violation] = []
        func look(_ line: some StringProtocol, _ path: String, _ index: Int) {
            guard line.utf8.contains(where: { $0 > 0x20 }) else { return }
            for (pattern, what) in words {
                guard let match = String(line).firstMatch(of: pattern) else { continue }
                found.append(Violation(path: path, line: index + 1, what: "\"\(match.0)\": \(what)"))
            }
        }
        for file in Repository.shared.swift(under: "Sources/") {
            for (index, line) in file.comments.enumerated() { look(line, file.path, index) }
        }
        for path in Repository.shared.files(under: "", ".md") where !path.hasPrefix("Tests/") {
            let lines = Repository.shared.text(path)?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
            var section = ""
            for (index, line) in lines.enumerated() {
                if line.hasPrefix("#") { section = line.drop { $0 == "#" || $0 == " " }.description }
                if section != NameTests.section { look(line, path, index) }
            }
        }
        #expect(found.isEmpty, "\(found.report)")
    }
}
