import Diagnostics

/// A sheet of the registry that could be read: its rows, and which column means what.
final class Sheet: Sendable {
    let kind: SheetKind
    let path: String
    let table: CSVTable
    let headers: [String]
    /// By ``Field/rawValue``; −1 where the sheet has no such column.
    let columns: [Int]
    /// The first row behind the header.
    let firstRow: Int

    init(kind: SheetKind, path: String, table: CSVTable, headers: [String], columns: [Int], firstRow: Int) {
        self.kind = kind
        self.path = path
        self.table = table
        self.headers = headers
        self.columns = columns
        self.firstRow = firstRow
    }

    func has(_ field: SheetField) -> Bool { columns[field.rawValue] >= 0 }

    /// The content of a cell without outer blanks; empty where the row ends before the column.
    func content(_ row: CSVTable.Row, column: Int) -> ArraySlice<UInt8> {
        guard column >= 0, column < Int(row.cellCount) else { return [] }
        let cell = table.cells[Int(row.firstCell) + column]
        return trimmed(table.text[Int(cell.start)..<Int(cell.end)])
    }

    /// The character position in the row of a byte of the text, from 1.
    func characterPosition(_ row: CSVTable.Row, byte: Int32) -> Int {
        table.text[Int(row.position)..<max(Int(row.position), Int(byte))].count(where: { $0 & 0xC0 != 0x80 }) + 1
    }

    func diagnostic(_ problem: UnplacedDiagnostic, row: CSVTable.Row?, column: Int) -> Diagnostic {
        var place = (line: 0, column: 0)
        if let row {
            place.line = Int(row.line)
            if column >= 0, column < Int(row.cellCount) {
                let cell = table.cells[Int(row.firstCell) + column]
                place.column = characterPosition(row, byte: cell.position)
            }
        }
        var cell: Diagnostic.Cell?
        if column >= 0 {
            let header = column < headers.count ? headers[column] : ""
            cell = Diagnostic.Cell(letter: columnLetter(column), header: header)
        }
        var problem = problem
        problem.code = kind.rawValue + "." + problem.code
        return problem.diagnostic(at: Position(file: path, line: place.line, column: place.column), cell: cell)
    }
}

/// Without blanks at both ends: ASCII ones, the no-break and the ideographic space, zero-width marks.
func trimmed(_ slice: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = slice
    while let first = rest.first {
        let width = first < 0x80 ? (isBlank(first) ? 1 : 0) : wideBlank { rest.starts(with: $0) }
        if width == 0 { break }
        rest.removeFirst(width)
    }
    while let last = rest.last {
        let width = last < 0x80 ? (isBlank(last) ? 1 : 0) : wideBlank { rest.suffix($0.count).elementsEqual($0) }
        if width == 0 { break }
        rest.removeLast(width)
    }
    return rest
}

/// A NUL is no blank: it must be seen.
private func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 && byte != 0 }

/// No-break space, ideographic space, byte order mark, zero-width space.
private let wideBlanks: [[UInt8]] = [[0xC2, 0xA0], [0xE3, 0x80, 0x80], [0xEF, 0xBB, 0xBF], [0xE2, 0x80, 0x8B]]

private func wideBlank(_ matches: ([UInt8]) -> Bool) -> Int { wideBlanks.first(where: matches)?.count ?? 0 }
