import Timekeeping

/// Times as a scenario writes them: `+72h` after its start, `+71h59m59.999s`, `+72h-1ms`, or ISO 8601.
enum TimeText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1), ("w", 604_800_000),
    ]
    /// Some 300 years: sums of a few stay far inside 64 bits.
    private static let countMax: Int64 = 10_000_000_000_000

    /// - Returns: nil where the text is no time.
    static func read(_ text: String, start: Instant, zone: Zone) -> Instant? {
        guard let first = text.first else { return nil }
        if first == "+" || first == "-" { return offset(text).map { start + $0 } }
        return absolute(text, zone: zone)
    }

    /// ISO 8601; without a zone it is the site's.
    static func absolute(_ text: String, zone: Zone) -> Instant? {
        switch ISO8601.read(text) {
        case .instant(let microseconds): Instant(milliseconds: microseconds / 1000)
        case .local(let civil): zone.instant(civil)
        case nil: nil
        }
    }

    /// Terms with signs, each of numbers with units: `+1h30m-1ms`. A bare zero needs no unit.
    static func offset(_ text: String) -> Milliseconds? {
        var rest = text[...]
        var sum: Int64 = 0
        while let sign = rest.popFirst() {
            guard sign == "+" || sign == "-", rest.first?.isASCIIDigit == true else { return nil }
            while rest.first?.isASCIIDigit == true {
                guard let part = part(&rest) else { return nil }
                sum += sign == "+" ? part : -part
                guard abs(sum) <= countMax else { return nil }
            }
        }
        return text.isEmpty ? nil : Milliseconds(sum)
    }

    /// `59.999s`: a number and its unit, in whole milliseconds.
    private static func part(_ rest: inout Substring) -> Int64? {
        let whole = rest.prefix { $0.isASCIIDigit }
        rest = rest.dropFirst(whole.count)
        var fraction = ""[...]
        if rest.first == "." {
            fraction = rest.dropFirst().prefix { $0.isASCIIDigit }
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(fraction.count + 1)
        }
        let name = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(name.count)
        guard whole.count <= 12, fraction.count <= 6, let digits = Int64(whole + fraction) else { return nil }
        if name.isEmpty { return digits == 0 ? 0 : nil }
        guard let unit = units.first(where: { $0.name == name })?.milliseconds else { return nil }
        let (product, overflow) = digits.multipliedReportingOverflow(by: unit)
        var divisor: Int64 = 1
        for _ in fraction { divisor *= 10 }
        guard !overflow, product % divisor == 0, product / divisor <= countMax else { return nil }
        return product / divisor
    }

    /// The form in which results are told; ``offset(_:)`` reads it back.
    static func write(_ instant: Instant, since start: Instant) -> String {
        let difference = (instant - start).count
        var rest = abs(difference)
        var text = difference < 0 ? "-" : "+"
        // People say 72h and 14d.
        for (unit, length) in units.prefix(3) where rest >= length && (unit != "d" || rest >= 4 * length) {
            text += "\(rest / length)\(unit)"
            rest %= length
        }
        if rest > 0 {
            text += "\(rest / 1000)"
            if rest % 1000 > 0 { text += "." + String(String(1000 + rest % 1000).dropFirst()) }
            text += "s"
        }
        return text.count == 1 ? "+0" : text
    }
}

extension Character {
    var isASCIIDigit: Bool { isASCII && isNumber }
}
