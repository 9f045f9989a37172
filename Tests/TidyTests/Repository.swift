import Foundation

/// The project's files, read from where this file stands (or from `SHOUWANG_ROOT`).
struct Repository {
    let root: URL
    /// Paths relative to the root, in order; build products, state and git's own files left out.
    let paths: [String]
    private let swiftTexts: [SwiftText]

    static let shared = Repository()

    private init() {
        let root = Repository.findRoot()
        self.root = root
        let found = FileManager.default.subpaths(in: root) { name in
            name == ".git" || name == "state" || name.hasPrefix(".build") || name == ".swiftpm"
        }
        paths = found.sorted()
        swiftTexts = paths.filter { $0.hasSuffix(".swift") }.compactMap { path in
            Repository.read(path, root).map { SwiftText(path: path, text: $0) }
        }
    }

    private static func findRoot() -> URL {
        if let given = ProcessInfo.processInfo.environment["SHOUWANG_ROOT"] { return URL(fileURLWithPath: given) }
        // A folder of tests may be a link out of another package: what counts is where it really is.
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/" {
            let marks = ["Package.swift", "Sources", "README.md"].map { folder.appendingPathComponent($0).path }
            if marks.allSatisfy(FileManager.default.fileExists(atPath:)) { return folder }
            folder.deleteLastPathComponent()
        }
        return URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
    }

    func files(under folder: String, _ suffixes: String...) -> [String] {
        paths.filter { path in path.hasPrefix(folder) && suffixes.contains { path.hasSuffix($0) } }
    }

    /// The text of a file; nil where it is none (pictures, packed logs).
    func text(_ path: String) -> String? { Repository.read(path, root) }

    private static func read(_ path: String, _ root: URL) -> String? {
        guard let data = FileManager.default.contents(atPath: root.appendingPathComponent(path).path) else {
            return nil
        }
        return String(data: data, encoding: .utf8)
    }

    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    /// The Swift files of a folder, with comments and strings told apart from code.
    func swift(under folder: String) -> [SwiftText] { swiftTexts.filter { $0.path.hasPrefix(folder) } }
}

extension FileManager {
    /// Files below a folder, without going into folders whose name is refused.
    fileprivate func subpaths(in root: URL, except isRefused: (String) -> Bool) -> [String] {
        var found: [String] = []
        var waiting = [""]
        while let path = waiting.popLast() {
            let url = path.isEmpty ? root : root.appendingPathComponent(path)
            guard let names = try? contentsOfDirectory(atPath: url.path) else {
                found.append(path)
                continue
            }
            waiting += names.filter { !isRefused($0) }.map { path.isEmpty ? $0 : path + "/" + $0 }
        }
        return found
    }
}

/// One thing that a rule does not allow, at one place.
struct Violation: CustomStringConvertible {
    var path: String
    var line: Int
    var what: String

    var description: String { "\(path):\(line): \(what)" }
}

extension [Violation] {
    /// What a failing test says: a line each.
    var report: String { "\n" + map(\.description).joined(separator: "\n") }
}
