import Testing

/// What the texts name is there, and what is there is used.
@Suite struct ReferenceTests {
    private var texts: [String] {
        Repository.shared.paths.filter { $0.hasSuffix(".md") && !$0.hasPrefix("Tests/") }
    }

    @Test func `each path that a text names exists`() {
        let roots = ["Sources", "Tests", "Benchmarks", "docs", "config", "systemd", "tools", ".ci"]
        var found: [Violation] = []
        for path in texts {
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            for (index, line) in lines(path).enumerated() {
                var named: [String] = []
                for match in line.matches(of: #/\]\(([^)#\s]+)(?:#[^)]*)?\)/#) where !match.1.contains(":") {
                    named.append(folder.isEmpty ? String(match.1) : folder + "/" + match.1)
                }
                for match in line.matches(of: #/`([\w.][\w.+\/-]*)`/#) {
                    guard let first = match.1.split(separator: "/").first, match.1.contains("/") else { continue }
                    if roots.contains(String(first)) { named.append(String(match.1)) }
                }
                for name in named where !Repository.shared.exists(name) {
                    found.append(Violation(path: path, line: index + 1, what: "\(name) does not exist"))
                }
            }
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    @Test func `each make target that a text names exists`() {
        let makefile = Repository.shared.text("Makefile") ?? ""
        var found: [Violation] = []
        for path in texts {
            for (index, line) in lines(path).enumerated() {
                for match in line.matches(of: #/(?:`|^\s*)make ([a-z-]+)/#) {
                    guard !makefile.contains("\n\(match.1):") else { continue }
                    found.append(Violation(path: path, line: index + 1, what: "make \(match.1) does not exist"))
                }
            }
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    @Test func `each dependency has a line that says what it saves`() {
        let manifest = Repository.shared.text("Package.swift") ?? ""
        let page = Repository.shared.text("docs/dependencies.md") ?? ""
        let names = manifest.matches(of: #/\.package\(url: "[^"]*\/([^"\/]+)"/#).map(\.1)
        let missing = names.filter { !page.contains("| \($0) |") }
        #expect(missing.isEmpty, "docs/dependencies.md: no line for \(missing)")
    }

    @Test func `no file names a path of somebody's machine`() {
        // Written in parts, so that these lines do not find themselves.
        let places = ["/" + "work/", "/" + "opt/", "/" + "home/", "/" + "Users/", "/tmp/" + "dev-"]
        var found: [Violation] = []
        for path in Repository.shared.paths {
            for (index, line) in lines(path).enumerated() {
                for place in places where line.contains(place) {
                    found.append(Violation(path: path, line: index + 1, what: "names \(place)"))
                }
            }
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    @Test func `each fixture is used by name`() {
        let fixtures = Repository.shared.files(under: "Tests/", "").filter { path in
            path.contains("/Fixtures/") || path.contains("/Vectors/")
        }
        let tests = Repository.shared.files(under: "Tests/", ".swift").compactMap(Repository.shared.text)
        let found = fixtures.filter { path in
            let name = String(path.split(separator: "/").last ?? "")
            let stem = String(name.prefix { $0 != "." })
            return !tests.contains { $0.contains(name) || $0.contains("\"\(stem)\"") }
        }.map { Violation(path: $0, line: 1, what: "no test names it") }
        #expect(found.isEmpty, "\(found.report)")
    }

    private func lines(_ path: String) -> [Substring] {
        Repository.shared.text(path)?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
    }
}
