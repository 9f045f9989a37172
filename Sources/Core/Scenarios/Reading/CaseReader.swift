import Community
import Diagnostics
import SiteConfiguration
import Timekeeping

/// The lines of one run of a case to its steps and expectations.
struct CaseReader {
    /// A step or an expectation. Times are in order within a stretch; a record that sets the clock begins a new one.
    struct Placed<Value> {
        var stretch: Int
        var at: Instant
        var value: Value
    }

    let settings: Settings
    let registry: Registry
    /// Where a table decides times, lines may stand in another order than these.
    private let hasTable: Bool
    private var start: Instant
    var steps: [Placed<ScenarioCase.Step>] = []
    var expectations: [Placed<Expectation>] = []
    private var end: (at: Instant, line: Int, column: Int)?
    /// The line before, of the same stretch.
    private var before: (at: Instant, text: String)?
    /// The latest time of the stretch.
    var latest: Instant
    var stretch = 0
    var mid: UInt16 = 0

    init(settings: Settings, registry: Registry, start: Instant, hasTable: Bool) {
        self.settings = settings
        self.registry = registry
        self.start = start
        self.hasTable = hasTable
        latest = start
    }

    var rules: [String] { settings.allRules.map(\.name) }
    var values: PayloadReader { PayloadReader(start: start, zone: settings.site.zone, rules: rules) }

    mutating func read(_ line: SourceLine) throws(UnplacedDiagnostic) {
        var scanner = LineScanner(line)
        guard let first = scanner.first else { return }
        if first == "+" || first == "-" || first.isASCIIDigit {
            try readEvent(&scanner, line: line.number)
        } else {
            let column = scanner.column
            switch scanner.word() {
            case "start": try readStart(&scanner)
            case "end":
                let column = scanner.column
                end = (try time(&scanner), line.number, column)
            case let word:
                throw .unknown(
                    word, .init(zh: "行首词", en: "first word of a line"), known: ["+1m", "with", "start", "end"],
                    code: "unknown-word", column: column)
            }
        }
        guard scanner.isAtEnd else { throw .surplus(scanner.restText, column: scanner.column) }
    }

    private mutating func readStart(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) {
        let column = scanner.column
        let text = scanner.restText
        _ = scanner.take { $0 != "#" }
        guard let instant = TimeText.absolute(text, zone: settings.site.zone) else {
            throw .badTime(text, column: column)
        }
        guard before == nil else {
            throw UnplacedDiagnostic(
                "late-start", column: column,
                what: LocalizedText(zh: "start 之前已有记录", en: "lines stand before `start`"),
                remedy: LocalizedText(zh: "请把 start 放在本例第一行", en: "make it the first line of the case"))
        }
        start = instant
        latest = instant
    }

    private func time(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> Instant {
        let column = scanner.column
        let text = scanner.word()
        guard let instant = TimeText.read(text, start: start, zone: settings.site.zone) else {
            throw .badTime(text, column: column)
        }
        return instant
    }

    private mutating func readEvent(_ scanner: inout LineScanner, line: Int) throws(UnplacedDiagnostic) {
        let text = scanner.restText
        let timeColumn = scanner.column
        let at = try time(&scanner)
        if let before, at < before.at, !hasTable {
            throw .timeGoesBack(offset(at), before: before.text, column: timeColumn)
        }
        before = (at, offset(at))
        latest = max(latest, at)
        let column = scanner.column
        let head = scanner
        switch scanner.isAtEnd ? "" : scanner.word() {
        case "=>":
            let reader = ExpectationReader(values: values)
            guard let what = try reader.read(&scanner) else { return }
            let expectation = Expectation(at: at, line: line, text: text, what: what)
            expectations.append(Placed(stretch: stretch, at: at, value: expectation))
        case "restart": add(.restart, at: at, line: line)
        case "down": add(.down, at: at, line: line)
        case "own":
            if try readOwn(&scanner, at: at, line: line) {
                stretch += 1
                before = nil
                latest = .distantPast
            }
        case let word where word.contains("/"):
            scanner = head
            try readRecord(&scanner, at: at, line: line)
        case let word:
            guard !word.isEmpty else {
                throw .missing(
                    .init(zh: "内容", en: "what happens"), example: "+5m elder/pir-1 motion", column: column)
            }
            throw .unknown(
                word, .init(zh: "动词", en: "verb"), known: ["=>", "own", "restart", "down"], code: "unknown-verb",
                column: column)
        }
    }

    func offset(_ instant: Instant) -> String { TimeText.write(instant, since: start) }

    mutating func add(_ act: ScenarioCase.Step.Act, at: Instant, line: Int) {
        latest = max(latest, at)
        steps.append(Placed(stretch: stretch, at: at, value: .init(at: at, line: line, act: act)))
    }

    // MARK: The whole

    /// What is only seen when all lines were read.
    struct Problem: Error {
        var line: Int
        var fault: UnplacedDiagnostic
    }

    func finished(name: String, line: Int) throws(Problem) -> ScenarioCase {
        let steps = ordered(steps).map(\.value)
        var downSince: Int?
        for step in steps {
            if case .record(let sent) = step.act, sent.isOwn, sent.topic == "start" { downSince = nil }
            if let downSince {
                throw Problem(line: step.line, fault: .boxIsDown(since: downSince))
            }
            if case .down = step.act { downSince = step.line }
        }
        if let end, end.at < latest {
            throw Problem(
                line: end.line,
                fault: .timeGoesBack(offset(end.at), before: offset(latest), column: end.column))
        }
        // A case that only sets the clock as its last line ends there.
        let last = latest == .distantPast ? steps.last?.at ?? start : latest
        return ScenarioCase(
            name: name, line: line, start: start, steps: steps, expectations: ordered(expectations).map(\.value),
            end: end?.at ?? last)
    }

    private func ordered<Value>(_ all: [Placed<Value>]) -> [Placed<Value>] {
        all.enumerated().sorted {
            ($0.element.stretch, $0.element.at, $0.offset) < ($1.element.stretch, $1.element.at, $1.offset)
        }.map(\.element)
    }
}

extension UnplacedDiagnostic {
    fileprivate static func boxIsDown(since line: Int) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            "box-is-down", column: 0,
            what: LocalizedText(zh: "第 \(line) 行起主机停机", en: "the box is down since line \(line)"),
            remedy: LocalizedText(zh: "请先写 own start", en: "write `own start` first"))
    }
}
