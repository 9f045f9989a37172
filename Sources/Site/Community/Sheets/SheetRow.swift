import Diagnostics

/// A row of a sheet, as the loader sees it. A cell that was given up reads as if it were empty.
struct SheetRow {
    let sheet: Sheet
    let row: CSVTable.Row
    /// The cells that were given up, a bit a ``Field``.
    private var givenUp: UInt64 = 0
    /// The cells that hold several codes of which some were given up.
    private var damagedLists: UInt64 = 0
    /// How many cells the row has more than the header: so far it may be shifted to the right.
    var surplus = 0

    init(sheet: Sheet, row: CSVTable.Row) {
        self.sheet = sheet
        self.row = row
    }

    var line: Int { Int(row.line) }

    subscript(_ field: SheetField) -> ArraySlice<UInt8> { isGivenUp(field) ? [] : raw(field) }

    /// What stands in the cell, given up or not.
    func raw(_ field: SheetField) -> ArraySlice<UInt8> { sheet.content(row, column: sheet.columns[field.rawValue]) }

    func text(_ field: SheetField) -> String { String(decoding: self[field], as: UTF8.self) }

    func isGivenUp(_ field: SheetField) -> Bool { givenUp & (1 << UInt64(field.rawValue)) != 0 }
    func hasDamagedList(_ field: SheetField) -> Bool { damagedLists & (1 << UInt64(field.rawValue)) != 0 }

    mutating func giveUp(_ field: SheetField) { givenUp |= 1 << UInt64(field.rawValue) }
    mutating func markList(_ field: SheetField) { damagedLists |= 1 << UInt64(field.rawValue) }

    /// Whether the row is left out where this cell cannot be read. Other cells cost themselves.
    func isNeeded(_ field: SheetField) -> Bool {
        switch (sheet.kind, field) {
        case (_, .id), (.residents, .dwelling), (.devices, .place), (.places, .kind): true
        case (.shifts, .date), (.shifts, .worker), (.shifts, .duty), (.shifts, .standsFor): true
        case (.places, .building), (.places, .unit), (.places, .room): raw(.id).isEmpty
        case (.residents, .building), (.residents, .unit), (.residents, .room): raw(.dwelling).isEmpty
        case (.devices, .building), (.devices, .unit), (.devices, .room): raw(.place).isEmpty
        default: false
        }
    }

    func diagnostic(_ problem: UnplacedDiagnostic, _ field: SheetField? = nil) -> Diagnostic {
        sheet.diagnostic(problem, row: row, column: field.map { sheet.columns[$0.rawValue] } ?? -1)
    }
}
