package import Diagnostics

extension Registry {
    /// Understands the files. Never fails: a wrong row costs that row, and every problem of all files is in the
    /// diagnostics, in the order of places, devices, residents, workers, shifts and within a file by
    /// line.
    package static func load(_ files: RegistryFiles) -> (registry: Registry, diagnostics: [Diagnostic]) {
        var loader = RegistryLoader()
        var sheets: [SheetKind: Sheet] = [:]
        for kind in SheetKind.allCases {
            for file in files.files where file.name == kind.fileName { sheets[kind] = loader.sheet(kind, file) }
        }
        loader.loadPlaces(sheets[.places])
        // Residents before devices: where the two spell an address differently, the residents' spelling is its id.
        loader.loadResidents(sheets[.residents])
        loader.loadDevices(sheets[.devices])
        loader.finishPlaces()
        loader.findScopes()
        loader.formHouseholds()
        loader.loadWorkers(sheets[.workers])
        loader.loadShifts(sheets[.shifts])
        return (loader.registry, loader.sortedDiagnostics())
    }
}

/// Builds a registry row by row. The parts for each file are in `RegistryLoader+Places`, `+Addresses`, `+Devices`,
/// `+Residents`, `+Credentials`, `+Workers`; what is wrong with a row in itself is found in `+Rows`.
struct RegistryLoader {
    var registry = Registry()
    private var diagnostics: [Diagnostic] = []

    /// Ids of rows of places that were left out for an error of their own, with their lines.
    var leftOutPlaces: [String: Int] = [:]
    var addresses = AddressBook()
    /// Whether `places.csv` has any building; where it has none, addresses make theirs.
    var hasBuildingRows = false

    /// Comparing a name with thousands takes milliseconds; after this many typing errors the texts go without.
    private var suggestionsLeft = 40

    /// Says nothing of a cell that was given up, which was told.
    mutating func tell(_ problem: UnplacedDiagnostic, _ row: SheetRow, _ field: SheetField? = nil) {
        if let field, row.isGivenUp(field) { return }
        diagnostics.append(row.diagnostic(problem, field))
    }

    mutating func tell(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

    mutating func nearest(to written: String, among candidates: @autoclosure () -> [String]) -> String? {
        guard suggestionsLeft > 0, written.utf8.count <= 100 else { return nil }
        suggestionsLeft -= 1
        return SpellingSuggestion.name(to: written, among: candidates())
    }

    mutating func sheet(_ kind: SheetKind, _ file: (name: String, path: String, bytes: [UInt8])) -> Sheet? {
        guard file.bytes.count <= RegistryFiles.fileMax else {
            let problem = UnplacedDiagnostic.tooLarge(limit: RegistryFiles.fileMax)
            diagnostics.append(Sheet.empty(kind, file.path).diagnostic(problem, row: nil, column: -1))
            return nil
        }
        var reader = SheetReader(kind: kind, path: file.path)
        let sheet = reader.read(file.bytes)
        diagnostics += reader.diagnostics
        return sheet
    }

    func sortedDiagnostics() -> [Diagnostic] {
        let order = SheetKind.allCases.map(\.rawValue)
        let ranked = diagnostics.enumerated().map { (at, diagnostic) in
            let kind = diagnostic.code.split(separator: ".").first.map(String.init) ?? ""
            return (order.firstIndex(of: kind) ?? 0, diagnostic.line, at, diagnostic)
        }
        return ranked.sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }.map(\.3)
    }

    mutating func grid(_ name: ArraySlice<UInt8>) -> GridID {
        let index = registry.gridNames.insert(name)
        if Int(index) == registry.grids.count { registry.grids.append(String(decoding: name, as: UTF8.self)) }
        return GridID(index: index)
    }
}

/// What is wrong with a row and its cells in themselves, whatever the other rows say.
///
/// The law: a cell costs itself. Only a row whose id or place cannot be read is left out, by the one who reads it.
extension RegistryLoader {
    /// The rows of a sheet that are not blank, with their wrong cells told and given up.
    mutating func rows(of sheet: Sheet) -> [SheetRow] {
        var rows: [SheetRow] = []
        rows.reserveCapacity(sheet.table.rows.count)
        let known = SheetField.allCases.filter { sheet.has($0) }
        let codes = known.filter { RegistryLoader.codes($0) != nil }
        var unnamed = Set(sheet.headers.indices.filter { sheet.headers[$0].isEmpty })
        var damage = sheet.damage()[...]
        for (i, row) in sheet.table.rows.enumerated().dropFirst(sheet.firstRow) {
            var wrapped = SheetRow(sheet: sheet, row: row)
            let end = i + 1 < sheet.table.rows.count ? sheet.table.rows[i + 1].position : Int32.max
            let broken = damage.prefix { $0 < end }
            damage = damage.dropFirst(broken.count)
            if isBlank(row, sheet) { continue }
            unnamed = unnamed.filter { !tellUnnamed($0, wrapped) }
            if row.fault != nil { tellFault(&wrapped, known) }
            if !broken.isEmpty { tellBroken(&wrapped, known, broken.filter { $0 >= row.position }) }
            tellSurplus(&wrapped)
            tellCells(&wrapped, known: known, codes: codes)
            rows.append(wrapped)
        }
        return rows
    }

    private func isBlank(_ row: CSVTable.Row, _ sheet: Sheet) -> Bool {
        row.fault == nil && (0..<Int(row.cellCount)).allSatisfy { sheet.content(row, column: $0).isEmpty }
    }

    private mutating func tellUnnamed(_ column: Int, _ row: SheetRow) -> Bool {
        if row.sheet.content(row.row, column: column).isEmpty { return false }
        tell(row.sheet.diagnostic(.unnamedColumn(), row: row.row, column: column))
        return true
    }

    // MARK: The form of a row

    /// A NUL costs its cell. A quote costs the cells from its own on: where they end cannot be told.
    private mutating func tellFault(_ row: inout SheetRow, _ known: [SheetField]) {
        guard let fault = row.row.fault else { return }
        var costsRow = false
        for field in known {
            let column = row.sheet.columns[field.rawValue]
            let isWrong = fault == .nul ? row.raw(field).contains(0) : column >= Int(row.row.cellCount)
            guard isWrong else { continue }
            costsRow = costsRow || row.isNeeded(field)
            row.giveUp(field)
        }
        var diagnostic = row.sheet.diagnostic(.form(fault, costsRow: costsRow), row: row.row, column: -1)
        diagnostic.column = row.sheet.characterPosition(row.row, byte: row.row.faultPosition)
        tell(diagnostic)
    }

    /// Bytes of a column that nobody reads cost nothing.
    private mutating func tellBroken(_ row: inout SheetRow, _ known: [SheetField], _ broken: [Int32]) {
        for field in known where !row.isGivenUp(field) {
            let column = row.sheet.columns[field.rawValue]
            guard column < Int(row.row.cellCount) else { continue }
            let from = row.sheet.table.cells[Int(row.row.firstCell) + column].position
            let isLast = column + 1 >= Int(row.row.cellCount)
            let to = isLast ? Int32.max : row.sheet.table.cells[Int(row.row.firstCell) + column + 1].position
            guard broken.contains(where: { $0 >= from && $0 < to }) else { continue }
            tell(.badEncoding(row.isNeeded(field) ? .row : .cell), row, field)
            row.giveUp(field)
        }
    }

    private mutating func tellSurplus(_ row: inout SheetRow) {
        let headers = row.sheet.headers.count
        let count = Int(row.row.cellCount)
        guard count > headers, row.row.fault == nil else { return }
        let filled = (headers..<count).filter { !row.sheet.content(row.row, column: $0).isEmpty }
        guard let first = filled.first, let last = filled.last else { return }
        row.surplus = last - headers + 1
        tell(row.sheet.diagnostic(.tooManyCells(count, headers: headers), row: row.row, column: first))
    }

    // MARK: Its cells

    private mutating func tellCells(_ row: inout SheetRow, known: [SheetField], codes: [SheetField]) {
        for field in known where field != .note {
            let cell = row[field]
            guard let first = cell.first, first == 0x23 || first == 0x45, SpreadsheetDamage.isError(cell) else {
                continue
            }
            tell(.errorCell(row.text(field), row.isNeeded(field) ? .row : .cell), row, field)
            row.giveUp(field)
        }
        for field in codes where !row[field].isEmpty { tellCode(&row, field) }
    }

    private mutating func tellCode(_ row: inout SheetRow, _ field: SheetField) {
        guard let form = RegistryLoader.codes(field) else { return }
        let cell = row[field]
        if CellReading.isRounded(cell) { tell(.roundedNumber(), row, field) }
        if form != .list, form != .scopedList {
            guard let damage = SpreadsheetDamage.of(cell, isAddress: form == .address) else { return }
            tell(.damage(damage, row.text(field), form, row.isNeeded(field) ? .row : .code), row, field)
            row.giveUp(field)
            return
        }
        let items = CellList.divide(cell, at: RegistryLoader.separators(field))
        let damaged = items.compactMap { item in
            RegistryLoader.damage(ofItem: item, form).map { (item: item, damage: $0) }
        }
        guard let first = damaged.first else { return }
        let shown = String(decoding: first.item, as: UTF8.self)
        tell(.damage(first.damage, shown, form, .code), row, field)
        if damaged.count == items.count { row.giveUp(field) } else { row.markList(field) }
    }

    /// How the codes of a column are written.
    enum CodeForm { case plain, address, list, scopedList }

    /// nil for a column that holds no codes.
    static func codes(_ field: SheetField) -> CodeForm? {
        switch field {
        case .id, .parent, .building, .unit, .room, .place, .dwelling: .address
        case .identity, .via, .worker, .standsFor: .plain
        case .phone, .grid: .list
        case .credentials, .contacts, .keyHolder, .channels: .scopedList
        default: nil
        }
    }

    static func separators(_ field: SheetField) -> CellList.Separators {
        field == .credentials || field == .channels ? .bars : .any
    }

    private static func damage(ofItem item: ArraySlice<UInt8>, _ form: CodeForm) -> SpreadsheetDamage? {
        let isScoped = form == .scopedList
        if let damage = SpreadsheetDamage.of(item, isAddress: false, isScoped: isScoped) { return damage }
        guard isScoped, let value = CellList.pair(item).after else { return nil }
        return SpreadsheetDamage.of(value, isAddress: false)
    }

    /// The codes of a cell that holds several, without those that were given up.
    static func items(_ row: SheetRow, _ field: SheetField) -> [ArraySlice<UInt8>] {
        let items = CellList.divide(row[field], at: separators(field))
        guard row.hasDamagedList(field), let form = codes(field) else { return items }
        return items.filter { damage(ofItem: $0, form) == nil }
    }

    /// Such a cell's text without those that were given up.
    static func list(_ row: SheetRow, _ field: SheetField) -> String {
        guard row.hasDamagedList(field) else { return row.text(field) }
        return items(row, field).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|")
    }
}

extension Sheet {
    /// Where the text has bytes that could not be read, or 锟斤拷, in order.
    func damage() -> [Int32] {
        var found: [Int32] = []
        let text = table.text
        for i in 0..<table.fileCount where text[i] == 0xEF || text[i] == 0xE9 {
            let pattern = text[i] == 0xEF ? TextEncoding.replacement : TextEncoding.doubleDamage
            if text[i...].starts(with: pattern) { found.append(Int32(i)) }
        }
        return found
    }
}
