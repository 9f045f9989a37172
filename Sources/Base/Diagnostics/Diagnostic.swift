/// One thing that is wrong in a file that a person keeps: where, what, and what to do. A value; texts are made from it.
package struct Diagnostic: Equatable, Sendable {
    package enum Severity: String, Sendable, Comparable {
        case error, warning, note

        package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
        private var rank: Int { self == .error ? 0 : self == .warning ? 1 : 2 }
    }

    /// A spreadsheet's cell: the column's letter (`C`) and the header that the keeper of the sheet reads.
    package struct Cell: Equatable, Sendable {
        package var letter: String
        package var header: String

        package init(letter: String, header: String) {
            self.letter = letter
            self.header = header
        }
    }

    package var severity: Severity
    /// A stable name for scripts, as `config.unknown-key` or `residents.bad-date`.
    package var code: String
    package var file: String
    /// From 1; 0 where the whole file is meant.
    package var line: Int
    /// From 1, in characters; 0 where the whole line is meant.
    package var column: Int
    package var cell: Cell?
    package var what: LocalizedText
    package var remedy: LocalizedText

    package init(
        _ severity: Severity, code: String, file: String, line: Int = 0, column: Int = 0, cell: Cell? = nil,
        what: LocalizedText, remedy: LocalizedText
    ) {
        self.severity = severity
        self.code = code
        self.file = file
        self.line = line
        self.column = column
        self.cell = cell
        self.what = what
        self.remedy = remedy
    }

    /// `file:line:column: what is wrong; what to do`; for a CSV the cell's letter and header stand before the what.
    package func rendered(in language: Language) -> String {
        var text = "\(file):\(line):\(column): "
        switch (severity, language) {
        case (.error, _): break
        case (.warning, .zhHans): text += "警告："
        case (.warning, .en): text += "warning: "
        case (.note, .zhHans): text += "说明："
        case (.note, .en): text += "note: "
        }
        if let cell {
            text +=
                language == .zhHans ? "\(cell.letter)列“\(cell.header)”：" : "column \(cell.letter) \"\(cell.header)\": "
        }
        return text + what.text(in: language) + "; " + remedy.text(in: language)
    }
}
