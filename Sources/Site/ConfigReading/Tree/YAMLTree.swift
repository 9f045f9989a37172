import Diagnostics
import Yams

/// Text to tree. Findings are added; nil where there is no tree.
package struct YAMLTree {
    /// A hundred times what a large community needs; reached by aliases of aliases, or by a wrong file.
    fileprivate static let nodesMax = 50_000
    private static let duplicatesMax = 10

    private let file: String
    private let findings: Findings
    private var nodes = 0
    /// The names of keys that were renamed to be told as duplicates, by their place.
    private var renamed: [Position: String] = [:]

    package static func parse(_ bytes: [UInt8], file: String, findings: Findings) -> YAMLNode? {
        guard let text = SourceText.decode(bytes, file: file, findings: findings) else { return nil }
        let typography = TypographyScan.run(text, file: file, findings: findings)
        var tree = YAMLTree(file: file, findings: findings)
        let isBounded = !findings.diagnostics.contains {
            $0.code == "config.too-many-aliases" || $0.code == "config.too-large"
        }
        guard isBounded, let root = tree.compose(text, isExplained: typography > 0) else { return nil }
        let node = tree.node(root)
        if tree.nodes > nodesMax {
            findings.add(.error, .bomb, at: Position(file: file))
            return nil
        }
        if case .empty = node.content {
            findings.add(.error, .emptyFile, at: Position(file: file))
            return nil
        }
        return node
    }

    private init(file: String, findings: Findings) {
        self.file = file
        self.findings = findings
    }

    /// Yams refuses the whole file for a key that is written twice and names the first. So that everything is told in
    /// one run, that key is renamed, in a character of the private use area that keeps all columns, and the text is
    /// composed again; `node` tells the duplicate where it meets the renamed one.
    private mutating func compose(_ source: String, isExplained: Bool) -> Node? {
        var text = source
        for _ in 0...YAMLTree.duplicatesMax {
            do {
                guard let root = try Parser(yaml: text, encoding: .utf8).singleRoot() else {
                    if !isExplained { findings.add(.error, .emptyFile, at: Position(file: file)) }
                    return nil
                }
                return root
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                guard let next = rename(at: context.mark, names: names, in: text) else {
                    findings.add(.error, .duplicateKey(names.first ?? "", firstLine: nil), at: position(context.mark))
                    return nil
                }
                text = next
            } catch {
                if !isExplained { add(error, source: text) }
                return nil
            }
        }
        findings.add(.error, .duplicateKey("…", firstLine: nil), at: Position(file: file))
        return nil
    }

    private mutating func rename(at mark: Mark, names: [String], in text: String) -> String? {
        var scalars = Array(text.unicodeScalars)
        var line = 1
        var start = 0
        while line < mark.line, let end = scalars[start...].firstIndex(of: "\n") {
            start = end + 1
            line += 1
        }
        var at = start + mark.column - 1
        guard line == mark.line, at < scalars.count else { return nil }
        if scalars[at] == "\"" || scalars[at] == "'" { at += 1 }
        // U+F700 and on, in the private use area: one character for one, and different for each.
        guard at < scalars.count, let mask = Unicode.Scalar(UInt32(0xF700 + renamed.count)) else { return nil }
        let first = scalars[at]
        guard let name = names.sorted().first(where: { $0.unicodeScalars.first == first }) else { return nil }
        scalars[at] = mask
        renamed[position(mark)] = name
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars)
        return String(result)
    }

    private func add(_ error: any Error, source: String) {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            findings.add(.error, .syntax(problem), at: position(mark))
        case YamlError.reader(let problem, _, _, _):
            findings.add(.error, .syntax(problem), at: Position(file: file))
        default:
            findings.add(.error, .syntax("unreadable"), at: Position(file: file))
        }
    }

    private func position(_ mark: Mark?) -> Position {
        Position(file: file, line: mark?.line ?? 0, column: mark?.column ?? 0)
    }

    private mutating func node(_ node: Node) -> YAMLNode {
        nodes += 1
        let position = position(node.mark)
        // Past the bound nothing is built any more; the caller tells it.
        guard nodes <= YAMLTree.nodesMax else { return YAMLNode(content: .empty, position: position) }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain
            let isNothing = isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return YAMLNode(content: isNothing ? .empty : .scalar(scalar.string), position: position)
        case .sequence(let sequence):
            return YAMLNode(content: .list(sequence.map { self.node($0) }), position: position)
        case .mapping(let mapping):
            return YAMLNode(content: .map(entries(mapping)), position: position)
        case .alias:
            return YAMLNode(content: .empty, position: position)
        }
    }

    private mutating func entries(_ mapping: Node.Mapping) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        /// The line on which a key was first met.
        var lines: [String: Int] = [:]
        for (keyNode, valueNode) in mapping {
            let keyPosition = position(keyNode.mark)
            guard case .scalar(let key) = keyNode else {
                findings.add(.error, .complexKey, at: keyPosition)
                continue
            }
            if let name = renamed[keyPosition] {
                // The first of the two: it is told at the second, which keeps its name.
                if lines[name] == nil { lines[name] = keyPosition.line }
                continue
            }
            // Yams tells `1` from `"1"`; here both are the text.
            if let line = lines[key.string] {
                findings.add(.error, .duplicateKey(key.string, firstLine: line), at: keyPosition)
            } else {
                lines[key.string] = keyPosition.line
            }
            entries.append(
                YAMLNode.Entry(key: key.string, keyPosition: keyPosition, value: node(valueNode)))
        }
        return entries
    }
}

extension UnplacedDiagnostic {
    fileprivate static let emptyFile = UnplacedDiagnostic(
        code: "config.empty-file", what: LocalizedText(zh: "文件是空的", en: "the file is empty"),
        remedy: LocalizedText(zh: "请参照 config/shouwang.yaml 填写", en: "see config/shouwang.yaml for what belongs in it"))

    fileprivate static let bomb = UnplacedDiagnostic(
        code: "config.too-large",
        what: LocalizedText(
            zh: "文件（连同别名）超过 \(YAMLTree.nodesMax) 个值",
            en: "with its aliases the file holds more than \(YAMLTree.nodesMax) values"),
        remedy: LocalizedText(
            zh: "请检查是否指错了文件；别名请直接写出内容", en: "check that this is the right file; write aliases out"))

    fileprivate static let complexKey = UnplacedDiagnostic(
        code: "config.complex-key",
        what: LocalizedText(zh: "键必须是单个词", en: "a key must be one word"),
        remedy: LocalizedText(zh: "请检查此处的括号、冒号", en: "look at the brackets and colons here"))

    fileprivate static func duplicateKey(_ key: String, firstLine: Int?) -> UnplacedDiagnostic {
        let zh = firstLine.map { "，第一次在第 \($0) 行" } ?? ""
        let en = firstLine.map { ", first on line \($0)" } ?? ""
        return UnplacedDiagnostic(
            code: "config.duplicate-key",
            what: LocalizedText(zh: "键“\(key.shown)”写了两次\(zh)", en: "the key \"\(key.shown)\" is written twice\(en)"),
            remedy: LocalizedText(zh: "请删除一处，或改名", en: "delete or rename one of them"))
    }

    fileprivate static func syntax(_ problem: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.syntax",
            what: LocalizedText(zh: "YAML 写法有误（\(problem)）", en: "this is not YAML (\(problem))"),
            remedy: LocalizedText(
                zh: "请检查这一行和上一行的缩进、冒号后的空格、引号和括号",
                en: "look at this line and the one before: indentation, the blank after a colon, quotes, brackets"))
    }
}

extension String {
    /// As much of a person's text as a message can take, without anything that could break its line.
    package var shown: String {
        let clean = String(
            String.UnicodeScalarView(unicodeScalars.prefix(60).map { $0.properties.isControl ? "·" : $0 }))
        return unicodeScalars.count > 60 ? clean + "…" : clean
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool {
        generalCategory == .control || generalCategory == .lineSeparator || generalCategory == .paragraphSeparator
    }
}
