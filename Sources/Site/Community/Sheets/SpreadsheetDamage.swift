/// What a spreadsheet program makes of a code when it takes it for a number, a date or a time. What was typed cannot be
/// had back from it, so nobody may be looked up by it: the code is given up, with the remedy.
///
/// A number is what has a power of ten *and* a sign or a decimal point: `3.70102E+14`, `1E+15`, `3E-05`. A spreadsheet
/// writes no power without the two, so `3E12`, `1E5` and `12E4` are codes, as hexadecimal ones are; and it writes a
/// negative power with two digits or three, so `3E-5` and `3E-502` are addresses.
/// A date is `2012/1/3`, `2012-01-03`, `2012年1月3日`, `1月3日`, `3-Jan`, `Jan-03`, `03/01/2012`, whole and alone. Where an
/// address may stand `3/1/2012` is one, as 3-1-2012 is: flats have such numbers, and a date would be told by its zeros.
enum SpreadsheetDamage: Equatable {
    case error, number, date, time

    /// Whether a whole code was made of another.
    /// - Parameter isAddress: addresses stand in its column.
    /// - Parameter isScoped: `12:30` may be a device and a number there.
    static func of(_ code: ArraySlice<UInt8>, isAddress: Bool, isScoped: Bool = false) -> SpreadsheetDamage? {
        guard code.count >= 3, let first = code.first else { return nil }
        if first == 0x23 || first == 0x45 { return isError(code) ? .error : nil }
        if isNumber(code) || holdsNumber(code) { return .number }
        guard code.count <= 30, let tokens = Tokens(code) else { return nil }
        return tokens.damage(isAddress: isAddress, isScoped: isScoped)
    }

    /// `#REF!`, `#NAME?`, `#N/A`, `####`, `Err:502`.
    static func isError(_ cell: ArraySlice<UInt8>) -> Bool {
        guard cell.count >= 3 else { return false }
        if cell.first == 0x45 {
            return cell.count == 7 && cell.starts(with: Array("Err:".utf8)) && cell.suffix(3).allSatisfy(isDigit)
        }
        guard cell.first == 0x23 else { return false }
        if cell.allSatisfy({ $0 == 0x23 }) { return true }
        let rest = cell.dropFirst()
        if CellList.isSame(rest, "n/a") || CellList.isSame(rest, "getting_data") { return true }
        guard let last = rest.last, last == 0x21 || last == 0x3F, let second = rest.first else { return false }
        return isLetter(second)
            && rest.dropLast().allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x2F || $0 == 0x5F }
    }

    private static func isNumber(_ code: ArraySlice<UInt8>) -> Bool {
        var rest = code
        if rest.first == 0x2B || rest.first == 0x2D { rest = rest.dropFirst() }
        guard digits(&rest) > 0 else { return false }
        var hasPoint = false
        if rest.first == 0x2E || rest.first == 0x2C {
            rest = rest.dropFirst()
            guard digits(&rest) > 0 else { return false }
            hasPoint = true
        }
        guard let letter = rest.first, letter | 0x20 == 0x65 else { return false }
        rest = rest.dropFirst()
        let sign = rest.first
        if sign == 0x2B || sign == 0x2D { rest = rest.dropFirst() }
        guard (1...3).contains(rest.count), rest.allSatisfy(isDigit) else { return false }
        if sign == 0x2B || hasPoint { return true }
        let power = rest.reduce(0) { $0 * 10 + Int($1 - 48) }
        // The smallest number that a spreadsheet has is 5E-324.
        return sign == 0x2D && rest.count >= 2 && power <= 324
    }

    /// `3.7E+14` inside of something longer: nobody writes E+ into a code.
    private static func holdsNumber(_ code: ArraySlice<UInt8>) -> Bool {
        guard code.count >= 4 else { return false }
        for i in code.indices.dropFirst(2).dropLast() where code[i] == 0x2B {
            if code[i - 1] | 0x20 == 0x65, isDigit(code[i - 2]), isDigit(code[i + 1]) { return true }
        }
        return false
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>) -> Int {
        let run = rest.prefix(while: isDigit)
        rest = rest[run.endIndex...]
        return run.count
    }

    fileprivate static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
    fileprivate static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) && byte < 0x80 }
}

extension SpreadsheetDamage {
    /// A text of which all parts may stand in a date or a time.
    private struct Tokens {
        struct Number {
            var value: Int
            var width: Int
            var isPadded: Bool
        }

        /// `d` for a number, `M` for a month's name, `y m j` for 年 月 日, `a` for AM and PM, and what stands between.
        var shape: [UInt8] = []
        var numbers: [Number] = []

        /// nil as soon as something else comes.
        init?(_ code: ArraySlice<UInt8>) {
            var rest = code
            while let byte = rest.first {
                let width: Int
                if isDigit(byte) {
                    width = number(rest.prefix(while: isDigit))
                } else if byte >= 0x80 {
                    width = unit(rest)
                } else if isLetter(byte) {
                    width = word(rest.prefix(while: isLetter))
                } else {
                    width = separator(byte)
                }
                guard width > 0, shape.count <= 16 else { return nil }
                rest = rest.dropFirst(width)
            }
        }

        private mutating func number(_ run: ArraySlice<UInt8>) -> Int {
            guard run.count <= 4 else { return 0 }
            let value = run.reduce(0) { $0 * 10 + Int($1 - 48) }
            numbers.append(Number(value: value, width: run.count, isPadded: run.count == 2 && run.first == 0x30))
            shape.append(0x64)
            return run.count
        }

        private mutating func unit(_ rest: ArraySlice<UInt8>) -> Int {
            guard !shape.isEmpty else { return 0 }
            let units: [(StaticString, UInt8)] = [("年", 0x79), ("月", 0x6D), ("日", 0x6A)]
            guard let found = units.first(where: { CellList.ends(rest.prefix(3), with: $0.0) }) else { return 0 }
            shape.append(found.1)
            return 3
        }

        private mutating func word(_ word: ArraySlice<UInt8>) -> Int {
            if CellList.isSame(word, "t"), !shape.isEmpty {
                shape.append(0x20)
            } else if CellList.isSame(word, "am") || CellList.isSame(word, "pm") {
                shape.append(0x61)
            } else if word.count >= 3, word.count <= 9, Tokens.months.contains(where: { CellList.isSame(word, $0) }) {
                shape.append(0x4D)
            } else {
                return 0
            }
            return word.count
        }

        private mutating func separator(_ byte: UInt8) -> Int {
            guard [0x2D, 0x2F, 0x2E, 0x20, 0x3A].contains(byte), !shape.isEmpty else { return 0 }
            shape.append(byte)
            return 1
        }

        private static let months: [StaticString] = [
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "january",
            "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
        ]

        func damage(isAddress: Bool, isScoped: Bool) -> SpreadsheetDamage? {
            guard let colon = shape.firstIndex(of: 0x3A) else {
                return isDate(shape[...], numbers[...], isAddress: isAddress) ? .date : nil
            }
            // The hour stands before the first colon.
            let start = colon - 1
            guard start >= 0, shape[start] == 0x64 else { return nil }
            let before = shape[..<start].count { $0 == 0x64 }
            guard let isWhole = time(shape[start...], numbers[before...]) else { return nil }
            if start == 0 { return isWhole || !isScoped ? .time : nil }
            guard shape[start - 1] == 0x20 else { return nil }
            return isDate(shape[..<(start - 1)], numbers[..<before], isAddress: false) ? .date : nil
        }

        /// - Returns: whether it has seconds or AM; nil where it is no time.
        private func time(_ shape: ArraySlice<UInt8>, _ numbers: ArraySlice<Number>) -> Bool? {
            let text = String(decoding: shape.filter { $0 != 0x20 }, as: UTF8.self)
            guard ["d:d", "d:da", "d:d:d", "d:d:da", "d:d:d.d"].contains(text) else { return nil }
            guard let hour = numbers.first, hour.width <= 2 else { return nil }
            let isTime = numbers.dropFirst().prefix(2).allSatisfy { $0.width == 2 && $0.value < 60 }
            return isTime ? text != "d:d" : nil
        }

        private func isDate(_ shape: ArraySlice<UInt8>, _ numbers: ArraySlice<Number>, isAddress: Bool) -> Bool {
            let numbers = Array(numbers)
            func isYear(_ at: Int) -> Bool { numbers[at].width == 4 && (1900...2099).contains(numbers[at].value) }
            func isShort(_ at: Int, _ range: ClosedRange<Int>) -> Bool {
                numbers[at].width <= 2 && range.contains(numbers[at].value)
            }
            func isAnyYear(_ at: Int) -> Bool { isYear(at) || numbers[at].width == 2 }
            switch String(decoding: shape, as: UTF8.self) {
            case "d-d-d", "d/d/d", "d.d.d":
                // A spreadsheet's day 0 is 1900/1/0.
                if isYear(0) { return isShort(1, 0...12) && isShort(2, 0...31) }
                guard isYear(2), isShort(0, 1...31), isShort(1, 1...31),
                    numbers[0].value <= 12 || numbers[1].value <= 12
                else { return false }
                return !isAddress || numbers[0].isPadded || numbers[1].isPadded || shape.contains(0x2E)
            case "dydmdj": return isAnyYear(0) && isShort(1, 1...12) && isShort(2, 0...31)
            case "dydm": return isAnyYear(0) && isShort(1, 1...12)
            case "dmdj", "dm-d": return isShort(0, 1...12) && isShort(1, 0...99)
            case "d-dm": return isShort(0, 1...31) && isShort(1, 1...12)
            case "d-M", "d/M", "d M": return isShort(0, 1...31)
            case "M-d", "M/d", "M d": return isShort(0, 0...99) || isYear(0)
            case "d-M-d", "d/M/d", "d M d": return isShort(0, 1...31) && isAnyYear(1)
            case "M-d-d", "M/d/d", "M d d": return isShort(0, 1...31) && isAnyYear(1)
            default: return false
            }
        }
    }
}
