import Testing

/// A reference to a section names a section that is there.
@Suite struct SectionTests {
    /// What can be referred to on a page: its headings, and the paragraphs and items that begin with a bold name.
    struct Page {
        var names: Set<String> = []
        var anchors: Set<String> = []

        init(_ text: String) {
            var isCode = false
            for line in text.split(separator: "\n") {
                if line.hasPrefix("```") { isCode.toggle() }
                guard !isCode else { continue }
                if line.hasPrefix("#") {
                    let heading = Page.plain(line.drop { $0 == "#" || $0 == " " })
                    names.insert(heading)
                    anchors.insert(Page.anchor(heading))
                } else if let name = line.firstMatch(of: #/^\s*(?:[*-]\s+|\d+\.\s+)?\*\*([^*]+)\*\*/#)?.1 {
                    names.insert(Page.plain(name))
                }
            }
        }

        static func plain(_ text: Substring) -> String {
            var name = text.filter { $0 != "`" && $0 != "*" }
            while let last = name.last, ".:。： ".contains(last) { name.removeLast() }
            return name
        }

        /// As GitHub makes them of headings.
        static func anchor(_ heading: String) -> String {
            String(
                heading.lowercased().compactMap { character -> Character? in
                    if character == " " { return "-" }
                    let stays = character.isLetter || character.isNumber || character == "-" || character == "_"
                    return stays ? character : nil
                })
        }
    }

    @Test func `each section that is referred to exists`() {
        let pages = Repository.shared.files(under: "", ".md").filter { !$0.hasPrefix("Tests/") }
        let known = Dictionary(
            uniqueKeysWithValues: pages.map { ($0, Page(Repository.shared.text($0) ?? "")) })
        var count = 0
        var found: [Violation] = []
        for (path, lines) in texts {
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            for (index, line) in lines.enumerated() where line.contains(".md") || line.contains("](#") {
                let next = index + 1 < lines.count ? SectionTests.stripped(lines[index + 1]) : ""
                for reference in SectionTests.references(SectionTests.stripped(line), next) {
                    count += 1
                    let file = reference.page.isEmpty ? path : reference.page
                    let page = known[file] ?? known["docs/" + file] ?? known[folder + "/" + file]
                    let isThere =
                        reference.isAnchor
                        ? page?.anchors.contains(reference.name) : page?.names.contains(reference.name)
                    if isThere == true { continue }
                    found.append(
                        Violation(path: path, line: index + 1, what: "\(file) has no section \"\(reference.name)\""))
                }
            }
        }
        #expect(found.isEmpty, "\(found.report)")
        #expect(count > 100, "only \(count) references were found: the pattern is wrong")
    }

    /// Comments of Swift files, and other texts as they are.
    private var texts: [(path: String, lines: [Substring])] {
        let swift = ["Sources/", "Tests/", "Benchmarks/"].flatMap { Repository.shared.swift(under: $0) }
            .map { (path: $0.path, lines: $0.comments.map { $0[...] }) }
        let other = Repository.shared.files(under: "", ".md", ".scenario", ".yaml", ".conf", ".acl", "Makefile", ".sh")
            .map { path in
                let text = Repository.shared.text(path) ?? ""
                return (path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
            }
        return swift + other
    }

    struct Reference: Equatable {
        var page: String
        var name: String
        var isAnchor: Bool
    }

    /// The references that begin on a line; their end may stand on the next one.
    static func references(_ line: Substring, _ next: Substring) -> [Reference] {
        var found: [Reference] = []
        let both = line + " " + next
        for match in both.matches(of: #/([\w.\/-]+\.md)\)?[,，]? ?["“]([^"”]+)["”]/#) {
            let start = both.distance(from: both.startIndex, to: match.range.lowerBound)
            guard start < line.count else { continue }
            found.append(Reference(page: String(match.1), name: Page.plain(match.2), isAnchor: false))
        }
        for match in line.matches(of: #/\]\(([\w.\/-]*)#([^)\s]+)\)/#) {
            found.append(Reference(page: String(match.1), name: String(match.2), isAnchor: true))
        }
        return found
    }

    private static func stripped(_ line: some StringProtocol) -> Substring {
        var rest = Substring(line).drop { $0 == " " }
        while let first = rest.first, first == "/" || first == "#" || first == "|" { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return rest.drop { $0 == " " }
    }

    @Test func `a reference is found across the end of a line`() {
        let found = SectionTests.references("as told (docs/rules.md,", "\"Life safety\"), and [here](a.md#why-not)")
        #expect(found == [Reference(page: "docs/rules.md", name: "Life safety", isAnchor: false)])
        #expect(
            SectionTests.references("[here](a.md#why-not)", "") == [
                Reference(page: "a.md", name: "why-not", isAnchor: true)
            ])
        #expect(Page("# A `b`\n**C d.** e").names == ["A b", "C d"])
        #expect(Page("## Two commands: go").anchors == ["two-commands-go"])
    }
}
