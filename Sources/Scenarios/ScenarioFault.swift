import Diagnostics

/// What is wrong in a line of a scenario, and where in it; the line is known to who reads the file.
struct ScenarioFault: Error, Equatable {
    var code: String
    /// From 1, in characters.
    var column: Int
    var what: Phrase
    var remedy: Phrase

    init(_ code: String, column: Int, what: Phrase, remedy: Phrase) {
        self.code = "scenario." + code
        self.column = column
        self.what = what
        self.remedy = remedy
    }

    func diagnostic(file: String, line: Int) -> Diagnostic {
        Diagnostic(.error, code: code, file: file, line: line, column: column, what: what, remedy: remedy)
    }
}

extension ScenarioFault {
    /// A word that stands for nothing, where one of a few was meant.
    static func unknown(
        _ word: String, _ what: Phrase, known: [String], code: String, column: Int
    ) -> ScenarioFault {
        let nearest = Nearest.name(to: word, among: known)
        let all = known.joined(separator: ", ")
        return ScenarioFault(
            code, column: column,
            what: Phrase(zh: "没有\(what.zh)“\(word)”", en: "there is no \(what.en) \"\(word)\""),
            remedy: Phrase(
                zh: nearest.map { "是不是 \($0)?" } ?? (known.isEmpty ? "请先写上" : "可用:\(all)"),
                en: nearest.map { "did you mean \($0)?" } ?? (known.isEmpty ? "there are none here" : "known: \(all)")))
    }

    static func unknownColumn(_ name: String, known: [String], column: Int) -> ScenarioFault {
        unknown(
            name, Phrase(zh: "“with”行的名称", en: "name in this case's `with` lines"), known: known,
            code: "unknown-column", column: column)
    }

    static func badTime(_ text: String, column: Int) -> ScenarioFault {
        ScenarioFault(
            "bad-time", column: column,
            what: Phrase(zh: "“\(text)”不是时间", en: "\"\(text)\" is no time"),
            remedy: Phrase(
                zh: "写成 +72h、+1h30m、+59.999s、+72h-1ms,或 2026-03-02T08:00:00",
                en: "write it as +72h, +1h30m, +59.999s, +72h-1ms, or 2026-03-02T08:00:00"))
    }

    static func timeGoesBack(_ text: String, before: String, column: Int) -> ScenarioFault {
        ScenarioFault(
            "time-goes-back", column: column,
            what: Phrase(zh: "\(text) 早于前面的 \(before)", en: "\(text) is before \(before), which stands above"),
            remedy: Phrase(
                zh: "请按时间先后排列;迟到的消息用 ts 写自己的时间,如 ts=@\(text)",
                en: "put lines in the order of time; a late message has its own time in ts, as ts=@\(text)"))
    }

    static func missing(_ what: Phrase, example: String, column: Int) -> ScenarioFault {
        ScenarioFault(
            "incomplete", column: column,
            what: Phrase(zh: "此处缺少\(what.zh)", en: "here \(what.en) is missing"),
            remedy: Phrase(zh: "写成 \(example)", en: "write it as \(example)"))
    }

    static func surplus(_ text: String, column: Int) -> ScenarioFault {
        ScenarioFault(
            "surplus", column: column,
            what: Phrase(zh: "多出“\(text)”", en: "\"\(text)\" is too much here"),
            remedy: Phrase(
                zh: "请删除;注释前要有空格和 #,标记写在 [ ] 里",
                en: "delete it; a comment begins with a blank and #, marks stand in [ ]"))
    }

    static func notJSON(_ text: String, column: Int) -> ScenarioFault {
        ScenarioFault(
            "bad-json", column: column,
            what: Phrase(zh: "“\(text.prefix(60))”不是 JSON", en: "\"\(text.prefix(60))\" is not JSON"),
            remedy: Phrase(
                zh: "请检查引号、逗号、括号;故意写坏的内容放在单引号里",
                en: "look at quotes, commas and brackets; what is meant to be broken goes in single quotes"))
    }

    static func unclosed(_ mark: String, column: Int) -> ScenarioFault {
        ScenarioFault(
            "unclosed", column: column,
            what: Phrase(zh: "\(mark) 没有结尾", en: "\(mark) is not closed on this line"),
            remedy: Phrase(zh: "一条消息写在一行内,请补上结尾", en: "a record stands on one line; close it there"))
    }

    static func unknownDevice(_ name: String, known: [String], column: Int) -> ScenarioFault {
        let nearest = Nearest.name(to: name, among: known)
        return ScenarioFault(
            "unknown-device", column: column,
            what: Phrase(zh: "登记表里没有设备“\(name)”", en: "the registry has no device \"\(name)\""),
            remedy: Phrase(
                zh: (nearest.map { "是不是 \($0)?" } ?? "请在 devices 中登记。") + "有意为之就加上 [unknown]",
                en: (nearest.map { "did you mean \($0)?" } ?? "add it to devices.")
                    + " Where that is meant, add [unknown]"))
    }
}
