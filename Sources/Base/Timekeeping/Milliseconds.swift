/// A length of time in milliseconds; may be negative, as the difference of two instants.
public struct Milliseconds: Hashable, Comparable, Sendable {
    public var count: Int64

    public init(_ count: Int64) { self.count = count }
    public static func seconds(_ n: Int64) -> Milliseconds { Milliseconds(n * 1000) }
    public static func minutes(_ n: Int64) -> Milliseconds { Milliseconds(n * 60_000) }
    public static func hours(_ n: Int64) -> Milliseconds { Milliseconds(n * 3_600_000) }
    public static func days(_ n: Int64) -> Milliseconds { Milliseconds(n * 86_400_000) }
    public static var zero: Milliseconds { Milliseconds(0) }

    public static func < (a: Milliseconds, b: Milliseconds) -> Bool { a.count < b.count }
    public static func + (a: Milliseconds, b: Milliseconds) -> Milliseconds { Milliseconds(a.count + b.count) }
    public static func - (a: Milliseconds, b: Milliseconds) -> Milliseconds { Milliseconds(a.count - b.count) }

    /// Parses `72h`, `5m`, `250ms`, `3d`, `10s`, `2w`; a number and one unit, no sign, no blanks.
    /// - Returns: nil where the text has another form or is longer than about 280,000 years.
    public init?(text: String) {
        let units: [(String, Int64)] = [
            ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000),
        ]
        for (unit, factor) in units where text.hasSuffix(unit) {
            let digits = text.dropLast(unit.count)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let n = Int64(digits) else {
                continue
            }
            let (product, overflow) = n.multipliedReportingOverflow(by: factor)
            guard !overflow, product < Int64.max / 1024 else { return nil }
            count = product
            return
        }
        return nil
    }
}

/// A length of time as a person writes it, in the largest unit that divides it: `72h`, `3d`, `250ms`.
extension Milliseconds: CustomStringConvertible {
    public var description: String {
        let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")]
        for (size, name) in units where count != 0 && count % size == 0 {
            // Days are told as days only from four on: people say 24h and 72h, and 72h where they wrote 3d is the same.
            if name == "d" && count < 4 * size { continue }
            return "\(count / size)\(name)"
        }
        return count == 0 ? "0s" : "\(count)ms"
    }
}
