struct CSVReader {
    /// A quoted cell longer than this is taken for a quote that was forgotten; it also bounds the work per quote.
    static let quotedMax = 16 * 1024

    private var table: CSVTable
    private let end: Int
    private var at = 0
    private var line: Int32 = 1

    /// - Parameter text: UTF-8 of at most 2 GiB, without a byte order mark.
    static func read(_ text: [UInt8]) -> CSVTable {
        var reader = CSVReader(text)
        while reader.at < reader.end { reader.row() }
        return reader.table
    }

    private init(_ text: [UInt8]) {
        end = text.count
        table = CSVTable(text: text)
        table.cells.reserveCapacity(text.count / 6)
        table.rows.reserveCapacity(text.count / 40)
        if let declared = CSVReader.declaredSeparator(text) {
            table.separator = declared
            toNextLine(from: 0)
        } else {
            table.separator = CSVReader.mostFrequentSeparator(text)
        }
    }

    /// The separator that a first line `sep=;` names; spreadsheet programs write and obey it.
    private static func declaredSeparator(_ text: [UInt8]) -> UInt8? {
        guard text.count >= 5, text.starts(with: Array("sep=".utf8)), [0x2C, 0x3B, 0x09].contains(text[4]) else {
            return nil
        }
        guard text.count == 5 || text[5] == 0x0A || text[5] == 0x0D else { return nil }
        return text[4]
    }

    /// Counted in the first line that is not blank, outside quotes; the comma wins a tie.
    private static func mostFrequentSeparator(_ text: [UInt8]) -> UInt8 {
        var commas = 0
        var semicolons = 0
        var tabs = 0
        var quoted = false
        var seen = false
        for byte in text {
            switch byte {
            case 0x22: quoted.toggle()
            case 0x0A where !quoted && seen, 0x0D where !quoted && seen: return best()
            case 0x2C where !quoted: commas += 1
            case 0x3B where !quoted: semicolons += 1
            case 0x09 where !quoted: tabs += 1
            default: break
            }
            if byte > 0x20 { seen = true }
        }
        return best()
        func best() -> UInt8 { commas >= max(semicolons, tabs) ? 0x2C : tabs >= semicolons ? 0x09 : 0x3B }
    }

    private mutating func toNextLine(from start: Int) {
        at = start
        while at < end, table.text[at] != 0x0A, table.text[at] != 0x0D { at += 1 }
        lineEnd()
    }

    /// Steps over one line end, if one stands here.
    private mutating func lineEnd() {
        guard at < end else { return }
        if table.text[at] == 0x0D, at + 1 < end, table.text[at + 1] == 0x0A { at += 1 }
        at += 1
        line += 1
    }

    private mutating func row() {
        let start = at
        var row = CSVTable.Row(
            firstCell: Int32(table.cells.count), cellCount: 0, line: line, position: Int32(start), fault: nil)
        while true {
            if let fault = cell() {
                // From here on the row cannot be trusted; only its first line is given up.
                row.fault = fault.kind
                row.faultPosition = Int32(fault.position)
                line = row.line
                toNextLine(from: start)
                keepWholeCells(of: &row, from: start)
                table.rows.append(row)
                return
            }
            if at < end, table.text[at] == table.separator {
                at += 1
                continue
            }
            break
        }
        row.cellCount = Int32(table.cells.count) - row.firstCell
        if let nul = table.text[start..<at].firstIndex(of: 0) {
            row.fault = .nul
            row.faultPosition = Int32(nul)
        }
        lineEnd()
        table.rows.append(row)
    }

    /// Of a row with a fault the cells before it stay, as far as they lie in its first line.
    private mutating func keepWholeCells(of row: inout CSVTable.Row, from start: Int) {
        let first = Int(row.firstCell)
        let whole = table.cells[first...].prefix { Int($0.start) >= start && Int($0.end) < at && Int($0.end) <= end }
        table.cells.removeSubrange((first + whole.count)...)
        row.cellCount = Int32(whole.count)
    }

    private mutating func cell() -> (kind: CSVTable.Fault, position: Int)? {
        let start = at
        var first = at
        while first < end, table.text[first] == 0x20 { first += 1 }
        if first < end, table.text[first] == 0x22 {
            at = first
            return quoted(from: start)
        }
        let separator = table.separator
        while at < end {
            let byte = table.text[at]
            if byte == separator || byte == 0x0A || byte == 0x0D { break }
            at += 1
        }
        append(start..<at, position: start)
        return nil
    }

    private mutating func append(_ range: Range<Int>, position: Int) {
        table.cells.append(
            CSVTable.Cell(start: Int32(range.lowerBound), end: Int32(range.upperBound), position: Int32(position)))
    }

    /// Reads from an opening quote to the separator or line end behind the closing one.
    private mutating func quoted(from position: Int) -> (kind: CSVTable.Fault, position: Int)? {
        let open = at
        let limit = min(end, open + CSVReader.quotedMax)
        var hasDoubled = false
        var lines: Int32 = 0
        at += 1
        while true {
            guard at < limit else { return (.unclosedQuote, open) }
            switch table.text[at] {
            case 0x22:
                if at + 1 < end, table.text[at + 1] == 0x22 {
                    hasDoubled = true
                    at += 2
                    continue
                }
                let close = at
                at += 1
                while at < end, table.text[at] == 0x20 { at += 1 }
                guard at == end || [table.separator, 0x0A, 0x0D].contains(table.text[at]) else {
                    return (.strayQuote, close)
                }
                line += lines
                keep(open + 1..<close, position: position, hasDoubled: hasDoubled)
                return nil
            case 0x0A: lines += 1
            case 0x0D where at + 1 >= end || table.text[at + 1] != 0x0A: lines += 1
            default: break
            }
            at += 1
        }
    }

    private mutating func keep(_ range: Range<Int>, position: Int, hasDoubled: Bool) {
        guard hasDoubled else { return append(range, position: position) }
        let start = table.text.count
        var i = range.lowerBound
        while i < range.upperBound {
            table.text.append(table.text[i])
            i += table.text[i] == 0x22 ? 2 : 1
        }
        append(start..<table.text.count, position: position)
    }
}
