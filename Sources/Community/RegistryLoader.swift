package import Diagnostics

extension Registry {
    /// Understands the four files. Never fails: a wrong row costs that row, and every problem of all files is in the
    /// diagnostics, in the order of places, devices, residents, workers and within a file by line.
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
        return (loader.registry, loader.sortedDiagnostics())
    }
}

/// Builds a registry row by row. The parts for each file are in `RegistryLoader+Places`, `+Addresses`, `+Devices`,
/// `+Residents`, `+Households`, `+Workers`.
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

    /// Cells that were told to be destroyed: by sheet, line and column. What follows from that is not told.
    private var destroyed: Set<[Int]> = []

    /// Says nothing of a cell that was told to be destroyed.
    mutating func tell(_ problem: Problem, _ row: SheetRow, _ field: Field? = nil) {
        if let field, isDestroyed(row, field) { return }
        diagnostics.append(row.diagnostic(problem, field))
    }

    func isDestroyed(_ row: SheetRow, _ field: Field) -> Bool {
        row.isSpoiled && destroyed.contains(RegistryLoader.cell(row, field))
    }

    private static func cell(_ row: SheetRow, _ field: Field) -> [Int] {
        [SheetKind.allCases.firstIndex(of: row.sheet.kind) ?? 0, row.line, row.sheet.columns[field.rawValue]]
    }

    mutating func nearest(to written: String, among candidates: @autoclosure () -> [String]) -> String? {
        guard suggestionsLeft > 0, written.utf8.count <= 100 else { return nil }
        suggestionsLeft -= 1
        return Nearest.name(to: written, among: candidates())
    }

    mutating func sheet(_ kind: SheetKind, _ file: (name: String, path: String, bytes: [UInt8])) -> Sheet? {
        guard file.bytes.count <= RegistryFiles.fileMax else {
            let problem = Problem.tooLarge(limit: RegistryFiles.fileMax)
            diagnostics.append(Sheet.empty(kind, file.path).diagnostic(problem, row: nil, column: -1))
            return nil
        }
        var reader = SheetReader(kind: kind, path: file.path)
        let sheet = reader.read(file.bytes)
        diagnostics += reader.diagnostics
        return sheet
    }

    func sortedDiagnostics() -> [Diagnostic] {
        let order = ["places", "devices", "residents", "workers"]
        let ranked = diagnostics.enumerated().map { (at, diagnostic) in
            let kind = diagnostic.code.split(separator: ".").first.map(String.init) ?? ""
            return (order.firstIndex(of: kind) ?? 0, diagnostic.line, at, diagnostic)
        }
        return ranked.sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }.map(\.3)
    }

    /// The rows whose form can be trusted, and those of which at least the cells can be told apart.
    mutating func rows(of sheet: Sheet) -> (good: [SheetRow], leftOut: [SheetRow]) {
        var good: [SheetRow] = []
        var leftOut: [SheetRow] = []
        good.reserveCapacity(sheet.table.rows.count)
        let known = Field.allCases.filter { sheet.has($0) && $0 != .note }
        let numbers = known.filter(RegistryLoader.holdsNumbers)
        let addresses = known.filter(RegistryLoader.holdsAddress)
        var unnamed = Set(sheet.headers.indices.filter { sheet.headers[$0].isEmpty })
        var damage = sheet.damage()[...]
        for (i, row) in sheet.table.rows.enumerated().dropFirst(sheet.firstRow) {
            var wrapped = SheetRow(sheet: sheet, row: row)
            let end = i + 1 < sheet.table.rows.count ? sheet.table.rows[i + 1].position : Int32.max
            let broken = damage.prefix { $0 < end }
            damage = damage.dropFirst(broken.count)
            if isBlank(row, sheet) { continue }
            unnamed = unnamed.filter { !tellUnnamed($0, wrapped) }
            if let problem = formProblem(row, sheet, broken.first { $0 >= row.position }) {
                diagnostics.append(problem)
                if row.fault == nil { leftOut.append(wrapped) }
            } else {
                wrapped.isSpoiled = cellProblems(wrapped, known: known, numbers: numbers, addresses: addresses)
                good.append(wrapped)
            }
        }
        return (good, leftOut)
    }

    private func isBlank(_ row: CSVTable.Row, _ sheet: Sheet) -> Bool {
        row.fault == nil && (0..<Int(row.cellCount)).allSatisfy { sheet.content(row, column: $0).isEmpty }
    }

    private mutating func tellUnnamed(_ column: Int, _ row: SheetRow) -> Bool {
        if row.sheet.content(row.row, column: column).isEmpty { return false }
        diagnostics.append(row.sheet.diagnostic(.unnamedColumn(), row: row.row, column: column))
        return true
    }

    private func formProblem(_ row: CSVTable.Row, _ sheet: Sheet, _ damage: Int32?) -> Diagnostic? {
        if let fault = row.fault {
            var diagnostic = sheet.diagnostic(.form(fault), row: row, column: -1)
            diagnostic.column = sheet.characterPosition(row, byte: row.faultPosition)
            return diagnostic
        }
        let count = Int(row.cellCount)
        if let damage {
            let column = (0..<count).last { sheet.table.cells[Int(row.firstCell) + $0].position <= damage }
            // Bytes of a column that nobody reads cost nothing.
            if let column, sheet.columns.contains(column) {
                return sheet.diagnostic(.badEncoding(), row: row, column: column)
            }
        }
        let surplus = (sheet.headers.count..<max(count, sheet.headers.count)).first {
            !sheet.content(row, column: $0).isEmpty
        }
        guard let surplus else { return nil }
        return sheet.diagnostic(.tooManyCells(count, headers: sheet.headers.count), row: row, column: surplus)
    }

    /// - Returns: whether the row must be left out.
    private mutating func cellProblems(
        _ row: SheetRow, known: [Field], numbers: [Field], addresses: [Field]
    ) -> Bool {
        var spoiled: [(Field, Problem)] = []
        for field in known where row[field].first == 0x23 && CellReading.isErrorCell(row[field]) {
            spoiled.append((field, .errorCell(row.text(field))))
        }
        for field in numbers {
            let cell = row[field]
            if CellReading.isScientific(cell) {
                spoiled.append((field, .scientificNumber(String(decoding: cell, as: UTF8.self))))
            } else if CellReading.isRounded(cell) {
                tell(.roundedNumber(), row, field)
            }
        }
        for field in addresses where CellReading.isDateShaped(row[field]) {
            spoiled.append((field, .dateAddress(row.text(field))))
        }
        for (field, problem) in spoiled {
            tell(problem, row, field)
            destroyed.insert(RegistryLoader.cell(row, field))
        }
        return !spoiled.isEmpty
    }

    private static func holdsNumbers(_ field: Field) -> Bool {
        switch field {
        case .id, .parent, .building, .unit, .room, .place, .identity, .via, .dwelling, .phone, .credentials, .contacts,
            .keyHolder, .grid, .channels:
            true
        default: false
        }
    }

    private static func holdsAddress(_ field: Field) -> Bool {
        switch field {
        case .id, .parent, .building, .unit, .room, .place, .dwelling: true
        default: false
        }
    }

    mutating func grid(_ name: ArraySlice<UInt8>) -> GridID {
        let index = registry.gridNames.insert(name)
        if Int(index) == registry.grids.count { registry.grids.append(String(decoding: name, as: UTF8.self)) }
        return GridID(index: index)
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
