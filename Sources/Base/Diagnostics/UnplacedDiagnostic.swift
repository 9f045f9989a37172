/// What is wrong with one value, before it is known where the value stands. What reads a value throws it; what knows
/// the file makes a ``Diagnostic`` of it.
package struct UnplacedDiagnostic: Error, Equatable, Sendable {
    package var severity: Diagnostic.Severity
    package var code: String
    /// Within the line, from 1 in characters; 0 where the whole line is meant, or the line is not known either.
    package var column: Int
    package var what: LocalizedText
    package var remedy: LocalizedText
    /// Whether it costs the key that it stands at, and nothing else: what an older version took must not end the watch.
    /// For `check` it is an error as any other.
    package var costsItself: Bool

    package init(
        _ severity: Diagnostic.Severity = .error, code: String, column: Int = 0, what: LocalizedText,
        remedy: LocalizedText, costsItself: Bool = false
    ) {
        self.severity = severity
        self.code = code
        self.column = column
        self.what = what
        self.remedy = remedy
        self.costsItself = costsItself
    }

    /// The same, with the key before what is wrong.
    package func at(_ key: String) -> UnplacedDiagnostic {
        var copy = self
        copy.what = LocalizedText(zh: "\(key)：\(what.zh)", en: "\(key): \(what.en)")
        return copy
    }

    /// - Parameter cell: of a sheet, where it stands in one.
    package func diagnostic(at position: Position, cell: Diagnostic.Cell? = nil) -> Diagnostic {
        Diagnostic(
            severity, code: code, file: position.file, line: position.line, column: position.column, cell: cell,
            what: what, remedy: remedy)
    }
}
