import Testing

/// Chinese texts have Chinese marks: a half-width comma beside a Chinese character is a typing error to its reader.
@Suite struct ChineseTests {
    /// Sheets, templates and words that programs read: there the half-width mark is the right one.
    static let data: Set<String> = [
        "Sources/Tools/Simulation/DemoCommunity.swift"
    ]
    /// Messages of alerts are part of what is sent and replayed byte for byte, and keep the marks that they have.
    static let alerts = ["Sources/Core/Alerts/", "Sources/Operate/Daemon/Committing/Digest.swift"]

    @Test func `a Chinese text has no half-width mark beside a Chinese character`() {
        var found: [Violation] = []
        for file in Repository.shared.swift(under: "Sources/") where !ChineseTests.data.contains(file.path) {
            guard !ChineseTests.alerts.contains(where: { file.path.hasPrefix($0) }) else { continue }
            for (index, line) in file.literals.enumerated() {
                guard let mark = ChineseTests.wrong(line) else { continue }
                found.append(Violation(path: file.path, line: index + 1, what: mark))
            }
        }
        for path in Repository.shared.files(under: "", ".zh-CN.md") { found += pageViolations(path) }
        for path in Repository.shared.files(under: "config/", ".yaml", ".conf", ".acl") {
            found += lines(path).enumerated().compactMap { index, line in
                guard let comment = line.firstMatch(of: #/(?:^|\s)#\s(.*)/#)?.1 else { return nil }
                return ChineseTests.wrong(String(comment)).map { Violation(path: path, line: index + 1, what: $0) }
            }
        }
        #expect(found.isEmpty, "\(found.report)")
    }

    private func pageViolations(_ path: String) -> [Violation] {
        var isCode = false
        var found: [Violation] = []
        for (index, line) in lines(path).enumerated() {
            if line.hasPrefix("```") { isCode.toggle() }
            guard !isCode, let mark = ChineseTests.wrong(String(line)) else { continue }
            found.append(Violation(path: path, line: index + 1, what: mark))
        }
        return found
    }

    private func lines(_ path: String) -> [Substring] {
        Repository.shared.text(path)?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
    }

    /// What is typed so, or called so by another program.
    static let typed = ["设备编号:号码", "CSV UTF-8(逗号分隔)"]

    /// The mark and what stands around it; nil where all is well. Left alone: an English sentence with Chinese words
    /// in it, what stands in code spans, links, addresses and braces (YAML), rows of a sheet.
    static func wrong(_ line: String) -> String? {
        guard line.utf8.contains(where: { $0 >= 0x80 }) else { return nil }
        let left = #/`[^`]*`|\{[^}]*\}|\]\([^)]*\)|[a-z]+:\/\/[^\s，。；）]+|[\w.]+: \[[^\]]*\]/#
        let text = typed.reduce(line) { $0.replacing($1, with: "`") }.replacing(left, with: "`")
        guard isChinese(text), !isRow(text) else { return nil }
        let han = #/\p{Han}[,:;?!(]|[,;?!)]\p{Han}|\(\p{Han}|\p{Han}\)/#
        guard let match = text.firstMatch(of: han) else { return nil }
        let start = text.index(match.range.lowerBound, offsetBy: -12, limitedBy: text.startIndex) ?? text.startIndex
        let end = text.index(match.range.upperBound, offsetBy: 12, limitedBy: text.endIndex) ?? text.endIndex
        return "half-width \"\(match.0)\" in \"\(text[start..<end])\""
    }

    /// More Chinese characters than words of another language.
    static func isChinese(_ text: String) -> Bool {
        let words = text.matches(of: #/[A-Za-z]{2,}/#).count
        return text.matches(of: #/\p{Han}/#).count > 2 * words
    }

    /// Cells with nothing but commas between them: at least four, none a clause.
    static func isRow(_ text: String) -> Bool {
        guard text.count(where: { $0 == SwiftText.placeholder }) <= 2 else { return false }
        let cells = text.split(separator: ",", omittingEmptySubsequences: false)
        return cells.count >= 4 && cells.allSatisfy { $0.filter { $0 != " " }.count <= 14 && !$0.contains(#/[。；;?]/#) }
    }

    @Test(arguments: [
        ("设备失联,请查看", true), ("设备失联，请查看", false), ("（见 `a,b`）", false), ("号码(六位)有误", true),
        ("workers (网格员), and guards", false), ("编号,类型,上级,名称", false), ("写 {after: 24h, 级别: 高} 即可", false),
        ("时间 12:30,日期", true), ("\u{FFFC},请查看", true),
    ]) func `the finder tells a text from data`(_ text: String, _ isWrong: Bool) {
        #expect((ChineseTests.wrong(text) != nil) == isWrong)
    }
}
