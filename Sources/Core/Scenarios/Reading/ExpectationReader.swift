import Alerts
import Diagnostics
import Timekeeping
import Vocabulary

/// What stands behind `=>`.
struct ExpectationReader {
    let values: PayloadReader

    /// Keys of a change in the contract's order that may be expected; `at`, `change` and `rule` have places of their
    /// own.
    static let keys = [
        "id", "kind", "severity", "site", "place", "grid", "key", "person", "device", "started", "detected",
        "last_evidence", "state", "actor", "assignee", "due", "found", "note", "verdict", "detail", "evidence",
        "message", "act",
    ]

    /// - Returns: nil for `nothing`, behind which may stand what must not come, so that a table can decide between the
    ///   two.
    func read(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> Expectation.What? {
        let column = scanner.column
        let changes = ChangeKind.allCases.map(\.rawValue)
        switch scanner.isAtEnd ? "" : scanner.word() {
        case "nothing":
            var copy = scanner
            if copy.word().contains("/") {
                _ = try publish(&scanner)
            } else if !scanner.isAtEnd {
                _ = try change("", &scanner)
            }
            return nil
        case "publish": return try publish(&scanner)
        case "refused": return .refused(code: scanner.isAtEnd ? nil : scanner.word())
        case "":
            throw .missing(.init(zh: "预期", en: "what is expected"), example: "=> nothing", column: column)
        case let word where changes.contains(word): return try change(word, &scanner)
        case let word:
            throw .unknown(
                word, .init(zh: "变更", en: "change"),
                known: ["raised", "resolved", "nothing", "publish", "refused"]
                    + changes.filter { $0 != "raised" && $0 != "resolved" }, code: "unknown-change", column: column)
        }
    }

    private func publish(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> Expectation.What {
        guard !scanner.isAtEnd else {
            throw .missing(
                .init(zh: "主题", en: "the topic"), example: "publish lift/l1/hold {}", column: scanner.column)
        }
        let topic = scanner.word()
        let payload = scanner.isAtEnd ? Payload() : try values.payload(&scanner)
        return .publish(topic: topic, payload: payload.bytes(alerts: [:]))
    }

    private func change(_ change: String, _ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> Expectation.What {
        let column = scanner.column
        guard !scanner.isAtEnd else {
            throw .missing(
                .init(zh: "规则名", en: "the rule"), example: "raised \(values.rules.first ?? "sos")", column: column)
        }
        let rule = scanner.word()
        guard values.rules.contains(rule) else {
            throw .unknown(
                rule, .init(zh: "规则", en: "rule"), known: values.rules, code: "unknown-rule", column: column)
        }
        var fields: [Expectation.Field] = []
        while !scanner.isAtEnd { fields.append(try field(&scanner)) }
        return .change(change, rule: rule, fields: fields)
    }

    private func field(_ scanner: inout LineScanner) throws(UnplacedDiagnostic) -> Expectation.Field {
        let column = scanner.column
        let name = scanner.take { !$0.isWhitespace && $0 != "=" && $0 != "~" }
        let first = String(name.split(separator: ".", omittingEmptySubsequences: false).first ?? "")
        guard ExpectationReader.keys.contains(first) else {
            throw .unknown(
                name, .init(zh: "字段", en: "key of a change"), known: ExpectationReader.keys, code: "unknown-field",
                column: column)
        }
        if first == "message", !["message.zh", "message.en"].contains(name) {
            throw .unknown(
                name, .init(zh: "文字", en: "text"), known: ["message.zh", "message.en"], code: "unknown-field",
                column: column)
        }
        let contains = scanner.first == "~"
        guard scanner.skip("=") || scanner.skip("~"), let character = scanner.first, !character.isWhitespace else {
            throw .missing(
                .init(zh: "值", en: "a value"), example: "\(name)=…, \(name)~…", column: scanner.column)
        }
        let isQuoted = character == "\"" || character == "'"
        let text =
            character == "\""
            ? try values.content(ofString: &scanner)
            : character == "'" ? try values.quoted(&scanner) : scanner.word()
        if contains { return .init(name: name, wanted: .containing(text)) }
        if isQuoted { return .init(name: name, wanted: .equal(text)) }
        if text == "-" { return .init(name: name, wanted: .absent) }
        guard text.first == "+" || text.first == "-" || text.contains("T"),
            let time = TimeText.read(text, start: values.start, zone: values.zone)
        else { return .init(name: name, wanted: .equal(text)) }
        return .init(name: name, wanted: .time(time, text: text))
    }
}
