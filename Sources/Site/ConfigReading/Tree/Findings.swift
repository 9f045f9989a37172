package import Diagnostics

/// All that was found in one run. A class, because one list is filled from every depth of the tree; it never leaves the
/// function that made it.
package final class Findings {
    package init() {}

    package private(set) var diagnostics: [Diagnostic] = []
    private var noted: Set<String> = []

    /// Files and secrets that are read when the daemon starts, in the order in which they were met.
    package var needs: [NeededFile] = []

    /// Whether something was told that the configuration cannot be used with.
    package private(set) var hasErrors = false

    /// Errors that cost their key alone.
    package private(set) var dropped: [Diagnostic] = []

    package func add(_ severity: Diagnostic.Severity, _ fault: UnplacedDiagnostic, at position: Position) {
        var fault = fault
        fault.severity = severity
        let diagnostic = fault.diagnostic(at: position)
        if severity == .error {
            if fault.costsItself { dropped.append(diagnostic) } else { hasErrors = true }
        }
        diagnostics.append(diagnostic)
    }

    /// An error that costs a row of a sheet, and nothing else.
    package func add(row fault: UnplacedDiagnostic, at position: Position, cell: Diagnostic.Cell?) {
        diagnostics.append(fault.diagnostic(at: position, cell: cell))
    }

    /// Adds a finding once for a key of the table, however often the key is written.
    package func note(once key: String, _ fault: UnplacedDiagnostic, at position: Position) {
        if noted.insert(key).inserted { add(.note, fault, at: position) }
    }

    /// In the order of the file, so that a person can go through it from the top; the main file first.
    package func sorted(mainFile: String) -> [Diagnostic] {
        diagnostics.enumerated().sorted { a, b in
            let x = a.element
            let y = b.element
            if x.file != y.file { return x.file == mainFile ? true : y.file == mainFile ? false : x.file < y.file }
            return (x.line, x.column, a.offset) < (y.line, y.column, b.offset)
        }.map(\.element)
    }
}
