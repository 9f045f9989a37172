import Community
import Diagnostics
import SiteConfiguration
import Timekeeping

/// What stands behind `---`.
struct CaseList {
    /// A case as it stands in the file: its table and its lines.
    struct Draft {
        var name: SourceLine
        var rows: [[(name: String, value: String)]] = []
        var lines: [SourceLine] = []
    }

    let file: String
    let settings: Settings
    let registry: Registry
    let start: Instant
    private(set) var cases: [ScenarioCase] = []
    private(set) var diagnostics: [Diagnostic] = []
    private var draft: Draft?
    private var names: Set<String> = []
    private var lineCount = 0

    init(file: String, settings: Settings, registry: Registry, start: Instant) {
        self.file = file
        self.settings = settings
        self.registry = registry
        self.start = start
    }

    private mutating func tell(_ fault: UnplacedDiagnostic, line: Int) {
        let diagnostic = fault.diagnostic(file: file, line: line)
        // Each row of a table meets what is wrong in a line.
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    mutating func read(_ line: SourceLine) {
        var scanner = LineScanner(line)
        guard !scanner.isAtEnd else { return }
        do throws(UnplacedDiagnostic) {
            if line.characters.first?.isWhitespace == false { return try begin(line) }
            guard draft != nil else { throw .noCase(column: scanner.column) }
            guard line.characters.drop(while: \.isWhitespace).starts(with: "with ") else {
                draft?.lines.append(line)
                return
            }
            _ = scanner.word()
            try readRow(&scanner)
        } catch {
            tell(error, line: line.number)
        }
    }

    /// `case: NAME`.
    private mutating func begin(_ line: SourceLine) throws(UnplacedDiagnostic) {
        close()
        let key = line.characters.prefix { $0 != ":" && $0 != ":" && !$0.isWhitespace }
        guard key.elementsEqual("case"), key.count < line.characters.count else { throw .noCase(column: 1) }
        let name = line.dropping(key.count + 1)
        guard !LineScanner(name).isAtEnd else {
            throw .missing(.init(zh: "名称", en: "the case's name"), example: "case: an SOS raises", column: line.end)
        }
        guard names.insert(LineScanner(name).restText).inserted else {
            draft = Draft(name: name)
            throw UnplacedDiagnostic(
                "duplicate-case", column: 1,
                what: LocalizedText(zh: "已有同名的 case", en: "there is a case of this name above"),
                remedy: LocalizedText(zh: "请改名", en: "give it another name"))
        }
        draft = Draft(name: name)
    }

    /// `with at=72h then=raised`: one run with these values.
    private mutating func readRow(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) {
        let column = scanner.column
        let values = PayloadReader(start: start, zone: settings.site.zone, rules: [])
        var row: [(name: String, value: String)] = []
        while !scanner.isAtEnd {
            let name = scanner.take { !$0.isWhitespace && $0 != "=" }
            guard scanner.skip("="), !name.isEmpty, !scanner.isAtEnd else {
                throw .missing(.init(zh: "值", en: "a value"), example: "with after=72h", column: scanner.column)
            }
            let value = scanner.first == "\"" ? try values.content(ofString: &scanner) : scanner.word()
            row.append((name, value))
        }
        if let first = draft?.rows.first, first.map(\.name) != row.map(\.name) {
            throw UnplacedDiagnostic(
                "uneven-table", column: column,
                what: LocalizedText(zh: "与上面的 with 行名称不同", en: "this row has other names than the first"),
                remedy: LocalizedText(
                    zh: "每行都写：\(first.map(\.name).joined(separator: " "))",
                    en: "each row has, in this order: \(first.map(\.name).joined(separator: " "))"))
        }
        draft?.rows.append(row)
    }

    mutating func finish(at line: Int) {
        close()
        if cases.isEmpty, diagnostics.isEmpty { tell(.noCases, line: line) }
    }

    private mutating func close() {
        guard let draft else { return }
        self.draft = nil
        for row in draft.rows.isEmpty ? [[]] : draft.rows { run(draft, row) }
    }

    /// One run of a case.
    private mutating func run(_ draft: Draft, _ row: [(name: String, value: String)]) {
        var reader = CaseReader(settings: settings, registry: registry, start: start, hasTable: !row.isEmpty)
        var isWhole = true
        var name = LineScanner(draft.name).restText
        do throws(UnplacedDiagnostic) {
            let filled = LineScanner(try draft.name.filled(with: row)).restText
            let values = row.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            name = row.isEmpty || filled != name ? filled : "\(name) (\(values))"
        } catch {
            isWhole = false
            tell(error, line: draft.name.number)
        }
        for line in draft.lines {
            do throws(UnplacedDiagnostic) {
                try reader.read(try line.filled(with: row))
            } catch {
                isWhole = false
                tell(error, line: line.number)
            }
        }
        lineCount += reader.steps.count
        guard lineCount <= ScenarioFile.linesMax else { return tell(.tooMany, line: draft.name.number) }
        do throws(CaseReader.Problem) {
            let finished = try reader.finished(name: name, line: draft.name.number)
            if isWhole { cases.append(finished) }
        } catch {
            tell(error.fault, line: error.line)
        }
    }
}

extension UnplacedDiagnostic {
    static let tooLarge = UnplacedDiagnostic(
        "too-large", column: 0,
        what: LocalizedText(zh: "文件过大", en: "the file is too large for a scenario"),
        remedy: LocalizedText(
            zh: "上限 \(ScenarioFile.bytesMax >> 20)MB；录下的日志请用 replay",
            en: "the limit is \(ScenarioFile.bytesMax >> 20) MB; recorded logs are for `replay`"))

    static let notUTF8 = UnplacedDiagnostic(
        "encoding", column: 0,
        what: LocalizedText(zh: "文件不是 UTF-8 编码", en: "the file is not UTF-8"),
        remedy: LocalizedText(zh: "请用编辑器另存为 UTF-8", en: "save it as UTF-8 with your editor"))

    static let noCases = UnplacedDiagnostic(
        "no-cases", column: 0,
        what: LocalizedText(zh: "没有 case", en: "there is no case"),
        remedy: LocalizedText(
            zh: "在 --- 之后写 case: 名称，下面缩进写各行",
            en: "behind a line `---` write `case: NAME`, and under it indented lines"))

    fileprivate static func noCase(column: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            "no-case", column: column,
            what: LocalizedText(zh: "这一行不属于任何 case", en: "this line belongs to no case"),
            remedy: LocalizedText(
                zh: "用例以 case: 名称 开头（顶格），各行缩进",
                en: "a case begins with `case: NAME` in the first column, its lines are indented"))
    }

    fileprivate static let tooMany = UnplacedDiagnostic(
        "too-many", column: 1,
        what: LocalizedText(
            zh: "消息总数超过 \(ScenarioFile.linesMax)", en: "there are more than \(ScenarioFile.linesMax) records"),
        remedy: LocalizedText(zh: "请减少 with 行或 [x… every …]", en: "have fewer rows or repeats"))
}
