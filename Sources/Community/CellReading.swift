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

    /// `3.70102E+14` alone or in a list: what a spreadsheet makes of a number of more than 11 digits.
    static func isScientific(_ cell: ArraySlice<UInt8>) -> Bool {
        guard cell.count >= 4 else { return false }
        for i in cell.indices.dropFirst(2).dropLast() where cell[i] == 0x2B {
            if cell[i - 1] | 0x20 == 0x65, isDigit(cell[i - 2]), isDigit(cell[i + 1]) { return true }
        }
        return false
    }

    /// More than 15 digits of which those behind the 15th are zeros: a spreadsheet's number has no more.
    static func isRounded(_ cell: ArraySlice<UInt8>) -> Bool {
        cell.count > 15 && cell.allSatisfy(isDigit) && cell.dropFirst(15).allSatisfy { $0 == 0x30 }
    }

    static func isErrorCell(_ cell: ArraySlice<UInt8>) -> Bool {
        guard cell.first == 0x23, cell.count >= 4 else { return false }
        let names = ["#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"]
        return names.contains(String(decoding: cell, as: UTF8.self).uppercased()) || cell.allSatisfy { $0 == 0x23 }
    }

    /// `2012/1/3`, `2012-01-03`, `2012年1月3日`, `1月2日`, `2-Jan`, `Jan-12`: what a spreadsheet makes of 12-1-3 and 1-2.
    static func isDateShaped(_ cell: ArraySlice<UInt8>) -> Bool {
        guard cell.count >= 5, cell.count <= 24 else { return false }
        if let day = day(cell) { return (1900...2099).contains(day.year) }
        // Nearly every cell ends here: what follows makes a string.
        let mayBe = cell.suffix(3).elementsEqual(month) || cell.suffix(3).elementsEqual(dayOfMonth)
        guard mayBe || cell.count <= 6 && cell.contains(0x2D) else { return false }
        let text = String(decoding: cell, as: UTF8.self).lowercased()
        if text.hasSuffix("日") || text.hasSuffix("月") {
            let parts = text.dropLast(text.hasSuffix("日") ? 1 : 0).split(
                separator: "月", omittingEmptySubsequences: false)
            guard parts.count == 2, let month = parts[0].split(separator: "年").last else { return false }
            return number(month, in: 1...12) && (parts[1].isEmpty ? text.contains("年") : number(parts[1], in: 1...31))
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        return number(parts[0], in: 1...31) && months.contains(String(parts[1]))
            || months.contains(String(parts[0])) && number(parts[1], in: 0...99)
    }

    private static func number(_ text: Substring, in range: ClosedRange<Int>) -> Bool {
        text.utf8.count <= 2 && text.utf8.allSatisfy(isDigit) && Int(text).map(range.contains) == true
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
