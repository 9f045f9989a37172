import Diagnostics

/// Turns a file's bytes into a sheet: encoding, separator, header line.
struct SheetReader {
    let kind: SheetKind
    let path: String
    private(set) var diagnostics: [Diagnostic] = []

    init(kind: SheetKind, path: String) {
        self.kind = kind
        self.path = path
    }

    /// - Returns: nil where nothing of the file can be used; the diagnostics say why.
    mutating func read(_ bytes: [UInt8]) -> Sheet? {
        let text: [UInt8]
        do throws(TextEncoding.Refusal) {
            text = try TextEncoding.decode(bytes)
        } catch {
            diagnostics.append(Sheet.empty(kind, path).diagnostic(.refused(error), row: nil, column: -1))
            return nil
        }
        let table = CSVReader.read(text)
        let bare = Sheet.empty(kind, path, table)
        guard let first = table.rows.firstIndex(where: { !isBlank($0, bare) }) else {
            // An empty file is a sheet that nobody has begun; there is nothing to complain of.
            return nil
        }
        return header(row: first, of: table, bare)
    }

    private func isBlank(_ row: CSVTable.Row, _ sheet: Sheet) -> Bool {
        row.fault == nil && (0..<Int(row.cellCount)).allSatisfy { sheet.content(row, column: $0).isEmpty }
    }

    private mutating func header(row first: Int, of table: CSVTable, _ bare: Sheet) -> Sheet? {
        let row = table.rows[first]
        if let fault = row.fault {
            diagnostics.append(bare.diagnostic(.form(fault), row: row, column: -1))
            return nil
        }
        let headers = (0..<Int(row.cellCount)).map {
            String(decoding: bare.content(row, column: $0), as: UTF8.self)
        }
        let lookup = HeaderLookup(kind)
        if headers.allSatisfy({ lookup.field($0) == nil }) {
            return refuseHeader(headers, row: row, first: first, bare, lookup)
        }
        let named = Sheet(
            kind: kind, path: path, table: table, headers: headers, columns: bare.columns, firstRow: first + 1)
        var columns = bare.columns
        for (i, header) in headers.enumerated() where !header.isEmpty {
            let text = HeaderText(header)
            guard let field = lookup.field(header) else {
                let nearest = nearest(to: text.key, lookup)
                diagnostics.append(named.diagnostic(.unknownColumn(nearest: nearest), row: row, column: i))
                continue
            }
            if columns[field.rawValue] >= 0 {
                let letter = columnLetter(columns[field.rawValue])
                diagnostics.append(named.diagnostic(.duplicateColumn(first: letter), row: row, column: i))
                continue
            }
            if text.hadFullWidth {
                diagnostics.append(named.diagnostic(.headerPunctuation(readAs: text.key), row: row, column: i))
            }
            columns[field.rawValue] = i
        }
        roomBesideBuilding(&columns, headers)
        guard requireColumns(columns, named, row) else { return nil }
        return Sheet(kind: kind, path: path, table: table, headers: headers, columns: columns, firstRow: first + 1)
    }

    /// Chinese words of two characters are all near to each other: 性别 is not a slip for 类别.
    private func nearest(to key: String, _ lookup: HeaderLookup) -> String? {
        let isWord = key.utf8.count > 6 || key.utf8.allSatisfy { $0 < 0x80 }
        guard isWord, key.utf8.count <= 60, diagnostics.count < 40 else { return nil }
        return SpellingSuggestion.name(to: key, among: lookup.candidates)
    }

    private mutating func refuseHeader(
        _ headers: [String], row: CSVTable.Row, first: Int, _ bare: Sheet, _ lookup: HeaderLookup
    ) -> Sheet? {
        let fullWidth: Set<Unicode.Scalar> = ["\u{FF0C}", "\u{FF1B}", "\u{3001}"]
        if headers.contains(where: { $0.unicodeScalars.contains(where: fullWidth.contains) }) {
            let parts = headers.joined(separator: ",").unicodeScalars.split { fullWidth.contains($0) || $0 == "," }
            if parts.contains(where: { lookup.field(String(String.UnicodeScalarView($0))) != nil }) {
                diagnostics.append(bare.diagnostic(.fullWidthSeparator(), row: row, column: -1))
                return nil
            }
        }
        // A title above the header is common; ten lines are enough to find it.
        let below = bare.table.rows.dropFirst(first + 1).prefix(10)
        let better = below.first { row in
            let known = (0..<Int(row.cellCount)).count {
                lookup.field(String(decoding: bare.content(row, column: $0), as: UTF8.self)) != nil
            }
            return known >= 2
        }
        let problem = UnplacedDiagnostic.noHeader(kind, foundInLine: better.map { Int($0.line) })
        diagnostics.append(bare.diagnostic(problem, row: row, column: -1))
        return nil
    }

    /// 房号 beside 楼栋 is the room, though alone it is a whole address.
    private func roomBesideBuilding(_ columns: inout [Int], _ headers: [String]) {
        let whole: SheetField = kind == .devices ? .place : .dwelling
        let at = columns[whole.rawValue]
        guard at >= 0, columns[SheetField.building.rawValue] >= 0, columns[SheetField.room.rawValue] < 0,
            SheetColumn.roomLike.contains(HeaderText(headers[at]).key)
        else { return }
        columns[SheetField.room.rawValue] = at
        columns[whole.rawValue] = -1
    }

    /// The first two columns of the contract are needed; an address in columns stands for a place, and what can be
    /// derived is not asked for.
    private mutating func requireColumns(_ columns: [Int], _ sheet: Sheet, _ row: CSVTable.Row) -> Bool {
        let hasAddress = columns[SheetField.building.rawValue] >= 0 && columns[SheetField.room.rawValue] >= 0
        let needed: [SheetField] =
            switch kind {
            case .places: hasAddress ? [] : [.id, .kind]
            case .devices: hasAddress ? [.id] : [.id, .place]
            case .residents: hasAddress ? [] : [.dwelling]
            case .workers: [.id, .name]
            case .shifts: [.date, .worker, .duty]
            }
        let missing = needed.filter { columns[$0.rawValue] < 0 }
        for column in SheetColumn.all(of: kind) where missing.contains(column.field) {
            diagnostics.append(sheet.diagnostic(.missingColumn(column, kind), row: row, column: -1))
        }
        return missing.isEmpty
    }
}

extension Sheet {
    static func empty(_ kind: SheetKind, _ path: String, _ table: CSVTable = CSVTable(text: [])) -> Sheet {
        let none = [Int](repeating: -1, count: SheetField.allCases.count)
        return Sheet(kind: kind, path: path, table: table, headers: [], columns: none, firstRow: 0)
    }
}

/// Which column a header cell names.
private struct HeaderLookup {
    private var fields: [String: SheetField] = [:]
    /// All spellings, for "did you mean"; the contract's names first.
    private(set) var candidates: [String] = []

    init(_ kind: SheetKind) {
        let columns = SheetColumn.all(of: kind)
        for column in columns {
            fields[column.name] = column.field
            candidates.append(column.name)
        }
        for column in columns {
            for alias in column.aliases where fields[alias] == nil {
                fields[alias] = column.field
                candidates.append(alias)
            }
        }
    }

    func field(_ header: String) -> SheetField? { fields[HeaderText(header).key] }
}
