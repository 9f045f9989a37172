import Testing

/// How long things may be.
@Suite struct SizeTests {
    static let fileLinesMax = 600
    static let functionLinesMax = 60
    static let columnsMax = 120
    static let folderFilesMax = 15

    private var all: [SwiftText] {
        Repository.shared.swift(under: "Sources/") + Repository.shared.swift(under: "Tests/")
    }

    @Test func `a file has at most 600 lines`() {
        let paths = ["Sources/", "Tests/"].flatMap { Repository.shared.files(under: $0, ".swift", ".cpp", ".h") }
        let found = paths.compactMap { path -> Violation? in
            let count =
                Repository.shared.text(path)?.split(separator: "\n", omittingEmptySubsequences: false).count ?? 0
            guard count - 1 > SizeTests.fileLinesMax else { return nil }
            return Violation(path: path, line: SizeTests.fileLinesMax, what: "the file has \(count - 1) lines")
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    @Test func `a folder of Sources has at most 15 files`() {
        let folders = Repository.shared.files(under: "Sources/", "").map {
            $0.split(separator: "/").dropLast().joined(separator: "/")
        }
        let counts = Dictionary(folders.map { ($0, 1) }, uniquingKeysWith: +)
        let full = counts.filter { $0.value > SizeTests.folderFilesMax }.map { "\($0.key): \($0.value) files" }
        #expect(full.isEmpty && !counts.isEmpty, "\(full.sorted().joined(separator: "\n"))")
    }

    @Test func `a line has at most 120 columns, in comments too`() {
        var found: [Violation] = []
        for file in all {
            for (index, line) in file.lines.enumerated() where line.utf8.count > SizeTests.columnsMax {
                guard line.count > SizeTests.columnsMax, !isData(file, index) else { continue }
                found.append(Violation(path: file.path, line: index + 1, what: "\(line.count) columns"))
            }
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    /// In tests, records and texts stand as they come, on one line: what is too long there is the string.
    private func isData(_ file: SwiftText, _ index: Int) -> Bool {
        let code = file.code[index].split(separator: " ").joined(separator: " ")
        let isComment = file.lines[index].drop { $0 == " " }.hasPrefix("//")
        return file.path.hasPrefix("Tests/") && !isComment && code.count <= SizeTests.columnsMax
    }

    @Test func `a function has at most 60 lines`() {
        let found = all.flatMap { file in
            FunctionFinder(file.code).functions.filter { $0.lines > SizeTests.functionLinesMax }.map {
                Violation(path: file.path, line: $0.start, what: "\($0.name) has \($0.lines) lines")
            }
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    @Test func `the finder of functions counts from the first line to the closing brace`() {
        let text = SwiftText(
            path: "sample.swift",
            text: """
                protocol P {
                    func without()
                    func wide(
                        a: Int
                    ) -> Int
                }
                struct S {
                    let text = "func no() {"  // func neither() {
                    init() { one() }
                    func two(
                        a: Int
                    ) -> Int {
                        if a > 0 { return 1 }
                        return 2
                    }
                }
                """)
        let found = FunctionFinder(text.code).functions.map { "\($0.name) \($0.start) \($0.lines)" }
        #expect(found == ["init 9 1", "func two 10 6"])
    }
}

/// Finds functions and initialisers with a body in lines of code.
struct FunctionFinder {
    struct Function {
        var name: String
        /// The line of its `func` or `init`, from 1.
        var start: Int
        var lines: Int
    }

    private(set) var functions: [Function] = []

    init(_ code: [String]) {
        let pattern = #/(?:^|\s)(?:(func)\s+(\S+?)\s*[(<]|(init)[?!]?\s*[(<]|(deinit)\s*\{|(func)\s)/#
        for (index, line) in code.enumerated() {
            guard let match = line.firstMatch(of: pattern), !line.contains("self.init"), !line.contains("super.init")
            else {
                continue
            }
            let name = match.1 != nil ? "func " + (match.2 ?? "") : match.3 ?? match.4 ?? "func"
            guard let end = FunctionFinder.end(code, from: index, match.range.lowerBound) else { continue }
            functions.append(Function(name: String(name), start: index + 1, lines: end - index + 1))
        }
    }

    /// The line of the closing brace; nil for a requirement of a protocol.
    private static func end(_ code: [String], from start: Int, _ place: String.Index) -> Int? {
        var parentheses = 0
        var braces = 0
        for index in start..<code.count {
            let line = index == start ? code[index][place...] : code[index][...]
            for character in line {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{" where parentheses == 0 || braces > 0: braces += 1
                case "}":
                    if braces == 0, parentheses == 0 { return nil }
                    if braces > 0 { braces -= 1 }
                    if braces == 0, parentheses == 0 { return index }
                default: break
                }
            }
            if braces == 0, parentheses == 0, !goesOn(code, after: index) { return nil }
        }
        return nil
    }

    private static func goesOn(_ code: [String], after index: Int) -> Bool {
        guard index + 1 < code.count else { return false }
        let here = code[index].trimmingSuffixBlanks
        if here.hasSuffix("->") || here.hasSuffix(",") || here.hasSuffix("where") { return true }
        let next = code[index + 1].drop { $0 == " " }
        return ["{", "->", "where ", "throws", "async", "rethrows", ")"].contains { next.hasPrefix($0) }
    }
}

extension String {
    fileprivate var trimmingSuffixBlanks: Substring {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return text
    }
}
