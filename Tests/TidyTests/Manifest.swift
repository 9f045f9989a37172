import Foundation

/// Package.swift as text: the targets, where they stand, and the modules that each declares. It is the one place that
/// says who may import whom, so the tests of imports read it.
struct Manifest {
    struct Target {
        var name: String
        /// Its folder, with a slash at its end.
        var folder: String
        /// Modules: targets of ours, and products of other packages, each of which has one module of its own name.
        var dependencies: Set<String>
        var isTest: Bool
        /// Whether its module has another name than its folder, which then is told in Package.swift.
        var isNamed: Bool
    }

    let targets: [Target]

    static let shared = Manifest(Repository.shared.text("Package.swift") ?? "")

    init(_ text: String) {
        let code = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
        var shorthands: [String: String] = [:]
        for match in code.matches(of: #/let (\w+): Target\.Dependency = \.product\(name: "(\w+)"/#) {
            shorthands[String(match.1)] = String(match.2)
        }
        guard let list = code.range(of: "\n    targets: [") else {
            targets = []
            return
        }
        targets = Manifest.calls(in: code[list.upperBound...]).compactMap { form, arguments in
            Manifest.target(form, arguments, shorthands)
        }
    }

    /// The calls that stand in a list, up to its end: what is called, and what stands between its parentheses.
    private static func calls(in text: Substring) -> [(form: String, arguments: Substring)] {
        var found: [(form: String, arguments: Substring)] = []
        var depth = 0
        var word = ""
        var start = text.startIndex
        for index in text.indices {
            switch text[index] {
            case "(", "[":
                if depth == 0 { start = text.index(after: index) }
                depth += 1
            case ")", "]":
                depth -= 1
                if depth < 0 { return found }
                if depth == 0 {
                    found.append((word, text[start..<index]))
                    word = ""
                }
            case let character where depth == 0 && (character.isLetter || character == "."): word.append(character)
            default: break
            }
        }
        return found
    }

    private static func target(_ form: String, _ arguments: Substring, _ shorthands: [String: String]) -> Target? {
        guard let first = arguments.firstMatch(of: #/"([\w\/]+)"/#)?.1 else { return nil }
        // Where a module cannot have the name of its folder, it is given.
        let given = arguments.firstMatch(of: #/named: "(\w+)"/#)?.1
        let name = String(given ?? first.split(separator: "/").last ?? "")
        let isTest = form == "tests" || form == ".testTarget"
        let isShort = !form.hasPrefix(".")
        let folder: String
        if let path = arguments.firstMatch(of: #/path: "([^"]+)"/#)?.1 {
            folder = String(path)
        } else {
            folder = (isTest ? "Tests/" : "Sources/") + first
        }
        var dependencies: Set<String> = []
        if let start = arguments.range(of: isShort ? "[" : "dependencies: [")?.upperBound {
            let list = block(arguments[start...])
            for match in list.matches(of: #/\.product\(name: "(\w+)"[^)]*\)|nio\("(\w+)"\)|"(\w+)"|([a-z]\w*)/#) {
                let word = match.3 ?? match.1 ?? match.2 ?? ""
                if !word.isEmpty { dependencies.insert(String(word)) }
                if let short = match.4 { dependencies.insert(shorthands[String(short)] ?? String(short)) }
            }
        }
        return Target(
            name: name, folder: folder + "/", dependencies: dependencies, isTest: isTest, isNamed: given != nil)
    }

    /// Up to the bracket that closes what was opened before.
    private static func block(_ text: Substring) -> Substring {
        var depth = 1
        for index in text.indices {
            if text[index] == "[" { depth += 1 }
            if text[index] == "]" { depth -= 1 }
            if depth == 0 { return text[..<index] }
        }
        return text
    }

    /// The target that a file belongs to: the one with the longest folder, as a folder of tests may hold another.
    func target(of path: String) -> Target? {
        targets.filter { path.hasPrefix($0.folder) }.max { $0.folder.count < $1.folder.count }
    }

    /// What is pure: all of the core but the runner of scenarios, and what decodes for it.
    var core: [Target] {
        targets.filter { $0.folder.hasPrefix("Sources/Core/") && $0.name != "Scenarios" || $0.name == "Feeds" }
    }
}
