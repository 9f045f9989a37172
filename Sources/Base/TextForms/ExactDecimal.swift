/// Decimal numbers as JSON writes them, compared and written exactly, however long they are: 1, 1.0 and 1e0 are one
/// number, 12345678901234567890 and its neighbour are two.
///
/// The law: two texts are equal here exactly where both are JSON numbers (RFC 8259, part 6) of the same value, and then
/// their canonical forms are the same bytes. Only an exponent of more than 17 digits is beyond that: such a number
/// equals what is written the same. Nothing is allocated but by ``canonical(_:)``; O(length).
package enum ExactDecimal {
    /// Whether the text is one number, as JSON writes it.
    package static func isNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool { unsafe Shape(text) != nil }

    /// Whether the text is a number, and 0: also -0, 0.00 and 0e9.
    package static func isZero(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let shape = unsafe Shape(text) else { return false }
        return shape.count == 0
    }

    /// Whether both texts are numbers, and the same one.
    package static func areEqual(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let left = unsafe Shape(a), let right = unsafe Shape(b) else { return false }
        if left.count == 0 || right.count == 0 { return left.count == right.count }
        guard left.power != nil, right.power != nil else { return unsafe a.elementsEqual(b) }
        guard left.isNegative == right.isNegative, left.power == right.power, left.count == right.count else {
            return false
        }
        var i = left.first
        var j = right.first
        for _ in 0..<left.count {
            if unsafe a[i] == 0x2E { i += 1 }
            if unsafe b[j] == 0x2E { j += 1 }
            guard unsafe a[i] == b[j] else { return false }
            i += 1
            j += 1
        }
        return true
    }

    /// The noughts that are written out in front of or behind the digits that count; beyond, there is an exponent.
    static let noughtsMax = 40

    /// The one way in which a number is written: `7` for 7.0, `0` for -0.0, `100` for 1e2, `1.5e300` for 15e299.
    /// - Returns: nil where the text is no number.
    package static func canonical(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard let shape = unsafe Shape(text) else { return nil }
        if shape.count == 0 { return [0x30] }
        guard let power = shape.power else { return unsafe Array(text) }
        var digits: [UInt8] = []
        digits.reserveCapacity(shape.count)
        var at = shape.first
        while digits.count < shape.count {
            let byte = unsafe text[at]
            if byte != 0x2E { digits.append(byte) }
            at += 1
        }
        var out: [UInt8] = shape.isNegative ? [0x2D] : []
        if power < 0, -power - 1 <= noughtsMax {
            out.append(contentsOf: [0x30, 0x2E])
            out.append(contentsOf: repeatElement(0x30, count: -power - 1))
            out.append(contentsOf: digits)
        } else if power >= 0, power < digits.count {
            out.append(contentsOf: digits[...power])
            if power + 1 < digits.count {
                out.append(0x2E)
                out.append(contentsOf: digits[(power + 1)...])
            }
        } else if power >= 0, power + 1 - digits.count <= noughtsMax {
            out.append(contentsOf: digits)
            out.append(contentsOf: repeatElement(0x30, count: power + 1 - digits.count))
        } else {
            out.append(digits[0])
            if digits.count > 1 {
                out.append(0x2E)
                out.append(contentsOf: digits[1...])
            }
            out.append(0x65)
            out.append(contentsOf: String(power).utf8)
        }
        return out
    }

    /// Where a number's digits are.
    private struct Shape {
        var isNegative = false
        /// Of the first digit that is not 0.
        var first = 0
        /// Digits from there to the last that is not 0; 0 for the number 0.
        var count = 0
        /// The power of ten that the first digit counts; nil where the exponent is beyond what is compared.
        var power: Int? = 0

        /// - Returns: nil where the text is no number.
        init?(_ text: UnsafeBufferPointer<UInt8>) {
            var at = 0
            if unsafe text.first == 0x2D {
                isNegative = true
                at = 1
            }
            let whole = at
            while at < text.count, unsafe Shape.isDigit(text[at]) { at += 1 }
            let wholeEnd = at
            guard wholeEnd > whole, unsafe wholeEnd == whole + 1 || text[whole] != 0x30 else { return nil }
            if at < text.count, unsafe text[at] == 0x2E {
                at += 1
                let fraction = at
                while at < text.count, unsafe Shape.isDigit(text[at]) { at += 1 }
                guard at > fraction else { return nil }
            }
            unsafe measure(text, from: whole, point: wholeEnd, to: at)
            guard at < text.count else { return }
            guard unsafe text[at] | 0x20 == 0x65, unsafe add(exponent: text, from: at + 1) else { return nil }
        }

        private mutating func measure(_ text: UnsafeBufferPointer<UInt8>, from start: Int, point: Int, to end: Int) {
            var last = -1
            first = -1
            for index in start..<end where unsafe text[index] != 0x30 && text[index] != 0x2E {
                if first < 0 { first = index }
                last = index
            }
            guard first >= 0 else { return }
            let isPointInside = first < point && last > point
            count = last - first + (isPointInside ? 0 : 1)
            power = first < point ? point - 1 - first : point - first
        }

        /// - Returns: false where it is no exponent.
        private mutating func add(exponent text: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
            var at = start
            var isDown = false
            if at < text.count, unsafe text[at] == 0x2B || text[at] == 0x2D {
                isDown = unsafe text[at] == 0x2D
                at += 1
            }
            guard at < text.count else { return false }
            while at < text.count - 1, unsafe text[at] == 0x30 { at += 1 }
            let digits = text.count - at
            var exponent = 0
            while at < text.count {
                guard unsafe Shape.isDigit(text[at]) else { return false }
                if digits <= 17 { exponent = unsafe exponent * 10 + Int(text[at] - 0x30) }
                at += 1
            }
            power = digits > 17 ? nil : power.map { $0 + (isDown ? -exponent : exponent) }
            return true
        }

        private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    }
}
