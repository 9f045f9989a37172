import Timekeeping

/// What the bytes of one cell say. Pure; nil and false mean that they say something else.
enum CellReading {
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    private static let year: [UInt8] = Array("年".utf8)
    private static let month: [UInt8] = Array("月".utf8)
    private static let dayOfMonth: [UInt8] = Array("日".utf8)

    /// `2024-05-01`, `2024/5/1`, `2024.5.1`, `2024年5月1日`; a time of midnight behind it is ignored.
    static func day(_ cell: ArraySlice<UInt8>) -> Day? {
        var rest = cell
        guard let yearNumber = number(&rest, digits: 4...4), let mark = rest.first else { return nil }
        let isChinese = rest.starts(with: year)
        guard isChinese || mark == 0x2D || mark == 0x2F || mark == 0x2E else { return nil }
        rest = rest.dropFirst(isChinese ? 3 : 1)
        guard let monthNumber = number(&rest, digits: 1...2) else { return nil }
        // 2024-5/1 and 2024年5-1 are slips, not dates.
        guard isChinese ? rest.starts(with: month) : rest.first == mark else { return nil }
        rest = rest.dropFirst(isChinese ? 3 : 1)
        guard let dayNumber = number(&rest, digits: 1...2) else { return nil }
        if isChinese {
            guard rest.starts(with: dayOfMonth) else { return nil }
            rest = rest.dropFirst(3)
        }
        guard rest.isEmpty || rest.first == 0x20 && rest.allSatisfy({ [0x20, 0x30, 0x3A].contains($0) }) else {
            return nil
        }
        return Day(year: yearNumber, month: monthNumber, day: dayNumber)
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits: ClosedRange<Int>) -> Int? {
        var value = 0
        var count = 0
        while let byte = rest.first, isDigit(byte) {
            guard count < digits.upperBound else { return nil }
            value = value * 10 + Int(byte - 48)
            count += 1
            rest = rest.dropFirst()
        }
        return digits.contains(count) ? value : nil
    }

    /// `72h`, `3d`, and the same with Chinese units; more than zero.
    static func duration(_ text: String) -> Milliseconds? {
        var written = text.lowercased().replacing(" ", with: "")
        let units = [
            ("个小时", "h"), ("小时", "h"), ("时", "h"), ("分钟", "m"), ("分", "m"), ("秒钟", "s"), ("秒", "s"), ("天", "d"),
            ("日", "d"), ("周", "w"),
        ]
        if let (chinese, unit) = units.first(where: { written.hasSuffix($0.0) }) {
            written = written.dropLast(chinese.count) + unit
        }
        guard let length = Milliseconds(text: written), length > .zero else { return nil }
        return length
    }

    /// - Returns: nil where the cell says neither; false where it is empty.
    static func yesNo(_ cell: ArraySlice<UInt8>) -> Bool? {
        if cell.isEmpty { return false }
        let yes: [StaticString] = ["是", "yes", "√", "1", "y", "true", "✓", "✔", "有", "对"]
        let no: [StaticString] = ["否", "no", "0", "n", "false", "×", "✗", "x", "无", "不是"]
        if no.contains(where: { CellList.isSame(cell, $0) }) { return false }
        return yes.contains { CellList.isSame(cell, $0) } ? true : nil
    }

    /// More than 15 digits of which those behind the 15th are zeros: a spreadsheet's number no longer has.
    static func isRounded(_ cell: ArraySlice<UInt8>) -> Bool {
        cell.count > 15 && cell.allSatisfy(isDigit) && cell.dropFirst(15).allSatisfy { $0 == 0x30 }
    }

    /// Whether nobody can be called by it: it has letters (`ext` is a word of the trade), or a remark and no number.
    static func isNoPhone(_ cell: ArraySlice<UInt8>) -> Bool {
        let isLetter = { (byte: UInt8) in (97...122).contains(CellList.lower(byte)) }
        let words = cell.split { !isLetter($0) }
        if words.contains(where: { !CellList.isSame($0, "ext") && !CellList.isSame($0, "tel") }) { return true }
        guard words.isEmpty, cell.contains(where: { $0 >= 0x80 }) else { return false }
        return !cell.split { $0 >= 0x80 }.contains { isPhone(trimmed($0)) }
    }

    /// 7 to 15 digits with the usual punctuation, and 11 for a Chinese mobile. Several numbers may stand in a cell.
    static func isPhone(_ cell: ArraySlice<UInt8>) -> Bool {
        if isOnePhone(cell) { return true }
        let numbers = CellList.divide(cell, at: .any).flatMap { CellList.divide($0, at: .slashes) }
        return !numbers.isEmpty && numbers.allSatisfy(isOnePhone)
    }

    private static func isOnePhone(_ cell: ArraySlice<UInt8>) -> Bool {
        var digits = cell
        // +86 is the country; what follows is judged as at home.
        if digits.starts(with: [0x2B, 0x38, 0x36]) { digits = digits.dropFirst(3) }
        var count = 0
        var first: UInt8 = 0
        var second: UInt8 = 0
        for byte in digits {
            guard isDigit(byte) else {
                if byte == 0x20 || byte == 0x2B || byte == 0x28 || byte == 0x29 || byte == 0x2D { continue }
                return false
            }
            if count == 0 { first = byte }
            if count == 1 { second = byte }
            count += 1
        }
        // Numbers that begin with 13 … 19 and have 9 to 12 digits can only be mobiles.
        let isMobile = first == 0x31 && second >= 0x33 && (9...12).contains(count)
        return isMobile ? count == 11 : (7...15).contains(count)
    }
}
