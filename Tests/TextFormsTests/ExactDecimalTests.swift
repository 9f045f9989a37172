import TestSupport
import Testing

@testable import TextForms

/// JSON numbers are compared and written as exact decimals.
@Suite struct ExactDecimalTests {
    private static func areEqual(_ a: String, _ b: String) -> Bool {
        unsafe Array(a.utf8).withUnsafeBufferPointer { a in
            unsafe Array(b.utf8).withUnsafeBufferPointer { unsafe ExactDecimal.areEqual(a, $0) }
        }
    }

    private static func canonical(_ text: String) -> String? {
        unsafe Array(text.utf8).withUnsafeBufferPointer { unsafe ExactDecimal.canonical($0) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func isZero(_ text: String) -> Bool {
        unsafe Array(text.utf8).withUnsafeBufferPointer { unsafe ExactDecimal.isZero($0) }
    }

    @Test(arguments: [
        ("1", "1"), ("1.0", "1"), ("1e0", "1"), ("10e-1", "1"), ("0.01e2", "1"), ("-0", "0"), ("0.000", "0"),
        ("0e999999999999999999999", "0"), ("-0.0E-7", "0"), ("7.0", "7"), ("-7.50", "-7.5"), ("1E2", "100"),
        ("12345678901234567890", "12345678901234567890"), ("1234567890123456789012345.0", "1234567890123456789012345"),
        ("0.1", "0.1"), ("1e-1", "0.1"), ("1e40", "1" + String(repeating: "0", count: 40)), ("1e41", "1e41"),
        ("10e40", "1e41"), ("15e299", "1.5e300"), ("1e-41", "0." + String(repeating: "0", count: 40) + "1"),
        ("1e-42", "1e-42"), ("3E12", "3000000000000"), ("1e99999999999999999", "1e99999999999999999"),
        ("100.10", "100.1"), ("0.0012300", "0.00123"), ("120e-1", "12"),
    ]) func `a number has one canonical form`(_ text: String, _ form: String) {
        #expect(ExactDecimalTests.canonical(text) == form)
        #expect(ExactDecimalTests.areEqual(text, form) && ExactDecimalTests.areEqual(form, text))
    }

    @Test(arguments: [
        "", "-", "007", "1.", ".5", "+1", "1e", "1e+", "0x1", "1 ", " 1", "nan", "1_0", "--1", "1.2.3", "1e1.0",
    ])
    func `what JSON does not write as a number is none`(_ text: String) {
        #expect(ExactDecimalTests.canonical(text) == nil)
        #expect(!ExactDecimalTests.areEqual(text, "1") && !ExactDecimalTests.areEqual(text, text))
        #expect(!ExactDecimalTests.isZero(text))
    }

    @Test func `neighbours are not equal`() {
        for (a, b) in [
            ("12345678901234567890", "12345678901234567891"), ("0.1", "0.10000000000000000001"), ("1", "-1"),
            ("1e400", "1e401"), ("1", "10"), ("1.01", "1.1"), ("1e-400", "0"),
            ("1e100000000000000000000", "1e100000000000000000001"),
        ] { #expect(!ExactDecimalTests.areEqual(a, b), "\(a) \(b)") }
        #expect(ExactDecimalTests.areEqual("1e100000000000000000000", "1e100000000000000000000"))
    }

    /// The slow model: a number with all its digits written out, none in front or behind that says nothing.
    private struct Model: Equatable {
        var isNegative: Bool
        var whole: [Character]
        var fraction: [Character]

        init(isNegative: Bool, digits: [Character], exponent: Int) {
            // digits × 10^exponent
            var whole = digits
            var fraction: [Character] = []
            if exponent >= 0 {
                whole += repeatElement("0", count: exponent)
            } else {
                for _ in 0 ..< -exponent { fraction.insert(whole.popLast() ?? "0", at: 0) }
            }
            while whole.first == "0" { whole.removeFirst() }
            while fraction.last == "0" { fraction.removeLast() }
            self.whole = whole
            self.fraction = fraction
            self.isNegative = isNegative && !(whole.isEmpty && fraction.isEmpty)
        }
    }

    /// A number in one of the ways in which JSON may write it.
    private static func written(
        _ isNegative: Bool, _ digits: [Character], _ exponent: Int, _ random: inout SeededRandom
    ) -> String {
        let point = random.int(0...digits.count)
        var whole = String(digits[..<point].drop { $0 == "0" })
        if whole.isEmpty { whole = "0" }
        var fraction = String(digits[point...]) + String(repeating: "0", count: random.int(0...3))
        let power = exponent + (digits.count - point)
        if power == 0, !fraction.isEmpty, fraction.allSatisfy({ $0 == "0" }), random.chance(50) { fraction = "" }
        var text = (isNegative ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
        if power != 0 || random.chance(20) {
            let sign = power < 0 ? "-" : random.pick(["", "+"])
            text +=
                random.pick(["e", "E"]) + sign + String(repeating: "0", count: random.int(0...2))
                + String(abs(power))
        }
        return text
    }

    @Test func `numbers written in any way are equal exactly where a slow model says so`() {
        var random = SeededRandom(for: "ExactDecimalTests")
        var equal = 0
        for _ in 0..<4000 {
            let digits = (0...random.int(0...5)).map { _ in Character(random.pick(["0", "0", "1", "2", "9"])) }
            let exponent = random.chance(10) ? random.int(-300...300) : random.int(-3...3)
            let isNegative = random.chance(30)
            var other = (isNegative, digits, exponent)
            switch random.int(0...4) {
            case 0: other.0.toggle()
            case 1: other.2 += random.int(-1...1)
            case 2: other.1[random.int(0...digits.count - 1)] = "1"
            case 3:
                other.1.append("0")
                other.2 -= 1
            default: break
            }
            let a = ExactDecimalTests.written(isNegative, digits, exponent, &random)
            let b = ExactDecimalTests.written(other.0, other.1, other.2, &random)
            let left = Model(isNegative: isNegative, digits: digits, exponent: exponent)
            let right = Model(isNegative: other.0, digits: other.1, exponent: other.2)
            if left == right { equal += 1 }
            #expect(ExactDecimalTests.areEqual(a, b) == (left == right), "\(a) \(b), seed \(random.seed)")
            let forms = (ExactDecimalTests.canonical(a), ExactDecimalTests.canonical(b))
            #expect(forms.0 != nil && (forms.0 == forms.1) == (left == right), "\(a) \(b), seed \(random.seed)")
            #expect(ExactDecimalTests.areEqual(a, forms.0 ?? ""), "\(a) \(forms), seed \(random.seed)")
            #expect(forms.0.flatMap(ExactDecimalTests.canonical) == forms.0, "\(a) \(forms), seed \(random.seed)")
            #expect(ExactDecimalTests.isZero(a) == (left.whole.isEmpty && left.fraction.isEmpty), "\(a)")
        }
        #expect(equal > 500 && equal < 3500, "both must be met")
    }
}
