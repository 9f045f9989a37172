import RecordLog

/// A number in a payload, told as a number or as a text.
enum PayloadNumber {
    static let percents: [StaticString] = ["%", "\u{FF05}"]
    static let degrees: [StaticString] = ["°C", "℃", "C", "c"]

    /// Reads what is told; of a text blanks around it and one of the units behind it do not count.
    /// - Returns: nil where it is no number, or none that a double holds.
    static func read(_ told: JSONScalar, units: [StaticString] = []) -> Double? {
        if unsafe told.kind == .number { return unsafe told.number.isFinite ? told.number : nil }
        guard unsafe told.kind == .text else { return nil }
        var text = unsafe PayloadRepair.trimmed(told.text)
        if let rest = unsafe without(units, text) { unsafe text = rest }
        // Neither hexadecimal, nor "inf", nor "nan": digits alone, with what JSON and people put between them.
        let isNumeric = unsafe text.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || byte == 0x2E || byte == 0x2D || byte == 0x2B || byte | 0x20 == 0x65
        }
        guard isNumeric, text.count <= 64, let number = unsafe Double(String(decoding: text, as: UTF8.self)) else {
            return nil
        }
        return number.isFinite ? number : nil
    }

    /// The text in front of the unit that stands behind it; nil where none does.
    static func without(
        _ units: [StaticString], _ text: UnsafeBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8>? {
        for unit in units {
            let length = unit.utf8CodeUnitCount
            // Sound: a literal's bytes live as long as the program.
            let bytes = unsafe UnsafeBufferPointer(start: unit.utf8Start, count: length)
            guard text.count > length, unsafe text.suffix(length).elementsEqual(bytes) else { continue }
            return unsafe PayloadRepair.trimmed(UnsafeBufferPointer(rebasing: text.dropLast(length)))
        }
        return nil
    }

    /// A confidence: 0…1 is as it is, up to 1.01 is 1, 2 to 100 is per cent; nil for anything else.
    static func confidence(_ told: JSONScalar) -> Float? {
        guard let number = unsafe read(told, units: percents) else { return nil }
        let isPercent =
            unsafe told.kind == .text && without(percents, PayloadRepair.trimmed(told.text)) != nil
        switch number {
        case 0...100 where isPercent, 2...100: return Float(number / 100)
        case 0...1: return Float(number)
        case 1...1.01: return 1
        default: return nil
        }
    }
}
