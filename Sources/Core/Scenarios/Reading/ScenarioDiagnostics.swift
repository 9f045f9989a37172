import Diagnostics

/// What is wrong in a line of a scenario, and where in it; the line is known to who reads the file.
extension UnplacedDiagnostic {
    /// - Parameter code: without `scenario.` before it.
    init(_ code: String, column: Int, what: LocalizedText, remedy: LocalizedText) {
        self.init(code: "scenario." + code, column: column, what: what, remedy: remedy)
    }

    func diagnostic(file: String, line: Int) -> Diagnostic {
        diagnostic(at: Position(file: file, line: line, column: column))
    }

    /// A word that stands for nothing, where one of a few was meant.
    static func unknown(
        _ word: String, _ what: LocalizedText, known: [String], code: String, column: Int
    ) -> UnplacedDiagnostic {
        let nearest = SpellingSuggestion.name(to: word, among: known)
        let all = known.joined(separator: ", ")
        return UnplacedDiagnostic(
            code, column: column,
            what: LocalizedText(zh: "没有\(what.zh)“\(word)”", en: "there is no \(what.en) \"\(word)\""),
            remedy: LocalizedText(
                zh: nearest.map { "是不是 \($0)？" } ?? (known.isEmpty ? "请先写上" : "可用：\(all)"),
                en: nearest.map { "did you mean \($0)?" } ?? (known.isEmpty ? "there are none here" : "known: \(all)")))
    }

    static func unknownColumn(_ name: String, known: [String], column: Int) -> UnplacedDiagnostic {
        unknown(
            name, LocalizedText(zh: "“with”行的名称", en: "name in this case's `with` lines"), known: known,
            code: "unknown-column", column: column)
    }

    static func badTime(_ text: String, column: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            "bad-time", column: column,
            what: LocalizedText(zh: "“\(text)”不是时间", en: "\"\(text)\" is no time"),
            remedy: LocalizedText(
                zh: "写成 +72h、+1h30m、+59.999s、+72h-1ms，或 2026-03-02T08:00:00",
                en: "write it as +72h, +1h30m, +59.999s, +72h-1ms, or 2026-03-02T08:00:00"))
    }

    static func timeGoesBack(_ text: String, before: String, column: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            "time-goes-back", column: column,
            what: LocalizedText(zh: "\(text) 早于前面的 \(before)", en: "\(text) is before \(before), which stands above"),
            remedy: LocalizedText(
                zh: "请按时间先后排列；迟到的消息用 ts 写自己的时间，如 ts=@\(text)",
                en: "put lines in the order of time; a late message has its own time in ts, as ts=@\(text)"))
    }

    static func missing(_ what: LocalizedText, example: String, column: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            "incomplete", column: column,
            what: LocalizedText(zh: "此处缺少\(what.zh)", en: "here \(what.en) is missing"),
            remedy: LocalizedText(zh: "写成 \(example)", en: "write it as \(example)"))
    }

    static func surplus(_ text: String, column: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            "surplus", column: column,
            what: LocalizedText(zh: "多出“\(text)”", en: "\"\(text)\" is too much here"),
            remedy: LocalizedText(
                zh: "请删除；注释前要有空格和 #，标记写在 [ ] 里",
                en: "delete it; a comment begins with a blank and #, marks stand in [ ]"))
    }

    static func notJSON(_ text: String, column: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            "bad-json", column: column,
            what: LocalizedText(zh: "“\(text.prefix(60))”不是 JSON", en: "\"\(text.prefix(60))\" is not JSON"),
            remedy: LocalizedText(
                zh: "请检查引号、逗号、括号；故意写坏的内容放在单引号里",
                en: "look at quotes, commas and brackets; what is meant to be broken goes in single quotes"))
    }

    static func unclosed(_ mark: String, column: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            "unclosed", column: column,
            what: LocalizedText(zh: "\(mark) 没有结尾", en: "\(mark) is not closed on this line"),
            remedy: LocalizedText(zh: "一条消息写在一行内，请补上结尾", en: "a record stands on one line; close it there"))
    }

    static func unknownDevice(_ name: String, known: [String], column: Int) -> UnplacedDiagnostic {
        let nearest = SpellingSuggestion.name(to: name, among: known)
        return UnplacedDiagnostic(
            "unknown-device", column: column,
            what: LocalizedText(zh: "登记表里没有设备“\(name)”", en: "the registry has no device \"\(name)\""),
            remedy: LocalizedText(
                zh: (nearest.map { "是不是 \($0)？" } ?? "请在 devices 中登记。") + "有意为之就加上 [unknown]",
                en: (nearest.map { "did you mean \($0)?" } ?? "add it to devices.")
                    + " Where that is meant, add [unknown]"))
    }
}
