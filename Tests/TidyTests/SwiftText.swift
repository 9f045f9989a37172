/// A Swift file as lines: as written, as code alone (what stands in comments and string literals is blank), and the
/// other way round, comments and literals alone. Line numbers stay.
///
/// No parser: it knows comments (nested ones too), strings of one and of several lines, raw strings, and interpolation,
/// whose inside is blank as well. Raw identifiers in backticks are blank, since the names of tests are sentences.
struct SwiftText {
    let path: String
    let lines: [Substring]
    let code: [String]
    /// The texts of comments, with their slashes.
    let comments: [String]
    /// What stands in string literals; for each interpolation there is one ``SwiftText/placeholder``.
    let literals: [String]

    static let placeholder: Character = "\u{FFFC}"

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var blanker = Blanker(Array(text.unicodeScalars))
        blanker.run()
        code = SwiftText.split(blanker.text)
        comments = SwiftText.split(blanker.comments)
        literals = SwiftText.split(blanker.literals)
    }

    private static func split(_ scalars: [Unicode.Scalar]) -> [String] {
        String(String.UnicodeScalarView(scalars)).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    /// The lines of code that a pattern is found in, with what was found.
    func matches(_ pattern: some RegexComponent) -> [(line: Int, found: Substring)] {
        let regex = pattern.regex
        return code.enumerated().compactMap { index, line in
            line.firstMatch(of: regex).map { (index + 1, line[$0.range]) }
        }
    }
}

/// Walks over a file's scalars and blanks what is no code.
private struct Blanker {
    private(set) var text: [Unicode.Scalar]
    private(set) var comments: [Unicode.Scalar]
    private(set) var literals: [Unicode.Scalar]
    private var at = 0

    init(_ text: [Unicode.Scalar]) {
        self.text = text
        comments = text.map { $0 == "\n" ? "\n" : " " }
        literals = comments
    }

    mutating func run() {
        while at < text.count { step() }
    }

    private func starts(_ with: String, at place: Int) -> Bool {
        var index = place
        for scalar in with.unicodeScalars {
            guard index < text.count, text[index] == scalar else { return false }
            index += 1
        }
        return true
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where at < text.count {
            if text[at] != "\n" { text[at] = " " }
            at += 1
        }
    }

    private mutating func step() {
        if starts("//", at: at) {
            while at < text.count, text[at] != "\n" {
                comments[at] = text[at]
                blank()
            }
        } else if starts("/*", at: at) {
            comment()
        } else if text[at] == "\"" || text[at] == "#" {
            string()
        } else if text[at] == "`" {
            blank()
            while at < text.count, text[at] != "`", text[at] != "\n" { blank() }
            blank()
        } else {
            at += 1
        }
    }

    private mutating func comment() {
        var depth = 0
        repeat {
            if starts("/*", at: at) {
                depth += 1
                blank(2)
            } else if starts("*/", at: at) {
                depth -= 1
                blank(2)
            } else {
                comments[at] = text[at]
                blank()
            }
        } while depth > 0 && at < text.count
    }

    /// At a quote, or at a `#` that may begin a raw string.
    private mutating func string() {
        var hashes = 0
        while at + hashes < text.count, text[at + hashes] == "#" { hashes += 1 }
        guard at + hashes < text.count, text[at + hashes] == "\"" else {
            at += max(hashes, 1)
            return
        }
        let fence = String(repeating: "#", count: hashes)
        // `#"""#` is a string of one quote: one of several lines begins with a line feed.
        let isLong = starts("\"\"\"\n", at: at + hashes)
        let end = (isLong ? "\"\"\"" : "\"") + fence
        blank(hashes + (isLong ? 3 : 1))
        while at < text.count, !starts(end, at: at) {
            if starts("\\" + fence + "(", at: at) {
                literals[at] = "\u{FFFC}"
                blank(2 + hashes)
                interpolation()
            } else if starts("\\" + fence, at: at) {
                blank(2 + hashes)
            } else if text[at] == "\n", !isLong {
                return
            } else {
                literals[at] = text[at]
                blank()
            }
        }
        blank(end.unicodeScalars.count)
    }

    private mutating func interpolation() {
        var depth = 1
        while at < text.count, depth > 0 {
            if text[at] == "\"" {
                string()
                continue
            }
            if text[at] == "(" { depth += 1 }
            if text[at] == ")" { depth -= 1 }
            blank()
        }
    }
}
