import Testing

/// The README is short, and each figure in it names what shows it.
@Suite struct ReadmeTests {
    static let linesMax = 120
    static let pages = ["README.md", "README.zh-CN.md"]

    @Test(arguments: pages) func `it is short, and begins with two commands`(_ path: String) throws {
        let lines = try #require(Repository.shared.text(path)).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count - 1 <= ReadmeTests.linesMax, "\(path) has \(lines.count - 1) lines")
        let start = try #require(lines.firstIndex { $0 == "## Two commands" || $0 == "## 两条命令" })
        let open = try #require(lines[start...].firstIndex { $0.hasPrefix("```") })
        let close = try #require(lines[(open + 1)...].firstIndex { $0 == "```" })
        #expect(close - open == 3, "\(path) promises two commands and shows \(close - open - 1)")
    }

    /// A paragraph or an item with a number in it, and each item of the limits, has in the same place a link to a page
    /// of ours, or a span with a key of the configuration, a suite of tests or a target of make.
    @Test(arguments: pages) func `each figure and each limit names the test, key or page that shows it`(
        _ path: String
    ) {
        let keys = Repository.shared.text("docs/configuration.md") ?? ""
        let makefile = Repository.shared.text("Makefile") ?? ""
        let suites = Set(
            Repository.shared.files(under: "Tests/", ".swift").compactMap { $0.split(separator: "/").last?.dropLast(6) }
        )
        var found: [Violation] = []
        for block in ReadmeTests.blocks(Repository.shared.text(path) ?? "") {
            let isLimit = block.section.hasPrefix("Limits") || block.section.contains("限制")
            guard isLimit || ReadmeTests.hasFigure(block.text) else { continue }
            let links = block.text.matches(of: #/\]\(([^)#:]+)(?:#[^)]*)?\)/#).map { String($0.1) }
            let spans = block.text.matches(of: #/`([^`]+)`/#).map { String($0.1) }
            let shows =
                links.contains { Repository.shared.exists($0) }
                || spans.contains { span in
                    keys.contains("| `\(span)` |") || suites.contains(Substring(span))
                        || span.hasPrefix("make ") && makefile.contains("\n\(span.dropFirst(5)):")
                }
            if !shows { found.append(Violation(path: path, line: block.line, what: "nothing shows: \(block.text)")) }
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    struct Block: Equatable {
        var section: String
        var line: Int
        var text: String
    }

    /// Paragraphs and items, without headings, tables and code.
    static func blocks(_ text: String) -> [Block] {
        var found: [Block] = []
        var section = ""
        var isCode = false
        var goesOn = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") { isCode.toggle() }
            if line.hasPrefix("#"), !isCode { section = String(line.drop { $0 == "#" || $0 == " " }) }
            let isNone = isCode || line.isEmpty || ["#", "|", "```"].contains { line.hasPrefix($0) }
            if isNone {
                goesOn = false
            } else if goesOn, !line.hasPrefix("* ") {
                found[found.count - 1].text += " " + line
            } else {
                found.append(Block(section: section, line: index + 1, text: String(line)))
                goesOn = true
            }
        }
        return found
    }

    /// A number that is not part of a name: names stand in code, and versions of other programs with a dot or a `v`.
    static func hasFigure(_ text: String) -> Bool {
        let prose = text.replacing(#/`[^`]*`|\]\([^)]*\)/#, with: "")
            .replacing(#/(?:HTTP|QoS|Debian|Apache|GB|UTF-|Swift|SHA-)\s*[0-9][0-9.]*/#, with: "")
            .replacing(#/[0-9]+(?:\.[0-9]+)+/#, with: "")
        return prose.contains(#/[0-9]/#)
    }

    @Test func `the finder of figures knows a figure from a name`() {
        #expect(ReadmeTests.hasFigure("within 5 minutes"))
        #expect(!ReadmeTests.hasFigure("HTTP 200, `a 5`, Debian 12, [x](y5.md), 6.3.1, GB18030"))
        let blocks = ReadmeTests.blocks("# A\none\ntwo\n\n* b\n  c\n* d\n```\ncode\n```\n")
        #expect(
            blocks == [
                Block(section: "A", line: 2, text: "one two"), Block(section: "A", line: 5, text: "* b   c"),
                Block(section: "A", line: 7, text: "* d"),
            ])
    }
}
