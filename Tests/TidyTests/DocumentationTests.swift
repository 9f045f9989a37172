import Testing

/// What other targets may use of the core is told where it stands.
@Suite struct DocumentationTests {
    @Test func `each type and function that the core offers says its law`() {
        // Operators are left out: they say by their sign what they do.
        let pattern =
            #/
            ^\s*(?:package|public)\s+
            (?:(?:static|final|indirect|mutating|consuming|borrowing)\s+)*
            (?:struct|class|enum|actor|protocol|func)\s+(\w[\w+]*)
            /#
        // What an engine or a format has since its protocol asks for it is told there, once for all of them.
        let asked: [String: Set<String>] = [
            "Rules": [
                "kinds", "begin", "step", "expire", "close", "write", "read", "adopt", "rearm", "shift", "status",
            ],
            "Feeds": ["abilities", "refuseKeys", "subscriptions", "key", "learn", "read"],
        ]
        var found: [Violation] = []
        for target in Manifest.shared.core {
            for file in Repository.shared.swift(under: target.folder) {
                for (index, line) in file.code.enumerated() {
                    guard let name = line.firstMatch(of: pattern)?.1 else { continue }
                    guard !hasDocumentation(file, above: index) else { continue }
                    if asked[target.name, default: []].contains(String(name)) { continue }
                    found.append(Violation(path: file.path, line: index + 1, what: "\(name) has no doc comment"))
                }
            }
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    private func hasDocumentation(_ file: SwiftText, above line: Int) -> Bool {
        var index = line - 1
        // Attributes may stand between.
        while index >= 0, file.code[index].drop(while: { $0 == " " }).hasPrefix("@") { index -= 1 }
        guard index >= 0 else { return false }
        return file.lines[index].drop { $0 == " " }.hasPrefix("///")
    }
}
